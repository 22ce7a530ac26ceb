"""Which bodies do the names of a list mean (责任单位名称)?"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lantian.city.records import Body, City
from lantian.science.plan_text.body_words import (
    GENERAL,
    classes_of,
    ends_like_body,
    is_collective,
    is_place,
    is_zone,
    means_all_zones,
    means_departments,
    without_bracket,
)
from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.records import BodyMention, Span

OPENING = "（(【〔[［"
CLOSING = "）)】〕]］"
SEPARATORS = "、，,；;。\n\r\t"
_JOINT = re.compile(r"以及|和|及|与|暨|[\s/]+")
_OPEN_LIST = re.compile(
    r"\s*等\s*(?:(?:\d+|[一二三四五六七八九十]+)?个?(?:各?有关|各?相关|各|其他|市直|市级|省级)*(?:职能|责任|主管|监管|行业)*"
    r"(?:部门|单位|部门和单位|单位和部门|县区|区县|县市区|地区|地|机构)?(?:人民政府|政府)?)?$"
)
_LEVEL = re.compile(r"^(?:自治区|省|州|盟|市(?!场|县)|县(?![区政人])|区(?![县政人]))")
_CLASS_AND_CLASS = re.compile(
    r"(?<=[各市县区旗关])、(?=[市县区旗州盟]级?(?:、|[（(]|人民政府|政府))|(?<=、[市县区旗])、(?=[市县区旗])|(?<=党委)、(?=(?:人民)?政府)"
)
"""The 、 inside 各县、区人民政府."""
_ELIDED = ("局", "委", "办", "厅", "部", "中心")
_GOVERNMENT_ENDINGS = ("人民政府", "政府")
_ZONE_ENDINGS = ("管理委员会", "管委会")
_BRANCH_ENDINGS = ("分局", "支局", "分公司", "供电公司", "街道办事处", "办事处", "街道办")
_SHORTER = (
    ("管理委员会", "管委会"),
    ("委员会", "委"),
    ("办公室", "办"),
    ("监督管理局", "监管局"),
    ("管理局", "局"),
)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two separators of a list."""

    span: Span
    before: str = ""
    """The separator before it; empty for the first."""


@dataclass(frozen=True, slots=True)
class BodyList:
    """A list of names as read."""

    mentions: tuple[BodyMention, ...]
    open_list: bool
    """Whether it ends in 等."""
    level: str
    """Level that the names after it inherit: 市, 省 or empty."""


