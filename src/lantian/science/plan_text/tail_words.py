"""Words of responsibility: verbs and labels, and what role each gives (责任尾注的用语)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lantian.science.plan_text.records import Role, Span


class Force(StrEnum):
    """What a verb or label says of the bodies before or after it."""

    LEAD = "牵头"
    SUPERVISE = "督导"
    RESPONSIBLE = "负责"
    """Leads, unless it stands beside leaders and names local governments."""
    COOPERATE = "配合"
    IMPLEMENT = "落实"
    TIME = "时限"
    """A label of a time: what follows is no body."""
    PERSON = "责任人"
    """A label of a person: never kept."""


ROLES = {
    Force.LEAD: Role.LEAD,
    Force.SUPERVISE: Role.LEAD,
    Force.RESPONSIBLE: Role.LEAD,
    Force.COOPERATE: Role.COOPERATE,
    Force.IMPLEMENT: Role.IMPLEMENT,
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb phrase at the end of a piece: 按照各自职责分别负责."""

    force: Force
    each: bool
    """Whether each answers for its own duties (按职责、分别、分工)."""
    start: int
    """Where it begins, counted in the piece."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label with its colon: 责任单位："""

    force: Force
    span: Span


_MANNER = (
    r"(?:(?:(?:依?按照?|依照|依据|依|根据|结合)(?:各自|部门|单位|本部门|本单位|法定|工作|岗位|有关|相关|规定|三定)*|各自|本)?的?"
    r"(?:职责|职能|职权)(?:任务|权限)?(?:分工|范围|要求|规定)?|"
    r"(?:按照?|依照|根据)(?:任务|部门)?(?:分工|权限|属地(?:管理)?(?:原则)?|属地职责|要求)|"
    r"分别|各自|分工|共同|联合|分头|分级|具体|统一|积极|全面|依法|认真|密切|主要|全程|各负其责|各司其职|要|共)"
)
_ACT = (
    r"(?:总牵头|牵头|主办|主责|主抓|抓总|负总责|总负责|负主责|负责|配合|参与|参加|协办|协助|协同|协作|支持|督导|督促|监督|"
    r"指导|督办|督查|统筹|协调|推动|推进|落实|实施|执行|承办|承担|组织(?=落实|实施|推进|协调|开展|执行|督)|"
    r"(?:抓好|做好|贯彻)(?=落实|实施|配合|执行)|办理|和|、)"
)
_VERB = re.compile(
    rf"\s*(?:{_MANNER}\s*)*(?:总牵头|牵头|主办|主责|主抓|抓总|负总责|总负责|负主责|负责|配合|参与|参加|协办|协助|协同|协作|"
    rf"支持|督导|督促|监督|指导|督办|督查|统筹|协调|推动|推进|落实|实施|执行|承办|承担|"
    rf"组织(?=落实|实施|推进|协调|开展|执行|督)|(?:抓好|做好|贯彻)(?=落实|实施|配合|执行)|具体(?=落实|实施)|办理)"
    rf"(?:{_MANNER}|{_ACT}|工作|开展|到位)*$"
)
_WINDOW = 48
CORE = re.compile(r"牵头|负责|配合|参与|落实|督导|主办|协办|承办|实施")
"""Verbs that make a bracket a tail even where its names are not known for bodies."""

