"""How did the month go? The progress bulletin (调度通报): numbers, counties, what is late, goals.

Goals are judged elsewhere and handed in. The day's head of the chain of decisions stands at the end: who keeps
the paper can later tell whether the past was changed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from lantian.desk.language import Translation
from lantian.desk.paper.office_paper import Block, Heading, Letterhead, OfficePaper, Picture, Text
from lantian.desk.paper.paper_files import FORMATS, write_one, write_paper
from lantian.loop.plan.dispatch.lights import Colour
from lantian.loop.plan.dispatch.sheet_layout import day_text, month_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.targets.goal_records import JudgedGoal
from lantian.loop.plan.views.bulletin_facts import (
    Bulletin,
    CountyPlace,
    county_ends,
    gather_bulletin,
    rank_counties,
)
from lantian.loop.plan.views.bulletin_tables import (
    county_table,
    duty_table,
    goal_table,
    section_table,
    step_table,
)
from lantian.loop.plan.views.export_rows import how_made, leading_office, named
from lantian.loop.plan.views.light_looks import light_bars, percent
from lantian.terms.findings import Finding
from lantian.terms.words import mark

__all__ = [
    "Bulletin",
    "CountyPlace",
    "bulletin_paper",
    "gather_bulletin",
    "rank_counties",
    "write_bulletin",
    "write_dispatch_bulletin",
]

KIND = "dispatch_bulletin"
"""Name of its Word template."""
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
    """Write the bulletin of a month in the form that the file's ending names; return what it says.

    Parameters
    ----------
    path : Path
        File to make or replace: ``.docx``, ``.xlsx`` or ``.pdf``.
    language : Translation
        Language of the document.
    number : str
        Document number below the red head (发文字号), where the office gives one.
    """
    said = gather_bulletin(office, month, today=today, judged=judged, plan_id=plan_id, listed=listed)
    write_one(bulletin_paper(office, said, language, number=number), path)
    return said


def write_dispatch_bulletin(
    office: Office,
    month: str,
    folder: Path,
    language: Translation,
    formats: Sequence[str] = FORMATS,
    *,
    today: date,
    judged: Sequence[JudgedGoal] = (),
    plan_id: str | None = None,
    letterhead: Letterhead | None = None,
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> tuple[Path, ...]:
    """Write the bulletin of a month in each of the forms and return the files; see `write_paper`."""
    said = gather_bulletin(office, month, today=today, judged=judged, plan_id=plan_id)
    paper = bulletin_paper(office, said, language, letterhead=letterhead)
    return write_paper(paper, folder, formats, templates=templates, on_finding=on_finding)


def bulletin_paper(
    office: Office,
    said: Bulletin,
    language: Translation,
    *,
    number: str = "",
    letterhead: Letterhead | None = None,
) -> OfficePaper:
    """Put what a bulletin says into words, tables and a picture; by default under the leading office's name."""
    sender = leading_office(office, language)
    plan = named(said.overview.plan.title, said.overview.plan.title_en, language)
    title = language.format(mark("Bulletin on the progress of {plan}"), plan=plan)
    counts = said.overview.counts
    return OfficePaper(
        key=KIND,
        stem=f"{said.month} {language.gettext(mark('Progress bulletin'))}",
        title=title,
        subtitle=language.format(mark("({month})"), month=month_text(said.month, language)),
        blocks=_blocks(said, language),
        made_at=office.now().astimezone(office.city.zone),
        simulated=office.simulated,
        language=language,
        how_made=how_made(office, title, said.overview.plan, said.today, language),
        letterhead=letterhead or Letterhead(sender, number),
        signed=[letterhead.office if letterhead else sender, day_text(said.today, language)],
        facts={
            "plan": plan,
            "month": month_text(said.month, language),
            "duties": str(counts.total),
            "done": str(counts.done),
            "overdue": str(counts.overdue),
            "share": _or_dash(percent(counts.done, counts.total)),
        },
    )


