"""One letter for each step: to whom, about what, by when, signed by whom, kept as evidence."""

from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

from lantian.desk.language import translation
from lantian.ledger.models import Escalation, Plan
from lantian.loop.plan.dispatch.escalation import escalate
from lantian.loop.plan.dispatch.letters import write_letter
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

TODAY = date(2024, 11, 5)
ENGLISH = translation("en")


def words(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in document.paragraphs), *cells])


def step(office: Office, duty: str, key: str, reason: str = "未填报") -> str:
    return escalate(office, duty, key, by="office", reason=reason, today=TODAY, jump=True)


def write(office: Office, folder: Path, *ids: str, language: Any = ENGLISH, **more: Any) -> Path:
    return write_letter(office, ids, folder, language, by="office", today=TODAY, **more)


@pytest.mark.parametrize(
    ("key", "title", "signed", "demand"),
    [
        ("remind", "Letter of reminder", "Office of the leading group", "by 12 November 2024"),
        ("supervise", "Letter of supervision", "Leading group", "by 20 November 2024"),
        ("interview", "Notice of interview", "Leading group", "held by the deputy mayor in charge by 10 November"),
    ],
)
def test_a_letter_says_to_whom_about_what_and_by_when(
    small: Any, tmp_path: Path, key: str, title: str, signed: str, demand: str
) -> None:
    made = step(small.office, "d3", key, reason="连续一个月未填报")
    text = words(write(small.office, tmp_path, made, number="长气函1号"))
    for part in (title, signed, demand, "Government of Lucheng", "1. Retire outdated capacity", "连续一个月未填报",
                 "长气函1号", "Changzhi", "5 November 2024"):  # fmt: skip
        assert part in text


def test_the_letter_is_kept_with_each_of_its_steps(small: Any, tmp_path: Path) -> None:
    made = step(small.office, "d3", "remind")
    path = write(small.office, tmp_path, made)
    with small.office.ledger.read() as session:
        row = session.get_one(Escalation, made)
    assert row.file_id is not None
    assert small.office.files.read(row.file_id) == path.read_bytes()


def test_a_circular_names_several_bodies_and_goes_to_all(small: Any, tmp_path: Path) -> None:
    made = [step(small.office, duty, "notice") for duty in ("d3", "d6")]
    text = words(write(small.office, tmp_path, *made))
    assert "To all county and district governments" in text
    for body in ("Government of Lucheng", "Department B"):
        assert body in text


def test_a_letter_in_chinese_is_called_as_the_office_calls_it(small: Any, tmp_path: Path) -> None:
    with small.office.ledger.write() as session:
        session.get_one(Plan, "plan").title = "落实《行动计划》实施方案"
    made = step(small.office, "d3", "supervise")
    path = write(small.office, tmp_path, made, language=translation("zh"))
    assert "《落实〈行动计划〉实施方案》" in words(path)
    assert "督办函" in path.name
    assert "淘汰落后产能" in words(path)
    assert "2024年11月5日" in words(path)


def test_steps_that_do_not_fit_in_one_letter_are_refused(small: Any, tmp_path: Path) -> None:
    one, other = step(small.office, "d3", "remind"), step(small.office, "d6", "remind")
    with pytest.raises(CallerError, match="one body at a time"):
        write(small.office, tmp_path, one, other)
    with pytest.raises(CallerError, match="steps of one kind"):
        write(small.office, tmp_path, one, step(small.office, "d4", "notice"))
    with pytest.raises(CallerError, match="Not every step exists"):
        write(small.office, tmp_path, one, "e99")
    assert list(tmp_path.glob("*.docx")) == []
