"""An edition of a rule as tables for the eye: what it says of itself, limits, breakpoints, levels, other settings.

Doors draw them: the terminal as its own tables, pages as theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lantian.desk.language import Translation, mark
from lantian.rules.edition import Confidence, Edition, Record
from lantian.rules.records import AmbientLimits, AqiCategories, AqiRule
from lantian.terms.pollutants import NAMES, Pollutant

MISSING = "—"
_ABOUT_ITSELF = frozenset(Edition.model_fields)
_STATISTICS: dict[str, str] = {
    "annual_mean": mark("annual mean"),
    "seasonal_mean": mark("seasonal mean"),
    "daily_mean": mark("daily mean"),
    "hourly_mean": mark("hourly mean"),
    "mda8": mark("daily maximum 8-hour mean"),
    "peak_season_mean": mark("peak-season mean"),
    "mean_1h": mark("hourly mean"),
    "mean_24h": mark("daily mean"),
    "max_1h": mark("daily maximum hour"),
    "max_8h": mark("daily maximum 8-hour mean"),
    "running_8h": mark("running 8-hour mean"),
    "running_24h": mark("running 24-hour mean"),
}


@dataclass(frozen=True, slots=True)
class LawTable:
    """One table of an edition, every cell as text."""

    title: str
    headings: Sequence[str]
    """Lines of a heading are apart by a line feed; empty texts: the table has none."""
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    """Places of columns whose numbers stand at the right."""
    foot: Sequence[Sequence[str]] = field(default=())
    """Rows that are set apart below."""
    colours: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Row and column → legal colour of that cell."""


def about(edition: Edition, language: Translation) -> list[tuple[str, str]]:
    """Say what an edition says about itself, as pairs of heading and text."""
    say = language.gettext
    first, second = (edition.title_zh, edition.title) if language.is_chinese else (edition.title, edition.title_zh)
    until = say(mark("open")) if edition.until is None else str(edition.until)
    rows: list[tuple[str, str]] = [
        (say(mark("Title")), f"{first}\n{second}"),
        (say(mark("Short name")), edition.name),
        (say(mark("Subject")), edition.subject),
        (say(mark("Where")), edition.jurisdiction),
        (say(mark("Variants")), ", ".join(edition.variant)),
        (say(mark("In force")), f"{edition.in_force} … {until}"),
        (say(mark("Source")), edition.source),
        (say(mark("Confidence")), confidence_text(edition.confidence, language)),
    ]
    for setting, confidence in edition.uncertain.items():
        rows.append((say(mark("Less sure")), f"{setting}: {confidence_text(confidence, language)}"))
    if edition.like is not None:
        rows.append((say(mark("Like")), edition.like))
    if edition.reason is not None:
        rows.append((say(mark("Why it departs")), edition.reason))
    if edition.notes:
        rows.append((say(mark("Notes")), " ".join(edition.notes.split())))
    return rows


def confidence_text(confidence: Confidence, language: Translation) -> str:
    """Write how sure we are of something, and what the letter means."""
    meaning = {
        Confidence.A: mark("two or more sources agree"),
        Confidence.B: mark("one source"),
        Confidence.C: mark("from memory; must be checked"),
    }[confidence]
    return f"{confidence.value} ({language.gettext(meaning)})"


def law_tables(edition: Edition, language: Translation) -> Iterator[LawTable]:
    """Give one table for each part of what an edition holds."""
    done: frozenset[str] = frozenset()
    if isinstance(edition, AmbientLimits):
        yield _limits(edition, language)
        done = frozenset({"limits"})
    elif isinstance(edition, AqiRule):
        yield _breakpoints(edition, language)
        done = frozenset({"indicators", "index", "index_low", "concentration_low"})
    elif isinstance(edition, AqiCategories):
        yield _levels(edition, language)
        done = frozenset({"categories"})
    yield from _others(edition, done, language)


def _limits(edition: AmbientLimits, language: Translation) -> LawTable:
    """Pollutant by statistic; the levels of a guideline take the place of the two grades."""
    levels = list(dict.fromkeys(level for row in edition.limits for level in row.levels))
    grades = [mark("Grade I"), mark("Grade II")] if any(row.grade_2 is not None for row in edition.limits) else []
    headings = [language.gettext(each) for each in (mark("Pollutant"), mark("Statistic"), mark("Unit"))]
    headings += [*(language.gettext(grade) for grade in grades), *(level.upper() for level in levels)]
    informative = language.gettext(mark("informative"))
    rows = []
    for row in edition.limits:
        values = [*([row.grade_1, row.grade_2] if grades else []), *(row.levels.get(level) for level in levels)]
        statistic = _statistic(row.statistic, language) + (f" ({informative})" if row.informative else "")
        rows.append([_pollutant(row.pollutant), statistic, row.unit, *(_value(value) for value in values)])
    return LawTable(language.gettext(mark("Limits")), headings, rows, frozenset(range(3, len(headings))))


