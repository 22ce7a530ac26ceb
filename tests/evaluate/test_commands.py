"""A re-run changes nothing; a change is said; a split period equals the whole; both years under one edition."""

from datetime import date, timedelta

import polars as pl
import pytest

from lantian.assembly import House
from lantian.city.records import SubjectKind
from lantian.loop import run_days
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import find_ranking, latest_period, list_days, list_periods
from lantian.loop.evaluate.tables import TABLES
from lantian.terms.errors import CallerError
from lantian.terms.periods import PeriodKind, period_named
from lantian.twin.hours import simulate_hours

VOLATILE = ("recorded_at", "run_id")


def content(house: House) -> dict[str, pl.DataFrame]:
    """All derived tables without what differs by run, withdrawn rows left out."""
    return {
        table.name: house.lake.read(table.name).filter(~pl.col("withdrawn")).drop(VOLATILE).sort(table.key)
        for table in TABLES
    }


def test_a_second_run_changes_nothing(open_copy):
    house = open_copy("changzhi")
    versions = {table.name: house.lake.version(table.name) for table in TABLES}
    done = run_days(house.scene(), house.jobs)
    assert done.changed == 0
    assert {table.name: house.lake.version(table.name) for table in TABLES} == versions


def test_a_correction_is_judged_again_and_named(open_copy):
    house = open_copy("shizuishan")
    day = date(2026, 1, 15)
    city = next(g for g in house.city.groups if g.code == house.city.adcode and g.holds_on(day))
    code = city.stations[0]
    judged_at = list_days(house.lake, SubjectKind.STATION, code, day, day).item(0, "recorded_at")
    rows = house.lake.read("ambient_hours", first=day, last=day, where=pl.col("station") == code)
    corrected = rows.drop("recorded_at", "legal_day", "legal_month").with_columns(
        pm25=pl.lit(400.0), pm25_flags=None
    )
    house.lake.append("ambient_hours", corrected.with_columns(pl.col("pm25_flags").cast(pl.String)))
    done = run_days(house.scene(), house.jobs)
    daily = done.tables["daily_index"]
    assert daily.new == 0
    assert daily.withdrawn == 0
    assert {change.key[1] for change in daily.examples} >= {code}
    assert 1 <= daily.changed <= 8
    assert list_days(house.lake, SubjectKind.STATION, code, day, day).item(0, "pm25") == 400.0
    known = house.lake.read("daily_index", first=day, last=day, where=pl.col("code") == code, known_on=judged_at)
    assert known.item(0, "pm25") != 400.0


def test_a_split_period_equals_the_whole(make_world):
    whole, split = make_world(), make_world()
    first, last = date(2026, 1, 20), date(2026, 3, 31)
    for house in (whole, split):
        house.lake.append("ambient_hours", pl.concat(simulate_hours(house.city, first, last, 3)))
    run_days(whole.scene(), whole.jobs)
    for a, b in ((date(2026, 2, 21), last), (first, date(2026, 2, 9)), (date(2026, 2, 10), date(2026, 2, 20))):
        run_days(split.scene(), split.jobs, a, b)
    expected, found = content(whole), content(split)
    for name, table in expected.items():
        if name != "dust_proposals":  # a test that looks back over a cut sees less
            assert found[name].equals(table), name


def test_a_site_that_is_silent_all_along_still_counts_among_the_sites(make_world):
    house = make_world("changzhi")
    first, last = date(2026, 3, 1), date(2026, 3, 5)
    city = next(g for g in house.city.groups if g.code == house.city.adcode and g.holds_on(first))
    heard = tuple(sorted(city.stations))[:3]
    hours = pl.concat(simulate_hours(house.city, first, last, 3, stations=heard))
    house.lake.append("ambient_hours", hours)
    run_days(house.scene(), house.jobs)
    days = list_days(house.lake, SubjectKind.CITY, house.city.adcode)
    assert set(days.get_column("sites_required")) == {4}
    assert set(days.get_column("pm25_reason")) == {"too_few_sites"}
    for code in set(city.stations) - set(heard):
        assert list_days(house.lake, SubjectKind.STATION, code).is_empty()


def test_hours_in_any_order_and_twice_give_the_same_result(make_world):
    one, other = make_world(), make_world()
    rows = pl.concat(simulate_hours(one.city, date(2026, 2, 20), date(2026, 3, 10), 5))
    one.lake.append("ambient_hours", rows)
    other.lake.append("ambient_hours", rows.sample(fraction=1.0, shuffle=True, seed=1))
    other.lake.append("ambient_hours", rows.sample(fraction=0.5, seed=2), only_changes=True)
    for house in (one, other):
        run_days(house.scene(), house.jobs)
    expected, found = content(one), content(other)
    for name, table in expected.items():
        assert found[name].equals(table), name


def test_audited_hours_make_two_more_stages(open_copy):
    house = open_copy("shizuishan")
    day = date(2026, 3, 5)
    code = next(g for g in house.city.groups if g.kind == "county" and g.holds_on(day)).stations[0]
    rows = house.lake.read("ambient_hours", first=day, last=day, where=pl.col("station") == code)
    audited = rows.drop("recorded_at", "legal_day", "legal_month").with_columns(
        stage=pl.lit("audited"), pm10=pl.lit(77.0), pm10_flags=pl.lit(None, pl.String)
    )
    house.lake.append("ambient_hours", audited)
    before = list_days(house.lake, SubjectKind.STATION, code, day, day, stage=Stage.ORIGINAL)
    done = run_days(house.scene(), house.jobs)
    assert done.stages == (Stage.ORIGINAL, Stage.AUDITED, Stage.MIXED)
    same = list_days(house.lake, SubjectKind.STATION, code, day, day, stage=Stage.ORIGINAL)
    assert same.equals(before)
    for stage in (Stage.AUDITED, Stage.MIXED):
        assert list_days(house.lake, SubjectKind.STATION, code, day, day, stage=stage).item(0, "pm10") == 77.0
    other_day = day + timedelta(days=1)
    mixed = list_days(house.lake, SubjectKind.STATION, code, other_day, other_day, stage=Stage.MIXED)
    assert mixed.item(0, "pm10") == list_days(
        house.lake, SubjectKind.STATION, code, other_day, other_day, stage=Stage.ORIGINAL
    ).item(0, "pm10")
    assert (
        list_days(house.lake, SubjectKind.STATION, code, other_day, other_day, stage=Stage.AUDITED).item(0, "pm10")
        is None
    )


