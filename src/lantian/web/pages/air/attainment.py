"""Does a place attain, and what may the rest of the year still bring?"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.standing import (
    Allowance,
    PollutantAllowance,
    PollutantVerdict,
    allowances,
    judged_under,
    verdicts_of,
)
from lantian.rules import RuleSet
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import DAILY, Look, Place, look_of, next_law, side_choices, stage_choices
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_HIGHEST_TARGET = 100


@router.get("/air/attainment")
def attainment(
    visit: Annotated[Visit, visit(May.READ_AIR)], place: str = "", year: int | None = None, target: str = ""
) -> Response:
    """Show verdicts of a year under its own edition and the newest one, and the remaining allowance."""
    look = look_of(visit)
    here = look.place(place or look.scene.city.adcode)
    first, last = look.bounds
    shown = last.year if year is None else year
    if not first.year <= shown <= last.year:
        raise CallerError(
            "No day of {year} was judged. Choose a year from {first} to {last}.",
            year=shown,
            first=first.year,
            last=last.year,
        )
    goal = _target(target)
    period = Period.containing(PeriodKind.YEAR, date(shown, 1, 1))
    laws = _laws(look, period)
    verdicts = [_verdicts(look, here, period, rules, at) for at, rules in enumerate(laws)]
    left = visit.keeper.keep(
        ("air-left", look.stage, last, goal),
        [DAILY],
        lambda: allowances(look.scene, look.groups, last, look.stage, good_target=goal),
    )
    if here.kind is SubjectKind.STATION:
        own = allowances(look.scene, [(here.kind, here.code)], last, look.stage, good_target=goal)
        left = {**left, **own}
    mine = left.get(here.code)
    tables = [*verdicts]
    if mine is not None and mine.remaining:
        tables += [_own_allowance(look, here, mine), _all_allowances(look, left, last.year)]
    return visit.page(
        "air/attainment.html",
        title=visit.say(mark("Does {place} attain in {year}?"), place=here.name, year=shown),
        tables=tables,
        look=look,
        place=here,
        places=look.place_choices(),
        year=shown,
        years=[(one, one) for one in range(last.year, first.year - 1, -1)],
        target=target,
        left=mine,
        verdicts=[one.name for one in verdicts],
        is_over=period.last <= last,
        last=last,
        sides=side_choices(look),
        stages=stage_choices(look),
    )


def _target(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal(-1)
    if not 0 <= found <= _HIGHEST_TARGET:
        raise CallerError("{text!r} is no share of good days. Write a number from 0 to 100.", text=text)
    return found


def _laws(look: Look, period: Period) -> list[RuleSet]:
    """Editions to judge by: the period's own, and the next one where the law changes."""
    own = look.rules(min(period.last, look.bounds[1]))
    end = look.scene.rules_or_none(period.last)
    newest = look.scene.rules_or_none(max(look.visit.today, look.bounds[1]))
    found = {own.limits.id + own.evaluation.id: own}
    for rules in (end, newest, next_law(look)):
        if rules is not None:
            found.setdefault(rules.limits.id + rules.evaluation.id, rules)
    return list(found.values())[:2]


def _verdicts(look: Look, here: Place, period: Period, rules: RuleSet, at: int) -> DataTable:
    last = look.bounds[1]
    found = look.visit.keeper.keep(
        ("air-verdicts", here.code, period, rules.name, look.stage, look.basis),
        [DAILY],
        lambda: judged_under(look.scene, here.kind, here.code, period, rules, last, look.stage, look.basis),
    )
    rows = [] if found is None else [_verdict_row(look, one, rules) for one in verdicts_of(found, here.area_class)]
    say = look.say
    until = min(period.last, last)
    title = say(mark("{year} by {law}"), year=period.label, law=rules.limits.name)
    heads = [
        TableColumn("pollutant", say(mark("Pollutant"))),
        TableColumn("mean", say(mark("Mean")), kind="number"),
        TableColumn("mean_limit", say(mark("Limit of a year")), kind="number"),
        TableColumn("mean_multiple", say(mark("Exceeds by")), say(mark("times the limit")), "number",
                    rules.evaluation.decimals_multiple),
        TableColumn("p", say(mark("Percentile"))),
        TableColumn("percentile", say(mark("Its value")), kind="number"),
        TableColumn("day_limit", say(mark("Limit of a day")), kind="number"),
        TableColumn("percentile_multiple", say(mark("Exceeds by")), say(mark("times the limit")), "number",
                    rules.evaluation.decimals_multiple),
        TableColumn("days_valid", say(mark("Valid days")), say(mark("d")), "number", 0),
        TableColumn("days_above", say(mark("Days above")), say(mark("d")), "number", 0),
        TableColumn("verdict", say(mark("Verdict")), kind="mark"),
    ]  # fmt: skip
    note = say(
        mark("{first} … {last}; {data}; µg/m³, CO mg/m³. Rule set: {rules}."),
        first=period.first,
        last=until,
        data=look.data_words,
        rules=rules.name,
    )
    how = look.how_made(f"{here.name} · {title}", f"{period.first} … {until}", [DAILY], rules)
    empty = say(mark("No day of this year was judged."))
    return DataTable(f"verdicts_{at + 1}", title, heads, rows, how, note=note, empty=empty)


