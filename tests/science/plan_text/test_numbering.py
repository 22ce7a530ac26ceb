"""Numbers of every form are told from figures that only begin a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.numbering import (
    Form,
    accepted,
    chinese_number,
    chinese_numeral,
    label_at,
    nesting,
)


@pytest.mark.parametrize(
    ("line", "form", "value", "written"),
    [
        ("一、总体要求", Form.CHINESE, 1, "一、"),
        ("十二．保障", Form.CHINESE, 12, "十二．"),
        ("（四）优化产业布局", Form.CHINESE_BRACKET, 4, "（四）"),
        ("(十一) 优化货运", Form.CHINESE_BRACKET, 11, "(十一)"),
        ("（ 二十 ）、控尘", Form.CHINESE_BRACKET, 20, "（ 二十 ）、"),
        ("㈢控煤", Form.CHINESE_BRACKET, 3, "㈢"),
        ("1.严把准入", Form.ARABIC, 1, "1."),
        ("１２．严把准入", Form.ARABIC, 12, "１２．"),
        ("3、严把准入", Form.ARABIC, 3, "3、"),
        ("⒉严把准入", Form.ARABIC, 2, "⒉"),
        ("（2）覆盖", Form.ARABIC_BRACKET, 2, "（2）"),
        ("⑵覆盖", Form.ARABIC_BRACKET, 2, "⑵"),
        ("2）覆盖", Form.ARABIC_HALF, 2, "2）"),
        ("⑩覆盖", Form.CIRCLE, 10, "⑩"),
        ("第三章 任务", Form.CHAPTER, 3, "第三章"),
        ("第十条　覆盖", Form.ARTICLE, 10, "第十条"),
        ("第一部分：总则", Form.PART, 1, "第一部分："),
        ("2.3 控尘", Form.DECIMAL, 3, "2.3"),
    ],
)
def test_number_is_read_in_the_form_it_is_written(line: str, form: Form, value: int, written: str) -> None:
    row = label_at(line)
    assert row is not None
    assert (row.form, row.value, row.written) == (form, value, written)


@pytest.mark.parametrize(
    "line", ["2024年底前完成", "10月底前完成", "PM2.5达标", "一是加强", "（含自备电厂）", "", "1200米"]
)
def test_line_that_only_begins_with_a_figure_has_no_number(line: str) -> None:
    assert label_at(line) is None


@pytest.mark.parametrize("line", ["1.2024年，全市达标", "2. 2025年达标", "3．2024—2025年"])
def test_year_after_a_number_is_the_beginning_of_the_words(line: str) -> None:
    row = label_at(line)
    assert row is not None
    assert (row.form, row.doubtful) == (Form.ARABIC, False)
    assert line[row.length :].startswith("202")


def numbers(*lines: str) -> list[str | None]:
    """Numbers that are taken for numbers, as written."""
    return [row.written if row is not None else None for row in accepted([label_at(line) for line in lines])]


def test_decimal_is_no_number_of_an_item() -> None:
    assert numbers("1.控煤", "2.5万户完成改造", "2.控尘") == ["1.", None, "2."]


def test_figure_after_a_number_that_counts_on_belongs_to_the_words() -> None:
    assert numbers("1.控煤", "2.30万千瓦以下机组", "3.控尘") == ["1.", "2.", "3."]


def test_decimals_that_count_on_from_one_are_numbers() -> None:
    assert numbers("1.1 控煤", "1.2 控尘", "2.1 建站", "2.5 万户") == ["1.1", "1.2", "2.1", None]


def test_numeral_in_a_sentence_is_no_number() -> None:
    assert numbers("一、控煤", "三、四级路面保洁", "二、控尘") == ["一、", None, "二、"]


def test_forms_nest_as_offices_nest_them() -> None:
    order = nesting([row for row in map(label_at, ("一、甲", "（一）乙", "1.丙", "（1）丁", "二、戊")) if row])
    assert sorted(order, key=order.__getitem__) == [
        Form.CHINESE,
        Form.CHINESE_BRACKET,
        Form.ARABIC,
        Form.ARABIC_BRACKET,
    ]


def test_document_may_nest_its_forms_the_other_way() -> None:
    lines = ("（一）甲", "一、乙", "二、丙", "（二）丁", "一、戊", "（三）己", "一、庚", "（四）辛")
    order = nesting([row for row in map(label_at, lines) if row])
    assert order[Form.CHINESE_BRACKET] < order[Form.CHINESE]


@given(st.integers(1, 999))
def test_chinese_numerals_come_back_as_the_number(value: int) -> None:
    assert chinese_number(chinese_numeral(value)) == value


@given(st.lists(st.text("0123456789.．、（）()一二十 年章条①", max_size=12), max_size=20))
def test_any_lines_have_numbers_or_none(lines: list[str]) -> None:
    labels = [label_at(line) for line in lines]
    kept = accepted(labels)
    assert len(kept) == len(lines)
    for line, row in zip(lines, kept, strict=True):
        assert row is None or line.startswith(row.written.split()[0][:1])
        assert row is None or 0 < row.length <= len(line)
    nesting([row for row in kept if row is not None])
