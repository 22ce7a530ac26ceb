"""Which column of a composition file holds which species, in which unit, and what stands beside it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from lantian.desk.intake import Table
from lantian.desk.intake.guessing import bare
from lantian.loop.sense.doors.labels import Label
from lantian.loop.sense.doors.sample_times import is_time
from lantian.rules import Species, SpeciesRule
from lantian.rules.species_records import bare_species, bare_unit
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

Role = Literal["value", "uncertainty", "mdl", "flags"]
STATION = (
    "station", "stationcode", "site", "sitecode", "点位编码", "站点编码", "站点代码", "站点", "点位", "点位名称",
    "站点名称", "监测点", "站名",
)  # fmt: skip
SPECIES = (
    "species", "component", "analyte", "parameter", "compound", "pollutant", "组分", "组分名称", "物种", "化合物",
    "因子", "监测因子", "监测项目", "项目", "污染物",
)  # fmt: skip
LONG: Mapping[str, tuple[str, ...]] = {
    "value": ("value", "concentration", "conc", "浓度", "监测值", "测量值", "数值", "值"),
    "unit": ("unit", "units", "单位"),
    "uncertainty": ("unc", "uncertainty", "不确定度"),
    "mdl": ("mdl", "lod", "dl", "detectionlimit", "检出限", "方法检出限"),
    "flags": ("flag", "flags", "qualifier", "标识", "标记", "数据标识"),
}
ION, ELEMENT = "pm_ion", "pm_element"
INSTRUMENT = ("instrument", "仪器", "仪器名称")
SIMULATED = ("simulated", "模拟")
_ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("浓度", "小时浓度", "value", "conc", "concentration"), "value"),
    **dict.fromkeys(("unc", "uncertainty", "不确定度"), "uncertainty"),
    **dict.fromkeys(("mdl", "lod", "检出限"), "mdl"),
    **dict.fromkeys(("flag", "flags", "标识", "标记"), "flags"),
}
_SUFFIX = re.compile(rf"^(.+?)[\s_:.\-]*({'|'.join(sorted(_ROLES, key=len, reverse=True))})$", re.IGNORECASE)
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]([^\[\]()]+)[\])]\s*(.*)$")
_TAIL = re.compile(r"^(.*\S)[\s_,/]+(\S+)$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column of a wide file holds."""

    column: str
    species: Species
    role: Role
    unit: str | None
    """As `bare_unit` writes it, where the heading or the row below it says one."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a wide file."""

    known: tuple[Heading, ...]
    strange: tuple[str, ...]
    """Columns that were not read."""
    findings: tuple[Finding, ...] = field(default=())

    def of(self, role: Role) -> dict[str, Heading]:
        """Species → its column of a role."""
        return {row.species.key: row for row in self.known if row.role == role}


def first_of(columns: Iterable[str], names: tuple[str, ...]) -> str | None:
    """Return the first column whose name, stripped, is one of some names, in their order."""
    held: dict[str, str] = {}
    for column in columns:
        held.setdefault(bare(column), column)
    return next((held[name] for name in names if name in held), None)


def read_headings(table: Table, rule: SpeciesRule, used: frozenset[str]) -> Headings:
    """Name the columns of a wide file.

    Parameters
    ----------
    table : Table
        The file.
    rule : SpeciesRule
        Names of species and units.
    used : frozenset of str
        Columns that were read as something else: time, station …
    """
    units = {unit for row in rule.units for unit in (*row.accepted, *row.mass_units)}
    rest = [column for column in table.columns if column not in used]
    read = [(column, _read(column, table.units.get(column), rule, units)) for column in rest]
    sure = _sure_kinds([(pair[0], pair[1].species) for _, pair in read if pair is not None], rule)
    known: dict[tuple[str, Role], Heading] = {}
    strange, doubts = [], []
    for column, pair in read:
        if pair is None:
            strange.append(column)
            continue
        text, row = pair
        both = rule.either.get(bare_species(text))
        if both is not None and row.species.key == both[1]:
            row = replace(row, species=_settled(both, sure, rule))
            if ELEMENT not in sure:
                doubts.append((column, row.species.symbol))
        if (row.species.key, row.role) in known:
            strange.append(column)
        else:
            known[row.species.key, row.role] = row
    strange += [row.column for (key, _), row in known.items() if (key, "value") not in known]
    findings = (*_said_either(table, doubts), *not_read(table, strange))
    return Headings(tuple(known.values()), tuple(strange), findings)


