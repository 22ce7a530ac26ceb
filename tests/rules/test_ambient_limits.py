"""The limit tables against a second copy, typed from the tables of the standards row by row."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import AmbientLimits, Choice, Rulebook

# pollutant, statistic: grade I / II in the transitional phase, then in the final one
GB_2026 = """
so2  annual_mean   20   60   20   20
so2  daily_mean    50  150   50   50
so2  hourly_mean  150  500  150  150
no2  annual_mean   40   40   30   30
no2  daily_mean    80   80   50   50
no2  hourly_mean  200  200  200  200
co   daily_mean     4    4    4    4
co   hourly_mean   10   10   10   10
o3   mda8         100  160  100  160
o3   hourly_mean  160  200  160  200
pm10 annual_mean   40   60   20   50
pm10 daily_mean    50  120   50  100
pm25 annual_mean   15   30   10   25
pm25 daily_mean    35   60   25   50
tsp  annual_mean   80  200   80  200
tsp  daily_mean   120  300  120  300
nox  annual_mean   50   50   40   40
nox  daily_mean   100  100   70   70
nox  hourly_mean  250  250  250  250
pb   annual_mean  0.5  0.5  0.5  0.5
pb   seasonal_mean  1    1    1    1
bap  annual_mean  0.001 0.001 0.001 0.001
bap  daily_mean   0.0025 0.0025 0.0025 0.0025
"""

# pollutant: annual I II, daily I II, hourly I II, daily maximum 8 h I II; - is a dash of the table
GB_2012 = """
so2   20     60     50     150     150  500   -    -
no2   40     40     80     80      200  200   -    -
co    -      -      4      4       10   10    -    -
o3    -      -      -      -       160  200   100  160
pm10  40     70     50     150     -    -     -    -
pm25  15     35     35     75      -    -     -    -
tsp   80     200    120    300     -    -     -    -
nox   50     50     100    100     250  250   -    -
pb    0.5    0.5    -      -       -    -     -    -
bap   0.001  0.001  0.0025 0.0025  -    -     -    -
"""

ANNEX_A = """
cd        annual_mean  0.005
hg        annual_mean  0.05
as        annual_mean  0.006
cr6       annual_mean  0.000025
fluoride  daily_mean   7
fluoride  hourly_mean  20
"""

# interim targets 1 to 4, guideline level
WHO = """
pm25 annual_mean       35  25  15   10  5
pm25 daily_mean        75  50  37.5 25  15
pm10 annual_mean       70  50  30   20  15
pm10 daily_mean        150 100 75   50  45
o3   peak_season_mean  100 70  -    -   60
o3   mda8              160 120 -    -   100
no2  annual_mean       40  30  20   -   10
no2  daily_mean        120 50  -    -   25
so2  daily_mean        125 50  -    -   40
co   daily_mean        7   -   -    -   4
"""


def cells(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def number(cell: str) -> Decimal | None:
    return None if cell == "-" else Decimal(cell)


def binding(rule: AmbientLimits) -> int:
    return sum(not row.informative for row in rule.limits)


@pytest.mark.parametrize(("day", "column"), [(date(2026, 3, 1), 2), (date(2031, 1, 1), 4)])
def test_limits_of_2026_equal_a_second_copy(rulebook: Rulebook, day: date, column: int) -> None:
    rule = rulebook.limits(day)
    for row in cells(GB_2026):
        assert rule.limit(row[0], row[1], area_class=1) == Decimal(row[column]), row
        assert rule.limit(row[0], row[1], area_class=2) == Decimal(row[column + 1]), row
    assert binding(rule) == len(cells(GB_2026))


@pytest.mark.parametrize("day", [date(2013, 1, 1), date(2018, 8, 31), date(2018, 9, 1), date(2026, 2, 28)])
def test_limits_of_2012_equal_a_second_copy(rulebook: Rulebook, day: date) -> None:
    rule = rulebook.limits(day)
    counted = 0
    for pollutant, *row in cells(GB_2012):
        for at, statistic in enumerate(("annual_mean", "daily_mean", "hourly_mean", "mda8")):
            for area_class in (1, 2):
                expected = number(row[2 * at + area_class - 1])
                assert rule.limit(pollutant, statistic, area_class) == expected, (pollutant, statistic)
                counted += expected is not None
    assert rule.limit("pb", "seasonal_mean") == rule.limit("pb", "seasonal_mean", 1) == 1
    assert 2 * binding(rule) == counted + 2


def test_annex_a_is_informative_in_every_edition(rulebook: Rulebook) -> None:
    for rule in rulebook.editions("ambient_limits"):
        assert isinstance(rule, AmbientLimits)
        if rule.jurisdiction != "CN":
            continue
        informative = {(row.pollutant, row.statistic): row.grade_2 for row in rule.limits if row.informative}
        expected = {(pollutant, statistic): Decimal(value) for pollutant, statistic, value in cells(ANNEX_A)}
        assert informative == expected, rule.id


def test_guidelines_of_the_who_equal_a_second_copy(rulebook: Rulebook) -> None:
    rule = rulebook.limits(date(2024, 1, 1), Choice(jurisdictions=("WHO",)))
    for pollutant, statistic, *row in cells(WHO):
        for level, cell in zip(("it1", "it2", "it3", "it4", "aqg"), row, strict=True):
            assert rule.guideline(pollutant, statistic, level) == number(cell), (pollutant, statistic, level)
    assert len(rule.limits) == len(cells(WHO))
    assert rule.guideline("pb", "annual_mean", "aqg") is None


def test_only_carbon_monoxide_is_in_milligrams(rulebook: Rulebook) -> None:
    for rule in rulebook.editions("ambient_limits"):
        assert isinstance(rule, AmbientLimits)
        for row in rule.limits:
            assert (row.unit == "mg/m³") == (row.pollutant == "co"), (rule.id, row)


def test_from_2012_to_the_transitional_phase_only_particles_of_grade_2_moved(rulebook: Rulebook) -> None:
    old, new = rulebook.limits(date(2026, 2, 28)), rulebook.limits(date(2026, 3, 1))
    moved = {
        (before.pollutant, str(before.statistic), before.grade_2, after.grade_2)
        for before, after in zip(old.limits, new.limits, strict=True)
        if before != after
    }
    assert moved == {
        ("pm10", "annual_mean", Decimal(70), Decimal(60)),
        ("pm10", "daily_mean", Decimal(150), Decimal(120)),
        ("pm25", "annual_mean", Decimal(35), Decimal(30)),
        ("pm25", "daily_mean", Decimal(75), Decimal(60)),
    }


def test_numbers_reach_the_rule_exactly(rulebook: Rulebook) -> None:
    assert str(rulebook.limits(date(2026, 3, 1)).limit("bap", "daily_mean")) == "0.0025"
    assert rulebook.limits(date(2026, 3, 1)).limit("pm10", "mda8") is None
