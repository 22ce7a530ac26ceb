"""Thresholds of the packaged rule, and hours of stations that follow one course."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from lantian.rules import QualityRule, Rulebook

DAYS = 30


@pytest.fixture(scope="session")
def quality(rulebook: Rulebook) -> QualityRule:
    """The thresholds that are packaged."""
    return rulebook.edition(QualityRule, "quality", date(2026, 1, 1))


@pytest.fixture
def air() -> Callable[..., np.ndarray]:
    """Hours of some stations in one valley, shape (n, days · 24, 6), clean of any fault."""

    def make(stations: int = 6, days: int = DAYS, seed: int = 3) -> np.ndarray:
        rng = np.random.default_rng(seed)
        hour = np.arange(days * 24)
        weather = np.exp(np.convolve(rng.normal(0, 0.25, days * 24 + 23), np.exp(-np.arange(24) / 6), "valid"))
        noon, rush = np.sin((hour % 24 - 9) / 24 * 2 * np.pi), np.cos((hour % 24 - 8) / 12 * 2 * np.pi)
        level = np.array([20, 40, 0.9, 60, 90, 45])
        swing = np.stack([0.2 * rush, 0.35 * rush, 0.25 * rush, 0.7 * noon, 0.3 * rush, 0.3 * rush], axis=1)
        course = level * (1 + swing) * weather[:, None]
        scale = rng.lognormal(0, 0.1, (stations, 1, 6))
        return course * scale * rng.lognormal(0, 0.06, (stations, *course.shape))

    return make


@pytest.fixture
def everyone() -> Callable[[int], np.ndarray]:
    """Neighbours: all others."""
    return lambda stations: np.array([[b for b in range(stations) if b != a] for a in range(stations)])
