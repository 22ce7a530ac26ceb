"""What ``lantian aqi`` says: the account, the first rows with their levels in colour, or all of it as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.markup import escape

from lantian.cli import rows_out
from lantian.cli.aqi_answer import MARKED, Answer, account_lines, index_frame
from lantian.cli.show import console, show_frame, show_json, words
from lantian.desk.language import Translation, finding_text, mark
from lantian.desk.paper.palette import ink_on
from lantian.loop.evaluate.given_rows import INDEX_COLUMNS, LAWLESS, NO_DATA, PUBLISHED, WITHHELD
from lantian.terms.pollutants import BASIC, NAMES

_ROWS_SHOWN = 20


def print_report(answer: Answer, source: Path, written: tuple[Path, ...], rows: int | None) -> None:
    """Print the account; without an output file also the first rows."""
    language = words()
    wanted = (0 if written else _ROWS_SHOWN) if rows is None else rows
    if wanted:
        frame, styles = _shown(answer, source, wanted, language)
        show_frame(frame, title=answer.table.name, headers={name: name for name in frame.columns}, styles=styles)
    for line in account_lines(answer, language):
        console().print(escape(line))
    total = sum(answer.judged.levels().values())
    for level, count in answer.judged.levels().items():
        colour = answer.categories()[level].colour
        name = f"{level} {answer.level_name(level, language)}"
        console().print(f"[{ink_on(colour)} on {colour}] {name} [/] {count:,} ({count / total:.1%})")
    for path in written:
        console().print(escape(language.format(mark("Wrote {file}."), file=path)))
    if not written:
        console().print(language.gettext(mark("All rows into a file: --out FILE.csv, .xlsx or .parquet.")))


def _shown(
    answer: Answer, source: Path, rows: int, language: Translation
) -> tuple[pl.DataFrame, dict[str, Sequence[str | None]]]:
    """First rows for the eye: time, up to two further columns, value and sub-index, index, level in its colour."""
    own = rows_out.own_columns(answer.table, source).head(rows)
    index = index_frame(answer, language, marked=True).head(rows)
    used = {answer.time, *answer.given.values.values()}
    others = [name for name in own.columns if name not in used][:2]
    shown = own.select([*others, *([answer.time] if answer.time else [])])
    held = {row.key: row.pollutant for use in answer.judged.uses for row in use.rule.indicators}
    for pollutant in BASIC:
        column = next(
            (answer.given.values[key] for key in answer.given.values if held.get(key) == pollutant), None
        )
        if column is not None:
            part = index.get_column(f"iaqi_{pollutant}").cast(pl.String).fill_null("—")
            value = own.get_column(column).cast(pl.String).str.slice(0, 12).fill_null("—")
            shown = shown.with_columns((value + " → " + part).alias(NAMES[pollutant].symbol))
    taken = rows_out.free_names(shown.columns, MARKED)
    shown = pl.concat([shown, index.select(MARKED).rename(taken)], how="horizontal")
    levels = answer.judged.frame.get_column("level").head(rows).to_list()
    colours = [None if level is None else answer.categories()[level].colour for level in levels]
    styles = [None if colour is None else f"{ink_on(colour)} on {colour}" for colour in colours]
    return shown, {taken["aqi"]: styles, taken["level"]: styles}


def print_json(answer: Answer, source: Path, written: tuple[Path, ...], rows: int | None) -> None:
    """Print the account as JSON; without an output file also the rows."""
    language, judged = words(), answer.judged
    said: dict[str, Any] = {
        "file": answer.table.name,
        "averaging": answer.averaging,
        "averaging_found_from_times": answer.guessed,
        "rules": [
            {
                "id": use.rule.id,
                "name": use.rule.name,
                "confidence": use.rule.confidence.value,
                "rows": use.rows,
                "first": use.first,
                "last": use.last,
            }
            for use in judged.uses
        ],
        "columns": {"time": answer.time, **answer.given.values},
        "not_in_file": answer.absent,
        "rows_read": judged.frame.height,
        "published": judged.count(PUBLISHED),
        "withheld": judged.count(WITHHELD),
        "no_value": judged.count(NO_DATA),
        "no_law": judged.count(LAWLESS),
        "levels": {answer.level_name(level, language): count for level, count in judged.levels().items()},
        "unreadable_cells": answer.unreadable().height,
        "negative_values": int((judged.doubts.get_column("reason") == "negative").sum()),
        "doubts": judged.doubts.to_dicts(),
        "lines_left_out": answer.table.rejects.to_dicts(),
        "findings": [{"code": row.code, "message": finding_text(row, language)} for row in answer.findings],
        "written": [str(path) for path in written],
    }
    if not written or rows is not None:
        own = rows_out.own_columns(answer.table, source)
        index = index_frame(answer, language, marked=False)
        names = rows_out.free_names(own.columns, INDEX_COLUMNS)
        frame = pl.concat([own, index.rename(names)], how="horizontal")
        said["rows"] = (frame if rows is None else frame.head(rows)).to_dicts()
    show_json(said)
