"""Which number stands before a line? Labels of every form that plans use, and how they nest (层次序号)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a number is written; the order here is how forms nest unless a document shows another order."""

    PART = "第一部分"
    CHAPTER = "第一章"
    DIVISION = "第一节"
    ARTICLE = "第一条"
    CHINESE = "一、"
    CHINESE_BRACKET = "（一）"
    ARABIC = "1."
    DECIMAL = "1.1"
    ARABIC_BRACKET = "（1）"
    ARABIC_HALF = "1）"
    CIRCLE = "①"


SUB_FORMS = frozenset({Form.ARABIC_BRACKET, Form.ARABIC_HALF, Form.CIRCLE})
"""Forms that number the parts of one item."""
_RANK = {form: place for place, form in enumerate(Form)}


@dataclass(frozen=True, slots=True)
class Label:
    """The number before a line."""

    form: Form
    value: int
    """1 for 一; the last part of a decimal one. [1]"""
    written: str
    """As it stands in the text, without the space around it: ``（四）``, ``1．``."""
    numeral: str
    """Without brackets and stops: ``四``, ``1``."""
    length: int
    """Characters up to where the words begin. [1]"""
    doubtful: bool = False
    """Whether it could also be the beginning of the words, as in ``2.5公里``."""
    parts: tuple[int, ...] = ()
    """Of a decimal label: (2, 5)."""


_S = r"[ \t\u3000\xa0]*"
_CN = "[一二三四五六七八九十百零〇]{1,6}"
_ARABIC = r"\d{1,3}"
_PATTERNS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (Form.PART, re.compile(rf"第{_S}({_CN}|{_ARABIC}){_S}部分{_S}[、.．:：]?")),
    (Form.CHAPTER, re.compile(rf"第{_S}({_CN}|{_ARABIC}){_S}[章篇]{_S}[、.．:：]?")),
    (Form.DIVISION, re.compile(rf"第{_S}({_CN}|{_ARABIC}){_S}节{_S}[、.．:：]?")),
    (Form.ARTICLE, re.compile(rf"第{_S}({_CN}|{_ARABIC}){_S}[条项]{_S}[、.．:：]?")),
    (Form.CHINESE_BRACKET, re.compile(rf"[（(〔]{_S}({_CN}){_S}[）)〕]{_S}[、.．]?")),
    (Form.CHINESE_BRACKET, re.compile(r"([㈠-㈩])[、.．]?")),
    (Form.CHINESE, re.compile(rf"({_CN}){_S}[、.．]")),
    (
        Form.CHINESE,
        re.compile(rf"([一二三四五六七八九]?十?[一二三四五六七八九]|十){_S}[,，](?=[^，,。；;]{{2,24}}$)"),
    ),
    (Form.DECIMAL, re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){1,3})(?:[、.．]|(?=[ \t\u3000\xa0\u4e00-\u9fff]))")),
    (Form.ARABIC, re.compile(rf"({_ARABIC}){_S}[.．、]")),
    (Form.DECIMAL, re.compile(r"(\d{1,2})(?=[ \t\u3000\xa0]+[\u4e00-\u9fff“《])")),
    (Form.ARABIC, re.compile(r"([⒈-⒛])")),
    (Form.ARABIC_BRACKET, re.compile(rf"[（(]{_S}({_ARABIC}){_S}[）)]{_S}[、.．]?")),
    (Form.ARABIC_BRACKET, re.compile(r"([⑴-⒇])")),
    (Form.ARABIC_HALF, re.compile(rf"({_ARABIC}){_S}[）)]{_S}[、.．]?")),
    (Form.CIRCLE, re.compile(r"([①-⑳])[、.．]?")),
)
_YEAR = re.compile(r"(?:19|20)\d\d\s*[年—\-~～至]")
_COUNTED = re.compile(r"[一二三四五六七八九十百零〇]|[号期级类线区季]")
_AFTER_SPACE = re.compile(r"[ \t\u3000\xa0]*")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


