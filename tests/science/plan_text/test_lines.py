"""Lines and sentences stand where the text says, whatever ends them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.lines import first_outside, paragraphs_of, sentences, trimmed
from lantian.science.plan_text.records import Span


def test_each_line_that_holds_words_is_a_paragraph() -> None:
    text = "甲 \n\n\u3000乙\u2028丙\n \t\n"
    assert [row.span.cut(text) for row in paragraphs_of(text)] == ["甲", "乙", "丙"]


def test_characters_nobody_sees_are_trimmed_like_space() -> None:
    text = "\ufeff\u200b 甲 \u200b"
    assert trimmed(text, 0, len(text)).cut(text) == "甲"


def test_sentence_keeps_the_quotation_mark_that_closes_it() -> None:
    text = "做到“应收尽收。”再做乙！丙"
    assert [row.cut(text) for row in sentences(text, [Span(0, len(text))])] == [
        "做到“应收尽收。”",
        "再做乙！",
        "丙",
    ]


def test_hole_ends_the_sentence_before_it() -> None:
    text = "甲（某局牵头。以下不列）乙。"
    hole = Span(1, text.index("）") + 1)
    assert [row.cut(text) for row in sentences(text, [Span(0, len(text))], [hole])] == ["甲", "乙。"]


def test_no_sentence_runs_from_one_paragraph_into_the_next() -> None:
    assert sentences("甲乙", [Span(0, 1), Span(1, 2)]) == (Span(0, 1), Span(1, 2))


def test_stop_in_brackets_ends_nothing() -> None:
    assert first_outside("甲（乙。）", "。", 0, 5) is None


@given(
    st.text("甲乙。！（） \n“”", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_sentences_are_in_order_never_overlap_and_leave_the_holes_out(
    text: str, holes: list[tuple[int, int]]
) -> None:
    spans = [Span(min(pair), max(pair)) for pair in holes if pair[0] != pair[1]]
    found = sentences(text, [Span(0, len(text))], spans)
    assert list(found) == sorted(found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    assert not any(row.start < hole.end and hole.start < row.end for row in found for hole in spans)
