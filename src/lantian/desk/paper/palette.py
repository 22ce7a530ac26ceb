"""One palette for pages, pictures and documents: white paper, dark slate, one sky-blue accent.

The six legal colours of the AQI are not here: they belong to the rule edition (`AqiCategories`) and only
ever mean AQI.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme, as ``#RRGGBB``."""

    paper: str
    surface: str
    """Table heads and quiet blocks."""
    ink: str
    muted: str
    """Units, notes, axis labels."""
    line: str
    accent: str
    accent_soft: str
    warning: str
    """Text of a warning or of the simulated mark."""
    missing: str
    """A day or cell without a value."""


LIGHT = Theme(
    paper="#FFFFFF",
    surface="#F3F6F9",
    ink="#1C2733",
    muted="#5B6B7B",
    line="#D5DDE5",
    accent="#0B76B8",
    accent_soft="#E3F1FA",
    warning="#9A4A00",
    missing="#E9EDF1",
)
DARK = Theme(
    paper="#141B23",
    surface="#1D2732",
    ink="#E6ECF2",
    muted="#9AA9B8",
    line="#33414F",
    accent="#56B4E9",
    accent_soft="#17344A",
    warning="#F0A860",
    missing="#2A3642",
)

SERIES: tuple[str, ...] = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B88A00", "#56B4E9", "#6B5B95", "#4D5B68")
"""Series colours that stay apart for colour-blind readers (Okabe and Ito, yellow darkened for white paper)."""

MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Marker shapes in the order of `SERIES`, so that no chart depends on colour alone."""


def series_colour(position: int) -> str:
    """Return the colour of the n-th series, beginning again after the last.

    Examples
    --------
    >>> series_colour(0), series_colour(8)
    ('#0072B2', '#0072B2')
    """
    return SERIES[position % len(SERIES)]


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour (WCAG relative luminance).

    Examples
    --------
    >>> ink_on("#FFFF00"), ink_on("#7E0023")
    ('#000000', '#FFFFFF')
    """
    luminance = relative_luminance(colour)
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#FFFFFF"


def relative_luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour between 0 (black) and 1 (white), as WCAG 2 defines it.

    Examples
    --------
    >>> relative_luminance("#FFFFFF")
    1.0
    """
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 … 21 (WCAG 2).

    Examples
    --------
    >>> round(contrast("#FFFFFF", "#000000"), 6)
    21.0
    """
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
