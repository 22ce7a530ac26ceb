import pytest

from lantian.wire.hj212.editions import Edition, flag_bits, flag_of

TABLE = [  # Flag, edition, split, answer: as the standard's table has them
    (0, 2005, False, False), (1, 2005, False, True), (2, 2005, True, False), (3, 2005, True, True),
    (4, 2017, False, False), (5, 2017, False, True), (6, 2017, True, False), (7, 2017, True, True),
    (8, 2025, False, False), (9, 2025, False, True), (10, 2025, True, False), (11, 2025, True, True),
]  # fmt: skip


@pytest.mark.parametrize(("value", "year", "split", "answer"), TABLE)
def test_flag_is_taken_apart_and_put_together(value: int, year: int, split: bool, answer: bool):
    bits = flag_bits(value)
    assert (bits.edition, bits.split, bits.answer) == (Edition(year), split, answer)
    assert flag_of(Edition(year), split=split, answer=answer) is bits


def test_an_unknown_version_names_no_edition():
    assert flag_bits(12).edition is None
    assert flag_bits(255).version == 63


@pytest.mark.parametrize("value", [-1, 256])
def test_flag_has_eight_bits(value: int):
    with pytest.raises(ValueError, match=str(value)):
        flag_bits(value)


def test_titles_are_those_of_the_standards():
    assert [edition.title for edition in Edition] == ["HJ/T 212-2005", "HJ 212-2017", "HJ 212-2025"]
