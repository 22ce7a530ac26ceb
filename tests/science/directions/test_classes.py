"""Figures of classes of hours."""

import numpy as np
import pytest

from lantian.science.directions.classes import Of, classes, sectors

CHANCE = np.random.default_rng(1)
CELL = CHANCE.integers(0, 9, 500)
VALUES = CHANCE.gamma(2, 10, 500)


@pytest.mark.parametrize(
    ("of", "figure"),
    [
        (Of.MEAN, np.mean),
        (Of.MEDIAN, np.median),
        (Of.MAXIMUM, np.max),
        (Of.FREQUENCY, len),
        (Of.DEVIATION, lambda part: part.std(ddof=1)),
        (Of.WEIGHTED_MEAN, lambda part: part.sum() / 500),
        (Of.PROBABILITY, lambda part: (part > 25).mean()),
        (Of.PERCENTILE, lambda part: np.quantile(part, 0.9)),
    ],
)
def test_figures_are_those_of_numpy(of: Of, figure: object) -> None:
    held, found, count = classes(CELL, VALUES, of, 90.0, 25.0)
    assert held.tolist() == list(range(9))
    for place, value in zip(held, found, strict=True):
        assert value == pytest.approx(figure(VALUES[place == CELL]))  # type: ignore[operator]
    assert count.sum() == 500


def test_weighted_means_add_up_to_the_mean() -> None:
    assert classes(CELL, VALUES, Of.WEIGHTED_MEAN, 50.0)[1].sum() == pytest.approx(VALUES.mean())


def test_north_is_one_class_on_both_sides() -> None:
    assert set(sectors(np.array([0.0, 2.0, 4.9, 356.0, 360.0]), 10.0).tolist()) == {36}
