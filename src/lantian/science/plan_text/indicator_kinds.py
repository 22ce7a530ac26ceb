"""What is a number in a measure for, what is it about, and how is it to be met? (指标类别)"""

import re

from lantian.science.plan_text.clauses import VAGUE_NOUNS, Subject
from lantian.science.plan_text.number_words import CONCENTRATIONS, COUNTING, DURATIONS, listed
from lantian.science.plan_text.numbers import Quantity, base_unit
from lantian.science.plan_text.records import Comparator, IndicatorKind

SHARES = ("%", "‰", "百分点", "个百分点")

LESS_IS_BETTER = re.compile(
    "|".join(
        listed("浓度 降尘量 排放 能耗 煤耗 电耗 水耗 消费量 消费总量 污染天数 重污染 指数 扬尘 差错 投诉 强度")
    )
)
"""Quantities of which a plan wants less: reaching them means at most so much."""

_COUNTED_THINGS = re.compile(
    "|".join(
        listed(
            "工程 项目 站 园区 生产线 专用线 机组 锅炉 炉窑 设施 企业 村 乡镇 装置 车 电厂 基地 中心 码头 "
            "泊位 标准"
        )
    )
)


def indicator_kind(
    row: Quantity, before: Subject, noun: str, follow: str, bracketed: bool
) -> IndicatorKind | None:
    """Decide what a number is for, or None where it is no indicator.

    Parameters
    ----------
    row : Quantity
        The number with its comparing words.
    before : Subject
        What stands before it.
    noun : str
        The thing right behind it, if any.
    follow : str
        The words behind it.
    bracketed : bool
        Whether it stands in brackets.

    Returns
    -------
    IndicatorKind or None
        A size that says which things are meant is a condition, a number of things a count, all else a goal.
    """
    unit = base_unit(row.unit)[1]
    if unit == "位" or (row.chinese and not _counts(row, noun)):
        return None
    share = unit in SHARES or unit in CONCENTRATIONS or row.change != ""
    if not share and _is_condition(row, before, noun, follow, bracketed):
        return IndicatorKind.CONDITION
    if unit in COUNTING and not row.change:
        return IndicatorKind.COUNT
    level = (
        share or row.reached or row.said or unit in DURATIONS or not unit or unit.startswith(":") or "/" in unit
    )
    return IndicatorKind.GOAL if level else IndicatorKind.COUNT


def _is_condition(row: Quantity, before: Subject, noun: str, follow: str, bracketed: bool) -> bool:
    if row.said:
        if row.unit in DURATIONS and row.after.endswith("内"):
            return False
        counting = base_unit(row.unit)[1] in COUNTING
        if counting and row.comparator is Comparator.ABOUT:
            return False
        if bracketed or follow.startswith(("的", "时")) or (row.after and noun):
            return True
        return bool(noun) and not row.reached and not counting
    sized = base_unit(row.unit)[1] not in COUNTING
    return sized and bool(noun) and not row.reached and not before.measured and row.unit != ""


def _counts(row: Quantity, noun: str) -> bool:
    """Whether a number in Chinese numerals counts things of a plan: 两项工程, not 一项 or 三个方面."""
    return row.unit == "" or row.value >= 10 or (row.value >= 2 and _COUNTED_THINGS.search(noun) is not None)


def indicator_name(kind: IndicatorKind, before: Subject, noun: str) -> tuple[str, bool]:
    """Name what a number is about, and whether the name stands before it.

    Parameters
    ----------
    kind : IndicatorKind
        What the number is for.
    before : Subject
        What stands before it.
    noun : str
        The thing right behind it, if any.

    Returns
    -------
    tuple of str and bool
        A goal is named by its quantity, a count by its things, a condition by what it measures or its things.
    """
    first = kind is IndicatorKind.GOAL or (
        kind is IndicatorKind.CONDITION and before.measured and not before.what.endswith(VAGUE_NOUNS)
    )
    return (before.what, True) if before.what and (first or not noun) else (noun, False)


def indicator_comparator(row: Quantity, what: str) -> Comparator:
    """Say how a value is to be met: as written, and “reached” as at least or at most by what is wanted.

    Parameters
    ----------
    row : Quantity
        The number with its comparing words.
    what : str
        The quantity: of a concentration less is better, of a share more.

    Returns
    -------
    Comparator
        A bare number is equal; a bare change (增长10%) is at least so much.
    """
    if row.said or not (row.reached or row.change):
        return row.comparator
    if row.change:
        return Comparator.AT_LEAST
    down = row.held_down or row.unit in CONCENTRATIONS or LESS_IS_BETTER.search(what) is not None
    return Comparator.AT_MOST if down else Comparator.AT_LEAST
