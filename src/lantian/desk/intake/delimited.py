"""Text tables: find the delimiter and the header, cut lines into cells, keep each line that does not fit."""

import csv
import io
from collections.abc import Iterator, Sequence

import polars as pl

from lantian.desk.intake.encodings import decode
from lantian.desk.intake.headers import Header, find_header
from lantian.desk.intake.limits import Limits
from lantian.desk.intake.raw import RawTable
from lantian.desk.intake.report import REJECT_SCHEMA, ROW
from lantian.desk.language import mark
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

DELIMITERS: tuple[str, ...] = (",", "\t", ";", "|", "，", "；")
_HEAD_LINES = 60
_CHUNK = 50_000


def read_delimited(
    data: bytes, name: str, _sheet: str | None, encoding: str | None, header_rows: int | None, limits: Limits
) -> RawTable:
    """Read CSV, TSV or TXT; see `tables.read_table`."""
    decoded = decode(data, name, encoding)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    del data
    delimiter = sniff_delimiter(text)
    head = _head(text, delimiter)
    if not any(cell.strip() for _, row in head for cell in row):
        raise CallerError(
            "{name} begins with {lines} lines in which no column is named. Look at it in an editor; nothing was "
            "taken in.",
            name=name,
            lines=max(len(head), 1),
        )
    header = find_header([row for _, row in head], name, header_rows)
    width = len(header.names)
    if width > limits.columns:
        raise CallerError(
            "{name} has {width:,} columns; at most {columns:,} are taken in at once. Raise the limit.",
            name=name,
            width=width,
            columns=limits.columns,
        )
    body = header.first + header.rows
    first_line = head[body][0] if body < len(head) else text.count("\n") + 2
    if '"' in text:
        frame, rejects = _with_quotes(text, delimiter, header, first_line, limits, name)
    else:
        frame, rejects = _without_quotes(text, delimiter, header, first_line)
    cut = _cut_off(name, text, rejects)
    return RawTable(
        frame,
        header.units,
        header.preamble,
        decoded.encoding,
        delimiter,
        None,
        rejects,
        (*decoded.findings, *header.findings, *cut),
    )


