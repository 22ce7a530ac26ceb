"""Every character of a source is accounted for, once."""

from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.account import partition, unread
from lantian.science.plan_text.records import Span, Use

MARKS = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 50), st.integers(0, 50)),
        st.sampled_from([use for use in Use if use is not Use.SPACE]),
    ),
    max_size=8,
)


@given(st.text("甲乙 \n\u3000", max_size=50), MARKS)
def test_stretches_are_the_whole_text_without_gap_or_overlap(
    text: str, marks: list[tuple[tuple[int, int], Use]]
) -> None:
    rows = partition(text, [(Span(min(pair), max(pair)), use) for pair, use in marks])
    assert "".join(row.span.cut(text) for row in rows) == text
    assert [row.span.start for row in rows[1:]] == [row.span.end for row in rows[:-1]]
    assert all(row.span.start < row.span.end for row in rows)
    assert all(row.span.cut(text).isspace() for row in rows if row.use is Use.SPACE)


def test_later_mark_stands_over_an_earlier_one() -> None:
    rows = partition("甲乙丙", [(Span(0, 3), Use.BODY), (Span(1, 2), Use.TAIL)])
    assert [row.use for row in rows] == [Use.BODY, Use.TAIL, Use.BODY]


def test_words_that_no_mark_covers_are_unread_and_found() -> None:
    text = "甲\n乙乙 乙\n丙\n"
    rows = partition(text, [(Span(0, 1), Use.BODY)])
    assert [(row.use, row.span.cut(text)) for row in rows if row.use is not Use.SPACE] == [
        (Use.BODY, "甲"),
        (Use.UNREAD, "乙乙 乙"),
        (Use.UNREAD, "丙"),
    ]
    found = unread(text, rows, "a.txt")
    assert [(row.code, row.evidence["words"]) for row in found] == [("unread", "乙乙 乙 丙")]


def test_fully_read_text_has_no_finding() -> None:
    assert unread("甲", partition("甲", [(Span(0, 1), Use.BODY)]), "a.txt") == ()
