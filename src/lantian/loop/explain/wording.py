"""Words that a reader sees in the place of keys of the inventory."""

from lantian.desk.language import Translation
from lantian.rules.inventory_records import InventoryPollutant
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
