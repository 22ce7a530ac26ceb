"""Runs that are asked for: taken once, ended when somebody wants it, begun again when their process died."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from lantian.desk.jobs import CancelledRunError, HouseStopsError, Jobs, RunCard, RunState
from lantian.desk.jobs.asking import MOST_ATTEMPTS, SCHEDULE
from lantian.desk.jobs.heart import STALE_AFTER
from lantian.desk.jobs.words import ASKABLE, EVALUATE, HOUR, VERIFY
from lantian.ledger import Ledger
from lantian.ledger.chain import list_entries
from lantian.ledger.models import Run as RunRow
from lantian.terms.errors import CallerError


class Clock:
    """A wall clock that moves two seconds at each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=2)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(ledger: Ledger, clock: Clock) -> Jobs:
    return Jobs(ledger, clock)


def found(jobs: Jobs, run_id: str) -> RunCard:
    card = jobs.find_run(run_id)
    assert card is not None
    return card


def set_row(ledger: Ledger, run_id: str, **values: object) -> None:
    with ledger.write() as session:
        session.execute(update(RunRow).where(RunRow.id == run_id).values(**values))


def test_the_same_request_is_one_run_while_it_is_open_and_a_new_one_after(jobs: Jobs):
    first = jobs.request(EVALUATE, "2026", {"first": "2026-01-01"}, by="chief")
    assert jobs.request(EVALUATE, "2026", {"first": "2026-01-01"}, by="duty") == first
    assert jobs.request(EVALUATE, "2026", {"first": "2026-02-01"}, by="chief") != first
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    assert taken.id == first
    assert jobs.request(EVALUATE, "2026", {"first": "2026-01-01"}, by="duty") == first
    with jobs.work(taken):
        pass
    assert jobs.request(EVALUATE, "2026", {"first": "2026-01-01"}, by="duty") != first


def test_what_no_worker_can_do_is_refused(jobs: Jobs):
    with pytest.raises(CallerError, match="No worker can do 'import'"):
        jobs.request("import", "x", {}, by="chief")


def test_a_person_s_request_stands_in_the_chain_and_the_schedule_s_does_not(jobs: Jobs, ledger: Ledger):
    jobs.request(HOUR, "a", {}, by=SCHEDULE)
    run_id = jobs.request(EVALUATE, "b", {}, by="chief")
    jobs.cancel(run_id, "duty")
    told = [(row.kind, row.actor, row.subject) for row in list_entries(ledger, kind="run.")]
    assert told == [("run.cancelled", "duty", f"run:{run_id}"), ("run.requested", "chief", f"run:{run_id}")]


def test_two_workers_take_every_run_once(ledger_url: str, clock: Clock):
    ledger = Ledger(ledger_url)
    jobs = Jobs(ledger, lambda: datetime.now(UTC))
    wanted = {jobs.request(EVALUATE, str(number), {}, by="chief") for number in range(12)}
    taken: list[str] = []

    def work() -> None:
        mine = Ledger(ledger_url)
        while (card := Jobs(mine, lambda: datetime.now(UTC)).claim(ASKABLE)) is not None:
            taken.append(card.id)
        mine.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    ledger.close()
    assert len(taken) == 12
    assert set(taken) == wanted


def test_the_oldest_run_is_taken_first_and_one_that_wants_to_be_alone_waits(jobs: Jobs):
    first = jobs.request(EVALUATE, "1", {}, by="chief")
    second = jobs.request(EVALUATE, "2", {}, by="chief")
    beside = jobs.request(VERIFY, "3", {}, by="chief")
    alone = {EVALUATE}
    took = [jobs.claim(ASKABLE, alone) for _ in range(3)]
    assert [None if card is None else card.id for card in took] == [first, beside, None]
    assert took[0] is not None
    with jobs.work(took[0]):
        pass
    last = jobs.claim(ASKABLE, alone)
    assert last is not None
    assert last.id == second


def test_a_run_that_waits_is_cancelled_at_once_and_never_taken(jobs: Jobs):
    run_id = jobs.request(EVALUATE, "1", {}, by="chief")
    jobs.cancel(run_id, "duty")
    card = found(jobs, run_id)
    assert (card.state, card.cancel_by) == (RunState.CANCELLED, "duty")
    assert "duty" in (card.error or "")
    assert jobs.claim(ASKABLE) is None
    with pytest.raises(CallerError, match="is cancelled already"):
        jobs.cancel(run_id, "duty")


