"""What do the words of one responsibility tail say: which names, under which verb or label?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lantian.science.plan_text.bodies import Names, Piece, split_names
from lantian.science.plan_text.body_words import ends_like_body, surely_body
from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.records import Span
from lantian.science.plan_text.tail_words import (
    CLAUSE,
    CORE,
    NOT_LISTED_AGAIN,
    Force,
    Label,
    labels_in,
    tells_time,
    verb_of,
)
from lantian.terms.words import mark

_MARKER = re.compile(r"[（(〔]\s*(?P<verb>总?牵头|主办|主责|负责|配合|参与|协办|落实)(?:单位|部门)?\s*[）)〕]$")
_MANNER = re.compile(r"\s*[（(][^（()）]{0,6}(?:职责|分工)[^（()）]{0,6}[）)]$")
_CHARGED = re.compile(r"(?P<name>.{2,24}?)(?:主要|具体|分别)?负责(?!人|的)[^、，,；;]{2,20}(?<!除外)")
"""A body with what it is in charge of: 市农业农村局负责综合利用."""
_LEADING = re.compile(r"^(?:交?由|并由|再由|并|以及|同时|其中|[和及](?=[市省各]))\s*")
_WITH = re.compile(r"会同|商请|会商")
_LOOSE_END = re.compile(
    r"[局委办厅部署院行关司团心队站所会联业位门构组班道处台社校学场厂园室庭馆库区县市旗镇乡村港府]$"
)
"""Endings that an unlisted body may have: no verb."""
_LONGEST_VERB = 6
UNKNOWN_VERB = "tail_unknown_verb"
NO_BODIES = "tail_without_bodies"
NO_VERB = "tail_without_verb"
PERSON = "tail_person_left_out"
MESSAGES = {
    UNKNOWN_VERB: mark("This tail uses a verb that is not known: who leads and who carries out is a guess."),
    NO_BODIES: mark("This tail has a verb, or a label, without any body."),
    NO_VERB: mark("Bodies stand in this tail without a verb: their role is a guess."),
    PERSON: mark("This tail names a person in charge; only bodies are kept."),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a tail that a person should look at."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """Names that share one verb or one label."""

    force: Force | None
    """None: neither verb nor label."""
    each: bool
    pieces: tuple[Piece, ...]
    labelled: bool = False
    """Whether a label gives the force, not a verb."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one tail, taken apart."""

    groups: tuple[Group, ...] = ()
    clause: tuple[Piece, ...] = ()
    """Names of a one-time clause (以下均需…落实，不再列出)."""
    doubts: tuple[Doubt, ...] = ()
    times: tuple[Span, ...] = ()
    """Words that tell a time, not a body."""
    strange: tuple[Span, ...] = ()
    """Pieces that do not look like a body."""

    @property
    def verbs(self) -> int:
        """How many groups have a verb or a label."""
        return sum(row.force is not None for row in self.groups)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every name of every group."""
        return tuple(piece for group in self.groups for piece in group.pieces)


@dataclass(slots=True)
class _Open:
    """What has been read of a group that is not closed yet, and everything closed before."""

    names: Names
    text: str
    label: Label | None = None
    main: list[Piece] = field(default_factory=list)
    """Names before 会同; the verb after it is theirs."""
    joined: bool = False
    pieces: list[Piece] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    times: list[Span] = field(default_factory=list)
    strange: list[Span] = field(default_factory=list)


def tail_words(text: str, span: Span, names: Names) -> Words:
    """Take the words of one tail apart.

    Parameters
    ----------
    text : str
        The source.
    span : Span
        The tail without its own brackets.
    names : Names
        The city's directory.

    Returns
    -------
    Words
        Every piece between separators stands in exactly one group, in the clause, or among the times.

    Examples
    --------
    >>> text = "市工信局牵头，市能源局配合；各县区人民政府落实"
    >>> [row.force.value for row in tail_words(text, Span(0, len(text)), Names(None)).groups]
    ['牵头', '配合', '落实']
    """
    clause: list[Piece] = []
    stretches: list[Span] = []
    start = span.start
    for found in CLAUSE.finditer(text, span.start, span.end):
        if NOT_LISTED_AGAIN.search(found[0]) is None and not re.search("[均都皆]", found["from"]):
            continue
        stretches.append(Span(start, found.start()))
        clause.extend(split_names(text, trimmed(text, found.start("names"), found.end("names"))))
        start = found.end()
    stretches.append(Span(start, span.end))
    state = _Open(names, text)
    for stretch in stretches:
        for label, section in _sections(text, stretch):
            _close_bare(state)
            state.label = label
            _read_section(state, section)
    _close_bare(state)
    groups = sorted(state.groups, key=lambda row: row.pieces[0].span.start if row.pieces else span.end)
    return Words(tuple(groups), tuple(clause), tuple(state.doubts), tuple(state.times), tuple(state.strange))


def _sections(text: str, stretch: Span) -> Iterator[tuple[Label | None, Span]]:
    """Cut a stretch before each label."""
    label: Label | None = None
    start = stretch.start
    for row in labels_in(text, stretch):
        yield label, Span(start, row.span.start)
        label, start = row, row.span.end
    yield label, Span(start, stretch.end)


def _read_section(state: _Open, section: Span) -> None:
    label = state.label
    inside = trimmed(state.text, section.start, section.end)
    if label is not None and label.force is Force.TIME:
        end = inside.end - (inside.start < inside.end and state.text[inside.end - 1] in "。；;，,")
        if inside.start < end:
            state.times.append(Span(inside.start, end))
        return
    if label is not None and label.force is Force.PERSON:
        if inside.start < inside.end:
            state.doubts.append(Doubt(PERSON, inside))
        return
    before = len(state.groups)
    for piece in split_names(state.text, inside):
        if piece.before in ("；", ";", "。") and label is None:
            _close_bare(state)
        for part in _at_with(state, piece):
            _read_piece(state, part)
    if label is not None and len(state.groups) == before and not state.pieces:
        state.doubts.append(Doubt(NO_BODIES, label.span))


def _at_with(state: _Open, piece: Piece) -> Iterator[Piece]:
    """Cut a piece at 会同, and tell what stands before from what stands after."""
    words = piece.span.cut(state.text)
    found = _WITH.search(words)
    left = words[: found.start()].strip() if found else ""
    if found is None or (left and not (state.names.is_body(left) or verb_of(left))):
        yield piece
        return
    if left:
        yield Piece(trimmed(state.text, piece.span.start, piece.span.start + found.start()), piece.before)
    state.main, state.pieces = [*state.main, *state.pieces], []
    state.joined = True
    rest = trimmed(state.text, piece.span.start + found.end(), piece.span.end)
    if rest.start < rest.end:
        yield Piece(rest, piece.before if not left else "")


def _read_piece(state: _Open, piece: Piece) -> None:
    piece = _without_leading(state, piece)
    words = piece.span.cut(state.text)
    if (manner := _MANNER.search(words)) is not None and manner.start() > 0:
        piece = _part(state, piece, 0, manner.start())
        words = piece.span.cut(state.text)
    marker = _MARKER.search(words)
    if marker is not None and marker.start() > 0:
        verb = verb_of(marker["verb"])
        named = _part(state, piece, 0, marker.start())
        if verb is not None:
            state.groups.append(Group(verb.force, False, (named,), labelled=True))
        return
    verb = verb_of(words)
    if verb is not None:
        if verb.start == 0 and piece.before == "、" and state.groups and not (state.pieces or state.main):
            return  # 牵头、落实: a second verb of the group just closed
        if words[: verb.start].strip():
            _add(state, _part(state, piece, 0, verb.start))
        _close(state, verb.force, verb.each, piece)
        return
    charged = _CHARGED.fullmatch(words)
    if charged is not None and ends_like_body(charged["name"]) and state.names.is_body(charged["name"]):
        _add(state, _part(state, piece, 0, charged.end("name")))
        _close(state, Force.RESPONSIBLE, True, piece)
        return
    if tells_time(words) and not state.names.is_body(words):
        state.times.append(piece.span)
        return
    cut = _unknown_verb(state, words)
    if cut is not None:
        _add(state, _part(state, piece, 0, cut))
        state.doubts.append(Doubt(UNKNOWN_VERB, _part(state, piece, cut, len(words)).span))
        _close_bare(state, explained=True)
        return
    _add(state, piece)


def _without_leading(state: _Open, piece: Piece) -> Piece:
    words = piece.span.cut(state.text)
    found = _LEADING.match(words)
    if found is None or state.names.find(words) is not None or not words[found.end() :]:
        return piece
    return _part(state, piece, found.end(), len(words))


def _part(state: _Open, piece: Piece, start: int, end: int) -> Piece:
    return Piece(trimmed(state.text, piece.span.start + start, piece.span.start + end), piece.before)


def _add(state: _Open, piece: Piece) -> None:
    name = re.sub(r"\s*等[^等]{0,12}$", "", piece.span.cut(state.text))
    if not state.names.is_body(name):
        state.strange.append(piece.span)
    state.pieces.append(piece)


def _unknown_verb(state: _Open, words: str) -> int | None:
    """Return where an unknown verb begins after a body's name, or None where there is none."""
    if state.names.is_body(words) or _LOOSE_END.search(words) or "等" in words[-8:]:
        return None
    for length in range(1, min(_LONGEST_VERB, len(words) - 2) + 1):
        name = words[:-length]
        if words[-length] in "的和及与、":
            return None
        if (surely_body(name) or state.names.find(name) is not None) and ends_like_body(name):
            return len(name)
    return None


