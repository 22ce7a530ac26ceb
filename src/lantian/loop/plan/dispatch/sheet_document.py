"""A dispatch sheet as Word, to print, sign and file; the workbook is what comes back (调度表打印件)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lantian.desk.language import Translation
from lantian.desk.paper.word import WordDocument
from lantian.loop.plan.dispatch.sheet_files import who_and_when
from lantian.loop.plan.dispatch.sheet_layout import PROJECT_COLUMNS, SheetContent, SheetLine, month_text
from lantian.terms.words import mark


def write_sheet_document(path: Path, content: SheetContent, language: Translation) -> None:
    """Write the sheet as Word, to print, sign and file; the Excel is what comes back.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    document = WordDocument(
        language.format(
            mark("Dispatch sheet of the key tasks ({month})"), month=month_text(content.month, language)
        ),
        subtitle=content.plan,
        note=who_and_when(content, language),
        landscape=True,
        simulated=content.simulated,
        language=language,
    )
    heads = [mark("No."), mark("Key task"), mark("Dates and targets"), mark("Last accepted report")]
    heads += [mark("Progress"), mark("State of work"), mark("Problems and next step")]
    rows = [list(_document_row(line, language)) for line in content.duties]
    widths = (1.2, 5.0, 4.8, 4.2, 5.4, 2.0, 3.6)
    document.table([language.gettext(head) for head in heads], rows, widths_cm=widths)
    if content.projects:
        document.heading(language.gettext(mark("Project list")))
        wanted = [column for column in PROJECT_COLUMNS if column.key != "code"]
        document.table(
            [language.gettext(column.heading) for column in wanted],
            [[_shown(line.cells.get(column.key)) for column in wanted] for line in content.projects],
            widths_cm=[column.width / 5 for column in wanted],
        )
    seal = language.format(mark("{name} (seal)"), name=content.organisation)
    document.signature([seal, language.gettext(mark("Day of reporting:　　　　年　　月　　日"))])
    document.save(path)


def _document_row(line: SheetLine, language: Translation) -> Iterator[object]:
    cells = line.cells
    yield cells.get("number")
    title, role = cells.get("title") or "", cells.get("role") or ""
    task = f"{title}（{role}）" if language.is_chinese else f"{title} ({role})"
    yield "\n".join(str(part) for part in (task, cells.get("words")) if part)
    yield "\n".join(str(part) for part in (cells.get("targets"), cells.get("projects")) if part)
    yield "\n".join(str(part) for part in (cells.get("last"), cells.get("remark")) if part)
    yield cells.get("progress") or ""
    share = cells.get("share")
    yield "\n".join(
        part for part in (str(cells.get("claimed") or ""), "" if share is None else f"{share}%") if part
    )
    yield "\n".join(str(part) for part in (cells.get("problems"), cells.get("next_step")) if part)


def _shown(value: Any) -> object:
    return "" if value is None else value
