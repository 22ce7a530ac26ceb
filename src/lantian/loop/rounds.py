"""How a round goes through its steps, and what its steps ask the rooms for (每时、每日、每月)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lantian.terms.errors import HouseError, LantianError
from lantian.terms.words import mark

if TYPE_CHECKING:
    from lantian.desk.jobs import Jobs, Progress, Run
    from lantian.ledger import Ledger
    from lantian.loop.evaluate.scene import Scene
    from lantian.loop.explain.study import Study
    from lantian.loop.plan.office import Office
    from lantian.loop.sense.centre import Centre
    from lantian.loop.sense.doors.delivering import FileDoor
    from lantian.store.lake import Lake

HEADS_FILE = Path("exports", "chain-heads.txt")
"""Head of the chain at the end of each day, in a workspace; to be kept elsewhere too."""
_GAP_DAYS, _GAP_GRACE = timedelta(days=2), timedelta(hours=2)
"""How far back gaps are looked for, and how old a record must be before it counts as missing."""
_HEADS_PROVED = 400

Told = dict[str, Any]
"""What a step did, in a few numbers."""


class Rooms(Protocol):
    """An open workspace, as a round wants it."""

    @property
    def folder(self) -> Path:
        """Of the workspace."""

    @property
    def lake(self) -> "Lake":
        """Store of facts."""

    @property
    def ledger(self) -> "Ledger":
        """Store of decisions."""

    @property
    def jobs(self) -> "Jobs":
        """Records of runs."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Wall clock."""

    def city_now(self) -> datetime:
        """Return the clock of the data."""

    def scene(self) -> "Scene":
        """Return what the room `evaluate` wants."""

    def office(self) -> "Office":
        """Return what the room `plan` wants."""

    def centre(self) -> "Centre":
        """Return what the room `sense` wants."""

    def study(self) -> "Study":
        """Return what the room `explain` wants."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a round does."""

    key: str
    words: str
    """Marked."""
    work: "Callable[[Progress], Told]"


def take_steps(run: "Run", steps: Sequence[Step]) -> None:
    """Take every step, the next one although one failed; what each did stands in the run's result.

    Raises
    ------
    HouseError
        Steps failed; the others were taken.
    CancelledRunError, HouseStopsError
        The run is to end.
    """
    from lantian.desk.jobs import CancelledRunError, HouseStopsError

    failed: list[str] = []
    for number, step in enumerate(steps):

        def part(share: float, _said: str, number: int = number, step: Step = step) -> None:
            run.progress((number + min(max(share, 0.0), 1.0)) / len(steps), step.words)

        part(0.0, "")
        try:
            run.result[step.key] = step.work(part)
        except (CancelledRunError, HouseStopsError):
            raise
        except LantianError as fault:
            failed.append(f"{step.key}: {fault}")
    run.progress(1.0, "")
    if failed:
        raise HouseError(
            "{failed} of {steps} steps of this round failed; the others were taken. {why}",
            failed=len(failed),
            steps=len(steps),
            why=" · ".join(failed),
        )


# ---------------------------------------------------------------------------------------------- every hour


def take_deliveries(rooms: Rooms, door: "FileDoor") -> Told:
    """Take the files that wait at the door; where the gateway is at it, it goes on."""
    from lantian.loop.sense.doors.taking import QUEUE, take_waiting

    try:
        done = take_waiting(door, rooms.centre())
    except HouseError as fault:
        if fault.values.get("table") != QUEUE:
            raise
        return {"left_to": str(fault.values["who"])}
    return {"taken": len(done.taken), "refused": len(done.refused), "held": len(done.held)}


def arrived_days(rooms: Rooms, since: datetime | None) -> tuple[date, date] | None:
    """Return the first and the last legal day of which hours came after an instant; None where none came."""
    import polars as pl

    from lantian.store.tables import AMBIENT_HOURS

    rows = rooms.lake.scan(AMBIENT_HOURS, columns=["legal_day", "recorded_at"], latest=False)
    if since is not None:
        rows = rows.filter(pl.col("recorded_at") > since)
    first, last = rows.select(first=pl.col("legal_day").min(), last=pl.col("legal_day").max()).collect().row(0)
    return None if first is None else (first, last)


def judged_upto(rooms: Rooms) -> datetime | None:
    """Return the instant up to which arrivals were judged; None where nobody ever judged everything."""
    from lantian.desk.jobs import RunState
    from lantian.desk.jobs.words import EVALUATE, HOUR

    for row in rooms.jobs.list_runs(1, what=HOUR, state=RunState.DONE):
        said = (row.result or {}).get("evaluate", {}).get("looked_at")
        return None if said is None else datetime.fromisoformat(said)
    whole = (
        row for row in rooms.jobs.list_runs(20, what=EVALUATE, state=RunState.DONE) if row.inputs["first"] is None
    )
    return next((row.started_at for row in whole), None)


