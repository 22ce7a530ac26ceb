"""What ``lantian pmf`` says: the base runs, the factors, their errors; as tables, JSON, or files of EPA PMF."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.markup import escape

from lantian.cli.show import console, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.science.pmf import (
    BaseRuns,
    Bootstrap,
    BootstrapDisplacement,
    Displacement,
    Recommendation,
    Suggestion,
    contributions_text,
    profiles_text,
)
from lantian.terms.errors import HouseError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class PmfAnswer:
    """Everything that was computed."""

    runs: BaseRuns
    labels: tuple[str, ...]
    ratios: dict[str, float]
    """Signal-to-noise of the species."""
    categories: dict[str, str]
    names: tuple[tuple[Suggestion, ...], ...]
    rules: tuple[str, ...]
    recommendation: Recommendation | None = None
    bootstrap: Bootstrap | None = None
    displacement: Displacement | None = None
    resampled: BootstrapDisplacement | None = None


def print_json(answer: PmfAnswer) -> None:
    """Print all of it as one JSON object."""
    best, settings = answer.runs.best, answer.runs.settings
    said: dict[str, Any] = {
        "factors": best.factors,
        "starts": settings.starts,
        "seed": settings.seed,
        "robust": settings.robust,
        "samples": best.data.size[0],
        "species": list(best.data.species),
        "categories": answer.categories,
        "signal_to_noise": answer.ratios,
        "rules": list(answer.rules),
        "q_true": best.q_true,
        "q_robust": best.q_robust,
        "q_expected": best.q_expected,
        "converged": best.converged,
        "best_run": answer.runs.number,
        "found_again": answer.runs.found_again,
        "runs": [
            {
                "run": run.number,
                "q_true": run.q_true,
                "q_robust": run.q_robust,
                "iterations": run.iterations,
                "converged": run.converged,
                "likeness": run.likeness,
            }
            for run in answer.runs.runs
        ],
        "species_differences": dict(zip(best.data.species, answer.runs.species_differences.tolist(), strict=True)),
        "profiles": best.profiles.tolist(),
        "species_shares": best.species_shares.tolist(),
        "mass_shares": best.mass_shares.tolist(),
        "labels": list(answer.labels),
        "contributions": best.contributions.tolist(),
        "names": [[_suggested(one) for one in rows] for rows in answer.names],
    }
    said |= _errors(answer)
    show_json(said)


def _suggested(one: Suggestion) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "name_zh": one.name_zh,
        "score": one.score,
        "confident": one.confident,
        "tracers": dict(one.tracers),
    }


def _errors(answer: PmfAnswer) -> dict[str, Any]:
    said: dict[str, Any] = {}
    language = words()
    if (told := answer.recommendation) is not None:
        said["recommended"] = {
            "factors": told.factors,
            "candidates": [
                {
                    "factors": one.factors,
                    "q": one.q,
                    "q_over_expected": one.q_over_expected,
                    "found_again": one.found_again,
                    "left_out": one.left_out,
                    "error": one.error,
                }
                for one in told.candidates
            ],
            "reasons": [language.format(message, **values) for message, values in told.reasons],
        }
    if (bs := answer.bootstrap) is not None:
        said["bootstrap"] = {
            "block": bs.block,
            "mapping": bs.mapping.tolist(),
            "percentiles": bs.percentiles.tolist(),
        }
    for name, moved in (("displacement", answer.displacement), ("bootstrap_displacement", answer.resampled)):
        if moved is not None:
            said[name] = {
                "levels": list(moved.levels),
                "species": [answer.runs.best.data.species[place] for place in moved.species.tolist()],
                "low": moved.low.tolist(),
                "high": moved.high.tolist(),
                "swaps": moved.swaps.tolist(),
                "decrease": moved.decrease,
            }
    if answer.resampled is not None:
        said["bootstrap_displacement"]["accepted"] = answer.resampled.accepted
    return said


def print_report(answer: PmfAnswer) -> None:
    """Print what a person looks at first."""
    language, best = words(), answer.runs.best
    say = console().print
    say(
        escape(
            language.format(
                mark("{samples} samples, {species} species, {factors} factors; {rules}."),
                samples=best.data.size[0],
                species=best.data.size[1],
                factors=best.factors,
                rules=", ".join(answer.rules),
            )
        )
    )
    _print_runs(answer)
    _print_profiles(answer)
    _print_recommendation(answer)
    _print_mapping(answer)
    _print_swaps(answer)


def _print_runs(answer: PmfAnswer) -> None:
    language, runs = words(), answer.runs
    frame = pl.DataFrame(
        [(run.number, run.q_true, run.q_robust, run.iterations, run.converged, run.likeness) for run in runs.runs],
        schema=["run", "q_true", "q_robust", "iterations", "converged", "likeness"],
        orient="row",
    )
    heads = {
        "run": language.gettext(mark("Run")),
        "q_true": language.gettext(mark("Q (true)")),
        "q_robust": language.gettext(mark("Q (robust)")),
        "iterations": language.gettext(mark("Iterations")),
        "converged": language.gettext(mark("Converged")),
        "likeness": language.gettext(mark("Like the best run")),
    }
    places = {"q_true": 1, "q_robust": 1, "likeness": 3}
    show_frame(frame, title=language.gettext(mark("Base runs")), headers=heads, decimals=places)
    console().print(
        escape(
            language.format(
                mark("Best: run {run}; Q {q}, expected {expected}; {again} of {starts} starts found it."),
                run=runs.number,
                q=f"{runs.best.q_robust if runs.settings.robust else runs.best.q_true:.1f}",
                expected=f"{runs.best.q_expected:.0f}",
                again=runs.found_again,
                starts=runs.settings.starts,
            )
        )
    )


def _print_profiles(answer: PmfAnswer) -> None:
    language, best = words(), answer.runs.best
    bounds = None if answer.displacement is None else (answer.displacement.low[0], answer.displacement.high[0])
    columns: dict[str, list[Any]] = {"species": list(best.data.species)}
    heads = {"species": language.gettext(mark("Species"))}
    for factor in range(best.factors):
        columns[f"f{factor}"] = [
            _element(best.profiles, best.species_shares, bounds, factor, place)
            for place in range(best.data.size[1])
        ]
        heads[f"f{factor}"] = _head(answer, factor)
    show_frame(
        pl.DataFrame(columns),
        title=language.gettext(mark("Profiles, with the share of the species")),
        headers=heads,
    )


def _head(answer: PmfAnswer, factor: int) -> str:
    language = words()
    share = f"{answer.runs.best.mass_shares[factor]:.0%}"
    named = answer.names[factor][0] if answer.names[factor] and answer.names[factor][0].confident else None
    name = "" if named is None else f"\n{named.name_zh if language.is_chinese else named.name}?"
    return language.format(mark("Factor {number}"), number=factor + 1) + f" {share}{name}"


def _element(
    profiles: FloatArray, shares: FloatArray, bounds: tuple[FloatArray, FloatArray] | None, factor: int, place: int
) -> str:
    text = f"{profiles[factor, place]:.3g} ({shares[factor, place]:.0%})"
    if bounds is not None:
        text += f" [{bounds[0][factor, place]:.3g}, {bounds[1][factor, place]:.3g}]"
    return text


def _print_recommendation(answer: PmfAnswer) -> None:
    language = words()
    if answer.recommendation is not None:
        for message, values in answer.recommendation.reasons:
            console().print(escape(language.format(message, **values)))


def _print_mapping(answer: PmfAnswer) -> None:
    language = words()
    if (bs := answer.bootstrap) is None:
        return
    factors = bs.mapping.shape[0]
    names = [language.format(mark("Factor {number}"), number=place + 1) for place in range(factors)]
    data = {"resampled": names} | {f"c{place}": bs.mapping[:, place].tolist() for place in range(factors + 1)}
    heads = {"resampled": language.gettext(mark("Resampled"))} | {f"c{n}": name for n, name in enumerate(names)}
    heads[f"c{factors}"] = language.gettext(mark("unmapped"))
    title = language.format(mark("Bootstrap: which base factor it was; blocks of {block}"), block=bs.block)
    show_frame(pl.DataFrame(data), title=title, headers=heads)


def _print_swaps(answer: PmfAnswer) -> None:
    language = words()
    for title, moved in (
        (mark("Displacement: swaps at each rise of Q"), answer.displacement),
        (mark("Displacement in resamples: swaps at each rise of Q"), answer.resampled),
    ):
        if moved is None:
            continue
        factors = moved.swaps.shape[1]
        data = {"level": list(moved.levels)} | {f"f{n}": moved.swaps[:, n].tolist() for n in range(factors)}
        heads = {"level": "dQ"} | {
            f"f{n}": language.format(mark("Factor {number}"), number=n + 1) for n in range(factors)
        }
        show_frame(pl.DataFrame(data), title=language.gettext(title), headers=heads)
        if moved.decrease < 0:
            fall = language.format(
                mark("Largest fall of Q while displacing: {fall}."), fall=f"{moved.decrease:.3g}"
            )
            console().print(escape(fall))
    if answer.resampled is not None:
        kept = language.format(
            mark("{accepted} of {all} resamples kept their factors."),
            accepted=answer.resampled.accepted,
            all=answer.resampled.resamples,
        )
        console().print(escape(kept))


def write_files(answer: PmfAnswer, folder: Path) -> tuple[Path, ...]:
    """Write profiles, contributions and residuals into a folder, the first two as EPA PMF does."""
    best, number = answer.runs.best, answer.runs.number
    residuals = pl.DataFrame(best.scaled_residuals, schema=[*best.data.species], orient="row").insert_column(
        0, pl.Series("label", answer.labels)
    )
    texts = {
        "lantian_profiles.csv": profiles_text(best, number),
        "lantian_contributions.csv": contributions_text(best, number),
        "lantian_scaled_residuals.csv": residuals.write_csv(),
    }
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = folder / name
            path.write_text(text, encoding="utf-8", newline="")
            paths.append(path)
    except OSError as fault:
        raise HouseError(
            "{folder} could not be written ({fault}); nothing there is to be used. Free some room, or name "
            "another folder.",
            folder=folder,
            fault=fault,
        ) from fault
    return tuple(paths)
