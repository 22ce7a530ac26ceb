"""Run records: what ran, for when, with what, how far it came, how it ended; what was asked for, and by whom."""

from lantian.desk.jobs.asking import RunCard
from lantian.desk.jobs.ends import CancelledRunError, HouseStopsError
from lantian.desk.jobs.runs import Jobs, Progress, Run
from lantian.desk.jobs.states import RunState

__all__ = ["CancelledRunError", "HouseStopsError", "Jobs", "Progress", "Run", "RunCard", "RunState"]
