"""What goes out of the office: duty list (责任清单), dispatch table (调度表), responsibility matrix (责任矩阵)."""

from datetime import date
from pathlib import Path

from lantian.desk.language import Translation
from lantian.desk.paper.office_table import OfficeColumn, OfficeTable, write_office_book
from lantian.desk.paper.word import WordDocument
from lantian.loop.plan.dispatch.sheet_layout import ROLES, month_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import the_plan
from lantian.loop.plan.rows import DutyFilter, MeasureRow, PlanRow
from lantian.loop.plan.views.duty_list import read_duty_list, write_duty_list
from lantian.loop.plan.views.duty_views import DutyView, list_duty_views
from lantian.loop.plan.views.export_rows import date_line, how_made, named, tasks_text, unit_line
from lantian.loop.plan.views.light_looks import TINTS, reason_text, word_fills, word_text
from lantian.loop.plan.views.matrix import Matrix, show_matrix
from lantian.terms.words import mark

__all__ = [
    "read_duty_list",
    "write_dispatch_document",
    "write_dispatch_workbook",
    "write_duty_list",
    "write_matrix_workbook",
]


def write_dispatch_workbook(
    office: Office,
    path: Path,
    month: str,
    *,
    today: date,
    language: Translation,
    plan_id: str | None = None,
    organisation: str | None = None,
) -> int:
    """Write the dispatch table of a month as Excel; return how many duties stand in it."""
    plan, views, title = _dispatched(office, month, today, language, plan_id, organisation)
    heads = _dispatch_heads(language)
    looks = (
        OfficeColumn(heads[0], 5, "center", merge=True), OfficeColumn(heads[1], 18, merge=True),
        OfficeColumn(heads[2], 15), OfficeColumn(heads[3], 8, "center"), OfficeColumn(heads[4], 26),
        OfficeColumn(heads[5], 34), OfficeColumn(heads[6], 8, "center", "0.##"),
        OfficeColumn(heads[7], 9, "center"), OfficeColumn(heads[8], 22), OfficeColumn(heads[9], 16),
        OfficeColumn(heads[10], 16),
    )  # fmt: skip
    rows = [_dispatch_row(view, language, exact=True) for view in views]
    table = OfficeTable(
        month, title, looks, rows,
        left=unit_line(office, language), right=date_line(today, language),
        fills={(place, 7): TINTS[view.light.colour] for place, view in enumerate(views)},
        paper="A3", frozen_columns=3,
    )  # fmt: skip
    made = how_made(office, title, plan, today, language)
    write_office_book(path, [table], how_made=made, simulated=office.simulated, language=language)
    return len(views)


def write_dispatch_document(
    office: Office,
    path: Path,
    month: str,
    *,
    today: date,
    language: Translation,
    plan_id: str | None = None,
    organisation: str | None = None,
) -> int:
    """Write the dispatch table of a month as Word; return how many duties stand in it."""
    _, views, title = _dispatched(office, month, today, language, plan_id, organisation)
    note = f"{unit_line(office, language)}　　{date_line(today, language)}"
    made = WordDocument(title, note=note, landscape=True, simulated=office.simulated, language=language)
    made.table(
        _dispatch_heads(language),
        [_dispatch_row(view, language, exact=False) for view in views],
        widths_cm=(1.1, 2.9, 2.5, 1.4, 3.6, 4.6, 1.4, 1.6, 3.2, 2.0, 2.0),
        numeric=(6,),
        merge=(0, 1),
        fills=word_fills(language),
    )
    made.save(path)
    return len(views)


def _dispatched(
    office: Office, month: str, today: date, language: Translation, plan_id: str | None, organisation: str | None
) -> tuple[PlanRow, tuple[DutyView, ...], str]:
    plan = the_plan(office, plan_id)
    views = list_duty_views(office, today=today, plan_id=plan.id, wanted=DutyFilter(organisation=organisation))
    title = language.format(
        mark("Dispatch table: {plan} ({month})"),
        plan=named(plan.title, plan.title_en, language),
        month=month_text(month, language),
    )
    return plan, views, title


def _dispatch_heads(language: Translation) -> tuple[str, ...]:
    return tuple(
        map(
            language.gettext,
            (
                mark("No."), mark("Key task"), mark("Responsible body"), mark("Role"), mark("Dates and targets"),
                mark("Progress"), mark("Share done (%)"), mark("Light"), mark("Reason"), mark("Problems"),
                mark("Next step"),
            ),
        )
    )  # fmt: skip


def _dispatch_row(view: DutyView, language: Translation, *, exact: bool) -> list[object]:
    duty, report = view.duty, view.report
    share = duty.share if exact or duty.share is None else f"{duty.share.normalize():f}"
    return [
        duty.number,
        named(duty.title, duty.title_en, language),
        named(duty.organisation, duty.organisation_en, language),
        language.gettext(ROLES[duty.role]),
        tasks_text(view.tasks, language),
        report.progress if report else None,
        share,
        word_text(view.light, language),
        reason_text(view.light, language),
        report.problems if report else None,
        report.next_step if report else None,
    ]


def write_matrix_workbook(
    office: Office, path: Path, *, today: date, language: Translation, plan_id: str | None = None
) -> Matrix:
    """Write the matrix body × measure as Excel for A3: letters for roles, tints for the worst light."""
    seen = show_matrix(office, today=today, plan_id=plan_id)
    say = language.gettext
    title = language.format(
        mark("Responsibility matrix: {plan}"), plan=named(seen.plan.title, seen.plan.title_en, language)
    )
    columns = [
        OfficeColumn(say(mark("Responsible body")), 20 if language.is_chinese else 44),
        *(
            OfficeColumn(
                f"{row.number} {_shortened(named(row.title, row.title_en, language))}",
                4.6,
                "center",
                upright=True,
            )
            for row in seen.measures
        ),
        *(OfficeColumn(say(head), 7.5, "center") for head in (mark("Duties"), mark("Done"), mark("Overdue"))),
    ]
    rows: list[list[object]] = []
    fills: dict[tuple[int, int], str] = {}
    for place, body in enumerate(seen.bodies):
        cells: list[object] = [named(body.name, body.name_en, language)]
        for column, measure in enumerate(seen.measures, start=1):
            cell = seen.cells.get((body.id, measure.id))
            cells.append(None if cell is None else cell.letters(chinese=language.is_chinese))
            if cell is not None:
                fills[place, column] = TINTS[cell.colour]
        counts = seen.of_body[body.id]
        rows.append([*cells, counts.total, counts.done, counts.overdue])
    table = OfficeTable(
        say(mark("Matrix")), title, columns, rows,
        left=unit_line(office, language), right=date_line(today, language), fills=fills,
        foot=_matrix_legend(language), paper="A3", frozen_columns=1, one_page_high=len(rows) <= 60,
    )  # fmt: skip
    made = how_made(office, title, seen.plan, today, language)
    write_office_book(path, [table], how_made=made, simulated=office.simulated, language=language)
    return seen


def _matrix_legend(language: Translation) -> tuple[str, ...]:
    letters = mark("Letters: L leads, C cooperates, I carries out; several duties show their worst light.")
    tints = mark("Tints: blue done, green under way, yellow wants attention, red overdue, grey not started.")
    return language.gettext(letters), language.gettext(tints)


def title_of(measure: MeasureRow, language: Translation) -> str:
    """Return the title of a measure in the reader's language."""
    return named(measure.title, measure.title_en, language)


def _shortened(title: str) -> str:
    wide = 14 if any(ord(letter) > 0x2E7F for letter in title) else 30
    return title if len(title) <= wide else title[: wide - 1] + "…"