def read_names(
    table: Table, texts: Iterable[str], rule: SpeciesRule
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Name the species of a long file: text → key, without those that are none; and what is doubtful."""
    named = {text: found for text in texts if (found := rule.named(text)) is not None}
    sure, doubts = _sure_kinds(list(named.items()), rule), []
    for text, found in named.items():
        both = rule.either.get(bare_species(text))
        if both is not None and found.key == both[1]:
            named[text] = _settled(both, sure, rule)
            if ELEMENT not in sure:
                doubts.append((text, named[text].symbol))
    return {text: row.key for text, row in named.items()}, _said_either(table, doubts)


def _settled(both: tuple[str, str], sure: set[str], rule: SpeciesRule) -> Species:
    """Take a symbol of two for the ion where ions and no elements are sure, else for the element."""
    return rule.by_key[both[0] if ION in sure and ELEMENT not in sure else both[1]]


def _read(column: str, below: str | None, rule: SpeciesRule, units: set[str]) -> tuple[str, Heading] | None:
    """Part a heading into species, unit and role; the text that names the species comes first."""
    text, unit = _without_unit(unicodedata.normalize("NFKC", column).strip(), units)
    if unit is None and below is not None:
        unit = bare_unit(below)
    found = rule.named(text)
    if found is not None:
        return text, Heading(column, found, "value", unit)
    parts = _SUFFIX.match(text)
    if parts is not None:
        found = rule.named(parts[1])
        if found is not None:
            return parts[1], Heading(column, found, _ROLES[parts[2].lower()], unit)
    return None


def _without_unit(text: str, units: set[str]) -> tuple[str, str | None]:
    brackets = _BRACKETS.match(text)
    if brackets is not None and bare_unit(brackets[2]) in units:
        return f"{brackets[1]} {brackets[3]}".strip(), bare_unit(brackets[2])
    tail = _TAIL.match(text)
    if tail is not None and bare_unit(tail[2]) in units:
        return tail[1], bare_unit(tail[2])
    return text, None


def _sure_kinds(named: list[tuple[str, Species]], rule: SpeciesRule) -> set[str]:
    """Kinds of what is named beyond doubt: they tell whether symbols such as K mean ions or elements here."""
    return {row.kind for text, row in named if bare_species(text) not in rule.either}


def _said_either(table: Table, doubts: list[tuple[str, str]]) -> tuple[Finding, ...]:
    if not doubts:
        return ()
    return (
        Finding(
            "symbol_of_two",
            table.name,
            mark("{columns} name an ion and an element alike; they were read as {symbols}. Ask the laboratory."),
            Severity.WARNING,
            evidence={
                "columns": ", ".join(row[0] for row in doubts),
                "symbols": ", ".join(row[1] for row in doubts),
            },
        ),
    )


def not_read(table: Table, strange: list[str]) -> tuple[Finding, ...]:
    """Say which columns were left aside, and how much stood in them."""
    if not strange:
        return ()
    filled = int(table.frame.select(strange).count().sum_horizontal().item())
    return (
        Finding(
            "columns_not_read",
            table.name,
            mark(
                "{count} columns with {cells} filled cells name nothing that is taken here; left out: {columns}."
            ),
            Severity.WARNING,
            evidence={"count": len(strange), "cells": filled, "columns": ", ".join(strange)},
            competing_explanation=mark("Weather and gases in the same file, which have doors of their own."),
        ),
    )


def not_kept(table: Table, columns: list[tuple[str, str]]) -> tuple[Finding, ...]:
    """Say which columns are in a unit that their species cannot be kept in."""
    if not columns:
        return ()
    return (
        Finding(
            "unit_not_kept",
            table.name,
            mark("{columns} were not read: their unit cannot be turned into the one that is kept ({units})."),
            Severity.WARNING,
            evidence={
                "columns": ", ".join(row[0] for row in columns),
                "units": ", ".join(sorted({row[1] for row in columns})),
            },
            competing_explanation=mark("A sum of VOC has no molar mass, so that ppb of it is no mass."),
        ),
    )


def unit_said(species: Species, own: str | None, label: Label, rule: SpeciesRule) -> str | None:
    """Return the unit of a species' column: its own, else what the label says of its kind or of all."""
    if own is not None:
        return own
    parts = label.below("unit")
    for stem in (species.key, species.kind, species.kind.split("_", maxsplit=1)[0]):
        if stem in parts:
            return bare_unit(parts[stem])
    kind = rule.unit_of(species.kind)
    if kind.assumed:
        return next(iter(kind.accepted))
    whole = label.get("unit")
    return None if whole is None else bare_unit(whole)


def units_of(named: Mapping[str, tuple[Species, str | None]], label: Label, rule: SpeciesRule) -> dict[str, str]:
    """Settle the unit of every column, or say at once of which none is known.

    Parameters
    ----------
    named : mapping of str to (Species, str or None)
        Column → what it holds, and the unit that it says itself.

    Raises
    ------
    CallerError
        A column says no unit.
    """
    settled = {column: unit_said(species, own, label, rule) for column, (species, own) in named.items()}
    if silent := [column for column, unit in settled.items() if unit is None]:
        raise CallerError(
            "{name} says no unit of {columns}; ppb and µg/m³ differ several times over. Put it into the heading, "
            "as in 甲苯(ppb), or write unit = ppb (unit.voc, unit.pm, unit.gas) above the header.",
            name=label.name,
            columns=", ".join(silent[:12]),
        )
    return {column: unit for column, unit in settled.items() if unit is not None}


def is_kept(species: Species, unit: str, rule: SpeciesRule) -> bool:
    """Whether a species can be given in a unit: a sum of VOC has no molar mass, so ppb of it is no mass."""
    kind = rule.unit_of(species.kind)
    return unit in kind.accepted or unit in kind.mass_units


def is_composition(columns: frozenset[str], rule: SpeciesRule) -> bool:
    """Whether stripped headings are surely of composition: a time, and species or a column that names them."""
    if not any(is_time(column) for column in columns):
        return False
    if columns & set(SPECIES) and columns & set(LONG["value"]) and columns & {*LONG["mdl"], *LONG["uncertainty"]}:
        return True
    plain = {re.sub(r"[,，'’&]", "", column) for column in columns}
    others = _stripped(row for row in rule.species if row.kind not in {"pm_mass", "pm_element", "optical"})
    elements = _stripped(row for row in rule.species if row.kind == "pm_element")
    return len(plain & others) >= 3 or len((plain & elements) - others) >= 6


def _stripped(rows: Iterable[Species]) -> set[str]:
    return {re.sub(r"[,，'’&]", "", bare(name)) for row in rows for name in row.names}