def chinese_number(written: str) -> int:
    """Return the value of a Chinese numeral below a thousand.

    Examples
    --------
    >>> [chinese_number(row) for row in ("四", "十", "十二", "二十", "三十六", "一百零二", "二〇")]
    [4, 10, 12, 20, 36, 102, 20]
    """
    if not any(c in "十百" for c in written):
        return int("".join(str(_DIGITS[c]) for c in written))
    total = digit = 0
    for character in written:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def chinese_numeral(value: int) -> str:
    """Return the Chinese numeral of a number from 0 to 999.

    Examples
    --------
    >>> [chinese_numeral(row) for row in (4, 10, 12, 20, 36, 102, 110)]
    ['四', '十', '十二', '二十', '三十六', '一百零二', '一百一十']
    """
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if hundreds:
        middle = digits[tens] + "十" if tens else ("零" if ones else "")
        return digits[hundreds] + "百" + middle + (digits[ones] if ones else "")
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def label_at(line: str) -> Label | None:
    """Return the number that a line begins with, or None.

    Parameters
    ----------
    line : str
        A paragraph without space before it.

    Returns
    -------
    Label or None
        ``doubtful`` where a digit follows and it is no year: only the neighbours can tell; see `accepted`.

    Examples
    --------
    >>> label_at("（四）优化产业布局。").numeral
    '四'
    >>> row = label_at("1.2024年，全市达标")
    >>> row.value, row.length, row.doubtful
    (1, 2, False)
    >>> label_at("2.5公里范围内").doubtful
    True
    >>> label_at("2024年，全市达标") is None
    True
    """
    for form, pattern in _PATTERNS:
        found = pattern.match(line)
        if found is None:
            continue
        if form is Form.DECIMAL and _YEAR.match(line, found.start(1) + line[: found.end()].find(".") + 1):
            continue
        row = _label(form, found, line)
        if row is not None:
            return row
    return None


def _label(form: Form, found: re.Match[str], line: str) -> Label | None:
    inner = "".join(found.group(1).split())
    parts: tuple[int, ...] = ()
    if form is Form.DECIMAL:
        parts = tuple(int(part) for part in re.split(r"[.．]", inner))
        value = parts[-1]
    else:
        value = _value(inner)
    end = found.end()
    begin = _AFTER_SPACE.match(line, end)
    length = begin.end() if begin else end
    doubtful = form is Form.DECIMAL
    if form is Form.ARABIC and line[end : end + 1].isdigit():
        doubtful = _YEAR.match(line, end) is None
    if form is Form.CHINESE and _COUNTED.match(line, end):
        doubtful = True
    numeral = inner if inner[0] not in "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩" else "一二三四五六七八九十"[value - 1]
    return Label(form, value, found.group(0).strip(), numeral, length, doubtful, parts)


def _value(inner: str) -> int:
    code = ord(inner[0])
    for first, last in (("㈠", "㈩"), ("⒈", "⒛"), ("⑴", "⒇"), ("①", "⑳")):
        if ord(first) <= code <= ord(last):
            return code - ord(first) + 1
    return int(inner) if inner.isdecimal() else chinese_number(inner)


def accepted(labels: Sequence[Label | None]) -> list[Label | None]:
    """Keep a doubtful label only where it carries on the count before it, or begins one.

    Examples
    --------
    >>> rows = [label_at(row) for row in ("1.停产", "2.30万千瓦以下机组", "2.5公里内", "3.完成")]
    >>> [row.value if row else None for row in accepted(rows)]
    [1, 2, None, 3]
    """
    rows = _without_decimals(labels)
    kept: list[Label | None] = []
    last: dict[Form, int] = {}
    for place, row in enumerate(rows):
        chosen = row
        if row is not None and row.doubtful and row.form is not Form.DECIMAL:
            after = _next(rows, place, row.form)
            follows = last.get(row.form) == row.value - 1
            begins = row.value == 1 and after is not None and after.value == 2
            again = after is not None and after.value == row.value and not after.doubtful
            chosen = row if (follows or begins) and not again else None
        if chosen is not None:
            last[chosen.form] = chosen.value
        kept.append(chosen)
    return kept


