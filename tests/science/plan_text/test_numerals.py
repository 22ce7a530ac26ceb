"""Plain text keeps its places, and Chinese numerals have their value or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.numerals import plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("二〇二五年十月", "2025年十月"),
        ("较二○二○年下降", "较2020年下降"),
        ("桐署发〔二〇二五〕七号", "桐署发〔2025〕七号"),
        ("一千二百年", "一千二百年"),
        ("控尘. 2024年前完成.", "控尘。 2024年前完成。"),
        ("（甲局负责).乙", "(甲局负责)。乙"),
        ("6吨/平方公里.月", "6吨/平方公里.月"),
        ("PM2.5和3.5万户", "PM2.5和3.5万户"),
        ("吨/（平方公里•30天）", "吨/(平方公里·30天)"),
    ],
)
def test_years_and_stops_are_told_from_other_words(text: str, words: str) -> None:
    assert plain(text) == words


@given(st.text("二〇○零一九年〕.。（)控尘2 \n月"))
def test_plain_text_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)
