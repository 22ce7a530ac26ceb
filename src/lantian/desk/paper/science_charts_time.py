"""Charts of the clock, the week and the years (时间变化类图件)."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.charts import LimitLine
from lantian.desk.paper.drawing import Caption, font
from lantian.desk.paper.palette import LIGHT, series_colour
from lantian.desk.paper.science_charts import (
    Colouring,
    colours,
    frame,
    legend_bar,
    limits,
    panel,
    quiet_ticks,
    symbols,
)
from lantian.science.series.table import Times
from lantian.science.variation.courses import Course
from lantian.science.variation.curve import SmoothTrend
from lantian.science.variation.levels import Level, Shares
from lantian.science.variation.slope import DAYS_A_YEAR, Slope
from lantian.terms.errors import CallerError

_WEEK_ZH = "一二三四五六日"
_WEEK_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def variation_chart(
    panels: Mapping[str, Sequence[Course]], caption: Caption, *, unit: str, language: Translation | None = None
) -> Figure:
    """Draw courses with their bands, in the order of the panels; the week's hours take a whole row (时间变化图).

    Parameters
    ----------
    panels : mapping
        From `time_variation`.
    caption : Caption
        Words around it.
    unit : str
        Of the values; empty where they were normalised.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    if not panels:
        raise CallerError("a time variation needs a panel: ask for the hour, the weekday or the month")
    wide = [name for name in panels if name == "weekday_hour"]
    narrow = [name for name in panels if name != "weekday_hour"]
    rows = len(wide) + (1 if narrow else 0)
    width, height = 10.5, 1.6 + 2.5 * rows
    figure = frame(width, height, caption, speak)
    tall = 1.75 / height
    titles = {
        "weekday_hour": mark("hour of the week"),
        "hour": mark("hour of the day"),
        "weekday": mark("weekday"),
        "month": mark("month"),
        "season": mark("season"),
        "week": mark("week of the year"),
        "year": mark("year"),
    }
    for place, name in enumerate([*wide, *narrow]):
        row = 0 if name in wide else len(wide)
        column = 0 if name in wide else narrow.index(name)
        share = 0.88 / (1 if name in wide else len(narrow))
        box = (0.07 + column * share, 1 - (1.25 + 2.5 * row) / height - tall, share - 0.035, tall)
        axes = panel(figure, box, speak.gettext(titles.get(name, name)))
        for position, one in enumerate(panels[name]):
            _band(axes, one, position)
        _classes(axes, name, panels[name][0], speak)
        if place == 0:
            _names(axes, [one.name for one in panels[name]])
        if column == 0:
            axes.text(
                -0.008,
                1.02,
                symbols(unit),
                transform=axes.transAxes,
                fontproperties=font(9),
                color=LIGHT.muted,
                ha="right",
            )
        axes.grid(axis="y", color=LIGHT.line, linewidth=0.6)
        quiet_ticks(axes)
    return figure


def _band(axes: Axes, one: Course, position: int) -> None:
    at = np.arange(len(one.labels))
    paint = series_colour(position)
    axes.fill_between(at, one.low, one.high, color=paint, alpha=0.25, linewidth=0)
    axes.plot(at, one.middle, color=paint, linewidth=1.4)


