"""Which numbered lines hold which, and which of them are the measures? (层次与任务层级)."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lantian.science.plan_text.lines import ASCII_STOP, Line, first_outside
from lantian.science.plan_text.numbering import SUB_FORMS, Form, Label
from lantian.science.plan_text.records import Span


class Part(StrEnum):
    """What a heading announces."""

    GENERAL = "general"
    """总体要求、指导思想、重点区域范围"""
    GOALS = "goals"
    """工作目标、目标指标"""
    SAFEGUARD = "safeguard"
    """保障措施、组织实施"""
    TASKS = "tasks"


_GENERAL = re.compile(
    r"(?:总体|基本|工作)?(?:要求|思路|原则|考虑)|指导思想|编制(?:依据|目的|背景)|(?:制定|工作|实施)?背景|目的(?:和?意义)?"
    r"|(?:重点|实施|适用|工作|规划|行动)?(?:区域|地区|时间)?(?:和|及)?范围|(?:实施|行动|攻坚)?(?:时间|期限|时段|周期)"
    r"|(?:基本|现状|空气质量)?(?:情况|现状|形势)(?:分析)?|总则|附则|名词解释|术语(?:和定义)?"
    r"|总体要求[和及与、].{0,8}|指导思想[和及与、].{0,8}|(?:工作|实施|推进)步骤|(?:时间|进度|工作)安排"
)
_GOALS = re.compile(
    r"(?:总体|主要|工作|具体|年度|规划|阶段性?|行动|改善|空气质量|环境|质量|大气|预期|治理|考核|分年度|近期|远期|中期|奋斗|控制"
    r"|核心|20\d\d年|到|排放|总量|减排|主要污染物|污染物|浓度|约束性|力争性|预期性|和|及|与|、)*(?:目标|指标|任务目标|目标任务)(?:指标|要求|任务|值|分解)?"
    r"|(?:攻坚|整治|防治|提升|巩固|创建|达标|节能|本年|全年|今年|当年|全[市省县区]|绩效|效果|预定){1,3}(?:目标|指标)(?:任务|要求)?"
    r"|总体要求[和及与](?:工作|主要)?目标"
)
_SAFEGUARD = re.compile(
    r".{0,6}(?:保障措施|保障要求|保障工作|纪律要求|督导考核|督查考核|考核问责|组织保障|保障机制|实施保障|工作保障|保障体系|组织实施|工作要求|有关要求|组织领导|组织推进|监督考核).{0,4}"
)
_TAIL = re.compile(
    r"[（(〔][^（()）]{0,400}(?:牵头|负责|落实|配合|参与|责任单位|责任部门|督导|协办|实施)[^（()）]{0,200}[）)〕]"
    r"|(?:^|\n)[^\n：:]{0,6}(?:牵头|责任|配合|主责|主办|协办|落实|实施|承办)(?:责任)?(?:单位|部门|主体)[：:]"
    r"|[（(][^（()）]*(?:局|委|厅|部|办|政府|管委会)[^（()）]{0,3}[）)]\s*(?:\n|$)"
)
_TAIL_BRACKET = re.compile(
    r"[（(〔][^。]{0,400}?(?:牵头|负责|落实|配合|参与|责任单位|责任部门|督导|协办|(?:局|委|厅|政府|管委会)[）)〕])"
)
_WIDE_SPACE = re.compile(r"(?<=[\u4e00-\u9fff”）)》])(?:\u3000+|[ \xa0]{2,})(?=\S)")
_TITLE_MOST = 60
"""A title before a colon or a wide space is at most this long. [character]"""
_COLON_MOST = 30


@dataclass(slots=True, eq=False)
class Node:
    """A numbered line, or a heading that the file declares, with what stands under it."""

    line: Line
    label: Label | None
    level: int
    title: Span
    """Its words up to the first full stop, without the number."""
    rest: Span
    """What follows the title in the same line."""
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """Lines without a number that stand directly under it."""
    part: Part = Part.TASKS

    @property
    def form(self) -> Form | None:
        """Form of its number; None for a declared heading without one."""
        return self.label.form if self.label is not None else None

    @property
    def numeral(self) -> str:
        """Its number without brackets; empty for a heading without one."""
        return self.label.numeral if self.label is not None else ""

    def walk(self) -> Iterator["Node"]:
        """Yield it and everything under it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def every_line(self) -> Iterator[Line]:
        """Yield every line under it, its own first."""
        yield self.line
        yield from self.lines
        for child in self.children:
            yield from child.every_line()

    def words(self) -> str:
        """Return its lines and those of all under it, one a line."""
        return "\n".join(row.text for row in self.every_line())


