"""The law in force: every edition as readable tables, at a date, two of them side by side."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from lantian.desk.law_tables import about, confidence_text, law_tables
from lantian.rules import Edition
from lantian.terms.errors import RuleError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.tables import DATE, MARK, Cell, DataTable, Row, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system")

Reader = Annotated[Visit, visit(May.READ_RULES)]


@router.get("")
def system(_visit: Reader) -> Response:
    """Lead to the first page of the room."""
    return RedirectResponse("/system/rules", 303)


@router.get("/rules")
def rules(visit: Reader, subject: str = "", on: date | None = None) -> Response:
    """List the editions, all of them or those that hold on a day."""
    book, choice = visit.house.rulebook, visit.house.choice
    every = book.editions()
    found = [edition for edition in every if not subject or edition.subject == subject]
    if on is not None:
        chosen = {edition.subject: choice.variant(edition.subject) for edition in found}
        found = [each for each in found if _holds(each, on) and chosen[each.subject] in each.variant]
    title = visit.say(mark("Which law holds?"))
    return visit.page(
        "system/rules.html",
        title=title,
        tabs=tabs_of(visit),
        tables=[_table(visit, found, title)],
        subjects=list(dict.fromkeys(edition.subject for edition in every)),
        subject=subject,
        on=on,
    )


def _holds(edition: Edition, on: date) -> bool:
    return edition.in_force <= on and (edition.until is None or on <= edition.until)


def _table(visit: Visit, found: list[Edition], title: str) -> DataTable:
    columns = [
        TableColumn("title", visit.say(mark("Title"))),
        TableColumn("subject", visit.say(mark("Subject"))),
        TableColumn("where", visit.say(mark("Where"))),
        TableColumn("variant", visit.say(mark("Variants"))),
        TableColumn("in_force", visit.say(mark("In force")), kind=DATE),
        TableColumn("until", visit.say(mark("Until")), kind=DATE),
        TableColumn("confidence", visit.say(mark("Confidence"))),
        TableColumn("source", visit.say(mark("Source"))),
        TableColumn("state", visit.say(mark("State")), kind=MARK),
    ]
    rows: list[Row] = [
        [
            visit.named(edition.title_zh, edition.title),
            edition.subject,
            edition.jurisdiction,
            ", ".join(edition.variant),
            edition.in_force,
            Cell(edition.until, text=None if edition.until else visit.say(mark("open"))),
            Cell(edition.confidence.value, note=confidence_text(edition.confidence, visit.language)),
            edition.source,
            _state(visit, edition),
        ]
        for edition in found
    ]
    return DataTable(
        "rules", title, columns, rows, visit.how_made(title, editions=found[:40]),
        note=visit.say(
            mark("Confidence: A two or more sources agree, B one source, C from memory and to be checked.")
        ),
        empty=visit.say(mark("No edition fits. Choose another subject or day.")),
        links=[f"/system/rules/{edition.id}" for edition in found],
    )  # fmt: skip


def _state(visit: Visit, edition: Edition) -> Cell:
    if edition.reason is not None:
        return Cell("city", text=visit.say(mark("the city's own")), state="info", note=edition.reason)
    if edition.in_force > visit.today:
        return Cell("coming", text=visit.say(mark("to come")), state="waiting")
    if edition.until is not None and edition.until < visit.today:
        return Cell("past", text=visit.say(mark("past")), state="closed")
    return Cell("holds", text=visit.say(mark("in force")), state="on_track")


@router.get("/rules/{edition_id}")
def edition(visit: Reader, edition_id: str, beside: str = "") -> Response:
    """Show an edition whole, beside another one of its subject where that is asked for."""
    shown = [_edition(visit, each) for each in (edition_id, beside) if each]
    first = shown[0]
    others = [each for each in visit.house.rulebook.editions(first.subject) if each.id != first.id]
    return visit.page(
        "system/edition.html",
        title=visit.named(first.title_zh, first.title),
        tabs=tabs_of(visit),
        editions=[(each, about(each, visit.language), list(law_tables(each, visit.language))) for each in shown],
        others=[(each.id, f"{visit.named(each.title_zh, each.title)} ({each.in_force})") for each in others],
        beside=beside,
    )


def _edition(visit: Visit, edition_id: str) -> Edition:
    try:
        return visit.house.rulebook.by_id(edition_id)
    except RuleError as error:
        raise NotFound(error.message, **error.values) from error