def _names(axes: Axes, names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        axes.text(
            1.0 - 0.1 * (len(names) - 1 - position),
            1.06,
            symbols(name),
            transform=axes.transAxes,
            ha="right",
            fontproperties=font(9.5),
            color=series_colour(position),
        )


def _classes(axes: Axes, name: str, one: Course, language: Translation) -> None:
    week = list(_WEEK_ZH) if language.is_chinese else list(_WEEK_EN)
    if name == "weekday_hour":
        axes.set_xticks([24 * day + 12 for day in range(7)], week)
        for day in range(1, 7):
            axes.axvline(24 * day - 0.5, color=LIGHT.line, linewidth=0.6)
    elif name == "weekday":
        axes.set_xticks(range(7), week)
    elif name == "hour":
        axes.set_xticks(range(0, 24, 6))
    else:
        step = -(-len(one.labels) // 12)
        axes.set_xticks(range(0, len(one.labels), step), [symbols(label) for label in one.labels[::step]])
    axes.set_xlim(-0.5, len(one.labels) - 0.5)


def slope_chart(
    found: Slope,
    caption: Caption,
    *,
    unit: str,
    lines: Sequence[LimitLine] = (),
    language: Translation | None = None,
) -> Figure:
    """Draw months with the Theil–Sen line and its bounds; months made up stand hollow (趋势图).

    Parameters
    ----------
    found : Slope
    caption : Caption
        Words around it; slope, bounds and probability stand in the picture.
    unit : str
        Of the values.
    lines : sequence of LimitLine
        Drawn across with their labels.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    width, height = 10.5, 4.6
    figure = frame(width, height, caption, speak)
    axes = _over_time(figure, unit)
    at = _dates(found.times)
    axes.plot(at, found.values, color=LIGHT.accent, linewidth=0.8)
    axes.plot(at[~found.made_up], found.values[~found.made_up], "o", color=LIGHT.accent, markersize=3.5)
    axes.plot(
        at[found.made_up],
        found.values[found.made_up],
        "o",
        color=LIGHT.accent,
        markersize=4.5,
        markerfacecolor="white",
    )
    axes.plot(at, found.line(), color=series_colour(1), linewidth=1.6)
    years = (at - np.median(at)) / DAYS_A_YEAR
    for slope in (found.low, found.high):
        bound = np.median(found.line()) + slope * years
        axes.plot(at, bound, color=series_colour(1), linewidth=0.9, linestyle=(0, (5, 3)))
    words = speak.format(
        mark("{slope} [{low}, {high}] {unit} a year {stars}"),
        slope=f"{found.slope:.2f}",
        low=f"{found.low:.2f}",
        high=f"{found.high:.2f}",
        unit=symbols(unit),
        stars=found.stars,
    )
    axes.text(0.99, 0.98, words, transform=axes.transAxes, ha="right", va="top", fontproperties=font(11))
    limits(axes, lines)
    quiet_ticks(axes)
    return figure


def smooth_trend_chart(
    found: SmoothTrend,
    caption: Caption,
    *,
    unit: str,
    lines: Sequence[LimitLine] = (),
    language: Translation | None = None,
) -> Figure:
    """Draw months with a smooth line and its band (平滑趋势图).

    Parameters
    ----------
    found : SmoothTrend
    caption, unit, lines, language
        As for `slope_chart`.
    """
    figure = frame(10.5, 4.6, caption, language or translation())
    axes = _over_time(figure, unit)
    axes.plot(_dates(found.times), found.values, "o", color=LIGHT.accent, markersize=3.5)
    axes.fill_between(_dates(found.at), found.low, found.high, color=series_colour(1), alpha=0.25, linewidth=0)
    axes.plot(_dates(found.at), found.curve, color=series_colour(1), linewidth=1.6)
    limits(axes, lines)
    quiet_ticks(axes)
    return figure


def _over_time(figure: Figure, unit: str) -> Axes:
    axes = panel(figure, (0.06, 0.15, 0.9, 0.6))
    axes.xaxis_date()
    axes.grid(axis="y", color=LIGHT.line, linewidth=0.6)
    axes.text(
        0, 1.02, symbols(unit), transform=axes.transAxes, fontproperties=font(9), color=LIGHT.muted, ha="right"
    )
    return axes


def _dates(times: Times) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(date2num(times.astype("datetime64[ms]")), dtype=np.float64)  # type: ignore[no-untyped-call]


def level_chart(
    found: Level,
    caption: Caption,
    *,
    unit: str,
    colouring: Colouring | None = None,
    language: Translation | None = None,
) -> Figure:
    """Draw means over two classes as coloured fields (二维均值图).

    Parameters
    ----------
    found : Level
    caption : Caption
        Words around it.
    unit : str
        Of the values.
    colouring : Colouring, optional
    language : Translation, optional
        By default Chinese.
    """
    width, height = 9.5, 5.2
    figure = frame(width, height, caption, language or translation())
    scale = (colouring or Colouring()).of(found.mean)
    axes = panel(figure, (0.1, 0.15, 0.75, 0.62))
    axes.pcolormesh(np.ma.masked_invalid(found.mean), cmap=scale.cmap, norm=cast("Normalize", scale.norm))
    for labels, set_ticks in ((found.columns, axes.set_xticks), (found.rows, axes.set_yticks)):
        step = -(-len(labels) // 12)
        set_ticks(np.arange(0, len(labels), step) + 0.5, [symbols(label) for label in labels[::step]])
    legend_bar(figure, (0.89, 0.2, 0.018, 0.5), scale, unit)
    quiet_ticks(axes)
    return figure


def shares_chart(found: Shares, caption: Caption, *, unit: str, language: Translation | None = None) -> Figure:
    """Draw what classes add to each period, one upon another (比例贡献图).

    Parameters
    ----------
    found : Shares
    caption : Caption
        Words around it.
    unit : str
        Of the values.
    language : Translation, optional
        By default Chinese.
    """
    figure = frame(10.5, 4.8, caption, language or translation())
    axes = _over_time(figure, unit)
    axes.set_position((0.06, 0.15, 0.76, 0.6))
    at = _dates(found.times)
    wide = np.append(np.diff(at), np.median(np.diff(at)) if len(at) > 1 else 1.0)
    low = np.zeros(len(at))
    for label, part, paint in zip(found.labels, found.part.T, colours("series", len(found.labels)), strict=True):
        axes.bar(at, np.nan_to_num(part), width=wide, bottom=low, align="edge", color=paint, label=symbols(label))
        low = low + np.nan_to_num(part)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, prop=font(9), reverse=True)
    quiet_ticks(axes)
    return figure
