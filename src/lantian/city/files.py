"""Read a city's plain files; every fault names file, line, column, value and what to do."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lantian.terms.errors import CallerError

RowType = TypeVar("RowType", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a city's file may be."""

    bytes: int = 16_000_000
    """[byte]"""
    rows: int = 100_000
    faults: int = 10
    """How many faults one message lists."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one cell."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        """Write the fault for a person."""
        return f"line {self.line}, column {self.column}, value {self.value!r}: {self.reason}; {self.remedy}"


def text_of(path: Path, limits: Limits) -> str:
    """Read a text file as UTF-8 (with or without byte order mark), else as GBK (GB 18030)."""
    try:
        size = path.stat().st_size
        if size > limits.bytes:
            raise CallerError(
                "{path} holds {size} bytes, more than the {bytes} allowed; is it the right file?",
                path=path,
                size=size,
                bytes=limits.bytes,
            )
        raw = path.read_bytes()
    except OSError as error:
        raise CallerError(
            "{path} cannot be read ({error}); check that it is there and may be read",
            path=path,
            error=error.strerror or error,
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CallerError(
        "{path} is neither UTF-8 nor GBK text; save it as “CSV UTF-8” and try again",
        path=path,
    )


def toml_of(path: Path, limits: Limits) -> dict[str, Any]:
    """Read a TOML file."""
    try:
        return tomllib.loads(text_of(path, limits))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CallerError(
            "{path} is not valid TOML: {error}; mend that place and try again",
            path=path,
            error=error,
        ) from error


def rows_of(path: Path, model: type[RowType], limits: Limits) -> list[tuple[int, RowType]]:
    """Read a CSV file as (line number, row) pairs.

    Parameters
    ----------
    path : Path
        CSV file in UTF-8 or GBK whose first line names the columns.
    model : type
        Class of a row; its fields are the columns, those with a default may be absent.
    limits : Limits
        Largest size, most rows, most faults in one message.

    Returns
    -------
    list of (int, row)
        Line on which each row ends, and the row.

    Raises
    ------
    CallerError
        Listing every fault by line, column and value, with what to do.
    """
    reader = csv.reader(StringIO(text_of(path, limits), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header, model)
        rows: list[tuple[int, RowType]] = []
        faults: list[Fault] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= limits.rows:
                raise CallerError(
                    "{path} holds more than {rows} rows; is it the right file?",
                    path=path,
                    rows=limits.rows,
                )
            if len(cells) != len(header):
                faults.append(_wrong_width(reader.line_num, cells, header))
                continue
            filled = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
            try:
                rows.append((reader.line_num, model.model_validate(filled)))
            except ValidationError as error:
                faults.extend(_faults(reader.line_num, filled, model, error))
    except csv.Error as error:
        raise CallerError(
            "{path}, line {line}: not a readable CSV line ({error}); check its quotes and commas",
            path=path,
            line=reader.line_num,
            error=error,
        ) from error
    if faults:
        raise CallerError(summary(path, faults, limits))
    return rows


def record_of(path: Path, content: Mapping[str, object], model: type[RowType]) -> RowType:
    """Check the content of a TOML file against its class."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc'])} = {_shown(item['input'])}: {item['msg']}"
            for item in error.errors(include_url=False)
        ]
        msg = f"{path}: " + "; ".join(lines) + "; mend these settings (docs/city.md lists them all)"
        raise CallerError(msg) from error


def summary(path: Path, faults: list[Fault], limits: Limits) -> str:
    """Write the faults of a file, the first few in full."""
    shown = "\n  ".join(str(fault) for fault in faults[: limits.faults])
    more = f"\n  … and {len(faults) - limits.faults} more" if len(faults) > limits.faults else ""
    return f"{path} cannot be used, {len(faults)} fault(s), nothing was loaded:\n  {shown}{more}"


def _check_header(path: Path, header: list[str], model: type[BaseModel]) -> None:
    allowed = list(model.model_fields)
    doubled = sorted({name for name in header if header.count(name) > 1})
    unknown = [name for name in header if name not in allowed]
    missing = [name for name, item in model.model_fields.items() if item.is_required() and name not in header]
    if doubled or unknown or missing:
        parts = [
            f"{what}: {', '.join(repr(name) for name in names)}"
            for what, names in (("doubled", doubled), ("unknown", unknown), ("missing", missing))
            if names
        ]
        raise CallerError(
            "{path}, line 1: columns {parts}; the columns of this file are {allowed}",
            path=path,
            parts="; ".join(parts),
            allowed=", ".join(allowed),
        )


def _wrong_width(line: int, cells: list[str], header: list[str]) -> Fault:
    place = header[len(cells)] if len(cells) < len(header) else f"{len(header) + 1}"
    value = cells[len(header)] if len(cells) > len(header) else ""
    reason = f"{len(cells)} cells where the header names {len(header)} columns"
    return Fault(line, place, value, reason, "add or remove commas, or quote a text that holds one")


def _faults(line: int, filled: Mapping[str, str], model: type[BaseModel], error: ValidationError) -> list[Fault]:
    found: dict[str, Fault] = {}
    for item in error.errors(include_url=False):
        column = str(item["loc"][0]) if item["loc"] else "?"
        field = model.model_fields.get(column)
        hint = _hint(field) if field is not None else None
        remedy = f"write {hint}" if hint else "fill it in" if column not in filled else "correct it"
        reason = "empty" if column not in filled else item["msg"]
        found.setdefault(column, Fault(line, column, filled.get(column, ""), reason, remedy))
    return list(found.values())


def _hint(field: Any) -> str | None:
    """Return the description of a field, also where its type is optional."""
    if field.description:
        return str(field.description)
    for part in getattr(field.annotation, "__args__", ()):
        for note in getattr(part, "__metadata__", ()):
            if getattr(note, "description", None):
                return str(note.description)
    return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
