"""``lantian import``: station hours from files into the lake, with an account of every row."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.imports_report import failed, show_brought, show_json_of, show_summary
from lantian.cli.show import JsonOption, WorkspaceOption, opened, progress_bar, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError, HouseError, LantianError

if TYPE_CHECKING:
    from lantian.loop.evaluate.bringing import Brought, Destination, Question, Registration

app = typer.Typer()
APPS = {"import": app}
SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".tab", ".dat", ".xlsx", ".xlsm", ".xls"),
    *(".parquet", ".pq", ".json", ".jsonl", ".ndjson", ".xml"),
)
"""Endings of the files that are taken from a folder."""


@app.command("import", help=mark("Bring station hours from a file into the workspace."))
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=mark("Table files, or folders of them."))],
    workspace: WorkspaceOption = Path("workspace"),
    layout: Annotated[
        str,
        typer.Option(
            "--as",
            help=mark("national_feed, national_archive, cnemc_collected, uci_beijing, generic; auto finds out."),
        ),
    ] = "auto",
    mapping: Annotated[
        str | None, typer.Option("--mapping", help=mark("Saved mapping of the columns, by its name."))
    ] = None,
    save_mapping: Annotated[
        str | None, typer.Option("--save-mapping", help=mark("Save the mapping that was used by this name."))
    ] = None,
    edge: Annotated[
        str | None,
        typer.Option("--edge", help=mark("Whether the stamps are the start or the end of the hour, if unknown.")),
    ] = None,
    stage: Annotated[
        str, typer.Option(help=mark("original or audited, where the file does not say it."))
    ] = "original",
    register: Annotated[
        str | None,
        typer.Option("--register", help=mark("Add unknown stations to the city, in the county of this adcode.")),
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option(
            "--place",
            help=mark("Where a new station stands, if the file does not say it: CODE=LONGITUDE,LATITUDE."),
        ),
    ] = None,
    level: Annotated[
        str, typer.Option(help=mark("Level of new stations: national, provincial, municipal, township, micro."))
    ] = "municipal",
    only_known: Annotated[
        bool, typer.Option("--only-known", help=mark("Count rows of unknown stations, but keep no copy of them."))
    ] = False,
    labels: Annotated[
        str, typer.Option(help=mark("Ozone labels of the national feed: auto, crossed or right."))
    ] = "auto",
    encoding: Annotated[
        str | None, typer.Option(help=mark("Encoding of a text file, if it is not found."))
    ] = None,
    sheet: Annotated[str | None, typer.Option(help=mark("Sheet of a workbook."))] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help=mark("Take a known file in once more, so that its values are the latest.")),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=mark("Read and report; write nothing."))] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=mark("No progress bar."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring station hours from a file into the workspace."""
    paths = list_files(files)
    with opened(workspace) as house:
        destination = house.destination()
        question = _question(
            destination,
            {"importer": layout, "edge": edge, "stage": stage, "labels": labels},
            mapping=mapping,
            encoding=encoding,
            sheet=sheet,
            register=_registration(register, place or [], level),
            only_known=only_known,
            again=again,
            save_as=save_mapping,
        )
        outcomes = _bring(paths, question, destination, dry_run=dry_run, quiet=quiet or as_json, as_json=as_json,
                          shown=house.settings.rejects_shown)  # fmt: skip
    if as_json:
        show_json_of(outcomes, dry_run=dry_run)
    elif len(paths) > 1:
        show_summary(outcomes)
    _leave(outcomes, len(paths), as_json=as_json)


def list_files(given: Iterable[Path]) -> list[Path]:
    """Name every file: folders give their table files by name, in order, deep down.

    Raises
    ------
    CallerError
        A folder holds none.
    """
    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            file
            for file in path.rglob("*")
            if file.is_file()
            and file.suffix.lower() in SUFFIXES
            and not any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
        )
        if not inside:
            raise CallerError(
                "{path} holds no table file (*{SUFFIXES}). Name another folder, or the file itself.",
                path=path,
                SUFFIXES=", *".join(SUFFIXES),
            )
        found += inside
    return found


def _question(
    destination: "Destination", words_given: dict[str, Any], *, mapping: str | None, **more: Any
) -> "Question":
    """Check the words of the options and put them together."""
    from lantian.loop.evaluate.bringing import Question, mapping_named
    from lantian.loop.evaluate.importers import IMPORTERS

    allowed: dict[str, tuple[str | None, ...]] = {
        "importer": ("auto", *IMPORTERS),
        "edge": (None, "start", "end"),
        "stage": ("original", "audited"),
        "labels": ("auto", "crossed", "right"),
    }
    for name, value in words_given.items():
        if value not in allowed[name]:
            listed = ", ".join(word for word in allowed[name] if word)
            option = "as" if name == "importer" else name
            raise CallerError(
                "--{option} {value!r} is not known. Choose one of {listed}.",
                option=option,
                value=value,
                listed=listed,
            )
    saved = None if mapping is None else mapping_named(mapping, destination)
    return Question(mapping=saved, **words_given, **more)


def _registration(county: str | None, places: Sequence[str], level: str) -> "Registration | None":
    from lantian.city.records import Level
    from lantian.loop.evaluate.bringing import Registration

    if county is None:
        if places:
            raise CallerError(
                "--place says where a new station stands; say its county too, with --register ADCODE."
            )
        return None
    if level not in set(Level):
        raise CallerError(
            "--level {level!r} is not known. Choose one of {Level}.",
            level=level,
            Level=", ".join(Level),
        )
    return Registration(county, dict(_place(text) for text in places), Level(level))


def _place(text: str) -> tuple[str, tuple[float, float]]:
    code, _, where = text.partition("=")
    longitude, _, latitude = where.replace("，", ",").partition(",")
    try:
        return code.strip(), (float(longitude), float(latitude))
    except ValueError as fault:
        raise CallerError(
            "--place {text!r}: write CODE=LONGITUDE,LATITUDE, for instance 1727A=113.11,36.15.",
            text=text,
        ) from fault


def _bring(
    paths: Sequence[Path],
    question: "Question",
    destination: "Destination",
    *,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
    shown: int,
) -> "list[tuple[Path, Brought | LantianError]]":
    """Take the files in one after the other; a bad one does not stop the others, our own trouble does."""
    from lantian.loop.evaluate.bringing import bring_file, try_file

    language = words()
    outcomes: list[tuple[Path, Brought | LantianError]] = []
    for path in paths:
        try:
            with progress_bar(path.name, quiet=quiet) as progress:

                def told(share: float, what: str, show: Any = progress) -> None:
                    show(share, language.gettext(what))

                brought = (try_file if dry_run else bring_file)(path, question, destination, told)
        except HouseError as fault:
            outcomes.append((path, fault))
            break
        except LantianError as fault:
            outcomes.append((path, fault))
            continue
        destination = replace(destination, city=brought.city or destination.city)
        outcomes.append((path, brought))
        if not as_json:
            show_brought(brought, destination.city, shown)
    return outcomes


def _leave(outcomes: "Sequence[tuple[Path, Brought | LantianError]]", asked: int, *, as_json: bool) -> None:
    """Leave with the error of the only file, or with its exit code when there were several."""
    errors = [outcome for _, outcome in outcomes if isinstance(outcome, LantianError)]
    if asked == 1 and errors and not as_json:
        raise errors[0]
    if errors:
        raise typer.Exit(max((fault.exit_code for fault in errors), key=lambda code: code == HouseError.exit_code))
    if any(failed(outcome) for _, outcome in outcomes):
        raise typer.Exit(CallerError.exit_code)
