"""A run is recorded however it ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lantian.desk.jobs import Jobs, RunState
from lantian.ledger import Ledger


class Clock:
    """A wall clock that moves two seconds at each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=2)
        return self.at


@pytest.fixture
def jobs(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.make("changzhi", simulated=True, at=datetime(2026, 3, 1, tzinfo=UTC))
    yield Jobs(ledger, Clock())
    ledger.close()


def test_a_run_that_ends_well_keeps_its_result(jobs: Jobs):
    heard: list[float] = []
    with jobs.run("evaluate", "2026", {"first": "2026-01-01"}, lambda share, _: heard.append(share)) as run:
        run.progress(0.5, "half way")
        assert jobs.latest("evaluate")[0]["message"] == "half way"
        run.result["rows"] = 12
    record = jobs.latest("evaluate")[0]
    assert (record["state"], record["done"], record["result"]) == (RunState.DONE, 1.0, {"rows": 12})
    assert record["ended_at"] > record["started_at"]
    assert heard == [0.5]


def test_a_run_that_fails_keeps_its_error_and_raises_it(jobs: Jobs):
    with pytest.raises(ValueError, match="no such table"), jobs.run("evaluate", "2026", {}):
        raise ValueError("no such table")
    record = jobs.latest("evaluate")[0]
    assert record["state"] == RunState.FAILED
    assert "no such table" in record["error"]


def test_a_run_that_a_person_stops_is_cancelled(jobs: Jobs):
    with pytest.raises(KeyboardInterrupt), jobs.run("evaluate", "2026", {}):
        raise KeyboardInterrupt
    assert jobs.latest("evaluate")[0]["state"] == RunState.CANCELLED


def test_runs_are_listed_newest_first_and_by_kind(jobs: Jobs):
    for n in range(3):
        with jobs.run("import", str(n), {}):
            pass
    with jobs.run("evaluate", "x", {}):
        pass
    assert [record["for_when"] for record in jobs.latest("import", limit=2)] == ["2", "1"]
