"""Calendar heat map of the daily AQI in the legal colours (日历热力图)."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.drawing import Caption, blank, canvas, font, inches, pill
from lantian.desk.paper.palette import LIGHT, ink_on
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
class CalendarDay:
    """One day of the calendar."""

    day: date
    aqi: int | None
    """None: not published, shown with `text` in grey."""
    colour: str | None = None
    """Legal colour of its level under the edition of that day."""
    text: str = "–"
    """What an unpublished day shows: a dash, or ``NA`` where the law says so."""


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
        raise CallerError(
            "A calendar needs at least one day, and none was given. Evaluate the period first.",
        )
    speak = language or translation()
    by_day = {row.day: row for row in days}
    months = _months(min(by_day), max(by_day))
    if len(months) > 60:
        raise CallerError(
            "A calendar of {n_months} months cannot be read. Draw five years at most, one year best.",
            n_months=len(months),
        )
    per_row = min(_PER_ROW, len(months))
    rows = -(-len(months) // per_row)
    block_width, block_height = 7 * _CELL, _BLOCK_HEAD + 6 * _CELL
    width = max(2 * _MARGIN + per_row * block_width + (per_row - 1) * _GAP, 9.2)
    top, bottom = 1.15, 1.25 + 0.3 * (len(_legend_rows(legend, width, speak)) - 1)
    height = top + rows * block_height + (rows - 1) * _GAP * 0.55 + bottom
    figure = blank(width, height)
    axes = canvas(figure, width, height)
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


def _head(axes: Axes, width: float, height: float, caption: Caption, language: Translation) -> None:
    axes.text(_MARGIN, height - 0.42, caption.title, fontproperties=font(19), color=LIGHT.ink, va="center")
    axes.text(_MARGIN, height - 0.8, caption.subtitle, fontproperties=font(10.5), color=LIGHT.muted, va="center")
    if caption.simulated:
        pill(axes, width - _MARGIN, height - 0.42, language)


def _watermark(axes: Axes, width: float, height: float, language: Translation) -> None:
    words = language.gettext(mark("SIMULATED"))
    axes.text(
        width / 2,
        height / 2,
        words,
        fontproperties=font(96),
        color=LIGHT.warning,
        alpha=0.18,
        rotation=28,
        ha="center",
        va="center",
        zorder=0,  # below the days: their legal colours stay pure
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
    axes.text(left, upper - 0.14, title, fontproperties=font(12), color=LIGHT.ink, va="center")
    letters = _WEEKDAYS_ZH if language.is_chinese else _WEEKDAYS_EN
    for weekday, letter in enumerate(letters):
        middle = left + (weekday + 0.5) * _CELL
        axes.text(
            middle, upper - 0.44, letter, fontproperties=font(8), color=LIGHT.muted, ha="center", va="center"
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
    axes.text(x + 0.045, y + inner - 0.045, str(number), fontproperties=font(5.5), color=ink, ha="left", va="top")
    words = "–" if cell is None else cell.text if cell.aqi is None else str(cell.aqi)
    size = 11 if cell is not None and cell.aqi is not None else 8
    if words:
        axes.text(
            x + inner / 2,
            y + inner / 2 - 0.045,
            words,
            fontproperties=font(size),
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
        wide = 0.38 + inches(words, 9) + 0.3
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
            axes.text(x + 0.38, middle, words, fontproperties=font(9), color=LIGHT.ink, va="center")
            x += wide
    title = legend.title_zh if language.is_chinese else legend.title
    said = language.format(mark("Colours and levels: {editions}"), editions=editions or title)
    axes.text(_MARGIN, 0.6, said, fontproperties=font(8.5), color=LIGHT.muted, va="center")
    axes.text(_MARGIN, 0.34, note, fontproperties=font(8.5), color=LIGHT.muted, va="center")
