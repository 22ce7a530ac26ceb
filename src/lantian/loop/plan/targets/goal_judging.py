"""Judge one goal for one subject and one year: by our own stations, else by what others published (目标评判)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from lantian.loop.plan.targets.goal_chance import Prospect, outcome, prospect
from lantian.loop.plan.targets.goal_days import year_end
from lantian.loop.plan.targets.goal_figures import HIGHER_IS_BETTER
from lantian.loop.plan.targets.goal_measures import (
    AIR_METRICS,
    Measured,
    Room,
    Setting,
    basis_of,
    figures_of_year,
    measure,
    room,
    standards,
    unit_of,
)
from lantian.loop.plan.targets.goal_records import GoalState, JudgedGoal, Said
from lantian.rules import RuleSet
from lantian.science.attainment import Verdict, attainment
from lantian.science.plan_text.records import Comparator
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.words import mark

_HUNDRED = Decimal(100)
_THOUSAND = Decimal(1000)
_MILLI = ("毫克", "mg")


@dataclass(frozen=True, slots=True)
class Aim:
    """What is promised for one subject and one year."""

    shell: JudgedGoal
    """All that is known before it is judged."""
    metric: str
    comparator: str | None
    value: Decimal | None
    """As promised, in `unit`."""
    unit: str
    direction: str = ""
    change: bool = False
    baseline: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What the year's figure has to be, in the unit of the metric."""

    value: Decimal
    strict: bool
    """Whether the value itself does not do."""
    higher: bool
    """Whether more is better."""
    baseline: Decimal | None = None

    def met_by(self, figure: Decimal) -> bool:
        """Whether a figure meets it."""
        if self.higher:
            return figure > self.value if self.strict else figure >= self.value
        return figure < self.value if self.strict else figure <= self.value


def judge_air(setting: Setting, aim: Aim) -> JudgedGoal:
    """Judge a goal about something that air stations measure."""
    shell, year = aim.shell, aim.shell.year
    if aim.metric not in AIR_METRICS:
        return _unjudged(
            shell, mark("No goal is judged by {metric} here. Report it as an indicator."), metric=aim.metric
        )
    if setting.today < date(year, 1, 1):
        return _unjudged(shell, mark("The year {year} has not begun."), year=year)
    law = setting.law(year_end(year))
    target = _target(setting, aim, law)
    if isinstance(target, Said):
        return replace(shell, state=GoalState.NOT_JUDGED, reason=target)
    shell = replace(
        shell, target=_plain(target.value), unit=unit_of(aim.metric), baseline=target.baseline,
        comparator=_sign(target), final=setting.today > year_end(year),
    )  # fmt: skip
    through = setting.through(year)
    if through is None:
        return _published(setting, aim, shell, target) or replace(
            shell, state=GoalState.NO_DATA,
            reason=Said(mark("No day of {year} was judged here. Bring its hours in, or enter what was published."),
                        {"year": year}),
        )  # fmt: skip
    return _judged(setting, aim, shell, target, through, law)


def judge_all_six(setting: Setting, shell: JudgedGoal) -> JudgedGoal:
    """Judge whether all six pollutants meet the standard (六项污染物达标)."""
    year = shell.year
    through = setting.through(year)
    if setting.today < date(year, 1, 1):
        return _unjudged(shell, mark("The year {year} has not begun."), year=year)
    if through is None:
        return replace(
            shell, state=GoalState.NO_DATA,
            reason=Said(mark("No day of {year} was judged here. Bring its hours in."), {"year": year}),
        )  # fmt: skip
    final = setting.today > year_end(year)
    last = year_end(year) if final else through
    law = setting.law(year_end(year))
    found = figures_of_year(setting, shell.subject, year, last, basis_of("composite_index", law), law)
    verdict = attainment(found, law.limits, law.evaluation)
    over = [p.value for p, each in zip(BASIC, verdict.headline, strict=True) if each == Verdict.EXCEEDS]
    unknown = [p.value for p, each in zip(BASIC, verdict.headline, strict=True) if each == Verdict.NOT_JUDGED]
    shell = replace(
        shell, final=final, through=through, days=int(found.n_valid.min()),
        remaining=(year_end(year) - last).days, rules=_ids(law), stage=setting.days.stage,
        basis=basis_of("composite_index", law),
    )  # fmt: skip
    if unknown and not over:
        return _unjudged(shell, mark("No lawful figure of {pollutants}."), pollutants=", ".join(unknown))
    if over:
        state = GoalState.MISSED if final else GoalState.AT_RISK
        said = Said(mark("Above the limit: {pollutants}."), {"pollutants": ", ".join(over)})
        return replace(shell, state=state, reason=said)
    state = GoalState.MET if final else GoalState.ON_THE_WAY
    return replace(shell, state=state, reason=Said(mark("All six pollutants are within their limits.")))