def _blocks(said: Bulletin, language: Translation) -> list[Block]:
    parts: list[tuple[str, Callable[[Bulletin, Translation], list[Block]]]] = [
        (mark("Overall"), _overall),
        (mark("By section"), lambda said, language: [section_table(said, language)]),
        (mark("Counties and districts"), _counties),
        (mark("Overdue duties"), _overdue),
        (mark("Steps taken"), _steps),
        (mark("Goals"), _goals),
        (mark("Due next"), _due_next),
    ]
    blocks: list[Block] = []
    for place, (heading, make) in enumerate(parts, start=1):
        blocks += [Heading(_numbered(place, language.gettext(heading), language)), *make(said, language)]
    return blocks


def _numbered(place: int, heading: str, language: Translation) -> str:
    return f"{_NUMERALS[place - 1]}、{heading}" if language.is_chinese else f"{place}. {heading}"


def _overall(said: Bulletin, language: Translation) -> list[Block]:
    counts, changes = said.overview.counts, said.changes
    first = Text(
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
    second = Text(
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
    return [first, second, *_picture(said, language)]


def _picture(said: Bulletin, language: Translation) -> list[Block]:
    if not said.overview.sections:
        return []
    svg, png = (
        light_bars(said.overview.sections, language, simulated=False, kind=kind) for kind in ("svg", "png")
    )
    words = language.gettext(mark("Duties by section and light"))
    names = [f"{named(row.title, row.title_en, language)} {row.counts.total}" for row in said.overview.sections]
    return [Picture("lights", svg, png, f"{words}: {', '.join(names)}", words)]


_ENDS_SAID: Mapping[tuple[bool, bool], str] = {
    (True, True): mark("By the share of duties done, {best} stand first and {worst} last."),
    (True, False): mark("By the share of duties done, {best} stand first; the others follow level or close."),
    (False, True): mark("By the share of duties done, {worst} stand last; the others are level or close."),
}


def _counties(said: Bulletin, language: Translation) -> list[Block]:
    if not said.counties:
        return [Text(language.gettext(mark("No county has duties in this plan.")))]
    best, worst = county_ends(said.counties, _ENDS)
    words: list[Block] = []
    if best or worst:
        message = _ENDS_SAID[bool(best), bool(worst)]
        ends = {"best": _listed(best, language), "worst": _listed(worst, language)}
        words.append(Text(language.format(message, **ends)))
    return [*words, county_table(said, language)]


def _listed(rows: Sequence[CountyPlace], language: Translation) -> str:
    names = [named(row.name, row.name_en, language) for row in rows]
    return ("、" if language.is_chinese else ", ").join(names)


def _overdue(said: Bulletin, language: Translation) -> list[Block]:
    late = said.overview.overdue
    if not late:
        return [Text(language.gettext(mark("No duty is overdue.")))]
    words: list[Block] = []
    if len(late) < said.overview.counts.overdue:
        words.append(
            Text(
                language.format(
                    mark("{count} duties are overdue; the {shown} that are longest so are listed."),
                    count=said.overview.counts.overdue,
                    shown=len(late),
                )
            )
        )
    return [*words, duty_table("overdue", language.gettext(mark("Overdue duties")), late, language)]


def _steps(said: Bulletin, language: Translation) -> list[Block]:
    if not said.changes.taken and not said.changes.lifted:
        return [Text(language.gettext(mark("No step was taken or lifted in this month.")))]
    return [step_table(said, language)]


def _goals(said: Bulletin, language: Translation) -> list[Block]:
    if not said.goals:
        return [Text(language.gettext(mark("The goals were not judged for this bulletin.")))]
    return [goal_table(said, language)]


def _due_next(said: Bulletin, language: Translation) -> list[Block]:
    soon, days = said.overview.due_soon, said.overview.horizon_days
    if not soon:
        return [Text(language.format(mark("No duty falls due in the next {days} days."), days=days))]
    words = mark("These duties fall due in the next {days} days; their bodies are asked to see to them.")
    table = duty_table("due_next", language.gettext(mark("Due next")), soon, language)
    return [Text(language.format(words, days=days)), table]


def _or_dash(value: Decimal | None) -> str:
    return "—" if value is None else str(value)
