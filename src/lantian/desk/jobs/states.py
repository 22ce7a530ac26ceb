"""Where a run stands."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = frozenset({RunState.READY, RunState.RUNNING})
ENDED = frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED})
