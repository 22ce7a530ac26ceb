"""Days of stations and of what they make, recomputed by hand from the hours."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from statistics import mean

import polars as pl
import pytest

from lantian.assembly import House
from lantian.city.records import SubjectKind
from lantian.loop import run_days
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.events import approve_dust
from lantian.loop.evaluate.queries import list_days
from lantian.rules import RuleSet
from lantian.science.dust import ApprovedPeriod
from lantian.science.rounding import exact, round_half_even
from lantian.terms.pollutants import BASIC

SAMPLE = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 17)]


def usable_hours(house: House, code: str, day: date, pollutant: str, rules: RuleSet) -> dict[int, Fraction]:
    """Hours of a day as this test reads the rules, without the room's own code."""
    known = {flag.code: flag.usable for flag in rules.flags.flags}
    rows = house.lake.read("ambient_hours", first=day, last=day, where=pl.col("station") == code)
    found = {}
    for row in rows.iter_rows(named=True):
        value, flags = row[pollutant], row[f"{pollutant}_flags"]
        if value is None or any(
            not known.get(flag, rules.flags.unknown_usable) for flag in (flags or "").split(",")
        ):
            continue
        if value <= rules.low_values.replace_at_or_below:
            value = rules.low_values.replacement[pollutant]
        found[row["hour_start"].hour] = Fraction(exact(value))
    return found


def day_value(hours: dict[int, Fraction], pollutant: str, rules: RuleSet, limit: float) -> Fraction | None:
    if pollutant != "o3":
        return sum(hours.values()) / len(hours) if len(hours) >= 20 else None
    windows = [
        [hours[h] for h in range(end - 8, end) if h in hours] for end in range(8, 25)
    ]  # hour_start h is the hour that ends at h + 1
    means = [sum(w) / len(w) for w in windows if len(w) >= 6]
    if not means or (len(means) < 14 and round_half_even(float(max(means))) <= limit):
        return None
    return max(means)


@pytest.mark.parametrize("day", SAMPLE)
def test_station_days_equal_a_recomputation_by_hand(judged: House, day: date):
    rules = judged.rulebook.rule_set(day, judged.choice)
    checked = 0
    for station in judged.city.stations:
        if station.level == "township":
            continue
        row = list_days(judged.lake, SubjectKind.STATION, station.code, day, day).row(0, named=True)
        limit = float(rules.limits.limit("o3", "mda8", station.area_class))
        for pollutant in station.pollutants:
            hours = usable_hours(judged, station.code, day, pollutant, rules)
            value = day_value(hours, pollutant, rules, limit)
            shown = None if value is None else float(round_half_even(float(value), 1 if pollutant == "co" else 0))
            assert row[pollutant] == shown, (station.code, pollutant)
            assert row[f"{pollutant}_hours"] == len(hours)
            checked += 1
    assert checked >= 40


@pytest.mark.parametrize("day", SAMPLE)
def test_county_and_city_days_are_means_of_their_sites(judged: House, day: date):
    rules = judged.rulebook.rule_set(day, judged.choice)
    share = float(rules.evaluation.site_share)
    for group in judged.city.groups:
        if not group.holds_on(day):
            continue
        row = list_days(judged.lake, group.kind, group.code, day, day).row(0, named=True)
        for pollutant in BASIC:
            values = []
            for code in group.stations:
                station = judged.city.station(code)
                limit = float(rules.limits.limit("o3", "mda8", station.area_class))
                hours = usable_hours(judged, code, day, pollutant, rules)
                value = day_value(hours, pollutant, rules, limit)
                if value is not None and not station.control_site:
                    values.append(value)
            sites = [code for code in group.stations if not judged.city.station(code).control_site]
            enough = len(values) >= max(ceil(share * len(sites)), 1)
            expected = (
                float(round_half_even(float(mean(values)), 1 if pollutant == "co" else 0)) if enough else None
            )
            assert row[pollutant] == expected, (group.code, pollutant)
            if not enough:
                assert row[f"{pollutant}_reason"] == "too_few_sites"


