"""When rounds are due: by the clock of the data, made up for in order after downtime, from the records alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantian.desk.jobs import Jobs
from lantian.desk.jobs.asking import MOST_ATTEMPTS, SCHEDULE
from lantian.desk.jobs.words import ASKABLE, DAY, HOUR, MONTH
from lantian.ledger import Ledger
from lantian.serving.rhythms import BY_THE_DATA, Due, due_rounds

ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """A wall clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(tmp_path: Path, clock: Clock):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.make("changzhi", simulated=True, at=datetime(2026, 3, 1, tzinfo=UTC))
    yield Jobs(ledger, clock)
    ledger.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def do(jobs: Jobs, rounds: list[Due], *, well: bool = True) -> None:
    """Do rounds as a worker would."""
    for each in rounds:
        jobs.request(each.what, each.for_when, each.inputs, by=SCHEDULE)
    while (taken := jobs.claim(ASKABLE)) is not None:
        if well:
            with jobs.work(taken):
                pass
        else:
            with pytest.raises(ValueError, match="disk"), jobs.work(taken):
                raise ValueError("the disk")


def said(rounds: list[Due]) -> list[tuple[str, str]]:
    return [(each.what, each.for_when) for each in rounds]


def test_the_first_time_the_last_hour_day_and_month_are_due_in_this_order(jobs: Jobs):
    assert said(due_rounds(jobs, at("2026-03-05T09:30"), ZONE)) == [
        (HOUR, "2026-03-05T08:00+0800"),
        (DAY, "2026-03-04..2026-03-04"),
        (MONTH, "2026-02"),
    ]


def test_an_hour_has_time_to_arrive_and_a_day_and_a_month_to_end(jobs: Jobs):
    do(jobs, due_rounds(jobs, at("2026-03-31T23:30"), ZONE))
    assert said(due_rounds(jobs, at("2026-04-01T00:11"), ZONE)) == []
    assert said(due_rounds(jobs, at("2026-04-01T00:12"), ZONE)) == [(HOUR, "2026-03-31T23:00+0800")]
    do(jobs, due_rounds(jobs, at("2026-04-01T02:12"), ZONE))
    assert said(due_rounds(jobs, at("2026-04-01T02:40"), ZONE)) == [(DAY, "2026-03-31..2026-03-31")]
    do(jobs, due_rounds(jobs, at("2026-04-01T03:12"), ZONE))
    assert said(due_rounds(jobs, at("2026-04-01T04:10"), ZONE)) == [(MONTH, "2026-03")]


def test_after_three_days_of_downtime_hours_are_one_round_and_days_are_one_over_all_of_them(jobs: Jobs):
    do(jobs, due_rounds(jobs, at("2026-03-05T09:30"), ZONE))
    missed = due_rounds(jobs, at("2026-03-08T09:30"), ZONE)
    assert said(missed) == [(HOUR, "2026-03-08T08:00+0800"), (DAY, "2026-03-05..2026-03-07")]
    assert missed[0].inputs["hours"] == 72
    assert (missed[1].inputs["first"], missed[1].inputs["last"]) == ("2026-03-05", "2026-03-07")
    do(jobs, missed)
    assert due_rounds(jobs, at("2026-03-08T09:30"), ZONE) == []


def test_missed_months_are_done_one_after_the_other_oldest_first(jobs: Jobs):
    do(jobs, due_rounds(jobs, at("2026-03-05T09:30"), ZONE))
    months = []
    while due := [each for each in due_rounds(jobs, at("2026-06-10T12:00"), ZONE) if each.what == MONTH]:
        months += [each.for_when for each in due]
        do(jobs, due)
    assert months == ["2026-03", "2026-04", "2026-05"]


def test_what_waits_or_runs_is_not_due_again(jobs: Jobs):
    now = at("2026-03-05T09:30")
    for each in due_rounds(jobs, now, ZONE):
        jobs.request(each.what, each.for_when, each.inputs, by=SCHEDULE)
    assert due_rounds(jobs, now, ZONE) == []
    assert jobs.claim(ASKABLE) is not None
    assert due_rounds(jobs, now, ZONE) == []


def test_a_round_that_failed_is_tried_again_later_a_few_times_and_its_hours_stay_due(jobs: Jobs, clock: Clock):
    now = at("2026-03-05T09:30")
    do(jobs, due_rounds(jobs, at("2026-03-05T08:30"), ZONE))
    for _ in range(MOST_ATTEMPTS):
        assert said(due_rounds(jobs, now, ZONE)) == [(HOUR, "2026-03-05T08:00+0800")]
        do(jobs, due_rounds(jobs, now, ZONE), well=False)
        assert due_rounds(jobs, now, ZONE) == []
        clock.at += timedelta(hours=1)
    assert due_rounds(jobs, now, ZONE) == []
    [due] = due_rounds(jobs, at("2026-03-05T10:30"), ZONE)
    assert due.inputs["hours"] == 2


def test_a_round_that_a_person_stopped_is_not_begun_again(jobs: Jobs):
    now = at("2026-03-05T09:30")
    run_id = next(
        jobs.request(each.what, each.for_when, each.inputs, by=SCHEDULE)
        for each in due_rounds(jobs, now, ZONE)
        if each.what == DAY
    )
    jobs.cancel(run_id, "chief")
    assert DAY not in [each.what for each in due_rounds(jobs, now, ZONE)]
    assert DAY in [each.what for each in due_rounds(jobs, at("2026-03-06T09:30"), ZONE)]


def test_a_round_that_a_person_asked_for_changes_nothing_of_the_schedule(jobs: Jobs):
    do(jobs, [Due(DAY, "2020-01-01..2020-01-02", {"first": "2020-01-01", "last": "2020-01-02"})])
    assert (DAY, "2026-03-04..2026-03-04") in said(due_rounds(jobs, at("2026-03-05T09:30"), ZONE))


def test_by_the_clock_of_the_data_an_hour_is_due_when_it_is_there(jobs: Jobs):
    do(jobs, due_rounds(jobs, at("2026-03-05T09:00"), ZONE, BY_THE_DATA))
    assert said(due_rounds(jobs, at("2026-03-05T10:00"), ZONE, BY_THE_DATA)) == [(HOUR, "2026-03-05T09:00+0800")]


def test_a_clock_that_goes_back_asks_for_nothing(jobs: Jobs):
    do(jobs, due_rounds(jobs, at("2026-03-05T09:30"), ZONE))
    assert due_rounds(jobs, at("2025-03-05T09:30"), ZONE) == []
