"""Write an exported page: CSV for any program, a workbook for people, Parquet with the meaning of its columns."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.export_page import Page
from lantian.desk.language import Translation, mark
from lantian.desk.paper.provenance import HowMade
from lantian.terms.errors import HouseError

if TYPE_CHECKING:
    import pyarrow as pa

    from lantian.desk.paper.excel import Sheet


def write_csv_page(page: Page, made: HowMade, out: Path, language: Translation) -> None:
    """Write UTF-8 with byte order mark under the names of the columns, which an import knows again."""
    from lantian.desk.paper.csv import write_csv

    del made, language
    write_csv(out, page.frame)


def write_excel_page(page: Page, made: HowMade, out: Path, language: Translation) -> None:
    """Write a workbook: the table, what its columns mean, and how it was made."""
    from lantian.desk.intake.headers import is_unit
    from lantian.desk.paper.excel import Sheet, SheetColumn, write_workbook

    columns = [
        SheetColumn(
            column.name,
            column.title if page.for_people else column.name,
            column.unit
            if page.for_people or is_unit(column.unit)
            else "",  # an import must know the row for units
            decimals=column.decimals,
        )
        for column in page.columns
    ]
    sheets = [Sheet(page.name, page.frame, columns, fills=page.fills)]
    if page.months is not None:
        heads = [SheetColumn("month", language.gettext("Month"))]
        heads += [SheetColumn(name, name) for name in page.months.columns[1:]]
        sheets.append(Sheet(language.gettext("Months"), page.months, heads, fills=page.month_fills))
    if not page.for_people:
        sheets.append(_meanings(page, language))
    write_workbook(out, sheets, made, language)


def _meanings(page: Page, language: Translation) -> "Sheet":
    import polars as pl

    from lantian.desk.paper.excel import Sheet, SheetColumn

    frame = pl.DataFrame(
        {
            "column": [column.name for column in page.columns],
            "unit": [column.unit for column in page.columns],
            "meaning": [column.meaning_zh if language.is_chinese else column.meaning for column in page.columns],
        }
    )
    heads = [
        SheetColumn("column", language.gettext(mark("Column"))),
        SheetColumn("unit", language.gettext(mark("Unit"))),
        SheetColumn("meaning", language.gettext(mark("Meaning"))),
    ]
    return Sheet(language.gettext(mark("Columns")), frame, heads)


def write_parquet_page(page: Page, made: HowMade, out: Path, language: Translation) -> None:
    """Write Parquet (zstd) with unit and meaning on every column and the making on the file.

    Raises
    ------
    HouseError
        When the disk refuses; an older file of the name is as it was.
    """
    import pyarrow.parquet as pq

    table = _with_meaning(page, made, language)
    temporary = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise HouseError(
            "{out} could not be written: {error}. Make room or choose another folder; nothing was changed there.",
            out=out,
            error=error,
        ) from error


def _with_meaning(page: Page, made: HowMade, language: Translation) -> "pa.Table":
    """Arrow table whose fields carry title, unit and meaning, and whose schema says how it was made."""
    import polars as pl
    import pyarrow as pa

    table = page.frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    described = {column.name: column for column in page.columns}
    fields = [
        one.with_metadata(
            {
                "title": described[one.name].title,
                "unit": described[one.name].unit,
                "meaning": described[one.name].meaning,
                "meaning_zh": described[one.name].meaning_zh,
            }
        )
        for one in table.schema
    ]
    about = {
        "lantian.how_made": json.dumps(made.rows(language), ensure_ascii=False),
        "lantian.simulated": json.dumps(made.simulated),
        "lantian.editions": json.dumps([row.id for row in made.editions]),
    }
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields, metadata=about))
