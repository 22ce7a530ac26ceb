"""Charts around the compass: surfaces, rings, roses (风向类图件)."""

from typing import cast

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.drawing import Caption, font
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.science_charts import Colouring, colours, compass, frame, legend_bar, symbols
from lantian.science.directions.annulus import Annulus
from lantian.science.directions.polar import PolarSurface
from lantian.science.directions.roses import PercentileRose, PolarFrequency, Rose
from lantian.terms.types import FloatArray

_HOLE = 0.4
"""Share of a ring's width that its hole takes."""


def polar_chart(
    surface: PolarSurface,
    caption: Caption,
    *,
    unit: str,
    radius: str,
    radius_unit: str = "m/s",
    colouring: Colouring | None = None,
    language: Translation | None = None,
) -> Figure:
    """Draw a surface over direction and radius, with its bounds beside it where it has some (极坐标图).

    Parameters
    ----------
    surface : PolarSurface
        From `polar_surface`, `polar_difference` or `polar_correlation`.
    caption : Caption
        Words around it; what the radius is, and its unit, is added below.
    unit : str
        Of the column; colours of a probability have none.
    radius, radius_unit : str
        What the radius is, in the reader's language, and its unit.
    colouring : Colouring, optional
        One scale for all panels.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    panels: list[tuple[str, FloatArray]] = [("", surface.value)]
    if surface.low is not None and surface.high is not None:
        panels = [
            (speak.gettext(mark("lower bound, 95 %")), surface.low),
            (speak.gettext(mark("best estimate")), surface.value),
            (speak.gettext(mark("upper bound, 95 %")), surface.high),
        ]
    side, height = 4.3, 6.0
    width = 1.7 + side * len(panels)
    figure = frame(width, height, caption, speak)
    scale = (colouring or Colouring()).of(*(values for _, values in panels))
    reach = float(surface.side[-1])
    for place, (title, values) in enumerate(panels):
        box = ((0.35 + place * side) / width, 1.0 / height, 3.6 / width, 3.6 / height)
        flat = figure.add_axes(box)
        flat.set_axis_off()
        flat.imshow(
            scale.to_rgba(np.ma.masked_invalid(values)),
            extent=(-reach, reach, -reach, reach),
            origin="lower",
            interpolation="nearest",
        )
        flat.set_xlim(-reach, reach)
        flat.set_ylim(-reach, reach)
        axes = compass(figure, box, speak, title)
        axes.set_facecolor("none")
        axes.set_ylim(0, reach)
        rings = _rings(reach)
        axes.set_yticks(rings, [f"{surface.centre + ring:g}" for ring in rings], fontproperties=font(8))
    probability = surface.threshold == surface.threshold
    legend_bar(
        figure, (1 - 0.95 / width, 1.4 / height, 0.18 / width, 2.8 / height), scale, "" if probability else unit
    )
    words = _radius_words(speak, radius, radius_unit, surface.centre, surface.centre + reach)
    if probability:
        above = mark("Colours are the share of hours above {threshold} {unit}.")
        words += " " + speak.format(above, threshold=f"{surface.threshold:.3g}", unit=symbols(unit))
    _below(figure, words)
    return figure


def _radius_words(language: Translation, radius: str, unit: str, low: float, high: float) -> str:
    return language.format(
        mark("The radius is {name}, {low} to {high} {unit}."),
        name=symbols(radius),
        low=f"{low:.3g}",
        high=f"{high:.3g}",
        unit=symbols(unit),
    )


def _below(figure: Figure, words: str) -> None:
    width, height = figure.get_size_inches()
    figure.text(0.3 / width, 0.5 / height, words, fontproperties=font(8.5), color=LIGHT.muted, va="center")


def _rings(reach: float) -> list[float]:
    step = 10 ** np.floor(np.log10(reach / 2))
    step *= next(times for times in (1, 2, 5, 10) if reach / (times * step) <= 5)
    return [float(ring) for ring in np.arange(step, reach + step / 100, step)]


def annulus_chart(
    found: Annulus,
    caption: Caption,
    *,
    unit: str,
    colouring: Colouring | None = None,
    language: Translation | None = None,
) -> Figure:
    """Draw a surface over direction and time as a ring, the earliest inside (环形图).

    Parameters
    ----------
    found : Annulus
    caption : Caption
        Words around it; what the radius is stands below.
    unit : str
        Of the surface.
    colouring, language
        As for `polar_chart`.
    """
    speak = language or translation()
    width, height = 6.0, 6.0
    figure = frame(width, height, caption, speak)
    scale = (colouring or Colouring()).of(found.value)
    axes = compass(figure, (0.35 / width, 1.0 / height, 3.6 / width, 3.6 / height), speak)
    first, last = float(found.time[0]), float(found.time[-1])
    hole = _HOLE * (last - first)
    axes.pcolormesh(
        np.radians(found.direction),
        found.time - first + hole,
        np.ma.masked_invalid(found.value),
        cmap=scale.cmap,
        norm=cast("Normalize", scale.norm),
        shading="gouraud",
        rasterized=True,
    )
    axes.set_ylim(0, hole + last - first)
    at = np.linspace(first, last, 5)
    axes.set_yticks(at - first + hole, [f"{one:.0f}" for one in at], fontproperties=font(8))
    legend_bar(figure, (1 - 0.95 / width, 1.4 / height, 0.18 / width, 2.8 / height), scale, unit)
    names = {
        "hour": mark("The radius is the hour of the day, midnight inside."),
        "weekday": mark("The radius is the weekday, Sunday inside."),
        "season": mark("The radius is the week of the year, January inside."),
        "trend": mark("The radius is the year, the earliest inside."),
    }
    words = speak.gettext(names[found.period])
    _below(figure, words)
    return figure


def rose_chart(
    found: Rose, caption: Caption, *, unit: str, length_unit: str = "%", language: Translation | None = None
) -> Figure:
    """Draw petals by direction, classes one upon another (玫瑰图).

    Parameters
    ----------
    found : Rose
    caption : Caption
        Words around it; calms and what the radius is stand below.
    unit : str
        Of the classes.
    length_unit : str
        Of a petal's length.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    width, height = 6.4, 6.0
    figure = frame(width, height, caption, speak)
    axes = compass(figure, (0.35 / width, 1.0 / height, 3.6 / width, 3.6 / height), speak)
    paints = colours("dark_is_much", len(found.labels) + 1)[1:]
    inner = np.zeros(len(found.direction))
    wide = 0.9 * 2 * np.pi / len(found.direction)
    for label, lengths, paint in zip(found.labels, found.length.T, paints, strict=True):
        axes.bar(np.radians(found.direction), lengths, width=wide, bottom=inner, color=paint, label=label)
        inner = inner + lengths
    _ring_labels(axes, length_unit)
    _legend(axes, unit)
    words = speak.format(
        mark(
            "The radius is the length of a petal in {unit}. Calm: {calm} {unit}. {hours} hours, mean {mean} {of}."
        ),
        unit=length_unit,
        calm=f"{found.calm:.1f}",
        hours=found.hours,
        mean=f"{found.mean:.3g}",
        of=symbols(unit),
    )
    _below(figure, words)
    return figure


