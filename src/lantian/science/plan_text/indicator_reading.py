"""How the numbers and directions of one sentence become indicators (逐句读取指标)."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from lantian.science.plan_text.already_done import done_before
from lantian.science.plan_text.clauses import (
    AROUND,
    Clauses,
    Subject,
    against_last_year,
    baseline,
    clauses,
    noun_after,
    subject,
)
from lantian.science.plan_text.indicator_kinds import indicator_comparator, indicator_kind, indicator_name
from lantian.science.plan_text.number_words import falls
from lantian.science.plan_text.numbers import Quantity, list_quantities
from lantian.science.plan_text.numerals import plain
from lantian.science.plan_text.records import (
    Comparator,
    Deadline,
    Indicator,
    IndicatorKind,
    Mention,
    Span,
    When,
)
from lantian.science.plan_text.shared_words import parts_of, shared_end

_RISING = "上升|提高|提升|增加|增长|扩大"
_FALLING = "下降|降低|减少|削减|缩减"
_DIRECTION = re.compile(
    rf"(?:逐年|逐步|稳步|持续|不断|明显|显著|大幅|进一步)(?:(?P<up>{_RISING})|(?P<down>{_FALLING}))"
    rf"|(?:实现|保持)?(?:(?P<negative>负增长|只减不增|只降不升)|(?P<positive>正增长|只增不减))"
)
_WHOLE = re.compile(
    r"(?<=[率例比重])(?:要|应|均|已|基本|力争)?(?:实现|达到|达)?(?:全覆盖|全部(?:完成|更换|达标|覆盖|达到|实现)(?![0-9]))"
)
"""All of a share without a figure: 新能源占比实现全覆盖."""
_CLEARED = re.compile(r"(?:实现)?(?:动态|全部|全面)?清零(?=[,;。、)]|\Z)")
_DONE = re.compile(r"[ ,]?(?:前)?(?:全面|基本|全部|率先)?(?:完成|建成|达到|实现|投运|投产|达标|到位)")
_OWN_WORDS = 8
"""Where more stands before 力争 and a time, they hold for their own clause: 比例力争2025年达80%. [character]"""
_WITHIN = re.compile(r"(?<=半径|距离|范围)(?:之|以|范围)?内\Z")
_JOINT = (re.compile("、"), re.compile("[、和与及]"))
_JOINTS = ("、", "和", "及", "与")
_SOFT = ("力争", "争取", "努力")


@dataclass(frozen=True, slots=True)
class _Direction:
    """A direction or a clearing, with its place in the sentence."""

    start: int
    end: int
    comparator: Comparator
    growth: bool


class Sentence:
    """One stretch of text while its numbers are read from left to right."""

    def __init__(
        self, text: str, span: Span, times: Sequence[Deadline], names: Sequence[Mention], year: int | None
    ) -> None:
        self.text, self.span, self.times, self.year = text, span, times, year
        self.words = plain(span.cut(text))
        self.clauses: Clauses = clauses(self.words)
        self.taken = bytearray(len(self.words))
        for at in (*(row.span for row in times), *(row.span for row in names)):
            start, end = at.start - span.start, at.end - span.start
            self.taken[start:end] = bytes([1]) * (end - start)
        self.cuts = [row.span.end - span.start for row in times if row.kind is not When.RECURRING]
        self.time_ends = [row.span.end - span.start for row in times]
        self.due = [row for row in times if row.kind in (When.BY, When.IN) and row.day is not None]
        self.due_ends = [row.span.end - span.start for row in self.due]
        self.past = done_before(self.words)
        self.found: list[Indicator] = []
        self.models: list[Indicator] = []
        """The found ones, and what has been done already: it lends its name (已淘汰货车20辆,再淘汰10辆)."""
        self.group: tuple[Subject, str, int] | None = None
        self.stops: list[int] = []
        """Where the words of each found indicator end."""

    def read(self) -> list[Indicator]:
        """Read the numbers and the directions of the sentence."""
        numbers = list_quantities(self.words, Span(0, len(self.words)))
        free = (
            row for row in numbers if not row.origin and not any(self.taken[row.number.start : row.number.end])
        )
        things: list[Quantity | _Direction] = [*free, *self._directions()]
        for thing in sorted(things, key=_place):
            if isinstance(thing, Quantity):
                self._add_quantity(thing)
            elif thing.comparator is Comparator.AT_LEAST:
                self._add_whole(thing)
            elif thing.growth:
                self._add_direction(thing)
            else:
                self._add_cleared(thing)
        return self.found

    def _directions(self) -> Iterator[_Direction]:
        for match in _DIRECTION.finditer(self.words):
            rising = match["up"] or match["positive"]
            sign = Comparator.RISING if rising else Comparator.FALLING
            yield _Direction(match.start(), match.end(), sign, growth=True)
        for match in _CLEARED.finditer(self.words):
            yield _Direction(match.start(), match.end(), Comparator.EQUAL, growth=False)

        for match in _WHOLE.finditer(self.words):
            yield _Direction(match.start(), match.end(), Comparator.AT_LEAST, growth=False)

    def _left(self, at: int) -> tuple[int, int]:
        """Where the words before a place begin that belong to it, and where its clause begins."""
        start, _ = self.clauses.clause(at)
        left = start
        if self.stops and self.stops[-1] <= at:
            left = max(left, self.stops[-1])
        place = bisect_right(self.cuts, at)
        if place:
            left = max(left, self.cuts[place - 1])
        return left, start

    def _add_quantity(self, row: Quantity) -> None:
        left, start = self._left(row.span.start)
        _, end = self.clauses.clause(row.number.start)
        before = subject(self.words, left, row.span.start)
        noun = noun_after(self.words, row.span.end, end)
        bracketed = self.clauses.bracket(row.number.start) is not None
        lead = self.words[max(row.span.start - 6, left) : row.span.start]
        kind = indicator_kind(row, before, noun, self.words[row.span.end : row.span.end + 2], bracketed, lead)
        if kind is None:
            return
        what, in_front = indicator_name(kind, before, noun)
        within = kind is IndicatorKind.CONDITION and not row.said and _WITHIN.search(what) is not None
        what = _WITHIN.sub("", what) if within else what
        previous = self._previous(start)
        if (
            previous is not None
            and noun
            and not in_front
            and self.words[row.span.start - 1 : row.span.start] in _JOINTS
        ):
            before = replace(before, scope="")
        if row.among > 1:
            before, what = self._handed_out(row, before, what)
        named = self._named_before(left, start) if not what else None
        model = self._model(row.unit) if not what and named is None else None
        if named is not None:
            what, in_front = named.what, False
            before = replace(before, scope=before.scope or named.scope)
        if before.what.endswith(AROUND):
            what, in_front = before.what + "范围", True
        base = self._baseline(left, row, model)
        if row.nth and base is None and self.found:
            base = self.found[-1].baseline
        if model is not None:
            what = model.what
        if falls(row.change, what) and what and not what.endswith(row.change):
            what += row.change
        self._keep(
            Indicator(
                what=self._as_written(what, row.span.start),
                span=Span(
                    before.start if in_front or (before.scope and not before.what) else row.span.start,
                    row.span.end,
                ),
                text="",
                kind=kind,
                comparator=Comparator.AT_MOST if within else indicator_comparator(row, what),
                value=row.value,
                value_to=row.value_to,
                unit=self._unit(row),
                change=bool(row.change),
                baseline=base,
                scope=self._as_written(before.scope, left) or (previous.scope if previous else ""),
                by=self._by(row.span.start, kind),
                firm=self._firm(start, row.span.start),
                direction="" if not row.change else "down" if falls(row.change, what) else "up",
            )
        )

    def _handed_out(self, row: Quantity, before: Subject, what: str) -> tuple[Subject, str]:
        """Return the part of the subject, or of the scope, that a number after 分别 belongs to."""
        if row.nth == 0 or self.group is None:
            self.group = before, what, row.span.start
        subject_of_all, what, _ = self.group
        for joint in _JOINT:
            names, places = joint.split(what), joint.split(subject_of_all.scope)
            if len(names) == row.among:
                return subject_of_all, names[row.nth] + ("" if row.nth == row.among - 1 else shared_end(names))
            if len(places) == row.among:
                return replace(subject_of_all, scope=places[row.nth]), what
        return subject_of_all, what

    def _baseline(self, left: int, row: Quantity, model: Indicator | None) -> int | None:
        year = baseline(self.words, left, row.span.start)
        if year is None and row.change and against_last_year(self.words, left, row.span.start):
            return self._last_year()
        return model.baseline if year is None and row.change and model is not None else year

    def _named_before(self, left: int, start: int) -> Subject | None:
        """Return the quantity that stands before a time, or alone in the clause before (清扫率,县城达到80%)."""
        time = next((row for row in self.times if row.span.end - self.span.start == left), None)
        if left > start and time is not None:
            named = subject(self.words, start, time.span.start - self.span.start)
            return named if named.measured else None
        if left != start or start < 2 or self.words[start - 1] != ",":
            return None
        first, end = self.clauses.clause(start - 2)
        named = subject(self.words, first, end)
        bare = re.search("[0-9]", self.words[named.start : end]) is None
        return named if named.measured and bare else None

    def _add_direction(self, row: _Direction) -> None:
        left, _ = self._left(row.start)
        before = subject(self.words, left, row.start)
        what = before.what
        inherited = not what and bool(before.scope)
        if inherited and self.found:
            what = self.found[-1].what.removesuffix("下降")
        elif not before.measured:
            return
        base = baseline(self.words, left, row.start)
        if base is None and inherited and self.found:
            base = self.found[-1].baseline
        for place, (part, start) in enumerate(parts_of(what, before.start, self.words)):
            self._keep(
                Indicator(
                    what=self._as_written(part, row.start),
                    span=Span(start, row.end),
                    text="",
                    kind=IndicatorKind.GOAL,
                    comparator=row.comparator,
                    change=True,
                    baseline=base,
                    scope=self._as_written(before.scope, left),
                    by=self._by(row.start, IndicatorKind.GOAL),
                    firm=self._firm(left, row.start),
                    direction="up" if row.comparator is Comparator.RISING else "down",
                ),
                grown=place > 0,
            )

    def _add_cleared(self, row: _Direction) -> None:
        """Add the zero of 动态清零 where the clause says which things are to be none."""
        start, _ = self.clauses.clause(row.start)
        model = self._previous(start)
        if model is None or model.kind is not IndicatorKind.CONDITION:
            return
        cleared = subject(self.words, model.span.end - self.span.start, row.start).what
        self._keep(
            replace(
                model,
                what=cleared or model.what,
                span=Span(model.span.start - self.span.start, row.end),
                kind=IndicatorKind.GOAL,
                comparator=Comparator.EQUAL,
                value=Decimal(0),
                value_to=None,
                unit="",
                by=self._by(row.start, IndicatorKind.GOAL),
                firm=self._firm(start, row.start),
            )
        )

    def _add_whole(self, row: _Direction) -> None:
        """Add the hundred per cent of a share that is to be whole."""
        left, start = self._left(row.start)
        before = subject(self.words, left, row.start)
        if not before.measured:
            return
        self._keep(
            Indicator(
                what=self._as_written(before.what, row.start),
                span=Span(before.start, row.end),
                text="",
                kind=IndicatorKind.GOAL,
                comparator=Comparator.AT_LEAST,
                value=Decimal(100),
                unit="%",
                scope=self._as_written(before.scope, left),
                by=self._by(row.start, IndicatorKind.GOAL),
                firm=self._firm(start, row.start),
            )
        )

    def _keep(self, row: Indicator, *, grown: bool = False) -> None:
        span = Span(row.span.start + self.span.start, row.span.end + self.span.start)
        row = replace(row, span=span, text=span.cut(self.text))
        self.models.append(row)
        number = row.span.end - self.span.start - 1
        if not any(start <= number < end for start, end in self.past):
            self.found.append(row)
        if not grown:
            self.stops.append(number + 1)

    def _previous(self, start: int) -> Indicator | None:
        """Return the last indicator, where it stands in the clause that begins there."""
        if self.found and self.found[-1].span.end - self.span.start > start:
            return self.found[-1]
        return None

    def _model(self, unit: str) -> Indicator | None:
        """Return the indicator whose quantity a bare place (县城达70%) shares."""
        same = [row for row in self.models[-3:] if plain(row.unit) == unit]
        return same[-1] if same else self.models[-1] if self.models else None

    def _unit(self, row: Quantity) -> str:
        written = self.text[self.span.start + row.number.end - len(row.unit) : self.span.start + row.number.end]
        return written if "(" in row.unit and plain(written) == row.unit else row.unit

    def _as_written(self, what: str, at: int) -> str:
        """Return the words as the document writes them, where they stand together around a place."""
        first = max(at - 100, 0)
        place = self.words.find(what, first, at + 80)
        start = self.span.start + place
        return self.text[start : start + len(what)] if what and place >= 0 else what

    def _last_year(self) -> int | None:
        years = [row.day.year for row in self.times if row.day is not None]
        now = years[-1] if years else self.year
        return None if now is None else now - 1

    def _by(self, at: int, kind: IndicatorKind) -> date | None:
        """Last day from the deadline before the number, or from one behind it that only says when it is done."""
        place = bisect_right(self.due_ends, at)
        if place:
            return self.due[place - 1].day
        _, end = self.clauses.clause(at)
        day = None
        for row in self.due[:4]:
            behind = row.span.end - self.span.start
            in_clause = row.span.start - self.span.start < end
            if _DONE.match(self.words, behind) and (in_clause or kind is not IndicatorKind.CONDITION):
                day = row.day
        return day

    def _firm(self, start: int, at: int) -> bool:
        """Whether neither its clause nor the time just before it says 力争."""
        if any(word in self.words[max(start, at - 120) : at] for word in _SOFT):
            return False
        place = bisect_right(self.time_ends, at)
        if not place:
            return True
        row = self.times[place - 1]
        first = row.span.start - self.span.start
        if self.words[max(first - 6, 0) : first].rstrip().endswith(_SOFT):
            between = self.words[self.time_ends[place - 1] : at]
            inside = first - self.clauses.clause(first)[0] > _OWN_WORDS
            return ";" in between or (inside and "," in between)
        return self.time_ends[place - 1] < start - 2 or row.firm


def _place(thing: "Quantity | _Direction") -> int:
    return thing.number.start if isinstance(thing, Quantity) else thing.start
