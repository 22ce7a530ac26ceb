"""By when, in which year, from when or how often is something to be done? (完成时限)

A time counts as a deadline only where the words around it use it as one: 2024年10月底前, 到2025年, 2024年完成.
The year of a baseline (比2020年), of a document (〔2023〕, 《…》, 2022年工作方案) or of a type (2017年前注册的)
and a period (5月至9月) never do.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lantian.science.plan_text.numerals import han_number, plain
from lantian.science.plan_text.records import Deadline, Span, When
from lantian.science.plan_text.time_words import (
    ACTIONS,
    ALREADY_DONE,
    BARE_VERB,
    BASELINES,
    BEFORE,
    BETWEEN,
    BREAKS,
    COUNTED_UNITS,
    DATED,
    EVERY,
    EVERY_UNITS,
    ISO,
    LEADING,
    NAMING,
    SEASONS,
    SENTENCE_STOPS,
    SOFT,
    STOPS,
    TITLE,
    TYPE_WORDS,
    UNDATED,
    UNTIL_NOW,
)

_LASTING = ("day", "third", "month_end", "year_end", "half", "quarter", "season", "plan", "within")
"""Parts of a time whose 前 keeps their last day; a bare year or month (2025年前, 10月前) ends before it begins."""


@dataclass(frozen=True, slots=True)
class _Time:
    """A time as written, before it is known whether it dates anything."""

    start: int
    end: int
    kind: When
    lead: str
    mark: str
    first: date | None
    last: date | None
    year: int | None
    ends: bool
    """Whether it names the end of a period (底, 末, 年内)."""
    season: bool


def find_deadlines(text: str, spans: Sequence[Span], year: int | None) -> tuple[Deadline, ...]:
    """Every time in the given stretches that something is due, in reading order (完成时限).

    Parameters
    ----------
    text : str
        The whole source.
    spans : sequence of Span
        Sentences, or the cell of a table that names when a task is due.
    year : int or None
        The plan's year, to which months without a year belong; without it they get the year named before them,
        else no day.

    Returns
    -------
    tuple of Deadline
        Offsets count from the start of `text`.

    Examples
    --------
    >>> text = "较2020年，2024年10月底前力争完成12万户，每月调度。"
    >>> for row in find_deadlines(text, [Span(0, len(text))], 2024):
    ...     print(row.text, row.kind, row.day, row.every, row.firm)
    2024年10月底前 by 2024-10-31 None False
    每月 recurring None month True
    """
    found: list[Deadline] = []
    known = year
    for span in spans:
        words = plain(text[span.start : span.end])
        rows, last = _read(words, text[span.start : span.end], known, span.start)
        found.extend(rows)
        known = year or last or known
    return tuple(found)


def _read(words: str, written: str, year: int | None, offset: int) -> tuple[list[Deadline], int | None]:
    if (whole := ISO.fullmatch(words)) is not None:
        at = Span(whole.start(1), whole.end() - (len(words) - len(words.rstrip())))
        _, last = _bounds(int(whole["year"]), int(whole["month"]), int(whole["day"]) if whole["day"] else None)
        return [Deadline(at.cut(written), Span(at.start + offset, at.end + offset), When.BY, last)], int(
            whole["year"]
        )
    taken = bytearray(len(words))
    _take(taken, TITLE.finditer(words))
    recurring = _take(taken, EVERY.finditer(words))
    times = list(_list_times(words, year, taken))
    kept = _due(words, times)
    marks = sorted([*(row.span() for row in recurring), *((row.start, row.end) for row in kept)])
    found = [_recurring(words, written, row, marks, offset) for row in recurring]
    found += [_deadline(words, written, row, marks, offset) for row in kept]
    years = [row.year for row in kept if row.year is not None]
    return sorted(found, key=lambda row: row.span), years[-1] if years else None


def _take(taken: bytearray, matches: Iterator[re.Match[str]]) -> list[re.Match[str]]:
    """Keep the matches that stand on free ground, and occupy it."""
    kept = [row for row in matches if not any(taken[row.start() : row.end()])]
    for row in kept:
        taken[row.start() : row.end()] = bytes([1]) * (row.end() - row.start())
    return kept


def _list_times(words: str, year: int | None, taken: bytearray) -> Iterator[_Time]:
    dated = _take(taken, DATED.finditer(words))
    undated = _take(taken, UNDATED.finditer(words))
    known, at = year, 0
    for match in sorted([*dated, *undated], key=lambda row: row.start()):
        if SENTENCE_STOPS.search(words, at, match.start()):
            known = year
        groups = match.groupdict()
        named = _named_year(groups, year)
        known, at = named or known, match.end()
        yield _time(match, groups, known)


def _named_year(groups: dict[str, str | None], year: int | None) -> int | None:
    if written := groups.get("year"):
        return int(written)
    if numerals := groups.get("han"):
        value = han_number(numerals)
        return int(value) if value is not None and 1900 <= value < 2100 else None
    if relative := groups.get("relative"):
        return None if year is None else year + (relative == "明")
    if plan := groups.get("plan"):
        number = han_number(plan)
        return None if number is None else 1955 + 5 * int(number)
    return None


def _time(match: re.Match[str], groups: dict[str, str | None], year: int | None) -> _Time:
    mark, lead = groups["mark"] or "", groups["lead"] or ""
    first, last = _period(groups, year)
    if mark in BEFORE and first and last and not any(groups.get(name) for name in _LASTING):
        last = first - timedelta(days=1)
    ends = any(groups.get(name) for name in ("year_end", "month_end", "within", "plan_end"))
    ends = ends or bool(match[0].rstrip("前之以 ").endswith(("底", "末")))
    if mark in ("起", "开始"):
        kind = When.START
    elif mark in ("前", "之前", "以前") or lead in ("到", "截至", "截止", "截止到") or ends:
        kind = When.BY
    else:
        kind = When.IN
    end = match.start() + len(match[0].rstrip(" "))
    return _Time(match.start(), end, kind, lead, mark, first, last, year, ends, bool(groups["season"]))


def _period(groups: dict[str, str | None], year: int | None) -> tuple[date | None, date | None]:
    """First and last day of the named period."""
    if year is None or not 1900 <= year < 2200:
        return None, None
    if month := groups["month"]:
        first, last = _bounds(year, _int(month), _int(groups["day"]) if groups["day"] else None)
        if first and last and (third := groups["third"]):
            first = first.replace(day={"上旬": 1, "中旬": 11, "下旬": 21}[third])
            last = {"上旬": last.replace(day=10), "中旬": last.replace(day=20)}.get(third, last)
        return first, last
    if half := groups["half"]:
        return (date(year, 1, 1), date(year, 6, 30)) if half == "上" else (date(year, 7, 1), date(year, 12, 31))
    if quarter := groups["quarter"]:
        month_end = 3 * _int(quarter)
        return date(year, month_end - 2, 1), _bounds(year, month_end, None)[1]
    if season := groups["season"]:
        return date(year, 1, 1), date(year, *SEASONS[season])
    years = 4 if groups.get("plan") else 0
    return date(year - years, 1, 1), date(year, 12, 31)


def _int(written: str) -> int:
    return int(written) if written.isascii() else int(han_number(written) or 0)


def _bounds(year: int, month: int, day: int | None) -> tuple[date | None, date | None]:
    length = monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, length)
    return (date(year, month, day),) * 2 if 1 <= day <= length else (None, None)


def _due(words: str, times: Sequence[_Time]) -> list[_Time]:
    """Only the times that something is due; a list (2024年和2025年) stands or falls with its last."""
    kept: list[_Time] = []
    for place in range(len(times) - 1, -1, -1):
        row = times[place]
        before = times[place - 1] if place else None
        after = times[place + 1] if place + 1 < len(times) else None
        if _opens_period(words, row, after) or (_opens_period(words, before, row) and row.mark not in BEFORE):
            continue
        if before is None and _inside_range(words, row):
            continue
        listed = after is not None and words[row.end : after.start].strip() in ("、", "和", "及", "与")
        follows = before is not None and words[before.end : row.start].strip() in ("、", "和", "及", "与")
        if listed:
            due = row.kind is When.IN and bool(kept) and kept[-1] is after and _starts(words, row)
        else:
            due = _is_due(words, row, follows)
        if due:
            kept.append(row)
    return kept[::-1]


def _opens_period(words: str, first: _Time | None, second: _Time | None) -> bool:
    if first is None or second is None or first.mark:
        return False
    between = words[first.end : second.start]
    return bool(BETWEEN.fullmatch(between)) or (not between.strip() and second.lead == "到")


def _inside_range(words: str, row: _Time) -> bool:
    """Whether the number before completes a range: 5-9月."""
    return words[max(row.start - 2, 0) : row.start].rstrip(" ").endswith(("-", "~", "至")) and (
        words[max(row.start - 4, 0) : row.start].rstrip(" -~至")[-1:].isdigit()
    )


def _is_due(words: str, row: _Time, follows: bool) -> bool:
    before, after = words[max(row.start - 8, 0) : row.start].rstrip(" "), words[row.end : row.end + 60]
    if before.endswith(BASELINES) or row.mark in ("后", "之后", "以后", "以来") or _is_past(row, after):
        return False
    if row.lead in ("自", "从") and row.kind is not When.START:
        return False
    if row.kind is When.START:
        return not after.startswith("草")
    if row.mark in BEFORE:
        return not after.startswith(TYPE_WORDS)
    if row.season:
        return False
    if row.lead:
        return not NAMING.match(after)
    return (follows or _starts(words, row)) and _is_used(after)


def _is_past(row: _Time, after: str) -> bool:
    """Whether the words behind a time tell what has been done by then: 截至2023年底,已完成30台."""
    return row.kind is not When.START and (
        ALREADY_DONE.match(after) is not None
        or (row.lead in ("截至", "截止", "截止到") and UNTIL_NOW.match(after) is not None)
    )


def _starts(words: str, row: _Time) -> bool:
    before = words[max(row.start - 8, 0) : row.start].rstrip(" ")
    return not before or before[-1] in BREAKS or before.endswith(LEADING)


def _is_used(after: str) -> bool:
    """Whether the words behind a bare year use it: a comma, the end, or a clause that does something."""
    rest = after.lstrip(" ")
    if not rest or rest[0] in ",\n)|。;":
        return True
    clause = STOPS.split(rest, maxsplit=1)[0]
    return not NAMING.match(rest) and (rest[0] == "达" or any(word in clause for word in ACTIONS))


def _deadline(words: str, written: str, row: _Time, marks: Sequence[tuple[int, int]], offset: int) -> Deadline:
    alone = not words[: row.start].strip() and not words[row.end :].strip("。; \n\r")
    return Deadline(
        text=written[row.start : row.end],
        span=Span(row.start + offset, row.end + offset),
        kind=When.BY if alone and row.kind is When.IN else row.kind,
        day=row.first if row.kind is When.START else row.last,
        start=row.first if row.kind is When.START else None,
        firm=_is_firm(words, row.start, row.end),
        what=_what(words, written, (row.start, row.end), marks),
    )


def _recurring(
    words: str, written: str, match: re.Match[str], marks: Sequence[tuple[int, int]], offset: int
) -> Deadline:
    unit = match["unit"] or match["quarter"] or match["by"] or match["each"]
    count = match["count"]
    every = COUNTED_UNITS.get((count, unit[0])) if count else EVERY_UNITS.get(unit[0])
    return Deadline(
        text=written[match.start() : match.end()],
        span=Span(match.start() + offset, match.end() + offset),
        kind=When.RECURRING,
        every=every,
        firm=_is_firm(words, *match.span()),
        what=_what(words, written, match.span(), marks),
    )


def _is_firm(words: str, start: int, end: int) -> bool:
    """Whether neither the words just before nor the clause behind say 力争."""
    if words[max(start - 6, 0) : start].rstrip(" ").endswith(SOFT):
        return False
    behind = words[end : end + 80].lstrip(", ")
    return not any(word in STOPS.split(behind, maxsplit=1)[0] for word in SOFT)


def _what(words: str, written: str, span: tuple[int, int], marks: Sequence[tuple[int, int]]) -> str:
    """Short words for what is dated: the clause behind the time, and the one before where it says too little."""
    place = bisect_left(marks, span)
    behind_end = min(marks[place + 1][0] if place + 1 < len(marks) else len(words), span[1] + 40)
    if match := SENTENCE_STOPS.search(words, span[1], behind_end):
        behind_end = match.start()
    behind = written[span[1] : behind_end].strip(",，、 \n\r")
    if place + 1 < len(marks) and behind_end == marks[place + 1][0]:
        behind = behind[: max(behind.rfind(","), behind.rfind("，"))] if "," in plain(behind) else behind
    if not BARE_VERB.fullmatch(behind):
        return behind
    start = max(marks[place - 1][1] if place else 0, span[0] - 40)
    before = written[start : span[0]].strip(",，、 \n\r")
    return (STOPS.split(plain(before))[-1].strip() + behind).strip()
