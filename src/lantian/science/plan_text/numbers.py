"""Which quantities does a sentence name, and how are they to be met? (数量)

Numbers in Arabic, full-width and Chinese numerals, their units, ranges, and the words before and after them that
say “at least”, “at most”, “about” or “by how much”. Every pattern is anchored or bounded, so that time grows with
the length of the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lantian.science.plan_text.number_words import (
    BEFORE,
    COUNTING,
    DURATIONS,
    FALLS,
    HOLDING_DOWN,
    REACHING,
    RISES,
    UNITS,
)
from lantian.science.plan_text.numerals import DIGITS, MYRIADS, TENS, han_number, plain
from lantian.science.plan_text.records import Comparator, Span

_NUMBER = re.compile(
    r"(?P<grouped>[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])(?:\.[0-9]++)?)|(?P<arabic>[0-9]++(?:\.[0-9]++)?)"
    r"|(?P<percent>百分之[零一二两三四五六七八九十百点]++)"
    r"|(?P<tenths>[一二三四五六七八九]成[一二三四五六七八九半]?)(?=[以左,。;、)]|\Z)"
    r"|(?P<han>[零一二两三四五六七八九十百千万亿]++(?:分之[零一二两三四五六七八九十百]++|点[零一二三四五六七八九]++)?)"
)
_MULTIPLIER = re.compile(r" ?[百千]?[万亿]|[百千]")
_RANGE = re.compile(r" ?%? ?(?:-{1,2}|~|至|到) ?([0-9]++(?:\.[0-9]++)?)")
_UNIT = re.compile(" ?(" + "|".join(re.escape(row) for row in sorted(UNITS, key=len, reverse=True)) + ")")
_AFTER = re.compile(
    r" ?(?:\(含[^()]{0,4}\))?(?:及其?)?"
    r"(?:(?P<least>以上)|(?P<most>以下|以内|之内|范围以?内|内(?![部容外涵陆]))|(?P<about>左右|上下))"
)
_RATIO = re.compile(r" ?:[0-9]++(?:\.[0-9]++)?")
_FORMULA = re.compile(r"(?:[A-Za-z][-_]?|PM |第)\Z")
_PER = re.compile(
    "(?:/|每)(?:年|月|日|天|小时|时|h|d|平方米|平方公里|立方米|公里|吨|千瓦时|人|户|辆|台|车次|万元|米|m2|m3|㎡)"
)
"""What a unit may be measured per: 立方米/年, 克/平方米."""
_ENUMERATED = re.compile(r"(?: ?[、和与及] ?[0-9]++(?:\.[0-9]++)?){1,8}")
_JOINTS = ("、", "和", "与", "及", "以及")
_EACH_BACK = 24
_ORIGIN = re.compile(
    r"[由从](?:[^,;。0-9]{0,12}|(?:19|20)[0-9]{2}年的?)(?<![0-9.])(?P<value>[0-9]+(?:\.[0-9]+)?)[^,;。0-9]{0,12}?"
    r"(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|压减|削减|缩减|缩短|调整|[升降增减提])(?:到|至|为)"
)
"""A level that is left behind: 由60%提高到70%."""
_ARRIVED = re.compile(r"[^,;。0-9]{0,12}?(?:到|至|为)(?:(?:19|20)[0-9]{2}年的?)?(?:左右|约)?")
_DOWNWARDS = re.compile("下降|降低|减少|压减|削减|缩减|缩短|[降减]")
_LOOK_BACK = 16
"""How many characters before a number may hold the words that compare it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and the words that say how it is to be met."""

    span: Span
    """From the comparing words before the number to those after it."""
    number: Span
    """From the first digit to the end of the unit."""
    value: Decimal
    unit: str
    """As written, multiplier and all: 万吨; 蒸吨/小时 where 每小时 stands in front. See `base_unit`."""
    comparator: Comparator
    value_to: Decimal | None = None
    said: bool = False
    """Whether comparing words stand there; False: a bare number, or one that is only reached (达到)."""
    reached: bool = False
    """Whether words of reaching stand in front: 达到, 控制在."""
    held_down: bool = False
    """Whether those words say that less is better: 控制在, 降至."""
    after: str = ""
    """The comparing words behind it: 及以下."""
    change: str = ""
    """The word of change in front (增长, 下降), empty for a level."""
    chinese: bool = False
    """Whether the number is written in Chinese numerals."""
    nth: int = 0
    """Its place among numbers that a 分别 hands out in order (分别不高于10、35、50毫克/立方米), from 0."""
    among: int = 1
    """How many those are."""
    origin: bool = False
    """Whether it is only the level that is left: the 60% of 由60%提高到70%."""


def base_unit(unit: str) -> tuple[int, str]:
    """How many plain units a unit with a multiplier holds (万户).

    Examples
    --------
    >>> base_unit("万户"), base_unit("亿吨"), base_unit("万千瓦"), base_unit("家"), base_unit("千米")
    ((10000, '户'), (100000000, '吨'), (10000, '千瓦'), (1, '家'), (1, '千米'))
    """
    for split in (2, 1):
        size = 1
        for word in unit[:split]:
            size *= {**TENS, **MYRIADS}.get(word, 0)
        if size and unit[split:] in UNITS and (unit not in UNITS or unit[0] in MYRIADS):
            return size, unit[split:]
    return 1, unit


def list_quantities(text: str, span: Span) -> tuple[Quantity, ...]:
    """Every number with a unit in a stretch of text, in reading order (数量识别).

    Numbers without a unit are given only where they are a ratio (1.25:1), a fraction (三分之一) or the level of an
    index (综合指数不高于4.5); document numbers, years, dates, clock times, temperatures and digits inside formulas
    (PM2.5, O3) never are.

    Parameters
    ----------
    text : str
        The whole source.
    span : Span
        The stretch to look at; offsets of the result count from the start of `text`.

    Returns
    -------
    tuple of Quantity
        In reading order, never overlapping.

    Examples
    --------
    >>> text = "到2025年,机械化清扫率达80%左右"
    >>> (found,) = list_quantities(text, Span(0, len(text)))
    >>> found.value, found.unit, found.comparator.value, found.number.cut(text)
    (Decimal('80'), '%', '~', '80%')
    """
    words = plain(text[span.start : span.end])
    found: list[Quantity] = []
    left = {match.start("value") for match in _ORIGIN.finditer(words)}
    at = 0
    for match in _NUMBER.finditer(words):
        row = _quantity(words, match, at) if match.start() >= at else None
        if row is not None:
            at = row.span.end
            if row.number.start in left:
                row = replace(row, origin=True)
            elif found and found[-1].origin and _ARRIVED.fullmatch(words[found[-1].span.end : row.number.start]):
                down = _DOWNWARDS.search(words, found[-1].span.end, row.number.start) is not None
                row = replace(row, reached=True, held_down=down, change="")
            found.append(row)
    return tuple(_moved(row, span.start) for row in _handed_out(words, found))


def _handed_out(words: str, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Numbers in a row after 分别 share the words before the first of them."""
    group: list[Quantity] = []
    for row in found:
        if group and words[group[-1].span.end : row.span.start].strip() not in _JOINTS:
            yield from _shared(words, group)
            group = []
        group.append(row)
    yield from _shared(words, group)