def test_every_subject_has_every_day_once_per_side(judged: House):
    days = judged.lake.read("daily_index")
    counts = days.group_by("kind", "code", "basis").len()
    assert set(counts.get_column("len")) == {(date(2026, 4, 10) - date(2025, 12, 20)).days + 1}
    sides = defaultdict(set)
    for kind, basis in counts.select("kind", "basis").iter_rows():
        sides[kind].add(basis)
    assert sides == {"station": {MEASURED}, "county": {MEASURED, DUST_DEDUCTED}, "city": {MEASURED, DUST_DEDUCTED}}


def test_each_day_names_the_editions_of_its_own_date(judged: House):
    rows = judged.lake.read("daily_index").select("legal_day", "rules").unique()
    for day, rules in rows.iter_rows():
        old = day < date(2026, 3, 1)
        assert ("hj633-2012" in rules) is old
        assert ("hj633-2026" in rules) is not old


def test_approved_dust_leaves_the_measured_side_alone(open_copy):
    house = open_copy("shizuishan")
    day = date(2026, 3, 20)
    zone = house.city.zone
    before = house.lake.read("daily_index", first=day, last=day, where=pl.col("code") == house.city.adcode)
    start = house.lake.read("ambient_hours", first=day, last=day).get_column("hour_start").min()
    period = ApprovedPeriod(start + timedelta(hours=5), start + timedelta(hours=9))
    assert start.tzinfo is not None
    approve_dust(
        house.ledger, house.city, (house.city.adcode,), period, reason="test", by="a person", now=house.now
    )
    done = run_days(house.scene(), house.jobs, day, day)
    assert done.tables["daily_index"].changed == 1
    after = house.lake.read("daily_index", first=day, last=day, where=pl.col("code") == house.city.adcode)
    measured = after.filter(pl.col("basis") == MEASURED)
    assert measured.drop("recorded_at").equals(before.filter(pl.col("basis") == MEASURED).drop("recorded_at"))
    deducted = after.filter(pl.col("basis") == DUST_DEDUCTED).row(0, named=True)
    assert deducted["pm10"] is None
    assert deducted["pm25_reason"] == "dust_deducted"
    assert deducted["aqi"] == max(deducted[f"iaqi_{p}"] for p in ("so2", "no2", "co", "o3"))
    assert str(zone) == "Asia/Shanghai"


def test_ozone_order_is_a_setting_of_the_rule_set(judged: House):
    from dataclasses import replace

    from lantian.assembly import choice_of
    from lantian.loop.evaluate.days import judged_days, spans_of
    from lantian.loop.evaluate.hours import Stage, hour_grid
    from lantian.loop.evaluate.members import memberships

    first, last = date(2026, 3, 5), date(2026, 3, 25)
    stations = tuple(s.code for s in judged.city.stations if s.level != "township")
    rows = judged.lake.read("ambient_hours", first=first, last=last)
    plain = replace(judged.city, rule_folders=())  # the packaged law, whatever the city overrides

    def ozone(variant: str) -> list[float]:
        choice = replace(choice_of(plain, {"evaluation": variant}), jurisdictions=("CN",))
        spans = judged.rulebook.spans(first, last, choice)
        grid = hour_grid(rows, stations, first, last, Stage.ORIGINAL, spans)
        groups = memberships(plain, stations, first, grid.days)
        days = pl.concat(judged_days(grid, plain, spans_of(grid, spans), groups, {}, Stage.ORIGINAL))
        city = days.filter((pl.col("kind") == "city") & (pl.col("basis") == MEASURED)).sort("legal_day")
        return city.get_column("o3").to_list()

    sites, hours = ozone("default"), ozone("city_hours_ozone")
    pairs = [(a, b) for a, b in zip(sites, hours, strict=True) if a is not None and b is not None]
    assert len(pairs) > 15
    assert all(b <= a + 1 for a, b in pairs)  # the maximum of a mean is never above the mean of maxima
    assert any(b < a for a, b in pairs)
