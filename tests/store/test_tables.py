"""The fact tables say what they hold, and the documentation says the same."""

from pathlib import Path

from lantian.store import AMBIENT_HOURS, FACT_TABLES, page_of
from lantian.terms.pollutants import BASIC, NAMES

PAGE = Path(__file__).parents[2] / "docs" / "store.md"


def test_ambient_hours_carries_the_six_pollutants_in_order_with_their_units() -> None:
    names = [column.name for column in AMBIENT_HOURS.columns]
    start = names.index("so2")
    assert names[start : start + 6] == [pollutant.value for pollutant in BASIC]
    assert names[start + 6 : start + 12] == [f"{pollutant}_flags" for pollutant in BASIC]
    assert all(AMBIENT_HOURS.column(pollutant.value).unit == NAMES[pollutant].unit for pollutant in BASIC)


def test_every_column_says_unit_and_meaning_in_both_languages() -> None:
    for table in FACT_TABLES:
        for column in table.stored:
            assert column.unit, (table.name, column.name)
            assert column.meaning, (table.name, column.name)
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in column.meaning), (table.name, column.name)
            assert any("\u4e00" <= sign <= "\u9fff" for sign in column.meaning_zh), (table.name, column.name)


def test_documentation_lists_every_table_and_column_as_declared() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_of(FACT_TABLES) in text, "docs/store.md lags behind: paste page_of(FACT_TABLES) between its marks"