def sniff_delimiter(text: str) -> str:
    r"""Delimiter whose count of fields is most alike over the first lines; a comma where none is used.

    Examples
    --------
    >>> sniff_delimiter("时间;SO2\n2024-01-01 01:00;1,5\n2024-01-01 02:00;2,5\n")
    ';'
    """
    best, best_score = ",", (0.0, 0, 0)
    for rank, delimiter in enumerate(DELIMITERS):
        counts = [len(row) for _, row in _head(text, delimiter) if any(cell.strip() for cell in row)]
        if not counts:
            continue
        usual = max(set(counts), key=counts.count)
        if usual < 2:
            continue
        score = (counts.count(usual) / len(counts), usual, -rank)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _head(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Read the first rows with the line on which each begins, blank ones included."""
    end = 0
    for _ in range(_HEAD_LINES):
        found = text.find("\n", end)
        if found < 0:
            end = len(text)
            break
        end = found + 1
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(_records(text[:end], delimiter))
    except csv.Error:
        return rows  # a quotation mark that closes further down, or never
    return rows


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; forgiving about quotation marks, for the first look only."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _without_quotes(
    text: str, delimiter: str, header: Header, first_line: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut lines at delimiters, all at once: there is no quotation mark in the file."""
    width = len(header.names)
    lines = pl.DataFrame({"text": text.split("\n")[first_line - 1 :]}, schema={"text": pl.String})
    lines = lines.with_row_index(ROW, offset=first_line).with_columns(pl.col(ROW).cast(pl.Int64))
    lines = lines.filter(pl.col("text").str.strip_chars(" \t" + delimiter) != "")
    # Extra delimiters at the end of a line with nothing between them are an artefact of spreadsheets.
    lines = lines.with_columns(fields=pl.col("text").str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1)
    trailing = pl.col("text").str.len_chars() - pl.col("text").str.strip_chars_end(delimiter).str.len_chars()
    surplus = pl.min_horizontal(pl.col("fields") - width, trailing.cast(pl.Int64)).clip(0)
    lines = lines.with_columns(
        text=pl.when(surplus > 0).then(pl.col("text").str.head(-surplus)).otherwise(pl.col("text")),
        fields=pl.col("fields") - surplus,
    )
    good = lines.filter(pl.col("fields") == width)
    parts = good.get_column("text").str.split_exact(delimiter, width - 1).struct.unnest()
    parts.columns = list(header.names)
    return pl.concat([good.select(ROW), parts], how="horizontal"), _ragged(lines, width)


def _ragged(lines: pl.DataFrame, width: int) -> pl.DataFrame:
    bad = lines.filter(pl.col("fields") != width)
    reason = pl.when(pl.col("fields") > width).then(pl.lit("too_many_fields")).otherwise(pl.lit("too_few_fields"))
    return bad.select(
        pl.col(ROW).alias("row"),
        pl.lit(None, pl.String).alias("column"),
        pl.lit(None, pl.String).alias("value"),
        reason.alias("reason"),
        pl.col("text"),
    )


def _with_quotes(
    text: str, delimiter: str, header: Header, first_line: int, limits: Limits, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut records with the csv module: cells may hold delimiters, quotation marks and line ends."""
    csv.field_size_limit(max(csv.field_size_limit(), 16 * 1024 * 1024))
    body = text[_offset_of_line(text, first_line) :]
    try:
        return _quoted(body, delimiter, header.names, first_line, limits, name, strict=True)
    except _LooseQuotesError:  # a quotation mark within a cell, such as 5" pipe: not lawful CSV, yet readable
        return _quoted(body, delimiter, header.names, first_line, limits, name, strict=False)


class _LooseQuotesError(Exception):
    """The text is no strict CSV."""


def _quoted(
    body: str, delimiter: str, names: Sequence[str], first_line: int, limits: Limits, name: str, *, strict: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    frames: list[pl.DataFrame] = []
    bad: list[tuple[int, None, None, str, str]] = []
    chunk: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=strict)
    while True:
        number = first_line + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if "unexpected end" not in str(error):
                raise _LooseQuotesError from error
            rest = body[_offset_of_line(body, number - first_line + 1) :]
            bad.append((number, None, None, "unclosed_quote", rest.rstrip("\n")))
            break
        fitted = _fit(row, len(names))
        if fitted is not None:
            chunk.append(fitted)
            numbers.append(number)
        elif any(cell.strip() for cell in row):
            reason = "too_many_fields" if len(row) > len(names) else "too_few_fields"
            bad.append((number, None, None, reason, delimiter.join(row)))
        if len(chunk) >= _CHUNK:
            frames.append(_frame(chunk, numbers, names))
            chunk, numbers = [], []
            if len(frames) * _CHUNK > limits.rows:
                raise CallerError(
                    "{name} has more than {rows:,} rows. Split it, or raise the limit.",
                    name=name,
                    rows=limits.rows,
                )
    frames.append(_frame(chunk, numbers, names))
    return pl.concat(frames), pl.DataFrame(bad, schema=REJECT_SCHEMA, orient="row")


def _offset_of_line(text: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        found = text.find("\n", offset)
        if found < 0:
            return len(text)
        offset = found + 1
    return offset


def _fit(row: list[str], width: int) -> list[str] | None:
    """Cut the row to the header's width where only empty fields are too many; None where it does not fit."""
    if not any(cell.strip() for cell in row):
        return None
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    return row if len(row) == width else None


def _frame(rows: list[list[str]], numbers: list[int], names: Sequence[str]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in names]
    data: dict[str, Sequence[object]] = {ROW: numbers}
    data.update(zip(names, (list(column) for column in columns), strict=True))
    return pl.DataFrame(data, schema={ROW: pl.Int64(), **dict.fromkeys(names, pl.String())})


def _cut_off(name: str, text: str, rejects: pl.DataFrame) -> tuple[Finding, ...]:
    """Notice a last line that is short and has no line end: the file was cut while it was copied."""
    if text.endswith("\n") or rejects.is_empty():
        return ()
    last = rejects.row(-1, named=True)
    if last["reason"] not in {"too_few_fields", "unclosed_quote"}:
        return ()
    if last["reason"] == "too_few_fields" and last["row"] != text.count("\n") + 1:
        return ()
    return (
        Finding(
            "file_cut_off",
            name,
            mark("The last line (row {row}) is incomplete: the file was probably cut off while it was copied."),
            Severity.ERROR,
            evidence={"row": last["row"]},
        ),
    )