_LABELS = (
    (
        Force.TIME,
        r"(?:完成|整改|办结|推进|实施|时间|任务)?(?:时限|期限|时间节点|完成时间|完成日期|时间要求|时间安排|时间|节点)",
    ),
    (
        Force.PERSON,
        r"(?:市级|县级|区级|包联|分管|牵头|责任|主管|市){0,3}(?:领导|市领导|县领导)|(?:第一|直接|具体|主要)?(?:责任人|负责人|联系人|联络员)",
    ),
    (Force.SUPERVISE, r"(?:督导|督办|督促|监督|监管|指导|督查)(?:责任)?(?:单位|部门)"),
    (Force.LEAD, r"(?:总|第一)?(?:牵头|主办)(?:责任|负责)?(?:单位|部门|机构|处室|科室)?"),
    (
        Force.COOPERATE,
        r"(?:协同配合|配合|协办|参与|协助|协同|参加|支持|协作|会办)(?:责任)?(?:单位|部门|机构|处室|科室)|配合|协办",
    ),
    (Force.IMPLEMENT, r"(?:组织实施|贯彻落实|落实|实施|承办|执行|具体实施)(?:责任)?(?:单位|部门|主体|机构)"),
    (
        Force.RESPONSIBLE,
        r"(?:主要|第一|直接|主体)?(?:责任|负责|主责|承担)(?:单位|部门|主体|机构|处室|科室)(?:和单位|及部门|和部门)?",
    ),
)
_LABEL = re.compile("|".join(f"(?P<{force.name}>{words})" for force, words in _LABELS))
_COLON = re.compile(rf"(?P<words>{_LABEL.pattern})\s*(?:[（(][^（(）)]{{0,12}}[）)])?\s*[:：]")
_TIME = re.compile(
    r"\d\s*[年月日]|[年月]底|年[中末内]|季度|采暖季|长期|持续|常年|常态|全年|每[年月周日天季半]|按[年月季]|立即|\d{4}[.\-/]\d|时限|期限"
)
CLAUSE = re.compile(
    r"[。;；，,\s]*(?P<from>(?:以下|下列|下述|此后)[^，,;；。（(）)〔〕\n]{0,12}?(?:均需|都需|均须|均应|均由|皆由|都由|需由|须由|需要|需|由))"
    r"(?P<names>[^;；。\n]{1,60}?)(?P<verb>负责落实|负责组织实施|组织实施|组织落实|抓好落实|落实|实施|负责|参与配合|配合|参与)"
    r"[，,、；;]?\s*(?:(?:不再|不)(?:一一|逐一|单独|逐项|重复|另行|分别)*(?:列出|列示|列明|注明|标注|标明|赘述|列举|列)|下同)?"
)
"""One-time clause: 以下均需地方各级人民政府落实，不再列出."""
NOT_LISTED_AGAIN = re.compile(r"不再|不一一|下同")


def verb_of(words: str) -> Verb | None:
    """Return the verb phrase at the end of a piece, or None.

    Parameters
    ----------
    words : str
        One piece of a list, for instance ``市能源局按照各自职责分别负责``.

    Examples
    --------
    >>> verb_of("市能源局按照各自职责分别负责")
    Verb(force=<Force.RESPONSIBLE: '负责'>, each=True, start=4)
    >>> verb_of("市能源局") is None
    True
    """
    window = words[-_WINDOW:]
    found = _VERB.search(window)
    if found is None:
        return None
    phrase = found[0]
    each = re.search("职责|职能|职权|分别|各自|分工|权限|各负其责|各司其职", phrase) is not None
    return Verb(_force(phrase), each, len(words) - len(window) + found.start())


def _force(phrase: str) -> Force:
    for force, words in (
        (Force.LEAD, "牵头|主办|主责|主抓|抓总|总责|总负责"),
        (Force.COOPERATE, "配合|参与|参加|协办|协助|协同|协作|支持"),
        (Force.SUPERVISE, "督导|督促|监督|指导|督办|督查|统筹"),
        (Force.IMPLEMENT, "落实|实施|执行|承办|推进|推动|承担"),
    ):
        if re.search(words, phrase):
            return force
    return Force.RESPONSIBLE


def labels_in(text: str, span: Span) -> tuple[Label, ...]:
    """Return every label with a colon in a stretch, in order (牵头单位：, 责任单位：).

    Examples
    --------
    >>> text = "牵头单位：市能源局；配合单位：市工信局"
    >>> [row.force.value for row in labels_in(text, Span(0, len(text)))]
    ['牵头', '配合']
    """
    rows = []
    for found in _COLON.finditer(text, span.start, span.end):
        force = next(row for row in Force if found.groupdict().get(row.name))
        rows.append(Label(force, Span(found.start(), found.end())))
    return tuple(rows)


def label_at(text: str, start: int, end: int) -> bool:
    """Whether a label with its colon begins just here.

    Examples
    --------
    >>> label_at("责任单位：市能源局", 0, 9)
    True
    """
    return _COLON.match(text, start, end) is not None


def header_force(header: str) -> Force | None:
    """Return what a table's column means by its header, or None where it names no bodies.

    Examples
    --------
    >>> header_force("协办单位"), header_force("备注")
    (<Force.COOPERATE: '配合'>, None)
    """
    found = _LABEL.fullmatch("".join(header.split())[:20])
    return next((row for row in Force if found.groupdict().get(row.name)), None) if found else None


def tells_time(words: str) -> bool:
    """Whether a piece of a tail tells a time, not a body (2024年底前、长期坚持).

    Examples
    --------
    >>> tells_time("2024年底前完成"), tells_time("市能源局")
    (True, False)
    """
    return bool(_TIME.search(words[:40]))