def test_years_are_compared_under_either_edition(make_world):
    house = make_world()
    for first, last in ((date(2025, 3, 1), date(2025, 3, 31)), (date(2026, 3, 1), date(2026, 3, 31))):
        house.lake.append("ambient_hours", pl.concat(simulate_hours(house.city, first, last, 3)))
    run_days(house.scene(), house.jobs)
    march = period_named("2026-03")
    this = find_ranking(house.lake, march, "composite_index", law="this")
    last = find_ranking(house.lake, march, "composite_index", law="last")
    assert this.height == last.height == len(house.city.counties)
    joined = this.join(last, on="code", suffix="_last")
    # stricter limits make a larger index of the same air, in both years
    assert (joined["value"] > joined["value_last"]).all()
    assert (joined["base_value"] > joined["base_value_last"]).all()
    assert all("2026" in rules for rules in this["rules"])
    assert all("2012" in rules for rules in last["rules"])
    of_base = (pl.col("last_day") == date(2025, 3, 31)) & (pl.col("period_kind") == "month")
    own = house.lake.read("period_summary", where=of_base & (pl.col("basis") == "dust_deducted"))
    old_base = own.join(last, on="code").select("composite_index", "base_value")
    assert old_base.height == last.height
    assert (old_base["composite_index"] == old_base["base_value"]).all()


def test_last_year_is_none_where_there_is_no_data(judged: House):
    rows = find_ranking(judged.lake, period_named("2026-03"), "composite_index")
    assert rows.get_column("base_value").null_count() == rows.height
    assert rows.get_column("change").null_count() == rows.height


def test_an_unfinished_month_counts_the_days_so_far(judged: House):
    rows = judged.lake.read(
        "period_summary", where=(pl.col("first_day") == date(2026, 4, 1)) & (pl.col("period_kind") == "month")
    )
    assert set(rows.get_column("days_total")) == {10}
    assert latest_period(judged.lake).label == "2026-04"
    years = [period.label for period in list_periods(judged.lake) if period.kind is PeriodKind.YEAR]
    assert years == ["2025"]  # 2026 is not over


def test_a_year_with_too_few_days_has_no_annual_figure(judged: House):
    rows = judged.lake.read("period_statistics", where=pl.col("period_kind") == "year")
    assert set(rows.get_column("last_day")) == {date(2025, 12, 31)}
    assert set(rows.get_column("validity")) == {"too_few_days"}
    assert rows.get_column("headline").null_count() == rows.height


def test_a_county_that_leaves_the_city_is_withdrawn(open_copy):
    house = open_copy("shizuishan")
    gone = next(g for g in house.city.groups if g.kind == "county")
    from dataclasses import replace

    scene = house.scene()
    left = tuple(group for group in scene.city.groups if group.code != gone.code)
    smaller = replace(scene, city=replace(scene.city, groups=left))
    done = run_days(smaller, house.jobs)
    assert done.tables["daily_index"].withdrawn > 0
    assert list_days(house.lake, SubjectKind.COUNTY, gone.code).is_empty()
    kept = house.lake.read("daily_index", where=pl.col("code") == gone.code)
    assert kept.get_column("withdrawn").all()
    assert kept.get_column("pm25").null_count() == kept.height
    again = run_days(smaller, house.jobs)
    assert again.changed == 0


def test_days_without_hours_are_refused_with_the_days_there_are(open_copy):
    house = open_copy("shizuishan")
    with pytest.raises(CallerError, match="2025-12-20 to 2026-04-10"):
        run_days(house.scene(), house.jobs, date(2020, 1, 1), date(2020, 1, 31))


def test_an_empty_lake_says_what_to_do(make_world):
    house = make_world()
    with pytest.raises(CallerError, match="lantian import"):
        run_days(house.scene(), house.jobs)


def test_strangers_are_kept_but_not_judged(open_copy):
    house = open_copy("shizuishan")
    rows = house.lake.read("ambient_hours", first=date(2026, 3, 1), last=date(2026, 3, 1)).head(24)
    stranger = rows.drop("recorded_at", "legal_day", "legal_month").with_columns(station=pl.lit("NOBODY"))
    house.lake.append("ambient_hours", stranger)
    done = run_days(house.scene(), house.jobs)
    assert [(f.code, f.where) for f in done.findings] == [("station_not_in_city", "NOBODY")]
    assert done.changed == 0


def test_the_run_is_recorded_with_its_inputs_and_sums(judged: House):
    record = judged.jobs.latest("evaluate")[-1]
    assert record["state"] == "done"
    assert record["result"]["tables"]["daily_index"]["new"] > 0
    assert record["result"]["first"] == "2025-12-20"


def test_derived_rows_carry_the_mark_of_simulation(judged: House):
    for table in TABLES:
        rows = judged.lake.read(table.name)
        assert rows.get_column("simulated").all(), table.name
