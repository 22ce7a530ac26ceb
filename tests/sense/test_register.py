from datetime import date, timedelta

import polars as pl
import pytest
from sqlalchemy import select

from lantian.ledger.models import Entry
from lantian.loop.sense.health import Health, State
from lantian.loop.sense.register import (
    KeyUnitContent,
    coverage,
    coverage_findings,
    greenhouse_channels,
    list_units,
    take_list,
)
from lantian.loop.sense.registry import DeviceContent, Point, register_device
from lantian.terms.errors import CallerError

STEEL = KeyUnitContent(
    "91140400A", "Simulated steel", "140403", "3120", "key", above_scale=True,
    criteria=("permit_main_outlet",), outlets=("DA001", "DA002"),
)  # fmt: skip
PRINTER = KeyUnitContent("91140400B", "Simulated printer", "140404", "2311", "simplified", above_scale=True,
                         criteria=("printing",), outlets=())  # fmt: skip


def device(centre, outlet: str, points: tuple[str, ...] = ()) -> None:
    content = DeviceContent(
        mn=f"MN{outlet}", outlet=outlet, points={factor: Point() for factor in points}, simulated=True
    )
    register_device(centre.ledger, content, by="test", at=centre.now())


def standing(code: str, state: State) -> Health:
    return Health("outlet", code, code, state, None, None, 0, 0, None, None, ())


def test_a_list_is_taken_in_whole_with_its_source_and_an_entry(centre) -> None:
    changed, findings = take_list(centre, 2026, [STEEL, PRINTER], source="list.csv", by="office")
    assert changed == 2
    assert [row.code for row in list_units(centre, 2026)] == ["91140400A", "91140400B"]
    assert list_units(centre, 2026)[0].source == "list.csv"
    assert [one.code for one in findings] == ["key_list_late"]
    with centre.ledger.read() as session:
        assert [row.kind for row in session.scalars(select(Entry))] == ["key_units.taken"]


def test_the_same_list_again_changes_nothing_and_leaves_no_entry(centre) -> None:
    take_list(centre, 2026, [STEEL], source="list.csv", by="office")
    assert take_list(centre, 2026, [STEEL], source="list.csv", by="office")[0] == 0
    with centre.ledger.read() as session:
        assert len(list(session.scalars(select(Entry)))) == 1


def test_a_unit_that_is_no_longer_listed_leaves_the_year_and_is_said_beside_the_year_before(centre) -> None:
    take_list(centre, 2025, [STEEL, PRINTER], source="2025", by="office")
    _, findings = take_list(centre, 2026, [STEEL], source="2026", by="office")
    left = next(one for one in findings if one.code == "key_unit_left_the_list")
    assert (left.where, left.evidence["name"]) == ("91140400B", "Simulated printer")
    assert take_list(centre, 2025, [STEEL], source="2025", by="office")[0] == 1
    assert [row.code for row in list_units(centre, 2025)] == ["91140400A"]


def test_criteria_that_a_unit_s_data_do_not_show_are_doubted(centre) -> None:
    small = KeyUnitContent("91140400C", "Shop", "140403", "6201", "registered", criteria=("printing",))
    nobody = KeyUnitContent("91140400D", "Works", "140403", "3120", "key")
    _, findings = take_list(centre, 2026, [small, nobody], source="x", by="office")
    codes = {one.where: one.code for one in findings if one.where.startswith("9")}
    assert codes == {"91140400C": "key_unit_criterion_doubtful", "91140400D": "key_unit_without_criterion"}
    fitting = next(one for one in findings if one.where == "91140400D").evidence["fitting"]
    assert fitting == "permit_main_outlet"


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ([STEEL, STEEL], "more than once"),
        ([KeyUnitContent("X", "X", "999999")], "no counties"),
        ([KeyUnitContent("X", "X", "140403", criteria=("nonsense",))], "no criteria"),
    ],
)
def test_wrong_lists_are_refused_and_leave_nothing(centre, units, said: str) -> None:
    with pytest.raises(CallerError, match=said):
        take_list(centre, 2026, units, source="x", by="office")
    assert list_units(centre, 2026) == []


def test_coverage_names_outlets_without_a_device_and_silent_ones(centre) -> None:
    take_list(centre, 2026, [STEEL, PRINTER], source="x", by="office")
    device(centre, "DA001")
    rows = coverage(centre, 2026, [standing("DA001", State.SILENT)])
    steel = next(row for row in rows if row.code == "91140400A")
    assert (steel.without_device, steel.silent, steel.covered) == (("DA002",), ("DA001",), False)
    device(centre, "DA002")
    alive = [standing("DA001", State.WELL), standing("DA002", State.LATE)]
    rows = coverage(centre, 2026, alive)
    assert [row.code for row in rows] == ["91140400B", "91140400A"]  # what is not covered stands first
    assert rows[1].covered


def test_what_the_law_asks_for_and_is_not_there_is_found(centre) -> None:
    take_list(centre, 2026, [STEEL, PRINTER], source="x", by="office")
    codes = {one.where: one.code for one in coverage_findings(centre, 2026, coverage(centre, 2026, []))}
    assert codes == {"91140400A": "key_unit_not_on_line", "91140400B": "key_unit_without_outlet"}


def test_stacks_that_measure_carbon_dioxide_are_listed_with_their_newest_hour(centre) -> None:
    device(centre, "DA001", ("a21026", "a05001"))
    device(centre, "DA002", ("a21026",))
    table = centre.lake.table("source_readings")
    start = centre.midnight(date(2026, 3, 1))
    frame = pl.DataFrame(
        {"period_start": [start, start + timedelta(hours=1)], "value": [12.0, 12.5], "outlet": ["DA003"] * 2}
    ).with_columns(factor=pl.lit("a05001"), period=pl.lit("hour"), unit=pl.lit("%"), simulated=pl.lit(value=True))
    blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
    centre.lake.append(table, frame.with_columns(*blank).select(column.name for column in table.columns))
    found = {row["outlet"]: row for row in greenhouse_channels(centre, 2026)}
    assert set(found) == {"DA001", "DA003"}
    assert (found["DA001"]["registered"], found["DA001"]["newest"]) == (True, None)
    assert (found["DA003"]["registered"], found["DA003"]["hours"]) == (False, 2)
    assert found["DA003"]["newest"] == start + timedelta(hours=1)
