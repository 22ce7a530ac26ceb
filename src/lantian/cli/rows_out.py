"""The rows of a file once more, in their order, with new columns beside them: CSV, Excel or Parquet."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lantian.desk.intake import ROW, Table
from lantian.desk.paper.csv import GUARDED
from lantian.terms.errors import CallerError, HouseError

if TYPE_CHECKING:
    from lantian.desk.language import Translation
    from lantian.desk.paper.provenance import HowMade

KINDS: tuple[str, ...] = (".csv", ".xlsx", ".parquet")
_HARMLESS = r"^(?:[+-]?[\d.,]+(?:[eE][+-]?\d+)?%?|[-—–]+;?)$"
"""Numbers and dashes begin like a formula and are none: they stay as they were."""
_WHOLE = r"^(?:0|-?[1-9]\d{0,14})$"
_DECIMAL = r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$"
_EXCEL_TIME = r"^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2}(?:\.0+)?)?$"
_DIGITS = 15
"""Significant digits that a double holds without loss."""


def check_target(path: Path, source: Path) -> None:
    """Refuse an output of an unknown kind, and one that would overwrite its own input."""
    if path.suffix.lower() not in KINDS:
        raise CallerError(
            "{name}: rows are written as {KINDS}; give the file one of these endings",
            name=path.name,
            KINDS=", ".join(KINDS),
        )
    if path.exists() and source.exists() and path.samefile(source):
        raise CallerError(
            "{path} is the input itself and would be lost; name another file with --out",
            path=path,
        )


def own_columns(table: Table, path: Path) -> pl.DataFrame:
    """Columns of the file as they are: typed from Parquet, the text of the cells from anything else."""
    if table.kind == "parquet":
        return pl.read_parquet(path)
    return table.frame.drop(ROW)


def free_names(taken: list[str], wanted: tuple[str, ...]) -> dict[str, str]:
    """Names for new columns; one that the file has already becomes ``judged_…``, for the file's own stays.

    Examples
    --------
    >>> free_names(["AQI", "level"], ("aqi", "level"))
    {'aqi': 'aqi', 'level': 'judged_level'}
    """
    names: dict[str, str] = {}
    for name in wanted:
        candidate, number = name, 1
        while candidate in taken:
            candidate = f"judged_{name}" if number == 1 else f"judged_{name}_{number}"
            number += 1
        names[name] = candidate
    return names


def typed(series: pl.Series) -> pl.Series:
    """Turn a text column into numbers where no cell loses anything by it; codes such as ``007`` stay text.

    Examples
    --------
    >>> [typed(pl.Series(cells)).dtype for cells in (["1", None], ["0.5", "2"], ["007"], ["1", "x"])]
    [Int64, Float64, String, String]
    """
    if series.dtype != pl.String or series.null_count() == len(series):
        return series
    text = series.drop_nulls()
    if text.str.contains(_WHOLE).all():
        return series.cast(pl.Int64)
    digits = text.str.replace(r"[eE].*$", "").str.replace_all(r"\D", "").str.strip_chars_start("0").str.len_chars()
    if text.str.contains(_DECIMAL).all() and (digits <= _DIGITS).all():
        return series.cast(pl.Float64)
    return series


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write UTF-8 with byte order mark, for Excel; formulas are guarded, numbers and dashes stay."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]
    if nested:
        raise CallerError(
            "column {nested} holds lists or bytes, which CSV cannot; write .parquet instead",
            nested=", ".join(nested),
        )
    cells = [_guarded(pl.col(name)) if kind == pl.String else pl.col(name) for name, kind in frame.schema.items()]
    titles = {name: _guarded_title(name) for name in frame.columns}
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            frame.select(cells).rename(titles).write_csv(file, include_bom=True, line_terminator="\r\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _refused(path, temporary, error) from error


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write Parquet: text becomes numbers where nothing is lost."""
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.select(typed(column) for column in frame.get_columns()).write_parquet(temporary)
        temporary.replace(path)
    except OSError as error:
        raise _refused(path, temporary, error) from error


def write_excel(
    path: Path,
    frame: pl.DataFrame,
    *,
    from_workbook: bool,
    fills: dict[str, dict[str, str]],
    how_made: "HowMade",
    language: "Translation",
) -> None:
    """Write a workbook: numbers, times and text as they were, and a sheet that says how it was made."""
    from lantian.desk.paper.excel import Sheet, write_workbook

    columns = [_excel_cells(column, from_workbook) for column in frame.get_columns()]
    write_workbook(path, [Sheet("AQI", pl.DataFrame(columns), fills=fills)], how_made, language)


def _excel_cells(series: pl.Series, from_workbook: bool) -> pl.Series:
    whole = typed(series)
    if whole.dtype != pl.String:
        return whole
    text = series.drop_nulls()
    if from_workbook and text.len() and text.str.contains(_EXCEL_TIME).all():
        kind = pl.Date if text.str.len_chars().max() == len("2026-03-01") else pl.Datetime("us")
        return series.str.head(19).cast(kind) if kind == pl.Date else series.str.head(19).str.to_datetime()
    if not text.str.contains(_DECIMAL).any():
        return series
    return pl.Series(series.name, [_excel_cell(value) for value in series], dtype=pl.Object)


def _excel_cell(value: str | None) -> str | int | float | None:
    if value is None or not re.match(_DECIMAL, value) or sum(c.isdigit() for c in value) > _DIGITS:
        return value
    return int(value) if re.match(_WHOLE, value) else float(value)


def _guarded(cell: pl.Expr) -> pl.Expr:
    formula = cell.str.contains(GUARDED.pattern) & ~cell.str.contains(_HARMLESS)
    return pl.when(formula).then("'" + cell).otherwise(cell).name.keep()


def _guarded_title(name: str) -> str:
    return f"'{name}" if GUARDED.match(name) and not re.match(_HARMLESS, name) else name


def _refused(path: Path, temporary: Path, error: OSError) -> HouseError:
    with suppress(OSError):
        temporary.unlink()
    return HouseError(
        f"{path} could not be written: {error}. Make room or choose another folder; nothing was lost."
    )
