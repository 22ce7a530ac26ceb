"""Charts that set series and models beside what was measured (对比评估类图件)."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.projections.polar import PolarAxes

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.drawing import Caption, font
from lantian.desk.paper.palette import LIGHT, MARKERS, series_colour
from lantian.desk.paper.science_charts import Colouring, frame, legend_bar, panel, quiet_ticks, scale, symbols
from lantian.science.comparison.conditional import ConditionalQuantiles
from lantian.science.comparison.correlation import Correlations
from lantian.science.comparison.model import TaylorPoint
from lantian.science.variation.levels import Density
from lantian.terms.errors import CallerError


def taylor_chart(
    points: Mapping[str, TaylorPoint], caption: Caption, *, unit: str, language: Translation | None = None
) -> Figure:
    """Draw models by correlation and standard deviation, with circles of centred error (泰勒图).

    Parameters
    ----------
    points : mapping
        Name of each model and its point; all have the same observations.
    caption : Caption
        Words around it.
    unit : str
        Of the standard deviations; empty where they were normalised.
    language : Translation, optional
        By default Chinese.

    Raises
    ------
    CallerError
        There is no model, or one has a negative correlation.
    """
    speak = language or translation()
    if not points or any(not point.r >= 0 for point in points.values()):
        raise CallerError("a Taylor diagram shows correlations of 0 to 1: give models that have one")
    width, height = 7.4, 6.2
    figure = frame(width, height, caption, speak)
    axes = figure.add_axes((0.09, 0.17, 0.6, 0.66), projection="polar")
    if not isinstance(axes, PolarAxes):
        raise TypeError(axes)
    observed = next(iter(points.values())).observed
    reach = 1.15 * max(observed, *(point.predicted for point in points.values()))
    axes.set_thetamin(0)
    axes.set_thetamax(90)
    axes.set_ylim(0, reach)
    marks = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1])
    axes.set_xticks(np.arccos(marks), [f"{one:g}" for one in marks], fontproperties=font(8.5))
    axes.grid(color=LIGHT.line, linewidth=0.6)
    around, out = np.meshgrid(np.linspace(0, np.pi / 2, 91), np.linspace(0, reach, 60))
    error = np.sqrt(np.maximum(observed**2 + out**2 - 2 * observed * out * np.cos(around), 0))
    lines = axes.contour(around, out, error, 5, colors=LIGHT.warning, linewidths=0.7, linestyles="dashed")
    axes.clabel(lines, fontsize=7)
    axes.plot(np.linspace(0, np.pi / 2, 91), np.full(91, observed), color=LIGHT.ink, linewidth=0.8)
    axes.plot(0, observed, "o", color=LIGHT.ink, clip_on=False, label=speak.gettext(mark("observed")))
    for position, (name, point) in enumerate(points.items()):
        axes.plot(
            np.arccos(min(point.r, 1.0)),
            point.predicted,
            MARKERS[position % len(MARKERS)],
            color=series_colour(position),
            label=symbols(name),
        )
    axes.legend(loc="upper left", bbox_to_anchor=(1.05, 1.0), frameon=False, prop=font(9))
    words = speak.format(
        mark("Radius: standard deviation {unit}. Angle: correlation. Dashed: centred error."), unit=symbols(unit)
    )
    figure.text(0.3 / width, 0.5 / height, words, fontproperties=font(8.5), color=LIGHT.muted)
    return figure


def conditional_chart(
    found: ConditionalQuantiles, caption: Caption, *, unit: str, language: Translation | None = None
) -> Figure:
    """Draw quantiles of observations over predictions; a perfect model lies on the line (条件分位数图).

    Parameters
    ----------
    found : ConditionalQuantiles
    caption : Caption
        Words around it.
    unit : str
        Of both axes.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    figure = frame(7.4, 6.2, caption, speak)
    axes = panel(figure, (0.1, 0.34, 0.82, 0.46))
    at, paint = found.middle, series_colour(0)
    axes.fill_between(at, found.low_10, found.high_90, color=paint, alpha=0.18, linewidth=0, label="10–90 %")
    axes.fill_between(at, found.low_25, found.high_75, color=paint, alpha=0.3, linewidth=0, label="25–75 %")
    axes.plot(at, found.median, color=paint, linewidth=1.8, label=speak.gettext(mark("median observed")))
    ends = [float(at[0]), float(at[-1])]
    axes.plot(ends, ends, color=LIGHT.ink, linewidth=1, label=speak.gettext(mark("perfect model")))
    axes.set_ylabel(speak.gettext(mark("observed")) + f" ({symbols(unit)})", fontproperties=font(9))
    axes.legend(frameon=False, prop=font(8.5), loc="upper left")
    below = panel(figure, (0.1, 0.13, 0.82, 0.15))
    below.sharex(axes)
    below.bar(at, found.predicted, width=found.width, color=LIGHT.line, label=speak.gettext(mark("predicted")))
    below.step(at, found.observed, where="mid", color=LIGHT.ink, linewidth=0.8)
    below.set_ylabel(speak.gettext(mark("hours")), fontproperties=font(9))
    below.set_xlabel(speak.gettext(mark("predicted")) + f" ({symbols(unit)})", fontproperties=font(9))
    for one in (axes, below):
        quiet_ticks(one)
    return figure


