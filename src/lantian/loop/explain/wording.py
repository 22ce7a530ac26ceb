"""Words that a reader sees in the place of keys of the inventory."""

from collections.abc import Mapping
from typing import Any

from lantian.desk.language import Translation
from lantian.rules import Rulebook
from lantian.rules.inventory_records import InventoryPollutant
from lantian.terms.errors import RuleError
from lantian.terms.words import mark

SYMBOLS: dict[InventoryPollutant, str] = {
    "so2": "SO₂", "nox": "NOₓ", "co": "CO", "voc": "VOCs", "nh3": "NH₃", "tsp": "TSP", "pm10": "PM₁₀",
    "pm25": "PM₂.₅", "bc": "BC", "oc": "OC", "co2": "CO₂", "ch4": "CH₄", "n2o": "N₂O",
}  # fmt: skip
WORDS: dict[str, str] = {
    "cems": mark("automatic monitoring"),
    "permit": mark("permit accounting"),
    "measurement": mark("single measurements"),
    "factor": mark("emission factor"),
    "alkanes": mark("alkanes"),
    "alkenes": mark("alkenes"),
    "alkynes": mark("alkynes"),
    "aromatics": mark("aromatics"),
    "oxygenated": mark("oxygenated compounds"),
    "halocarbons": mark("halocarbons"),
    "other": mark("other compounds"),
}
"""Key of a method or of a group of compounds → message id."""


def worded(key: str, language: Translation) -> str:
    """Return what a reader calls a pollutant, a method or a group of compounds."""
    for known, symbol in SYMBOLS.items():
        if key == known:
            return symbol
    return language.gettext(WORDS[key]) if key in WORDS else key


def sentence(message: str, values: Mapping[str, Any], language: Translation) -> str:
    """Write a step of a trace for a person; a reason within it is a message too.

    Numbers lose what is only the noise of binary fractions; the stored ones keep all of it.
    """
    shown = {name: _shown(value) if isinstance(value, float) else value for name, value in values.items()}
    if "reason" in shown:
        shown["reason"] = language.format(str(values["reason"]), **shown)
    if "method" in shown:
        shown["method"] = worded(str(values["method"]), language)
    return language.format(message, **shown)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:.6g}"


def cited(rule: str, rulebook: Rulebook, language: Translation) -> str:
    """Name the edition and the row of it that a step rests on."""
    name, _, row = rule.partition("#")
    try:
        edition = rulebook.by_id(name)
    except RuleError:
        return rule
    title = edition.title_zh if language.is_chinese else edition.title
    return f"{edition.short} · {row} · {title}"
