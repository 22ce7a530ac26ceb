"""What a person decided about one reading, as plain values, put into the record (人工确认的取值)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lantian.science.plan_text.records import (
    BodyMention,
    Comparator,
    Deadline,
    Indicator,
    IndicatorKind,
    Mode,
    Span,
    Tail,
    Target,
    TargetKind,
    When,
)
from lantian.terms.errors import CallerError

type_of = {Tail: "tail", Deadline: "deadline", Indicator: "indicator", Target: "target"}
Item = Tail | Deadline | Indicator | Target


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool | float):  # a binary float is not the number that was written
        raise TypeError(value)
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(value)
    return number


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(row) for row in _listed(value))


def _years(value: Any) -> tuple[int, ...]:
    return tuple(_whole(row) for row in _listed(value))


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return list(value)


def _members(value: Any) -> dict[str, dict[str, str]]:
    return {_text(written): _named(bodies) for written, bodies in dict(value).items()}


def _named(value: Any) -> dict[str, str]:
    return {_text(body): _text(name) for body, name in dict(value).items()}


def _bodies(value: Any) -> tuple[tuple[str, dict[str, str], bool], ...]:
    rows = []
    for row in _listed(value):
        unknown = sorted(set(row) - {"written", "bodies", "collective"})
        if unknown:
            raise ValueError(unknown)
        rows.append((_text(row["written"]), _named(row.get("bodies", {})), _yes(row.get("collective", False))))
    return tuple(rows)


Readers = Mapping[str, Callable[[Any], Any]]
_TAIL: Readers = {
    "mode": Mode,
    "open_list": _yes,
    "lead": _bodies,
    "cooperate": _bodies,
    "implement": _bodies,
    "members": _members,
}
_DEADLINE: Readers = {
    "kind": When,
    "date": _maybe(date.fromisoformat),
    "start_date": _maybe(date.fromisoformat),
    "every": _maybe(_text),
    "firm": _yes,
    "what": _text,
}
_INDICATOR: Readers = {
    "what": _text,
    "kind": IndicatorKind,
    "comparator": Comparator,
    "value": _maybe(_number),
    "value_to": _maybe(_number),
    "unit": _text,
    "change": _yes,
    "baseline": _maybe(_whole),
    "scope": _text,
    "by": _maybe(date.fromisoformat),
    "firm": _yes,
    "direction": _text,
}
_TARGET: Readers = {
    "kind": TargetKind,
    "subjects": _texts,
    "metric": _text,
    "metric_written": _text,
    "comparator": _maybe(Comparator),
    "value": _maybe(_number),
    "unit": _text,
    "years": _years,
    "baseline": _maybe(_whole),
    "change": _yes,
    "except_subjects": _texts,
    "direction": _text,
}
_ATTRIBUTE = {"date": "day", "start_date": "start"}
"""Fields of a deadline that JSON calls otherwise than the record."""
_READERS: Mapping[str, Readers] = {
    "tail": _TAIL,
    "deadline": _DEADLINE,
    "indicator": _INDICATOR,
    "target": _TARGET,
}
_NEEDED: Mapping[str, frozenset[str]] = {
    "tail": frozenset({"mode"}),
    "deadline": frozenset({"kind"}),
    "indicator": frozenset({"what", "kind", "comparator"}),
    "target": frozenset({"kind"}),
}


def decided_values(kind: str, decided: Mapping[str, object]) -> dict[str, Any]:
    """Read plain values as the fields of a record.

    Parameters
    ----------
    kind : str
        ``tail``, ``deadline``, ``indicator`` or ``target``.
    decided : mapping
        Field, as JSON calls it → plain value: dates as ``2024-10-31``, numbers as text or whole numbers, never
        as binary floats.

    Returns
    -------
    dict
        Field of the record → value.

    Raises
    ------
    CallerError
        A field that the record does not have, or a value that it cannot hold.

    Examples
    --------
    >>> decided_values("deadline", {"date": "2024-10-31"})
    {'day': datetime.date(2024, 10, 31)}
    """
    readers = _READERS[kind]
    values: dict[str, Any] = {}
    for field, value in decided.items():
        if field not in readers:
            raise CallerError(
                "A confirmed {kind} has no field {field!r}. Use one of: {fields}.",
                kind=kind,
                field=field,
                fields=", ".join(readers),
            )
        try:
            values[_ATTRIBUTE.get(field, field)] = readers[field](value)
        except (TypeError, ValueError, KeyError, AttributeError, InvalidOperation):
            raise CallerError(
                "{value!r} is no value for the field {field!r} of a confirmed {kind}. Mend it and confirm again.",
                kind=kind,
                field=field,
                value=value,
            ) from None
    return values


def is_whole(kind: str, decided: Mapping[str, object]) -> bool:
    """Whether the decided fields are enough to make a record of their own.

    Examples
    --------
    >>> is_whole("deadline", {"date": "2024-10-31"}), is_whole("deadline", {"kind": "by"})
    (False, True)
    """
    return _NEEDED[kind] <= set(decided)


def settled(item: Item, text: str, decided: Mapping[str, object]) -> Item:
    """Put what was decided into a reading.

    Parameters
    ----------
    item : Tail, Deadline, Indicator or Target
        As read.
    text : str
        The source.
    decided : mapping
        Field → plain value; empty where the reading was confirmed as it stands.

    Returns
    -------
    Tail, Deadline, Indicator or Target
        With the decided values; nothing in it is left open.
    """
    values = decided_values(type_of[type(item)], decided)
    return _settled_tail(item, text, values, bool(decided)) if isinstance(item, Tail) else replace(item, **values)


def made(kind: str, span: Span, text: str, decided: Mapping[str, object]) -> Item:
    """Make a record of words that the reader did not read as one.

    Parameters
    ----------
    kind : str
        ``tail``, ``deadline``, ``indicator`` or ``target``.
    span : Span
        Where its words stand.
    text : str
        The source.
    decided : mapping
        Field → plain value; see `is_whole`.

    Returns
    -------
    Tail, Deadline, Indicator or Target
        The new record.
    """
    values = decided_values(kind, decided)
    words = span.cut(text)
    if kind == "tail":
        return _settled_tail(Tail(words, span, values["mode"]), text, values, partly=True)
    if kind == "deadline":
        return Deadline(words, span, **values)
    if kind == "indicator":
        return Indicator(span=span, text=words, **values)
    return Target(text=words, span=span, **values)


def _settled_tail(tail: Tail, text: str, values: Mapping[str, Any], partly: bool) -> Tail:
    members: dict[str, dict[str, str]] = values.get("members", {})
    fields: dict[str, Any] = {key: values[key] for key in ("mode", "open_list") if key in values}
    for role in ("lead", "cooperate", "implement"):
        mentions: tuple[BodyMention, ...] = getattr(tail, role)
        if role in values:
            mentions = tuple(_mention(tail, text, *row) for row in values[role])
        fields[role] = tuple(_settled_mention(row, members, partly) for row in mentions)
    if "implement" in values:
        fields["by_default"] = False
    return replace(tail, **fields)


def _settled_mention(mention: BodyMention, members: Mapping[str, Mapping[str, str]], partly: bool) -> BodyMention:
    bodies = members.get(mention.written)
    if bodies is not None:
        return replace(mention, bodies=tuple(bodies), names=tuple(bodies.values()), settled=True)
    return mention if partly else replace(mention, settled=True)


def _mention(tail: Tail, text: str, written: str, bodies: Mapping[str, str], collective: bool) -> BodyMention:
    """Make a mention of a decided name; one that was read already keeps its place and its bodies."""
    read = next((row for _, row in tail.mentions() if row.written == written), None)
    if read is not None and not bodies:
        return replace(read, settled=True)
    place = text.find(written, tail.span.start, tail.span.end)
    span = read.span if read else Span(place, place + len(written)) if place >= 0 else tail.span
    return BodyMention(
        written,
        span,
        tuple(bodies),
        tuple(bodies.values()) or (written,),
        collective=collective or len(bodies) > 1,
    )
