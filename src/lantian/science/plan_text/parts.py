"""Where in a source does the plan itself begin and end? The page, the notice and the annexes stand around it."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lantian.science.plan_text.chrome import is_furniture, is_page_number
from lantian.science.plan_text.facts import completes_title, is_date, is_document_line, is_signature, is_title
from lantian.science.plan_text.lines import Line
from lantian.science.plan_text.numbering import Label
from lantian.science.plan_text.outline import says_who

Numbered = tuple[Line, Label | None]

_ANNEX = re.compile(r"附\s*[件表录]\s*[\d一二三四五六七八九十]*\s*(?:[:：.、].{0,80}|\s.{0,80})?")
_CLOSING = re.compile(
    r"[（(]?(?:此件|本文)(?:主动公开|公开发布|依申请公开|不公开|删减后公开).{0,20}|抄\s*送\s*[:：].*|主题词\s*[:：].*|[（(]?联系(?:人|单位|电话).{0,80}"
    r"|.{2,40}办公[室厅]\s*(?:20\d\d年.{2,8}日)?\s*印发|本(?:方案|计划|通知|意见|办法)(?:由.{2,40}负责解释)?(?:自|从).{0,30}(?:施行|实施|执行)。?"
)
_LONG = 60
_TAIL_WEIGHT = 300
"""What a line with a responsible body weighs, in plain words, when the plan is told from annexes. [character]"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines of a source, by where they stand."""

    furniture: tuple[Line, ...]
    """The page around the document, and page numbers within it."""
    before: tuple[Line, ...]
    """Notice, title, opening paragraph, table of contents."""
    body: tuple[Numbered, ...]
    """From the first heading of the plan to the end of its last item."""
    closing: tuple[Line, ...]
    """Signature, date, list of annexes, distribution."""
    annexes: tuple[Line, ...]
    """Further numbered documents after the plan."""


def is_annex(text: str) -> bool:
    """Whether a line names an annex (附件1：…).

    Examples
    --------
    >>> is_annex("附件：1.任务清单"), is_annex("附近居民反映强烈")
    (True, False)
    """
    return _ANNEX.fullmatch(text) is not None


def parts(rows: Sequence[Numbered]) -> Parts:
    """Find the plan among the lines of a source: the numbered part that says most."""
    furniture = [line for line, label in rows if label is None and not line.cell and is_page_number(line.text)]
    numbers = {line.place for line in furniture}
    rest = [row for row in rows if row[0].place not in numbers]
    lines = [line for line, _ in rest]
    starts = _starts(rest)
    if not starts:
        front, document = _front(lines)
        document, back, closing = _back(document)
        return Parts((*furniture, *front, *back), (*document, *closing), (), (), ())
    bounds = [*starts, len(rest)]
    begin, end = max(
        itertools.pairwise(bounds),
        key=lambda pair: sum(_weight(line) for line, _ in rest[pair[0] : pair[1]]),
    )
    listed = _annexes_listed(rest, begin, end)
    last = max((place for place in range(begin, listed) if rest[place][1] is not None), default=begin)
    stop = next((place for place in range(last + 1, end) if _closes(lines, place)), end)
    front, before = _front(lines[:begin])
    trailing, back, closing = _back(lines[stop:end], inside=True)
    annexes, more, closed = _back(lines[end:])
    return Parts(
        (*furniture, *front, *back, *more),
        tuple(before),
        tuple(rest[begin:stop]),
        (*trailing, *closing),
        tuple(sorted((*annexes, *closed), key=lambda row: row.place)),
    )


def _annexes_listed(rows: Sequence[Numbered], begin: int, end: int) -> int:
    """Return where the plan names its annexes, if only short numbered lines follow (附件：1.…  2.…)."""
    for place in range(begin + 1, end):
        if rows[place][0].cell or not is_annex(rows[place][0].text):
            continue
        after = [line for line, label in rows[place + 1 : end] if label is not None]
        if all(len(line.text) <= _LONG and "。" not in line.text and not says_who(line.text) for line in after):
            return place
    return end


def _weight(line: Line) -> int:
    """Return how much a line says for a plan: a line that says who is responsible weighs many words."""
    return len(line.text) + (_TAIL_WEIGHT if says_who(line.text) else 0)


def _starts(rows: Sequence[Numbered]) -> list[int]:
    """Return where numbered parts begin: at the first number, and at a 1 after a title, an annex or contents."""
    starts: list[int] = []
    last = -1
    for place, (line, label) in enumerate(rows):
        if label is None:
            continue
        if (
            not starts
            or (
                label.value == 1
                and (
                    _boundary([row[0] for row in rows[last + 1 : place]])
                    or _contents(rows[starts[-1] : place], label)
                )
            )
            or (
                line.heading == 1
                and label.value == 1
                and label.form is not _form(rows, starts[-1])
                and place == last
            )
        ):
            starts.append(place)
        last = place
    return starts


def _form(rows: Sequence[Numbered], place: int) -> object:
    label = rows[place][1]
    return label.form if label is not None else None


def _boundary(between: Sequence[Line]) -> bool:
    return any(
        not row.cell
        and len(row.text) <= _LONG
        and "，" not in row.text
        and (is_title(row.text) or is_annex(row.text))
        for row in between
    )


def _contents(rows: Sequence[Numbered], label: Label) -> bool:
    """Whether the lines since the last start are a table of contents: the same numbers, and no sentence."""
    first = rows[0][1]
    same = first is not None and first.form is label.form and len(rows) > 2
    return same and all(len(line.text) <= _LONG and "。" not in line.text for line, _ in rows)


def _front(rows: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Part the page's own lines from the document's, before its first heading."""
    furniture: list[Line] = []
    document: list[Line] = []
    for row in rows:
        begun = bool(document)
        if (
            not begun
            and furniture
            and not is_furniture(furniture[-1].text)
            and completes_title(furniture[-1], row)
        ):
            document.append(furniture.pop())
        if is_furniture(row.text) or row.text.startswith("#"):
            furniture.append(row)
        elif (
            begun
            or row.cell
            or is_document_line(row.text)
            or row.heading is not None
            or len(row.text) > _LONG
            or is_signature(row.text)
            or is_date(row.text)
        ):
            document.append(row)
        else:
            furniture.append(row)
    if not document:
        return [], list(rows)
    return furniture, document


def _back(rows: Sequence[Line], inside: bool = False) -> tuple[list[Line], list[Line], list[Line]]:
    """Part the lines after the last item: those before anything closes, furniture, closing words."""
    plain: list[Line] = []
    furniture: list[Line] = []
    closing: list[Line] = []
    on_page = False
    for place, row in enumerate(rows):
        if is_furniture(row.text):
            on_page = on_page or inside
            furniture.append(row)
        elif _closes(rows, place):
            closing.append(row)
        elif on_page and len(row.text) <= _LONG:
            furniture.append(row)
        else:
            plain.append(row)
    return plain, furniture, closing


def _closes(rows: Sequence[Line], place: int) -> bool:
    row = rows[place]
    if row.cell:
        return False
    if is_annex(row.text) or _CLOSING.fullmatch(row.text) or is_date(row.text) or is_furniture(row.text):
        return True
    near = rows[place + 1 : place + 3]
    return is_signature(row.text) and (not near or any(is_date(other.text) for other in near))
