"""Calendars of concentrations."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lantian.desk.language import translation
from lantian.desk.paper.drawing import Caption
from lantian.desk.paper.science_charts_calendar import calendar_chart
from lantian.science.series.table import Table
from lantian.science.variation.levels import calendar
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2022-01-01T00"), np.datetime64("2025-01-01T00"))
CHANCE = np.random.default_rng(1)
TABLE = Table.of(
    HOURS,
    no2=CHANCE.gamma(2, 20, len(HOURS)),
    wind_speed=CHANCE.gamma(2, 1.5, len(HOURS)),
    wind_direction=CHANCE.uniform(0, 360, len(HOURS)),
)
CAPTION = Caption("no2")
ENGLISH = translation("en")


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_a_calendar_has_a_field_a_day_and_begins_weeks_on_mondays() -> None:
    days = calendar(TABLE, "no2")[:59]
    figure = calendar_chart(days, CAPTION, unit="ug/m3", language=ENGLISH)
    months = [axes for axes in figure.axes if axes.patches and axes.get_xlim() == (0, 7)]
    assert [len(axes.patches) for axes in months] == [31, 28]
    assert "2022-01" in words(figure)
    first = months[0].patches[0]
    assert (first.get_x(), first.get_y()) == pytest.approx((5.03, 0.03))  # type: ignore[attr-defined]


def test_a_calendar_of_many_years_is_refused() -> None:
    with pytest.raises(CallerError, match="1 to 24 months"):
        calendar_chart(calendar(TABLE, "no2"), CAPTION, unit="")


def test_days_without_wind_show_their_number_and_days_without_value_are_grey() -> None:
    no2 = np.where(np.datetime64("2022-01-02") > HOURS, np.nan, 31.0)
    figure = calendar_chart(calendar(Table.of(HOURS, no2=no2), "no2")[:31], CAPTION, unit="", language=ENGLISH)
    assert words(figure).split().count("31") == 31  # thirty values and the last day's number
