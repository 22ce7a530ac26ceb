"""Every table of the lake and of the ledger stands in the documentation as it is declared."""

import re
from pathlib import Path

import pytest

import lantian
from lantian.assembly import make_workspace
from lantian.ledger.models import Row
from lantian.ledger.pages import list_of_models
from lantian.loop.sense.quality_tables import QUALITY_TABLES
from lantian.store import Table, page_of
from lantian.store.pages import list_of

DOCS = Path(lantian.__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, ...]:
    """Every table that a workspace's lake has."""
    house = make_workspace(tmp_path_factory.mktemp("tables") / "workspace", "changzhi", simulated=True)
    try:
        return house.lake.tables()
    finally:
        house.close()


def test_every_column_of_every_table_has_unit_and_meaning_in_both_languages(tables: tuple[Table, ...]) -> None:
    assert {table.name for table in QUALITY_TABLES} <= {table.name for table in tables}
    for table in tables:
        assert re.search(r"[一-鿿]", table.title_zh), table.name
        for column in table.columns:
            assert column.unit, (table.name, column.name)
            assert column.meaning, (table.name, column.name)
            assert not re.search(r"[一-鿿]", column.meaning), (table.name, column.name)
            assert re.search(r"[一-鿿]", column.meaning_zh), (table.name, column.name)


def test_the_lake_s_page_lists_every_table_that_a_workspace_has(tables: tuple[Table, ...]) -> None:
    page = (DOCS / "store.md").read_text("utf-8")
    assert list_of(tables) in page, "docs/store.md lags behind: paste list_of(tables of a workspace) there"


def test_the_room_s_page_shows_every_column_of_its_tables() -> None:
    page = (DOCS / "sense.md").read_text("utf-8")
    assert page_of(QUALITY_TABLES) in page, "docs/sense.md lags behind: paste page_of(QUALITY_TABLES)"


def test_the_ledger_s_page_lists_every_table_of_the_models() -> None:
    page = (DOCS / "ledger.md").read_text("utf-8")
    assert list_of_models() in page, "docs/ledger.md lags behind: paste list_of_models() between its marks"
    assert len(Row.metadata.tables) == len(re.findall(r"^\| `\w+` \| `\w+` \| ", list_of_models(), re.MULTILINE))
