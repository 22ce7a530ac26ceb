"""What stands on an application form: pages, sections, fields and their choices (申请表版式).

The hidden first column of every page names what each line is, so that a form is known again in either language,
wherever its lines were moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lantian.desk.language import LOCALES, translation
from lantian.loop.plan.admission import words
from lantian.loop.plan.admission.outcome import Name
from lantian.loop.plan.dispatch.sheet_layout import same_text
from lantian.rules import AdmissionRule
from lantian.terms.words import mark

FORM = "lantian admission form 1"
"""First cell of every page."""
HEADING, HEAD, ROW, FIELD = "?", "=", "+", ":"
"""Marks before the key in the hidden column: heading of a section, its head, one of its rows, a field."""
DATUMS = ("CGCS2000", "GCJ-02", "BD-09")

Kind = Literal["text", "number", "day", "choice", "yes_no", "degrees", "count"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: a line of the first page or a column of a section."""

    key: str
    title: str
    """Message id."""
    kind: Kind = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    """Key → message id."""
    from_rule: str = ""
    """``fuels``, ``substitutes`` or ``equal_cases``: choices that the edition names."""
    wide: float = 16
    """Width of a column. [characters]"""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class FormSection:
    """A table of a page."""

    key: str
    title: str
    """Message id."""
    page: str
    fields: tuple[FormField, ...]
    rows: int = 6
    """Lines to fill in."""


