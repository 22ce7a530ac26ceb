from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.composition_checks import check_composition, look_through

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
KIND = {"so4": "pm_ion", "no3": "pm_ion", "nh4": "pm_ion", "oc": "pm_carbon", "ec": "pm_carbon", "pm25": "pm_mass"}


def put(centre, species: dict[str, list[float | None]], start: datetime | None = None, **fixed: object) -> None:
    """Rows of one sample after another."""
    begin = start or datetime(2026, 3, 5, tzinfo=ZONE)
    given = {
        "station": "1727A", "instrument": "", "period_hours": 1, "uncertainty": None, "mdl": None,
        "below_mdl": None, "flags": None, "unit_sent": "ug/m3", "state": None, "source": "test", "origin": "test",
        "simulated": True, "unit": "µg/m³", **fixed,
    }  # fmt: skip
    step = timedelta(hours=int(given["period_hours"]))  # type: ignore[call-overload]
    rows = [
        {
            **given,
            "species": key,
            "kind": KIND[key],
            "hour_start": begin + at * step,
            "value": value,
            "value_sent": value,
        }
        for key, values in species.items()
        for at, value in enumerate(values)
    ]
    table = centre.lake.table("species_hours")
    types = table.schema(ZONE.key)
    frame = pl.DataFrame(rows, schema={column.name: types[column.name] for column in table.columns})
    centre.lake.append("species_hours", frame)


def test_an_empty_lake_has_nothing_to_find(centre) -> None:
    assert check_composition(centre, FIRST, LAST) == ()


def test_mass_of_the_station_itself_serves_where_the_file_has_none(centre, fill) -> None:
    fill(date(2026, 3, 5), 1, ("1727A",), lambda _, hours: hours * 0 + 10)
    put(centre, {"so4": [9.0, 40.0, 41.0, 9.0]})
    [found] = check_composition(centre, FIRST, LAST)
    assert (found.code, found.where, found.when) == (
        "sum_above_mass",
        "1727A",
        datetime(2026, 3, 5, 1, tzinfo=ZONE),
    )
    assert (found.evidence["mass"], found.evidence["sum"], found.evidence["samples"]) == (10, 40.5, 2)
    assert found.evidence["last_hour"] == "2026-03-05T02:00:00+08:00"


def test_flagged_hours_of_the_station_do_not_serve(centre, fill) -> None:
    fill(date(2026, 3, 5), 1, ("1727A",), lambda _, hours: hours * 0 + 10, pm25_flags="RM")
    put(centre, {"so4": [40.0]})
    assert check_composition(centre, FIRST, LAST) == ()


def test_the_audited_mass_wins(centre, fill) -> None:
    fill(date(2026, 3, 5), 1, ("1727A",), lambda _, hours: hours * 0 + 10)
    fill(date(2026, 3, 5), 1, ("1727A",), lambda _, hours: hours * 0 + 90, stage="audited")
    put(centre, {"so4": [40.0]})
    assert check_composition(centre, FIRST, LAST) == ()


def test_days_of_a_filter_are_weighed_by_their_own_mass_only(centre, fill) -> None:
    fill(date(2026, 3, 5), 3, ("1727A",), lambda _, hours: hours * 0 + 10)
    put(centre, {"so4": [40.0, 40.0]}, period_hours=24)
    assert check_composition(centre, FIRST, LAST) == ()
    put(centre, {"pm25": [20.0, 60.0]}, period_hours=24)
    [found] = check_composition(centre, FIRST, LAST)
    assert found.evidence["mass"] == 20


def test_two_instruments_are_averaged(centre) -> None:
    put(centre, {"oc": [2.0], "ec": [9.0]}, instrument="A")
    assert len(check_composition(centre, FIRST, LAST)) == 1
    put(centre, {"oc": [30.0]}, instrument="B")
    assert check_composition(centre, FIRST, LAST) == ()


def test_findings_are_kept_by_month_and_withdrawn_when_they_no_longer_hold(centre) -> None:
    put(centre, {"oc": [1.0] * 4, "ec": [9.0] * 4}, datetime(2026, 3, 31, 22, tzinfo=ZONE))
    kept = look_through(centre, date(2026, 3, 31), date(2026, 4, 1))
    assert (kept.new, kept.withdrawn, kept.standing) == (2, 0, 2)
    found = list_findings(centre, FIRST, date(2026, 4, 30), kind="composition")
    assert [row.evidence["samples"] for row in found] == [2, 2]
    put(centre, {"oc": [20.0, 20.0]}, datetime(2026, 3, 31, 22, tzinfo=ZONE))
    kept = look_through(centre, date(2026, 3, 31), date(2026, 3, 31))
    assert (kept.new, kept.withdrawn, kept.standing) == (0, 1, 0)
    assert len(list_findings(centre, FIRST, date(2026, 4, 30), kind="composition")) == 1


def test_days_before_any_threshold_are_not_looked_through(centre) -> None:
    put(centre, {"oc": [1.0], "ec": [9.0]}, datetime(2006, 3, 5, tzinfo=ZONE))
    assert look_through(centre, date(2006, 3, 1), date(2006, 3, 31)).standing == 0


def test_every_finding_fills_its_words_and_explains_itself(centre) -> None:
    put(centre, {"so4": [50.0], "no3": [50.0], "nh4": [1.0], "oc": [1.0], "ec": [9.0], "pm25": [1.0]})
    put(centre, {"pm25": [-9.0]}, datetime(2026, 3, 6, tzinfo=ZONE), mdl=1.0)
    found = check_composition(centre, FIRST, LAST)
    assert {row.code for row in found} == {"ion_imbalance", "sum_above_mass", "carbon_ratio", "below_zero"}
    for row in found:
        assert row.message.format(**row.evidence)
        assert row.competing_explanation