def percentile_rose_chart(
    found: PercentileRose, caption: Caption, *, unit: str, language: Translation | None = None
) -> Figure:
    """Draw percentiles around the compass as bands, the mean as a line (百分位玫瑰图).

    Parameters
    ----------
    found : PercentileRose
    caption : Caption
        Words around it.
    unit : str
        Of the radius.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    width, height = 6.4, 6.0
    figure = frame(width, height, caption, speak)
    axes = compass(figure, (0.35 / width, 1.0 / height, 3.6 / width, 3.6 / height), speak)
    angle = np.radians(np.append(found.direction, found.direction[0] + 360))
    inner = np.zeros(len(angle))
    paints = colours("dark_is_much", len(found.levels) + 1)[1:]
    low = 0.0
    for level, line, paint in zip(found.levels, found.values, paints, strict=True):
        outer = np.append(line, line[0])
        axes.fill_between(angle, inner, outer, color=paint, linewidth=0, label=f"{low:g}–{level:g} %")
        inner, low = outer, level
    mean = np.append(found.mean, found.mean[0])
    axes.plot(angle, mean, color=LIGHT.ink, linewidth=1.4, label=speak.gettext(mark("mean")))
    axes.set_ylim(0, None)
    _ring_labels(axes, "")
    _legend(axes, speak.gettext(mark("percentile")))
    words = speak.format(mark("The radius is the concentration in {unit}."), unit=symbols(unit))
    _below(figure, words)
    return figure


def frequency_chart(
    found: PolarFrequency,
    caption: Caption,
    *,
    unit: str,
    radius: str,
    radius_unit: str = "m/s",
    colouring: Colouring | None = None,
    language: Translation | None = None,
) -> Figure:
    """Draw classes of direction and speed without smoothing (风频极坐标图).

    Parameters
    ----------
    found : PolarFrequency
    caption, unit, radius, radius_unit, colouring, language
        As for `polar_chart`.
    """
    speak = language or translation()
    width, height = 6.0, 6.0
    figure = frame(width, height, caption, speak)
    scale = (colouring or Colouring()).of(found.value)
    axes = compass(figure, (0.35 / width, 1.0 / height, 3.6 / width, 3.6 / height), speak)
    half = (found.direction[1] - found.direction[0]) / 2
    edges = np.radians(np.append(found.direction - half, found.direction[-1] + half))
    axes.pcolormesh(
        edges,
        np.append(0.0, found.speed),
        np.ma.masked_invalid(found.value.T),
        cmap=scale.cmap,
        norm=cast("Normalize", scale.norm),
        edgecolor=LIGHT.paper,
        linewidth=0.2,
    )
    rings = _rings(float(found.speed[-1]))
    axes.set_yticks(rings, [f"{ring:g}" for ring in rings], fontproperties=font(8))
    legend_bar(figure, (1 - 0.95 / width, 1.4 / height, 0.18 / width, 2.8 / height), scale, unit)
    _below(figure, _radius_words(speak, radius, radius_unit, 0.0, float(found.speed[-1])))
    return figure


def _ring_labels(axes: PolarAxes, unit: str) -> None:
    kept = [float(tick) for tick in axes.get_yticks() if tick > 0]
    axes.set_yticks(kept, [f"{tick:g} {unit}".rstrip() for tick in kept], fontproperties=font(8))


def _legend(axes: PolarAxes, title: str) -> None:
    legend = axes.legend(loc="center left", bbox_to_anchor=(1.12, 0.5), frameon=False, prop=font(9), reverse=True)
    legend.set_title(symbols(title), prop=font(9))
