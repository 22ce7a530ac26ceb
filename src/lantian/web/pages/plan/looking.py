"""What every page of the plan shares: who reads, which plan, words and lights, cells of duties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated

from lantian.desk.paper.provenance import HowMade
from lantian.ledger.people import Role
from lantian.loop.plan.dispatch.lights import NAMES, Colour, Light, LightWord
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import find_plan, list_organisations
from lantian.loop.plan.rows import DutyRow, PlanRow, TaskRow
from lantian.loop.plan.views.duty_views import DutyView
from lantian.loop.plan.views.export_rows import tasks_text
from lantian.loop.plan.views.light_looks import reason_text, step_text, word_text
from lantian.loop.plan.views.tallies import Counts
from lantian.rules import DispatchRule
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

LEDGER = ("ledger",)
"""What a page of duties depends on."""
SOURCES = ("plans", "measures", "duties", "tasks", "reports", "escalations")
"""Tables of the ledger that a table of duties is made of."""
ROLES: Mapping[str, str] = {
    "lead": mark("leads"),
    "cooperate": mark("cooperates"),
    "implement": mark("carries out"),
}
CLAIMS: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "difficult": mark("in difficulty"),
}
REVIEWS: Mapping[str, str] = {
    "pending": mark("waits for review"),
    "accepted": mark("accepted"),
    "returned": mark("returned"),
}
BAR = (Colour.BLUE, Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)
"""Colours in the order of a bar."""
REVIEW_STATES: Mapping[str, str] = {"pending": "waiting", "accepted": "reviewed", "returned": "returned"}
_REPORTERS = frozenset({Role.COUNTY, Role.DEPARTMENT})

Reader = Annotated[Visit, visit(May.READ_PLAN)]


@dataclass(frozen=True)
class Desk:
    """One visit at the desk of the plan."""

    visit: Visit

    @cached_property
    def office(self) -> Office:
        """The room's place, law, stores and clock."""
        return self.visit.house.office()

    @cached_property
    def found(self) -> PlanRow | None:
        """The plan in force, else the newest draft, else None."""
        return self.visit.keeper.keep(("plan", "found"), LEDGER, lambda: find_plan(self.office))

    @property
    def plan(self) -> PlanRow:
        """The plan.

        Raises
        ------
        NotFound
            The workspace holds none.
        """
        if self.found is None:
            raise NotFound("There is no plan here yet. The city's office takes one in under Plan › Editions.")
        return self.found

    @cached_property
    def rule(self) -> DispatchRule:
        """The rule of the dispatch that holds today."""
        return self.office.dispatch_rule(self.visit.today)

    @cached_property
    def plan_name(self) -> str:
        """Title of the plan in the reader's language."""
        return self.visit.named(self.plan.title, self.plan.title_en)

    @cached_property
    def bodies(self) -> dict[str, str]:
        """Bodies with duties that the reader may see: id → name in their language, in the directory's order."""
        rows = self.visit.keeper.keep(("plan", "bodies"), LEDGER, lambda: list_organisations(self.office))
        scope = self.visit.scope
        return {row.id: self.visit.named(row.name, row.name_en) for row in rows if scope.covers(row.id)}

    @cached_property
    def own(self) -> frozenset[str]:
        """Bodies for which the reader may speak; a reader of the whole city speaks for any."""
        account = self.visit.account
        return frozenset(
            body for role, body in (account.roles if account is not None else ()) if role in _REPORTERS and body
        )

    def may_report(self, organisation: str) -> bool:
        """Whether the reader may report for a body."""
        return self.visit.may(May.REPORT_PROGRESS) and (self.is_office or organisation in self.own)

    @property
    def is_office(self) -> bool:
        """Whether the reader decides for the whole city."""
        return self.visit.may(May.DISPATCH)

    # ------------------------------------------------------------------------------------------ words

    def word(self, words: Mapping[str, str], name: str | None) -> str:
        """Return the word of a stored name in the reader's language."""
        return "" if not name else self.visit.say(words[name]) if name in words else name

    def title(self, duty: DutyRow) -> str:
        """Name of a duty's measure."""
        return self.visit.named(duty.title, duty.title_en)

    def body(self, duty: DutyRow) -> str:
        """Name of a duty's body."""
        return self.visit.named(duty.organisation, duty.organisation_en)

    def role(self, duty: DutyRow) -> str:
        """Word for what the body has to do with the measure."""
        return self.word(ROLES, duty.role)

    def reason(self, light: Light) -> str:
        """Why a light is so."""
        return reason_text(light, self.visit.language)

    def claim(self, claimed: str) -> str:
        """Word for the state of work that a report claims."""
        return self.word(CLAIMS, claimed)

    def percent(self, share: Decimal) -> str:
        """Write a share as it was reported, without zeros after the point. [%]"""
        return f"{share.normalize():f} %"

    def review(self, review: str) -> str:
        """Word for what became of a report."""
        return self.word(REVIEWS, review)

    def review_state(self, review: str) -> str:
        """State whose icon stands beside that word."""
        return REVIEW_STATES.get(review, "")

    def step(self, key: str | None) -> str:
        """Name of a step of the ladder."""
        return "" if key is None else step_text(key, self.visit.language)

    def tasks(self, tasks: Sequence[TaskRow]) -> str:
        """Dates and targets, one below the other."""
        return tasks_text(tasks, self.visit.language)

    def light_cell(self, light: Light) -> Cell:
        """Return a light as icon and word, with its reason."""
        return Cell(word_text(light, self.visit.language), state=light.word.value, note=self.reason(light))

    def light_words(self) -> list[tuple[LightWord, str]]:
        """Every light with its word."""
        return [(word, self.visit.say(name)) for word, name in NAMES.items()]

    def shares(self, counts: Counts) -> list[tuple[Colour, float, float]]:
        """Each colour that occurs with where its part of a bar begins and how long it is. [%]"""
        found, start = [], 0.0
        for colour in BAR:
            share = round(counts.colour(colour) * 100 / counts.total, 2) if counts.total else 0.0
            if share:
                found.append((colour, round(start, 2), share))
                start += share
        return found

    def how_made(self, title: str, *, notes: Sequence[str] = (), tables: Sequence[str] = SOURCES) -> HowMade:
        """Say what a table of the plan was made of."""
        return self.visit.how_made(
            title,
            period=self.visit.today.isoformat(),
            tables=tables,
            editions=[self.rule],
            notes=[self.plan_name, *notes],
        )

    # ------------------------------------------------------------------------------------------ tables

    def duty_table(
        self,
        name: str,
        title: str,
        views: Sequence[DutyView],
        *,
        without: Sequence[str] = (),
        empty: str = "",
        shown: int | None = 100,
    ) -> DataTable:
        """Lay duties out, each a row that opens its page; `without` names columns that the page says already."""
        say = self.visit.say
        columns = (
            TableColumn("number", say(mark("No.")), kind=NUMBER),
            TableColumn("title", say(mark("Key task"))),
            TableColumn("body", say(mark("Responsible body"))),
            TableColumn("role", say(mark("Role"))),
            TableColumn("words", say(mark("What is to be done"))),
            TableColumn("due", say(mark("Due")), kind=DATE),
            TableColumn("light", say(mark("Light")), kind=MARK),
            TableColumn("reason", say(mark("Reason"))),
            TableColumn("share", say(mark("Share done")), "%", NUMBER),
            TableColumn("month", say(mark("Last report"))),
            TableColumn("step", say(mark("Step"))),
        )
        kept = [place for place, column in enumerate(columns) if column.key not in without]
        rows = [[row[place] for place in kept] for row in map(self._duty_row, views)]
        return DataTable(
            name, title, [columns[place] for place in kept], rows, self.how_made(title),
            empty=empty or say(mark("There is no such duty.")), shown=shown,
            links=[f"/plan/duties/{view.duty.id}" for view in views],
        )  # fmt: skip

    def _duty_row(self, view: DutyView) -> list[Cell]:
        duty = view.duty
        words = duty.words if duty.words != duty.title else ""
        return [
            Cell(_order(duty.number), text=duty.number),
            Cell(self.title(duty)),
            Cell(self.body(duty), link=f"/plan/bodies/{duty.organisation_id}"),
            Cell(self.role(duty)),
            Cell(_short(words), note=words) if words else Cell(""),
            Cell(duty.due, note=self.visit.say(mark("The plan names no date."))),
            self.light_cell(view.light),
            Cell(self.reason(view.light)),
            Cell(duty.share, note=self.visit.say(mark("Nothing was reported."))),
            Cell(duty.reported_month, note=self.visit.say(mark("Nothing was reported."))),
            Cell(self.step(duty.step)),
        ]


def _order(number: str) -> int | str:
    return int(number) if number.isdecimal() else number


_LONGEST = 60


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
