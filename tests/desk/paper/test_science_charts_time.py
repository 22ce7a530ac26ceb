"""Charts of the clock, the week and the years."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lantian.desk.language import translation
from lantian.desk.paper.charts import LimitLine
from lantian.desk.paper.drawing import Caption, picture
from lantian.desk.paper.science_charts_time import (
    level_chart,
    shares_chart,
    slope_chart,
    smooth_trend_chart,
    variation_chart,
)
from lantian.science.series.cutting import cut_sectors, cut_times
from lantian.science.series.table import Table
from lantian.science.variation.courses import time_variation
from lantian.science.variation.curve import smooth_trend
from lantian.science.variation.levels import level, shares
from lantian.science.variation.slope import monthly_slope
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2022-01-01T00"), np.datetime64("2025-01-01T00"))
N = len(HOURS)
CHANCE = np.random.default_rng(1)
TABLE = Table.of(
    HOURS,
    no2=40 + 10 * np.sin(np.arange(N) / 24 * 2 * np.pi) - np.arange(N) / 5000,
    o3=np.where(np.arange(N) % 999 == 0, np.nan, CHANCE.gamma(2, 30, N)),
    wind_speed=CHANCE.gamma(2, 1.5, N),
    wind_direction=CHANCE.uniform(0, 360, N),
)
CAPTION = Caption("no2", "2022–2024", "note")
ENGLISH = translation("en")


def words(figure: Figure) -> str:
    figure.canvas.draw()
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    return " ".join([*texts, *titles, *ticks])


def test_panels_of_a_variation_stand_in_the_order_wanted_with_a_band_each() -> None:
    found = time_variation(TABLE, ["no2", "o3"], panels=("month", "hour", "weekday_hour"))
    figure = variation_chart(found, CAPTION, unit="ug/m3", language=ENGLISH)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert titles == ["hour of the week", "month", "hour of the day"]
    assert all(
        len(axes.collections) == len(axes.lines) - 6 * (n == 0) == 2 for n, axes in enumerate(figure.axes[1:])
    )
    assert "NO₂" in words(figure)
    assert "Mon" in words(figure)


def test_a_variation_without_panels_is_refused() -> None:
    with pytest.raises(CallerError, match="needs a panel"):
        variation_chart({}, CAPTION, unit="")


def test_a_slope_is_written_with_its_bounds_and_limits_with_their_label() -> None:
    found = monthly_slope(TABLE, "no2", deseason=True)
    lines = [LimitLine(40, "GB 3095-2026")]
    text = words(slope_chart(found, CAPTION, unit="ug/m3", lines=lines, language=ENGLISH))
    assert f"{found.slope:.2f} [{found.low:.2f}, {found.high:.2f}] µg/m³ a year ***" in text
    assert "GB 3095-2026" in text


def test_months_made_up_stand_hollow() -> None:
    no2 = TABLE["no2"].copy()
    no2[(np.datetime64("2023-03-01") <= HOURS) & (np.datetime64("2023-04-01") > HOURS)] = np.nan
    figure = slope_chart(monthly_slope(TABLE.with_columns({"no2": no2}), "no2", deseason=True), CAPTION, unit="")
    hollow = [line for line in figure.axes[1].lines if line.get_markerfacecolor() == "white"]
    assert [len(np.atleast_1d(line.get_xdata())) for line in hollow] == [1]


def test_smooth_levels_and_shares_are_drawn() -> None:
    figures = [
        smooth_trend_chart(smooth_trend(TABLE, "no2"), CAPTION, unit="ug/m3"),
        level_chart(
            level(TABLE["o3"], cut_times(HOURS, "hour"), cut_times(HOURS, "year_month")), CAPTION, unit="ug/m3"
        ),
        shares_chart(shares(TABLE, "no2", cut_sectors(TABLE["wind_direction"])), CAPTION, unit="ug/m3"),
    ]
    assert all(picture(figure, "png", dpi=40).startswith(b"\x89PNG") for figure in figures)
