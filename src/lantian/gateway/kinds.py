"""Every kind of file that the doors take: those of the room `sense`, and station hours of the room `evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lantian.assembly import REJECTS
from lantian.desk.intake import Mapping, Report, Table, TextColumn, guess_mapping, read_table
from lantian.desk.intake.mapping import Edge
from lantian.desk.language import mark
from lantian.loop.evaluate.bringing import IMPORT, Brought, Question, bring_file
from lantian.loop.evaluate.importers import IMPORTERS, generic, importer_of, lantian_mapping
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.delivering import FileDoor
from lantian.loop.sense.doors.kinds import SENSE_KINDS
from lantian.loop.sense.doors.peeking import peeked
from lantian.loop.sense.doors.reading_columns import WHEN, columns_in, refuse_other_world
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.terms.errors import CallerError, LantianError

if TYPE_CHECKING:
    from lantian.assembly import House

AMBIENT = "ambient_hours"
"""Key of the kind of station hours."""
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json")
_RUNS_LOOKED_AT = 50


def file_door(house: "House") -> FileDoor:
    """Return the door for files of a workspace, with every kind that there is."""
    return FileDoor(house.ledger, house.files, (*SENSE_KINDS, ambient_kind(house)), house.folder / REJECTS)


def ambient_kind(house: "House") -> FileKind:
    """Hours of stations: what ``lantian import`` takes, by the same rules."""

    def take(_centre: Centre, given: Given) -> TakenFile:
        place = house.destination()
        table = read_table(given.path, limits=place.limits)
        columns = columns_in(table, {"simulated": WHEN["simulated"]})
        refuse_other_world(table, columns, given, simulated=house.settings.simulated)
        mapping = _simulated_mapping(table, given, house.city.zone) if house.settings.simulated else None
        question = Question(mapping=mapping, edge=None if mapping is not None else _edge(given))
        return _account(house, bring_file(given.path, question, place), given.name)

    def recognises(name: str, head: bytes) -> bool:
        return _knows_hours(name, head, house.city.zone)

    return FileKind(AMBIENT, mark("Station hours"), _SUFFIXES, recognises, take)


def _edge(given: Given) -> Edge | None:
    said = given.options.get("edge")
    return "start" if said == "start" else "end" if said == "end" else None


def _simulated_mapping(table: Table, given: Given, zone: ZoneInfo) -> Mapping | None:
    """Map a table whose file, or whose sender, was found to be simulated; None where its layout says it itself.

    Raises
    ------
    CallerError
        Nothing says which edge of the hour its stamps are.
    """
    if importer_of(table).name != generic.KIND or set(lantian_mapping().source_columns()) <= set(table.columns):
        return None
    guess, edge = guess_mapping(table, zone, AMBIENT), _edge(given)
    if edge is None and any(row.code == "edge_unknown" for row in guess.findings):
        raise CallerError(
            "{name}: nothing in it says whether its stamps are the start or the end of the hour. Nothing was "
            "taken; call the column hour_start, or say edge=start or edge=end beside it.",
            name=given.name,
        )
    time = guess.mapping.time.model_copy(update={"edge": edge or guess.mapping.time.edge})
    texts = {**guess.mapping.texts, "simulated": TextColumn(fixed="true")}
    return guess.mapping.model_copy(update={"time": time, "texts": texts})


def _knows_hours(name: str, head: bytes, zone: ZoneInfo) -> bool:
    table = peeked(name, head)
    if table is None:
        return False
    layouts = (row for row in IMPORTERS.values() if row.name != generic.KIND)
    if any(row.looks_like(table) for row in layouts) or set(lantian_mapping().source_columns()) <= set(
        table.columns
    ):
        return True
    try:
        guess_mapping(table, zone)
    except LantianError:
        return False
    return True


def _account(house: "House", brought: Brought, name: str) -> TakenFile:
    """Tell what became of a file; where an interrupted attempt had taken it already, what that one did."""
    if brought.report is not None and brought.hours is not None:
        hours = brought.hours
        return TakenFile(
            AMBIENT, (brought.report,), hours.written, hours.corrected, hours.unchanged, rejects=brought.rejects
        )
    earlier = brought.same_as
    runs = house.jobs.latest(IMPORT, _RUNS_LOOKED_AT)
    told = next((run["result"] for run in runs if earlier is not None and run["id"] == earlier.run_id), None)
    if told is None:
        return TakenFile(AMBIENT, (), 0, 0, 0)
    report = Report(
        name, told["rows_read"], told["accepted"], told["rejected"], told["skipped"], told["cells_rejected"]
    )
    rejects = tuple(house.folder / REJECTS / Path(each).name for each in told["rejects"])
    return TakenFile(AMBIENT, (report,), told["written"], told["corrected"], told["unchanged"], rejects=rejects)
