"""Small laws of the arithmetic behind goals."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from lantian.loop.plan.targets.goal_days import DUST_DEDUCTED, MEASURED, AirDays, Side
from lantian.loop.plan.targets.goal_measures import (
    Setting,
    basis_of,
    largest_judged,
    limit_of,
    measure,
    room,
    unit_of,
)
from lantian.rules import Rulebook
from lantian.terms.pollutants import BASIC, Pollutant

LAW = Rulebook.packaged().rule_set(date(2025, 12, 31))
PM25 = BASIC.index(Pollutant.PM25)


def setting(office, values: list[float]) -> Setting:
    six = np.full((1, len(values), 6), np.nan)
    six[0, :, PM25] = values
    sides = dict.fromkeys((MEASURED, DUST_DEDUCTED), Side(six, np.full((1, len(values)), -1, dtype=np.int16)))
    days = AirDays(date(2025, 1, 1), date(2025, 1, 1), "original", {"140400": 0}, sides)
    return Setting(office, date(2026, 1, 1), days, ())


@pytest.mark.parametrize(
    ("target", "decimals", "largest"), [("40", 0, "39"), ("34.5", 0, "34"), ("1.0", 1, "0.9")]
)
def test_strictly_below_is_one_step_of_the_last_decimal(target: str, decimals: int, largest: str) -> None:
    assert largest_judged(Decimal(target), decimals) == Decimal(largest)


def test_units_and_sides_follow_the_metric() -> None:
    assert (unit_of("co"), unit_of("pm25"), unit_of("good_day_ratio"), unit_of("composite_index")) == (
        "mg/m³", "µg/m³", "%", "",
    )  # fmt: skip
    assert (basis_of("pm25", LAW), basis_of("good_days", LAW), basis_of("so2", LAW)) == (
        DUST_DEDUCTED, MEASURED, MEASURED,
    )  # fmt: skip


def test_limits_are_those_of_the_headline() -> None:
    assert (limit_of(LAW, Pollutant.PM25), limit_of(LAW, Pollutant.O3), limit_of(LAW, Pollutant.CO)) == (
        35,
        160,
        4,
    )


def test_who_keeps_to_the_allowance_makes_the_target(office) -> None:
    """The allowed mean is cut down, never up: the year that uses it is met, one that takes a tenth more is not."""
    so_far = [44.0] * 200
    found = room(
        setting(office, so_far), "pm25", "140400", 2025, date(2025, 7, 19), Decimal(35), LAW, strict=False
    )
    assert found is not None
    assert found.allowed is not None
    rest = 165
    edge = Decimal("35.5") * 365
    assert 44 * 200 + found.allowed * rest <= edge < 44 * 200 + (found.allowed + Decimal("0.1")) * rest
    assert found.rest_bears(float(found.allowed))
    assert not found.rest_bears(float(found.allowed) + 0.1)


def test_a_composite_index_lacks_what_it_lacks(office) -> None:
    found = measure(
        setting(office, [30.0] * 365), "composite_index", "140400", date(2025, 1, 1), date(2025, 12, 31), LAW
    )
    assert found.value is None
    assert Pollutant.PM25 not in found.failing
    assert len(found.failing) == 5
