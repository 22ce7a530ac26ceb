"""What the plan promised for the city's own air, as papers print it."""

from datetime import date

from lantian.loop.evaluate.papers.looking import Target
from lantian.loop.promises import city_targets


def test_without_a_plan_nothing_is_promised(office) -> None:
    assert city_targets(office, date(2025, 3, 1)) == ()


def test_targets_of_the_city_and_of_the_year_are_returned(adopted) -> None:
    assert city_targets(adopted.office, date(2025, 3, 1)) == (Target("pm25", "≤ 35 µg/m³", 2025),)
    assert city_targets(adopted.office, date(2024, 3, 1)) == ()
