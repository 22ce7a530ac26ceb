"""What does a document say of itself: its title, who issued it and when, its number, what it carries out?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lantian.science.plan_text.lines import Line
from lantian.science.plan_text.records import DocumentFacts, Fact, Span

_KIND = (
    r"(?:方案|计划|规划|意见|措施|清单|要点|办法|任务书|分工表|责任书|工作安排|行动|路线图|决定|责任分解"
    r"|任务分解|分解表|任务表|台账|目标任务|重点任务|工作任务|细则|规定|通告|公告|部署|举措|若干条)"
)
_TITLE = re.compile(rf"[《“]?[^。；;！？]{{2,110}}?{_KIND}[》”]?\s*(?:[（(【\[][^（()）]{{1,24}}[）)】\]]\s*)*")
_TITLE_END = re.compile(
    r"(?:[两三五]年|年度|专项|攻坚|综合|工作|实施|行动|落实|重点|任务|分工|推进|改善|提升|治理|整治|巩固|20\d\d年){0,5}"
    rf"{_KIND}(?:[（(][^（()）]{{1,24}}[）)])?"
)
_HALF_MOST = 16
"""Second half of a title over two lines. [character]"""
_SUBTITLE = re.compile(r"[（(][^（()）]{0,12}\d[^（()）]{0,16}[）)]")
"""Years, or the number of a draft, in brackets below a title."""
_NOTICE = re.compile(
    r"[^。]{0,60}(?:关于印发|关于下发|关于公布|关于发布|印发|转发)[^。]{2,120}(?:的通知|的函|的公告|通知)"
)
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_SALUTATION = re.compile(r"[^。]{2,200}[:：]")
_CN_DIGIT = "〇零○一二三四五六七八九十"
_DATE = re.compile(
    rf"((?:19|20)\d\d|[{_CN_DIGIT}]{{4}})\s*年\s*(\d{{1,2}}|[{_CN_DIGIT}]{{1,3}})\s*月\s*(\d{{1,2}}|[{_CN_DIGIT}]{{1,3}})\s*日"
)
_PLAIN_DATE = re.compile(r"((?:19|20)\d\d)\s*[-./－．年]\s*(\d{1,2})\s*[-./－．月]\s*(\d{1,2})日?")
_PUBLISHED = re.compile(r"(?:发布|公开|发文|上网|发稿|更新)(?:日期|时间)\s*[:：]?\s*")
_SOURCE = re.compile(r"(?:信息来源|文章来源|来\s*源|发布机构|发文机关|发布单位|制发机关|公开主体)\s*[:：]\s*")
_NUMBER_TEXT = (
    r"[\u4e00-\u9fffA-Z]{1,14}\s*[〔\[（(【]\s*(?:(?:19|20)\d\d|[一二][〇零○一二三四五六七八九]{3})\s*[〕\]）)】]\s*(?:第\s*)?"
    r"(?:\d{1,4}|[一二三四五六七八九十百〇零]{1,6})\s*号"
)
_NUMBER = re.compile(_NUMBER_TEXT)
_NUMBER_LABEL = re.compile(r"(?:发文字号|文\s*号|文件编号|发文文号)\s*[:：]?\s*")
_ISSUER = re.compile(
    r"[\u4e00-\u9fff、（）()]{2,60}?(?:人民政府办公厅|人民政府办公室|人民政府|委员会办公室|委员会|办公厅|办公室|行政公署|公署|街道办事处|管委会|管理委员会|指挥部|领导小组|生态环境局|生态环境厅|生态环境部|国务院|总局|局|厅|部)"
)
_CITED = re.compile(rf"《((?:[^《》]|《[^《》]*》)+)》(?:\s*[（(]\s*({_NUMBER_TEXT})\s*[）)])?")
_CARRIES_OUT = re.compile(r"贯彻|落实|按照|根据|依据|推动|实施|结合")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?|([〇零○一二三四五六七八九]{4})年")


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the plan's first heading."""

    facts: DocumentFacts
    title: Line | None
    """Line of the plan's own title."""
    places: tuple[Span, ...]
    """Where facts stand."""


