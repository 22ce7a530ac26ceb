"""``lantian pmf``: factors of a table of species, with their errors; needs no workspace."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from lantian.cli.show import JsonOption, console, progress_bar, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError, HouseError

if TYPE_CHECKING:
    from lantian.cli.pmf_report import PmfAnswer
    from lantian.rules import Rulebook
    from lantian.rules.receptor_records import PmfConventions
    from lantian.rules.species_records import SpeciesRule
    from lantian.science.pmf import BaseRuns, Choices, Measured
    from lantian.science.pmf.data import Category

app = typer.Typer()
APPS = {"pmf": app}
_RULE, _LIBRARY, _SPECIES = "receptor-models-epa", "source-profiles", "species-2013"


@app.command(
    help=mark(
        "Factors of a table of species (PMF): profiles, contributions, errors; needs no workspace.\n\n"
        "CON holds concentrations, a sample a row; UNC their uncertainties, or two rows: detection limits and "
        "error percentages. The same seed gives the same result."
    )
)
def pmf(
    con: Annotated[Path, typer.Argument(help=mark("Table of concentrations; one column may be the time."))],
    unc: Annotated[Path, typer.Argument(help=mark("Table of uncertainties with the same species."))],
    factors: Annotated[int, typer.Option("--factors", "-k", help=mark("How many factors."))],
    starts: Annotated[int, typer.Option("--starts", "-n", help=mark("Random starts."))] = 20,
    seed: Annotated[int, typer.Option("--seed", help=mark("Seed of all chance."))] = 1,
    robust: Annotated[
        bool, typer.Option("--robust/--no-robust", help=mark("Whether large residuals count less while fitting."))
    ] = True,
    weak: Annotated[list[str] | None, typer.Option("--weak", help=mark("Weak species; may be repeated."))] = None,
    bad: Annotated[
        list[str] | None, typer.Option("--bad", help=mark("Species to leave out; may be repeated."))
    ] = None,
    total: Annotated[str | None, typer.Option("--total", help=mark("Species that is the mass of all."))] = None,
    extra: Annotated[
        float, typer.Option("--extra", help=mark("Extra uncertainty as a share of each value."))
    ] = 0.0,
    signal: Annotated[
        bool, typer.Option("--by-signal", help=mark("Make species weak or bad by their signal-to-noise ratio."))
    ] = False,
    bootstrap: Annotated[int, typer.Option("--bootstrap", help=mark("Resamples of the bootstrap."))] = 0,
    block: Annotated[
        int | None, typer.Option("--block", help=mark("Samples in a block of the bootstrap."))
    ] = None,
    displace: Annotated[
        bool, typer.Option("--disp", help=mark("Displace every element of the profiles."))
    ] = False,
    resampled: Annotated[
        int, typer.Option("--bs-disp", help=mark("Resamples whose elements are displaced, such as 50."))
    ] = 0,
    compare: Annotated[
        str | None, typer.Option("--compare", help=mark("Numbers of factors to be compared, such as 3-9."))
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=mark("Folder for the files that EPA PMF would write."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Factors of a table of species; needs no workspace."""
    from lantian.cli import pmf_report
    from lantian.cli.pmf_files import read_samples
    from lantian.rules import Rulebook
    from lantian.science.pmf import Settings, base_runs, prepare

    book = Rulebook.packaged()
    rule, species = _rules(book)
    measured, labels = read_samples(con, unc, rule, species)
    choices = _choices(measured, rule, weak or [], bad or [], total, extra, by_signal=signal)
    data = prepare(measured, rule, choices)
    with progress_bar("PMF", quiet=as_json) as progress:
        progress(0.0, words().gettext(mark("Base runs")))
        runs = base_runs(data, Settings(factors, starts, seed, robust), rule)
        asked = _Asked(bootstrap, block, displace, resampled, compare)
        answer = _answer(runs, measured, labels, choices, book, asked, progress)
    written = () if out is None else pmf_report.write_files(answer, out)
    if as_json:
        pmf_report.print_json(answer)
        return
    pmf_report.print_report(answer)
    for path in written:
        console().print(words().format(mark("Wrote {file}."), file=path), markup=False)


class _Asked(NamedTuple):
    """Which errors are to be told."""

    bootstrap: int
    block: int | None
    displace: bool
    resampled: int
    compare: str | None


