"""The duty list (责任清单) as Excel, and back: what is read equals what was written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from lantian.desk.intake.report import ROW
from lantian.desk.intake.tables import read_table
from lantian.desk.language import LOCALES, Translation, translation
from lantian.desk.paper.office_table import OfficeColumn, OfficeTable, write_office_book
from lantian.loop.plan.dispatch.lights import COLOURS, NAMES, LightWord
from lantian.loop.plan.dispatch.sheet_layout import CLAIMS, ROLES
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import the_plan
from lantian.loop.plan.rows import DutyFilter
from lantian.loop.plan.views.duty_views import list_duty_views
from lantian.loop.plan.views.export_rows import DutyListRow, date_line, duty_list_row, how_made, named, unit_line
from lantian.loop.plan.views.light_looks import TINTS
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_HEADS: Mapping[str, tuple[str, OfficeColumn]] = {
    "number": (mark("No."), OfficeColumn("", 6, "center")),
    "section": (mark("Section"), OfficeColumn("", 15)),
    "title": (mark("Key task"), OfficeColumn("", 20)),
    "role": (mark("Role"), OfficeColumn("", 8, "center")),
    "organisation": (mark("Responsible body"), OfficeColumn("", 16)),
    "via": (mark("Named as"), OfficeColumn("", 14)),
    "words": (mark("What is to be done"), OfficeColumn("", 38)),
    "tasks": (mark("Dates and targets"), OfficeColumn("", 26)),
    "due": (mark("Due"), OfficeColumn("", 11, "center")),
    "claimed": (mark("State of work"), OfficeColumn("", 9, "center")),
    "share": (mark("Share done (%)"), OfficeColumn("", 8, "center", "0.##")),
    "reported_month": (mark("Last report"), OfficeColumn("", 9, "center")),
    "light": (mark("Light"), OfficeColumn("", 9, "center")),
    "reason": (mark("Reason"), OfficeColumn("", 24)),
    "done_on": (mark("Done on"), OfficeColumn("", 11, "center")),
    "duty_id": (mark("Duty id"), OfficeColumn("", 12, quiet=True)),
    "organisation_id": (mark("Body id"), OfficeColumn("", 12, quiet=True)),
}
"""Field of `DutyListRow` → message id of its head, and how it looks."""
_HEAD_WITHIN = 10
"""Lines among which the heads are looked for."""
_DATE_LENGTH = len("2024-10-31")
_LIGHT_AT = list(_HEADS).index("light")


def write_duty_list(
    office: Office,
    path: Path,
    *,
    today: date,
    language: Translation,
    plan_id: str | None = None,
    organisation: str | None = None,
    by_body: bool = False,
) -> tuple[DutyListRow, ...]:
    """Write the duty list as Excel, whole or of one body; with `by_body` each body has a page of its own besides.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    path : Path
        File to make or replace.
    today : date
        Legal day whose lights are shown and that stands on it.
    language : Translation
        Language of the file.
    plan_id : str, optional
        By default the plan in force.
    organisation : str, optional
        Id of the one body.
    by_body : bool
        Whether a page for each body follows the whole list.

    Returns
    -------
    tuple of DutyListRow
        What was written on the first page; `read_duty_list` gives the same.
    """
    plan = the_plan(office, plan_id)
    views = list_duty_views(office, today=today, plan_id=plan.id, wanted=DutyFilter(organisation=organisation))
    rows = tuple(duty_list_row(view, language) for view in views)
    title = language.format(mark("Duty list: {plan}"), plan=named(plan.title, plan.title_en, language))
    whole = language.gettext(mark("All duties"))
    tables = [_duty_table(office, whole, title, rows, today, language)]
    if by_body:
        bodies: dict[str, list[DutyListRow]] = {}
        for row in rows:
            bodies.setdefault(row.organisation_id, []).append(row)
        for found in bodies.values():
            name = found[0].organisation
            headline = language.format(mark("Duty list of {body}"), body=name)
            tables.append(_duty_table(office, name, headline, found, today, language))
    made = how_made(office, title, plan, today, language)
    write_office_book(path, tables, how_made=made, simulated=office.simulated, language=language)
    return rows


def _duty_table(
    office: Office, name: str, title: str, rows: Sequence[DutyListRow], today: date, language: Translation
) -> OfficeTable:
    say = language.gettext
    columns = [replace(look, title=say(head)) for head, look in _HEADS.values()]
    cells = [
        [
            row.number, row.section, row.title, say(ROLES[row.role]), row.organisation, row.via, row.words,
            row.tasks, row.due, None if row.claimed is None else say(CLAIMS[row.claimed]), row.share,
            row.reported_month, say(NAMES[row.light]), row.reason, row.done_on, row.duty_id, row.organisation_id,
        ]
        for row in rows
    ]  # fmt: skip
    return OfficeTable(
        name, title, columns, cells,
        left=unit_line(office, language), right=date_line(today, language),
        fills={(place, _LIGHT_AT): TINTS[COLOURS[row.light]] for place, row in enumerate(rows)},
        paper="A3", frozen_columns=3,
    )  # fmt: skip


def read_duty_list(path: Path) -> tuple[DutyListRow, ...]:
    """Read a duty list back, in whichever language it was written.

    Raises
    ------
    CallerError
        When the file is no duty list, or a cell of it cannot be read.
    """
    lines = read_table(path, header_rows=0)
    rows = lines.frame.drop(ROW).rows()
    for place, row in enumerate(rows[:_HEAD_WITHIN]):
        columns = _known_columns(row)
        if len(columns) == len(_HEADS):
            return tuple(
                _read_row({field: line[at] for field, at in columns.items()}, path.name)
                for line in rows[place + 1 :]
                if line[columns["duty_id"]] is not None
            )
    raise CallerError(
        "{path} is no duty list: none of its first lines has the heads of one. Hand in a file that "
        "`lantian plan export duties` wrote.",
        path=path.name,
    )


def _known_columns(heads: Sequence[str | None]) -> dict[str, int]:
    """Field → place of its column, by the head in any language."""
    names = {translation(locale).gettext(head): field for field, (head, _) in _HEADS.items() for locale in LOCALES}
    return {names[head]: at for at, head in enumerate(heads) if head in names}


def _read_row(cells: Mapping[str, str | None], name: str) -> DutyListRow:
    duty = cells["duty_id"] or ""
    try:
        return DutyListRow(
            number=cells["number"] or "",
            section=cells["section"] or "",
            title=cells["title"] or "",
            role=_key(ROLES, cells["role"]) or "",
            organisation=cells["organisation"] or "",
            via=cells["via"] or "",
            words=cells["words"] or "",
            tasks=cells["tasks"] or "",
            due=_day(cells["due"]),
            claimed=_key(CLAIMS, cells["claimed"]),
            share=None if cells["share"] is None else Decimal(cells["share"]),
            reported_month=cells["reported_month"],
            light=LightWord(_key(NAMES, cells["light"]) or ""),
            reason=cells["reason"] or "",
            done_on=_day(cells["done_on"]),
            duty_id=duty,
            organisation_id=cells["organisation_id"] or "",
        )
    except (ValueError, ArithmeticError) as error:
        raise CallerError(
            "{path}: the row of duty {duty} cannot be read ({error}). Put its cells back as they were written.",
            path=name,
            duty=duty,
            error=error,
        ) from error


def _key(names: Mapping[str, str] | Mapping[LightWord, str], text: str | None) -> str | None:
    """Return the key whose name, in any language, stands in a cell."""
    if text is None:
        return None
    for key, name in names.items():
        if text in {translation(locale).gettext(name) for locale in LOCALES}:
            return str(key)
    raise ValueError(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:_DATE_LENGTH])
