from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import list_days, list_statistics, list_summaries
from lantian.loop.evaluate.standing import (
    allowances,
    area_class_of,
    day_limit,
    judged_under,
    mean_limit,
    verdicts_of,
)
from lantian.science.allowance import mean_allowance, percentile_allowance
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

LAST = date(2026, 4, 10)
MARCH = Period.containing(PeriodKind.MONTH, date(2026, 3, 1))
CITY = SubjectKind.CITY


def test_own_edition_gives_the_stored_figures_again(judged) -> None:
    scene, code = judged.scene(), judged.city.adcode
    found = judged_under(scene, CITY, code, MARCH, scene.rules(MARCH.last), LAST, Stage.ORIGINAL)
    stored = list_statistics(judged.lake, MARCH, kind=CITY)
    summary = list_summaries(judged.lake, MARCH, kind=CITY).row(0, named=True)
    assert found is not None
    assert dict(zip([p.value for p in BASIC], found.statistics.headline[0].tolist(), strict=True)) == dict(
        stored.select("pollutant", "headline").iter_rows()
    )
    assert float(found.composite.index[0]) == summary["composite_index"]
    assert int(found.counts.good[0]) == summary["good_days"]


def test_the_law_before_judges_the_same_days_otherwise(judged) -> None:
    scene, code = judged.scene(), judged.city.adcode
    old, new = (
        judged_under(scene, CITY, code, MARCH, scene.rules(day), LAST, Stage.ORIGINAL)
        for day in (date(2026, 2, 28), MARCH.last)
    )
    assert old is not None
    assert new is not None
    assert old.statistics.mean.tolist() == new.statistics.mean.tolist()
    assert float(old.composite.index[0]) < float(new.composite.index[0])
    assert int(old.counts.good[0]) >= int(new.counts.good[0])


def test_a_period_without_any_day_is_not_judged(judged) -> None:
    scene = judged.scene()
    may = Period.containing(PeriodKind.MONTH, date(2024, 5, 1))
    assert judged_under(scene, CITY, judged.city.adcode, may, scene.rules(LAST), LAST, Stage.ORIGINAL) is None


def test_verdicts_hold_limits_of_the_edition_and_counts_of_the_period(judged) -> None:
    scene, code = judged.scene(), judged.city.adcode
    rules = scene.rules(MARCH.last)
    found = judged_under(scene, CITY, code, MARCH, rules, LAST, Stage.ORIGINAL)
    assert found is not None
    verdicts = {one.pollutant: one for one in verdicts_of(found)}
    assert list(verdicts) == list(BASIC)
    assert verdicts[Pollutant.O3].mean is None
    assert verdicts[Pollutant.PM25].mean_limit == rules.limits.limit("pm25", "annual_mean")
    assert verdicts[Pollutant.PM25].days_valid == int(found.statistics.n_valid[0, BASIC.index(Pollutant.PM25)])
    assert verdicts[Pollutant.PM25].days_total == MARCH.days


def test_a_figure_above_its_limit_exceeds_and_says_by_how_much(judged) -> None:
    scene, code = judged.scene(), judged.city.adcode
    rules = scene.rules(MARCH.last)
    found = judged_under(scene, CITY, code, MARCH, rules, LAST, Stage.ORIGINAL)
    assert found is not None
    at = BASIC.index(Pollutant.PM10)
    multiple = found.attainment.percentile_multiple.copy()
    multiple[0, at] = 0.25
    judged_so = found.attainment.pollutant.copy()
    judged_so[0, at] = 0
    exceeding = replace(
        found, attainment=replace(found.attainment, percentile_multiple=multiple, pollutant=judged_so)
    )
    verdict = verdicts_of(exceeding)[at]
    assert (verdict.attains, verdict.percentile_multiple) == (False, 0.25)


def test_allowance_is_that_of_the_science_for_the_values_of_the_year(judged) -> None:
    scene, code = judged.scene(), judged.city.adcode
    found = allowances(scene, [(CITY, code)], LAST, Stage.ORIGINAL, good_target=Decimal(75))[code]
    rules = scene.rules(date(2026, 12, 31))
    days = list_days(judged.lake, CITY, code, date(2026, 1, 1), LAST)
    values = days.get_column("pm25").fill_null(float("nan")).to_numpy()
    pm25 = next(one for one in found.pollutants if one.pollutant is Pollutant.PM25)
    limit = mean_limit(rules.limits, Pollutant.PM25, 2)
    daily = day_limit(rules.limits, Pollutant.PM25, 2)
    assert limit is not None
    assert daily is not None
    assert found.remaining == 265
    assert pm25.mean == mean_allowance(values, 265, limit, Pollutant.PM25, rules.evaluation)
    assert pm25.days == percentile_allowance(values, 265, daily, Pollutant.PM25, rules.evaluation)
    assert found.good_days is not None
    assert found.good_days.used == int((days.get_column("aqi").drop_nulls() > 100).sum())


def test_place_without_any_day_of_the_year_may_still_have_all_of_it(judged) -> None:
    scene = judged.scene()
    silent = judged.city.stations[0].code
    found = allowances(scene, [(SubjectKind.STATION, silent)], LAST, Stage.AUDITED, wanted=[Pollutant.PM25])
    [pm25] = found[silent].pollutants
    assert pm25.mean is not None
    assert (pm25.mean.n_valid, pm25.mean.mean_so_far) == (0, None)


@pytest.mark.parametrize("kind", [SubjectKind.CITY, SubjectKind.COUNTY])
def test_counties_and_the_city_are_held_against_grade_two(judged, kind: SubjectKind) -> None:
    assert area_class_of(judged.scene(), kind, judged.city.adcode) == 2
    assert area_class_of(judged.scene(), SubjectKind.STATION, judged.city.stations[0].code) in {1, 2}


def test_ozone_is_held_against_the_limit_of_its_eight_hours(judged) -> None:
    limits = judged.scene().rules(LAST).limits
    assert day_limit(limits, Pollutant.O3, 2) == limits.limit("o3", "mda8", 2)
    assert mean_limit(limits, Pollutant.O3, 2) is None
    assert np.isfinite(float(day_limit(limits, Pollutant.CO, 2) or 0))
