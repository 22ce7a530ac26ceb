"""What an edition allows a sender to say; everything else is refused with what would be right."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lantian.terms.errors import CallerError
from lantian.wire.hj212.area import SUFFIXES, clock_time
from lantian.wire.hj212.commands import Command, FieldRule, command, refusal
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.parts import MOST_PARTS

_FORMS: dict[str, re.Pattern[str]] = {
    "st": re.compile(r"[0-9A-Z]{2}"),
    "pw": re.compile(r"[!-+\-./0-:<>-~]{1,6}"),
    "mn": re.compile(r"[0-9A-F]{24}"),
    "mn_2005": re.compile(r"[0-9A-Za-z]{14}"),
    "name": re.compile(r"[A-Z][0-9A-Za-z]*"),
    "code": re.compile(r"[0-9A-Za-z]+"),
    "suffix": re.compile(r"[A-Za-z][0-9A-Za-z]*"),
}
_NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]+)?")
_MEASURED = frozenset({"Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Cou"})
_LOG = "//"
_IN_LOG, _IN_FIELD = re.compile(r"//|&&|##"), re.compile(r"[,;=&]|//|##")
_REMEMBERED = 4096
_WORDS_AS_VALUES = frozenset({"45"})
"""Systems whose -Rtd may be a word: the condition marks of 2025."""


def check(message: Message) -> Edition:
    """Refuse a message that the edition of its Flag does not allow; return that edition.

    Raises
    ------
    CallerError
        For the first thing that is not allowed.
    """
    edition = _check_head(message)
    _check_command(message, edition)
    _check_area(message)
    return edition


def _check_head(message: Message) -> Edition:
    """Refuse a head that the edition of its Flag does not allow; return that edition."""
    edition = message.edition
    if edition is None:
        raise CallerError("Flag {flag} names no edition. Use flag_of.", flag=message.flag.value)
    if len(message.qn) != 17 or clock_time(message.qn) is None:
        raise CallerError("QN={qn!r} is not a time of 17 digits. Give the moment of sending.", qn=message.qn)
    mn = _FORMS["mn_2005" if edition is Edition.HJ2005 else "mn"]
    unnamed = message.cn == "1001" and edition is Edition.HJ2025 and not message.mn
    if not unnamed and not mn.fullmatch(message.mn):
        raise CallerError(
            "MN={mn!r} does not have the form that {edition} demands: {form}.",
            mn=message.mn,
            edition=edition.title,
            form=mn.pattern,
        )
    for name in ("st", "pw"):
        value = getattr(message, name)
        if not _FORMS[name].fullmatch(value):
            raise CallerError(
                "{name}={value!r} does not have the form {form}.",
                name=name.upper(),
                value="***" if name == "pw" else value,
                form=_FORMS[name].pattern,
            )
    if message.rf and edition is not Edition.HJ2025:
        raise CallerError("{edition} has no mark for late data (RF). Send it without.", edition=edition.title)
    _check_parts(message, edition)
    return edition


def _check_parts(message: Message, edition: Edition) -> None:
    """Refuse part numbers that do not agree with Flag or with each other."""
    pnum, pno = message.pnum, message.pno
    if message.flag.split != (pnum is not None) or (pnum is None) != (pno is None):
        raise CallerError(
            "Flag {flag} and part {pno} of {pnum} contradict each other. Set bit 1 of Flag for parts only.",
            flag=message.flag.value,
            pno=pno,
            pnum=pnum,
        )
    most = MOST_PARTS[edition]
    if pnum is not None and pno is not None and not 1 <= pno <= pnum <= most:
        raise CallerError(
            "Part {pno} of {pnum}: {edition} allows parts from 1 to {most}.",
            pno=pno,
            pnum=pnum,
            edition=edition.title,
            most=most,
        )


def _check_command(message: Message, edition: Edition) -> None:
    """Refuse a command that the edition does not know, or without its fields."""
    known = command(message.cn, edition)
    if known is None:
        raise CallerError(
            "{edition} has no command {cn}. docs/wire.md lists those of each edition.",
            edition=edition.title,
            cn=message.cn,
        )
    missing = [_missing(rules, message) for rules in _ways(known)]
    if all(missing):
        raise CallerError(
            "Command {cn} lacks {fields}. Give them.", cn=message.cn, fields=" / ".join(map(", ".join, missing))
        )


def _ways(known: Command) -> Sequence[tuple[FieldRule, ...]]:
    """Fields of the command for each direction in which it may go."""
    both = ((known.down, known.down_fields), (known.up, known.up_fields))
    return [rules for kind, rules in both if kind is not None]


def _missing(rules: tuple[FieldRule, ...], message: Message) -> list[str]:
    """Name the required fields that a message does not have."""
    return [rule.name for rule in rules if rule.required and not _has(rule.name, message)]


def _has(name: str, message: Message) -> bool:
    code, dash, suffix = name.partition("-")
    if not dash:
        return name in message.parameters
    if code == "*":
        return message.pnum is not None or any(suffix in group for group in message.factors.values())
    return suffix in message.factors.get(code, {})


def _check_area(message: Message) -> None:
    """Refuse names and values that a reader could not tell apart again."""
    for name, value in message.parameters.items():
        if not _FORMS["name"].fullmatch(name) or name == "Flag" or name in SUFFIXES:
            raise CallerError("{name!r} is no name of a field without a factor.", name=name)
        _check_value(name, value)
        if fault := refusal(name, value):
            raise fault
    for code, group in message.factors.items():
        if not group or not _is_code(code):
            raise CallerError("{code!r} is no factor code, or has no fields.", code=code)
        for suffix, value in group.items():
            measured = suffix in _MEASURED
            if measured and _NUMBER.fullmatch(value):
                continue  # it holds nothing that a reader could stumble over
            name = f"{code}-{suffix}"
            if not _is_suffix(suffix):
                raise CallerError("{name!r} is no name of a field.", name=name)
            _check_value(name, value)
            if measured and message.st not in _WORDS_AS_VALUES:
                raise CallerError(
                    "{name}={value!r} is not a number. Leave a missing one out.", name=name, value=value
                )
            if suffix == "Flag" and len(value) != 1:
                raise CallerError("{name}={value!r} is not one letter.", name=name, value=value)


@lru_cache(_REMEMBERED)
def _is_code(text: str) -> bool:
    return _FORMS["code"].fullmatch(text) is not None


@lru_cache(_REMEMBERED)
def _is_suffix(text: str) -> bool:
    return _FORMS["suffix"].fullmatch(text) is not None


def _check_value(name: str, value: str) -> None:
    """Refuse a value with separators outside a log, with line ends or control characters, or none at all."""
    log = len(value) > 2 * len(_LOG) and value.startswith(_LOG) and value.endswith(_LOG)
    text = value[2:-2] if log else value
    forbidden = _IN_LOG if log else _IN_FIELD
    if not text or text != text.strip() or not text.isprintable() or forbidden.search(text):
        raise CallerError(
            "{name}={value!r} cannot stand in a frame: it is empty or holds a separator, a line end or a blank at "
            "an end. Leave an empty field out; put the text of a log between // and //.",
            name=name,
            value=value,
        )
