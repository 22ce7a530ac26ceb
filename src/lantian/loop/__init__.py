"""The loop: what a clean-air plan needs every day, room by room.

``run_hour``, ``run_day`` and ``run_month`` are its rounds: what is done, in which order. ``run_days`` judges the
air of a stretch; ``run_recomputes`` judges anew what other rooms asked for; ``run_outlets`` keeps the recomputed
emission of outlets up to date. Doors call these functions; rooms never call each other.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from lantian.loop import rounds
from lantian.loop.rounds import Rooms, Step, Told, take_steps

if TYPE_CHECKING:
    from datetime import datetime

    from lantian.desk.jobs import Jobs, Progress, Run
    from lantian.ledger import Ledger
    from lantian.loop.evaluate.commands import Evaluation
    from lantian.loop.evaluate.scene import Scene
    from lantian.loop.sense.centre import Centre
    from lantian.loop.sense.doors.delivering import FileDoor
    from lantian.loop.sense.recomputing import Recomputed

__all__ = ["Rooms", "run_day", "run_days", "run_hour", "run_month", "run_outlets", "run_recomputes"]


def run_hour(rooms: Rooms, run: "Run", door: "FileDoor | None" = None) -> None:
    """Every hour: what came is taken and judged, what did not come is looked for (每时).

    Missed hours need no round of their own: all that came since the last one is judged.
    """
    today = rooms.lake.day_of(rooms.city_now() - timedelta(hours=1))
    steps = {
        "deliveries": lambda _: {} if door is None else rounds.take_deliveries(rooms, door),
        "evaluate": lambda progress: _arrivals(rooms, progress),
        "recomputes": lambda progress: _asked(rooms, progress),
        "outlets": lambda progress: _outlets(rooms, today - timedelta(days=1), today, progress),
        "gaps": lambda _: rounds.find_gaps(rooms),
        "health": lambda _: rounds.look_at_health(rooms),
    }
    take_steps(run, [Step(key, rounds.WORDS[key], work) for key, work in steps.items()])


def run_day(rooms: Rooms, run: "Run", first: date, last: date) -> None:
    """Every day: the days that are over are judged, who is late is listed, what is kept is proved (每日)."""
    steps = {
        "evaluate": lambda progress: _stretch(rooms, first, last, progress),
        "outlets": lambda progress: _outlets(rooms, first, last, progress),
        "duties": lambda _: rounds.look_at_duties(rooms),
        "compact": lambda progress: rounds.compact_lake(rooms, progress),
        "decisions": lambda progress: rounds.prove_decisions(rooms, progress),
        "frames": lambda progress: rounds.prove_frames(rooms, progress),
    }
    take_steps(run, [Step(key, rounds.WORDS[key], work) for key, work in steps.items()])


def run_month(rooms: Rooms, run: "Run", first: date, last: date) -> None:
    """Every month: it is ranked as a whole, what bodies owe and what the inventory lacks is listed (每月)."""
    steps = {
        "rankings": lambda progress: _stretch(rooms, first, last, progress),
        "sheets": lambda _: rounds.sheets_due(rooms, f"{first:%Y-%m}"),
        "inventory": lambda _: rounds.look_at_inventory(rooms),
    }
    take_steps(run, [Step(key, rounds.WORDS[key], work) for key, work in steps.items()])


def _arrivals(rooms: Rooms, progress: "Progress") -> Told:
    """Judge the days of which hours came since this was done last."""
    looked_at = rooms.now().isoformat()
    days = rounds.arrived_days(rooms, rounds.judged_upto(rooms))
    if days is None:
        return {"looked_at": looked_at, "changed": 0}
    return {"looked_at": looked_at, **_stretch(rooms, *days, progress)}


def _stretch(rooms: Rooms, first: date, last: date, progress: "Progress") -> Told:
    held = rounds.arrived_days(rooms, None)
    if held is None or held[0] > last or held[1] < first:
        return {"changed": 0}
    done = run_days(rooms.scene(), rooms.jobs, max(first, held[0]), min(last, held[1]), progress)
    return {"first": str(done.first), "last": str(done.last), "changed": done.changed}


def _asked(rooms: Rooms, progress: "Progress") -> Told:
    done, ended = run_recomputes(rooms.scene(), rooms.jobs, rooms.ledger, rooms.now(), progress)
    return {"requests": len(ended), "changed": 0 if done is None else done.changed}


def _outlets(rooms: Rooms, first: date, last: date, progress: "Progress") -> Told:
    done = run_outlets(rooms.centre(), rooms.jobs, first, last, progress=progress)
    return {"outlets": done.outlets, "days": done.days, "findings": done.findings}


def run_days(
    scene: "Scene",
    jobs: "Jobs",
    first: date | None = None,
    last: date | None = None,
    progress: "Progress | None" = None,
) -> "Evaluation":
    """Judge a stretch of legal days and all that follows from them; all days with hours by default."""
    from lantian.loop.evaluate.commands import evaluate  # compiled kernels: only when they are needed

    inputs = {
        "first": str(first) if first else None,
        "last": str(last) if last else None,
        "hours_version": scene.lake.version("ambient_hours"),
        "variants": dict(scene.choice.variants),
    }
    with jobs.run("evaluate", f"{first or ''}..{last or ''}", inputs, progress) as run:
        return evaluate(scene, run, first, last)


def run_recomputes(
    scene: "Scene", jobs: "Jobs", ledger: "Ledger", at: "datetime", progress: "Progress | None" = None
) -> "tuple[Evaluation | None, tuple[str, ...]]":
    """Judge anew every stretch that a room asked for, as one stretch; return what it did and which requests ended.

    A request is ended only after its days were judged, so that a failure leaves it open.
    """
    from lantian.ledger.asking import end, list_open
    from lantian.ledger.models import Recompute

    with ledger.read() as session:
        asked = [row for row in list_open(session, Recompute) if {"first", "last"} <= set(row.payload)]
        wanted = [(row.id, row.payload["first"], row.payload["last"]) for row in asked]
    if not wanted:
        return None, ()
    first = min(date.fromisoformat(each[1]) for each in wanted)
    last = max(date.fromisoformat(each[2]) for each in wanted) + timedelta(days=1)  # means that run over midnight
    done = run_days(scene, jobs, first, last, progress)
    result = f"days:{done.first}..{done.last}"
    with ledger.write() as session:
        for request, *_ in wanted:
            end(session, Recompute, request, done=True, result=result, by="evaluate", at=at)
    return done, tuple(each[0] for each in wanted)


def run_outlets(
    centre: "Centre",
    jobs: "Jobs",
    first: date,
    last: date,
    *,
    outlet: str | None = None,
    progress: "Progress | None" = None,
) -> "Recomputed":
    """Bring the recomputed emission of outlets up to date, one run in the records."""
    from dataclasses import asdict

    from lantian.loop.sense.recomputing import recompute

    inputs = {"outlet": outlet, "readings_version": centre.lake.version("source_readings")}
    with jobs.run("outlets", f"{first}..{last}", inputs, progress) as run:
        done = recompute(centre, first, last, run_id=run.id, outlet=outlet, progress=run.progress)
        run.result.update({name: str(value) for name, value in asdict(done).items()})
    return done
