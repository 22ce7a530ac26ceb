"""How was this tonne made: methods, activity, factor, devices, the rules, and whether it is made again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.queries import totals
from lantian.loop.explain.why import Traced, TracedRow, trace
from lantian.loop.explain.wording import cited, sentence, worded
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.inventory.looking import (
    Look,
    amount_cell,
    amount_columns,
    checked,
    share_cell,
    tonnes,
)
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory/why")


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page shows it."""

    text: str
    cited: str
    link: str
    """Page of the rule; empty without one."""


@router.get("/{edition}/{source}/{pollutant}")
def why(edition: str, source: str, pollutant: str, visit: Annotated[Visit, visit(May.READ_INVENTORY)]) -> Response:
    """Show how the tonnes of a source were made."""
    study = visit.house.study()
    look = Look(visit, study, find_edition(study, edition), checked(pollutant))
    found = trace(study, edition, source, pollutant)
    return visit.page(
        "inventory/why.html",
        title=visit.say(
            mark("Why does {name} emit {amount} t of {pollutant}?"),
            name=found.name,
            amount=tonnes(found.amount),
            pollutant=look.symbol,
        ),
        look=look,
        found=found,
        rows=[
            (row, [_step(visit, step.message, step.values, step.rule) for step in row.steps]) for row in found.rows
        ],
        tonnes=tonnes,
        again=_again(found.rows),
        provenance=_provenance(visit, found),
        tables=[_pollutants(look, source, found.name)],
    )


def _again(rows: tuple[TracedRow, ...]) -> str:
    known = [row.again for row in rows if row.again is not None]
    return tonnes(sum(known)) if known else "–"


def _step(visit: Visit, message: str, values: Mapping[str, Any], rule: str) -> StepView:
    name = rule.partition("#")[0]
    known = {each.id for each in visit.house.rulebook.editions()}
    words = sentence(message, values, visit.language)
    said = cited(rule, visit.house.rulebook, visit.language) if rule else ""
    return StepView(words, said, f"/system/rules/{name}" if name in known else "")


def _provenance(visit: Visit, found: Traced) -> list[tuple[str, str]]:
    made = found.provenance
    at = made["recorded_at"].astimezone(visit.house.city.zone)
    simulated = [(visit.say(mark("Kind of data")), visit.say(mark("SIMULATED data, never measured")))]
    return [
        (visit.say(mark("Source tables")), "inventory_emissions, inventory_totals"),
        (visit.say(mark("Rule edition")), str(made["rules"]).replace(",", ", ")),
        (visit.say(mark("Run")), str(made["run_id"])),
        (visit.say(mark("Program version")), str(made["code_version"])),
        (visit.say(mark("Recorded at")), f"{at:%Y-%m-%d %H:%M:%S}"),
        *(simulated if made["simulated"] else []),
    ]


def _pollutants(look: Look, source: str, name: str) -> DataTable:
    """List all that the source emits, each with its own why."""
    visit = look.visit
    rows = totals(look.study, look.edition.key, kind="source").filter(code=source)
    title = visit.say(mark("What else {name} emits"), name=name)
    body = [
        [
            Cell(row["pollutant"], text=worded(row["pollutant"], visit.language)),
            amount_cell(row["amount"], why=look.why(source, row["pollutant"])),
            amount_cell(row["low"]),
            amount_cell(row["high"]),
            share_cell(row["low_confidence"]),
        ]
        for row in rows.iter_rows(named=True)
    ]
    columns = [TableColumn("pollutant", visit.say(mark("Pollutant"))), *amount_columns(visit)]
    return DataTable("pollutants", title, columns, body, look.how_made(title))
