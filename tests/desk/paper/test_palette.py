"""One palette that everybody can read and that never looks like the legal AQI colours."""

from dataclasses import asdict
from itertools import combinations

import pytest

from lantian.desk.paper.palette import DARK, LIGHT, MARKERS, SERIES, Theme, contrast, ink_on
from lantian.rules import Rulebook
from lantian.rules.records import AqiCategories


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_stands_out_from_its_ground(theme: Theme) -> None:
    assert contrast(theme.ink, theme.paper) >= 7
    assert contrast(theme.muted, theme.paper) >= 4.5
    assert contrast(theme.accent, theme.paper) >= 4.5
    assert contrast(theme.warning, theme.paper) >= 4.5


def test_no_colour_of_ours_is_a_legal_aqi_colour(rulebook: Rulebook) -> None:
    legal = {
        row.colour
        for edition in rulebook.editions("aqi_categories")
        if isinstance(edition, AqiCategories)
        for row in edition.categories
    }
    ours = set(SERIES) | {value for theme in (LIGHT, DARK) for value in asdict(theme).values()}
    assert len(legal) >= 7
    assert not legal & ours


def test_series_differ_in_colour_and_in_shape() -> None:
    assert len(set(SERIES)) == len(SERIES) == len(MARKERS) == len(set(MARKERS))
    assert all(contrast(colour, LIGHT.paper) >= 2.2 for colour in SERIES)


def _as_deuteranope(colour: str) -> tuple[float, float]:
    """Blue-yellow and lightness of a colour: what remains without green cones (simplified)."""
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    yellow = 0.29 * red + 0.71 * green
    return blue - yellow, 0.21 * red + 0.72 * green + 0.07 * blue


def test_the_first_five_series_stay_apart_without_red_and_green() -> None:
    for one, other in combinations(SERIES[:5], 2):
        a, b = _as_deuteranope(one), _as_deuteranope(other)
        assert abs(a[0] - b[0]) + abs(a[1] - b[1]) > 0.1, (one, other)


@pytest.mark.parametrize("colour", ["#00E400", "#FFFF00", "#FF7E00", "#FF0000", "#99004C", "#7E0023"])
def test_numbers_on_a_legal_colour_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.5