def _verdict_row(look: Look, one: PollutantVerdict, rules: RuleSet) -> list[Cell]:
    decimals = rules.evaluation.decimals_attainment.of(one.pollutant)
    states = {
        True: ("met", mark("attains")),
        False: ("missed", mark("exceeds")),
        None: ("missing", mark("not judged")),
    }
    state, words = states[one.attains]
    return [
        Cell(NAMES[one.pollutant].symbol),
        look.value_cell(one.mean, decimals),
        _limit(one.mean_limit),
        Cell(one.mean_multiple),
        Cell(f"P{one.percentile_of}"),
        look.value_cell(one.percentile, decimals),
        _limit(one.day_limit),
        Cell(one.percentile_multiple),
        Cell(one.days_valid, note=look.say(mark("of {days} days"), days=one.days_total)),
        Cell(one.days_above),
        Cell(look.say(words), state=state),
    ]


def _limit(limit: Decimal | None) -> Cell:
    return Cell(None if limit is None else float(limit), text=None if limit is None else str(limit))


# ---------------------------------------------------------------------------------------------- what is left


def _own_allowance(look: Look, here: Place, left: Allowance) -> DataTable:
    say = look.say
    rows = [
        [
            Cell(NAMES[one.pollutant].symbol),
            _limit(one.mean_limit),
            look.value_cell(_so_far(one), 1),
            _rest(look, one),
            _limit(one.day_limit),
            Cell(None if one.days is None else one.days.used),
            Cell(None if one.days is None else one.days.allowed),
            _days_left(look, one),
        ]
        for one in left.pollutants
    ]
    heads = [
        TableColumn("pollutant", say(mark("Pollutant"))),
        TableColumn("mean_limit", say(mark("Limit of a year")), kind="number"),
        TableColumn("so_far", say(mark("Mean so far")), kind="number"),
        TableColumn("rest", say(mark("The rest may have at most")), kind="number"),
        TableColumn("day_limit", say(mark("Limit of a day")), kind="number"),
        TableColumn("used", say(mark("Days above so far")), say(mark("d")), "number", 0),
        TableColumn("allowed", say(mark("Days above that the year bears")), say(mark("d")), "number", 0),
        TableColumn("days_left", say(mark("Days above left")), say(mark("d")), "number", 0),
    ]
    title = say(mark("What {year} may still bring in {place}"), year=left.year.label, place=here.name)
    rules = look.rules(left.year.last)
    note = say(
        mark("{days} days remain after {last}, each taken as valid; by {law}; measured; µg/m³, CO mg/m³."),
        days=left.remaining,
        last=left.last,
        law=rules.limits.name,
    )
    how = look.how_made(title, f"{left.year.first} … {left.last}", [DAILY], rules)
    return DataTable("allowance", title, heads, rows, how, note=note)


def _so_far(one: PollutantAllowance) -> float | None:
    if one.mean is None or one.mean.mean_so_far is None:
        return None
    return float(one.mean.mean_so_far)


def _rest(look: Look, one: PollutantAllowance) -> Cell:
    if one.mean is None:
        return Cell(None, note=look.say(mark("this pollutant has no limit for a year")))
    rest = one.mean.rest_mean_shown()
    if one.mean.lost:
        return Cell(None, text=look.say(mark("lost")), note=look.say(mark("not even clean air would be enough")))
    return Cell(None if rest is None else float(rest), text=None if rest is None else f"≤ {rest}")


def _days_left(look: Look, one: PollutantAllowance) -> Cell:
    if one.days is None:
        return Cell(None)
    text = look.say(mark("lost")) if one.days.lost else str(one.days.left)
    return Cell(one.days.left, text=text, state="missed" if one.days.lost else "")


def _all_allowances(look: Look, left: dict[str, Allowance], year: int) -> DataTable:
    """List the mean that the rest of the year may have, in the city and its counties."""
    say = look.say
    wanted = [one.pollutant for one in next(iter(left.values())).pollutants if one.mean is not None]
    rows, links = [], []
    for kind, code in look.groups:
        held: dict[Pollutant, PollutantAllowance] = {one.pollutant: one for one in left[code].pollutants}
        cells = [Cell(look.name(kind, code))]
        for pollutant in wanted:
            cells += [look.value_cell(_so_far(held[pollutant]), 1), _rest(look, held[pollutant])]
        rows.append(cells)
        links.append(look.link("/air/attainment", place=code))
    heads = [TableColumn("place", say(mark("Place")))]
    some = next(iter(left.values()))
    for one in some.pollutants:
        if one.pollutant in wanted:
            sign = NAMES[one.pollutant].symbol
            heads += [
                TableColumn(
                    f"{one.pollutant}_so_far", say(mark("{pollutant} so far"), pollutant=sign), kind="number"
                ),
                TableColumn(
                    f"{one.pollutant}_rest",
                    say(mark("rest, limit {limit}"), limit=one.mean_limit),
                    NAMES[one.pollutant].unit,
                    "number",
                ),
            ]
    title = say(mark("What {year} may still bring everywhere"), year=year)
    how = look.how_made(title, f"{some.year.first} … {some.last}", [DAILY], look.rules(some.year.last))
    return DataTable("allowances", title, heads, rows, how, links=links)
