"""Pictures for files: calendar heat map of the daily AQI, time series, ranking bars. No screen is needed.

Every picture carries its own caption, the mark of simulated data, and Chinese letters from a packaged font.
"""

import io
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import TextPath
from pylopdf_fonts_zh_cn import sans_path

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.palette import LIGHT, MARKERS, ink_on, series_colour
from lantian.desk.paper.whole import whole_file
from lantian.rules.records import AqiCategories
from lantian.terms.errors import CallerError

_CELL = 0.46
"""Side of a day of the calendar. [inch]"""
_GAP = 0.42
_BLOCK_HEAD = 0.62
_PER_ROW = 4
_MARGIN = 0.5
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("M", "T", "W", "T", "F", "S", "S")


@dataclass(frozen=True, slots=True)
class Caption:
    """Words around a picture."""

    title: str
    subtitle: str = ""
    note: str = ""
    """Below the picture: sources, run, rule set."""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar."""

    day: date
    aqi: int | None
    """None: not published, shown with `text` in grey."""
    colour: str | None = None
    """Legal colour of its level under the edition of that day."""
    text: str = "–"
    """What an unpublished day shows: a dash, or ``NA`` where the law says so."""


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


@cache
def _families() -> tuple[str, ...]:
    """Name the packaged Chinese font, and matplotlib's own for the few signs it lacks (subscripts such as ₂)."""
    path = str(sans_path())
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name(), "DejaVu Sans"


@cache
def _font(size: float) -> FontProperties:
    return FontProperties(family=list(_families()), size=size)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    return figure


def calendar_days(
    values: Mapping[date, int | None], categories: Callable[[date], AqiCategories], text: str = "NA"
) -> list[CalendarDay]:
    """Colour daily AQI values by the edition of each day.

    Parameters
    ----------
    values : mapping
        Day → AQI, None where it was computed but must not be published.
    categories : callable
        The edition of levels and colours that judges a day.
    text : str
        What days without a published AQI show.
    """
    return [
        CalendarDay(day, aqi, None if aqi is None else categories(day).category(aqi).colour, text)
        for day, aqi in sorted(values.items())
    ]


