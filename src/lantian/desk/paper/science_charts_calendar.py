"""A calendar of concentrations with the wind of each day (浓度日历图)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lantian.desk.language import Translation, translation
from lantian.desk.paper.drawing import Caption, font
from lantian.desk.paper.palette import LIGHT, ink_on
from lantian.desk.paper.science_charts import Colouring, frame, legend_bar
from lantian.science.variation.levels import Day
from lantian.terms.errors import CallerError


def calendar_chart(
    days: Sequence[Day],
    caption: Caption,
    *,
    unit: str,
    colouring: Colouring | None = None,
    language: Translation | None = None,
) -> Figure:
    """Draw months of days coloured by their mean, with arrows where the wind blows to (浓度日历图).

    The calendar of the AQI in its legal colours is `calendar_heat_map`.

    Parameters
    ----------
    days : sequence of Day
        From `lantian.science.variation.levels.calendar`; two years at most.
    caption : Caption
        Words around it.
    unit : str
        Of the values.
    colouring : Colouring, optional
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    months = sorted({one.day.astype("datetime64[M]") for one in days})
    if not months or len(months) > 24:
        raise CallerError("a calendar of {n} months cannot be drawn: give 1 to 24 months", n=len(months))
    columns = min(4, len(months))
    rows = -(-len(months) // columns)
    width, height = 1.5 + 2.4 * columns, 1.4 + 2.25 * rows
    figure = frame(max(width, 7.0), height, caption, speak)
    width = max(width, 7.0)
    scale = (colouring or Colouring()).of(np.array([one.value for one in days]))
    for place, month in enumerate(months):
        left, top = 0.35 + 2.4 * (place % columns), height - 0.95 - 2.25 * (place // columns)
        axes = figure.add_axes((left / width, (top - 2.05) / height, 2.2 / width, 2.0 / height))
        axes.set_axis_off()
        axes.set_xlim(0, 7)
        axes.set_ylim(6.9, -1)
        year, number = divmod(int(month.astype(np.int64)), 12)
        words = f"{year + 1970}年{number + 1}月" if speak.is_chinese else f"{year + 1970}-{number + 1:02d}"
        axes.text(0, -0.35, words, fontproperties=font(9.5), color=LIGHT.ink)
        first = int((month.astype("datetime64[D]").astype(np.int64) + 3) % 7)
        for one in days:
            if one.day.astype("datetime64[M]") == month:
                _field(axes, one, first, scale.to_rgba(np.array([one.value]))[0])
    legend_bar(figure, (1 - 0.8 / width, 0.3, 0.16 / width, 0.4), scale, unit)
    return figure


def _field(axes: Axes, one: Day, first: int, paint: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> None:
    number = int((one.day - one.day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64))
    row, column = divmod(first + number, 7)
    known = one.value == one.value
    colour = "#" + "".join(f"{round(255 * part):02X}" for part in paint[:3]) if known else LIGHT.missing
    axes.add_patch(Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor=colour, edgecolor="none"))
    ink = ink_on(colour)
    axes.text(column + 0.08, row + 0.32, str(number + 1), fontproperties=font(5), color=ink)
    if one.wind_speed == one.wind_speed and one.wind_direction == one.wind_direction:
        angle = np.radians(one.wind_direction)
        length = 0.12 + 0.22 * min(one.wind_speed / 5, 1.0)
        east, south = -np.sin(angle) * length, np.cos(angle) * length
        axes.annotate(
            "",
            xy=(column + 0.5 + east, row + 0.55 + south),
            xytext=(column + 0.5 - east, row + 0.55 - south),
            arrowprops={"arrowstyle": "-|>", "color": ink, "linewidth": 0.5, "mutation_scale": 4},
        )
    elif known:
        axes.text(column + 0.5, row + 0.7, f"{one.value:.0f}", fontproperties=font(6.5), color=ink, ha="center")
