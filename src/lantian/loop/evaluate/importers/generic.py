"""Any table file with a saved column mapping; without one, a mapping is proposed and its doubts are findings."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from lantian.desk.intake import ROW, Table, apply_mapping, guess_mapping, load_mapping
from lantian.desk.intake.mapping import Mapping
from lantian.desk.language import mark
from lantian.loop.evaluate.importers.records import (
    FLAGS,
    PUBLISHED_COLUMNS,
    RUNNING,
    VALUES,
    Imported,
    ImportOptions,
)
from lantian.loop.evaluate.importers.shaping import (
    converted,
    doubtful_values,
    hours_frame,
    published_frame,
    revisions,
)
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

KIND = "generic"
MAPPINGS = Path(__file__).parent / "mappings"
"""Folder of the packaged mappings; a workspace's own stand before it."""
_WORDS: dict[str, tuple[str, ...]] = {"stage": ("original", "audited"), "state": ("reference", "standard")}
_TARGETS = {*VALUES, *RUNNING, "aqi"}
_TEXT_TARGETS = {*_WORDS, *FLAGS, "source", "origin", "simulated", "place", "area", "primary", "level"}


def read(table: Table, options: ImportOptions) -> Imported:
    """Read a file by its mapping.

    Raises
    ------
    CallerError
        When the mapping does not fit the file, names a column that the lake does not have, or the file says itself
        that it is simulated and the caller says that it is not (or the other way round).
    """
    mapping, doubts = _mapping(table, options)
    _check_targets(mapping)
    options.progress("typing", 0, table.rows_read)
    applied = apply_mapping(
        table, mapping, options.zone, lambda target, unit, number: converted(target, unit, number, options)
    )
    frame = _without_mixing(applied.frame, table.name, options)
    frame = _merged_flags(frame)
    _check_words(frame, table.name)
    absent = [pl.lit(None, pl.Float64).alias(name) for name in VALUES if name not in frame.columns]
    frame = frame.with_columns(absent)
    hours = hours_frame(frame, options, KIND, table.origin)
    said = set(PUBLISHED_COLUMNS) & set(frame.columns) & {"aqi", "primary", "level", *RUNNING}
    published = published_frame(frame, options, KIND, table.origin) if said else None
    findings = (*doubts, *revisions(hours, table.name), *doubtful_values(hours, table.name))
    options.progress("typing", table.rows_read, table.rows_read)
    return Imported(
        KIND, hours, published, replace(applied.report, findings=(*applied.report.findings, *findings))
    )


def lantian_mapping() -> Mapping:
    """Return the mapping of our own exports, whose columns are the lake's."""
    return load_mapping("lantian", [MAPPINGS])


def _mapping(table: Table, options: ImportOptions) -> tuple[Mapping, tuple[Finding, ...]]:
    if options.mapping is not None:
        return options.mapping, ()
    own = lantian_mapping()
    if set(own.source_columns()) <= set(table.columns):
        return own, ()
    guess = guess_mapping(table, options.zone)
    proposed = Finding(
        "mapping_proposed",
        table.name,
        mark("No mapping was given; one was proposed from the column names. Check it, then save it by a name."),
        Severity.WARNING,
        evidence={target: value.column for target, value in guess.mapping.values.items()},
    )
    return guess.mapping, (proposed, *guess.findings)


def _check_targets(mapping: Mapping) -> None:
    wrong = sorted((set(mapping.values) - _TARGETS) | (set(mapping.texts) - _TEXT_TARGETS))
    if wrong:
        raise CallerError(
            "The mapping {name!r} fills {wrong}, which station hours do not have. Numbers are "
            "{TARGETS}; words are {TEXT_TARGETS}.",
            name=mapping.name,
            wrong=", ".join(wrong),
            TARGETS=", ".join(sorted(_TARGETS)),
            TEXT_TARGETS=", ".join(sorted(_TEXT_TARGETS)),
        )


def _without_mixing(frame: pl.DataFrame, name: str, options: ImportOptions) -> pl.DataFrame:
    """Refuse a file that says otherwise than the caller whether it is simulated."""
    if "simulated" not in frame.columns:
        return frame
    words = frame.get_column("simulated").str.to_lowercase()
    other = words.is_in(["false", "0", "no", "否"] if options.simulated else ["true", "1", "yes", "是"])
    if other.any():
        said, given = ("measured", "simulated") if options.simulated else ("simulated", "measured")
        raise CallerError(
            "{name} says of {other} rows that they are {said}, but it is imported as {given}. "
            "Simulated and measured data never mix: import it into a workspace of its own kind.",
            name=name,
            other=int(other.sum()),
            said=said,
            given=given,
        )
    return frame.drop("simulated")


def _merged_flags(frame: pl.DataFrame) -> pl.DataFrame:
    """Read flags that a mapping gives as words (our own exports) as sets like all others."""
    from lantian.desk.intake import cells

    words = [name for name in FLAGS if name in frame.columns]
    return frame.with_columns(cells.flag_set(pl.col(name)).alias(name) for name in words)


def _check_words(frame: pl.DataFrame, name: str) -> None:
    for column, allowed in _WORDS.items():
        if column not in frame.columns:
            continue
        strange = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(allowed))
        if strange.height:
            first = strange.row(0, named=True)
            raise CallerError(
                "{name}: row {ROW} says {column} {column_2!r}; it must be {allowed}. Translate the "
                "file's words in the mapping (texts, values).",
                name=name,
                ROW=first[ROW],
                column=column,
                column_2=first[column],
                allowed=" or ".join(allowed),
            )