def read_facts(text: str, before: Sequence[Line], after: Sequence[Line], page: Sequence[Line] = ()) -> Front:
    """Read the facts of a document from what stands around its body.

    Parameters
    ----------
    text : str
        The whole source.
    before : sequence of Line
        Lines before the first heading of the plan: page, notice, title, opening paragraph.
    after : sequence of Line
        Lines after its last measure.
    page : sequence of Line
        Lines of the page around the document: its source and its day of publication.
    """
    title, title_line = _title(text, before)
    issuer, issued, issued_on = _signature(text, [*before, *after])
    published = _published(text, [*page, *before, *after])
    number = _own_number([*page, *before], title_line)
    implements = _implements(text, before)
    if issuer is None:
        issuer = _other_issuer(text, before, page)
    published_on = published[0] if published is not None else None
    year = _year(title, number, issued_on or published_on)
    facts = DocumentFacts(title, issuer, issued, issued_on, published_on, number, implements, year)
    places = [fact.span for fact in (title, issuer, issued, number, *implements) if fact is not None]
    if published is not None:
        places.append(published[1])
    return Front(facts, title_line, tuple(sorted(places)))


def read_date(words: str) -> date | None:
    """Return the day that some words name, or None.

    Examples
    --------
    >>> read_date("二〇二四年三月二十八日"), read_date("2024-05-14")
    (datetime.date(2024, 3, 28), datetime.date(2024, 5, 14))
    """
    found = _DATE.search(words) or _PLAIN_DATE.search(words)
    if found is None:
        return None
    try:
        return date(*(_figure(part) for part in found.groups()))
    except ValueError:
        return None


def _figure(written: str) -> int:
    if written.isdecimal():
        return int(written)
    digits = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
    if "十" not in written:
        return int("".join(str(digits[c]) for c in written))
    tens, _, ones = written.partition("十")
    return (digits.get(tens, 1) if tens else 1) * 10 + (digits.get(ones, 0) if ones else 0)


def is_title(text: str) -> bool:
    """Whether a line can be the title of a plan.

    Examples
    --------
    >>> is_title("某市空气质量改善实施方案（试行）"), is_title("制定本方案。")
    (True, False)
    """
    return len(text) <= 130 and _TITLE.fullmatch(text) is not None


def is_signature(text: str) -> bool:
    """Whether a line is only the name of an issuing body."""
    return len(text) <= 60 and _ISSUER.fullmatch("".join(text.split())) is not None


def is_date(text: str) -> bool:
    """Whether a line is only a date."""
    plain = text.strip()
    return (_DATE.fullmatch(plain) or _PLAIN_DATE.fullmatch(plain)) is not None


def is_document_line(text: str) -> bool:
    """Whether the document itself begins here at the latest: a title, a notice, a salutation, a number."""
    return (
        is_title(text)
        or _NOTICE.fullmatch(text) is not None
        or _NUMBER.fullmatch(text) is not None
        or (_SALUTATION.fullmatch(text) is not None and len(text) > 8 and ("各" in text or "单位" in text))
        or (len(text) >= 30 and "。" in text)
    )


def _title(text: str, before: Sequence[Line]) -> tuple[Fact | None, Line | None]:
    candidates = [place for place, row in enumerate(before) if is_title(row.text) and not row.text.startswith("#")]
    plain = [place for place in candidates if "通知" not in before[place].text and not before[place].cell]
    for place in reversed(plain or candidates):
        row = before[place]
        span = row.span
        below = before[place + 1] if place + 1 < len(before) else None
        if below is not None and _SUBTITLE.fullmatch(below.text):
            span = Span(row.span.start, below.span.end)
        if place and completes_title(before[place - 1], row):
            span = Span(before[place - 1].span.start, span.end)
        return Fact("".join(span.cut(text).splitlines()), span), row
    for row in before:
        if _NOTICE.fullmatch(row.text):
            quoted = _QUOTED.search(text, row.span.start, row.span.end)
            if quoted is not None:
                return Fact(quoted.group(1), Span(*quoted.span(1))), row
    headed = [row for row in before if row.heading is not None and 4 <= len(row.text) <= 80]
    if headed:
        return Fact(headed[-1].text, headed[-1].span), headed[-1]
    return None, None


def completes_title(row: Line, below: Line) -> bool:
    """Whether a line is the second half of a title that begins in the line above it."""
    return (
        len(below.text) <= _HALF_MOST
        and _TITLE_END.fullmatch(below.text) is not None
        and 4 <= len(row.text) <= 50
        and row.text[-1] not in "。：:；;，,）)"
        and not is_date(row.text)
        and not is_signature(row.text)
        and not is_title(row.text)
        and _NUMBER.fullmatch(row.text) is None
    )


