"""The loop: what a clean-air plan needs every day, room by room.

``run_days`` is the daily part as far as rooms stand: it judges the air. Doors call these functions; rooms never
call each other.
"""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.desk.jobs import Jobs, Progress
    from lantian.loop.evaluate.commands import Evaluation
    from lantian.loop.evaluate.scene import Scene


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