def find_gaps(rooms: Rooms) -> Told:
    """Count what is due from outlets and did not come, and ask for it where devices are real."""
    from lantian.loop.sense import gaps
    from lantian.loop.sense.controlling import request_missing
    from lantian.loop.sense.registry import list_cards

    centre, at = rooms.centre(), rooms.city_now()
    cards = list_cards(rooms.ledger).values()
    found = gaps.find_gaps(rooms.lake, cards, at - _GAP_DAYS, at - _GAP_GRACE)
    asked = [] if centre.simulated else request_missing(rooms.ledger, found, centre.city.zone, at=rooms.now())
    return {"stretches": len(found), "records": sum(row.records for row in found), "asked": len(asked)}


def look_at_health(rooms: Rooms) -> Told:
    """Count instruments by how they stand."""
    from lantian.loop.sense.health import counts, list_health

    found = counts(list_health(rooms.centre(), at=rooms.city_now()))
    return {kind: {str(state): number for state, number in row.items() if number} for kind, row in found.items()}


# ---------------------------------------------------------------------------------------------- every day


def look_at_duties(rooms: Rooms) -> Told:
    """Count the steps that the ladder proposes; a person takes them."""
    from lantian.loop.plan.dispatch.escalation import due_steps
    from lantian.loop.plan.queries import find_plan

    office = rooms.office()
    plan = find_plan(office)
    if plan is None or plan.state != "in_force":
        return {}
    proposed = due_steps(office, office.today())
    return {"proposed": dict(Counter(row.step for row in proposed))}


def compact_lake(rooms: Rooms, progress: "Progress") -> Told:
    """Rewrite tables that are in pieces into fewer files."""
    tables = rooms.lake.tables()
    rewritten = 0
    for number, table in enumerate(tables):
        progress(number / len(tables), table.name)
        rewritten += rooms.lake.compact(table).partitions
    return {"partitions": rewritten}


def prove_decisions(rooms: Rooms, progress: "Progress") -> Told:
    """Prove the chain against every head that was written down, and write the day's head.

    Raises
    ------
    HouseError
        It does not hold.
    """
    from lantian.ledger.chain import ChainHead, day_head, verify_chain

    file = rooms.folder / HEADS_FILE
    held = file.read_text("utf-8").split("\n") if file.exists() else []
    heads = [ChainHead.parse(line.split()[-1]) for line in held[-_HEADS_PROVED:] if line.strip()]
    report = verify_chain(rooms.ledger, progress, given_out=heads)
    if not report.sound:
        raise HouseError(
            "The chain of decisions does not hold from entry {number} on. Keep the database as it is, and run "
            "`lantian audit verify`.",
            number=report.entries + 1,
        )
    today = rooms.lake.day_of(rooms.now())
    line = f"{today} {day_head(rooms.ledger, today, rooms.lake.zone)}"
    if line not in held:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")
    return {"entries": report.entries, "head": str(report.head)}


def prove_frames(rooms: Rooms, progress: "Progress") -> Told:
    """Prove every frame of the journal.

    Raises
    ------
    HouseError
        One does not hold.
    """
    from lantian.store.journal import verify

    done = verify(rooms.folder / "journal", lambda share: progress(share, ""))
    if not done.sound:
        raise HouseError(
            "{n} places of the journal do not hold. Keep it as it is, and run `lantian gateway journal verify`.",
            n=len(done.damages),
        )
    return {"segments": done.segments, "records": done.records}


# ---------------------------------------------------------------------------------------------- every month


def sheets_due(rooms: Rooms, month: str) -> Told:
    """List bodies with open duties that no sheet of the month went to; the office issues them."""
    from lantian.loop.plan.dispatch.reporting import issued_sheet
    from lantian.loop.plan.queries import duties_in, organisations_in, plan_in
    from lantian.loop.plan.rows import DutyFilter

    with rooms.ledger.read() as session:
        plan = plan_in(session)
        if plan is None or plan.state != "in_force":
            return {}
        bodies = [
            body.id
            for body in organisations_in(session, plan.id)
            if issued_sheet(session, plan.id, month, body.id) is None
            and any(
                row.done_on is None
                for row in duties_in(session, plan.id, wanted=DutyFilter(organisation=body.id, settled=True))
            )
        ]
    return {"month": month, "bodies": bodies}


def look_at_inventory(rooms: Rooms) -> Told:
    """Count what is doubtful in the newest edition of the inventory."""
    from lantian.loop.explain.editions import list_editions
    from lantian.loop.explain.running import checked

    study = rooms.study()
    editions = list_editions(study)
    if not editions:
        return {}
    return {"edition": editions[-1].key, "findings": len(checked(study))}


WORDS = {
    "deliveries": mark("files at the door"),
    "evaluate": mark("judging the air"),
    "recomputes": mark("days that were asked for"),
    "outlets": mark("emission of outlets"),
    "gaps": mark("what is missing"),
    "health": mark("health of instruments"),
    "duties": mark("who is late"),
    "compact": mark("compacting the lake"),
    "decisions": mark("proving decisions"),
    "frames": mark("proving frames"),
    "rankings": mark("ranking counties"),
    "sheets": mark("sheets that are due"),
    "inventory": mark("checking the inventory"),
}
"""Step → marked words."""
