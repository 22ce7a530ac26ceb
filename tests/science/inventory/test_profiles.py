from datetime import date, timedelta

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.inventory.profiles import hourly, hourly_shares, monthly_shares
from lantian.science.inventory.rules import inventory_rules

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))


@pytest.mark.parametrize("sector", sorted(RULES.profiles))
@pytest.mark.parametrize("year", [2024, 2025])
def test_hours_of_a_year_add_up_to_the_year(sector, year):
    shares = hourly_shares(RULES.profiles[sector], year)
    assert len(shares) == (8784 if year == 2024 else 8760)
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert (shares >= 0).all()
    assert hourly(12.5, RULES.profiles[sector], year).sum() == pytest.approx(12_500.0, rel=1e-12)
    assert monthly_shares(RULES.profiles[sector], year).sum() == pytest.approx(1.0, abs=1e-12)


def test_rates_of_month_weekday_and_hour_multiply():
    profile = RULES.profiles["heating"].model_copy(
        update={"months": (2, *[1] * 11), "weekdays": (1, 1, 1, 1, 1, 1, 3), "hours": (4, *[1] * 23)}
    )
    shares = hourly_shares(profile, 2025)
    monday = (date(2025, 2, 3) - date(2025, 1, 1)).days * 24
    sunday = (date(2025, 2, 2) - date(2025, 1, 1)).days * 24
    january_monday = (date(2025, 1, 6) - date(2025, 1, 1)).days * 24
    plain = shares[monday + 5]
    assert shares[monday] == pytest.approx(4 * plain)
    assert shares[sunday + 5] == pytest.approx(3 * plain)
    assert shares[january_monday + 5] == pytest.approx(2 * plain)
    assert date(2025, 2, 3).weekday() == 0


def test_months_are_the_sums_of_their_hours():
    profile = RULES.profiles["residential"]
    shares = hourly_shares(profile, 2024)
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    february = np.repeat([day.month == 2 for day in days], 24)
    assert monthly_shares(profile, 2024)[1] == pytest.approx(shares[february].sum(), rel=1e-12)
