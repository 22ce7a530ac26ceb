"""The last days as bars in the legal colours of their level, each with its number (日 AQI 柱图)."""

from datetime import date

from lantian.desk.language import mark
from lantian.desk.paper.drawing import blank, font, picture
from lantian.desk.paper.office_paper import Picture
from lantian.desk.paper.palette import LIGHT
from lantian.loop.evaluate.day_marks import DayMark, day_marks
from lantian.loop.evaluate.report_view import View

_WIDE, _HIGH = 8.6, 1.9
"""[inch]"""


def day_bars(view: View, first: date, last: date) -> Picture:
    """Draw the city's index of each day between two days, both included."""
    days = day_marks(view.scene, view.city_days, first, last)
    figure = blank(_WIDE, _HIGH)
    axes = figure.add_axes((0.01, 0.14, 0.98, 0.8))
    high = max((one.aqi for one in days if one.aqi is not None), default=100)
    for at, one in enumerate(days):
        if one.aqi is not None:
            axes.bar(at, one.aqi, width=0.78, color=one.colour, edgecolor=LIGHT.muted, linewidth=0.4)
        axes.text(
            at, (one.aqi or 0) + high * 0.03, one.text, fontproperties=font(6.5), color=LIGHT.ink, ha="center",
            va="bottom",
        )  # fmt: skip
        axes.text(
            at, -high * 0.05, _label(one.day, first), fontproperties=font(6.5), color=LIGHT.muted, ha="center",
            va="top",
        )  # fmt: skip
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_ylim(0, high * 1.18)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.line)
    axes.set_xticks([])
    axes.set_yticks([])
    city = view.scene.city.name_zh if view.language.is_chinese else view.scene.city.name_en
    caption = view.say(
        mark("Daily AQI of {city}, {first} – {last}; colours of the levels of each day's own edition"),
        city=city,
        first=view.date(first),
        last=view.date(last),
    )
    return Picture("days", picture(figure), picture(figure, "png", dpi=200), _alt(view, days), caption)


def _label(day: date, first: date) -> str:
    return f"{day.month}/{day.day}" if day.day == 1 or day == first else str(day.day)


def _alt(view: View, days: list[DayMark]) -> str:
    """Say in words what the bars show."""
    known = [one for one in days if one.aqi is not None]
    if not known:
        return view.say(mark("No day of this stretch has an index."))
    worst = max(known, key=lambda one: one.aqi or 0)
    return view.say(
        mark("Bars of {count} days; the highest index was {aqi} on {day}."),
        count=len(known),
        aqi=worst.aqi,
        day=view.date(worst.day),
    )
