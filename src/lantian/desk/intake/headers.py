"""Where a table's header is: title lines above it, one row or two, merged cells, a row of units."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lantian.desk.intake.report import ROW
from lantian.desk.language import mark
from lantian.terms.findings import Finding, Severity

_UNIT = re.compile(
    r"^[\[(]?\s*(?:单位[::]?)?\s*("
    r"[uμn]g/(?:n?m3|n?m\^3|m³)|mg/(?:n?m3|n?m\^3|m³)|pp[bm]v?|μg/m³|毫克/立方米|微克/立方米"
    r"|无量纲|%|℃|°c|hpa|kpa|m/s|mm|°|hour|1|-|/|—)\s*[\])]?$",
    re.IGNORECASE,
)
_NUMBER_OR_TIME = re.compile(r"^[+-]?[\d.,]+(e[+-]?\d+)?$|^\d{4}[-/.年]\d{1,2}|^\d{1,2}:\d{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns and the line where the data begin."""

    names: tuple[str, ...]
    units: dict[str, str]
    """Column → unit as the file writes it, from a row of units or from brackets in the name."""
    preamble: tuple[str, ...]
    """Title lines above the header."""
    first: int
    """Position of the header in the lines given."""
    rows: int
    """1 or 2."""
    findings: tuple[Finding, ...] = ()


def plain(text: str) -> str:
    """Full-width to half-width, outer blanks away: for comparing, never for storing.

    Examples
    --------
    >>> plain("　ＰＭ２．５（μg/m³） ")
    'PM2.5(μg/m3)'
    """
    return unicodedata.normalize("NFKC", text).strip()


def is_unit(text: str) -> bool:
    """Whether a cell is nothing but a unit.

    Examples
    --------
    >>> is_unit("(µg/m³)"), is_unit("SO2")
    (True, False)
    """
    return bool(_UNIT.match(plain(text)))


def split_unit(name: str) -> tuple[str, str | None]:
    """Part ``CO(mg/m³)`` into name and unit.

    Examples
    --------
    >>> split_unit("CO（mg/m³）"), split_unit("PM2.5")
    (('CO', 'mg/m3'), ('PM2.5', None))
    """
    text = plain(name)
    found = re.match(r"^(.*?)\s*[\[(]([^()\[\]]*)[\])]$", text) or re.match(
        r"^(.*\S)\s*[,/_ ]\s*([uμm]g/m3)$", text
    )
    if found and found.group(1) and is_unit(found.group(2)) and found.group(2) not in {"1", "-", "/", "—"}:
        return found.group(1).strip(), found.group(2).strip()
    return text, None


def find_header(lines: Sequence[Sequence[str]], name: str, header_rows: int | None = None) -> Header:
    """Find the header among the first lines of a table.

    Parameters
    ----------
    lines : sequence of rows
        The first lines, empty ones included.
    name : str
        File name for findings.
    header_rows : int, optional
        1 or 2 when the caller knows; 0 for a table without header, whose columns are numbered.
    """
    first = _first_header_line(lines)
    if header_rows == 0:
        width = max((len(row) for row in lines), default=0)
        return Header(tuple(f"column_{n + 1}" for n in range(width)), {}, (), first, 0)
    top = [cell.strip() for cell in lines[first]]
    while (
        top and not top[-1] and all(len(row) < len(top) or not row[len(top) - 1].strip() for row in lines[first:])
    ):
        top.pop()
    second = [cell.strip() for cell in lines[first + 1]] if first + 1 < len(lines) else []
    two = header_rows == 2 or (header_rows is None and _is_second_row(top, second))
    units: dict[str, str] = {}
    names = top
    if two and second:
        second = (second + [""] * len(top))[: max(len(top), len(second))]
        if all(not cell or is_unit(cell) for cell in second):
            names, found = _unique(top)
            units = {name: plain(unit) for name, unit in zip(names, second, strict=False) if unit}
            return _finish(names, units, lines, first, 2, found, name)
        names = _join(top, second)
    unique, doubled = _unique(names)
    return _finish(unique, units, lines, first, 2 if two and second else 1, doubled, name)


def _finish(
    names: list[str],
    units: dict[str, str],
    lines: Sequence[Sequence[str]],
    first: int,
    rows: int,
    doubled: list[str],
    name: str,
) -> Header:
    for column in names:
        unit = split_unit(column)[1]
        if unit is not None:
            units.setdefault(column, unit)
    preamble = tuple(" ".join(cell for cell in row if cell.strip()).strip() for row in lines[:first])
    findings = tuple(
        Finding(
            "column_name_twice",
            name,
            mark("The column name {column} stands twice; the later ones carry a number."),
            Severity.WARNING,
            evidence={"column": column},
        )
        for column in doubled
    )
    return Header(tuple(names), units, tuple(text for text in preamble if text), first, rows, findings)


def _first_header_line(lines: Sequence[Sequence[str]]) -> int:
    """Find the first line that fills two cells or more; a table of one column begins at its first."""
    widths = sorted(len(row) for row in lines if any(cell.strip() for cell in row))
    width = widths[len(widths) // 2] if widths else 0
    for position, row in enumerate(lines):
        filled = sum(1 for cell in row if cell.strip())
        if filled and (width <= 1 or filled >= 2):
            return position
    return next((n for n, row in enumerate(lines) if any(cell.strip() for cell in row)), 0)


def _is_second_row(top: Sequence[str], second: Sequence[str]) -> bool:
    filled = [cell for cell in second if cell]
    if not filled or any(_NUMBER_OR_TIME.match(plain(cell)) for cell in filled if plain(cell) != "1"):
        return False
    if sum(1 for cell in filled if is_unit(cell) and plain(cell) not in {"-", "/", "—", "1"}) >= 1:
        return all(is_unit(cell) for cell in filled)
    under_merged = any(not above and below for above, below in zip(top, second, strict=False))
    return under_merged and len(filled) >= 2


def _join(top: Sequence[str], second: Sequence[str]) -> list[str]:
    """Name of a merged header over its parts: ``SO2`` over ``浓度`` and ``标识`` gives two columns."""
    names: list[str] = []
    group = ""
    for position in range(max(len(top), len(second))):
        above = top[position] if position < len(top) else ""
        below = second[position] if position < len(second) else ""
        group = above or (group if below else "")
        names.append(f"{group} {below}".strip())
    return names


def _unique(names: Sequence[str]) -> tuple[list[str], list[str]]:
    seen: dict[str, int] = {}
    taken = {ROW}
    unique: list[str] = []
    doubled: list[str] = []
    for position, name in enumerate(names):
        text = name or f"column_{position + 1}"
        seen[text] = seen.get(text, 0) + 1
        if seen[text] == 2:
            doubled.append(text)
        candidate, number = text, seen[text]
        while candidate in taken:
            candidate = f"{text}_{max(number, 2)}"
            number += 1
        taken.add(candidate)
        unique.append(candidate)
    return unique, doubled
