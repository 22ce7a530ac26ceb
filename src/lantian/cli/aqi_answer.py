"""A table file judged by ``lantian aqi``: its new columns, and its account in sentences."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from lantian.desk.intake import REASONS, Table
from lantian.desk.language import Translation, finding_text, mark
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

DOUBTS_SHOWN = 10
"""Cells of one kind that are written out one by one; the rest is counted."""
MARKED: tuple[str, ...] = ("aqi", "primary", "level")
"""Columns in which an index that is withheld is marked."""
_CELL_SHOWN = 40
_MORE_REASONS = {
    "negative": mark("negative, so it has no index"),
    "no_law": mark("no rule holds on this date; force one with --edition"),
}


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


def index_frame(answer: Answer, language: Translation, *, marked: bool) -> pl.DataFrame:
    """Make the new columns: level by its name; `marked` writes what is withheld as the edition says, else null."""
    names = {level: answer.level_name(level, language) for level in answer.categories()}
    named = pl.col("level").replace_strict(names, default=None, return_dtype=pl.String)
    frame = answer.judged.frame.with_columns(named.alias("level"))
    if marked and answer.judged.frame.get_column("marker").null_count() < frame.height:
        frame = frame.with_columns(
            pl.coalesce(pl.col(name).cast(pl.String), "marker").alias(name) for name in MARKED
        )
    return frame.select(INDEX_COLUMNS)


def account_lines(answer: Answer, language: Translation) -> list[str]:
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
        lines += ["  " + _doubt_line(row, language) for row in rows.head(DOUBTS_SHOWN).iter_rows(named=True)]
        if rows.height > DOUBTS_SHOWN:
            lines.append("  " + say(mark("… and {n} more"), n=f"{rows.height - DOUBTS_SHOWN:,}"))
    if answer.table.rejects.height:
        lines.append(
            say(mark("{n} lines do not fit the header and were left out:"), n=f"{answer.table.rejects.height:,}")
        )
        lines += [
            "  " + _doubt_line(row, language)
            for row in answer.table.rejects.head(DOUBTS_SHOWN).iter_rows(named=True)
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