def _rules(book: "Rulebook") -> "tuple[PmfConventions, SpeciesRule]":
    """Conventions and species; their editions are no law of a date."""
    from lantian.rules.receptor_records import ReceptorRule
    from lantian.rules.species_records import SpeciesRule

    rule, species = book.by_id(_RULE), book.by_id(_SPECIES)
    if not isinstance(rule, ReceptorRule) or not isinstance(species, SpeciesRule):
        raise HouseError(
            "the packaged rules {rule} and {species} are not what they should be", rule=_RULE, species=_SPECIES
        )
    return rule.pmf, species


def _choices(
    measured: "Measured",
    rule: "PmfConventions",
    weak: list[str],
    bad: list[str],
    total: str | None,
    extra: float,
    *,
    by_signal: bool,
) -> "Choices":
    """Join what was said on the command line about species with what their signal says."""
    from lantian.science.pmf import Choices, suggested

    named: dict[str, Category] = suggested(measured, rule) if by_signal else {}
    if total is not None:
        named.pop(total, None)
    for name in weak:
        named[name] = "weak"
    for name in bad:
        named[name] = "bad"
    return Choices(named, total, extra)


def _answer(
    runs: "BaseRuns",
    measured: "Measured",
    labels: tuple[str, ...],
    choices: "Choices",
    book: "Rulebook",
    asked: _Asked,
    progress: Callable[[float, str], None],
) -> "PmfAnswer":
    """Tell names and errors of the best run."""
    from lantian.cli.pmf_report import PmfAnswer
    from lantian.rules.receptor_records import SourceProfileRule
    from lantian.science.pmf import (
        bootstrap,
        bootstrap_displacement,
        displacement,
        recommend_factors,
        signal_to_noise,
        suggest_names,
    )

    rule, species = _rules(book)
    library = book.by_id(_LIBRARY)
    if not isinstance(library, SourceProfileRule):
        raise HouseError("the packaged rule {rule} is not what it should be", rule=_LIBRARY)
    best, settings = runs.best, runs.settings
    ratios = signal_to_noise(measured.values, measured.uncertainty).tolist()
    kept = [label for label, some in zip(labels, _filled(measured, best.data.species), strict=True) if some]

    def at(message: str) -> Callable[[float], None]:
        said = words().gettext(message)
        progress(0.0, said)
        return lambda share: progress(share, said)

    told = moved = both = None
    recommended = None
    if asked.compare is not None:
        recommended = recommend_factors(
            best.data,
            _numbers(asked.compare),
            rule,
            starts=min(settings.starts, 10),
            seed=settings.seed,
            robust=settings.robust,
            progress=at(mark("Number of factors")),
        )
    if asked.bootstrap:
        at(mark("Bootstrap"))
        told = bootstrap(
            best, rule, many=asked.bootstrap, seed=settings.seed, block=asked.block, robust=settings.robust
        )
    if asked.displace:
        at(mark("Displacement"))
        moved = displacement(best, rule, robust=settings.robust)
    if asked.resampled:
        both = bootstrap_displacement(
            best,
            rule,
            many=asked.resampled,
            seed=settings.seed,
            block=asked.block,
            robust=settings.robust,
            progress=at(mark("Displacement in resamples")),
        )
    return PmfAnswer(
        runs,
        tuple(kept),
        dict(zip(measured.species, ratios, strict=True)),
        {name: choices.of(name) for name in measured.species},
        suggest_names(best, library, species),
        (_RULE, _LIBRARY),
        recommended,
        told,
        moved,
        both,
    )


def _filled(measured: "Measured", species: tuple[str, ...]) -> list[bool]:
    """Whether a sample has a value of any species that stayed: the others were taken out."""
    import numpy as np

    columns = [measured.species.index(name) for name in species]
    filled: list[bool] = np.isfinite(measured.values[:, columns]).max(axis=1).tolist()
    return filled


def _numbers(text: str) -> list[int]:
    """Read a span such as 3-9."""
    first, _, last = text.partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        raise CallerError("--compare {text!r}: write two numbers, such as 3-9", text=text) from None
    if not 1 <= low <= high:
        raise CallerError("--compare {text!r}: the first number is to be the smaller one", text=text)
    return list(range(low, high + 1))
