"""The loop: what a clean-air plan needs every day, room by room.

``run_days`` is the daily part as far as rooms stand: it judges the air. ``run_recomputes`` judges anew what other
rooms asked for; ``run_outlets`` keeps the recomputed emission of outlets up to date. Doors call these functions;
rooms never call each other.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from lantian.desk.jobs import Jobs, Progress
    from lantian.ledger import Ledger
    from lantian.loop.evaluate.commands import Evaluation
    from lantian.loop.evaluate.scene import Scene
    from lantian.loop.sense.centre import Centre
    from lantian.loop.sense.recomputing import Recomputed


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
