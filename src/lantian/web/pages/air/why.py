"""How a number was made: the steps with their rows, rules and rounding, each row leading further down."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.explanations import Explanation, Step
from lantian.loop.evaluate.rankings import EVERYONE, THIS
from lantian.loop.evaluate.telling import cited, named, row_text, sentence, written
from lantian.loop.evaluate.why import explain_day, explain_hour, explain_period, explain_rank
from lantian.loop.evaluate.wording import worded
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import DAILY, HOURLY, PERIODS, Look, Place, day_asked, look_of, period_asked
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2})")
_SHOWN = 12
"""Rows of a step before “show all”."""
_TABLES = {
    "hours": (HOURLY, "ambient_hours"),
    "days": (DAILY, "ambient_hours"),
    "periods": (*PERIODS, DAILY),
    "ranks": ("rankings", *PERIODS),
}


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page shows it."""

    text: str
    cited: str
    """The rule that asks for it; empty where it is that of the step before."""
    table: str
    """Name of its table; empty without one."""


@router.get("/air/why/hours/{code}/{when}/{what}")
def why_hour(code: str, when: str, what: str, visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response:
    """Explain a number of an hour."""
    look = look_of(visit)
    place = look.place(code)
    hour = _hour(look, when)
    found = explain_hour(look.scene, place.kind, code, hour, what, look.stage)
    back = look.of_place(code, f"days/{look.lake.day_of(hour)}")
    return _answer(look, place, found, "hours", back)


@router.get("/air/why/days/{code}/{when}/{what}")
def why_day(code: str, when: date, what: str, visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response:
    """Explain a number of a day."""
    look = look_of(visit)
    place = look.place(code)
    found = explain_day(look.scene, place.kind, code, when, what, look.stage, look.basis)
    return _answer(look, place, found, "days", look.of_place(code, f"days/{when}"))


@router.get("/air/why/periods/{code}/{when}/{what}")
def why_period(code: str, when: str, what: str, visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response:
    """Explain a number of a period."""
    look = look_of(visit)
    place = look.place(code)
    period = period_asked(when)
    found = explain_period(look.scene, place.kind, code, period, what, look.stage, look.basis)
    back = look.of_place(code, first=period.first, last=min(period.last, look.visit.today), every="day")
    return _answer(look, place, found, "periods", back)


@router.get("/air/why/ranks/{code}/{when}/{what}")
def why_rank(
    code: str,
    when: str,
    what: str,
    visit: Annotated[Visit, visit(May.READ_AIR)],
    group: str = EVERYONE,
    law: str = THIS,
) -> Response:
    """Explain the rank of a county in a list."""
    look = look_of(visit)
    place = look.place(code)
    period = period_asked(when)
    found = explain_rank(look.scene, code, period, what, group=group, stage=look.stage, basis=look.basis, law=law)
    back = look.link("/air/rankings", period=period.label, list=what, group=group, law=law)
    return _answer(look, place, found, "ranks", back)


def _hour(look: Look, when: str) -> datetime:
    found = _HOUR.fullmatch(when)
    hours_of_day = 24
    if found is None or int(found[2]) >= hours_of_day:
        raise CallerError("{when!r} is no hour. Write its start as 2026-03-05T08.", when=when)
    day = day_asked(found[1], look.visit.today)
    return datetime(day.year, day.month, day.day, int(found[2]), tzinfo=look.scene.city.zone)


def _answer(look: Look, place: Place, found: Explanation, of: str, back: str) -> Response:
    language = look.visit.language
    what = named(found.what, language)
    steps, tables = [], []
    before = ""
    for at, step in enumerate(found.steps, 1):
        rule = "" if step.rule is None else cited(step.rule, language)
        table = _table(look, found, step, at) if step.rows is not None and not step.rows.is_empty() else None
        steps.append(
            StepView(sentence(step, language), rule if rule != before else "", "" if table is None else table.name)
        )
        before = rule or before
        if table is not None:
            tables.append(table)
    said = written(found.value)
    return look.visit.page(
        "air/why.html",
        title=look.say(mark("Why is {what} of {place} {value}?"), what=what, place=place.name, value=said),
        tables=tables,
        look=look,
        place=place,
        back=back,
        when=found.when,
        what=what,
        value=said,
        again=written(found.recomputed),
        agrees=found.agrees,
        steps=steps,
        provenance=_provenance(look, found),
        data=look.word(look.stage.value) if of == "hours" else look.data_words,
        sources=", ".join(_TABLES[of]),
    )


def _provenance(look: Look, found: Explanation) -> list[tuple[str, str]]:
    made = found.provenance
    at = made["recorded_at"].astimezone(look.scene.city.zone)
    simulated = [(look.say(mark("Kind of data")), look.say(mark("SIMULATED data, never measured")))]
    return [
        (look.say(mark("Rule edition")), str(made["rules"])),
        (look.say(mark("Run")), str(made["run_id"])),
        (look.say(mark("Program version")), str(made["code_version"])),
        (look.say(mark("Recorded at")), f"{at:%Y-%m-%d %H:%M:%S}"),
        *(simulated if made["simulated"] else []),
    ]


def _table(look: Look, found: Explanation, step: Step, at: int) -> DataTable:
    """Rows of a step; what can be asked further leads there."""
    assert step.rows is not None  # the caller looked
    rows = step.rows.drop("name", strict=False) if "station" in step.rows.columns else step.rows
    language, city = look.visit.language, look.scene.city
    heads = [
        TableColumn(
            name,
            language.gettext(worded(name)),
            kind="number" if dtype.is_numeric() else "date" if dtype.is_temporal() else "text",
            sortable=False,
        )
        for name, dtype in rows.schema.items()
    ]
    body, links = [], []
    for row in rows.iter_rows(named=True):
        body.append([_cell(name, value, row_text(name, value, city, language)) for name, value in row.items()])
        links.append(_further(look, found, row))
    title = look.say(mark("Step {n}"), n=at)
    how = look.visit.how_made(
        f"{named(found.what, language)} · {found.when} · {title}",
        period=found.when,
        editions=[] if step.rule is None else [step.rule],
        run_id=str(found.provenance["run_id"]),
        notes=[sentence(step, language)],
    )
    return DataTable(f"step_{at}", title, heads, body, how, shown=_SHOWN, links=links if any(links) else ())


def _cell(name: str, value: Any, text: str) -> Cell:
    if value is None:
        return Cell(None)
    if isinstance(value, bool | int | float | date | datetime):
        return Cell(value, text=text)
    return Cell(text, text=text, note=value if name == "flags" else "")


def _further(look: Look, found: Explanation, row: dict[str, Any]) -> str | None:
    """Page that explains a row of a step: one floor further down."""
    pollutant = found.what if found.what in set(BASIC) else ""
    if "indicator" in row:
        return _of_indicator(look, found, str(row["indicator"]))
    if "station" in row and pollutant and found.kind is not SubjectKind.STATION:
        of, when = ("hours", _hour_of(found.when)) if "T" in found.when else ("days", found.when)
        return look.why(of, row["station"], when, pollutant)
    if "legal_day" in row and pollutant:
        return look.why("days", found.code, row["legal_day"], pollutant)
    if "pollutant" in row:
        return look.why("periods", found.code, found.when, row["pollutant"])
    if "rank" in row and "code" in row:
        metric = found.what.partition(":")[2]
        explained = metric if metric in {"composite_index", *BASIC} else "composite_index"
        return look.why("periods", row["code"], found.when, explained)
    return None


def _of_indicator(look: Look, found: Explanation, indicator: str) -> str | None:
    pollutant = indicator.partition("_")[0]
    if pollutant not in set(BASIC) or found.what != "aqi":
        return None
    if "T" in found.when:
        return look.why("hours", found.code, _hour_of(found.when), pollutant)
    return look.why("days", found.code, found.when, pollutant)


def _hour_of(when: str) -> str:
    """Write the hour of an explanation as addresses do."""
    return when[:13]
