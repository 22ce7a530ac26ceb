"""A round takes every step although one fails, ends when it is to, and proves what is kept."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lantian.assembly import House, make_workspace
from lantian.cli.run import fill_hours
from lantian.desk.jobs import CancelledRunError, HouseStopsError, Progress, Run
from lantian.loop import run_days, run_hour
from lantian.loop.rounds import (
    HEADS_FILE,
    WORDS,
    Step,
    Told,
    arrived_days,
    prove_decisions,
    prove_frames,
    take_steps,
)
from lantian.terms.errors import CallerError, HouseError


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rounds") / "w"
    house = make_workspace(folder, "shizuishan", simulated=True)
    fill_hours(house, date(2026, 3, 1), date(2026, 3, 2), lambda _share, _words: None)
    house.close()
    return folder


@pytest.fixture
def house(template: Path, tmp_path: Path):
    from lantian.assembly import open_workspace

    opened = open_workspace(Path(shutil.copytree(template, tmp_path / "w")))
    yield opened
    opened.close()


def quiet(_share: float, _words: str) -> None:
    pass


def works(_progress: Progress) -> Told:
    return {"rows": 1}


def fails(_progress: Progress) -> Told:
    raise CallerError("nothing is there")


def test_a_step_that_fails_keeps_no_other_from_its_work():
    told: list[float] = []
    run = Run("id", lambda share, _words: told.append(share))
    steps = [Step("one", "one", works), Step("two", "two", fails), Step("three", "three", works)]
    with pytest.raises(HouseError, match=r"1 of 3 steps of this round failed; .* two: nothing is there"):
        take_steps(run, steps)
    assert run.result == {"one": {"rows": 1}, "three": {"rows": 1}}
    assert told == pytest.approx([0, 1 / 3, 2 / 3, 1])


@pytest.mark.parametrize("end", [CancelledRunError("id", "duty"), HouseStopsError()])
def test_a_round_that_is_to_end_takes_no_further_step(end: Exception):
    taken = []

    def progress(share: float, _words: str) -> None:
        taken.append(share)
        if share >= 0.5:
            raise end

    run = Run("id", progress)
    with pytest.raises(type(end)):
        take_steps(run, [Step("one", "one", works), Step("two", "two", works)])
    assert run.result == {"one": {"rows": 1}}


def test_every_step_has_words(house: House):
    with house.jobs.run("hour", "x", {}) as run:
        run_hour(house, run)
    assert set(run.result) <= set(WORDS)
    assert run.result["evaluate"]["last"] == "2026-03-02"
    assert run.result["health"]["station"]


def test_only_days_of_which_hours_came_since_are_judged(house: House):
    began = house.now()
    assert arrived_days(house, None) == (date(2026, 3, 1), date(2026, 3, 2))
    assert arrived_days(house, began) is None
    fill_hours(house, date(2026, 3, 1), date(2026, 3, 4), quiet)
    assert arrived_days(house, began) == (date(2026, 3, 3), date(2026, 3, 4))


def test_what_was_judged_as_a_whole_is_not_judged_again_by_the_first_hour(house: House):
    run_days(house.scene(), house.jobs)
    with house.jobs.run("hour", "x", {}) as run:
        run_hour(house, run)
    assert run.result["evaluate"]["changed"] == 0
    assert "first" not in run.result["evaluate"]


def test_the_head_of_each_day_is_written_once_and_the_chain_is_proved_against_it(house: House):
    prove_decisions(house, quiet)
    prove_decisions(house, quiet)
    file = house.folder / HEADS_FILE
    [line] = file.read_text("utf-8").splitlines()
    day, head = line.split()
    assert date.fromisoformat(day) == house.lake.day_of(datetime.now(UTC))
    file.write_text(f"{day} {int(head.split(':')[0]) + 5}:{'a' * 64}\n", "utf-8")
    with pytest.raises(HouseError, match="does not hold from entry"):
        prove_decisions(house, quiet)


def test_an_empty_journal_holds(house: House):
    assert prove_frames(house, quiet) == {"segments": 0, "records": 0}
