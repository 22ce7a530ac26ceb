"""Rows of task tables as measures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lantian.science.plan_text.lines import sentences, trimmed
from lantian.science.plan_text.numbering import label_at
from lantian.science.plan_text.outline import title_of
from lantian.science.plan_text.records import Measure, Section, Span, TaskRow, Use
from lantian.science.plan_text.task_tables import Cells, Entry, TaskTable

_CONTACT = re.compile(r".*(?:联系|电话|手机|责任人|负责人|领导|签字|序号|编号).*")


@dataclass(frozen=True, slots=True)
class Tabled:
    """Measures of all task tables, with their rows."""

    measures: tuple[Measure, ...]
    rows: tuple[TaskRow, ...]
    """`TaskRow.measure` is the place in `measures`."""
    marks: tuple[tuple[Span, Use], ...]


@dataclass(slots=True)
class _Collected:
    measures: list[Measure] = field(default_factory=list)
    rows: list[TaskRow] = field(default_factory=list)
    marks: list[tuple[Span, Use]] = field(default_factory=list)


def tabled_measures(
    text: str, tables: Sequence[TaskTable], under: Mapping[int, int | None], sections: list[Section]
) -> Tabled:
    """Return the measures of task tables; sections that the tables themselves name are added to `sections`."""
    out = _Collected()
    for table in tables:
        out.marks.extend((span, Use.HEADING) for span in (*table.header, *table.captions))
        out.marks.extend((span, Use.UNREAD) for span in table.unread)
        own: dict[Span, int] = {}
        for entry in table.entries:
            place = _section(text, entry.section, under.get(table.table), own, sections, out)
            section = sections[place] if place is not None else None
            measure = _measure(text, entry, section)
            out.rows.extend(_row(len(out.measures), cells) for cells in entry.rows)
            out.measures.append(measure)
            out.marks.append((entry.span, Use.BODY))
            out.marks.append((Span(entry.span.start, measure.title_span.end), Use.TITLE))
            out.marks.extend((span, Use.BODY) for cells in entry.rows for span in _places(cells))
        out.marks.extend((span, Use.HEADING) for span in own)
    return Tabled(tuple(out.measures), tuple(out.rows), tuple(out.marks))


def _row(measure: int, cells: Cells) -> TaskRow:
    return TaskRow(measure, cells.lead, cells.cooperate, cells.implement, cells.due, cells.others, cells.headers)


def _places(cells: Cells) -> Iterator[Span]:
    yield from (row for row in (cells.lead, cells.cooperate, cells.implement, cells.due) if row is not None)
    yield from cells.others.values()


def _section(
    text: str,
    span: Span | None,
    under: int | None,
    own: dict[Span, int],
    sections: list[Section],
    out: _Collected,
) -> int | None:
    if span is None:
        return under
    if span not in own:
        same = next((place for known, place in own.items() if known.cut(text) == span.cut(text)), None)
        if same is None:
            label = label_at(span.cut(text))
            start = span.start + (label.length if label is not None else 0)
            title = "".join(Span(start, span.end).cut(text).split())
            level = sections[under].level + 1 if under is not None else 1
            same = len(sections)
            sections.append(Section(label.numeral if label is not None else "", title, span, level, under))
        own[span] = same
        out.marks.append((span, Use.HEADING))
    return own[span]


def _measure(text: str, entry: Entry, section: Section | None) -> Measure:
    label = label_at(entry.title.cut(text))
    start = entry.title.start + (label.length if label is not None and not label.doubtful else 0)
    if len(entry.body) > 1:
        title, rest = trimmed(text, start, entry.title.end), Span(entry.title.end, entry.title.end)
        if text[title.end - 1 : title.end] == "。":
            title = Span(title.start, title.end - 1)
    else:
        title, rest = title_of(text, start, entry.title.end)
    others = [
        span
        for cells in entry.rows
        for name, span in cells.others.items()
        if not _CONTACT.fullmatch(name) and span not in entry.body
    ]
    stretches = sorted({rest, *(span for span in entry.body if span != entry.title), *others})
    return Measure(
        number=entry.number,
        order=0,
        section=section.label if section is not None else "",
        section_title=section.title if section is not None else "",
        title="".join(title.cut(text).splitlines()),
        span=entry.span,
        title_span=title,
        sentences=sentences(text, stretches),
    )
