from datetime import date

import polars as pl

from lantian.city.records import SubjectKind
from lantian.loop import run_days
from lantian.loop.evaluate.explanations import index_steps, rules_that_judged
from lantian.loop.evaluate.periods import period_ids
from lantian.loop.evaluate.why import explain_period
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC
from lantian.twin.hours import simulate_hours

Q1 = Period.containing(PeriodKind.QUARTER, date(2026, 1, 1))


def test_quarter_cut_before_the_change_of_law_is_explained_by_the_law_that_judged_it(make_world) -> None:
    house = make_world()
    house.lake.append(
        "ambient_hours", pl.concat(simulate_hours(house.city, date(2026, 1, 25), date(2026, 2, 10), 7))
    )
    run_days(house.scene(), house.jobs)
    for what in ("composite_index", "pm25", "o3"):
        found = explain_period(house.scene(), SubjectKind.CITY, house.city.adcode, Q1, what)
        assert "gb3095-2012" in found.provenance["rules"]
        assert found.agrees, (what, found.value, found.recomputed)


def test_row_of_a_law_that_is_gone_is_said_to_be_so(judged) -> None:
    scene = judged.scene()
    rules, doubts = rules_that_judged(scene, {"rules": "an-older-edition"}, period_ids, Q1.first, Q1.last)
    assert rules == scene.rules(Q1.last)
    assert [step.values["ids"] for step in doubts] == ["an-older-edition"]


def test_missing_pollutant_withholds_the_index_with_a_reason(rulebook) -> None:
    day = date(2026, 3, 1)
    rule, categories = rulebook.aqi_day(day), rulebook.categories(day)
    values = dict.fromkeys((row.key for row in rule.indicators), 1.0) | {"pm10": None}
    reasons = dict.fromkeys((p.value for p in BASIC), None) | {"pm10": "too_few_hours"}
    steps, again = index_steps(values, reasons, BASIC, rule, categories)
    assert again is None
    assert any("no index is published" in step.message for step in steps)
    assert steps[0].rows is not None
    assert steps[0].rows.filter(pl.col("indicator") == "pm10").get_column("reason").item() == "too_few_hours"


def test_index_is_the_largest_sub_index_and_shows_its_segment(rulebook) -> None:
    day = date(2026, 3, 1)
    rule, categories = rulebook.aqi_day(day), rulebook.categories(day)
    values = {"so2": 15, "no2": 37, "co": 1.0, "o3": 78, "pm10": 101, "pm25": 61}
    steps, again = index_steps(values, dict.fromkeys((p.value for p in BASIC), None), BASIC, rule, categories)
    assert again == 101
    assert steps[0].rows is not None
    line = steps[0].rows.filter(pl.col("indicator") == "pm25").get_column("line").item()
    assert line == "(150 − 100) / (115 − 60) × (61 − 60) + 100"
    assert steps[-1].values["level"] == 3
