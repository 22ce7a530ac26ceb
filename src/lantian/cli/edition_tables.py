"""An edition of a rule as tables for the eye: limits, breakpoints, levels in their colours, all other settings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from lantian.cli.show import MISSING, cell, console
from lantian.desk.language import Translation, mark
from lantian.desk.paper.palette import ink_on
from lantian.rules.edition import Confidence, Edition, Record
from lantian.rules.records import AmbientLimits, AqiCategories, AqiRule
from lantian.terms.pollutants import NAMES, Pollutant

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


def print_edition(edition: Edition, language: Translation) -> None:
    """Print everything an edition says."""
    for part in edition_parts(edition, language):
        console().print(part)


def edition_parts(edition: Edition, language: Translation) -> Iterator[RenderableType]:
    """Give the head of an edition and one table for each part of what it holds."""
    yield _head(edition, language)
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


def _head(edition: Edition, language: Translation) -> Table:
    """Make the table of what an edition says about itself."""
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
        (say(mark("Confidence")), _confidence(edition.confidence, language)),
    ]
    for setting, confidence in edition.uncertain.items():
        rows.append((say(mark("Less sure")), f"{setting}: {_confidence(confidence, language)}"))
    if edition.like is not None:
        rows.append((say(mark("Like")), edition.like))
    if edition.reason is not None:
        rows.append((say(mark("Why it departs")), edition.reason))
    if edition.notes:
        rows.append((say(mark("Notes")), " ".join(edition.notes.split())))
    table = _table(escape(edition.id), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for heading, text in rows:
        table.add_row(heading, escape(text))
    return table


def _confidence(confidence: Confidence, language: Translation) -> str:
    meaning = {
        Confidence.A: mark("two or more sources agree"),
        Confidence.B: mark("one source"),
        Confidence.C: mark("from memory; must be checked"),
    }[confidence]
    return f"{confidence.value} ({language.gettext(meaning)})"


def _limits(edition: AmbientLimits, language: Translation) -> Table:
    """Pollutant by statistic; the levels of a guideline take the place of the two grades."""
    levels = list(dict.fromkeys(level for row in edition.limits for level in row.levels))
    grades = [mark("Grade I"), mark("Grade II")] if any(row.grade_2 is not None for row in edition.limits) else []
    table = _table(language.gettext(mark("Limits")))
    for heading in (mark("Pollutant"), mark("Statistic"), mark("Unit")):
        table.add_column(language.gettext(heading))
    for heading in [*(language.gettext(grade) for grade in grades), *(level.upper() for level in levels)]:
        table.add_column(heading, justify="right")
    informative = language.gettext(mark("informative"))
    for row in edition.limits:
        values = [*([row.grade_1, row.grade_2] if grades else []), *(row.levels.get(level) for level in levels)]
        statistic = _statistic(row.statistic, language) + (f" ({informative})" if row.informative else "")
        table.add_row(_pollutant(row.pollutant), statistic, row.unit, *(_value(value) for value in values))
    return table


def _breakpoints(edition: AqiRule, language: Translation) -> Table:
    """One line per index, one column per indicator."""
    table = _table(language.gettext(mark("Breakpoints")))
    table.add_column(language.gettext(mark("Index")), justify="right")
    for indicator in edition.indicators:
        heading = [indicator.key, _statistic(indicator.statistic, language), indicator.unit]
        if indicator.optional:
            heading.append(language.gettext(mark("optional")))
        table.add_column(escape("\n".join(heading)), justify="right")
    for position, index in enumerate(edition.index):
        cells: list[str] = []
        for indicator in edition.indicators:
            at = position - indicator.first_index
            held = 0 <= at < len(indicator.concentration)
            low = edition.concentration_low.get(indicator.key, ())
            shown = _value(indicator.concentration[at]) if held else MISSING
            cells.append(f"{_value(low[at - 1])}–{shown}" if held and 0 < at <= len(low) else shown)
        low_index = edition.index_low[position - 1] if edition.index_low and position else None
        table.add_row(str(index) if low_index is None else f"{low_index}–{index}", *cells)
    above = {"cap": str(edition.cap), "none": MISSING, "extend": "↗"}
    table.add_section()
    table.add_row(
        language.gettext(mark("above")), *(above.get(str(row.above), str(row.above)) for row in edition.indicators)
    )
    table.add_row(language.gettext(mark("decimals")), *(str(row.decimals) for row in edition.indicators))
    return table


def _levels(edition: AqiCategories, language: Translation) -> Table:
    """Levels with their legal colour as a swatch."""
    table = _table(language.gettext(mark("Levels")))
    for heading in (mark("Level"), "AQI", mark("Name"), mark("English"), mark("Colour"), "CMYK"):
        table.add_column(language.gettext(heading))
    for row in edition.categories:
        swatch = f"[{ink_on(row.colour)} on {row.colour}] {row.colour} [/]"
        span = f"> {row.low - 1}" if row.high is None else f"{row.low}–{row.high}"
        cmyk = MISSING if row.cmyk is None else ", ".join(map(str, row.cmyk))
        table.add_row(f"{row.level} {row.level_zh}".strip(), span, row.name_zh, row.name, swatch, cmyk)
    return table


def _others(edition: Edition, done: frozenset[str], language: Translation) -> Iterator[Table]:
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
        table = _table(language.gettext(mark("Settings")))
        table.add_column(language.gettext(mark("Setting")))
        table.add_column(language.gettext(mark("Value")), overflow="fold")
        table.add_column(language.gettext(mark("Confidence")))
        for name, text, confidence in pairs:
            table.add_row(name, escape(text), confidence)
        yield table


def _other_tongue(record: Record, language: Translation) -> frozenset[str]:
    """Fields that say in the other language what another field says in the reader's."""
    fields = type(record).model_fields
    chinese = {name for name in fields if name.endswith("_zh") and name.removesuffix("_zh") in fields}
    return frozenset(name.removesuffix("_zh") for name in chinese) if language.is_chinese else frozenset(chinese)


def _records(name: str, rows: Sequence[Record], language: Translation) -> Table:
    skipped = _other_tongue(rows[0], language)
    fields = [field for field in type(rows[0]).model_fields if field not in skipped]
    table = _table(name)
    for field in fields:
        table.add_column(field)
    for row in rows:
        table.add_row(*(escape(_value(getattr(row, field))) for field in fields))
    return table


def _grid(name: str, value: Mapping[str, Mapping[Any, Any]]) -> Table:
    """Table of a mapping of mappings: critical values by alpha and N."""
    table = _table(name)
    table.add_column("")
    for heading in value:
        table.add_column(escape(str(heading)), justify="right")
    keys = dict.fromkeys(key for inner in value.values() for key in inner)
    for key in keys:
        table.add_row(escape(str(key)), *(_value(inner.get(key)) for inner in value.values()))
    return table


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
    return cell(value)


def _pollutant(key: str) -> str:
    return NAMES[Pollutant(key)].symbol if key in set(Pollutant) else {"nox": "NOx", "bap": "BaP"}.get(key, key)


def _statistic(key: str, language: Translation) -> str:
    return language.gettext(_STATISTICS.get(key, key))


def _table(title: str, *, show_header: bool = True) -> Table:
    return Table(title=title, title_justify="left", show_header=show_header)
