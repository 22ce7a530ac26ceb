"""Smooth trends."""

import numpy as np
import pytest

from lantian.science.series.table import Table
from lantian.science.variation.curve import smooth_trend
from lantian.terms.errors import CallerError

DAYS = np.arange(np.datetime64("2016-01-01"), np.datetime64("2025-01-01"))
YEARS = (DAYS - DAYS[0]).astype(float) / 365
NOISE = np.random.default_rng(1).normal(size=len(DAYS))
BENT = 60 - 10 / (1 + np.exp(-3 * (YEARS - 5)))


def test_a_bend_is_followed_within_its_band() -> None:
    found = smooth_trend(Table.of(DAYS, pm25=BENT + 3 * NOISE), "pm25", deseason=True)
    truth = np.interp(found.at.astype(float), DAYS.astype("datetime64[s]").astype(float), BENT)
    assert np.abs(found.curve - truth).max() < 2
    assert ((truth > found.low - 0.3) & (truth < found.high + 0.3)).mean() > 0.8


def test_noise_without_a_trend_has_next_to_no_freedom() -> None:
    assert smooth_trend(Table.of(DAYS, pm25=50 + NOISE), "pm25").freedom < 3


def test_a_wider_confidence_gives_a_wider_band() -> None:
    table = Table.of(DAYS, pm25=BENT + 3 * NOISE)
    narrow, wide = (smooth_trend(table, "pm25", confidence=share) for share in (0.9, 0.99))
    assert ((wide.high - wide.low) > (narrow.high - narrow.low)).all()


def test_too_few_months_are_refused() -> None:
    with pytest.raises(CallerError, match="smaller size"):
        smooth_trend(Table.of(DAYS[:150], pm25=NOISE[:150]), "pm25")
