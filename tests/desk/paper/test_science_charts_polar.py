"""Charts around the compass."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from lantian.desk.language import translation
from lantian.desk.paper.drawing import Caption, picture
from lantian.desk.paper.science_charts import Colouring
from lantian.desk.paper.science_charts_polar import (
    annulus_chart,
    frequency_chart,
    percentile_rose_chart,
    polar_chart,
    rose_chart,
)
from lantian.science.directions.annulus import PERIODS, annulus
from lantian.science.directions.classes import Of
from lantian.science.directions.polar import polar_surface
from lantian.science.directions.roses import percentile_rose, polar_frequency, rose
from lantian.science.series.table import Table

N = 9000
CHANCE = np.random.default_rng(1)
HOURS = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-01-01T00") + N)
TABLE = Table.of(
    HOURS,
    so2=CHANCE.gamma(2, 10, N),
    wind_speed=CHANCE.gamma(2, 1.5, N),
    wind_direction=CHANCE.integers(1, 37, N) * 10.0,
)
CAPTION = Caption("so2 at a station", "2024", "simulated", simulated=True)
ENGLISH = translation("en")


def words(figure: Figure) -> str:
    """Everything that a reader can read."""
    figure.canvas.draw()
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    texts += [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    return " ".join([*texts, *(text.get_text() for text in figure.texts)])


def compasses(figure: Figure) -> list[PolarAxes]:
    return [axes for axes in figure.axes if isinstance(axes, PolarAxes)]


def test_a_polar_chart_says_what_its_radius_is_and_in_which_unit() -> None:
    figure = polar_chart(polar_surface(TABLE, "so2"), CAPTION, unit="ug/m3", radius="wind speed", language=ENGLISH)
    assert "The radius is wind speed, 0" in words(figure)
    assert "m/s." in words(figure)
    assert "SIMULATED" in words(figure)
    assert "SO₂ at a station" in words(figure)


def test_north_is_on_top_and_east_on_the_right() -> None:
    [axes] = compasses(polar_chart(polar_surface(TABLE, "so2"), CAPTION, unit="ug/m3", radius="wind speed"))
    assert axes.get_theta_offset() == pytest.approx(np.pi / 2)
    assert axes.get_theta_direction() == -1


def test_bounds_make_three_panels_of_one_scale() -> None:
    surface = polar_surface(TABLE, "so2", uncertainty=True)
    figure = polar_chart(surface, CAPTION, unit="ug/m3", radius="wind speed", language=ENGLISH)
    titles = [axes.get_title() for axes in compasses(figure)]
    assert titles == ["lower bound, 95 %", "best estimate", "upper bound, 95 %"]


def test_a_probability_names_its_threshold_in_words() -> None:
    surface = polar_surface(TABLE, "so2", Of.PROBABILITY, percentile=90)
    figure = polar_chart(surface, CAPTION, unit="ug/m3", radius="wind speed", language=ENGLISH)
    assert "share of hours above" in words(figure)
    assert "µg/m³" in words(figure)


@pytest.mark.parametrize("period", PERIODS)
def test_every_ring_says_what_its_radius_is(period: str) -> None:
    figure = annulus_chart(annulus(TABLE, "so2", period), CAPTION, unit="ug/m3", language=ENGLISH)
    assert "The radius is the" in words(figure)
    assert len(picture(figure, "png", dpi=40)) > 2000


def test_a_rose_tells_calms_hours_and_mean() -> None:
    figure = rose_chart(rose(TABLE, "so2", bounds=(0, 10, 20)), CAPTION, unit="ug/m3", language=ENGLISH)
    assert "Calm: 0.0 %. 9000 hours, mean" in words(figure)
    [axes] = compasses(figure)
    assert len(axes.patches) == 12 * 3


def test_percentiles_are_bands_and_the_mean_a_line() -> None:
    figure = percentile_rose_chart(percentile_rose(TABLE, "so2"), CAPTION, unit="ug/m3", language=ENGLISH)
    [axes] = compasses(figure)
    assert len(axes.collections) == 5
    assert len(axes.lines) == 1
    assert "The radius is the concentration in µg/m³." in words(figure)


def test_frequencies_are_fields() -> None:
    found = polar_frequency(TABLE, "so2", Of.MEAN)
    colouring = Colouring("heat", bounds=(0, 10, 20, 40))
    figure = frequency_chart(
        found, CAPTION, unit="ug/m3", radius="wind speed", colouring=colouring, language=ENGLISH
    )
    assert "The radius is wind speed, 0 to" in words(figure)


def test_the_same_figure_gives_the_same_bytes() -> None:
    surface = polar_surface(TABLE, "so2")
    one, two = (picture(polar_chart(surface, CAPTION, unit="ug/m3", radius="风速"), "svg") for _ in range(2))
    assert one == two
    assert one.startswith(b"<?xml")
