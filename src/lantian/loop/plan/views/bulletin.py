"""How did the month go? The progress bulletin (工作进展通报) as Word: numbers, counties, what is late, goals.

Goals are judged elsewhere and handed in. The day's head of the chain of decisions stands at the foot: who keeps
the paper can later tell whether the past was changed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from lantian.desk.language import Translation
from lantian.desk.paper.word import WordDocument
from lantian.loop.plan.dispatch.lights import Colour
from lantian.loop.plan.dispatch.sheet_layout import ROLES, day_text, month_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.targets.goal_records import JudgedGoal
from lantian.loop.plan.views.bulletin_facts import (
    Bulletin,
    CountyPlace,
    county_ends,
    gather_bulletin,
    rank_counties,
)
from lantian.loop.plan.views.duty_views import DutyView
from lantian.loop.plan.views.export_rows import leading_office, named
from lantian.loop.plan.views.light_looks import (
    TINTS,
    light_bars,
    percent,
    reason_text,
    step_text,
    word_fills,
    word_text,
)
from lantian.loop.plan.views.tallies import Counted
from lantian.terms.words import mark

__all__ = ["Bulletin", "CountyPlace", "gather_bulletin", "rank_counties", "write_bulletin"]

_ENDS = 3
"""How many counties stand at either end of the order."""
_NUMERALS = "一二三四五六七八九十"


def write_bulletin(
    office: Office,
    path: Path,
    month: str,
    *,
    today: date,
    language: Translation,
    judged: Sequence[JudgedGoal] = (),
    plan_id: str | None = None,
    number: str = "",
    listed: int = 60,
) -> Bulletin:
    """Write the bulletin of a month as Word, and return what it says; see `gather_bulletin`.

    Parameters
    ----------
    path : Path
        File to make or replace.
    language : Translation
        Language of the document.
    number : str
        Document number below the red head (发文字号), where the office gives one.
    """
    said = gather_bulletin(office, month, today=today, judged=judged, plan_id=plan_id, listed=listed)
    sender = leading_office(office, language)
    plan = named(said.overview.plan.title, said.overview.plan.title_en, language)
    made = WordDocument(
        language.format(mark("Bulletin on the progress of {plan}"), plan=plan),
        subtitle=language.format(mark("({month})"), month=month_text(month, language)),
        simulated=office.simulated,
        language=language,
        red_head=sender,
        number=number,
    )
    parts: list[tuple[str, Callable[[WordDocument, Bulletin, Translation], None]]] = [
        (mark("Overall"), _overall),
        (mark("By section"), _sections),
        (mark("Counties and districts"), _counties),
        (mark("Overdue duties"), _overdue),
        (mark("Steps taken"), _steps),
        (mark("Goals"), _goals),
        (mark("Due next"), _due_next),
    ]
    for place, (heading, write) in enumerate(parts, start=1):
        made.heading(_numbered(place, language.gettext(heading), language))
        write(made, said, language)
    made.signature([sender, day_text(today, language)])
    made.foot(
        language.format(
            mark("Chain of decisions on {day}: {head}. Dispatch rule: {rule}."),
            day=today.isoformat(), head=said.head, rule=said.overview.rule,
        )
    )  # fmt: skip
    made.save(path)
    return said


def _numbered(place: int, heading: str, language: Translation) -> str:
    return f"{_NUMERALS[place - 1]}、{heading}" if language.is_chinese else f"{place}. {heading}"


def _overall(made: WordDocument, said: Bulletin, language: Translation) -> None:
    counts, changes = said.overview.counts, said.changes
    made.paragraph(
        language.format(
            mark(
                "By {day} the plan holds {total} duties: {done} done ({share} %), {way} under way, {attention} "
                "that want attention, {overdue} overdue, {grey} not started or to be settled."
            ),
            day=day_text(said.today, language),
            total=counts.total,
            done=counts.done,
            share=_or_dash(percent(counts.done, counts.total)),
            way=counts.colour(Colour.GREEN),
            attention=counts.colour(Colour.YELLOW),
            overdue=counts.overdue,
            grey=counts.colour(Colour.GREY),
        )
    )
    made.paragraph(
        language.format(
            mark(
                "In {month} {done} duties were done and {late} became overdue; {received} reports came in, "
                "{accepted} were accepted, {returned} returned, {pending} wait for review."
            ),
            month=month_text(said.month, language),
            done=changes.done_count,
            late=changes.overdue_count,
            received=changes.reports.received,
            accepted=changes.reports.accepted,
            returned=changes.reports.returned,
            pending=changes.reports.pending,
        )
    )
    if said.overview.sections:
        picture = light_bars(said.overview.sections, language, simulated=False)
        made.picture(picture, caption=language.gettext(mark("Duties by section and light")))


def _sections(made: WordDocument, said: Bulletin, language: Translation) -> None:
    rows = [_count_row(row, language) for row in (*said.overview.sections, _total(said, language))]
    made.table(_count_heads(mark("Section"), language), rows, numeric=range(1, 7), widths_cm=_COUNT_WIDTHS)


_COUNT_WIDTHS = (5.0, 1.6, 1.6, 1.9, 2.1, 1.6, 1.8)


def _count_heads(first: str, language: Translation) -> list[str]:
    heads = (
        first, mark("Duties"), mark("Done"), mark("Under way"), mark("Attention"), mark("Overdue"),
        mark("Share done (%)"),
    )  # fmt: skip
    return [language.gettext(head) for head in heads]


def _count_row(row: Counted, language: Translation) -> list[object]:
    counts = row.counts
    return [
        named(row.title, row.title_en, language), counts.total, counts.done, counts.colour(Colour.GREEN),
        counts.colour(Colour.YELLOW), counts.overdue, percent(counts.done, counts.total),
    ]  # fmt: skip


def _total(said: Bulletin, language: Translation) -> Counted:
    name = language.gettext(mark("Together"))
    return Counted("", name, name, said.overview.counts)


_ENDS_SAID: Mapping[tuple[bool, bool], str] = {
    (True, True): mark("By the share of duties done, {best} stand first and {worst} last."),
    (True, False): mark("By the share of duties done, {best} stand first; the others follow level or close."),
    (False, True): mark("By the share of duties done, {worst} stand last; the others are level or close."),
}


def _counties(made: WordDocument, said: Bulletin, language: Translation) -> None:
    if not said.counties:
        made.paragraph(language.gettext(mark("No county has duties in this plan.")))
        return
    best, worst = county_ends(said.counties, _ENDS)
    if best or worst:
        message = _ENDS_SAID[bool(best), bool(worst)]
        made.paragraph(language.format(message, best=_listed(best, language), worst=_listed(worst, language)))
    heads = (mark("Rank"), mark("County"), mark("Duties"), mark("Done"), mark("Overdue"), mark("Share done (%)"))
    rows = [
        [row.rank, named(row.name, row.name_en, language), row.total, row.done, row.overdue, row.share]
        for row in said.counties
    ]
    made.table(
        [language.gettext(head) for head in heads], rows, numeric=(2, 3, 4, 5),
        widths_cm=(1.5, 5.5, 2.0, 2.0, 2.0, 2.6),
    )  # fmt: skip


def _listed(rows: Sequence[CountyPlace], language: Translation) -> str:
    names = [named(row.name, row.name_en, language) for row in rows]
    return ("、" if language.is_chinese else ", ").join(names)


def _overdue(made: WordDocument, said: Bulletin, language: Translation) -> None:
    if not said.overview.overdue:
        made.paragraph(language.gettext(mark("No duty is overdue.")))
        return
    if (shown := len(said.overview.overdue)) < said.overview.counts.overdue:
        made.paragraph(
            language.format(
                mark("{count} duties are overdue; the {shown} that are longest so are listed."),
                count=said.overview.counts.overdue, shown=shown,
            )
        )  # fmt: skip
    _duty_table(made, said.overview.overdue, language)


def _duty_table(made: WordDocument, views: Sequence[DutyView], language: Translation) -> None:
    heads = (
        mark("Responsible body"), mark("Key task"), mark("Role"), mark("Due"), mark("Light"), mark("Reason"),
        mark("Step taken"),
    )  # fmt: skip
    by_body = sorted(views, key=lambda view: (view.duty.organisation_id, view.duty.due or date.max))
    rows: list[list[object]] = [
        [
            named(view.duty.organisation, view.duty.organisation_en, language),
            f"{view.duty.number}. {named(view.duty.title, view.duty.title_en, language)}",
            language.gettext(ROLES[view.duty.role]),
            view.duty.due,
            word_text(view.light, language),
            reason_text(view.light, language),
            None if view.escalation is None else step_text(view.escalation.step, language),
        ]
        for view in by_body
    ]
    made.table(
        [language.gettext(head) for head in heads], rows, merge=(0,), fills=word_fills(language),
        widths_cm=_DUTY_WIDTHS_ZH if language.is_chinese else _DUTY_WIDTHS_EN,
    )  # fmt: skip


_DUTY_WIDTHS_ZH = (2.5, 3.1, 1.2, 2.2, 1.4, 3.9, 1.3)
_DUTY_WIDTHS_EN = (2.6, 2.9, 2.0, 1.9, 1.7, 2.8, 1.9)


def _steps(made: WordDocument, said: Bulletin, language: Translation) -> None:
    changes = said.changes
    if not changes.taken and not changes.lifted:
        made.paragraph(language.gettext(mark("No step was taken or lifted in this month.")))
        return
    heads = (
        mark("Day"),
        mark("Responsible body"),
        mark("Key task"),
        mark("Step taken"),
        mark("Answer by"),
        mark("State"),
    )
    rows: list[list[object]] = []
    for state, steps in ((mark("taken"), changes.taken), (mark("lifted"), changes.lifted)):
        for step in steps:
            row = step.escalation
            at = row.lifted_at if steps is changes.lifted and row.lifted_at else row.at
            rows.append(
                [
                    said.day_of(at), named(step.organisation, step.organisation_en, language),
                    f"{step.number}. {named(step.title, step.title_en, language)}", step_text(row.step, language),
                    row.answer_due, language.gettext(state),
                ]
            )  # fmt: skip
    made.table([language.gettext(head) for head in heads], rows, widths_cm=(2.2, 3.2, 4.6, 1.8, 2.2, 1.6))


def _goals(made: WordDocument, said: Bulletin, language: Translation) -> None:
    if not said.goals:
        made.paragraph(language.gettext(mark("The goals were not judged for this bulletin.")))
        return
    heads = (
        mark("Goal"),
        mark("Place"),
        mark("Year"),
        mark("Target"),
        mark("So far"),
        mark("State"),
        mark("Reason"),
    )
    rows: list[list[object]] = []
    for places in _alike(said.goals, language):
        row, alone = places[0], len(places) == 1
        rows.append(
            [
                row.title_text(language), _places(places, language), row.year, _with_unit(row.target, row.unit),
                _with_unit(row.value, row.unit) if alone else None, row.state_text(language),
                row.reason_text(language),
            ]
        )  # fmt: skip
    fills = {
        row.state_text(language): TINTS[colour]
        for row in said.goals
        if (colour := _GOAL_COLOURS.get(row.state.value)) is not None
    }
    made.table(
        [language.gettext(head) for head in heads], rows, merge=(0,), fills=fills,
        widths_cm=(3.0, 1.9, 1.2, 2.0, 2.0, 1.7, 4.0),
    )  # fmt: skip


def _alike(goals: Sequence[JudgedGoal], language: Translation) -> list[list[JudgedGoal]]:
    """Bring the places together of which the same is said; a place with a value stands alone."""
    found: dict[tuple[object, ...], list[JudgedGoal]] = {}
    for row in goals:
        said = row.reason_text(language) if row.value is None else row.subject
        key = (row.goal_id, row.metric, row.year, row.state, row.target, row.value, said)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _places(rows: Sequence[JudgedGoal], language: Translation) -> str:
    if len(rows) <= _ENDS:
        return ("、" if language.is_chinese else ", ").join(row.subject_text(language) for row in rows)
    return language.format(mark("{count} counties and districts"), count=len(rows))


_GOAL_COLOURS = {
    "met": Colour.BLUE,
    "on_the_way": Colour.GREEN,
    "at_risk": Colour.YELLOW,
    "missed": Colour.RED,
    "not_judged": Colour.GREY,
    "no_data": Colour.GREY,
}


def _due_next(made: WordDocument, said: Bulletin, language: Translation) -> None:
    soon = said.overview.due_soon
    if not soon:
        text = language.format(mark("No duty falls due in the next {days} days."), days=said.overview.horizon_days)
        made.paragraph(text)
        return
    made.paragraph(
        language.format(
            mark("These duties fall due in the next {days} days; their bodies are asked to see to them."),
            days=said.overview.horizon_days,
        )
    )
    _duty_table(made, soon, language)


def _with_unit(value: Decimal | None, unit: str) -> str | None:
    return None if value is None else f"{value.normalize():f} {unit}".strip()


def _or_dash(value: Decimal | None) -> str:
    return "—" if value is None else str(value)
