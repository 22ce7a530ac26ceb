"""A table file as text cells: which kind of file it is, how it was read, what did not fit."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from lantian.desk.intake import delimited, structured, workbooks
from lantian.desk.intake.limits import Limits, Progress, megabytes, no_progress
from lantian.desk.intake.raw import RawTable
from lantian.desk.intake.report import ROW, no_rejects
from lantian.desk.language import mark
from lantian.desk.paper.csv import unguarded
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

READABLE = "CSV, TSV or TXT (UTF-8 or GBK), Excel (.xlsx, .xls), Parquet, JSON or XML rows"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one file, every cell still text (null: an empty cell)."""

    name: str
    """File name."""
    kind: str
    """``csv``, ``xlsx``, ``xls``, ``parquet``, ``json`` or ``xml``."""
    digest: str
    """SHA-256 of the file, hexadecimal."""
    frame: pl.DataFrame = field(repr=False)
    """Column `ROW` and one text column for each column of the file."""
    units: dict[str, str]
    preamble: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    rejects: pl.DataFrame = field(default_factory=no_rejects, repr=False)
    """Lines that did not fit the header."""
    findings: tuple[Finding, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the file."""
        return tuple(name for name in self.frame.columns if name != ROW)

    @property
    def origin(self) -> str:
        """Name and hash of the document, for the column ``origin`` of the lake."""
        return f"{self.name} sha256:{self.digest[:16]}"

    @property
    def rows_read(self) -> int:
        """Rows in the file, those that did not fit included."""
        return self.frame.height + self.rejects.height


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    header_rows: int | None = None,
    limits: Limits | None = None,
    progress: Progress = no_progress,
) -> Table:
    """Read a table file; every cell stays text until a mapping or an importer types it.

    Parameters
    ----------
    path : Path
        Text (CSV, TSV, TXT), Excel, Parquet, JSON or XML rows; what it is, its first bytes say.
    sheet : str, optional
        Sheet of a workbook; by default its first visible one that holds anything.
    encoding : str, optional
        Encoding of a text file; detected when left out.
    header_rows : int, optional
        1 or 2 (0: no header); found when left out.
    limits : Limits, optional
        Largest file that is taken in.
    progress : Progress
        Told what is being done.

    Raises
    ------
    CallerError
        When the file is absent, empty, cut off, too large or of a kind that cannot be read.
    """
    allowed = limits or Limits()
    data = _bytes(path, allowed, progress)
    reader, kind = _reader(data, path)
    raw = reader(data, path.name, sheet, encoding, header_rows, allowed)
    progress("reading", len(data), len(data))
    table = Table(
        name=path.name,
        kind=kind,
        digest=hashlib.sha256(data).hexdigest(),
        frame=raw.frame,
        units=raw.units,
        preamble=raw.preamble,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        sheet=raw.sheet,
        rejects=raw.rejects,
        findings=(*_misnamed(path, kind), *raw.findings),
    )
    return _checked(table, allowed)


_Reader = Callable[[bytes, str, str | None, str | None, int | None, Limits], RawTable]


def _bytes(path: Path, limits: Limits, progress: Progress) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise CallerError(
                "{path} is a folder, not a table. Name one of its files.",
                path=path,
            )
        if size > limits.bytes:
            raise CallerError(
                "{path} has {megabytes}; at most {megabytes_2} are taken in at once. Split it, or raise "
                "the limit.",
                path=path,
                megabytes=megabytes(size),
                megabytes_2=megabytes(limits.bytes),
            )
        progress("reading", 0, size)
        with path.open("rb") as file:
            data = file.read(limits.bytes + 1)
    except FileNotFoundError as error:
        raise CallerError(
            "{path} does not exist. Check the name and the folder.",
            path=path,
        ) from error
    except OSError as error:
        raise CallerError(
            "{path} cannot be opened: {error}. Check who may read it.",
            path=path,
            error=error.strerror or error,
        ) from error
    if len(data) > limits.bytes:
        raise CallerError(
            "{path} grew past {megabytes} while it was read. Wait until it is whole; try again.",
            path=path,
            megabytes=megabytes(limits.bytes),
        )
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise CallerError(
            "{path} is empty ({n_data} bytes). Ask for the file again; nothing was taken in.",
            path=path,
            n_data=len(data),
        )
    return data


def _reader(data: bytes, path: Path) -> tuple[_Reader, str]:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbooks.read_xlsx, "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return workbooks.read_xls, "xls"
    if data.startswith(b"PAR1"):
        return structured.read_parquet, "parquet"
    for sign, what in _FOREIGN.items():
        if data.startswith(sign):
            raise CallerError(
                "{name} is {what}, which holds no table that can be read. Give {READABLE}.",
                name=path.name,
                what=what,
                READABLE=READABLE,
            )
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise CallerError(
            "{name} is a web page, though it may be named like a workbook. Open it in Excel or WPS "
            "and save it as .xlsx or CSV, then import that.",
            name=path.name,
        )
    if head.startswith(b"<"):
        return structured.read_xml, "xml"
    if head.startswith((b"{", b"[{", b"[\n", b"[\r", b"[ ", b"[]")):
        return structured.read_json, "json"
    for suffix, what in ((".parquet", "a Parquet file"), (".xlsx", "a workbook")):
        if path.suffix.lower() == suffix and b"\x00" in data[:65536]:
            raise CallerError(
                "{name} should be {what}, but its beginning is damaged. Copy it again from where it came.",
                name=path.name,
                what=what,
            )
    return delimited.read_delimited, "csv"


_FOREIGN: dict[bytes, str] = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"7z\xbc\xaf": "a 7z archive (unpack it first)",
    b"Rar!": "a RAR archive (unpack it first)",
    b"SQLite format 3": "a database",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive (unpack it first)",
}
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".tsv", ".txt", ".tab", ".dat"),
    "xlsx": (".xlsx", ".xlsm"),
    "xls": (".xls",),
    "parquet": (".parquet", ".pq"),
    "json": (".json", ".jsonl", ".ndjson"),
    "xml": (".xml",),
}


def _misnamed(path: Path, kind: str) -> tuple[Finding, ...]:
    suffix = path.suffix.lower()
    known = {ending for endings in _SUFFIXES.values() for ending in endings}
    if suffix not in known or suffix in _SUFFIXES[kind]:
        return ()
    return (
        Finding(
            "file_misnamed",
            path.name,
            mark("The name ends in {suffix}, but the file is {kind}; it was read as what it is."),
            Severity.INFO,
            evidence={"suffix": suffix, "kind": kind},
        ),
    )


def _checked(table: Table, limits: Limits) -> Table:
    """Refuse what is beyond the limits, take formula guards away, make empty cells null."""
    width = len(table.columns)
    check_size(table.name, table.rows_read, width, limits)
    if table.rows_read == 0:
        raise CallerError(
            "{name} has a header and no rows. Ask for the file again; nothing was taken in.",
            name=table.name,
        )
    if table.kind == "parquet":
        return table
    cells = [
        pl.when(unguarded(pl.col(name)).str.strip_chars() != "").then(unguarded(pl.col(name))).alias(name)
        for name in table.columns
    ]
    return replace(table, frame=table.frame.select(ROW, *cells))


def check_size(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a table that is larger than the limits allow."""
    for what, count, most in (
        ("columns", columns, limits.columns),
        ("rows", rows, limits.rows),
        ("cells", rows * columns, limits.cells),
    ):
        if count > most:
            raise CallerError(
                "{name} has {count:,} {what}; at most {most:,} are taken in. Split it, or raise the limit.",
                name=name,
                count=count,
                what=what,
                most=most,
            )