class Names:
    """Finds the bodies behind the names of a document.

    Parameters
    ----------
    city : City or None
        Whose directory is asked; None leaves every name as it is written.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> text = "市发改委、工信局"
    >>> pieces = split_names(text, Span(0, len(text)))
    >>> [row.names for row in Names(load_city("changzhi")).read(text, pieces).mentions]
    [('市发展改革委',), ('市工信局',)]
    """

    def __init__(self, city: City | None) -> None:
        self.city = city
        self._index: dict[str, Body] = {}
        for body in city.bodies if city else ():
            for name in (body.name, body.full_name, body.name_en, *body.aliases):
                self._index.setdefault(_key(name), body)

    def find(self, name: str, level: str = "") -> Body | None:
        """Return the directory's body of this name, or None.

        Parameters
        ----------
        name : str
            As written; 市 may be missing where `level` gives it.
        level : str
            Level that the first name of its list has: ``市``.
        """
        for wanted in _variants(name, level):
            body = self._index.get(_key(wanted))
            if body is not None:
                return body
        return None

    def is_body(self, name: str) -> bool:
        """Whether a name is in the directory, or ends or reads like a body's."""
        plain = without_bracket(name)
        return 0 < len(name) <= _LONGEST_NAME and (
            ends_like_body(plain) or is_collective(plain) or is_place(plain) or self.find(plain) is not None
        )

    def read(self, text: str, pieces: Sequence[Piece], level: str = "") -> BodyList:
        """Read the names of one list.

        Parameters
        ----------
        text : str
            The source.
        pieces : sequence of Piece
            Where its names stand, in order.
        level : str
            Level inherited from a list before it in the same tail.

        Returns
        -------
        BodyList
            One mention for each name, in order; a name that nobody knows stays, unsettled.
        """
        open_list = False
        parts: list[Span] = []
        for piece in pieces:
            span, is_open = _without_open_end(text, piece.span)
            open_list = open_list or is_open
            parts.extend(self._parts(text, span))
        written = [_bare(span.cut(text)) for span in parts]
        mentions = []
        for place, span in enumerate(parts):
            name = self._restored(written, place, level)
            mentions.append(self._mention(name, span, level))
            level = _level_of(written[place]) or level
        return BodyList(tuple(mentions), open_list, level)

    def _parts(self, text: str, span: Span) -> Iterator[Span]:
        """Split at 和, 及, 与 and spaces, only where both sides end like bodies."""
        name = span.cut(text)
        if len(name) <= _LONGEST_NAME and self.find(name) is None:
            for joint in _JOINT.finditer(name):
                left, right = name[: joint.start()], name[joint.end() :]
                one = left.endswith("党委") and right in ("政府", "人民政府")
                if _depth(left) == 0 and not one and self._both_bodies(left, right):
                    yield trimmed(text, span.start, span.start + joint.start())
                    yield from self._parts(text, trimmed(text, span.start + joint.end(), span.end))
                    return
        if name:
            yield span

    def _both_bodies(self, left: str, right: str) -> bool:
        sides = (left.strip(), right.strip())
        return all(bool(side) and (ends_like_body(side) or self._is_known_place(side)) for side in sides)

    def _is_known_place(self, name: str) -> bool:
        return is_zone(name) or (is_place(name) and (self.city is None or self.find(name) is not None))

    def _restored(self, written: Sequence[str], place: int, level: str) -> str:
        """Return a name with the ending that it shares with a later one (长治高新区、经开区管委会)."""
        name = written[place]
        if ends_like_body(name) or (is_collective(name) and not is_zone(name)):
            return name
        ending = next((_shared_ending(row, name) for row in written[place + 1 :] if ends_like_body(row)), "")
        if not ending:
            return name
        whole = name + ending
        if self.find(whole, level) is None and (len(ending) == 1 or self.find(name, level) is not None):
            return name
        return whole

    def _mention(self, written: str, span: Span, level: str) -> BodyMention:
        plain = without_bracket(written)
        body = self.find(written, level) or self.find(plain, level)
        some = GENERAL.search(plain) is not None and is_collective(plain)
        if body is not None and body.kind != "collective":
            return BodyMention(written, span, (body.id,), (body.name,))
        if body is None and not is_collective(plain):
            return BodyMention(written, span, (), (written,), settled=self.city is None)
        listed = self._listed_members(written) if plain != written else ()
        members = listed or (self._members(plain) if body is None else self._bodies(body.members))
        settled = bool(listed) or (not some and (body is None or body.every_member))
        if self.city is None:
            return BodyMention(written, span, (), (written,), collective=True, settled=not some)
        return BodyMention(
            written,
            span,
            tuple(row.id for row in members),
            tuple(row.name for row in members) or (written,),
            collective=True,
            settled=settled and bool(members),
        )

    def _listed_members(self, written: str) -> tuple[Body, ...]:
        """Return the members that a remark names: 相关县区人民政府（潞州区、上党区)."""
        inside = written[len(without_bracket(written)) :].strip()[1:-1]
        bodies = [self.find(name) for name in re.split("[、，,和]", inside)]
        known = tuple(row for row in bodies if row is not None and row.kind != "collective")
        return known if len(known) == len(bodies) else ()

    def _bodies(self, identifiers: Sequence[str]) -> tuple[Body, ...]:
        return () if self.city is None else tuple(self.city.body(row) for row in identifiers)

    def _members(self, name: str) -> tuple[Body, ...]:
        """Return what a collective that the directory does not name stands for, as far as the directory knows."""
        if self.city is None:
            return ()
        bodies = self.city.bodies
        if means_all_zones(name):
            return tuple(row for row in bodies if row.kind == "zone")
        if means_departments(name):
            return tuple(row for row in bodies if row.kind == "department")
        classes = classes_of(name)
        return () if classes is None else _governments(self.city, classes)


