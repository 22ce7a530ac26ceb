"""Numbers and targets of a reading in the language of who reads, short enough for a cell."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from lantian.desk.language import Translation, mark

if TYPE_CHECKING:
    from lantian.science.plan_text.records import Comparator, Indicator, Target

_SIGNS = {">=": "≥", "<=": "≤", "~": "≈", "rising": "↑", "falling": "↓"}
_DIRECTIONS = {
    "up": "↑",
    "down": "↓",
    "out_of_last": mark("out of the last"),
    "within_first": mark("within the first"),
    "forward": mark("forward"),
}
_METRICS = {
    "pm25": "PM2.5",
    "pm10": "PM10",
    "so2": "SO₂",
    "no2": "NO₂",
    "o3": "O₃",
    "co": "CO",
    "aqi": "AQI",
    "good_day_ratio": mark("good-day ratio"),
    "good_days": mark("good days"),
    "heavy_day_ratio": mark("ratio of heavily polluted days"),
    "heavy_days": mark("heavily polluted days"),
    "composite_index": mark("composite index"),
    "dust_fall": mark("dust fall"),
    "rank": mark("rank"),
    "attainment": mark("attainment"),
    "assigned": mark("as assigned from above"),
    "so2_emissions": mark("SO₂ emissions"),
    "nox_emissions": mark("NOx emissions"),
    "voc_emissions": mark("VOC emissions"),
    "pollutants_emissions": mark("emissions of pollutants"),
}


def indicator_words(row: "Indicator", language: Translation) -> str:
    """Write one number of a measure: what, where, how much, against which year, by when."""
    return _joined(
        (
            row.what,
            row.scope,
            _number(row.comparator, row.value, row.value_to),
            row.unit,
            "" if row.value is None else language.gettext(_DIRECTIONS[row.direction]) if row.direction else "",
            _against(row.baseline, language),
            f"→ {row.by}" if row.by else "",
            "" if row.firm else language.gettext(mark("if possible")),
        )
    )


def target_words(row: "Target", language: Translation) -> str:
    """Write one target: what it is measured by and how much."""
    direction = _DIRECTIONS.get(row.direction, row.direction)
    return _joined(
        (
            row.metric_written or language.gettext(_METRICS.get(row.metric, row.metric)),
            language.gettext(direction) if direction else "",
            _number(row.comparator, row.value, None),
            row.unit,
            _against(row.baseline, language),
        )
    )


def _number(comparator: "Comparator | None", value: Decimal | None, upper: Decimal | None) -> str:
    sign = "" if comparator is None else _SIGNS.get(comparator.value, comparator.value)
    if value is None:
        return sign
    return f"{sign} {value:f}{'' if upper is None else f'–{upper:f}'}".strip()


def _against(baseline: int | None, language: Translation) -> str:
    return "" if baseline is None else language.format(mark("against {year}"), year=baseline)


def _joined(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word)
