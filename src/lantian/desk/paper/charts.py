"""Time series and ranking bars: from zero, labelled directly, limits with their edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from lantian.desk.language import Translation, translation
from lantian.desk.paper.drawing import Caption, blank, canvas, font, inches, pill
from lantian.desk.paper.palette import LIGHT, MARKERS, series_colour


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a time chart; missing values are None and break the line."""

    name: str
    times: Sequence[date | datetime]
    """Dates or aware instants in order."""
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit drawn across a chart, with its edition."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One place in a ranking."""

    name: str
    value: float | None
    """None: not ranked; shown last with `note`."""
    rank: int | None
    note: str = ""
    """Small grey words behind the number, for instance the change on last year."""
    accent: bool = False


def time_series(
    lines: Sequence[Line],
    caption: Caption,
    *,
    unit: str,
    limits: Sequence[LimitLine] = (),
    language: Translation | None = None,
) -> Figure:
    """Draw lines over time from zero, labelled at their ends, with limits across.

    Parameters
    ----------
    lines : sequence of Line
        At least one; missing values break the line.
    caption : Caption
        Words around it.
    unit : str
        Unit of the one axis.
    limits : sequence of LimitLine
        Each drawn with its label, which names its edition.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    figure, axes = _chart(10.5, 4.6, caption, speak, (0.06, 0.15, 0.79, 0.6))
    heights: list[float] = [limit.value for limit in limits]
    for position, line in enumerate(lines):
        values = [float("nan") if value is None else float(value) for value in line.values]
        heights += [value for value in values if value == value]
        many = len(values) > 80
        axes.plot(
            list(line.times),  # type: ignore[arg-type]
            values,
            color=series_colour(position),
            linewidth=1.5,
            marker=None if many else MARKERS[position % len(MARKERS)],
            markersize=3.5,
        )
    high = max(heights, default=1.0) * 1.08 or 1.0
    low = min(0.0, *heights) if heights else 0.0
    axes.set_ylim(low, high)
    _label_ends(axes, lines, low, high)
    for limit in limits:
        axes.axhline(limit.value, color=LIGHT.ink, linewidth=0.9, linestyle=(0, (5, 3)))
        axes.text(
            0.006, limit.value, limit.label, transform=axes.get_yaxis_transform(), fontproperties=font(8.5),
            color=LIGHT.ink, va="bottom", ha="left",
        )  # fmt: skip
    axes.text(
        0,
        1.02,
        unit,
        transform=axes.transAxes,
        fontproperties=font(9),
        color=LIGHT.muted,
        va="bottom",
        ha="right",
    )
    _time_axis(axes, next((line.times[0] for line in lines if len(line.times)), None), speak)
    axes.grid(axis="y", color=LIGHT.line, linewidth=0.6)
    _ticks(axes)
    return figure


def _time_axis(axes: Axes, first: date | datetime | None, language: Translation) -> None:
    """Label dates in the reader's language and instants in their own zone."""
    if first is None:
        return
    zone = first.tzinfo if isinstance(first, datetime) else None
    locator = AutoDateLocator(tz=zone, minticks=4, maxticks=10)  # type: ignore[no-untyped-call]
    words: dict[str, list[str]] = {}
    if language.is_chinese:
        words["formats"] = ["%Y年", "%m月", "%m月%d日", "%H:%M", "%H:%M", "%S"]
        words["zero_formats"] = ["", "%Y年", "%m月", "%m月%d日", "%H:%M", "%H:%M"]
    formatter = ConciseDateFormatter(locator, tz=zone, show_offset=False, **words)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)


def _label_ends(axes: Axes, lines: Sequence[Line], low: float, high: float) -> None:
    """Write names behind the last values, moved apart where they would cover each other."""
    ends: list[tuple[float, int]] = []
    for position, line in enumerate(lines):
        present = [value for value in line.values if value is not None]
        ends.append((float(present[-1]) if present else low, position))
    step = (high - low) * 0.065
    at = low - step
    for value, position in sorted(ends):
        at = max(value, at + step)
        axes.annotate(
            lines[position].name,
            xy=(1.0, at),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            fontproperties=font(9.5),
            color=series_colour(position),
            va="center",
            annotation_clip=False,
        )


def ranking_bars(
    bars: Sequence[Bar], caption: Caption, *, unit: str, decimals: int, language: Translation | None = None
) -> Figure:
    """Draw a ranking as bars from zero, best on top, with rank, number and note at each.

    Parameters
    ----------
    bars : sequence of Bar
        In the order of the list; those without a value come last.
    caption : Caption
        Words around it.
    unit : str
        Unit of the numbers; empty for an index.
    decimals : int
        Decimals of the numbers, from the rule.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    height = 1.55 + 0.34 * max(len(bars), 1)
    longest = max((inches(bar.name, 10) for bar in bars), default=1.0)
    width = 9.0
    left = (longest + 0.75) / width
    box = (left, 0.55 / height, 0.98 - left, (height - 1.55) / height)
    figure, axes = _chart(width, height, caption, speak, box)
    high = max((bar.value for bar in bars if bar.value is not None), default=1.0) or 1.0
    for row, bar in enumerate(bars):
        rank = "–" if bar.rank is None else str(bar.rank)
        at: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(-0.012, row, bar.name, ha="right", fontproperties=font(10), color=LIGHT.ink, **at)
        behind = longest + 0.28
        axes.text(
            -behind / (width * box[2]), row, rank, ha="right", fontproperties=font(9), color=LIGHT.muted, **at
        )
        if bar.value is None:
            axes.text(0.004, row, bar.note, ha="left", fontproperties=font(9), color=LIGHT.muted, **at)
            continue
        axes.barh(row, bar.value, height=0.62, color=LIGHT.accent if bar.accent else "#9DB6C9")
        axes.annotate(
            f"{bar.value:.{decimals}f}" + (f"   {bar.note}" if bar.note else ""),
            xy=(max(bar.value, 0), row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontproperties=font(9),
            color=LIGHT.ink,
        )
    axes.set_xlim(min(0.0, *(bar.value for bar in bars if bar.value is not None), 0.0), high * 1.32)
    axes.set_ylim(max(len(bars), 1) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.text(
        1.0,
        1.0,
        unit,
        transform=axes.transAxes,
        ha="right",
        va="bottom",
        fontproperties=font(9),
        color=LIGHT.muted,
    )
    return figure


def _chart(
    width: float, height: float, caption: Caption, language: Translation, box: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Figure with title, note and simulated mark, and axes in a box of figure fractions."""
    figure = blank(width, height)
    around = canvas(figure, width, height)
    around.text(0.3, height - 0.34, caption.title, fontproperties=font(14), color=LIGHT.ink, va="center")
    around.text(0.3, height - 0.64, caption.subtitle, fontproperties=font(9.5), color=LIGHT.muted, va="center")
    around.text(0.3, 0.2, caption.note, fontproperties=font(8), color=LIGHT.muted, va="center")
    if caption.simulated:
        pill(around, width - 0.3, height - 0.34, language)
    axes = figure.add_axes(box)
    axes.set_facecolor(LIGHT.paper)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.line)
    return figure, axes


def _ticks(axes: Axes) -> None:
    axes.tick_params(colors=LIGHT.muted, length=3, width=0.6)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(8.5))