def split_names(text: str, span: Span) -> tuple[Piece, ...]:
    """Split a stretch at 、，,；; and line ends, never inside brackets or inside 各县、区.

    Parameters
    ----------
    text : str
        The source.
    span : Span
        The list; its pieces stand wholly inside it.

    Returns
    -------
    tuple of Piece
        Without empty ones.

    Examples
    --------
    >>> text = "各县（市、区）人民政府，市直单位"
    >>> [row.span.cut(text) for row in split_names(text, Span(0, len(text)))]
    ['各县（市、区）人民政府', '市直单位']
    """
    kept = {found.start() for found in _CLASS_AND_CLASS.finditer(text, span.start, span.end)}
    pieces: list[Piece] = []
    depth, start, before = 0, span.start, ""
    for place in range(span.start, span.end):
        sign = text[place]
        if sign in OPENING:
            depth += 1
        elif sign in CLOSING:
            depth = max(depth - 1, 0)
        elif depth == 0 and sign in SEPARATORS and place not in kept:
            part = trimmed(text, start, place)
            if part.start < part.end:
                pieces.append(Piece(part, before))
                before = ""
            start, before = place + 1, _harder(before, sign)
    part = trimmed(text, start, span.end)
    if part.start < part.end:
        pieces.append(Piece(part, before))
    return tuple(pieces)


def _harder(one: str, other: str) -> str:
    return one if one and one in "；;。" else other


def _depth(words: str) -> int:
    return sum((sign in OPENING) - (sign in CLOSING) for sign in words)


def _key(name: str) -> str:
    """Return a name as `lantian.city.bodies.body_named` compares it: width, spaces and case do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _bare(words: str) -> str:
    return "".join(words.split())


def _level_of(name: str) -> str:
    found = _LEVEL.match(name)
    return found[0] if found and len(name) > len(found[0]) + 1 else ""


def _without_open_end(text: str, span: Span) -> tuple[Span, bool]:
    """Return the span without 等, 等部门 and the like at its end, and whether there was one."""
    window = span.cut(text)[-24:]
    found = _OPEN_LIST.search(window)
    if found is None or found.start() == found.end():
        return span, False
    return trimmed(text, span.start, span.end - (len(window) - found.start())), True


def _shared_ending(later: str, name: str) -> str:
    """Return the ending of the later name that this one can share, or an empty string."""
    plain = without_bracket(later)
    allowed: tuple[str, ...] = ()
    if is_zone(name):
        allowed = (*_ZONE_ENDINGS, *_GOVERNMENT_ENDINGS)
    elif is_place(name):
        allowed = _GOVERNMENT_ENDINGS
    else:
        allowed = (*_BRANCH_ENDINGS, *_ELIDED)
    ending = next((row for row in allowed if plain.endswith(row) and len(plain) > len(row)), "")
    if is_zone(name) and ending in _GOVERNMENT_ENDINGS and not is_zone(plain.removesuffix(ending)):
        return ""
    return ending


def _variants(name: str, level: str) -> Iterator[str]:
    """Yield the forms under which a directory may hold a name, the likeliest first."""
    plain = "".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME:
        return
    for base in (plain, level + plain) if level else (plain,):
        yield base
        if base.endswith("政府"):
            yield base.removesuffix("政府").removesuffix("人民") + "人民政府"
        for long, short in _SHORTER:
            if base.endswith(long):
                yield base.removesuffix(long) + short
        elided = not ends_like_body(base) and not is_place(base)
        if elided and (not level or base.startswith(level)):
            yield from (base + ending for ending in _ELIDED)


def _governments(city: City, classes: str) -> tuple[Body, ...]:
    """Return the governments of the named classes (县、区、市、旗), the city's own where 市 or 级 says so.

    市县 without 区 means whatever stands at those two levels, districts too.
    """
    every = "级" in classes or ("市" in classes[:2] and "县" in classes and "区" not in classes)
    whole = f"{city.name_zh}人民政府"
    rows = []
    for body in city.bodies:
        if body.kind != "government":
            continue
        own = body.county is None and body.full_name == whole
        if own and (every or classes[0] in "市州盟设"):
            rows.append(body)
        if body.county is not None and (every or city.county(body.county).name_zh[-1] in classes):
            rows.append(body)
    return tuple(rows)
