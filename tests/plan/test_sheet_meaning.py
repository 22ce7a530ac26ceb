"""What a row says: contents where they can be read, one objection for each cell that cannot."""

from datetime import date
from decimal import Decimal

from lantian.loop.plan.dispatch.sheet_meaning import duty_meaning, project_meaning, said_twice
from lantian.loop.plan.dispatch.sheet_reading import ReturnedLine

TODAY = date(2024, 11, 5)


def line(row: int = 5, *, project: bool = False, code: str = "2410-00000000", **cells: str | None) -> ReturnedLine:
    return ReturnedLine(row, "x", project, code, code, {"code": code, **cells}, {})


def test_a_whole_row_is_read() -> None:
    content, faults = duty_meaning(
        line(progress=" 推进 ", claimed="进行中", share="0.6", spent="2", next_step="-")
    )
    assert faults == []
    assert (content.progress, content.claimed, content.share) == ("推进", "under_way", Decimal(60))
    assert (content.spent, content.next_step, content.problems) == (Decimal(20_000), "", "")


def test_done_without_a_share_is_the_whole() -> None:
    content, faults = duty_meaning(line(progress="完成", claimed="已完成"))
    assert (content.share, faults) == (Decimal(100), [])
    content, faults = duty_meaning(line(progress="完成", claimed="已完成", share="1"))
    assert (content.share, faults) == (Decimal(100), [])


def test_a_cell_that_cannot_be_read_is_blamed_once() -> None:
    _, faults = duty_meaning(line(progress="完成", claimed="已完成", share="差不多", spent="?!"))
    assert [(fault.column, fault.code) for fault in faults] == [("share", "not_a_share"), ("spent", "not_money")]
    _, faults = duty_meaning(line(progress="完成", claimed="好"))
    assert [(fault.column, fault.code) for fault in faults] == [("claimed", "unknown_state")]


def test_a_project_finished_today_is_no_future() -> None:
    content, faults = project_meaning(line(project=True, state="完工", done_on="2024年11月5日"), TODAY)
    assert (content.state, content.done_on, faults) == ("done", TODAY, [])
    _, faults = project_meaning(line(project=True, state="完工", done_on="2024年11月6日"), TODAY)
    assert [fault.code for fault in faults] == ["day_in_future"]


def test_a_project_row_left_empty_says_nothing() -> None:
    content, _ = project_meaning(line(project=True, state="", note=" "), TODAY)
    assert content.empty


def test_a_copy_of_a_row_is_no_quarrel_but_other_words_are() -> None:
    one, copy, other = (
        line(5, progress="a", number="1"),
        line(9, progress=" a", number="2"),
        line(11, progress="b"),
    )
    assert said_twice([one, copy]) == {}
    assert said_twice([one, copy, other]) == {"2410-00000000": [5, 9, 11]}