def _next(rows: Sequence[Label | None], place: int, form: Form) -> Label | None:
    return next((row for row in rows[place + 1 : place + 40] if row is not None and row.form is form), None)


def _without_decimals(labels: Sequence[Label | None]) -> list[Label | None]:
    """Take decimals for item numbers only where they count on from 1.1; else as ``1.`` before a digit."""
    chain: list[int] = []
    last: tuple[int, ...] = ()
    for place, row in enumerate(labels):
        if row is not None and row.form is Form.DECIMAL and _follows(last, row.parts):
            chain.append(place)
            last = row.parts
    rows = list(labels)
    deep = any(len(row.parts) > 1 for place in chain if (row := labels[place]) is not None)
    kept = set(chain) if len(chain) > 1 and deep else set()
    for place, row in enumerate(labels):
        if row is None or row.form is not Form.DECIMAL or place in kept:
            continue
        if len(row.parts) == 1:
            rows[place] = None  # a figure before words: 14 个乡镇
            continue
        head = row.numeral[: len(str(row.parts[0]))]
        stop = row.written[len(head) : len(head) + 1]
        rows[place] = Label(Form.ARABIC, row.parts[0], head + stop, head, len(head) + 1, doubtful=True)
    return rows


def _follows(last: tuple[int, ...], now: tuple[int, ...]) -> bool:
    if not last:
        return all(part == 1 for part in now[1:]) and now[0] <= 3
    shared = min(len(last), len(now))
    for level in range(shared):
        if now[level] != last[level]:
            return now[level] == last[level] + 1 and all(part == 1 for part in now[level + 1 :])
    return len(now) == len(last) + 1 and now[-1] == 1


def nesting(labels: Sequence[Label]) -> dict[Form, int]:
    """Return the level of each form in a document, 0 for the outermost.

    Forms nest as `Form` lists them, unless the document itself shows the other order: item lists that begin again
    at 1 between two successive numbers of another form stand under that form.

    Examples
    --------
    >>> lines = ("1.甲", "一、乙", "二、丙", "2.丁", "一、戊", "3.己", "一、庚", "4.辛")
    >>> order = nesting([row for row in map(label_at, lines) if row])
    >>> order[Form.ARABIC] < order[Form.CHINESE]
    True
    """
    above = _shown(labels)
    present = sorted({row.form for row in labels}, key=_RANK.__getitem__)
    if _holds_articles(labels):
        present.remove(Form.ARTICLE)
        present.insert(present.index(Form.CHINESE) + 1, Form.ARTICLE)
    placed: list[Form] = []
    for form in present:
        place = len(placed)
        while place and above[form, placed[place - 1]] >= 2 and not above[placed[place - 1], form]:
            place -= 1
        placed.insert(place, form)
    return {form: level for level, form in enumerate(placed)}


def _holds_articles(labels: Sequence[Label]) -> bool:
    """Whether headings 一、 stand over articles: none between two articles begins its count again."""
    forms = [row.form for row in labels]
    if Form.ARTICLE not in forms or Form.CHINESE not in forms:
        return False
    first = forms.index(Form.ARTICLE)
    again = any(row.form is Form.CHINESE and row.value == 1 for row in labels[first:])
    return forms.index(Form.CHINESE) < first and not again


def _shown(labels: Sequence[Label]) -> Counter[tuple[Form, Form]]:
    shown: Counter[tuple[Form, Form]] = Counter()
    for upper in {row.form for row in labels}:
        first: dict[Form, int] = {}
        last: int | None = None
        for row in labels:
            if row.form is not upper:
                first.setdefault(row.form, row.value)
                continue
            if last is not None and row.value == last + 1:
                shown.update((upper, lower) for lower, value in first.items() if value == 1)
            first = {}
            last = row.value
    return shown