def _signature(text: str, rows: Sequence[Line]) -> tuple[Fact | None, Fact | None, date | None]:
    """Read 落款: a body's name with a date below it, or in the same line."""
    for place, row in enumerate(rows):
        if is_date(row.text):
            above = rows[place - 1] if place else None
            issuer = Fact(above.text, above.span) if above is not None and is_signature(above.text) else None
            if issuer is not None or not _beside_site(rows, place):
                day = read_date(row.text)
                if day is not None:
                    return issuer, Fact(row.text, row.span), day
    for row in rows:
        found = _DATE.search(text, row.span.start, row.span.end)
        if found is not None and found.end() == row.span.end and len(row.text) <= 70:
            head = text[row.span.start : found.start()].strip()
            day = read_date(found.group(0))
            if day is not None and is_signature(head):
                start = text.index(head, row.span.start)
                return Fact(head, Span(start, start + len(head))), Fact(found.group(0), Span(*found.span())), day
    bracketed = _bracketed_date(text, rows)
    return (None, *bracketed) if bracketed is not None else (None, None, None)


def _beside_site(rows: Sequence[Line], place: int) -> bool:
    above = rows[place - 1].text if place else ""
    return _PUBLISHED.fullmatch(above.strip()) is not None


def _bracketed_date(text: str, rows: Sequence[Line]) -> tuple[Fact, date] | None:
    for row in rows:
        if len(row.text) <= 40 and row.text[0] in "（(" and row.text[-1] in "）)":
            found = _DATE.search(text, row.span.start, row.span.end)
            day = read_date(found.group(0)) if found is not None else None
            if found is not None and day is not None:
                return Fact(found.group(0), Span(*found.span())), day
    return None


def _published(text: str, rows: Sequence[Line]) -> tuple[date, Span] | None:
    for place, row in enumerate(rows):
        found = _PUBLISHED.search(text, row.span.start, row.span.end)
        if found is None:
            continue
        for candidate in (row, *rows[place + 1 : place + 2]):
            start = found.end() if candidate is row else candidate.span.start
            dated = _PLAIN_DATE.search(text, start, candidate.span.end)
            day = read_date(dated.group(0)) if dated is not None else None
            if dated is not None and day is not None:
                return day, Span(*dated.span())
    return None


def _own_number(before: Sequence[Line], title: Line | None) -> Fact | None:
    for place, row in enumerate(before):
        plain = row.text.strip("（）()【】 ")
        label = _NUMBER_LABEL.match(row.text)
        rest = row.text[label.end() :] if label is not None else ""
        found = _NUMBER.fullmatch(rest.strip()) if label is not None else _NUMBER.fullmatch(plain)
        if label is not None and not rest and place + 1 < len(before):
            row = before[place + 1]
            found = _NUMBER.fullmatch(row.text)
        if found is not None:
            start = row.span.start + row.text.index(found.group(0))
            return Fact(found.group(0), Span(start, start + len(found.group(0))))
    for row in before:
        found = _NUMBER.search(row.text)
        if (
            found is not None
            and (row is title or _NOTICE.match(row.text))
            and "《" not in row.text[found.start() - 3 :]
        ):
            start = row.span.start + found.start()
            return Fact(found.group(0), Span(start, start + len(found.group(0))))
    return None


def _implements(text: str, before: Sequence[Line]) -> tuple[Fact, ...]:
    """Read the documents that the opening paragraph says are carried out."""
    found: dict[str, Fact] = {}
    for row in before:
        if row.text.startswith("#") or len(row.text) < 20 or is_title(row.text) or _NOTICE.fullmatch(row.text):
            continue
        verb = _CARRIES_OUT.search(text, row.span.start, row.span.end)
        for cited in _CITED.finditer(text, verb.end() if verb is not None else row.span.end, row.span.end):
            if "印发" not in text[cited.end() : cited.end() + 3]:
                found.setdefault(cited.group(0), Fact(cited.group(0), Span(*cited.span())))
    return tuple(found.values())


def _other_issuer(text: str, before: Sequence[Line], page: Sequence[Line]) -> Fact | None:
    for row in before:
        if _NOTICE.fullmatch(row.text):
            found = re.match(r"(.{2,40}?)(?:办公厅|办公室)?关于", row.text)
            if found is not None:
                end = row.text.index("关于")
                return Fact(row.text[:end], Span(row.span.start, row.span.start + end))
    for row in (row for row in (*before, *page) if not row.text.startswith("#")):
        found = _SOURCE.search(text, row.span.start, row.span.end)
        if found is not None:
            body = _ISSUER.match(text, found.end(), row.span.end)
            if body is not None:
                return Fact(body.group(0), Span(*body.span()))
    return None


def _year(title: Fact | None, number: Fact | None, day: date | None) -> int | None:
    found = _YEAR.search(title.text) if title is not None else None
    if found is not None:
        return int(found.group(1)) if found.group(1) else _figure(found.group(2))
    if day is not None:
        return day.year
    found = _YEAR.search(number.text) if number is not None else None
    return int(found.group(1)) if found is not None and found.group(1) else None
