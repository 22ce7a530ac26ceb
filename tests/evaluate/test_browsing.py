from datetime import date

import polars as pl
import pytest

from lantian.city.records import SubjectKind
from lantian.loop.evaluate import browsing
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import (
    find_ranking,
    list_days,
    list_dust_proposals,
    list_statistics,
    list_summaries,
)
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

FIRST, LAST = date(2025, 12, 20), date(2026, 4, 10)
MARCH = Period.containing(PeriodKind.MONTH, date(2026, 3, 1))


def test_every_code_of_the_city_is_found_and_no_other(judged) -> None:
    city = judged.city
    assert browsing.find_place(city, city.adcode) is SubjectKind.CITY
    assert browsing.find_place(city, city.counties[0].adcode) is SubjectKind.COUNTY
    assert browsing.find_place(city, city.stations[0].code) is SubjectKind.STATION
    assert browsing.find_place(city, "<script>") is None


def test_judged_days_begin_and_end_with_the_data(judged) -> None:
    assert browsing.known_days(judged.lake) == (FIRST, LAST)
    assert browsing.list_stages(judged.lake) == [Stage.ORIGINAL]


def test_empty_lake_has_no_judged_days(make_world) -> None:
    assert browsing.known_days(make_world().lake) is None


def test_newest_hour_of_a_place_is_its_last_one_with_a_value(judged) -> None:
    newest = browsing.last_heard(judged.lake, LAST, Stage.ORIGINAL)
    city = newest.filter(pl.col("kind") == "city").row(0, named=True)
    hours = browsing.list_hours(
        judged.lake, SubjectKind.CITY, judged.city.adcode, LAST, LAST, Stage.ORIGINAL, ["aqi", "pm25"]
    )
    assert newest.select("kind", "code").is_unique().all()
    assert city["hour_start"] == hours.get_column("hour_start")[-1]
    assert city["aqi"] == hours.get_column("aqi")[-1]


@pytest.mark.parametrize("basis", [MEASURED, DUST_DEDUCTED])
def test_days_of_one_place_are_those_that_the_room_lists(judged, basis: str) -> None:
    code = judged.city.adcode
    own = browsing.list_days_of(
        judged.lake, FIRST, LAST, Stage.ORIGINAL, ["aqi", "pm25"], basis=basis, kind=SubjectKind.CITY, code=code
    )
    whole = list_days(judged.lake, SubjectKind.CITY, code, basis=basis)
    assert own.select("legal_day", "aqi", "pm25").equals(whole.select("legal_day", "aqi", "pm25"))


def test_months_hold_the_figures_of_their_periods(judged) -> None:
    code = judged.city.adcode
    months = browsing.list_months(judged.lake, SubjectKind.CITY, code, FIRST, LAST, Stage.ORIGINAL, MEASURED)
    march = months.filter(pl.col("first_day") == MARCH.first).row(0, named=True)
    statistics = list_statistics(judged.lake, MARCH, kind=SubjectKind.CITY)
    summary = list_summaries(judged.lake, MARCH, kind=SubjectKind.CITY).row(0, named=True)
    assert months.get_column("first_day").to_list() == [
        date(2025, 12, 1),
        *(date(2026, m, 1) for m in range(1, 5)),
    ]
    assert {p.value: march[p.value] for p in BASIC} == dict(statistics.select("pollutant", "headline").iter_rows())
    assert march["composite_index"] == summary["composite_index"]
    assert march["good_days"] == summary["good_days"]


def test_refused_hours_are_those_that_no_judged_hour_has(judged) -> None:
    scene = judged.scene()
    station = judged.city.stations[0].code
    refused = browsing.refused_hours(scene, station, FIRST, LAST, [Pollutant.PM25], Stage.ORIGINAL)
    judged_hours = browsing.list_hours(
        judged.lake, SubjectKind.STATION, station, FIRST, LAST, Stage.ORIGINAL, ["pm25"]
    ).drop_nulls("pm25")
    flags = set(refused.get_column("flags"))
    assert refused.height > 0
    assert refused.join(judged_hours, on="hour_start", how="semi").is_empty()
    assert all(not (flag := scene.rules(LAST).flags.flag(code)) or not flag.usable for code in flags)


def test_standings_are_of_the_month_and_the_year_so_far(judged) -> None:
    found = browsing.standings(judged.lake, LAST, Stage.ORIGINAL)
    assert (found.month, found.year) == (
        Period.containing(PeriodKind.MONTH, LAST),
        Period.containing(PeriodKind.YEAR_TO_DATE, LAST),
    )
    assert set(found.summaries.get_column("period_kind")) == {"month", "year_to_date"}


def test_standings_before_any_period_are_empty(make_world) -> None:
    found = browsing.standings(make_world().lake, LAST, Stage.ORIGINAL)
    assert (found.month, found.year, found.summaries.height, found.pm25.height) == (None, None, 0, 0)


def test_rankings_of_a_period_hold_each_list_that_can_be_found(judged) -> None:
    rows = browsing.list_rankings(judged.lake, MARCH, Stage.ORIGINAL)
    one = rows.filter(
        (pl.col("list") == "composite_index")
        & (pl.col("group") == "all")
        & (pl.col("basis") == DUST_DEDUCTED)
        & (pl.col("law") == "this")
    ).sort("rank", "code", nulls_last=True)
    assert one.select("code", "rank").equals(
        find_ranking(judged.lake, MARCH, "composite_index").select("code", "rank")
    )
    assert MARCH in browsing.ranked_periods(judged.lake)


def test_dust_of_the_city_counts_the_counties_that_show_it_too(judged) -> None:
    found = browsing.list_city_dust(judged.lake, Stage.ORIGINAL)
    proposals = list_dust_proposals(judged.lake)
    for row in found.iter_rows(named=True):
        met = proposals.filter(
            (pl.col("kind") == "county")
            & (pl.col("hour_start") <= row["last_hour"])
            & (pl.col("last_hour") >= row["hour_start"])
        )
        assert row["counties"] == met.get_column("code").n_unique()
    starts = found.get_column("hour_start").to_list()
    assert starts == sorted(starts, reverse=True)
    assert found.height == proposals.filter(pl.col("kind") == "city").height
