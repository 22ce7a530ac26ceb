"""Is an indicator on its way? Levels, amounts, changes and directions, each compared with its like. Pure."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lantian.desk.language import translation
from lantian.loop.plan.targets.series_judging import REPORTING_DAYS, series_chart, series_state
from lantian.loop.plan.targets.series_records import SeriesFacts, SeriesPoint, SeriesState

EN, ZH = translation("en"), translation("zh_CN")
AT = datetime(2024, 1, 1, tzinfo=UTC)
TODAY = date(2025, 3, 1)


def facts(**fields: Any) -> SeriesFacts:
    plain = {
        "id": "s", "plan_id": "p", "measure_id": "m", "measure": "22", "key": "k", "name": "指标",
        "name_en": "Indicator",
        "organisation_id": "housing", "organisation": "市住建局", "unit": "%", "scope": "市区", "comparator": ">=",
        "target": Decimal(80), "change": False, "baseline_year": None, "by": date(2025, 12, 31), "firm": True,
    }  # fmt: skip
    return SeriesFacts(**{**plain, **fields})


def points(**values: object) -> tuple[SeriesPoint, ...]:
    return tuple(
        SeriesPoint(key, key[1:].replace("_", "-"), 1, Decimal(str(value)), "年鉴", "housing", AT, None)
        for key, value in values.items()
    )


def test_nothing_reported_is_no_data() -> None:
    found = series_state(facts(), (), TODAY)
    assert (found.state, found.latest, found.overdue) == (SeriesState.NO_DATA, None, None)


@pytest.mark.parametrize(
    ("value", "state"), [("70", SeriesState.ON_THE_WAY), ("69.9", SeriesState.BEHIND), ("80", SeriesState.MET)]
)
def test_a_straight_line_from_baseline_to_target_is_the_way(value: str, state: SeriesState) -> None:
    """60 at the end of 2023, 80 at the end of 2025: 70.01 (731 days, a leap year) at the end of 2024."""
    found = series_state(facts(target=Decimal(80)), points(y2023="60", y2024=value), TODAY)
    line = Decimal(60) + 20 * Decimal(366) / Decimal(731)
    assert found.expected == line.quantize(Decimal("0.01"))
    assert found.state is (state if value != "70" else SeriesState.BEHIND)


def test_on_the_line_is_on_the_way() -> None:
    found = series_state(facts(), points(y2023="60", y2024="70.01"), TODAY)
    assert (found.state, found.distance, found.change, found.change_is_points) == (
        SeriesState.ON_THE_WAY, Decimal("-9.99"), Decimal("10.01"), True,
    )  # fmt: skip
    assert found.baseline is not None
    assert found.baseline.period == "2023"


def test_a_share_may_be_compared_at_any_time() -> None:
    found = series_state(facts(), points(y2023="60", y2024Q3="71"), TODAY)
    assert found.latest is not None
    assert (found.latest.period, found.state) == ("2024Q3", SeriesState.ON_THE_WAY)


def test_a_share_without_a_unit_is_known_by_its_name() -> None:
    share = facts(name="非化石能源消费比重", unit="", comparator="rising", target=None, baseline_year=2020)
    found = series_state(share, points(y2020="8", y2024Q3="9.5"), TODAY)
    assert (found.state, found.change, found.change_is_points) == (SeriesState.ON_THE_WAY, Decimal("1.5"), True)
    assert found.reason.text(EN) == "8 in 2020, 9.5 % in 2024Q3."


def test_one_value_has_a_distance_but_no_way() -> None:
    found = series_state(facts(), points(y2024="70"), TODAY)
    assert (found.state, found.distance, found.expected) == (SeriesState.NOT_JUDGED, Decimal(-10), None)


def test_the_date_decides() -> None:
    late = date(2026, 4, 1)
    assert series_state(facts(), points(y2023="60", y2025="79"), late).state is SeriesState.MISSED
    assert series_state(facts(), points(y2023="60", y2025="80"), late).state is SeriesState.MET
    assert series_state(facts(), points(y2023="60", y2024="75"), late).state is SeriesState.BEHIND


def test_less_is_wanted_where_the_plan_says_at_most() -> None:
    less = facts(comparator="<=", target=Decimal(20))
    assert series_state(less, points(y2023="40", y2024="29"), TODAY).state is SeriesState.ON_THE_WAY
    assert series_state(less, points(y2023="40", y2024="31"), TODAY).state is SeriesState.BEHIND
    assert series_state(less, points(y2023="40", y2024="20"), TODAY).state is SeriesState.MET


@pytest.mark.parametrize(("comparator", "state"), [(">", SeriesState.NOT_JUDGED), (">=", SeriesState.MET)])
def test_above_is_not_the_target_itself(comparator: str, state: SeriesState) -> None:
    assert series_state(facts(comparator=comparator), points(y2024="80"), TODAY).state is state


def test_about_is_approached_from_where_the_baseline_is() -> None:
    about = facts(comparator="~", target=Decimal(50))
    assert series_state(about, points(y2023="60", y2024="49"), TODAY).state is SeriesState.MET
    assert series_state(about, points(y2023="30", y2024="49"), TODAY).state is SeriesState.ON_THE_WAY


RAIL = facts(name="铁路货运量", comparator="~", target=Decimal(10), change=True, baseline_year=2020, scope="全市")


def test_a_change_is_counted_on_the_amount_of_the_baseline_year() -> None:
    found = series_state(RAIL, points(y2020="1000", y2023="1070"), TODAY)
    assert (found.change, found.change_is_points, found.distance) == (Decimal(7), False, Decimal(-3))
    assert found.expected == Decimal("6.00")  # 1095 of 1826 days
    assert found.state is SeriesState.ON_THE_WAY


def test_a_change_without_its_baseline_is_not_judged() -> None:
    found = series_state(RAIL, points(y2023="1070"), TODAY)
    assert found.state is SeriesState.NOT_JUDGED
    assert "2020" in found.reason.text(EN)


def test_an_amount_of_a_quarter_never_stands_beside_one_of_a_year() -> None:
    found = series_state(RAIL, points(y2020="1000", y2023="1070", y2024Q1="300"), TODAY)
    assert found.latest is not None
    assert found.latest.period == "2023"
    like = series_state(RAIL, points(y2020="1000", y2020Q1="240", y2024Q1="300"), TODAY)
    assert like.latest is not None
    assert (like.latest.period, like.change) == ("2024Q1", Decimal(25))


RISING = facts(comparator="rising", target=None)


@pytest.mark.parametrize(
    ("values", "today", "state"),
    [
        ({"y2023": "8.1", "y2024": "8.6"}, TODAY, SeriesState.ON_THE_WAY),
        ({"y2022": "8.1", "y2023": "8.0", "y2024": "8.6"}, TODAY, SeriesState.BEHIND),
        ({"y2024": "8.6"}, TODAY, SeriesState.NOT_JUDGED),
        ({"y2023": "8.1", "y2024": "8.1"}, TODAY, SeriesState.BEHIND),
        ({"y2024": "8.1", "y2025": "8.6"}, date(2026, 4, 1), SeriesState.MET),
        ({"y2024": "8.1", "y2025": "8.0"}, date(2026, 4, 1), SeriesState.MISSED),
    ],
)
def test_rising_every_year_is_asked_year_by_year(values: dict[str, str], today: date, state: SeriesState) -> None:
    assert series_state(RISING, points(**values), today).state is state


def test_falling_against_a_named_year_is_asked_against_that_year() -> None:
    coal = facts(comparator="falling", target=None, baseline_year=2020, unit="万吨", change=False)
    found = series_state(coal, points(y2020="3000", y2022="3100", y2024="2950"), TODAY)
    assert (found.state, found.change) == (SeriesState.ON_THE_WAY, Decimal("-1.67"))
    assert found.reason.text(EN) == "3000 in 2020, 2950 万吨 in 2024."


def test_a_late_report_is_named_and_never_before_its_time() -> None:
    last_day = date(2025, 12, 31).toordinal() + REPORTING_DAYS
    assert series_state(facts(), points(y2024="70"), date.fromordinal(last_day)).overdue is None
    assert series_state(facts(), points(y2024="70"), date.fromordinal(last_day + 1)).overdue == "2025"
    assert series_state(facts(), points(y2024_06="70"), date(2024, 11, 1)).overdue == "2024-07"
    assert series_state(facts(), (), date(2025, 6, 1), first_year=2024).overdue == "2024"


def test_a_chart_has_the_reported_line_the_way_and_the_target() -> None:
    held = points(y2020="1000", y2020Q1="240", y2023="1070")
    chart = series_chart(RAIL, held, series_state(RAIL, held, TODAY))
    assert [(row.label, row.value) for row in chart.reported] == [("2020", Decimal(1000)), ("2023", Decimal(1070))]
    assert [(row.day, row.value) for row in chart.way] == [
        (date(2020, 12, 31), Decimal(1000)), (date(2025, 12, 31), Decimal(1100)),
    ]  # fmt: skip
    assert (chart.target, chart.unit) == (Decimal(1100), "")


def test_reasons_are_whole_in_both_languages() -> None:
    for one in (facts(), RAIL, RISING, facts(target=None)):
        for held in ((), points(y2024="70"), points(y2020="60", y2023="65", y2024="70")):
            for language in (EN, ZH):
                said = series_state(one, held, TODAY).reason.text(language)
                assert said
                assert "{" not in said