def title_of(text: str, start: int, end: int) -> tuple[Span, Span]:
    """Return where the title of a numbered line stands, and where what follows it.

    A title ends at the first full stop outside brackets, at a colon or wide space after few words, before a tail,
    or with the line.

    Examples
    --------
    >>> line = "严控“两高”行业产能。重点区域从严。"
    >>> [span.cut(line) for span in title_of(line, 0, len(line))]
    ['严控“两高”行业产能', '重点区域从严。']
    """
    stop = first_outside(text, "。！", start, end)
    for found in ASCII_STOP.finditer(text, start, end if stop is None else stop):
        if _outside_brackets(text, start, found.start()):
            stop = found.start()
            break
    limit = end if stop is None else stop
    after = end if stop is None else stop + 1
    tail = _TAIL_BRACKET.search(text, start, limit)
    if tail is not None and tail.start() > start:
        limit = after = tail.start()
    colon = first_outside(text, "：:", start, min(limit, start + _COLON_MOST))
    if colon is not None and colon - start >= 4 and colon + 1 < end:
        limit, after = colon, colon + 1
    wide = _WIDE_SPACE.search(text, start, min(limit, start + _TITLE_MOST))
    if (
        wide is not None
        and wide.start() - start >= 4
        and first_outside(text, "，,、：:", start, wide.start()) is None
    ):
        limit, after = wide.start(), wide.end()
    words = text[start:limit].rstrip(" \t\u3000\xa0：:，,；;")
    return Span(start, start + len(words)), Span(after, end)


def outline(
    text: str, rows: Sequence[tuple[Line, Label | None]], order: Mapping[Form, int]
) -> tuple[list[Node], list[Line]]:
    """Nest numbered lines.

    Parameters
    ----------
    text : str
        The whole source.
    rows : sequence of (Line, Label or None)
        Lines of the plan's body; a line with neither label nor declared heading belongs to the node before it.
    order : mapping
        Level of each form; see `numbering.nesting`.

    Returns
    -------
    tuple
        Outermost nodes, and the lines before the first of them.
    """
    roots: list[Node] = []
    before: list[Line] = []
    stack: list[Node] = []
    for line, label in rows:
        if label is None and not _declared(line):
            (stack[-1].lines if stack else before).append(line)
            continue
        start = line.span.start + (label.length if label is not None else 0)
        title, rest = title_of(text, start, line.span.end)
        node = Node(line, label, 0, title, rest)
        while stack and not _above(stack[-1], node, order):
            stack.pop()
        node.parent = stack[-1] if stack else None
        node.level = len(stack)
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
    for root in roots:
        _classify(text, root, None)
    return roots, before


def _outside_brackets(text: str, start: int, place: int) -> bool:
    words = text[start:place]
    return sum(words.count(sign) for sign in "（(【《“") <= sum(words.count(sign) for sign in "）)】》”")


def _declared(line: Line) -> bool:
    return (
        line.heading is not None and len(line.text) <= _TITLE_MOST and not line.text.endswith(("。", "；", "，"))
    )


def _above(upper: Node, lower: Node, order: Mapping[Form, int]) -> bool:
    if upper.label is not None and lower.label is not None:
        if upper.label.form is Form.DECIMAL and lower.label.form is Form.DECIMAL:
            return len(upper.label.parts) < len(lower.label.parts)
        return order[upper.label.form] < order[lower.label.form]
    if upper.line.heading is not None and lower.line.heading is not None:
        return upper.line.heading < lower.line.heading
    return upper.label is None


def _classify(text: str, node: Node, above: Part | None) -> None:
    title = re.sub(r"[（(][^（()）]*[）)]$", "", "".join(node.title.cut(text).split()))
    if _GOALS.fullmatch(title):
        node.part = Part.GOALS
    elif above in (Part.GOALS, Part.GENERAL):
        node.part = above
    elif above is Part.SAFEGUARD or _SAFEGUARD.fullmatch(title):
        node.part = Part.SAFEGUARD
    elif _GENERAL.fullmatch(title):
        node.part = Part.GENERAL
    if node.part is Part.GOALS and _holds_tasks(node):
        node.part = Part.TASKS
    for child in node.children:
        _classify(text, child, node.part)


def _holds_tasks(node: Node) -> bool:
    """Whether what is called 目标任务 lists tasks: most of its items say who answers for them."""
    tailed = sum(has_tail(child) for child in node.children)
    return len(node.children) > 1 and tailed >= 0.5 * len(node.children)


def says_who(words: str) -> bool:
    """Whether words hold something like a tail; `tails.read_tails` reads it.

    Examples
    --------
    >>> says_who("减量替代。（市能源局牵头）"), says_who("细颗粒物（PM2.5）")
    (True, False)
    """
    return _TAIL.search(words) is not None


def has_tail(node: Node) -> bool:
    """Whether the words of a node say who answers for them."""
    return says_who(node.words())


