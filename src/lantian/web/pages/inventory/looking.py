"""What every page of the room looks with: which edition, which pollutant, and the names of what stands in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from lantian.city.records import SubjectKind
from lantian.desk.paper.provenance import HowMade
from lantian.ledger.models import InventoryEdition
from lantian.loop.explain.editions import DRAFT, find_edition, list_editions
from lantian.loop.explain.study import Study
from lantian.loop.explain.wording import worded
from lantian.rules import Edition
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.tables import Cell, TableColumn
from lantian.web.visiting import Visit

T = TypeVar("T")

EMISSIONS, TOTALS = "inventory_emissions", "inventory_totals"
BOOK = (
    "inventory_sources",
    "inventory_processes",
    "inventory_controls",
    "inventory_measured",
    "inventory_statistics",
)
TABLES = (EMISSIONS, TOTALS, *BOOK, "ledger")
"""What an answer of this room depends on."""
USUAL = "pm25"
TONNES = "t"
NOTHING = mark("Nothing of this pollutant is in the edition. Choose another one.")
_TABS = (
    (mark("Sums"), "/inventory"),
    (mark("Tree"), "/inventory/tree"),
    (mark("Places"), "/inventory/places"),
    (mark("How it is known"), "/inventory/known"),
    (mark("Hours"), "/inventory/hours"),
    (mark("Differences"), "/inventory/changes"),
    (mark("Editions and files"), "/inventory/editions"),
)


@dataclass(frozen=True)
class Look:
    """One look into the inventory."""

    visit: Visit
    study: Study
    edition: InventoryEdition
    pollutant: str

    # ------------------------------------------------------------------------------------------ addresses

    def link(self, path: str, **more: object) -> str:
        """Return an address of this room that keeps edition and pollutant."""
        asked = {"edition": self.edition.key, "pollutant": self.pollutant, **more}
        return f"{path}?{urlencode({name: str(value) for name, value in asked.items()})}"

    def why(self, source: str, pollutant: str = "") -> str:
        """Return the page that says how the tonnes of a source were made."""
        parts = (self.edition.key, source, pollutant or self.pollutant)
        return "/inventory/why/" + "/".join(quote(part, safe="") for part in parts)

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Pages of the room."""
        path = self.visit.request.url.path
        return [(self.visit.say(words), self.link(address), path == address) for words, address in _TABS]

    # ------------------------------------------------------------------------------------------ words

    @property
    def symbol(self) -> str:
        """The pollutant as it is written."""
        return worded(self.pollutant, self.visit.language)

    @property
    def pollutants(self) -> list[tuple[str, str]]:
        """Choices of a pollutant."""
        return [(key, worded(key, self.visit.language)) for key in INVENTORY_POLLUTANTS]

    @property
    def editions(self) -> list[tuple[str, str]]:
        """Choices of an edition."""
        rows = list_editions(self.study)
        return [(row.key, row.key if row.name == row.key else f"{row.key} · {row.name}") for row in rows]

    @property
    def said(self) -> str:
        """Edition and its state, for the line below a title."""
        state = mark("still a draft") if self.edition.state == DRAFT else mark("closed")
        return self.visit.say(
            mark("Edition {key} of the year {year}, {state}. NOₓ counts as NO₂."),
            key=self.edition.key,
            year=self.edition.year,
            state=self.visit.say(state),
        )

    @property
    def level(self) -> str:
        """Share of the draws that an interval encloses, as it is written."""
        return f"{float(self.study.book_rule(self.edition.year).draws.level):.0%}".replace("%", " %")

    @property
    def rules(self) -> InventoryRules:
        """The law of the edition's year."""
        return self.study.rules(self.edition.year)

    def category(self, code: str) -> str:
        """Name of a category or of the beginning of its code."""
        row = self.rules.categories.get(code.rstrip("."))
        return code if row is None else self.visit.named(row.name_zh, row.name)

    def county(self, code: str) -> str:
        """Name of a county."""
        known = {row.adcode for row in self.study.city.counties}
        return (
            self.study.city.name_of(SubjectKind.COUNTY, code, self.visit.language.name) if code in known else code
        )

    # ------------------------------------------------------------------------------------------ answers

    def keep(self, of: str, make: Callable[[], T]) -> T:
        """Return what was made for this edition and pollutant while the inventory is the same."""
        key = ("inventory", of, self.edition.key, self.pollutant, self.visit.language.name)
        return self.visit.keeper.keep(key, TABLES, make)

    @property
    def key(self) -> tuple[object, ...]:
        """All that an answer about this edition and pollutant depends on."""
        return self.edition.key, self.pollutant, self.visit.keeper.versions(TABLES)

    @property
    def caption(self) -> str:
        """Source, period and edition, for the line below a chart."""
        return self.visit.say(
            mark("Lantian inventory · year {year} · edition {key}"), year=self.edition.year, key=self.edition.key
        )

    def how_made(self, title: str, *notes: str) -> HowMade:
        """Say how a table of this edition was made."""
        rows = self.keep("made", lambda: _made(self))
        return self.visit.how_made(
            f"{title} · {self.edition.key}",
            period=str(self.edition.year),
            tables=(EMISSIONS, TOTALS),
            editions=rows[1],
            run_id=rows[0],
            notes=[self.visit.say(mark("t in the year; NOx as NO2; VOC as mass of the compounds")), *notes],
        )


