"""What stands on a paper: values as people read them."""

from datetime import date
from decimal import Decimal

from lantian.desk.paper.office_paper import Cell, Head, Table, plain, shown


def test_values_are_written_with_the_decimals_of_their_column() -> None:
    head = Head("x", decimals=1)
    assert [head.text(value) for value in (2, 2.25, Decimal("0.5"), -3.0, None)] == [
        "2.0",
        "2.2",
        "0.5",
        "−3.0",
        "—",
    ]
    assert Head("x").text(date(2026, 1, 2)) == "2026-01-02"
    assert Head("x").text(82) == "82"


def test_a_rise_carries_its_plus_and_nothing_carries_none() -> None:
    assert [shown(value, 1, signed=True) for value in (1.0, -1.0, 0.0, 0.04)] == ["+1.0", "−1.0", "0.0", "0.0"]


def test_a_cell_of_its_own_goes_before_its_column() -> None:
    head = Head("x", decimals=0)
    assert head.text(Cell(4.7, decimals=2)) == "4.70"
    assert head.text(Cell(4.0, signed=True)) == "+4"
    assert plain(Cell(4.7)) == 4.7


def test_a_table_gives_its_words_and_the_grounds_of_its_cells() -> None:
    table = Table("t", "t", [Head("a"), Head("b", "µg/m³")], [["x", Cell("y", fill="#FF0000")], [None, Cell("z")]])
    assert table.texts() == [["x", "y"], ["—", "z"]]
    assert table.fills() == {(0, 1): "#FF0000"}
