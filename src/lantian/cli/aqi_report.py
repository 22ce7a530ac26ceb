"""What ``lantian aqi`` says and writes: rows with their index, levels counted, what was not judged and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from rich.markup import escape

import lantian
from lantian.cli import rows_out
from lantian.cli.show import console, show_frame, show_json, words
from lantian.desk.intake import REASONS, Table, account
from lantian.desk.intake.report import REJECT_SCHEMA
from lantian.desk.language import Translation, finding_text, mark
from lantian.desk.paper.palette import ink_on
from lantian.desk.paper.provenance import EditionUse, HowMade
from lantian.loop.evaluate.given_columns import Given
from lantian.loop.evaluate.given_rows import (
    INDEX_COLUMNS,
    LAWLESS,
    NO_DATA,
    PUBLISHED,
    WITHHELD,
    Averaging,
    Judged,
    Use,
)
from lantian.rules.records import Category
from lantian.terms.findings import Finding
from lantian.terms.pollutants import BASIC, NAMES

_ROWS_SHOWN = 20
_DOUBTS_SHOWN = 10
_CELL_SHOWN = 40
_MORE_REASONS = {
    "negative": mark("negative, so it has no index"),
    "no_law": mark("no rule holds on this date; force one with --edition"),
}
_MARKED = ("aqi", "primary", "level")
"""Columns in which an index that is withheld is marked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged table file."""

    table: Table
    time: str | None
    given: Given
    judged: Judged
    averaging: Averaging
    guessed: bool
    """Whether the averaging was found from the times."""
    findings: tuple[Finding, ...]

    @property
    def absent(self) -> list[str]:
        """Basic pollutants that no column of the file holds."""
        rules = [use.rule for use in self.judged.uses]
        held = {row.pollutant for rule in rules for row in rule.indicators if row.key in self.given.values}
        return [pollutant.value for pollutant in BASIC if pollutant not in held]

    def categories(self) -> dict[int, Category]:
        """Levels of the editions that were used."""
        return {row.level: row for use in self.judged.uses for row in use.categories.categories}

    def level_name(self, level: int, language: Translation) -> str:
        """Name of a level in the reader's language."""
        row = self.categories()[level]
        return row.name_zh if language.is_chinese else row.name

    def unreadable(self) -> pl.DataFrame:
        """Cells that could not be read."""
        return self.judged.doubts.filter(~pl.col("reason").is_in(list(_MORE_REASONS)))


# ------------------------------------------------------------------------------------------------ files


def index_frame(answer: Answer, language: Translation, *, marked: bool) -> pl.DataFrame:
    """Make the new columns: level by its name; `marked` writes what is withheld as the edition says, else null."""
    names = {level: answer.level_name(level, language) for level in answer.categories()}
    named = pl.col("level").replace_strict(names, default=None, return_dtype=pl.String)
    frame = answer.judged.frame.with_columns(named.alias("level"))
    if marked and answer.judged.frame.get_column("marker").null_count() < frame.height:
        frame = frame.with_columns(
            pl.coalesce(pl.col(name).cast(pl.String), "marker").alias(name) for name in _MARKED
        )
    return frame.select(INDEX_COLUMNS)


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
    if answer.table.rejects.is_empty() and cells.height <= _DOUBTS_SHOWN:
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
        notes=_lines(answer, language),
    )


def _column_of(table: Table, name: str) -> list[str]:
    if name not in table.columns:
        return []
    return [str(value).lower() for value in table.frame.get_column(name).drop_nulls().unique()]


# ------------------------------------------------------------------------------------------------ words


