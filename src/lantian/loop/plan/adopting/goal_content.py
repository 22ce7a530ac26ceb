"""The plan's own targets about the air, with the counties that each is about (工作目标)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from lantian.city.bodies import body_named
from lantian.city.records import City
from lantian.loop.plan.adopting.contents import GoalContent
from lantian.science.plan_text.records import Target

_WHOLE_CITY = frozenset({"", "市区", "全市", "我市", "本市", "全市范围", "全市域", "城区"})
_ALL_COUNTIES = re.compile(
    r"^(?:全市)?(?:各|全部|所有)(?:个)?(?:县区|县、区|县市区|县（市、区）|县\(市、区\)|区县|区)$"
)
_COUNTED = re.compile(r"^(?:全市)?(\d{1,3})个?(?:县区|县、区|县市区|县（市、区）|县\(市、区\)|区县|区)$")
_FEW = 3
"""Counties that an English title names one by one."""
_OTHERS = re.compile(r"^(?:其余|其他|其它)")
_METRICS = {
    "pm25": "PM2.5",
    "pm10": "PM10",
    "so2": "SO2",
    "no2": "NO2",
    "co": "CO",
    "o3": "O3",
    "good_day_ratio": "Share of good days",
    "heavy_days": "Days of heavy pollution",
    "heavy_day_ratio": "Share of heavily polluted days",
    "composite_index": "Composite index",
    "rank": "Rank",
    "attainment": "Attainment of the standard",
    "assigned": "What the nation and the province assign",
}
_MICROGRAMS = ("微克/立方米", "微克每立方米", "微克/标立方米", "μg/m3", "ug/m3", "μg/m³", "ug/m³", "µg/m3")
_UNITS = dict.fromkeys(_MICROGRAMS, "µg/m³")
"""Unit as a plan writes it → as the house does; others stay."""
_SIGNS = {">=": "at least", "<=": "at most", ">": "above", "<": "below", "=": "exactly", "~": "about"}
_DIRECTIONS = {
    "out_of_last": "out of the last {value}",
    "within_first": "among the first {value}",
    "forward": "moves forward",
}


def goals_of_targets(targets: Sequence[Target], city: City) -> tuple[GoalContent, ...]:
    """Return the goals of a plan, each with the adcodes that it is about."""
    goals: list[GoalContent] = []
    named: tuple[str, ...] = ()
    for order, target in enumerate(targets, start=1):
        subjects = subjects_of(target.subjects, target.except_subjects, city, named)
        own = tuple(code for code in subjects if code != city.adcode)
        if own and not any(_OTHERS.match(word) for word in target.subjects) and len(own) < len(city.counties):
            named = own
        goal = GoalContent(
            order=order,
            kind=str(target.kind),
            title=target.text.strip(),
            title_en="",
            subjects=subjects,
            metric=target.metric,
            comparator=str(target.comparator) if target.comparator else None,
            value=target.value,
            unit=_UNITS.get(target.unit, target.unit),
            years=target.years,
            direction=target.direction,
            baseline=target.baseline,
            change=target.change,
        )
        goals.append(with_english(goal, city))
    return tuple(goals)


def subjects_of(
    written: Iterable[str], excepted: Iterable[str], city: City, named: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return adcodes of the subjects of a target; the city's own where none is written.

    Parameters
    ----------
    written, excepted : iterable of str
        As the document writes them: 市区, 潞城区, 11个县区, 其余县区.
    city : City
        Whose counties they are.
    named : sequence of str
        adcodes of the target before, for 其余县区.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> city = load_city("changzhi")
    >>> subjects_of(["市区"], [], city), len(subjects_of(["11个县区"], ["潞城区"], city))
    (('140400',), 11)
    >>> len(subjects_of(["其余县区"], [], city, ["140425"]))
    11
    """
    every = [row.adcode for row in city.counties]
    found: list[str] = []
    for word in written or ("",):
        plain = "".join(word.split())
        if plain in _WHOLE_CITY or plain in {city.name_zh, city.adcode}:
            found.append(city.adcode)
        elif _ALL_COUNTIES.match(plain) or _COUNTED.match(plain):
            found.extend(every)
        elif _OTHERS.match(plain):
            found.extend(code for code in every if code not in named)
        else:
            found.extend(_county(plain, city))
    out = {code for word in excepted for code in _county("".join(word.split()), city)}
    return tuple(dict.fromkeys(code for code in found if code not in out))


def _county(word: str, city: City) -> tuple[str, ...]:
    for county in city.counties:
        if word in {county.name_zh, county.adcode, county.name_zh.rstrip("县区市旗")}:
            return (county.adcode,)
    body = body_named(city, word)
    return (body.county,) if body is not None and body.county is not None else ()


def with_english(goal: GoalContent, city: City) -> GoalContent:
    """Return a goal with an English title made from its facts, where it has none."""
    if goal.title_en:
        return goal
    parts = [_METRICS.get(goal.metric, goal.metric or "Target")]
    if goal.direction:
        parts.append(_DIRECTIONS.get(goal.direction, goal.direction).format(value=_number(goal.value)))
    elif goal.value is not None:
        parts.append(f"{_SIGNS.get(goal.comparator or '', '')} {_number(goal.value)} {goal.unit}".strip())
        if goal.change:
            parts.append(f"change on {goal.baseline}" if goal.baseline else "change")
    names = [city.name_en if code == city.adcode else city.county(code).name_en for code in goal.subjects]
    whom = ", ".join(names) if len(names) <= _FEW else f"{len(names)} counties and districts"
    when = ", ".join(str(year) for year in goal.years)
    return replace(goal, title_en="; ".join(text for text in (" ".join(parts), whom, when) if text))


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
