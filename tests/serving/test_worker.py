"""The worker does what is due and what is asked for, and says in the records how each ended."""

import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from lantian.assembly import House, make_workspace, open_workspace
from lantian.desk.jobs import Run, RunCard, RunState
from lantian.desk.jobs.standing import WORKER, told
from lantian.desk.jobs.words import COMPACT, DAY, EVALUATE, HOUR, INVENTORY, MONTH, OUTLETS, RECOMPUTES, VERIFY
from lantian.loop.rounds import HEADS_FILE
from lantian.serving.kinds import KINDS, Inputs, JobKind
from lantian.serving.worker import Worker

from .conftest import LAST, fill


@pytest.fixture
def house(folder: Path):
    opened = open_workspace(folder)
    yield opened
    opened.close()


def run_due(folder: Path) -> int:
    worker = Worker(folder)
    try:
        return worker.run_due()
    finally:
        worker.close()


def rounds(house: House) -> list[RunCard]:
    return [run for run in reversed(house.jobs.list_runs(200)) if run.requested_by == "schedule"]


def test_the_first_time_everything_is_judged_and_the_second_time_nothing_is_due(folder: Path, house: House):
    assert run_due(folder) == 3
    done = rounds(house)
    assert [run.what for run in done] == [HOUR, DAY, MONTH]
    assert {run.state for run in done} == {RunState.DONE}, [run.error for run in done]
    assert done[0].result is not None
    assert done[0].result["evaluate"]["first"] == "2026-03-01"
    assert house.lake.read("daily_index").get_column("legal_day").max() == LAST
    assert (folder / HEADS_FILE).read_text("utf-8").count("\n") == 1
    assert run_due(folder) == 0


def test_after_three_days_without_a_worker_each_hour_and_day_is_judged_once(folder: Path, house: House):
    run_due(folder)
    fill(folder, LAST - timedelta(days=3), LAST + timedelta(days=3))
    assert run_due(folder) == 2
    hour, day = rounds(house)[-2:]
    assert (hour.what, day.what, day.for_when) == (HOUR, DAY, "2026-03-04..2026-03-06")
    assert hour.inputs["hours"] == 72
    assert hour.result is not None
    assert hour.result["evaluate"]["last"] == "2026-03-07"
    assert house.lake.read("daily_index").get_column("legal_day").max() == date(2026, 3, 7)
    assert run_due(folder) == 0


def test_a_simulated_city_without_hours_has_no_clock_and_nothing_is_due(tmp_path: Path):
    make_workspace(tmp_path / "w", "shizuishan", simulated=True).close()
    assert run_due(tmp_path / "w") == 0


def test_everything_that_may_be_asked_for_is_done_or_says_why_not(folder: Path, house: House):
    run_due(folder)
    days = {"first": "2026-03-01", "last": "2026-03-02"}
    asked = {
        what: house.jobs.request(what, "asked", inputs, by="chief")
        for what, inputs in {
            HOUR: {}, DAY: days, MONTH: days, EVALUATE: days, RECOMPUTES: {}, OUTLETS: days, COMPACT: {},
            VERIFY: {}, INVENTORY: {"edition": "no such edition"},
        }.items()
    }  # fmt: skip
    assert run_due(folder) == len(asked)
    ended = {what: house.jobs.find_run(run_id) for what, run_id in asked.items()}
    assert {what: card.state for what, card in ended.items() if card} == {
        **dict.fromkeys(asked, RunState.DONE),
        INVENTORY: RunState.FAILED,
    }
    failed = ended[INVENTORY]
    assert failed is not None
    assert "no such edition" in (failed.error or "")


def test_a_worker_ends_a_cancelled_run_at_its_next_step_and_goes_on(folder: Path, house: House):
    run_id = house.jobs.request(EVALUATE, "asked", {"first": None, "last": None}, by="chief")
    other = house.jobs.request(VERIFY, "asked", {}, by="chief")

    def never_ends(_house: House, _inputs: Inputs, run: Run) -> None:
        for _ in range(600):
            run.progress(0.5, "on and on")
            time.sleep(0.05)

    worker = Worker(folder, kinds={**KINDS, EVALUATE: JobKind(EVALUATE, never_ends)})
    doing = threading.Thread(target=worker.run)
    doing.start()
    try:
        until = time.monotonic() + 60
        while (card := house.jobs.find_run(run_id)) is not None and card.state == RunState.READY:
            assert time.monotonic() < until
            time.sleep(0.01)
        house.jobs.cancel(run_id, "duty")
        while (card := house.jobs.find_run(other)) is not None and card.state != RunState.DONE:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        worker.stopping.set()
        doing.join(60)
        worker.close()
    ended = house.jobs.find_run(run_id)
    assert ended is not None
    assert (ended.state, ended.cancel_by) == (RunState.CANCELLED, "duty")
    said = told(folder, WORKER)
    assert said is not None
    assert said["doing"] == ""


def test_a_worker_that_stops_puts_its_run_back(folder: Path, house: House):
    run_id = house.jobs.request(EVALUATE, "asked", {"first": None, "last": None}, by="chief")
    worker = Worker(folder)
    worker.stopping.set()
    taken = house.jobs.claim({EVALUATE})
    assert taken is not None
    worker.do(taken)
    worker.close()
    card = house.jobs.find_run(run_id)
    assert card is not None
    assert (card.state, card.worker) == (RunState.READY, None)


def test_only_the_worker_that_leads_keeps_the_schedule(folder: Path, house: House):
    leads, follows = Worker(folder), Worker(folder)
    try:
        leads.look()
        count = len(rounds(house))
        assert count == 3
        follows.look()
        said = told(folder, WORKER)
        assert said is not None
        assert said["leads"] is False
        assert len(rounds(house)) == count
    finally:
        follows.close()
        leads.close()
