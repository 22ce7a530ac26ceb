"""Files that ``lantian aqi`` writes: the rows with their index, and beside them what did not fit."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

import lantian
from lantian.cli import rows_out
from lantian.cli.aqi_answer import DOUBTS_SHOWN, Answer, account_lines, index_frame
from lantian.cli.show import words
from lantian.desk.intake import Table, account
from lantian.desk.intake.report import REJECT_SCHEMA
from lantian.desk.language import Translation
from lantian.desk.paper.provenance import EditionUse, HowMade
from lantian.loop.evaluate.given_rows import INDEX_COLUMNS


def write(answer: Answer, source: Path, out: Path) -> tuple[Path, ...]:
    """Write the rows with their index, and beside them the lines that did not fit the header."""
    language = words()
    own = rows_out.own_columns(answer.table, source)
    kind = out.suffix.lower()
    index = index_frame(answer, language, marked=kind != ".parquet")
    names = rows_out.free_names(own.columns, INDEX_COLUMNS)
    frame = pl.concat([own, index.rename(names)], how="horizontal")
    if kind == ".csv":
        rows_out.write_csv(out, frame)
    elif kind == ".parquet":
        rows_out.write_parquet(out, frame)
    else:
        fills = {answer.level_name(level, language): row.colour for level, row in answer.categories().items()}
        rows_out.write_excel(
            out,
            frame,
            from_workbook=answer.table.kind in ("xlsx", "xls"),
            fills={names["level"]: fills},
            how_made=_how_made(answer, language),
            language=language,
        )
    return tuple(path for path in (out, _write_rejects(answer, out)) if path is not None)


def _write_rejects(answer: Answer, out: Path) -> Path | None:
    """Write lines that did not fit, and unreadable cells when they are too many for the screen."""
    cells = answer.unreadable()
    if answer.table.rejects.is_empty() and cells.height <= DOUBTS_SHOWN:
        return None
    bad_cells = cells.with_columns(text=pl.lit(None, pl.String)).select(list(REJECT_SCHEMA))
    rejects = pl.concat([answer.table.rejects, bad_cells]).sort("row", maintain_order=True)
    report = account(answer.table, rejects, answer.table.frame.height)
    return report.write_rejects(out.parent, out.name)


def _how_made(answer: Answer, language: Translation) -> HowMade:
    days = [day for use in answer.judged.uses for day in (use.first, use.last) if day is not None]
    editions = [edition for use in answer.judged.uses for edition in (use.rule, use.categories)]
    simulated = {"true", "1"} & set(_column_of(answer.table, "simulated"))
    return HowMade(
        title=f"AQI · {answer.table.name}",
        city="—",
        period=f"{min(days)} … {max(days)}" if days else "—",
        source_tables=[answer.table.origin],
        editions=[EditionUse.of(edition, language) for edition in dict.fromkeys(editions)],
        run_id="—",
        code_version=lantian.__version__,
        generated_at=datetime.now(UTC),
        simulated=bool(simulated),
        notes=account_lines(answer, language),
    )


def _column_of(table: Table, name: str) -> list[str]:
    if name not in table.columns:
        return []
    return [str(value).lower() for value in table.frame.get_column(name).drop_nulls().unique()]