def _shared(words: str, group: Sequence[Quantity]) -> Iterator[Quantity]:
    lead = group[0] if group else None
    if (
        lead is None
        or len(group) < 2
        or "分别" not in words[max(lead.span.start - _EACH_BACK, 0) : lead.span.start]
    ):
        yield from group
        return
    for nth, row in enumerate(group):
        if nth and not (row.change or row.reached):
            row = replace(row, change=lead.change, reached=lead.reached, held_down=lead.held_down)
        if nth and not row.said and not lead.after:
            row = replace(row, comparator=lead.comparator, said=lead.said)
        yield replace(row, nth=nth, among=len(group))


def _quantity(words: str, match: re.Match[str], floor: int) -> Quantity | None:
    start, end = match.span()
    if _FORMULA.search(words, max(start - 3, 0), start):
        return None
    value, unit = _value(match), ""
    if value is None:
        return None
    upper = None
    if match["percent"] or match["tenths"]:
        unit = "%"
    else:
        if match["arabic"] and (pair := _RANGE.match(words, end)) and _unit(words, pair.end())[0]:
            upper, end = Decimal(pair[1]), pair.end()
        unit, end = _unit(words, end)
    lead = _lead(words[max(start - _LOOK_BACK, floor) : start], counted=base_unit(unit)[1] in COUNTING)
    if unit in ("蒸吨", "吨") and lead.rest.endswith("每小时"):
        unit, lead = unit + "/小时", _lead(lead.rest.removesuffix("每小时"))
        start -= len("每小时")
    after = _AFTER.match(words, end)
    if not unit and (rest := _ENUMERATED.match(words, end)) and "分别" in words[max(start - 60, 0) : start]:
        unit = _unit(words, rest.end())[0]
    if not unit and (ratio := _RATIO.match(words, end)) and "比" in words[max(start - _LOOK_BACK, 0) : start]:
        unit, end = ratio[0].strip(), ratio.end()
    if not unit and not _is_fraction(match) and not _is_index(words, start, lead):
        return None
    told = upper or lead.comparator or lead.reached or lead.change or after or lead.rest.endswith("提前")
    if unit in DURATIONS and not told:
        return None
    comparator = lead.comparator or (_after_comparator(after) if after else None)
    stop = after.end() if after else end
    return Quantity(
        span=Span(start - lead.length, stop),
        number=Span(start, end),
        value=value,
        value_to=upper,
        unit=unit,
        comparator=comparator or Comparator.EQUAL,
        said=comparator is not None,
        reached=lead.reached,
        held_down=lead.held_down,
        after=after[0].strip() if after else "",
        change=lead.change,
        chinese=bool(match["han"]),
    )


