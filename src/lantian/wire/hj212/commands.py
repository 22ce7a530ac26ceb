"""What a command is, who may send it, and which fields it carries (命令编码)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

from lantian.terms.errors import CallerError
from lantian.wire.hj212.area import clock_time
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import Confidence
from lantian.wire.hj212.tables import Row, editions_of, mapping, rows


class Kind(StrEnum):
    """What a message is in its exchange."""

    REQUEST = "request"
    """Answered by 9011, then by 9012 (请求)."""
    UPLOAD = "upload"
    """Answered by 9014 when Flag wants it (上传)."""
    NOTICE = "notice"
    """Answered by 9013 (通知)."""
    ANSWER = "answer"
    """Answered by nothing (应答)."""


_WHOLE = re.compile(r"0|[1-9][0-9]{0,4}")

Direction = Literal["down", "up"]
"""``down`` from host to device, ``up`` from device to host."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of a command: ``*-Rtd`` stands for one of every factor."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command in the editions that know it."""

    cn: str
    editions: tuple[Edition, ...]
    down: Kind | None
    """What it is from host to device, None when no host sends it."""
    up: Kind | None
    """What it is from device to host, None when no device sends it."""
    name_zh: str
    name_en: str
    down_fields: tuple[FieldRule, ...]
    up_fields: tuple[FieldRule, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A value of QnRtn or ExeRtn."""

    code: int
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Line:
    """How long a side waits on a kind of line, and how often it repeats."""

    name: str
    media: str
    overtime: int
    """Seconds before a message is repeated. [s]"""
    recount: int


def command(cn: str, edition: Edition = Edition.HJ2017) -> Command | None:
    """Return what a command is in this edition, or None when that does not know it.

    Examples
    --------
    >>> command("2061").name_en, command("9015"), command("9015", Edition.HJ2025).up.value
    ('hourly data', None, 'notice')
    """
    return _commands(edition).get(cn)


def list_commands(edition: Edition) -> tuple[Command, ...]:
    """Every command of an edition, in the order of the standard."""
    return tuple(_commands(edition).values())


@cache
def qn_rtn(code: int) -> ReturnCode | None:
    """Return what an answer to a request says.

    Examples
    --------
    >>> qn_rtn(9).name_en
    'wrong CRC'
    """
    return _returns("qn_rtn").get(code)


@cache
def exe_rtn(code: int) -> ReturnCode | None:
    """Return how a request ended.

    Examples
    --------
    >>> exe_rtn(100).name_en
    'no data'
    """
    return _returns("exe_rtn").get(code)


@cache
def line(name: str) -> Line:
    """Return the waiting times of a kind of line, by its name in the table.

    Examples
    --------
    >>> line("mobile").overtime, line("adsl").overtime
    (10, 5)
    """
    row = next(row for row in rows("commands", "line") if row["name"] == name)
    return Line(row["name"], row["media"], row["overtime"], row["recount"])


@cache
def is_encrypted(cn: str) -> bool:
    """Whether the data area of a command carries cipher on an encrypted line of 2025.

    Examples
    --------
    >>> [is_encrypted(cn) for cn in ("2061", "1014", "9015", "1011")]
    [True, True, False, False]
    """
    spans = (span.partition("-") for span in mapping("commands", "cipher")["commands"])
    return any(first <= cn <= (last or first) for first, _, last in spans)


def key_days() -> int:
    """Return how long a key lasts at most. [d]

    Examples
    --------
    >>> key_days()
    90
    """
    return int(mapping("commands", "cipher")["key_days"])


def refusal(name: str, value: str) -> CallerError | None:
    """Return the error that a writer raises for this value of a plain field, or None when it may stand.

    Examples
    --------
    >>> refusal("RtdInterval", "30") is None, str(refusal("RtdInterval", "10"))
    (True, "RtdInterval='10' is not a number from 30 to 3600. Give one.")
    """
    rule = _fields().get(name)
    if rule is None or _fits(rule, value):
        return None
    given = {"name": name, "value": value}
    match rule["kind"]:
        case "time":
            return CallerError("{name}={value!r} is not a time YYYYMMDDhhmmss. Give one.", **given)
        case "clock":
            return CallerError("{name}={value!r} is not a time of the day hhmmss. Give one.", **given)
        case "digits":
            sizes = "/".join(map(str, rule["digits"]))
            return CallerError("{name}={value!r} does not have {sizes} digits. Give all.", sizes=sizes, **given)
        case "text":
            most = rule["longest"]
            return CallerError(
                "{name} has {size} characters, the standard allows 1 to {most}.",
                name=name, size=len(value), most=most,
            )  # fmt: skip
    if "one_of" in rule:
        return CallerError(
            "{name}={value!r} is not one of {all}. Give one.", all=", ".join(map(str, rule["one_of"])), **given
        )
    return CallerError(
        "{name}={value!r} is not a number from {least} to {most}. Give one.",
        least=rule["least"], most=rule["most"], **given,
    )  # fmt: skip


def _fits(rule: Row, value: str) -> bool:
    match rule["kind"]:
        case "time":
            return len(value) == len("YYYYMMDDhhmmss") and clock_time(value) is not None
        case "clock":
            return len(value) == len("hhmmss") and clock_time(f"20000101{value}") is not None
        case "digits":
            return value.isascii() and value.isdigit() and len(value) in rule["digits"]
        case "text":
            return 0 < len(value) <= int(rule["longest"])
    if not _WHOLE.fullmatch(value):
        return False
    number = int(value)
    return number in rule["one_of"] if "one_of" in rule else int(rule["least"]) <= number <= int(rule["most"])


@cache
def _fields() -> dict[str, Row]:
    return {row["name"]: row for row in rows("commands", "field")}


@cache
def _returns(table: str) -> dict[int, ReturnCode]:
    return {row["code"]: ReturnCode(row["code"], row["zh"], row["en"]) for row in rows("commands", table)}


@cache
def _commands(edition: Edition) -> dict[str, Command]:
    return {row["cn"]: _command(row) for row in rows("commands", "command") if edition in editions_of(row)}


def _command(row: Row) -> Command:
    return Command(
        cn=row["cn"],
        editions=editions_of(row),
        down=Kind(row["down"]) if "down" in row else None,
        up=Kind(row["up"]) if "up" in row else None,
        name_zh=row["zh"],
        name_en=row["en"],
        down_fields=_rules(row.get("down_fields", [])),
        up_fields=_rules(row.get("up_fields", [])),
        confidence=row.get("confidence", "A"),
    )


def _rules(names: list[str]) -> tuple[FieldRule, ...]:
    return tuple(FieldRule(name.removesuffix("?"), not name.endswith("?")) for name in names)