MAIN: tuple[FormField, ...] = (
    FormField("name", mark("Name of the project"), needed=True),
    FormField("applicant", mark("Applicant"), needed=True),
    FormField("credit_code", mark("Unified social credit code")),
    FormField("county", mark("County"), "choice", needed=True),
    FormField("industry", mark("Industry"), "choice", words.INDUSTRIES, needed=True),
    FormField("kind", mark("Kind of project"), "choice", words.KINDS, needed=True),
    FormField("site", mark("Bulk goods site"), "choice", words.SITES),
    FormField("applied_on", mark("Date of the application"), "day", needed=True),
    FormField("starts_on", mark("Planned day on which it runs"), "day"),
    FormField("longitude", mark("Longitude"), "degrees"),
    FormField("latitude", mark("Latitude"), "degrees"),
    FormField("datum", mark("Datum"), "choice", {name: name for name in DATUMS}),
    FormField("catalogue", mark("Class in the industrial catalogue"), "choice", words.CATALOGUE),
    FormField("energy_level", mark("Level of energy use"), "choice", words.ENERGY_LEVELS),
    FormField("rail_siding", mark("Joined to a siding"), "yes_no"),
    FormField("coal_guaranteed", mark("Coal guaranteed by the energy authority"), "yes_no"),
    FormField("gas_producers", mark("New gas producers for fuel (number, 0 for none)"), "count"),
    FormField("note", mark("Note")),
)
_PRODUCT = FormField("product", mark("Industry"), "choice", words.INDUSTRIES, wide=18, needed=True)
_EMITTED = FormField("pollutant", mark("Pollutant emitted"), "choice", words.EMITTED, wide=20, needed=True)
_PLACE = (
    FormField("longitude", mark("Longitude"), "degrees", wide=12),
    FormField("latitude", mark("Latitude"), "degrees", wide=12),
)
_GOODS, _AIR, _COAL, _HEAT, _OTHER = (
    "2 产能运输 Capacity",
    "3 排放 Emissions",
    "4 用煤 Coal",
    "5 锅炉机组 Boilers",
    "6 炉窑及其他 Furnaces",
)
MAIN_PAGE = "1 基本情况 Project"
PAGES = (MAIN_PAGE, _GOODS, _AIR, _COAL, _HEAT, _OTHER)
"""Names of the pages, the same in both languages, since a form is read by them."""
SECTIONS: tuple[FormSection, ...] = (
    FormSection("built", mark("Capacity to be built"), _GOODS, (
        _PRODUCT,
        FormField("amount", mark("Capacity (10,000 t/a)"), "number", wide=16, needed=True),
        FormField("equal_case", mark("Case of an equal swap"), "choice", from_rule="equal_cases", wide=36),
    ), 3),
    FormSection("retired", mark("Capacity that retires for it"), _GOODS, (
        _PRODUCT,
        FormField("name", mark("Enterprise and equipment"), wide=30, needed=True),
        FormField("amount", mark("Capacity (10,000 t/a)"), "number", wide=16, needed=True),
        FormField("shut_on", mark("Closed on"), "day", wide=13),
        FormField("merged", mark("By a real merger"), "yes_no", wide=12),
        FormField("inferior", mark("Restricted class or other province"), "yes_no", wide=16),
    ), 5),
    FormSection("hauls", mark("Bulk goods in and out"), _GOODS, (
        FormField("material", mark("Material"), wide=18, needed=True),
        FormField("mode", mark("Way of transport"), "choice", words.MODES, wide=30, needed=True),
        FormField("amount", mark("Amount (t/a)"), "number", wide=16, needed=True),
    ), 8),
    FormSection("emissions", mark("Yearly emissions"), _AIR, (
        _EMITTED, FormField("amount", mark("Emission (t/a)"), "number", wide=30, needed=True),
    ), 4),
    FormSection("reductions", mark("What is set off in the area"), _AIR, (
        _EMITTED,
        FormField("source", mark("Enterprise and way"), wide=30, needed=True),
        FormField("amount", mark("Reduction (t/a)"), "number", wide=16, needed=True),
        FormField("done_on", mark("Done on"), "day", wide=13),
    ), 8),
    FormSection("air", mark("State of the air, where nothing was evaluated"), _AIR, (
        FormField("pollutant", mark("Pollutant of the air"), "choice", words.AIR, wide=20, needed=True),
        FormField("attains", mark("Attains"), "yes_no", wide=30, needed=True),
    ), 6),
    FormSection("coal", mark("Coal newly used"), _COAL, (
        FormField("fuel", mark("Kind of coal"), "choice", from_rule="fuels", wide=18, needed=True),
        FormField("amount", mark("Amount (t/a)"), "number", wide=16, needed=True),
        FormField("use", mark("Use of the coal"), "choice", words.COAL_USES, wide=16),
    ), 5),
    FormSection("coal_savings", mark("Coal that is saved for it"), _COAL, (
        FormField("fuel", mark("Kind of coal"), "choice", from_rule="fuels", wide=18, needed=True),
        FormField("amount", mark("Amount (t/a)"), "number", wide=16, needed=True),
        FormField("by", mark("What takes its place"), "choice", from_rule="substitutes", wide=26, needed=True),
        FormField("source", mark("Enterprise and way"), wide=30, needed=True),
    ), 8),
    FormSection("boilers", mark("Boilers to be built"), _HEAT, (
        FormField("name", mark("Name"), wide=18, needed=True),
        FormField("capacity", mark("Capacity (t/h)"), "number", wide=12),
        FormField("fuel", mark("Fuel"), "choice", words.BOILER_FUELS, wide=12, needed=True),
        FormField("purpose", mark("Purpose"), "choice", words.PURPOSES, wide=18, needed=True),
        FormField("kind", mark("Kind of boiler"), "choice", words.BOILER_KINDS, wide=18),
        *_PLACE,
    ), 5),
    FormSection("power_units", mark("Power units to be built"), _HEAT, (
        FormField("name", mark("Name"), wide=18, needed=True),
        FormField("capacity", mark("Capacity (MW)"), "number", wide=12, needed=True),
        FormField("fuel", mark("Fuel"), "choice", words.BOILER_FUELS, wide=12, needed=True),
        FormField("self_owned", mark("Self-owned"), "yes_no", wide=18, needed=True),
    ), 3),
    FormSection("heat_sources", mark("Heat and power plants near by"), _HEAT, (
        FormField("name", mark("Name"), wide=18, needed=True),
        FormField("capacity", mark("Capacity (MW)"), "number", wide=12, needed=True),
        FormField("longitude", mark("Longitude"), "degrees", wide=12, needed=True),
        FormField("latitude", mark("Latitude"), "degrees", wide=18, needed=True),
    ), 4),
    FormSection("furnaces", mark("Industrial furnaces to be built"), _OTHER, (
        FormField("name", mark("Name"), wide=22, needed=True),
        FormField("kind", mark("Kind of furnace"), "choice", words.FURNACES, wide=18, needed=True),
        FormField("energy", mark("Energy"), "choice", words.ENERGIES, wide=24, needed=True),
    ), 5),
    FormSection("voc_products", mark("Coatings, inks, glues and cleaners made or used"), _OTHER, (
        FormField("name", mark("Name"), wide=22, needed=True),
        FormField("kind", mark("Kind of product"), "choice", words.VOC_KINDS, wide=18, needed=True),
        FormField("high", mark("Above the limit of a low-VOC product"), "yes_no", wide=24),
    ), 5),
    FormSection("mines", mark("Mines to be opened"), _OTHER, (
        FormField("name", mark("Name"), wide=22, needed=True),
        FormField("kind", mark("Kind of mine"), "choice", words.MINES, wide=18, needed=True),
        FormField("exception", mark("Ground for an exception"), "choice", words.MINE_EXCEPTIONS, wide=24),
        FormField("proof", mark("Paper handed in"), "yes_no", wide=14),
    ), 3),
)  # fmt: skip


def rule_choices(rule: AdmissionRule, which: str) -> dict[str, Name]:
    """Return the choices that an edition names: key → name."""
    if which == "fuels":
        return {row.key: Name(zh=row.name_zh, en=row.name) for row in rule.fuels}
    if which == "substitutes":
        return {row.key: Name(zh=row.title_zh, en=row.title) for row in rule.substitutes}
    if which == "equal_cases":
        return {row.key: Name(zh=row.title_zh, en=row.title) for row in rule.equal_cases}
    return {row.key: Name(zh=row.title_zh, en=row.title) for row in rule.documents}


def chosen(text: str, choices: Mapping[str, str | Name]) -> str | None:
    """Return the key that a word means, in either language, or None.

    Examples
    --------
    >>> chosen(" rail ", words.MODES), chosen("生物质", {"biomass": Name(zh="生物质", en="biomass")})
    ('rail', 'biomass')
    """
    wanted = same_text(text).lower()
    for key, named in choices.items():
        if isinstance(named, Name):
            spoken = [key, named.zh, named.en]
        else:
            spoken = [key, named, *(translation(locale).gettext(named) for locale in LOCALES)]
        if wanted in {same_text(one).lower() for one in spoken}:
            return key
    return None
