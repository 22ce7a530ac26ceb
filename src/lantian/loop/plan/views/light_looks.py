"""How lights and steps are printed: pale tints behind words, clear colours in a small picture (灯色)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from matplotlib.axes import Axes

from lantian.desk.language import Translation
from lantian.desk.paper.drawing import blank, canvas, font, inches, picture, pill
from lantian.desk.paper.palette import LIGHT
from lantian.loop.plan.dispatch.lights import COLOURS, NAMES, Colour, Light, LightWord
from lantian.loop.plan.views.tallies import Counted, Counts
from lantian.terms.words import mark

TINTS: Mapping[Colour, str] = {
    Colour.BLUE: "#D6E6F5",
    Colour.GREEN: "#D5EBD8",
    Colour.YELLOW: "#FBEFC4",
    Colour.RED: "#F7CFCB",
    Colour.GREY: "#ECEFF2",
}
"""Backgrounds of cells; none of them is a legal colour of the index."""
_INKS: Mapping[Colour, str] = {
    Colour.BLUE: "#3E7CB1",
    Colour.GREEN: "#5BA36B",
    Colour.YELLOW: "#D9AE3C",
    Colour.RED: "#BF4B3A",
    Colour.GREY: "#B8C1CA",
}
COLOUR_NAMES: Mapping[Colour, str] = {
    Colour.BLUE: mark("done"),
    Colour.GREEN: mark("under way"),
    Colour.YELLOW: mark("wants attention"),
    Colour.RED: mark("overdue"),
    Colour.GREY: mark("not started or to be settled"),
}
_ORDER = (Colour.BLUE, Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)
STEPS: Mapping[str, str] = {
    "remind": mark("Reminder"),
    "notice": mark("Circular"),
    "supervise": mark("Supervision"),
    "interview": mark("Interview"),
}
"""Step of the ladder → message id."""


def word_fills(language: Translation) -> dict[str, str]:
    """Return the word of each light in the reader's language → its tint."""
    return {language.gettext(NAMES[word]): TINTS[COLOURS[word]] for word in LightWord}


def word_text(light: Light, language: Translation) -> str:
    """Return the word of a light in the reader's language."""
    return language.gettext(light.name)


def reason_text(light: Light, language: Translation) -> str:
    """Return the reason for a light in the reader's language."""
    return language.format(light.reason, **light.values)


def step_text(step: str, language: Translation) -> str:
    """Return the name of a step of the ladder in the reader's language."""
    return language.gettext(STEPS[step]) if step in STEPS else step


def percent(part: int, whole: int) -> Decimal | None:
    """Return a share with one decimal, or None of nothing. [%]

    Examples
    --------
    >>> percent(1, 3), percent(0, 0)
    (Decimal('33.3'), None)
    """
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def light_bars(rows: Sequence[Counted], language: Translation, *, simulated: bool, kind: str = "png") -> bytes:
    """Draw one bar a section, split by colour and labelled with numbers.

    Parameters
    ----------
    rows : sequence of Counted
        Sections in order; each bar is as long as its section is large.
    language : Translation
        Language of the labels.
    simulated : bool
        Whether the picture says so.
    kind : str
        ``png`` or ``svg``.
    """
    width, left, step = 8.0, 2.6, 0.36
    below = 0.45 if simulated else 0.1
    height = step * len(rows) + 0.5 + below
    figure = blank(width, height)
    axes = canvas(figure, width, height)
    most = max((row.counts.total for row in rows), default=0) or 1
    room = width - left - 0.75
    for place, row in enumerate(rows):
        middle = height - 0.62 - step * place
        name = row.title if language.is_chinese else row.title_en
        axes.text(
            left - 0.12, middle, _short(name), fontproperties=font(8.5), ha="right", va="center", color=LIGHT.ink
        )
        at = left
        for colour, count in _parts(row.counts):
            wide = room * count / most
            axes.barh(middle, wide, height=0.24, left=at, color=_INKS[colour])
            if wide > 0.24:
                axes.text(
                    at + wide / 2, middle, str(count), fontproperties=font(7.5), ha="center", va="center",
                    color=LIGHT.paper,
                )  # fmt: skip
            at += wide
        axes.text(at + 0.08, middle, str(row.counts.total), fontproperties=font(8), va="center", color=LIGHT.muted)
    _legend(axes, height - 0.24, language)
    if simulated:
        pill(axes, width - 0.1, 0.16, language)
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    return picture(figure, kind, dpi=200)


def _parts(counts: Counts) -> list[tuple[Colour, int]]:
    return [(colour, counts.colour(colour)) for colour in _ORDER if counts.colour(colour)]


def _short(name: str) -> str:
    wide = 16 if any(ord(letter) > 0x2E7F for letter in name) else 34
    return name if len(name) <= wide else name[: wide - 1] + "…"


def _legend(axes: Axes, middle: float, language: Translation) -> None:
    at = 0.1
    for colour in _ORDER:
        words = language.gettext(COLOUR_NAMES[colour])
        axes.barh(middle, 0.16, height=0.16, left=at, color=_INKS[colour])
        axes.text(at + 0.24, middle, words, fontproperties=font(8), va="center", color=LIGHT.ink)
        at += 0.5 + inches(words, 8)