def calendar_heat_map(
    days: Sequence[CalendarDay],
    legend: AqiCategories,
    caption: Caption,
    *,
    editions: str = "",
    language: Translation | None = None,
) -> Figure:
    """Draw a calendar of month blocks, each day in the legal colour of its AQI with the number in it (日历热力图).

    Parameters
    ----------
    days : sequence of CalendarDay
        Any stretch of days up to five years; a day that is not there is shown as missing.
    legend : AqiCategories
        Levels for the legend.
    caption : Caption
        Words around it.
    editions : str
        Editions that coloured the days, for the legend; by default the title of `legend`.
    language : Translation, optional
        By default Chinese.

    Raises
    ------
    CallerError
        When there is no day, or more than five years of them.
    """
    if not days:
        msg = "A calendar needs at least one day, and none was given. Evaluate the period first."
        raise CallerError(msg)
    speak = language or translation()
    by_day = {row.day: row for row in days}
    months = _months(min(by_day), max(by_day))
    if len(months) > 60:
        msg = f"A calendar of {len(months)} months cannot be read. Draw five years at most, one year best."
        raise CallerError(msg)
    per_row = min(_PER_ROW, len(months))
    rows = -(-len(months) // per_row)
    block_width, block_height = 7 * _CELL, _BLOCK_HEAD + 6 * _CELL
    width = max(2 * _MARGIN + per_row * block_width + (per_row - 1) * _GAP, 9.2)
    top, bottom = 1.15, 1.25 + 0.3 * (len(_legend_rows(legend, width, speak)) - 1)
    height = top + rows * block_height + (rows - 1) * _GAP * 0.55 + bottom
    figure = _figure(width, height)
    axes = _canvas(figure, width, height)
    _head(axes, width, height, caption, speak)
    for position, (year, month) in enumerate(months):
        left = _MARGIN + (position % per_row) * (block_width + _GAP)
        upper = height - top - (position // per_row) * (block_height + _GAP * 0.55)
        _month(axes, left, upper, year, month, by_day, speak)
    _legend(axes, width, legend, editions, caption.note, speak)
    if caption.simulated:
        _watermark(axes, width, height, speak)
    return figure


def _months(first: date, last: date) -> list[tuple[int, int]]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [(n // 12, n % 12 + 1) for n in range(start, start + count)]


def _canvas(figure: Figure, width: float, height: float) -> Axes:
    """Axes in inches over the whole figure."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes


def _head(axes: Axes, width: float, height: float, caption: Caption, language: Translation) -> None:
    axes.text(_MARGIN, height - 0.42, caption.title, fontproperties=_font(19), color=LIGHT.ink, va="center")
    axes.text(_MARGIN, height - 0.8, caption.subtitle, fontproperties=_font(10.5), color=LIGHT.muted, va="center")
    if caption.simulated:
        _pill(axes, width - _MARGIN, height - 0.42, language)


def _pill(axes: Axes, right: float, middle: float, language: Translation) -> None:
    words = language.gettext(mark("SIMULATED data, never measured"))
    axes.text(
        right,
        middle,
        words,
        fontproperties=_font(11),
        color=LIGHT.paper,
        ha="right",
        va="center",
        bbox={"boxstyle": "round,pad=0.45", "facecolor": LIGHT.warning, "edgecolor": "none"},
    )


def _watermark(axes: Axes, width: float, height: float, language: Translation) -> None:
    words = language.gettext(mark("SIMULATED"))
    axes.text(
        width / 2,
        height / 2,
        words,
        fontproperties=_font(96),
        color=LIGHT.warning,
        alpha=0.10,
        rotation=28,
        ha="center",
        va="center",
        zorder=9,
    )


def _month(
    axes: Axes,
    left: float,
    upper: float,
    year: int,
    month: int,
    by_day: Mapping[date, CalendarDay],
    language: Translation,
) -> None:
    title = f"{year}年{month}月" if language.is_chinese else date(year, month, 1).strftime("%B %Y")
    axes.text(left, upper - 0.14, title, fontproperties=_font(12), color=LIGHT.ink, va="center")
    letters = _WEEKDAYS_ZH if language.is_chinese else _WEEKDAYS_EN
    for weekday, letter in enumerate(letters):
        middle = left + (weekday + 0.5) * _CELL
        axes.text(
            middle, upper - 0.44, letter, fontproperties=_font(8), color=LIGHT.muted, ha="center", va="center"
        )
    first_weekday, length = monthrange(year, month)
    for number in range(1, length + 1):
        place = first_weekday + number - 1
        x = left + (place % 7) * _CELL
        y = upper - _BLOCK_HEAD - (place // 7 + 1) * _CELL
        _day(axes, x, y, number, by_day.get(date(year, month, number)))


def _day(axes: Axes, x: float, y: float, number: int, cell: CalendarDay | None) -> None:
    inner = _CELL - 0.035
    colour = (cell.colour if cell is not None else None) or LIGHT.missing
    if cell is None:
        axes.add_patch(Rectangle((x, y), inner, inner, facecolor=LIGHT.paper, edgecolor=LIGHT.line, linewidth=0.6))
    else:
        axes.add_patch(
            FancyBboxPatch(
                (x + 0.03, y + 0.03),
                inner - 0.06,
                inner - 0.06,
                boxstyle="round,pad=0.03,rounding_size=0.04",
                facecolor=colour,
                edgecolor="none",
            )
        )
    ink = LIGHT.muted if cell is None or cell.aqi is None else ink_on(colour)
    axes.text(x + 0.045, y + inner - 0.045, str(number), fontproperties=_font(5.5), color=ink, ha="left", va="top")
    words = "–" if cell is None else cell.text if cell.aqi is None else str(cell.aqi)
    size = 11 if cell is not None and cell.aqi is not None else 8
    if words:
        axes.text(
            x + inner / 2,
            y + inner / 2 - 0.045,
            words,
            fontproperties=_font(size),
            color=ink,
            ha="center",
            va="center",
        )


def _legend_rows(legend: AqiCategories, width: float, language: Translation) -> list[list[tuple[str, str, float]]]:
    """Colour, words and width of each level, in as many lines as the picture needs."""
    entries: list[tuple[str, str]] = []
    for row in legend.categories:
        span = f">{row.low - 1}" if row.high is None else f"{row.low}–{row.high}"
        entries.append((row.colour, f"{row.name_zh if language.is_chinese else row.name} {span}"))
    entries.append((LIGHT.missing, language.gettext(mark("not published or incomplete"))))
    rows: list[list[tuple[str, str, float]]] = [[]]
    used = 0.0
    for colour, words in entries:
        wide = 0.38 + _inches(words, 9) + 0.3
        if rows[-1] and used + wide > width - 2 * _MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append((colour, words, wide))
        used += wide
    return rows


def _legend(
    axes: Axes, width: float, legend: AqiCategories, editions: str, note: str, language: Translation
) -> None:
    rows = _legend_rows(legend, width, language)
    for line, entries in enumerate(reversed(rows)):
        x, middle = _MARGIN, 0.98 + 0.3 * line
        for colour, words, wide in entries:
            box = Rectangle((x, middle - 0.1), 0.3, 0.2, facecolor=colour, edgecolor=LIGHT.line, linewidth=0.4)
            axes.add_patch(box)
            axes.text(x + 0.38, middle, words, fontproperties=_font(9), color=LIGHT.ink, va="center")
            x += wide
    title = legend.title_zh if language.is_chinese else legend.title
    said = language.format(mark("Colours and levels: {editions}"), editions=editions or title)
    axes.text(_MARGIN, 0.6, said, fontproperties=_font(8.5), color=LIGHT.muted, va="center")
    axes.text(_MARGIN, 0.34, note, fontproperties=_font(8.5), color=LIGHT.muted, va="center")


@cache
def _inches(text: str, size: float) -> float:
    """Measure how wide a text stands. [inch]"""
    return float(TextPath((0, 0), text, prop=_font(size)).get_extents().width) / 72 if text.strip() else 0.0


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
            0.006, limit.value, limit.label, transform=axes.get_yaxis_transform(), fontproperties=_font(8.5),
            color=LIGHT.ink, va="bottom", ha="left",
        )  # fmt: skip
    axes.text(
        0,
        1.02,
        unit,
        transform=axes.transAxes,
        fontproperties=_font(9),
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
            fontproperties=_font(9.5),
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
    longest = max((_inches(bar.name, 10) for bar in bars), default=1.0)
    width = 9.0
    left = (longest + 0.75) / width
    box = (left, 0.55 / height, 0.98 - left, (height - 1.55) / height)
    figure, axes = _chart(width, height, caption, speak, box)
    high = max((bar.value for bar in bars if bar.value is not None), default=1.0) or 1.0
    for row, bar in enumerate(bars):
        rank = "–" if bar.rank is None else str(bar.rank)
        at: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(-0.012, row, bar.name, ha="right", fontproperties=_font(10), color=LIGHT.ink, **at)
        inches = longest + 0.28
        axes.text(
            -inches / (width * box[2]), row, rank, ha="right", fontproperties=_font(9), color=LIGHT.muted, **at
        )
        if bar.value is None:
            axes.text(0.004, row, bar.note, ha="left", fontproperties=_font(9), color=LIGHT.muted, **at)
            continue
        axes.barh(row, bar.value, height=0.62, color=LIGHT.accent if bar.accent else "#9DB6C9")
        axes.annotate(
            f"{bar.value:.{decimals}f}" + (f"   {bar.note}" if bar.note else ""),
            xy=(max(bar.value, 0), row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontproperties=_font(9),
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
        fontproperties=_font(9),
        color=LIGHT.muted,
    )
    return figure


def _chart(
    width: float, height: float, caption: Caption, language: Translation, box: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Figure with title, note and simulated mark, and axes in a box of figure fractions."""
    figure = _figure(width, height)
    around = _canvas(figure, width, height)
    around.text(0.3, height - 0.34, caption.title, fontproperties=_font(14), color=LIGHT.ink, va="center")
    around.text(0.3, height - 0.64, caption.subtitle, fontproperties=_font(9.5), color=LIGHT.muted, va="center")
    around.text(0.3, 0.2, caption.note, fontproperties=_font(8), color=LIGHT.muted, va="center")
    if caption.simulated:
        _pill(around, width - 0.3, height - 0.34, language)
    axes = figure.add_axes(box)
    axes.set_facecolor(LIGHT.paper)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.line)
    return figure, axes


def _ticks(axes: Axes) -> None:
    axes.tick_params(colors=LIGHT.muted, length=3, width=0.6)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(8.5))


def save(figure: Figure, path: Path, *, dpi: int = 160) -> None:
    """Write a picture as PNG or SVG by the ending of its name: whole or not at all.

    Raises
    ------
    CallerError
        When the ending is neither.
    HouseError
        When the disk refuses.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"png", "svg"}:
        msg = f"{path.name}: pictures are written as .png or .svg. Choose one of these endings."
        raise CallerError(msg)
    data = picture(figure, kind, dpi=dpi)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def picture(figure: Figure, kind: str = "svg", *, dpi: int = 160) -> bytes:
    """Return a picture's bytes; the same figure gives the same bytes. Letters of an SVG are outlines."""
    out = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "lantian"}):
        figure.savefig(out, format=kind, dpi=dpi, facecolor=LIGHT.paper, metadata=metadata)
    return out.getvalue()
