"""Excel workbooks through calamine, after a check that they cannot fill the memory."""

import io
import re
import zipfile

import fastexcel
import polars as pl

from lantian.desk.intake.headers import find_header
from lantian.desk.intake.limits import Limits, megabytes
from lantian.desk.intake.raw import RawTable
from lantian.desk.intake.report import ROW
from lantian.desk.language import mark
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

_HEAD_ROWS = 60
_SHEET_PART = re.compile(r"^xl/worksheets/[^/]+\.(xml|bin)$")
_CELL = re.compile(rb'<(?:\w+:)?c [^<>]*?r="([A-Z]{1,3})(\d{1,7})"|<(?:\w+:)?row [^<>]*?r="(\d{1,7})"')


def read_xlsx(
    data: bytes, name: str, sheet: str | None, _encoding: str | None, header_rows: int | None, limits: Limits
) -> RawTable:
    """Read a .xlsx workbook; see `tables.read_table`."""
    _check_archive(data, name, limits)
    return _read(data, name, sheet, header_rows, limits)


def read_xls(
    data: bytes, name: str, sheet: str | None, _encoding: str | None, header_rows: int | None, limits: Limits
) -> RawTable:
    """Read an old .xls workbook, which is never larger than 65,536 rows by 256 columns."""
    return _read(data, name, sheet, header_rows, limits)


def _read(data: bytes, name: str, sheet: str | None, header_rows: int | None, limits: Limits) -> RawTable:
    try:
        book = fastexcel.read_excel(data)
        chosen, frame, findings = _sheet(book, name, sheet, limits)
    except fastexcel.FastExcelError as error:
        raise CallerError(
            "{name} is no workbook that can be read ({why}): it may be cut off or locked by a "
            "password. Copy it again, or open it in Excel and save it as .xlsx without password.",
            name=name,
            why=str(error).splitlines()[0],
        ) from error
    head = [[cell or "" for cell in row] for row in frame.head(_HEAD_ROWS).rows()]
    header = find_header(head, name, header_rows)
    body = header.first + header.rows
    frame = frame.select(frame.columns[: len(header.names)]).with_row_index(ROW, offset=1).slice(body)
    frame = frame.with_columns(pl.col(ROW).cast(pl.Int64))
    frame.columns = [ROW, *header.names]
    frame = frame.filter(pl.any_horizontal(pl.exclude(ROW).str.strip_chars() != ""))
    return RawTable(frame, header.units, header.preamble, sheet=chosen, findings=(*findings, *header.findings))


def _sheet(
    book: fastexcel.ExcelReader, name: str, wanted: str | None, limits: Limits
) -> tuple[str, pl.DataFrame, tuple[Finding, ...]]:
    """Choose the sheet that was asked for, or the first visible one that holds anything."""
    names = book.sheet_names
    if wanted is not None and wanted not in names:
        raise CallerError(
            "{name} has no sheet {wanted!r}; it has {names}. Name one of these.",
            name=name,
            wanted=wanted,
            names=", ".join(map(repr, names)),
        )
    holding: list[str] = []
    found: tuple[str, pl.DataFrame] | None = None
    for candidate in [wanted] if wanted is not None else names:
        loaded = book.load_sheet(candidate, header_row=None, skip_rows=0, dtypes="string")
        if loaded.total_height == 0 or loaded.width == 0 or (wanted is None and loaded.visible != "visible"):
            continue
        if loaded.width > limits.columns or loaded.total_height > limits.rows:
            raise CallerError(
                "{name}, sheet {candidate!r}: {total_height:,} rows by {width:,} columns: over the "
                "{rows:,} by {columns:,} taken in at once. Split it, or raise the limit.",
                name=name,
                candidate=candidate,
                total_height=loaded.total_height,
                width=loaded.width,
                rows=limits.rows,
                columns=limits.columns,
            )
        holding.append(candidate)
        if found is None:
            found = (candidate, loaded.to_polars())
    if found is None:
        which = f"Sheet {wanted!r} of {name}" if wanted is not None else name
        raise CallerError(
            "{which} is empty. Name another sheet or ask for the file again; nothing was taken in.",
            which=which,
        )
    return *found, _other_sheets(name, found[0], holding)


def _other_sheets(name: str, chosen: str, holding: list[str]) -> tuple[Finding, ...]:
    others = [row for row in holding if row != chosen]
    if not others:
        return ()
    return (
        Finding(
            "other_sheets",
            name,
            mark("Only the sheet {sheet} was read; {others} hold data too and need an import of their own."),
            Severity.INFO,
            evidence={"sheet": chosen, "others": ", ".join(others)},
        ),
    )


def _check_archive(data: bytes, name: str, limits: Limits) -> None:
    """Unpack every part once with a counter: no bomb, no lying size, no half file, no far cell."""
    damaged = f"{name} is a damaged or half workbook. Copy it again from where it came; nothing was taken in."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if not any(part.filename.startswith("xl/") for part in parts):
                raise CallerError(
                    "{name} is a zip archive, not an Excel workbook. Unpack it and give the files in it.",
                    name=name,
                )
            left = limits.unpacked_bytes
            if sum(part.file_size for part in parts) > left:
                raise CallerError(_bomb(name, limits))
            for part in parts:
                left = _check_part(archive, part, left, name, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise CallerError(damaged) from error
    except RuntimeError as error:  # zipfile's word for an encrypted part
        raise CallerError(
            "{name} is locked by a password. Save it without one, then import it.",
            name=name,
        ) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, name: str, limits: Limits) -> int:
    is_sheet = bool(_SHEET_PART.match(part.filename))
    rows = columns = 0
    tail = b""
    with archive.open(part) as file:
        while block := file.read(1 << 20):
            left -= len(block)
            if left < 0:
                raise CallerError(_bomb(name, limits))
            if is_sheet:
                text = tail + block
                for letters, row, bare in _CELL.findall(text):
                    rows = max(rows, int(row or bare or 0))
                    columns = max(columns, _column(letters))
                tail = text[-256:]
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise CallerError(
            "{name} has a cell in row {rows:,}, column {columns:,}, beyond the limits of {rows_2:,} "
            "rows, {columns_2:,} columns and {cells:,} cells. Delete the stray cells far from the "
            "table, or save only the table.",
            name=name,
            rows=rows,
            columns=columns,
            rows_2=limits.rows,
            columns_2=limits.columns,
            cells=limits.cells,
        )
    return left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(name: str, limits: Limits) -> str:
    return (
        f"{name} unpacks to more than {megabytes(limits.unpacked_bytes)}: too large, or a zip bomb. "
        "Ask its sender, or save the table alone as CSV."
    )