def test_a_run_that_goes_on_ends_at_its_next_step(jobs: Jobs):
    run_id = jobs.request(EVALUATE, "1", {}, by="chief")
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    steps = []
    with pytest.raises(CancelledRunError, match="stopped by duty"), jobs.work(taken) as run:
        for step in range(5):
            steps.append(step)
            if step == 2:
                jobs.cancel(run_id, "duty")
            run.progress(step / 5, "step")
    assert steps == [0, 1, 2]
    assert found(jobs, run_id).state == RunState.CANCELLED


def test_a_run_within_a_run_ends_with_it(jobs: Jobs):
    run_id = jobs.request(HOUR, "1", {}, by="chief")
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    with pytest.raises(CancelledRunError), jobs.work(taken) as run:
        jobs.cancel(run_id, "duty")
        with jobs.run("evaluate", "x", {}, run.progress) as inner:
            inner.progress(0.5, "")
    assert [row["state"] for row in jobs.latest("evaluate")] == [RunState.CANCELLED]


def test_when_the_house_stops_the_run_waits_for_the_next_worker(jobs: Jobs):
    run_id = jobs.request(EVALUATE, "1", {}, by="chief")
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    with pytest.raises(HouseStopsError), jobs.work(taken):
        raise HouseStopsError
    assert (found(jobs, run_id).state, found(jobs, run_id).worker) == (RunState.READY, None)
    again = jobs.claim(ASKABLE)
    assert again is not None
    assert again.id == run_id


@pytest.fixture
def died(jobs: Jobs, ledger: Ledger) -> str:
    """A run whose worker was killed: its process number belongs to nobody who began then."""
    run_id = jobs.request(EVALUATE, "1", {"first": None}, by="chief")
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    assert taken.worker is not None
    set_row(ledger, run_id, worker=f"{taken.worker.rsplit('/', 1)[0]}/1")
    return run_id


def test_a_run_whose_process_is_gone_fails_and_is_asked_for_again(jobs: Jobs, died: str):
    assert jobs.give_up_stale() == [died]
    assert found(jobs, died).state == RunState.FAILED
    assert jobs.give_up_stale() == []
    again = jobs.claim(ASKABLE)
    assert again is not None
    assert (again.attempt, again.retries, again.requested_by) == (2, died, "chief")


def test_it_is_not_asked_for_again_for_ever(jobs: Jobs, ledger: Ledger, died: str):
    set_row(ledger, died, attempt=MOST_ATTEMPTS)
    assert jobs.give_up_stale() == [died]
    assert jobs.claim(ASKABLE) is None


def test_a_run_elsewhere_is_given_up_only_after_a_long_silence(jobs: Jobs, ledger: Ledger, clock: Clock):
    run_id = jobs.request(EVALUATE, "1", {}, by="chief")
    assert jobs.claim(ASKABLE) is not None
    set_row(ledger, run_id, worker="another-machine/7/1")
    assert jobs.give_up_stale() == []
    clock.at += STALE_AFTER
    assert jobs.give_up_stale() == [run_id]


def test_a_run_of_a_command_that_died_fails_and_is_left_to_who_ran_it(jobs: Jobs, ledger: Ledger):
    with jobs.run("import", "x", {}) as run:
        set_row(ledger, run.id, worker="another-machine/7/1", beat_at=datetime(2020, 1, 1, tzinfo=UTC))
        assert jobs.give_up_stale() == [run.id]
    assert jobs.claim(ASKABLE) is None


def test_only_what_ended_badly_is_tried_again(jobs: Jobs):
    run_id = jobs.request(EVALUATE, "1", {"a": 1}, by="chief")
    with pytest.raises(CallerError, match="only one that failed"):
        jobs.retry(run_id, "duty")
    taken = jobs.claim(ASKABLE)
    assert taken is not None
    with pytest.raises(ValueError, match="no such table"), jobs.work(taken):
        raise ValueError("no such table")
    fresh = found(jobs, jobs.retry(run_id, "duty"))
    assert (fresh.state, fresh.inputs, fresh.attempt, fresh.requested_by) == (RunState.READY, {"a": 1}, 2, "duty")


def test_runs_are_listed_page_by_page(jobs: Jobs):
    ids = [jobs.request(EVALUATE, str(number), {}, by="chief") for number in range(5)]
    page = jobs.list_runs(2)
    rest = jobs.list_runs(10, before=page[-1].id)
    assert [card.id for card in (*page, *rest)] == ids[::-1]
    assert jobs.list_runs(what=HOUR) == []
    assert len(jobs.list_runs(state=RunState.READY)) == 5
    assert jobs.find_run("no-such-run") is None
