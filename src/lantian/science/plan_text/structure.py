"""Where does everything stand in a plan document? Facts, sections, goals and measures, without their details."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lantian.science.plan_text.account import partition
from lantian.science.plan_text.facts import Front, read_facts
from lantian.science.plan_text.lines import Line, lines_of, sentences
from lantian.science.plan_text.numbering import accepted, label_at, nesting
from lantian.science.plan_text.numerals import plain
from lantian.science.plan_text.outline import Node, Part, has_tail, measures_of, outline
from lantian.science.plan_text.parts import Parts, is_annex, parts
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import (
    DocumentFacts,
    Measure,
    Section,
    Source,
    Span,
    Structure,
    TaskRow,
    Use,
)
from lantian.science.plan_text.tabled import Tabled, tabled_measures
from lantian.science.plan_text.task_tables import TaskTable, task_tables
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

__all__ = ["source_of_text", "structure"]

_GOAL_HEADING_MOST = 24
"""A goal's own heading is at most this long and holds no figure. [character]"""
_DATED_GOAL = re.compile(r"(?:[^0-9一-龥]{0,8})(?P<year>20[0-9]{2})年(?=[,，度]|[0-9]{1,2}月|[一-龥]季度)")
_BRACKETS = str.maketrans("", "", "《》〈〉<>“” \u3000")