def _made(look: Look) -> tuple[str, list[Edition]]:
    """Run that computed an edition, and the editions of law that it names."""
    from lantian.loop.explain.queries import totals

    row = totals(look.study, look.edition.key).row(0, named=True)
    known = {each.id: each for each in look.visit.house.rulebook.editions()}
    return row["run_id"], [known[each] for each in row["rules"].split(",") if each in known]


def look_of(visit: Visit) -> Look:
    """Read edition and pollutant from an address.

    Raises
    ------
    CallerError
        There is no such edition or pollutant.
    """
    study = visit.house.study()
    asked = visit.request.query_params
    pollutant = asked.get("pollutant") or USUAL
    return Look(visit, study, find_edition(study, asked.get("edition") or None), checked(pollutant))


def checked(pollutant: str) -> str:
    """Return a pollutant of the inventory.

    Raises
    ------
    CallerError
        It is none.
    """
    if pollutant not in set(INVENTORY_POLLUTANTS):
        raise CallerError(
            "The inventory knows no {pollutant!r}; it knows {known}.",
            pollutant=pollutant,
            known=", ".join(INVENTORY_POLLUTANTS),
        )
    return pollutant


# ---------------------------------------------------------------------------------------------- numbers


def tonnes(value: float) -> str:
    """Write an amount with the figures that it deserves. [t]

    Examples
    --------
    >>> tonnes(31639.75), tonnes(388.54), tonnes(2.7153), tonnes(0.000175), tonnes(-42.5)
    ('31,640', '388.5', '2.72', '0.000175', '−42.50')
    """
    size = abs(value)
    if size >= 1000:  # from here on parts of a tonne say nothing
        text = f"{value:,.0f}"
    elif size >= 100:
        text = f"{value:.1f}"
    else:
        text = f"{value:.2f}" if size >= 1 or size == 0 else f"{value:.3g}"
    return text.replace("-", "−")


def amount_cell(value: float | None, **more: str) -> Cell:
    """Return an amount as a table shows it; the export has all of its figures."""
    return Cell(value, text=None if value is None else tonnes(value), **more)  # type: ignore[arg-type]


def share_cell(value: float | None) -> Cell:
    """Return a share as a table shows it."""
    return Cell(None if value is None else value * 100)


def amount_columns(visit: Visit) -> Sequence[TableColumn]:
    """Headings of an amount with its interval and its weak part."""
    return (
        TableColumn("amount", visit.say(mark("Amount")), TONNES, "number"),
        TableColumn(
            "low", visit.say(mark("Low")), TONNES, "number", note=visit.say(mark("Lower end of the interval"))
        ),
        TableColumn(
            "high",
            visit.say(mark("High")),
            TONNES,
            "number",
            note=visit.say(mark("Upper end of the interval")),
        ),
        TableColumn(
            "weak",
            visit.say(mark("Confidence C")),
            "%",
            "number",
            1,
            note=visit.say(mark("Share of the amount that rests on numbers of confidence C")),
        ),
    )