def _close(state: _Open, force: Force, each: bool, piece: Piece) -> None:
    """Close the open names with a verb."""
    if state.joined:
        if state.pieces:
            state.groups.append(Group(Force.COOPERATE, False, tuple(state.pieces)))
        if state.main:
            state.groups.append(Group(force, each, tuple(state.main)))
    elif state.pieces:
        cut = _second_list(state, force)
        if cut:
            first, last = state.pieces[0].span, state.pieces[cut - 1].span
            named = state.label.force if state.label is not None else None
            state.groups.append(Group(named, False, tuple(state.pieces[:cut]), labelled=named is not None))
            if named is None:
                state.doubts.append(Doubt(NO_VERB, Span(first.start, last.end)))
        state.groups.append(Group(force, each, tuple(state.pieces[cut:])))
    else:
        state.groups.append(Group(force, each, ()))
        state.doubts.append(Doubt(NO_BODIES, piece.span))
    state.main, state.pieces, state.joined = [], [], False


def _second_list(state: _Open, force: Force) -> int:
    """Return where the last list before a verb begins, if those before it lead without one (甲局、乙局，丙局配合).

    Only a comma between lists that 、 joins, or between two names, tells two lists apart.
    """
    labelled = state.label is not None and state.label.force is Force.COOPERATE
    if force is not Force.COOPERATE or state.groups or labelled:
        return 0
    commas = [place for place, row in enumerate(state.pieces) if place and row.before in ("，", ",")]
    joined = any(row.before == "、" for row in state.pieces[1:])
    return commas[-1] if commas and (joined or len(state.pieces) == 2) else 0


def _close_bare(state: _Open, explained: bool = False) -> None:
    """Close names that no verb follows: their label gives the force, else nothing does."""
    force = state.label.force if state.label is not None else None
    if state.joined:
        if state.pieces:
            state.groups.append(Group(Force.COOPERATE, False, tuple(state.pieces)))
        state.pieces, state.main, state.joined = state.main, [], False
    if state.pieces:
        state.groups.append(Group(force, False, tuple(state.pieces), labelled=force is not None))
        if force is None and not explained:
            first, last = state.pieces[0].span, state.pieces[-1].span
            state.doubts.append(Doubt(NO_VERB, Span(first.start, last.end)))
    state.pieces = []


def says_responsibility(text: str, span: Span) -> bool:
    """Whether a stretch holds one of the verbs that tails are made of."""
    return CORE.search(text, span.start, span.end) is not None


def sure_names(text: str, pieces: Sequence[Piece], names: Names) -> bool:
    """Whether every piece is a body, and at least one beyond doubt."""
    written = [re.sub(r"\s*等[^等]{0,12}$", "", row.span.cut(text)) for row in pieces]
    return (
        bool(written)
        and all(names.is_body(row) for row in written)
        and any(surely_body(row) or names.find(row) is not None for row in written)
    )
