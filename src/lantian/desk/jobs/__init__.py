"""Run records: what ran, for when, with what, how far it came and how it ended."""

from lantian.desk.jobs.runs import Jobs, Progress, Run, RunState

__all__ = ["Jobs", "Progress", "Run", "RunState"]
