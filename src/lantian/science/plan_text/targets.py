"""What does the plan as a whole promise about the air, for whom, by which year, and how firmly? (工作目标)"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lantian.science.plan_text import target_words as say
from lantian.science.plan_text.clauses import against_last_year
from lantian.science.plan_text.indicator_kinds import indicator_comparator
from lantian.science.plan_text.number_words import COUNTING, falls
from lantian.science.plan_text.numbers import Quantity, list_quantities
from lantian.science.plan_text.numerals import han_number, plain
from lantian.science.plan_text.records import Comparator, Mention, Span, Target, TargetKind
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_CLAUSE = re.compile(r"[^,;。:!?\n\r]+|[;。!?\n\r]")
_NO_METRIC = mark("the goal {text!r} names nothing that can be measured here")
_NO_YEAR = mark("the goal {text!r} names no year and the document gives none")


@dataclass(frozen=True, slots=True)
class _Context:
    """What earlier clauses of a paragraph said that holds on."""

    years: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    metric: str = ""
    metric_written: str = ""
    start: int | None = None
    """Where the clauses of time and exception began that stand before the next goal."""
    soft: bool = False


def find_targets(
    text: str, goals: Sequence[tuple[Span, str]], year: int | None, mentions: Sequence[Mention]
) -> tuple[Target, ...]:
    """Every promise of the goals' section, one for each thing promised, in reading order (目标识别).

    Parameters
    ----------
    text : str
        The whole source.
    goals : sequence of (Span, str)
        Paragraphs of the goals' section, each with the heading just above it: 约束性指标 binds, 力争性指标 does
        not.
    year : int or None
        The plan's year, for goals that name none.
    mentions : sequence of Mention
        Names whose digits are no values.

    Returns
    -------
    tuple of Target
        `value` in the unit as written; a change keeps its size, and `direction` says ``down`` or ``up``.

    Examples
    --------
    >>> text = "2.2024年,潞城区空气质量指数退出全省后30位,PM2.5浓度达到40微克/立方米以下。"
    >>> for row in find_targets(text, [(Span(0, len(text)), "约束性指标")], None, ()):
    ...     print(row.kind, row.years, row.subjects, row.metric, row.direction, row.comparator, row.value)
    binding (2024,) ('潞城区',) rank out_of_last None 30
    binding (2024,) ('潞城区',) pm25  <= 40
    """
    found: list[Target] = []
    taken = [row.span for row in mentions]
    for span, heading in goals:
        found.extend(_Paragraph(text, span, heading, year, taken).read())
    return tuple(found)


def target_findings(targets: Sequence[Target]) -> tuple[Finding, ...]:
    """Find what a person should look at: goals that nothing here measures, and goals without a year.

    Parameters
    ----------
    targets : sequence of Target
        As read.

    Returns
    -------
    tuple of Finding
        One for each doubt, in the order of the goals.
    """
    found = []
    for row in targets:
        where = f"{row.span.start}-{row.span.end}"
        evidence: dict[str, str | float | int | None] = {
            "text": row.text,
            "start": row.span.start,
            "end": row.span.end,
        }
        if not row.metric or row.metric == "pollutants":
            found.append(Finding("target_without_metric", where, _NO_METRIC, Severity.WARNING, evidence=evidence))
        if not row.years:
            found.append(Finding("target_without_year", where, _NO_YEAR, Severity.WARNING, evidence=evidence))
    return tuple(found)


class _Paragraph:
    """One paragraph of goals while its clauses are read from left to right."""

    def __init__(self, text: str, span: Span, heading: str, year: int | None, taken: Sequence[Span]) -> None:
        self.text, self.span, self.year = text, span, year
        self.words = plain(span.cut(text))
        self.binding = "约束" in heading
        title = re.split(r"[,，。:：]", heading, maxsplit=1)[0]
        self.soft = not self.binding and say.SOFT_HEADING.search(title) is not None
        self.taken = [row for row in taken if row.start < span.end and span.start < row.end]
        self.context = _Context()

    def read(self) -> Iterator[Target]:
        """Read the paragraph's goals."""
        label = say.ITEM.match(self.words)
        for match in _CLAUSE.finditer(self.words, label.end() if label else 0):
            start, end = match.span()
            if match[0] in ";。!?\n\r":
                self.context = replace(self.context, excepted=(), start=None, soft=False)
                if match[0] != ";":
                    self.context = replace(self.context, metric="", metric_written="")
                continue
            start += len(match[0]) - len(match[0].lstrip())
            if start < end:
                yield from self._clause(start, end)

    def _clause(self, start: int, end: int) -> Iterator[Target]:
        words = self.words[start:end]
        years = years_in(words)
        soft = self.context.soft or say.SOFT.search(words) is not None
        first = start if self.context.start is None else self.context.start
        excepted = self.context.excepted
        if (match := say.EXCEPT.search(words)) is not None:
            excepted = _split_names(match["who"])
            words = words[: match.start()] + " " * (match.end() - match.start()) + words[match.end() :]
        said = say.NOISE_BEFORE.sub("", say.SOFT.sub("", say.TIME.sub("", words)).strip()).strip()
        self.context = replace(
            self.context, years=years or self.context.years, excepted=excepted, start=first, soft=soft
        )
        if not said:
            return
        rows = list(self._goals(words, start, years))
        span = Span(self.span.start + first, self.span.start + end)
        kind = TargetKind.ASPIRATIONAL if self.soft or (soft and not self.binding) else TargetKind.BINDING
        for row in rows:
            yield replace(
                row,
                text=span.cut(self.text),
                span=span,
                kind=kind,
                subjects=tuple(map(self._as_written, row.subjects)),
                except_subjects=tuple(map(self._as_written, excepted)),
            )
        self.context = replace(self.context, start=None, excepted=() if rows else excepted)

    def _as_written(self, name: str) -> str:
        """Return a name with the document's own brackets."""
        place = self.words.find(name)
        start = self.span.start + place
        return self.text[start : start + len(name)] if name and place >= 0 else name

    def _goals(self, words: str, at: int, years: tuple[int, ...]) -> Iterator[Target]:
        """Read one clause by what it says: a rank, values, a task from above, attainment, or less of something."""
        metrics = metrics_in(words)
        numbers = [row for row in list_quantities(words, Span(0, len(words))) if self._is_value(row, at)]
        blank = Target("", Span(0, 0), TargetKind.BINDING, years=years or self._years())
        rank = say.RANK.search(words)
        if say.RANKED.search(words) and (rank is not None or say.FORWARD.search(words)):
            yield self._rank(words, rank, metrics, blank)
        elif numbers and (metrics or self.context.metric):
            yield from self._values(words, metrics, numbers, blank)
        elif say.ASSIGNED.search(words) and not say.HEADING.fullmatch(words.strip()):
            subjects = _told(words) or self._subjects(words, _verb_at(words))
            yield replace(blank, metric="assigned", subjects=subjects)
        elif metrics and (attained := say.ATTAINED.search(words)):
            subjects = self._subjects(words, metrics[0].start)
            named = metrics[0].written if metrics[0].start < attained.start() else ""
            yield replace(blank, metric="attainment", metric_written=named, subjects=subjects)
        elif metrics and say.EASED.search(words):
            subjects = self._subjects(words, metrics[0].start)
            for row in metrics:
                days = "率" not in row.written and "比例" not in row.written
                yield replace(
                    blank,
                    metric=say.DAYS.get(row.name, row.name) if days else row.name,
                    metric_written=row.written,
                    subjects=subjects,
                    comparator=Comparator.FALLING,
                    direction="down",
                )

    def _years(self) -> tuple[int, ...]:
        return self.context.years or (() if self.year is None else (self.year,))

    def _is_value(self, row: Quantity, at: int) -> bool:
        if row.origin or row.unit == "位" or (row.unit in COUNTING and row.unit != "次"):
            return False
        start, end = self.span.start + at + row.number.start, self.span.start + at + row.number.end
        return not any(span.start < end and start < span.end and span.end - span.start > 8 for span in self.taken)

    def _rank(self, words: str, rank: re.Match[str] | None, metrics: Sequence["Metric"], blank: Target) -> Target:
        stop = min((row.start for row in metrics), default=len(words))
        ranked = say.RANKED.search(words)
        stop = min(stop, ranked.start() if ranked else stop)
        subjects = self._subjects(say.POOL.sub(lambda match: " " * len(match[0]), words), stop)
        written = metrics[0].written if metrics else "空气质量" if "空气质量" in words else ""
        row = replace(blank, metric="rank", metric_written=written, subjects=subjects)
        if rank is None:
            return replace(row, direction="forward")
        value = han_number(rank["number"]) if not rank["number"].isdigit() else Decimal(rank["number"])
        row = replace(row, value=value, unit=rank["unit"] or "")
        if rank["side"] == "前":
            return replace(row, direction="within_first", comparator=Comparator.AT_MOST)
        return replace(row, direction="out_of_last")

    def _values(
        self, words: str, metrics: Sequence["Metric"], numbers: Sequence[Quantity], blank: Target
    ) -> Iterator[Target]:
        if not metrics:
            metrics = [Metric(self.context.metric, self.context.metric_written, 0, 0)]
            subjects = self._subjects(words, numbers[0].span.start)
        else:
            subjects = self._subjects(words, metrics[0].start, metrics[0])
        baseline = _baseline(words)
        if baseline is None and blank.years and against_last_year(words, 0, len(words)):
            baseline = blank.years[0] - 1
        each = len(metrics) == 1 and numbers[0].among == len(numbers) == len(subjects) > 1
        for metric, row in _pairs(metrics, numbers):
            name = metric_name(metric.name, row.unit, words)
            yield replace(
                blank,
                subjects=subjects[row.nth : row.nth + 1] if each else subjects,
                metric=name,
                metric_written=metric.written,
                comparator=indicator_comparator(row, metric.written or words),
                value=row.value,
                unit=row.unit,
                change=bool(row.change),
                baseline=baseline if row.change else None,
                direction="" if not row.change else "down" if falls(row.change, metric.written) else "up",
            )
        self.context = replace(self.context, metric=metrics[-1].name, metric_written=metrics[-1].written)

    def _subjects(self, words: str, stop: int, metric: "Metric | None" = None) -> tuple[str, ...]:
        """Whom a clause is about: the words before its metric, else those of the clauses before."""
        if metric is not None and metric.inside:
            return (metric.inside,)
        before = say.TIME.sub(" ", words[max(stop - 80, 0) : stop]).strip()
        before = say.NOISE_BEHIND.sub("", say.NOISE_BEFORE.sub("", before)).strip()
        if not before or say.PLACE_LIKE.search(before) is None:
            return self.context.subjects
        whole = found[0] if (found := say.WHOLE.match(before)) is not None else ""
        rest = before.removeprefix(whole).strip()
        subjects = _split_names(rest if whole and rest and say.PLACE_LIKE.search(rest) else before)
        self.context = replace(self.context, subjects=subjects)
        return subjects


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as written in a clause."""

    name: str
    written: str
    start: int
    end: int
    inside: str = ""
    """Whom it is about, where that stands between the substance and 浓度: PM2.5未达标城市浓度."""


_INSIDE = re.compile(r"([\u4e00-\u9fff]{2,16}(?:城市|[市县区]))(?:年均|平均)?浓度")


def metrics_in(words: str) -> list[Metric]:
    """Metrics of a clause in order; a name and its formula in brackets (细颗粒物(PM2.5)) are one."""
    found: list[Metric] = []
    for match in say.METRIC.finditer(words):
        name = match.lastgroup or ""
        behind = say.WRITTEN_ON.match(words, match.end())
        end = behind.end() if behind else match.end()
        if found and (found[-1].end >= match.end() or found[-1].name == name):
            continue
        inside = _INSIDE.match(words, match.end())
        found.append(Metric(name, words[match.start() : end], match.start(), end, inside[1] if inside else ""))
    if len(found) > 1:
        found = [row for row in found if row.name != "pollutants"] or found
    return found


def _pairs(metrics: Sequence[Metric], numbers: Sequence[Quantity]) -> Iterator[tuple[Metric, Quantity]]:
    """Which number belongs to which metric: in order where they are as many, else the nearest before."""
    if len(metrics) == len(numbers):
        yield from zip(metrics, numbers, strict=True)
    elif len(numbers) == 1:
        yield from ((metric, numbers[0]) for metric in metrics)
    else:
        for row in numbers:
            before = [metric for metric in metrics if metric.start <= row.number.start]
            yield (before or metrics)[-1 if before else 0], row


def metric_name(name: str, unit: str, words: str) -> str:
    """Return what a metric is called with this unit: a number of days, an amount emitted.

    Examples
    --------
    >>> metric_name("heavy_day_ratio", "天", "重污染天数"), metric_name("nox", "吨", "氮氧化物排放量")
    ('heavy_days', 'nox_emissions')
    """
    if unit == "天":
        return say.DAYS.get(name, f"{name}_exceedance_days" if "超标" in words else name)
    if name in say.EMITTED and re.search(r"排放|减排", words):
        return f"{name}_emissions"
    return name


def years_in(words: str) -> tuple[int, ...]:
    """Return the years that a clause names, without those of a comparison.

    Examples
    --------
    >>> years_in("到2025年,比2020年下降10%")
    (2025,)
    """
    years = []
    for match in say.YEAR.finditer(words):
        if match[1]:
            years.append(int(match[1]))
        elif (number := han_number("十" + match[2])) is not None:
            years.append(1955 + 5 * int(number))
    return tuple(dict.fromkeys(years))


def _baseline(words: str) -> int | None:
    match = re.search(r"[比较]((?:19|20)[0-9]{2})年|[在以]((?:19|20)[0-9]{2})年[^,]{0,4}基", words)
    return int(match[1] or match[2]) if match else None


def _verb_at(words: str) -> int:
    """Where the words before the verb of a task from above end: 其他县市完成省定任务."""
    found = re.search(r"完成|达到|实现|落实|由|按", words)
    return found.start() if found is not None else 0


def _told(words: str) -> tuple[str, ...]:
    """Whom a task from above is for: 下达我市的, or the names in front of each year."""
    if named := [match[1] for match in say.NAMED_BEFORE_YEAR.finditer(words)]:
        return tuple(dict.fromkeys(named))
    match = say.TOLD.search(words)
    return (match[1],) if match else ()


def _split_names(words: str) -> tuple[str, ...]:
    """Split a list of places where every part is one."""
    parts = [part for part in re.split(r"[、和及与]", words.strip()) if part]
    if len(parts) > 1 and all(say.PLACE_LIKE.search(part) for part in parts):
        return tuple(parts)
    return (words.strip(),) if words.strip() else ()