def _breakpoints(edition: AqiRule, language: Translation) -> LawTable:
    """One line per index, one column per indicator."""
    headings = [language.gettext(mark("Index"))]
    for indicator in edition.indicators:
        heading = [indicator.key, _statistic(indicator.statistic, language), indicator.unit]
        if indicator.optional:
            heading.append(language.gettext(mark("optional")))
        headings.append("\n".join(heading))
    rows = []
    for position, index in enumerate(edition.index):
        cells: list[str] = []
        for indicator in edition.indicators:
            at = position - indicator.first_index
            held = 0 <= at < len(indicator.concentration)
            low = edition.concentration_low.get(indicator.key, ())
            shown = _value(indicator.concentration[at]) if held else MISSING
            cells.append(f"{_value(low[at - 1])}–{shown}" if held and 0 < at <= len(low) else shown)
        low_index = edition.index_low[position - 1] if edition.index_low and position else None
        rows.append([str(index) if low_index is None else f"{low_index}–{index}", *cells])
    above = {"cap": str(edition.cap), "none": MISSING, "extend": "↗"}
    foot = [
        [
            language.gettext(mark("above")),
            *(above.get(str(row.above), str(row.above)) for row in edition.indicators),
        ],
        [language.gettext(mark("decimals")), *(str(row.decimals) for row in edition.indicators)],
    ]
    title = language.gettext(mark("Breakpoints"))
    return LawTable(title, headings, rows, frozenset(range(len(headings))), foot)


def _levels(edition: AqiCategories, language: Translation) -> LawTable:
    """Levels with their legal colour."""
    named = (mark("Level"), "AQI", mark("Name"), mark("English"), mark("Colour"), "CMYK")
    rows = []
    for row in edition.categories:
        span = f"> {row.low - 1}" if row.high is None else f"{row.low}–{row.high}"
        cmyk = MISSING if row.cmyk is None else ", ".join(map(str, row.cmyk))
        rows.append([f"{row.level} {row.level_zh}".strip(), span, row.name_zh, row.name, row.colour, cmyk])
    colours = {(place, 4): row.colour for place, row in enumerate(edition.categories)}
    return LawTable(
        language.gettext(mark("Levels")), [language.gettext(each) for each in named], rows, colours=colours
    )


def _others(edition: Edition, done: frozenset[str], language: Translation) -> Iterator[LawTable]:
    """Every setting that has no table of its own: lists of records as tables, the rest as pairs."""
    pairs: list[tuple[str, str, str]] = []
    other_tongue = _other_tongue(edition, language)
    for name in type(edition).model_fields:
        value = getattr(edition, name)
        if name in _ABOUT_ITSELF | done | other_tongue or value in ((), {}, None):
            continue
        if isinstance(value, tuple) and all(isinstance(row, Record) for row in value):
            yield _records(name, value, language)
        elif isinstance(value, Mapping) and all(isinstance(inner, Mapping) for inner in value.values()):
            yield _grid(name, value)
        else:
            long = isinstance(value, Mapping) and any(len(str(inner)) > 15 for inner in value.values())
            text = "\n".join(f"{key}: {inner}" for key, inner in value.items()) if long else _value(value)
            pairs.append((name, text, edition.confidence_of(name).value))
    if pairs:
        headings = [language.gettext(each) for each in (mark("Setting"), mark("Value"), mark("Confidence"))]
        yield LawTable(language.gettext(mark("Settings")), headings, pairs)


def _other_tongue(record: Record, language: Translation) -> frozenset[str]:
    """Fields that say in the other language what another field says in the reader's."""
    fields = type(record).model_fields
    chinese = {name for name in fields if name.endswith("_zh") and name.removesuffix("_zh") in fields}
    return frozenset(name.removesuffix("_zh") for name in chinese) if language.is_chinese else frozenset(chinese)


def _records(name: str, rows: Sequence[Record], language: Translation) -> LawTable:
    skipped = _other_tongue(rows[0], language)
    fields = [each for each in type(rows[0]).model_fields if each not in skipped]
    return LawTable(name, fields, [[_value(getattr(row, each)) for each in fields] for row in rows])


def _grid(name: str, value: Mapping[str, Mapping[Any, Any]]) -> LawTable:
    """Table of a mapping of mappings: critical values by alpha and N."""
    keys = dict.fromkeys(key for inner in value.values() for key in inner)
    rows = [[str(key), *(_value(inner.get(key)) for inner in value.values())] for key in keys]
    headings = ["", *(str(heading) for heading in value)]
    return LawTable(name, headings, rows, frozenset(range(1, len(headings))))


def _value(value: Any) -> str:
    """Write a setting: exact decimals, mappings as pairs, records by their fields."""
    if isinstance(value, Record):
        return "; ".join(f"{name} {_value(getattr(value, name))}" for name in type(value).model_fields)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items() if inner != {}) or MISSING
    if isinstance(value, (tuple, list)):
        return ", ".join(_value(inner) for inner in value) or MISSING
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        return MISSING
    if isinstance(value, float):
        return f"{value:g}"
    return ("✓" if value else "✗") if isinstance(value, bool) else str(value)


def _pollutant(key: str) -> str:
    return NAMES[Pollutant(key)].symbol if key in set(Pollutant) else {"nox": "NOx", "bap": "BaP"}.get(key, key)


def _statistic(key: str, language: Translation) -> str:
    return language.gettext(_STATISTICS.get(key, key))
