"""Text is decoded soundly or refused: no damaged word gets in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.desk.intake.encodings import decode
from lantian.terms.errors import CallerError

CHINESE = "监测时间,点位名称,二氧化硫\n2026-03-01 01:00,清华站,12\n"


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("gb2312", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_usual_encodings_are_found(codec: str, said: str) -> None:
    found = decode(CHINESE.encode(codec), "a.csv")
    assert (found.text, found.encoding, found.findings) == (CHINESE, said, ())


def test_plain_ascii_is_utf8() -> None:
    assert decode(b"time,so2\n1,2\n", "a.csv").encoding == "utf-8"


def test_units_in_utf8_are_not_taken_for_chinese() -> None:
    text = "time,SO2 (µg/m³),T (°C)\n1,2,3\n"
    found = decode(text.encode("utf-8"), "a.csv")
    assert (found.text, found.encoding, found.findings) == (text, "utf-8", ())


def test_gbk_words_that_happen_to_be_valid_utf8_are_read_as_chinese_and_said() -> None:
    data = "time,so2\n连续\n".encode() + bytes([0xC2, 0xB7, 0xD1, 0xB9]) * 3 + b",1\n"
    data = b"name,so2\n" + bytes([0xD0, 0xA3, 0xD1, 0xB9]) * 3 + b",1\n"
    assert data.decode("utf-8")
    found = decode(data, "a.csv")
    assert found.encoding == "gb18030"
    assert [row.code for row in found.findings] == ["encoding_ambiguous"]
    assert "校压校压校压" in found.text


def test_a_file_cut_inside_a_character_keeps_the_rest_and_says_so() -> None:
    for codec in ("utf-8", "gbk"):
        data = CHINESE.replace(",12\n", "清").encode(codec)[:-1]
        found = decode(data, "a.csv")
        assert [row.code for row in found.findings] == ["file_cut_off"], codec
        assert found.text == CHINESE.replace(",12\n", "")


def test_bytes_that_are_no_text_are_refused_with_advice() -> None:
    with pytest.raises(CallerError, match="zero bytes"):
        decode(b"a,b\n\x00\x01\x02", "a.csv")
    with pytest.raises(CallerError, match="neither UTF-8 nor GB18030"):
        decode(b"time,so2\n\xff\xff\xff,1\n", "a.csv")


def test_an_encoding_that_was_named_is_obeyed_and_its_misfit_is_located() -> None:
    assert decode("µ".encode("cp1252"), "a.csv", "cp1252").text == "µ"
    with pytest.raises(CallerError, match="byte 0 on line 1"):
        decode("监".encode("gbk"), "a.csv", "utf-8")
    with pytest.raises(CallerError, match="No encoding 'klingon'"):
        decode(b"a", "a.csv", "klingon")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="gb2312", categories=("Lo", "Nd")), min_size=1, max_size=40))
def test_everyday_chinese_is_never_changed_by_either_encoding(text: str) -> None:
    header = "监测时间,点位名称\n"
    for codec in ("utf-8", "gb18030"):
        assert decode((header + text).encode(codec), "a.csv").text == header + text
