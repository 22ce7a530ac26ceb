"""What became of imported files, for people and for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from lantian.cli.show import console, show_frame, show_json, words
from lantian.desk.language import Translation, error_text, finding_text
from lantian.terms.errors import LantianError
from lantian.terms.findings import Severity

if TYPE_CHECKING:
    from lantian.city.records import City
    from lantian.loop.evaluate.bringing import Brought
    from lantian.terms.findings import Finding

_COLOURS = {Severity.INFO: "dim", Severity.WARNING: "yellow", Severity.ERROR: "red"}
_STATIONS_SHOWN = 5


def failed(outcome: "Brought | LantianError") -> bool:
    """Whether a file could not be read, or none of its rows could be taken."""
    return isinstance(outcome, LantianError) or outcome.took_nothing


def show_brought(brought: "Brought", city: "City", shown: int) -> None:
    """Say what became of one file: layout, rows, what is new in the lake, rejects, findings."""
    language, screen = words(), console()
    for line in lines_of(brought, city, shown, language):
        screen.print(line, soft_wrap=True)


def lines_of(brought: "Brought", city: "City", shown: int, language: Translation) -> list[str]:
    """Write the account of one file, with Rich markup."""
    if brought.same_as is not None or brought.report is None:
        return [_known_already(brought, city, language)]
    report = brought.report
    rows = report.rejects.filter(report.rejects.get_column("reason") != "unknown_station")
    plain = replace(report, rejects=rows, findings=())
    first, *rest = plain.lines(language, shown)
    lines = [
        f"[bold]{escape(first)}[/]",
        "  " + language.format("Read as {importer}", importer=_importer(brought, language)),
        *_into_the_lake(brought, language),
        *(f"  [yellow]{escape(line)}[/]" for line in rest),
        *_unknown(brought, city, language),
    ]
    lines += [
        "  " + language.format("Kept with reasons: {file}", file=escape(str(path))) for path in brought.rejects
    ]
    if brought.saved_mapping is not None:
        lines.append("  " + language.format("Mapping saved: {file}", file=escape(str(brought.saved_mapping))))
    lines += _findings(brought.findings, language)
    if brought.run_id is None:
        lines.append("  " + language.gettext("Tried only: nothing was written."))
    return lines


def _importer(brought: "Brought", language: Translation) -> str:
    from lantian.loop.evaluate.importers import IMPORTERS

    name = brought.importer or ""
    title = language.gettext(IMPORTERS[name].title) if name in IMPORTERS else name
    mapping = "" if brought.mapping is None else f", {language.gettext('mapping')} {brought.mapping.name}"
    return escape(f"{title} ({name}{mapping})")


def _known_already(brought: "Brought", city: "City", language: Translation) -> str:
    earlier = brought.same_as
    return language.format(
        "{name}: this very file was taken in already, on {at} by run {run}; nothing was changed. "
        "--again takes it in once more.",
        name=f"[bold]{escape(brought.path.name)}[/]",
        at="" if earlier is None else earlier.at.astimezone(city.zone).strftime("%Y-%m-%d %H:%M"),
        run="" if earlier is None else earlier.run_id,
    )


def _into_the_lake(brought: "Brought", language: Translation) -> list[str]:
    lines = []
    for name, one in (("ambient_hours", brought.hours), ("published_hours", brought.published)):
        if one is None:
            continue
        said = language.format(
            "{table}: {new} new, {corrected} corrected, {unchanged} known already",
            table=name,
            new=one.written - one.corrected,
            corrected=one.corrected,
            unchanged=one.unchanged,
        )
        lines.append(f"  [green]{said}[/]" if one.written else f"  {said}")
    return lines


def _unknown(brought: "Brought", city: "City", language: Translation) -> list[str]:
    if not brought.unknown:
        return []
    listed = ", ".join(f"{code} ({rows})" for code, rows in brought.unknown[:_STATIONS_SHOWN])
    if len(brought.unknown) > _STATIONS_SHOWN:
        listed += " …"
    said = language.format(
        "{rows} rows of {count} stations that {city} does not know were rejected: {stations}",
        rows=sum(rows for _, rows in brought.unknown),
        count=len(brought.unknown),
        city=city.name_zh if language.is_chinese else city.name_en,
        stations=listed,
    )
    advice = language.gettext(
        "Add them with --register ADCODE, or as lines of city/stations.csv in the workspace, and import again."
    )
    return [f"  [yellow]{escape(said)}[/]", f"  {advice}"]


def _findings(findings: "Sequence[Finding]", language: Translation) -> list[str]:
    """One line for each code: how often, and the first as an example."""
    counts = Counter(row.code for row in findings)
    lines = []
    for code, count in counts.items():
        first = next(row for row in findings if row.code == code)
        times = f" ×{count}" if count > 1 else ""
        lines.append(f"  [{_COLOURS[first.severity]}]{code}{times}[/]: {escape(finding_text(first, language))}")
        if first.competing_explanation and first.severity is not Severity.INFO:
            lines.append("    " + escape(language.gettext(first.competing_explanation)))
    return lines


def show_summary(outcomes: "Sequence[tuple[Path, Brought | LantianError]]") -> None:
    """Print one line for each file."""
    import polars as pl

    language = words()
    show_frame(
        pl.DataFrame(
            [_summary_row(path, outcome, language) for path, outcome in outcomes],
            schema={
                "file": pl.String,
                "importer": pl.String,
                "read": pl.Int64,
                "accepted": pl.Int64,
                "rejected": pl.Int64,
                "new": pl.Int64,
                "corrected": pl.Int64,
                "outcome": pl.String,
            },
        ),
        title=language.format("{count} files", count=len(outcomes)),
        headers={
            "file": language.gettext("File"),
            "importer": language.gettext("Layout"),
            "read": language.gettext("Rows"),
            "accepted": language.gettext("Accepted"),
            "rejected": language.gettext("Rejected"),
            "new": language.gettext("New"),
            "corrected": language.gettext("Corrected"),
            "outcome": language.gettext("Outcome"),
        },
    )
    screen = console()
    for path, outcome in outcomes:
        if isinstance(outcome, LantianError):  # a sentence, not a cell: it says what to do
            screen.print(f"{escape(path.name)}: {escape(error_text(outcome, language))}", soft_wrap=True)


def _summary_row(path: Path, outcome: "Brought | LantianError", language: Translation) -> dict[str, Any]:
    if isinstance(outcome, LantianError):
        return {"file": path.name, "outcome": language.gettext("not read")}
    if outcome.same_as is not None or outcome.report is None:
        return {"file": path.name, "outcome": language.gettext("known already")}
    report, hours = outcome.report, outcome.hours
    said = language.gettext("no row could be taken") if outcome.took_nothing else language.gettext("taken in")
    return {
        "file": path.name,
        "importer": outcome.importer,
        "read": report.rows_read,
        "accepted": report.rows_accepted,
        "rejected": report.rows_rejected,
        "new": None if hours is None else hours.written - hours.corrected,
        "corrected": None if hours is None else hours.corrected,
        "outcome": said if hours is not None else language.gettext("tried only"),
    }


def show_json_of(outcomes: "Sequence[tuple[Path, Brought | LantianError]]", *, dry_run: bool) -> None:
    """Print everything as one JSON document."""
    show_json({"dry_run": dry_run, "files": [_plain(path, outcome) for path, outcome in outcomes]})


def _plain(path: Path, outcome: "Brought | LantianError") -> dict[str, Any]:
    if isinstance(outcome, LantianError):
        return {"file": path.name, "state": "failed", "error": str(outcome)}
    found: dict[str, Any] = {"file": path.name, "sha256": outcome.digest, "run_id": outcome.run_id}
    if outcome.same_as is not None or outcome.report is None:
        return {**found, "state": "known", "same_as": outcome.same_as.run_id if outcome.same_as else None}
    report = outcome.report
    return {
        **found,
        "state": "nothing_taken" if outcome.took_nothing else "done",
        "importer": outcome.importer,
        "mapping": outcome.mapping.name if outcome.mapping else None,
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_rejected": report.rows_rejected,
        "rows_skipped": report.rows_skipped,
        "cells_rejected": report.cells_rejected,
        "tables": {
            name: {
                "new": one.written - one.corrected,
                "corrected": one.corrected,
                "unchanged": one.unchanged,
                "version": one.version,
            }
            for name, one in (("ambient_hours", outcome.hours), ("published_hours", outcome.published))
            if one is not None
        },
        "unknown_stations": dict(outcome.unknown),
        "registered": outcome.registered,
        "rejects": report.rejects.to_dicts(),
        "rejects_files": outcome.rejects,
        "saved_mapping": outcome.saved_mapping,
        "findings": [
            {
                "code": row.code,
                "severity": row.severity.value,
                "message": finding_text(row, words()),
                "evidence": row.evidence,
            }
            for row in outcome.findings
        ],
    }