@dataclass(slots=True)
class _Found:
    """What is found while a document is walked."""

    sections: list[Section] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    """Identity of a node → place of its section."""
    marks: list[tuple[Span, Use]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def structure(source: Source) -> Structure:
    r"""Find the document's facts, sections, goals and measures in a source.

    Parameters
    ----------
    source : Source
        Any text; one in which nothing is numbered and no table lists tasks has no measures.

    Returns
    -------
    Structure
        Measures without tails, times and numbers; a finding wherever a person should look.

    Examples
    --------
    >>> rows = structure(source_of_text("某市方案\n一、重点任务\n1.控尘。每月洒水。\n2.控煤。"))
    >>> [(row.number, row.section, row.title) for row in rows.measures]
    [(1, '一', '控尘'), (2, '一', '控煤')]
    """
    text = source.text
    tables = task_tables(source)
    tabled = {table.table for table in tables}
    lines = [row for row in lines_of(source) if row.table is None or row.table not in tabled]
    labels = accepted([None if row.cell or row.text.startswith("#") else label_at(row.text) for row in lines])
    found = parts(list(zip(lines, labels, strict=True)))
    order = nesting([label for _, label in found.body if label is not None])
    roots, loose = outline(text, found.body, order)
    front = read_facts(text, found.before, found.closing, found.furniture)
    over = _over_tables(roots, tables)
    chosen = [node for node in measures_of(roots) if has_tail(node) or not _is_beside(node, over)]
    tables, lists = _without_lists(tables, lines, chosen)
    out = _Found()
    _mark_surroundings(found, loose, front.title, out)
    goals = tuple(row for root in roots for row in _goals(text, root))
    facts = _with_year(text, front, goals)
    _mark_nodes(text, roots, chosen, out, set(over.values()))
    out.marks.extend((span, Use.GOAL) for span, _ in goals)
    written = [_measure(text, node, out) for node in chosen]
    listed = tabled_measures(text, tables, {key: out.places.get(node) for key, node in over.items()}, out.sections)
    measures, rows = _in_order(written, listed)
    out.marks.extend(listed.marks)
    for table in lists:
        out.marks.extend((span, Use.PREAMBLE) for span in table.cells)
        out.findings.append(_annex_list(text, table))
    out.marks.extend((row.span, Use.CHROME) for row in found.furniture)
    out.marks.extend((place, Use.FACT) for place in front.places)
    _check(source, measures, bool(written and listed.measures), found, out)
    return Structure(
        facts,
        tuple(out.sections),
        measures,
        goals,
        partition(text, out.marks),
        rows,
        tuple(out.findings),
    )


def _with_year(text: str, front: Front, goals: Sequence[tuple[Span, str]]) -> DocumentFacts:
    """Take the plan's year from its goals where neither title nor date names one (2025年5月至9月，…)."""
    if front.facts.year is not None:
        return front.facts
    found = (_DATED_GOAL.match(plain(span.cut(text))) for span, _ in goals)
    year = next((int(row["year"]) for row in found if row is not None), None)
    return replace(front.facts, year=year)


def _mark_surroundings(found: Parts, loose: Sequence[Line], title: Line | None, out: _Found) -> None:
    own = title.text.translate(_BRACKETS) if title is not None else None
    for row in (*found.before, *loose, *found.closing):
        twin = title is not None and row is not title and row.text.translate(_BRACKETS) == own
        out.marks.append((row.span, Use.CHROME if twin else Use.PREAMBLE))


def _over_tables(roots: Sequence[Node], tables: Sequence[TaskTable]) -> dict[int, int]:
    """Return for each table the identity of the numbered line just above it."""
    nodes = [node for root in roots for node in root.walk()]
    over: dict[int, int] = {}
    for table in tables:
        start = min((entry.span.start for entry in table.entries), default=0)
        above = [node for node in nodes if node.line.span.start < start]
        if above:
            over[table.table] = id(above[-1])
    return over


def _is_beside(node: Node, over: Mapping[int, int]) -> bool:
    """Whether a line, or one under it, is the heading of a task table, or general words beside one."""
    return any(id(each) in over.values() for each in node.walk()) or (bool(over) and node.part is Part.SAFEGUARD)


def _without_lists(
    tables: Sequence[TaskTable], lines: Sequence[Line], chosen: Sequence[Node]
) -> tuple[tuple[TaskTable, ...], tuple[TaskTable, ...]]:
    """Part the lists of an annex that name nobody who answers (企业名单) from the tables of tasks."""
    if not chosen:
        return tuple(tables), ()
    last = max(row.span.end for node in chosen for row in node.every_line())
    annex = next((row.span.start for row in lines if row.span.start >= last and is_annex(row.text)), None)
    if annex is None:
        return tuple(tables), ()
    lists = tuple(table for table in tables if table.start > annex and not table.names_bodies)
    return tuple(table for table in tables if table not in lists), lists


def _mark_nodes(
    text: str, roots: Sequence[Node], chosen: Sequence[Node], out: _Found, over_tables: Collection[int]
) -> None:
    """Mark headings and general words, and keep the sections that hold measures."""
    measures = {id(node) for node in chosen}
    nodes = [node for root in roots for node in root.walk()]
    over = [node for node in nodes if id(node) in over_tables and id(node) not in measures]
    holding = {id(above) for node in (*chosen, *over) for above in _above(node)} | {id(node) for node in over}
    for root in roots:
        for node in _outside(root, measures):
            if node.part is Part.GOALS and node.parent is not None and node.parent.part is Part.GOALS:
                out.marks.append((node.line.span, Use.HEADING))
                continue
            out.marks.append((Span(node.line.span.start, node.rest.start), Use.HEADING))
            out.marks.append((node.rest, Use.PREAMBLE))
            out.marks.extend((row.span, Use.PREAMBLE) for row in node.lines)
            if id(node) in holding:
                _keep_section(text, node, out)
                _heading_tail(text, node, out)
            elif node.part is Part.SAFEGUARD and node.children and node.parent is None:
                out.findings.append(_safeguards(text, node))


def _outside(node: Node, measures: set[int]) -> Iterator[Node]:
    if id(node) in measures:
        return
    yield node
    for child in node.children:
        yield from _outside(child, measures)


def _above(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _keep_section(text: str, node: Node, out: _Found) -> None:
    parent = out.places.get(id(node.parent)) if node.parent is not None else None
    out.places[id(node)] = len(out.sections)
    out.sections.append(Section(node.numeral, node.title.cut(text), node.line.span, node.level + 1, parent))


def _heading_tail(text: str, node: Node, out: _Found) -> None:
    own = Node(node.line, node.label, node.level, node.title, node.rest, lines=node.lines)
    if has_tail(own):
        out.findings.append(
            Finding(
                "tail_of_heading",
                node.line.text[:40],
                mark("The heading {title} names who is responsible; its measures were not given to them."),
                evidence={
                    "title": node.title.cut(text),
                    "start": node.line.span.start,
                    "words": own.words()[-200:],
                },
            )
        )


def _safeguards(text: str, node: Node) -> Finding:
    return Finding(
        "safeguards_not_measures",
        node.line.text[:40],
        mark("The {count} items under {title} are not numbered like the measures and were read as general words."),
        Severity.INFO,
        evidence={"title": node.title.cut(text), "count": len(node.children), "start": node.line.span.start},
    )


def _goals(text: str, node: Node) -> Iterator[tuple[Span, str]]:
    """Yield each paragraph of the goals with the heading just above it."""
    if node.part is Part.GOALS:
        yield from _goal_paragraphs(text, node, node.title.cut(text), outermost=True)
        return
    for child in node.children:
        yield from _goals(text, child)


def _goal_paragraphs(
    text: str, node: Node, heading: str, *, outermost: bool = False
) -> Iterator[tuple[Span, str]]:
    title = node.title.cut(text)
    short = len(title) <= _GOAL_HEADING_MOST and not re.search(r"\d", title)
    follows = bool(node.children or node.lines) or node.rest.end - node.rest.start > 1
    if outermost or (short and follows):
        heading = title
        if node.rest.end - node.rest.start > 1:
            yield node.rest, heading
    else:
        yield Span(node.title.start, node.line.span.end), heading
    for row in node.lines:
        yield row.span, heading
    for child in node.children:
        yield from _goal_paragraphs(text, child, heading)


def _measure(text: str, node: Node, out: _Found) -> Measure:
    label = node.label
    lines = list(node.every_line())
    span = Span(node.line.span.start, max(row.span.end for row in lines))
    out.marks.extend((row.span, Use.BODY) for row in lines)
    out.marks.append((Span(node.line.span.start, node.rest.start), Use.TITLE))
    stretches = [node.rest, *_under(node)]
    above = node.parent
    return Measure(
        number=(label.value if label.numeral.isdecimal() else label.written) if label is not None else "",
        order=0,
        section=above.numeral if above is not None else "",
        section_title=above.title.cut(text) if above is not None else "",
        title=node.title.cut(text),
        span=span,
        title_span=node.title,
        sentences=sentences(text, stretches),
    )


def _under(node: Node) -> Iterator[Span]:
    """Yield the paragraphs under a line, without the numbers before them."""
    yield from (row.span for row in node.lines)
    for child in node.children:
        yield Span(child.title.start, child.line.span.end)
        yield from _under(child)


def _in_order(written: Sequence[Measure], listed: Tabled) -> tuple[tuple[Measure, ...], tuple[TaskRow, ...]]:
    """Put measures of the text and of tables in reading order, and point the rows of tables to them."""
    everything = sorted([*written, *listed.measures], key=lambda row: (row.span.start, row.span.end))
    placed: dict[int, int] = {id(row): place for place, row in enumerate(everything)}
    rows = tuple(replace(row, measure=placed[id(listed.measures[row.measure])]) for row in listed.rows)
    return tuple(replace(row, order=order) for order, row in enumerate(everything, start=1)), rows


def _check(source: Source, measures: Sequence[Measure], both: bool, found: Parts, out: _Found) -> None:
    name = source.name or "text"
    if not measures:
        out.findings.append(
            Finding(
                "no_measures",
                name,
                mark(
                    "No numbered measure and no task table was found: check that this is a plan, and a whole one."
                ),
                Severity.ERROR,
            )
        )
    if both:
        out.findings.append(
            Finding(
                "text_and_table",
                name,
                mark("Measures stand in the text and in a table: check that none is counted twice."),
            )
        )
    if found.annexes:
        out.findings.append(
            Finding(
                "annex_unread",
                name,
                mark("The annex from {words} on was not read; give it as a file of its own if it lists tasks."),
                evidence={"words": found.annexes[0].text[:40], "start": found.annexes[0].span.start},
            )
        )
    out.findings.extend(_gaps(measures))


def _annex_list(text: str, table: TaskTable) -> Finding:
    return Finding(
        "annex_list",
        table.cells[0].cut(text)[:40] if table.cells else str(table.table),
        mark("The list of {rows} rows in an annex names nobody who is responsible and was not read as tasks."),
        Severity.INFO,
        evidence={"rows": len(table.entries), "start": table.start, "header": " ".join(table.words(text))[:200]},
    )


def _gaps(measures: Sequence[Measure]) -> Iterator[Finding]:
    for before, after in itertools.pairwise(measures):
        if not (isinstance(before.number, int) and isinstance(after.number, int)):
            continue
        if after.number == before.number or after.number > before.number + 1:
            yield Finding(
                "numbering_gap",
                str(after.number),
                mark("Measure {after} follows measure {before}: one may be missing or counted twice."),
                evidence={"before": before.number, "after": after.number, "start": after.span.start},
            )
