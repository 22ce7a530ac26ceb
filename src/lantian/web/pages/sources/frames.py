"""Frames: what came over the wire, byte for byte, and what it says; one number's way back to its bytes."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.sense.frames import FrameCard, FrameLine, list_frames, list_segments, read_card
from lantian.store.journal.records import Kind
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.air.looking import day_asked
from lantian.web.pages.sources.looking import factor_name, outlets_of, tabs_of
from lantian.web.permissions import May
from lantian.web.tables import MARK, NUMBER, TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit
from lantian.wire.hj212.faults import FAULTS

router = APIRouter(prefix="/sources/frames")
Engineer = Annotated[Visit, visit(May.READ_FRAMES)]
_MOST, _TAIL = 200, 50
KINDS = {
    Kind.FRAME: ("done", mark("taken")),
    Kind.UNKNOWN_DEVICE: ("quarantined", mark("of an unknown device")),
    Kind.REFUSED: ("failed", mark("refused")),
    Kind.FAULTY: ("fault", mark("faulty")),
    Kind.NOISE: ("doubtful", mark("no frame")),
    Kind.SENT: ("info", mark("sent by the gateway")),
}


@router.get("")
def frames(visit: Engineer, mn: str = "", kind: str = "", segment: int | None = None, day: str = "") -> Response:
    """List the newest frames of a segment of the journal."""
    folder = visit.house.folder / "journal"
    zone, numbers = visit.house.city.zone, list_segments(folder)
    since = None if not day else visit.house.centre().midnight(day_asked(day, visit.today))
    wanted = Kind(int(kind)) if kind.isdigit() and int(kind) in set(Kind) else None
    rows = list_frames(
        folder, zone, segment=segment, mn=mn.strip(), kind=wanted, since=since,
        until=None if since is None else since + timedelta(days=1), most=_MOST,
    )  # fmt: skip
    return visit.page(
        "sources/frames.html",
        title=visit.say(mark("What came over the wire?")),
        tables=[_list(visit, rows)],
        tabs=tabs_of(visit),
        kinds=[(str(one.value), visit.say(words)) for one, (_, words) in KINDS.items()],
        segments=[(one, str(one)) for one in numbers[:_TAIL]],
        segment=segment or (numbers[0] if numbers else ""),
        mn=mn,
        kind=kind,
        day=day,
    )


@router.get("/{position}")
def frame(position: str, visit: Engineer) -> Response:
    """Show one frame: its bytes, its fields, its checksum, and what is wrong with it."""
    house = visit.house
    try:
        card = read_card(house.folder / "journal", house.ledger, house.city.zone, position)
    except CallerError as fault:
        raise NotFound(
            "No frame of the journal begins at {position}. Choose one of the list.", position=position
        ) from fault
    outlet = next((row for row in outlets_of(visit) if card.line.mn in row.mns), None)
    state, words = KINDS[card.line.kind]
    return visit.page(
        "sources/frame.html",
        title=visit.say(mark("What does frame {position} say?"), position=position),
        tables=[_fields(visit, card), _faults(visit, card)],
        tabs=tabs_of(visit),
        card=card,
        outlet=outlet,
        state=state,
        state_words=visit.say(words),
    )


def _list(visit: Visit, rows: list[FrameLine]) -> DataTable:
    title = visit.say(mark("Frames"))
    columns = [
        TableColumn("position", visit.say(mark("Place in the journal"))),
        TableColumn("received", visit.say(mark("Received")), kind=TIME),
        TableColumn("mn", "MN"),
        TableColumn("kind", visit.say(mark("What became of it")), kind=MARK),
        TableColumn("size", visit.say(mark("Length")), "B", NUMBER, 0),
    ]
    body: list[list[Any]] = [
        [
            Cell(row.position), row.received_at, row.mn or None,
            Cell(row.kind.name.lower(), visit.say(KINDS[row.kind][1]), state=KINDS[row.kind][0]), row.size,
        ]
        for row in rows
    ]  # fmt: skip
    note = visit.say(mark("At most the newest {most} that fit, of one segment of the journal."), most=_MOST)
    empty = visit.say(mark("No frame fits. Clear the choices, or take another segment."))
    return DataTable(
        "frames", title, columns, body, visit.how_made(title, tables=["journal"]), note=note, empty=empty,
        links=[f"/sources/frames/{row.position}" for row in rows],
    )  # fmt: skip


def _fields(visit: Visit, card: FrameCard) -> DataTable:
    """Every field as it was sent, factor by factor."""
    title = visit.say(mark("Fields"))
    columns = [
        TableColumn("of", visit.say(mark("Of"))),
        TableColumn("name", visit.say(mark("Field"))),
        TableColumn("value", visit.say(mark("As sent"))),
        TableColumn("meaning", visit.say(mark("Meaning"))),
    ]
    head, data = visit.say(mark("head")), visit.say(mark("data"))
    rows: list[list[Any]] = [[head, name, value, None] for name, value in card.head.items()]
    rows += [[data, name, value, None] for name, value in card.parameters.items()]
    for factor, fields in card.factors.items():
        rows += [[factor, name, value, factor_name(visit, factor)] for name, value in fields.items()]
    how = visit.how_made(title, period=card.line.position, tables=["journal"])
    return DataTable("fields", title, columns, rows, how, empty=visit.say(mark("These bytes are no frame.")))


def _faults(visit: Visit, card: FrameCard) -> DataTable:
    title = visit.say(mark("What is wrong with it"))
    columns = [
        TableColumn("code", visit.say(mark("Code"))),
        TableColumn("said", visit.say(mark("What it means"))),
        TableColumn("remedy", visit.say(mark("What to do"))),
    ]
    rows: list[list[Any]] = [[code, *_fault_words(visit, code)] for code in card.faults]
    how = visit.how_made(title, period=card.line.position, tables=["journal"])
    return DataTable(
        "faults", title, columns, rows, how, empty=visit.say(mark("Nothing: it keeps to its edition."))
    )


def _fault_words(visit: Visit, code: str) -> list[str | None]:
    """Say what a fault means and what to do about it."""
    known = FAULTS.get(code)
    if known is None:
        return [None, None]
    return [visit.language.gettext(known.meaning), visit.language.gettext(known.remedy)]