def correlation_chart(found: Correlations, caption: Caption, *, language: Translation | None = None) -> Figure:
    """Draw correlations as leaning ellipses with the number in percent, the like beside the like (相关矩阵图).

    Parameters
    ----------
    found : Correlations
    caption : Caption
        Words around it.
    language : Translation, optional
        By default Chinese.
    """
    n = len(found.names)
    side = max(0.55 * n, 3.5)
    width, height = side + 2.2, side + 2.3
    figure = frame(width, height, caption, language or translation())
    axes = panel(figure, (1.1 / width, 1.1 / height, side / width, side / height))
    paint = scale("diverging")
    for row in range(n):
        for column in range(n):
            r = float(found.r[row, column])
            if r != r:
                continue
            shape = Ellipse(
                (column, row),
                0.94 * np.sqrt((1 + abs(r)) / 2),
                0.94 * np.sqrt(max((1 - abs(r)) / 2, 0.004)),
                angle=45 if r >= 0 else -45,
                facecolor=paint((r + 1) / 2),
                edgecolor="none",
            )
            axes.add_patch(shape)
            if row == column:
                continue
            axes.text(column, row, f"{100 * r:.0f}", ha="center", va="center", fontproperties=font(8))
    names = [symbols(name) for name in found.names]
    axes.set_xlim(-0.6, n - 0.4)
    axes.set_ylim(-0.6, n - 0.4)
    axes.set_xticks(range(n), names, rotation=90)
    axes.set_yticks(range(n), names)
    axes.spines["bottom"].set_visible(False)
    quiet_ticks(axes)
    return figure


def density_chart(
    found: Density,
    caption: Caption,
    *,
    x: str,
    y: str,
    unit: str = "",
    language: Translation | None = None,
) -> Figure:
    """Draw where two columns lie together, with the straight line through them (散点密度图).

    Parameters
    ----------
    found : Density
    caption : Caption
        Words around it.
    x, y : str
        Names of the axes with their units.
    unit : str
        Of the third column, where there is one; else the colours count hours.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    figure = frame(7.0, 6.0, caption, speak)
    axes = panel(figure, (0.11, 0.14, 0.7, 0.66))
    values = found.mean if found.mean is not None else np.where(found.count > 0, found.count, np.nan).astype(float)
    colouring = Colouring().of(values)
    if found.mean is None:
        colouring.set_norm(LogNorm(1, max(2, int(found.count.max()))))
    axes.pcolormesh(
        found.x, found.y, np.ma.masked_invalid(values), cmap=colouring.cmap, norm=cast("Normalize", colouring.norm)
    )
    ends = found.x[[0, -1]]
    axes.plot(ends, found.intercept + found.slope * ends, color=series_colour(1), linewidth=1.4)
    axes.set_ylim(found.y[0], found.y[-1])
    words = f"y = {found.slope:.3g} x + {found.intercept:.3g}, r = {found.correlation:.2f}"
    axes.text(0.02, 0.98, words, transform=axes.transAxes, va="top", fontproperties=font(10))
    axes.set_xlabel(symbols(x), fontproperties=font(9.5))
    axes.set_ylabel(symbols(y), fontproperties=font(9.5))
    legend_bar(
        figure,
        (0.85, 0.2, 0.025, 0.5),
        colouring,
        unit if found.mean is not None else speak.gettext(mark("hours")),
    )
    quiet_ticks(axes)
    return figure
