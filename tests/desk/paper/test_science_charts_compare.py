"""Charts of models beside measurements."""

import numpy as np
import pytest
from matplotlib.patches import Ellipse

from lantian.desk.language import translation
from lantian.desk.paper.drawing import Caption, picture
from lantian.desk.paper.science_charts_compare import (
    conditional_chart,
    correlation_chart,
    density_chart,
    taylor_chart,
)
from lantian.science.comparison.conditional import conditional_quantiles
from lantian.science.comparison.correlation import correlations
from lantian.science.comparison.model import TaylorPoint, taylor
from lantian.science.series.table import Table
from lantian.science.variation.levels import density
from lantian.terms.errors import CallerError

N = 3000
CHANCE = np.random.default_rng(1)
HOURS = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-01-01T00") + N)
OBSERVED = CHANCE.gamma(2, 20, N)
MODEL = 0.8 * OBSERVED + CHANCE.normal(5, 5, N)
TABLE = Table.of(HOURS, pm25=OBSERVED, pm10=MODEL, o3=-OBSERVED + CHANCE.normal(0, 30, N))
CAPTION = Caption("pm25")
ENGLISH = translation("en")


def test_models_are_named_in_a_taylor_diagram_and_the_radius_is_said() -> None:
    figure = taylor_chart({"CMAQ": taylor(MODEL, OBSERVED)}, CAPTION, unit="ug/m3", language=ENGLISH)
    legend = figure.axes[1].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["observed", "CMAQ"]
    assert any("Radius: standard deviation µg/m³" in text.get_text() for text in figure.texts)
    assert len(picture(figure, "svg")) > 5000


def test_models_that_run_against_the_observations_are_refused() -> None:
    with pytest.raises(CallerError, match="0 to 1"):
        taylor_chart({"bad": TaylorPoint(-0.2, 1, 1)}, CAPTION, unit="")
    with pytest.raises(CallerError, match="0 to 1"):
        taylor_chart({}, CAPTION, unit="")


def test_conditional_quantiles_are_two_bands_a_median_and_the_perfect_line() -> None:
    figure = conditional_chart(conditional_quantiles(MODEL, OBSERVED), CAPTION, unit="ug/m3", language=ENGLISH)
    above = figure.axes[1]
    assert (len(above.collections), len(above.lines)) == (2, 2)
    assert len(picture(figure, "png", dpi=40)) > 2000


def test_ellipses_lean_as_columns_go_together_or_apart() -> None:
    found = correlations(TABLE)
    figure = correlation_chart(found, CAPTION, language=ENGLISH)
    shapes = [patch for patch in figure.axes[1].patches if isinstance(patch, Ellipse)]
    assert len(shapes) == 9
    signs = [float(np.sign(shape.get_angle())) for shape in shapes]
    assert signs == np.sign(found.r).ravel().tolist()


def test_a_cloud_is_drawn_with_its_line() -> None:
    for third in (None, "o3"):
        found = density(TABLE, "pm25", "pm10", third=third)
        figure = density_chart(found, CAPTION, x="pm25 (ug/m3)", y="pm10 (ug/m3)", unit="ug/m3", language=ENGLISH)
        texts = [text.get_text() for text in figure.axes[1].texts]
        assert texts == [f"y = {found.slope:.3g} x + {found.intercept:.3g}, r = {found.correlation:.2f}"]
        assert len(picture(figure, "png", dpi=40)) > 2000
