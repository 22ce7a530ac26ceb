"""Read a file for the lake: its layout, its mapping, its stations; refuse what nobody should guess."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from lantian.city.records import City
from lantian.desk.intake import Mapping, Table, guess_mapping, read_table
from lantian.desk.jobs import Progress
from lantian.desk.language import mark
from lantian.loop.evaluate.bringing.records import Destination, Earlier, Question
from lantian.loop.evaluate.bringing.registering import register_stations
from lantian.loop.evaluate.importers import Imported, ImportOptions, generic, importer_of, lantian_mapping
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

READING, TYPING = mark("reading"), mark("typing")
_SHARES = {READING: (0.0, 0.25), TYPING: (0.25, 0.7)}
_EDGE_DOUBTS = {"edge_unknown", "hour_24_at_start"}
_JUDGED = {"rules", "run_id", "code_version"}
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read; nothing is written yet but stations that were registered."""

    path: Path
    table: Table
    imported: Imported
    """Rows of known stations."""
    strangers: pl.DataFrame
    """Hours of stations that the city does not know."""
    unknown: tuple[tuple[str, int], ...]
    mapping: Mapping | None
    city: City
    registered: tuple[str, ...]


def read_file(
    path: Path, question: Question, place: Destination, progress: Progress, earlier: Earlier | None
) -> Read:
    """Read a file and part its rows by whether the city knows their station.

    Parameters
    ----------
    earlier : Earlier, optional
        The run that took the same file in: then only the stations that it had to reject are kept.

    Raises
    ------
    CallerError
        The file cannot be read or leaves open what the caller has to say.
    """

    def step(what: str, done: int, total: int) -> None:
        low, high = _SHARES.get(what, (0.0, 0.0))
        progress(low + (high - low) * (done / total if total else 0.0), what)

    table, imported, mapping = _imported(path, question, place, step)
    _refuse_doubtful_edges(imported, table.name)
    if earlier is not None:
        imported = _only_rejected_before(imported, earlier)
    city = place.city
    registered: tuple[str, ...] = ()
    imported = _with_codes(imported, city)
    if question.register is not None:
        new = register_stations(table, imported, question.register, city, place.city_name, place.overlay,
                                station_column=None if mapping is None else mapping.station.column,
                                simulated=place.lake.simulated)  # fmt: skip
        city, registered = new.city, new.codes
        report = imported.report
        imported = replace(imported, report=replace(report, findings=(*report.findings, *new.findings)))
    codes = [row.code for row in city.stations]
    strangers = imported.hours.filter(~pl.col("station").is_in(codes))
    counted = strangers.group_by("station").len().sort("station").rows()
    return Read(path, table, imported.only_stations(codes), strangers, tuple(counted), mapping, city, registered)


def _imported(
    path: Path, question: Question, place: Destination, step: Step
) -> tuple[Table, Imported, Mapping | None]:
    given = question.mapping
    table = read_table(
        path,
        sheet=question.sheet or (given.sheet if given else None),
        encoding=question.encoding or (given.encoding if given else None),
        header_rows=given.header_rows if given else None,
        limits=place.limits,
        progress=step,
    )
    if set(table.columns) >= _JUDGED:
        raise CallerError(
            "{name} is an export of judged results, and those are never measurements. Export "
            "ambient_hours and import that; `lantian evaluate` makes the results again.",
            name=table.name,
        )
    wanted = "generic" if given is not None and question.importer == "auto" else question.importer
    importer = importer_of(table, wanted)
    mapping = given
    doubts: tuple[Finding, ...] = ()
    if importer.name == generic.KIND and given is None:
        mapping, doubts = _proposed(table, question, place)
    elif importer.name != generic.KIND and (given or question.edge or question.save_as):
        raise CallerError(
            "{name} is read as {name_2}, which fixes its columns and the edge of its hours itself. "
            "Leave the mapping and the edge out, or say --as generic.",
            name=table.name,
            name_2=importer.name,
        )
    _refuse_other_kind(table.name, importer.name, mapping, place.lake)
    imported = importer.read(table, _options(question, place, mapping, step))
    report = replace(imported.report, findings=(*doubts, *imported.report.findings))
    return table, replace(imported, report=report), mapping


def _options(question: Question, place: Destination, mapping: Mapping | None, step: Step) -> ImportOptions:
    return ImportOptions(
        zone=place.city.zone,
        simulated=place.lake.simulated,
        state_rules=place.state_rules,
        stage=question.stage,
        labels=question.labels,
        mapping=mapping,
        limits=place.limits,
        progress=step,
    )


