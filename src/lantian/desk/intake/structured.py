"""Parquet, JSON rows and XML rows as text cells; numbers keep the text they were written with."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lantian.desk.intake.encodings import decode
from lantian.desk.intake.limits import Limits, megabytes
from lantian.desk.intake.raw import RawTable
from lantian.desk.intake.report import REJECT_SCHEMA, ROW
from lantian.terms.errors import CallerError


def read_parquet(
    data: bytes, name: str, _sheet: str | None, _encoding: str | None, _header_rows: int | None, limits: Limits
) -> RawTable:
    """Read Parquet; every value becomes its shortest exact text, so 0.3 stays 0.3 in single precision too."""
    try:
        head = pq.ParquetFile(io.BytesIO(data)).metadata
        size = sum(head.row_group(n).total_byte_size for n in range(head.num_row_groups))
        if head.num_rows > limits.rows or head.num_columns > limits.columns or size > limits.unpacked_bytes:
            raise CallerError(
                "{name} has {num_rows:,} rows, {num_columns:,} columns, {megabytes} unpacked; at most "
                "{rows:,}, {columns:,} and {megabytes_2} are taken in.",
                name=name,
                num_rows=head.num_rows,
                num_columns=head.num_columns,
                megabytes=megabytes(size),
                rows=limits.rows,
                columns=limits.columns,
                megabytes_2=megabytes(limits.unpacked_bytes),
            )
        frame = pl.read_parquet(io.BytesIO(data))
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        raise CallerError(
            "{name} is a damaged or half Parquet file ({why}). Copy it again from where it "
            "came; nothing was taken in.",
            name=name,
            why=str(error).splitlines()[0][:120],
        ) from error
    frame = frame.rename({ROW: f"{ROW}_2"}, strict=False)
    cells = [as_text(pl.col(column), kind).alias(column) for column, kind in frame.schema.items()]
    return RawTable(frame.select(cells).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64)))


def as_text(cell: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Text of a typed column: instants in ISO form, everything else by its shortest exact text."""
    if isinstance(kind, pl.Datetime):
        pattern = "%Y-%m-%d %H:%M:%S%.f%:z" if kind.time_zone is not None else "%Y-%m-%d %H:%M:%S%.f"
        return cell.dt.strftime(pattern)
    if isinstance(kind, (pl.List, pl.Array, pl.Struct, pl.Object, pl.Binary)):
        return pl.lit(None, pl.String)
    if kind.is_float():
        return pl.when(cell.is_not_nan()).then(cell.cast(pl.String))
    return cell.cast(pl.String)


def read_json(
    data: bytes, name: str, _sheet: str | None, encoding: str | None, _header_rows: int | None, limits: Limits
) -> RawTable:
    """Read a JSON list of records, such a list inside an object, or one record a line."""
    decoded = decode(data, name, encoding)
    try:
        document = json.loads(decoded.text, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError as error:
        document = _lines(decoded.text, name, error)
    except RecursionError as error:
        raise CallerError(
            "{name} nests too deep to be a table. Give a list of records.",
            name=name,
        ) from error
    rows = _record_list(document)
    if rows is None:
        raise CallerError(
            "{name} is JSON but holds no list of records. Give a list of objects, one for each row.",
            name=name,
        )
    return _from_records(rows, name, limits, decoded.encoding)


def _lines(text: str, name: str, error: ValueError) -> list[Any]:
    """One JSON record a line (NDJSON)."""
    rows: list[Any] = []
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        rows = [json.loads(line, parse_float=str, parse_int=str, parse_constant=str) for line in lines]
    except (ValueError, RecursionError):
        rows = []
    if len(rows) < 2:
        raise CallerError(
            "{name} is broken or half JSON: {error}. Copy it again from where it came; nothing was taken in.",
            name=name,
            error=error,
        ) from error
    return rows


def _record_list(document: object) -> list[Any] | None:
    """Find the list of records: the document itself, or the first list of objects inside an object."""
    if isinstance(document, list):
        return document if not document or any(isinstance(row, dict) for row in document) else None
    if isinstance(document, dict):
        for value in document.values():
            found = _record_list(value)
            if found:
                return found
    return None


def read_xml(
    data: bytes, name: str, _sheet: str | None, _encoding: str | None, _header_rows: int | None, limits: Limits
) -> RawTable:
    """Read XML whose repeated elements are rows and their children cells; entities are refused."""
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE) or b"\x00" in data[:1024]:
        raise CallerError(
            "{name} defines its own entities or is UTF-16, and such files can hide a bomb. Ask for "
            "plain UTF-8 without DOCTYPE.",
            name=name,
        )
    try:
        root = ET.fromstring(data)  # noqa: S314  # no DOCTYPE gets here, and expat limits expansion
    except ET.ParseError as error:
        raise CallerError(
            "{name} is broken or half XML: {error}. Copy it again from where it came; nothing was taken in.",
            name=name,
            error=error,
        ) from error
    rows = _xml_rows(root)
    if not rows:
        raise CallerError(
            "{name} is XML but holds no repeated records. Give the answer of the feed as it came.",
            name=name,
        )
    return _from_records([{_local(cell.tag): cell.text for cell in row} for row in rows], name, limits, None)


def _xml_rows(root: ET.Element) -> list[ET.Element]:
    """Children of the element that holds most children whose own children are leaves."""
    best: list[ET.Element] = []
    for element in root.iter():
        rows = [child for child in element if len(child) and all(len(cell) == 0 for cell in child)]
        if len(rows) > len(best):
            best = rows
    return best


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _from_records(rows: Iterable[object], name: str, limits: Limits, encoding: str | None) -> RawTable:
    good: list[Mapping[str, object]] = []
    numbers: list[int] = []
    bad: list[tuple[int, None, None, str, str]] = []
    columns: dict[str, None] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            bad.append((number, None, None, "not_an_object", json.dumps(row, ensure_ascii=False)))
            continue
        columns.update(dict.fromkeys(str(key) for key in row))
        if len(columns) > limits.columns or number > limits.rows:
            raise CallerError(
                "{name} has more than {columns:,} columns or {rows:,} rows. Split it.",
                name=name,
                columns=limits.columns,
                rows=limits.rows,
            )
        good.append(row)
        numbers.append(number)
    data: dict[str, list[object]] = {ROW: list(numbers)}
    for column in columns:
        data[f"{ROW}_2" if column == ROW else column] = [_cell(row.get(column)) for row in good]
    schema: dict[str, pl.DataType] = {ROW: pl.Int64(), **{key: pl.String() for key in data if key != ROW}}
    frame = pl.DataFrame(data, schema=schema)
    return RawTable(frame, encoding=encoding, rejects=pl.DataFrame(bad, schema=REJECT_SCHEMA, orient="row"))


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