def _value(match: re.Match[str]) -> Decimal | None:
    if match["percent"]:
        amount = match["percent"].removeprefix("百分之")
        return Decimal(100) if amount == "百" else han_number(amount)
    if match["tenths"]:
        whole, _, part = match["tenths"].partition("成")
        return Decimal(10 * DIGITS[whole] + (DIGITS.get(part, 5) if part else 0))
    if match["han"]:
        return han_number(match["han"])
    return Decimal(match[0].replace(",", ""))


def _unit(words: str, at: int) -> tuple[str, int]:
    """Return the unit behind a number, with its multiplier, and where it ends."""
    many = _MULTIPLIER.match(words, at)
    for start, size in ((at, ""), (many.end(), many[0].strip()) if many else (at, "")):
        if (unit := _UNIT.match(words, start)) and _ends(words, unit):
            per = _PER.match(words, unit.end())
            return size + unit[1] + (per[0] if per else ""), per.end() if per else unit.end()
    return "", at


def _ends(words: str, unit: re.Match[str]) -> bool:
    behind = words[unit.end() : unit.end() + 1]
    return not (unit[1][-1].isascii() and unit[1][-1].isalnum() and behind.isascii() and behind.isalnum())


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the words just before a number say of it."""

    rest: str
    length: int
    comparator: Comparator | None
    reached: bool
    held_down: bool
    change: str


def _lead(window: str, counted: bool = False) -> _Lead:
    """Read what stands before a number; 在 and 是 lead to a level, never to things that are counted."""
    rest = window.rstrip(" ")
    comparator = None
    for sign, stems in BEFORE:
        if (stem := _ending(rest, stems)) and not rest.endswith(("附近", "最近", "邻近", "靠近")):
            rest, comparator = rest.removesuffix(stem), sign
            break
    held_down = bool(_ending(rest, HOLDING_DOWN))
    stem = _ending(rest, HOLDING_DOWN) or _ending(rest, REACHING)
    if counted and stem in ("在", "是"):
        stem = ""
    rest = rest.removesuffix(stem)
    change = "" if stem else _ending(rest.rstrip("了 "), (*RISES, *FALLS))
    if change:
        rest = rest.rstrip("了 ").removesuffix(change)
    return _Lead(rest, len(window) - len(rest), comparator, bool(stem), held_down, change)


def _ending(text: str, stems: tuple[str, ...]) -> str:
    return max((stem for stem in stems if text.endswith(stem)), key=len, default="")


def _after_comparator(after: re.Match[str]) -> Comparator:
    if after["least"]:
        return Comparator.AT_LEAST
    return Comparator.AT_MOST if after["most"] else Comparator.ABOUT


def _is_fraction(match: re.Match[str]) -> bool:
    return bool(match["han"]) and "分之" in match["han"]


def _is_index(words: str, start: int, lead: _Lead) -> bool:
    """Whether a number without a unit is the level of an index."""
    named = words[max(start - _LOOK_BACK, 0) : start]
    return "指数" in named and (lead.comparator is not None or lead.reached)


def _moved(row: Quantity, by: int) -> Quantity:
    return replace(
        row,
        span=Span(row.span.start + by, row.span.end + by),
        number=Span(row.number.start + by, row.number.end + by),
    )
