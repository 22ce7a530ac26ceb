"""Which role has each name of a tail, and how do they carry it together?"""

from collections.abc import Sequence
from dataclasses import dataclass

from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.body_words import is_local_government
from lantian.science.plan_text.records import BodyMention, Mode, Role, Span
from lantian.science.plan_text.tail_grammar import Doubt, Group, Words
from lantian.science.plan_text.tail_words import ROLES, Force
from lantian.terms.words import mark

SECOND_SUPERVISOR = "tail_supervisor_beside_leader"
ROLE_MESSAGES = {
    "tail_without_leader": mark("Bodies help in this tail, but nobody leads or carries out."),
    SECOND_SUPERVISOR: mark("A supervising body stands beside the leading one: it is kept as helping."),
}


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of a tail by role."""

    mode: Mode
    lead: tuple[BodyMention, ...]
    cooperate: tuple[BodyMention, ...]
    implement: tuple[BodyMention, ...]
    clause: tuple[BodyMention, ...]
    """Implementers of a one-time clause."""
    open_list: bool
    doubts: tuple[Doubt, ...] = ()
    guessed: bool = False
    """Whether names without a verb stand beside others with one."""
    alone: bool = False
    """Whether the tail is nothing but its one-time clause."""

    def mentions(self) -> tuple[tuple[Role, BodyMention], ...]:
        """Every name with its role; a clause's names only where they are not the tail's own implementers."""
        own = {row.written for row in self.implement}
        return (
            *((Role.LEAD, row) for row in self.lead),
            *((Role.COOPERATE, row) for row in self.cooperate),
            *((Role.IMPLEMENT, row) for row in self.implement),
            *((Role.IMPLEMENT, row) for row in self.clause if row.written not in own),
        )


def roles_of(text: str, words: Words, names: Names) -> Roles:
    """Give each name of a tail its role.

    Parameters
    ----------
    text : str
        The source.
    words : Words
        The tail, taken apart.
    names : Names
        The city's directory.

    Returns
    -------
    Roles
        负责 beside 牵头 means carrying out where it is said of local governments or by a label (责任单位); in a
        list under 责任单位 or without a verb, departments lead and local governments carry out; each by its own
        duties (分别负责) wherever 负责 comes with 职责, 分工 or 分别.

    Examples
    --------
    >>> from lantian.science.plan_text.tail_grammar import tail_words
    >>> text = "责任单位：市住建局，各区人民政府"
    >>> roles = roles_of(text, tail_words(text, Span(0, len(text)), Names(None)), Names(None))
    >>> roles.mode.value, roles.lead[0].written, roles.implement[0].written
    ('负责', '市住建局', '各区人民政府')
    """
    level, open_list = "", False
    read: list[tuple[Group, tuple[BodyMention, ...]]] = []
    for group in words.groups:
        rows = names.read(text, group.pieces, level)
        level, open_list = rows.level, open_list or rows.open_list
        read.append((group, rows.mentions))
    clause = names.read(text, words.clause, level).mentions
    beside = _beside(read)
    by_role: dict[Role, list[BodyMention]] = {role: [] for role in Role}
    doubts: list[Doubt] = []
    for group, mentions in read:
        only_local = bool(mentions) and all(is_local_government(row.written) for row in mentions)
        for mention in mentions:
            by_role[_role(group, mention, only_local, beside)].append(mention)
        if group.force is Force.SUPERVISE and Force.LEAD in beside.forces and mentions:
            doubts.append(Doubt(SECOND_SUPERVISOR, _over(mentions)))
    helping = by_role[Role.COOPERATE]
    if helping and not by_role[Role.LEAD] and not by_role[Role.IMPLEMENT]:
        doubts.append(Doubt("tail_without_leader", _over(helping)))
    return Roles(
        _mode([row for row, _ in read], by_role),
        tuple(by_role[Role.LEAD]),
        tuple(helping),
        tuple(by_role[Role.IMPLEMENT]),
        clause,
        open_list,
        tuple(doubts),
        guessed=bool(words.verbs) and any(row.force is None for row in words.groups),
        alone=not words.groups,
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands in the whole tail: a group's role depends on what stands beside it."""

    forces: frozenset[Force | None]
    departments_listed: bool
    """Whether a list under 责任单位, or without a verb, names others than local governments."""
    departments_lead: bool
    """Whether a verb or label makes others than local governments lead."""

    @property
    def leaders(self) -> bool:
        """Whether anyone leads by 牵头 or 督导."""
        return Force.LEAD in self.forces or Force.SUPERVISE in self.forces


def _beside(read: Sequence[tuple[Group, tuple[BodyMention, ...]]]) -> _Beside:
    departments = [
        group.force for group, mentions in read if any(not is_local_government(row.written) for row in mentions)
    ]
    return _Beside(
        frozenset(group.force for group, _ in read),
        any(force in (None, Force.RESPONSIBLE) for force in departments),
        any(force in (Force.LEAD, Force.SUPERVISE, Force.RESPONSIBLE) for force in departments),
    )


def _role(group: Group, mention: BodyMention, only_local: bool, beside: _Beside) -> Role:
    local = is_local_government(mention.written)
    if group.force is None and beside.forces != {None}:
        if local:
            return Role.IMPLEMENT
        return Role.COOPERATE if beside.leaders or Force.RESPONSIBLE in beside.forces else Role.LEAD
    if group.force is None or (group.force is Force.RESPONSIBLE and group.labelled):
        if beside.leaders:
            return Role.IMPLEMENT
        return Role.IMPLEMENT if local and beside.departments_listed else Role.LEAD
    if group.force is Force.RESPONSIBLE:
        return Role.IMPLEMENT if only_local and beside.departments_lead else Role.LEAD
    if group.force is Force.SUPERVISE and Force.LEAD in beside.forces:
        return Role.COOPERATE
    return ROLES[group.force]


def _over(mentions: Sequence[BodyMention]) -> Span:
    return Span(mentions[0].span.start, mentions[-1].span.end)


def _mode(groups: Sequence[Group], by_role: dict[Role, list[BodyMention]]) -> Mode:
    forces = {row.force for row in groups}
    if Force.LEAD in forces or Force.SUPERVISE in forces:
        return Mode.LEAD
    responsible = [row for row in groups if row.force is Force.RESPONSIBLE]
    if responsible:
        return Mode.EACH if any(row.each for row in responsible) else Mode.RESPONSIBLE
    if by_role[Role.LEAD]:
        return Mode.RESPONSIBLE
    if by_role[Role.COOPERATE] and not by_role[Role.IMPLEMENT]:
        return Mode.LEAD
    return Mode.IMPLEMENT