# ---------------------------------------------------------------------------------------------- the target


def _target(setting: Setting, aim: Aim, law: RuleSet) -> Target | Said:
    """Say what the year's figure has to be, or why that cannot be said."""
    higher = aim.metric in HIGHER_IS_BETTER
    sign = aim.comparator
    moving = sign in (Comparator.FALLING, Comparator.RISING)
    if aim.change or (moving and aim.value is None):
        return _moved(setting, aim, law, higher=higher)
    if aim.value is None:
        return Said(mark("The plan names no value for it."))
    against = {Comparator.AT_MOST, Comparator.LESS} if higher else {Comparator.AT_LEAST, Comparator.MORE}
    if sign in against:
        return Said(
            mark("It is written as {sign} {value}, the wrong way round for {metric}. Look at the reading."),
            {"sign": sign, "value": str(aim.value), "metric": aim.metric},
        )
    return Target(_in_our_unit(aim), strict=sign in (Comparator.LESS, Comparator.MORE), higher=higher)


def _moved(setting: Setting, aim: Aim, law: RuleSet, *, higher: bool) -> Target | Said:
    """Turn a change on an earlier year into a value; both years are judged by one law (同口径)."""
    year = aim.baseline or aim.shell.year - 1
    base = _year_value(setting, aim.metric, aim.shell.subject, year, law)
    if base is None:
        return Said(
            mark("It is compared with {year}, of which no figure is here. Bring its hours in, or enter what was "
                 "published."),
            {"year": year},
        )  # fmt: skip
    up = aim.direction == "up" or aim.comparator == Comparator.RISING
    if up != higher:
        return Said(mark("It is to move the wrong way for {metric}. Look at the reading."), {"metric": aim.metric})
    if aim.value is None:
        return Target(base, strict=True, higher=higher, baseline=base)
    points = aim.unit not in {"%", "％"} or aim.metric.endswith("_ratio")
    size = abs(aim.value) if points else base * abs(aim.value) / _HUNDRED
    return Target(base + size if up else base - size, strict=False, higher=higher, baseline=base)


def _year_value(setting: Setting, metric: str, subject: str, year: int, law: RuleSet) -> Decimal | None:
    if setting.days.first <= date(year, 1, 1):
        found = measure(setting, metric, subject, date(year, 1, 1), year_end(year), law)
        if found.value is not None:
            return found.value
    told = [row for row in setting.reported(subject, metric) if row.period == str(year)]
    return told[-1].value if told else None


def _in_our_unit(aim: Aim) -> Decimal:
    if aim.value is None:
        msg = "an aim without a value has no unit"
        raise ValueError(msg)
    milli = any(word in aim.unit for word in _MILLI)
    if aim.metric == Pollutant.CO:
        return aim.value if milli or not aim.unit else aim.value / _THOUSAND
    return aim.value * _THOUSAND if milli else aim.value


def _sign(target: Target) -> str:
    if target.higher:
        return (Comparator.MORE if target.strict else Comparator.AT_LEAST).value
    return (Comparator.LESS if target.strict else Comparator.AT_MOST).value


# ---------------------------------------------------------------------------------------------- the year


def _judged(
    setting: Setting, aim: Aim, shell: JudgedGoal, target: Target, through: date, law: RuleSet
) -> JudgedGoal:
    """Judge a year of which our own stations know at least one day."""
    year, first = shell.year, date(shell.year, 1, 1)
    last = year_end(year) if shell.final else through
    by_end = measure(setting, aim.metric, shell.subject, first, last, law)
    now = by_end if shell.final else measure(setting, aim.metric, shell.subject, first, last, setting.law(last))
    shell = replace(
        shell, value=now.value, through=through, days=by_end.days, remaining=(year_end(year) - last).days,
        distance=None if now.value is None else _plain(now.value - target.value), rules=_ids(law),
        stage=setting.days.stage, basis=basis_of(aim.metric, law),
    )  # fmt: skip
    if aim.metric in {p.value for p in BASIC}:
        laws = ((law, False), (setting.law(setting.today), True))
        checks = standards(setting, Pollutant(aim.metric), shell.subject, first, last, laws)
        shell = replace(shell, standards=checks)
    if by_end.judged is None:
        return _published(setting, aim, shell, target) or _without_figure(shell, by_end)
    if shell.final:
        return _ended(shell, target, by_end.judged)
    return _running(setting, aim, shell, target, by_end.judged, law)


def _without_figure(shell: JudgedGoal, found: Measured) -> JudgedGoal:
    if found.days == 0:
        lacking = ", ".join(p.value for p in found.failing)
        return replace(
            shell, state=GoalState.NO_DATA,
            reason=Said(mark("No valid day of {year}. {pollutants}"), {"year": shell.year, "pollutants": lacking}),
        )  # fmt: skip
    return _unjudged(
        shell, mark("{days} valid days are too few for a lawful figure of {year}."),
        days=found.days, year=shell.year,
    )  # fmt: skip