def _lines(answer: Answer, language: Translation) -> list[str]:
    """Write the account in whole sentences: what was taken for what, which law, how many, what not."""
    judged, say = answer.judged, language.format
    average = language.gettext(mark("hour") if answer.averaging == "hour" else mark("day"))
    how = (
        mark("Averaging: {averaging}, found from the times (--averaging says otherwise).")
        if answer.guessed
        else mark("Averaging: {averaging}.")
    )
    lines = [say(how, averaging=average)]
    lines += [_use_line(use, language) for use in judged.uses]
    taken = ", ".join(f"{key} = {column}" for key, column in answer.given.values.items())
    lines.append(say(mark("Columns: time = {time}, {columns}."), time=answer.time or "—", columns=taken))
    if answer.absent:
        symbols = ", ".join(NAMES[pollutant].symbol for pollutant in BASIC if pollutant.value in answer.absent)
        lines.append(say(mark("Not in the file: {pollutants}."), pollutants=symbols))
    for key, factor in answer.given.factors.items():
        lines.append(
            say(
                mark("{column} was multiplied by {factor} to the unit of the rule."),
                column=key,
                factor=f"{factor:g}",
            )
        )
    total = judged.frame.height
    lines.append(
        say(mark("{n} rows, {published} with an AQI."), n=f"{total:,}", published=f"{judged.count(PUBLISHED):,}")
    )
    lines += [
        say(words_of, n=f"{count:,}")
        for words_of, count in (
            (
                mark("{n} withheld: incomplete, and the index of the rest is not above what the edition demands."),
                judged.count(WITHHELD),
            ),
            (mark("{n} without any index: no value of them can be judged."), judged.count(NO_DATA)),
            (
                mark("{n} without a law: the time cannot be read, or no edition holds on its date."),
                judged.count(LAWLESS),
            ),
        )
        if count
    ]
    return lines + _doubt_lines(answer, language)


def _use_line(use: Use, language: Translation) -> str:
    days = "—" if use.first is None else f"{use.first} … {use.last}"
    return language.format(
        mark("Rule: {name} ({id}), confidence {confidence}: {n} rows, {days}."),
        name=use.rule.name,
        id=use.rule.id,
        confidence=use.rule.confidence.value,
        n=f"{use.rows:,}",
        days=days,
    )


def _doubt_lines(answer: Answer, language: Translation) -> list[str]:
    doubts, say = answer.judged.doubts, language.format
    lines: list[str] = []
    for words_of, rows in (
        (mark("{n} cells could not be read; they stand as they were:"), answer.unreadable()),
        (mark("{n} values are negative and have no index:"), doubts.filter(pl.col("reason") == "negative")),
        (mark("{n} rows lie outside every edition:"), doubts.filter(pl.col("reason") == "no_law")),
    ):
        if rows.is_empty():
            continue
        lines.append(say(words_of, n=f"{rows.height:,}"))
        lines += ["  " + _doubt_line(row, language) for row in rows.head(_DOUBTS_SHOWN).iter_rows(named=True)]
        if rows.height > _DOUBTS_SHOWN:
            lines.append("  " + say(mark("… and {n} more"), n=f"{rows.height - _DOUBTS_SHOWN:,}"))
    if answer.table.rejects.height:
        lines.append(
            say(mark("{n} lines do not fit the header and were left out:"), n=f"{answer.table.rejects.height:,}")
        )
        lines += [
            "  " + _doubt_line(row, language)
            for row in answer.table.rejects.head(_DOUBTS_SHOWN).iter_rows(named=True)
        ]
    return lines + [finding_text(finding, language) for finding in answer.findings]


def _doubt_line(row: dict[str, Any], language: Translation) -> str:
    reason = language.gettext({**REASONS, **_MORE_REASONS}.get(row["reason"], row["reason"]))
    if row["column"] is None:
        return language.format(mark("row {row}: {reason}"), row=row["row"], reason=reason)
    value = row["value"] or ""
    return language.format(
        mark("row {row}, column {column}: {value!r} — {reason}"),
        row=row["row"],
        column=row["column"],
        value=value if len(value) <= _CELL_SHOWN else value[: _CELL_SHOWN - 1] + "…",
        reason=reason,
    )


# ------------------------------------------------------------------------------------------------ terminal


def print_report(answer: Answer, source: Path, written: tuple[Path, ...], rows: int | None) -> None:
    """Print the account; without an output file also the first rows."""
    language = words()
    wanted = (0 if written else _ROWS_SHOWN) if rows is None else rows
    if wanted:
        frame, styles = _shown(answer, source, wanted, language)
        show_frame(frame, title=answer.table.name, headers={name: name for name in frame.columns}, styles=styles)
    for line in _lines(answer, language):
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
    taken = rows_out.free_names(shown.columns, _MARKED)
    shown = pl.concat([shown, index.select(_MARKED).rename(taken)], how="horizontal")
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