def _proposed(table: Table, question: Question, place: Destination) -> tuple[Mapping, tuple[Finding, ...]]:
    """Take the mapping of our own exports where it fits, else one made from the column names, with its doubts."""
    own = lantian_mapping()
    if set(own.source_columns()) <= set(table.columns):
        return own, ()
    guess = guess_mapping(table, place.city.zone, question.save_as or "proposed")
    mapping, doubts = guess.mapping, guess.findings
    if question.edge is not None:
        mapping = mapping.model_copy(update={"time": mapping.time.model_copy(update={"edge": question.edge})})
        doubts = tuple(row for row in doubts if row.code not in {*_EDGE_DOUBTS, "edge_from_24"})
    proposed = Finding(
        "mapping_proposed",
        table.name,
        mark("The columns were recognised by their names: {columns}. Save this mapping by a name to keep it."),
        Severity.INFO,
        evidence={"columns": ", ".join(f"{value.column} → {key}" for key, value in mapping.values.items())},
    )
    return mapping, (proposed, *doubts)


def _refuse_doubtful_edges(imported: Imported, name: str) -> None:
    """Refuse to guess: an hour taken for its neighbour moves data to another legal day."""
    doubt = next((row for row in imported.report.findings if row.code in _EDGE_DOUBTS), None)
    if doubt is None:
        return
    if doubt.code == "hour_24_at_start":
        why = f"{doubt.evidence.get('count')} of its stamps say 24:00, which only the end of an hour can be"
    else:
        why = f"nothing in it says whether {doubt.evidence.get('column')} is the start or the end of the hour"
    raise CallerError(
        "{name}: {why}. One hour of error moves data to another legal day, so nothing was taken "
        "in. Ask who made the file and say --edge start or --edge end; --save-mapping NAME keeps "
        "the answer.",
        name=name,
        why=why,
    )


def _refuse_other_kind(name: str, importer: str, mapping: Mapping | None, lake: Lake) -> None:
    """Refuse measured files in a simulated workspace; the importer itself refuses the other way round."""
    if not lake.simulated or (importer == generic.KIND and mapping is not None and "simulated" in mapping.texts):
        return
    raise CallerError(
        "{name} does not say that it is simulated, and this workspace holds simulated data for "
        "ever; the two never mix. Make a workspace for real data with `lantian init --real`, or "
        "import an export of a simulated one.",
        name=name,
    )


def _only_rejected_before(imported: Imported, earlier: Earlier) -> Imported:
    """Keep the stations that the earlier run of the same file could not take; the rest is in the lake already."""
    mine = pl.col("station").is_in(list(earlier.unknown))
    hours = imported.hours.filter(mine)
    report = imported.report
    known = min(imported.hours.height - hours.height, report.rows_accepted)
    return replace(
        imported,
        hours=hours,
        published=None if imported.published is None else imported.published.filter(mine),
        report=replace(
            report, rows_accepted=report.rows_accepted - known, rows_skipped=report.rows_skipped + known
        ),
    )


def _with_codes(imported: Imported, city: City) -> Imported:
    """Give stations that a file calls by their name the code that the city knows them by."""
    codes = {row.code for row in city.stations}
    owners: dict[str, set[str]] = {}
    for row in city.stations:
        for name in (row.name_zh, row.name_en):
            owners.setdefault(name, set()).add(row.code)
    named = {
        name: next(iter(owners[name]))
        for name in imported.stations
        if name not in codes and len(owners.get(name, ())) == 1
    }
    if not named:
        return imported
    told = Finding(
        "station_by_name",
        imported.report.name,
        mark("{count} stations stand by their names and were given their codes: {stations}."),
        Severity.INFO,
        evidence={"count": len(named), "stations": _listed(f"{name} = {code}" for name, code in named.items())},
    )
    swap = pl.col("station").replace(named)
    return replace(
        imported,
        hours=imported.hours.with_columns(swap),
        published=None if imported.published is None else imported.published.with_columns(swap),
        report=replace(imported.report, findings=(*imported.report.findings, told)),
    )


def _listed(names: Iterable[str], most: int = 8) -> str:
    every = list(names)
    return ", ".join(every[:most]) + (f" … (+{len(every) - most})" if len(every) > most else "")