def _ended(shell: JudgedGoal, target: Target, judged: Decimal) -> JudgedGoal:
    met = target.met_by(judged)
    said = Said(
        mark("The year ended at {value} {unit}; the target is {target}."),
        {"value": str(shell.value), "unit": shell.unit, "target": str(shell.target)},
    )
    return replace(shell, state=GoalState.MET if met else GoalState.MISSED, reason=said)


def _running(
    setting: Setting, aim: Aim, shell: JudgedGoal, target: Target, judged: Decimal, law: RuleSet
) -> JudgedGoal:
    through = shell.through or setting.today
    rest = room(setting, aim.metric, shell.subject, shell.year, through, target.value, law, strict=target.strict)
    if rest is None:
        state = GoalState.ON_THE_WAY if target.met_by(judged) else GoalState.AT_RISK
        said = Said(
            mark("{value} after {days} days; the target is {target}."),
            {"value": str(shell.value), "days": shell.days, "target": str(shell.target)},
        )
        silence = Said(mark("No chance is given for this figure."))
        return replace(shell, state=state, reason=said, chance_note=silence)
    basis = basis_of(aim.metric, law)
    seen = prospect(
        setting.days, shell.subject, basis, shell.year, rest.so_far, rest.figure, rest.bound, rest.show,
        name=aim.metric,
    )  # fmt: skip
    state, note = outcome(seen, lost=rest.lost, on_course=target.met_by(judged), rest_bears=rest.rest_bears)
    return replace(
        shell, state=state, reason=_course(shell, rest, seen), chance=seen.chance, chance_note=note,
        allowed=rest.allowed, allowed_is_days=rest.is_days,
    )  # fmt: skip


def _course(shell: JudgedGoal, rest: Room, seen: Prospect) -> Said:
    """Say how a running year stands."""
    values: dict[str, object] = {
        "value": str(shell.value), "unit": shell.unit, "days": shell.days, "target": str(shell.target),
        "allowed": str(rest.allowed), "day": rest.lost_on.isoformat() if rest.lost_on else "",
    }  # fmt: skip
    if rest.lost:
        if rest.lost_on is not None:
            return Said(
                mark("Beyond reach since {day}: not even clean air on every remaining day would do."), values
            )
        return Said(mark("Beyond reach: not even clean air on every remaining day would do."), values)
    if seen.chance is not None:
        values["chance"] = round(100 * seen.chance.chance)
        if rest.is_days:
            return Said(
                mark("{value} {unit} after {days} days, {allowed} more bad days can be borne; the chance to make "
                     "{target} is {chance} %."), values,
            )  # fmt: skip
        return Said(
            mark("{value} {unit} after {days} days, the rest may have a mean of {allowed}; the chance to make "
                 "{target} is {chance} %."), values,
        )  # fmt: skip
    if rest.is_days:
        return Said(mark("{value} {unit} after {days} days, {allowed} more bad days can be borne."), values)
    if seen.last_rest is not None and not np.isnan(seen.last_rest):
        values["last"] = f"{seen.last_rest:.1f}"
        return Said(
            mark("{value} {unit} after {days} days, the rest may have a mean of {allowed}; in the last year on "
                 "record it had {last}."), values,
        )  # fmt: skip
    return Said(mark("{value} {unit} after {days} days, the rest may have a mean of {allowed}."), values)


def _published(setting: Setting, aim: Aim, shell: JudgedGoal, target: Target) -> JudgedGoal | None:
    """Judge a year by what others published of it, where our own stations cannot."""
    told = [row for row in setting.reported(shell.subject, aim.metric) if row.period == str(shell.year)]
    if not told:
        return None
    row = told[-1]
    said = Said(
        mark("{source} published {value} {unit} for {year}; the target is {target}."),
        {"source": row.source, "value": str(row.value), "unit": shell.unit, "year": shell.year,
         "target": str(shell.target)},
    )  # fmt: skip
    met = target.met_by(row.value)
    return replace(
        shell, value=row.value, source=row.source, final=True, distance=_plain(row.value - target.value),
        state=GoalState.MET if met else GoalState.MISSED, reason=said,
    )  # fmt: skip


def _unjudged(shell: JudgedGoal, message: str, **values: object) -> JudgedGoal:
    return replace(shell, state=GoalState.NOT_JUDGED, reason=Said(message, values))


def _ids(law: RuleSet) -> tuple[str, ...]:
    return (law.limits.id, law.evaluation.id, law.dust.id)


def _plain(value: Decimal) -> Decimal:
    """Return a number without trailing zeros or exponent."""
    return Decimal(f"{value.normalize():f}")
