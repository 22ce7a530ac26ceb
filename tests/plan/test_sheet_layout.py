"""Codes of rows, names of columns and words of choices: what goes out can always come back."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from lantian.desk.language import LOCALES, translation
from lantian.loop.plan.dispatch.sheet_layout import (
    CLAIMS,
    DUTY_COLUMNS,
    PROJECT_COLUMNS,
    PROJECT_STATES,
    SAME,
    SheetLine,
    column_named,
    month_of_code,
    read_code,
    report_code,
    row_checksum,
    state_named,
)


@given(st.uuids(), st.integers(2015, 2099), st.integers(1, 12), st.sampled_from(["duty", "project"]))
def test_a_code_comes_back_whatever_hands_it_went_through(
    key: uuid.UUID, year: int, month: int, kind: str
) -> None:
    name = f"{year}-{month:02d}"
    code = report_code(kind, str(key), name)
    assert read_code(code) == code
    assert read_code(f" {code.lower().replace('-', '—').replace('0', 'O')} ") == code
    assert month_of_code(code) == name
    assert code.startswith("P") == (kind == "project")


def test_codes_of_a_hundred_thousand_duties_differ() -> None:
    codes = {report_code("duty", f"duty-{number}", "2024-10") for number in range(100_000)}
    assert len(codes) == 100_000


def test_signs_that_people_mistake_are_read_as_they_were_meant() -> None:
    assert read_code("2410-O1IL2345") == "2410-01112345"
    assert read_code("2410-0000000") is None
    assert read_code("") is None


def test_every_column_is_known_by_its_heading_in_every_language() -> None:
    for columns in (DUTY_COLUMNS, PROJECT_COLUMNS):
        for column in columns:
            for locale in LOCALES:
                assert column_named(translation(locale).gettext(column.heading), columns) == column
            for other in column.also:
                assert column_named(other, columns) == column


def test_every_state_is_known_by_its_word_in_every_language() -> None:
    for states in (CLAIMS, PROJECT_STATES):
        for key, message in states.items():
            for locale in LOCALES:
                assert state_named(translation(locale).gettext(message), states) == key


def test_no_two_states_share_a_word() -> None:
    for states in (CLAIMS, PROJECT_STATES):
        for locale in LOCALES:
            words = [translation(locale).gettext(message) for message in states.values()]
            assert len(set(words)) == len(words)


def test_a_checksum_changes_with_id_and_words_but_not_with_blanks() -> None:
    line = SheetLine("2410-00000000", "d1", {"title": "7. 深度 治理", "role": "牵头", "words": ""})
    same = SheetLine("2410-00000000", "d1", {"title": "7.深度治理", "role": "牵头 ", "words": None})
    assert row_checksum(line, SAME) == row_checksum(same, SAME)
    assert row_checksum(SheetLine(line.code, "d2", line.cells), SAME) != row_checksum(line, SAME)