def has_own_words(node: Node) -> bool:
    """Whether a node says more than its title before anything numbered under it."""
    return node.rest.end - node.rest.start > 1 or bool(node.lines) or _is_sentence(node)


def _is_sentence(node: Node) -> bool:
    return node.line.text.endswith(("。", "）", ")")) and len(node.line.text) > _TITLE_MOST


def measures_of(roots: Sequence[Node]) -> list[Node]:
    """Choose the nodes that are measures: the level is decided for the whole document.

    The deepest numbering of the tasks carries the measures, unless its numbers only divide what a line above
    them says: then that line is the measure. A task that is not divided like the others is a measure too;
    safeguards are measures where they are numbered like the measures.
    """
    tasks = [node for root in roots for node in root.walk() if node.part is Part.TASKS and node.label is not None]
    form = _measure_form(tasks)
    if form is None:
        return []
    chosen: list[Node] = []
    for root in roots:
        _choose(root, form, chosen)
    return chosen


def _measure_form(tasks: Sequence[Node]) -> Form | None:
    if not tasks:
        return None
    depth = Counter[Form]()
    for node in tasks:
        if node.form is not None:
            depth[node.form] = max(depth[node.form], node.level + 1)
    forms = sorted(depth, key=lambda row: depth[row])
    plain = [row for row in forms if row not in SUB_FORMS]
    form = plain[-1] if plain and not _headings_only(tasks, plain[-1]) else forms[-1]
    climbed = {form}  # a form may stand under itself, or two under each other
    while True:
        upper = _parent_form(tasks, form)
        if upper is None or upper in climbed or _stands(tasks, form, upper):
            return form
        climbed.add(upper)
        form = upper


def _headings_only(tasks: Sequence[Node], form: Form) -> bool:
    """Whether lines of a form are nearly all bare headings over sub-items."""
    rows = [node for node in tasks if node.form is form]
    if form in (Form.ARABIC, Form.DECIMAL):
        return False
    return sum(bool(node.children) and not has_own_words(node) for node in rows) > 0.7 * len(rows)


def _parent_form(tasks: Sequence[Node], form: Form) -> Form | None:
    uppers = Counter(
        node.parent.form
        for node in tasks
        if node.form is form and node.parent is not None and node.parent.part is Part.TASKS and node.parent.form
    )
    return uppers.most_common(1)[0][0] if uppers else None


def _stands(tasks: Sequence[Node], form: Form, upper: Form) -> bool:
    """Whether items of a form are measures of their own, not parts of the item above them."""
    parents = [node for node in tasks if node.form is upper and any(child.form is form for child in node.children)]
    families = [[child for child in node.children if child.form is form] for node in parents]
    items = [child for family in families for child in family]
    if _counts_on(families):
        return True
    tailed = [has_tail(child) for child in items]
    only_last = all(
        not any(has_tail(child) for child in family[:-1]) for family in families if len(family) > 1
    ) and any(tailed)
    if only_last and any(len(family) > 1 for family in families):
        return False
    bare = sum(not has_own_words(node) for node in parents) >= 0.5 * len(parents)
    if form in SUB_FORMS and upper in (Form.ARABIC, Form.DECIMAL):
        return False
    return sum(tailed) >= 0.5 * len(items) or bare


def _counts_on(families: Sequence[Sequence[Node]]) -> bool:
    """Whether the numbers run on from one parent to the next."""
    for before, after in itertools.pairwise(families):
        last, first = before[-1].label, after[0].label
        if last is not None and first is not None and first.value == last.value + 1 and first.value > 1:
            return True
    return False


def _choose(node: Node, form: Form, chosen: list[Node]) -> None:
    if node.part in (Part.GENERAL, Part.GOALS):
        return
    if node.form is form and not _divided_decimal(node):
        if not _holds_goals(node):
            chosen.append(node)
            return
    elif node.part is Part.TASKS and node.label is not None and not _holds(node, form) and _is_task(node, form):
        chosen.append(node)
        return
    for child in node.children:
        _choose(child, form, chosen)


def _divided_decimal(node: Node) -> bool:
    """Whether a decimal number is only the heading of longer ones: 2 over 2.1."""
    return (
        node.form is Form.DECIMAL
        and any(child.form is Form.DECIMAL for child in node.children)
        and not has_own_words(node)
    )


def _holds(node: Node, form: Form) -> bool:
    return any(child.form is form for child in node.walk())


def _holds_goals(node: Node) -> bool:
    return any(child.part is Part.GOALS for child in node.walk())


def _is_task(node: Node, form: Form) -> bool:
    """Whether a line that is not numbered like the measures is one: undivided, and more than a heading."""
    divided = any(child.label is not None and child.label.form not in SUB_FORMS for child in node.children)
    return not divided and (has_own_words(node) or bool(node.children) or node.form is form)
