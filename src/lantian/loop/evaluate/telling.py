"""An explanation in a reader's language: sentences, headings, cells and the rule that is cited (说明文字)."""

from collections.abc import Mapping
from typing import Any

from lantian.city.records import City
from lantian.desk.language import Translation, mark
from lantian.loop.evaluate.explanations import Explanation, Step
from lantian.loop.evaluate.wording import worded
from lantian.rules import Edition
from lantian.terms.pollutants import NAMES

MISSING = "—"
_SOURCE_LENGTH = 110
_WORDED = frozenset({"reason", "not_ranked", "stage"})
_SUBSTANCES = frozenset({"indicator", "pollutant"})
_PLACES = frozenset({"code", "station"})


def symbols(text: str) -> str:
    """Write pollutants of a comma-joined text as people do.

    Examples
    --------
    >>> symbols("pm25,o3_8h")
    'PM₂.₅, O₃ 8h'
    """
    signs = {pollutant.value: name.symbol for pollutant, name in NAMES.items()}
    parts = (part.partition("_") for part in text.split(",") if part)
    return ", ".join(f"{signs.get(key, key)} {rest}".strip() for key, _, rest in parts)


def term(key: str, language: Translation) -> str:
    """Name a number: pollutants by their symbols, the rest by the glossary or the room's own words."""
    if key.partition("_")[0] in set(NAMES):
        return symbols(key)
    found = language.term(key)
    return language.gettext(worded(key)) if found == key else found


def named(what: str, language: Translation) -> str:
    """Name what an explanation explains: ``pm25``, ``aqi``, ``rank:composite_index``."""
    key, _, of = what.partition(":")
    first = term(key, language)
    return f"{first} ({term(of, language)})" if of else first


def metric_named(metric: str, language: Translation) -> str:
    """Name what a list orders: ``composite_index``, ``change:pm25``."""
    change, _, name = metric.rpartition(":")
    found = term(name, language)
    return language.format(mark("change of {metric}"), metric=found) if change else found


def sentence(step: Step, language: Translation) -> str:
    """Write a step for a person: names and reasons in their language."""
    values = dict(step.values)
    if language.is_chinese and "name_zh" in values:
        values["name"] = values["name_zh"]
    for key in ("primary", "keys"):
        if isinstance(values.get(key), str):
            values[key] = symbols(values[key])
    if isinstance(values.get("metric"), str):
        values["metric"] = metric_named(values["metric"], language)
    for key in ("reason", "validity", "direction"):
        if isinstance(values.get(key), str):
            values[key] = language.gettext(worded(values[key]))
    return language.format(step.message, **{key: written(value) for key, value in values.items()})


def cited(rule: Edition, language: Translation) -> str:
    """Write the rule that asks for a step, with the source and how sure we are."""
    source = rule.source
    if len(source) > _SOURCE_LENGTH:
        source = source[: _SOURCE_LENGTH - 1].rstrip() + "…"
    return language.format(
        mark("{short} · {id} · {source} · confidence {confidence}"),
        short=rule.name,
        id=rule.id,
        source=source,
        confidence=rule.confidence,
    )


def row_text(name: str, value: Any, city: City, language: Translation) -> str:
    """Write one cell of a step's rows."""
    if name in _WORDED and isinstance(value, str):
        return language.gettext(worded(value))
    if name in _SUBSTANCES and isinstance(value, str):
        return symbols(value)
    if name in _PLACES and isinstance(value, str):
        counties = {county.adcode: county for county in city.counties}
        place = counties.get(value) or city.station(value)
        return f"{value} {place.name_zh if language.is_chinese else place.name_en}"
    return written(value)


def written(value: Any) -> str:
    """Write a value plainly: a dash where it is missing, a number without trailing noise.

    Examples
    --------
    >>> written(36.0), written(None), written("x"), written(True)
    ('36', '—', 'x', '✓')
    """
    if value is None or (isinstance(value, float) and value != value):
        return MISSING
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return f"{value:g}"
    if hasattr(value, "strftime") and hasattr(value, "hour"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return str(value)


def as_record(found: Explanation, language: Translation) -> dict[str, Any]:
    """Everything an explanation says, for programs."""
    return {
        "kind": found.kind.value,
        "code": found.code,
        "what": found.what,
        "when": found.when,
        "value": found.value,
        "recomputed": found.recomputed,
        "agrees": found.agrees,
        "steps": [_step(step, language) for step in found.steps],
        "provenance": found.provenance,
    }


def _step(step: Step, language: Translation) -> dict[str, Any]:
    rule = step.rule
    return {
        "message": step.message,
        "values": _plain(step.values),
        "text": sentence(step, language),
        "rule": None
        if rule is None
        else {
            "id": rule.id,
            "title": rule.title_zh if language.is_chinese else rule.title,
            "source": rule.source,
            "confidence": str(rule.confidence),
        },
        "rows": None if step.rows is None else step.rows.to_dicts(),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, int | float | str | None) else str(value) for key, value in values.items()
    }
