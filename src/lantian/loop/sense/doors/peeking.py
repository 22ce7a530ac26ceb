"""Which columns does a table file have, as far as its first bytes tell?"""

import json
import re
from pathlib import PurePath

import polars as pl

from lantian.desk.intake import ROW, Limits, Table, delimited, workbooks
from lantian.desk.intake.guessing import bare
from lantian.desk.intake.headers import plain
from lantian.desk.intake.raw import RawTable

_LIMITS = Limits(bytes=32 << 20, rows=200_000, unpacked_bytes=64 << 20)
"""Of a look; a file beyond them is not known by its columns."""
_FIRST_RECORD = re.compile(r"\{[^{}]*\}")
_BRACKETS = re.compile(r"^(.+?)\s*[\[(]([^()\[\]]+)[\])]$")
_TEXTS = frozenset({".csv", ".tsv", ".txt", ".tab", ".dat", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls"})


def columns_of(name: str, head: bytes) -> frozenset[str]:
    r"""Names of the columns without units, signs and case; empty where the bytes are no table. Never raises.

    Examples
    --------
    >>> sorted(columns_of("a.csv", "排放口,浓度（mg/m3）,排放量（kg）\nP1,2,3\n".encode("gbk")))
    ['排放口', '排放量', '排放量kg', '浓度']
    >>> sorted(columns_of("a.json", b'{"rows": [{"MN": "1", "value": 2}]}'))
    ['mn', 'value']
    """
    table = peeked(name, head)
    return frozenset() if table is None else frozenset(form for column in table.columns for form in forms(column))


def forms(column: str) -> tuple[str, ...]:
    """Return the forms by which a heading can be known: as it is, and without the brackets behind it."""
    found = _BRACKETS.match(plain(column))
    return (bare(column),) if found is None else (bare(column), bare(found[1]))


def bracketed(column: str) -> str | None:
    """Return what stands in brackets behind a heading, usually a unit.

    Examples
    --------
    >>> bracketed("排放量（kg）"), bracketed("浓度")
    ('kg', None)
    """
    found = _BRACKETS.match(plain(column))
    return None if found is None else found[2].strip()


def peeked(name: str, head: bytes) -> Table | None:
    """Return the first rows of a table file, of JSON the first record; None where it is none. Never raises."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _TEXTS:
        return None
    try:
        raw = _json(head) if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} else _table(name, head)
    except Exception:  # noqa: BLE001 - anybody's bytes, cut off anywhere: what stumbles over them does not know them
        return None
    return Table(name, suffix[1:], "", raw.frame, raw.units)


def _table(name: str, head: bytes) -> RawTable:
    if head.startswith(b"PK"):
        return workbooks.read_xlsx(head, name, None, None, None, _LIMITS)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return workbooks.read_xls(head, name, None, None, None, _LIMITS)
    whole_lines = head[: head.rfind(b"\n") + 1] or head
    return delimited.read_delimited(whole_lines, name, None, None, None, _LIMITS)


def _json(head: bytes) -> RawTable:
    """Read the first record that holds no other."""
    found = _FIRST_RECORD.search(head.decode("utf-8-sig", "replace"))
    record = json.loads(found[0]) if found else {}
    cells = {str(name): [None if value is None else str(value)] for name, value in record.items()}
    return RawTable(pl.DataFrame({ROW: [1], **cells}, schema_overrides=dict.fromkeys(cells, pl.String)))
