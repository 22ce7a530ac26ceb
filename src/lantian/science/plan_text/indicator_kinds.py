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

SIZES = ("高度", "长度", "面积", "容量", "规模", "半径", "距离", "热值", "密度", "强度")
"""Measures of a thing that follows: 高度4.3米焦炉."""
DOING = re.compile(
    r"(?:培育|培养|创建|建成|建设|打造|新增|新建|完成|淘汰|推动|组织|引进|关停|退出|改造|更新|更换|整治|治理|替代|安装|推广"
    r"|抽查|抽检|抽测|检查|开展|启动|实施|推出|形成|争创|创成|购置|拆除|取缔|培训|力争|争取)(?:了|各|至少)?\Z"
)
"""Words behind which 10家以上 says how many are to be done."""
_WHOLE_THINGS = frozenset(("台", "座", "辆", "套", "台套", "台(套)", "艘", "处", "轮", "孔", "株"))
"""Units of which even two in Chinese numerals are counted: 三处."""
_COUNTED_THINGS = re.compile(
    "|".join(
        listed(
            "工程 项目 站 园区 生产线 专用线 机组 锅炉 炉窑 设施 企业 村 乡镇 装置 车 电厂 基地 中心 码头 "
            "泊位 标准"
        )
    )
)


def indicator_kind(
    row: Quantity, before: Subject, noun: str, follow: str, bracketed: bool, lead: str = ""
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
    lead : str
        The few words before it: 培育10家以上企业 counts, 对10家以上企业 says which.

    Returns
    -------
    IndicatorKind or None
        A size that says which things are meant is a condition, a number of things a count, all else a goal.
    """
    unit = base_unit(row.unit)[1]
    if unit == "位" or (row.chinese and not _counts(row, noun)):
        return None
    if unit in CONCENTRATIONS and row.said and not row.reached and follow.startswith("时"):
        return IndicatorKind.CONDITION
    share = unit in SHARES or unit in CONCENTRATIONS or row.change != ""
    if share and row.after and noun and follow.startswith("的") and not (row.reached or row.change):
        return IndicatorKind.CONDITION
    if not share and _is_condition(row, before, noun, follow, bracketed, lead):
        return IndicatorKind.CONDITION
    if unit in COUNTING and not row.change:
        return IndicatorKind.COUNT
    level = (
        share or row.reached or row.said or unit in DURATIONS or not unit or unit.startswith(":") or "/" in unit
    )
    return IndicatorKind.GOAL if level else IndicatorKind.COUNT


def _is_condition(row: Quantity, before: Subject, noun: str, follow: str, bracketed: bool, lead: str) -> bool:
    if row.said:
        if row.unit in DURATIONS and row.after.endswith("内"):
            return False
        counting = base_unit(row.unit)[1] in COUNTING
        if counting and row.comparator is Comparator.ABOUT:
            return False
        if counting and row.after and noun and not follow.startswith("的") and DOING.search(lead):
            return False
        if bracketed or follow.startswith(("的", "时")) or (row.after and noun):
            return True
        return bool(noun) and not row.reached and not counting
    sized = base_unit(row.unit)[1] not in COUNTING
    measured = before.measured and not before.what.endswith(SIZES)
    return sized and bool(noun) and not row.reached and not measured and row.unit != ""


def _counts(row: Quantity, noun: str) -> bool:
    """Whether a number in Chinese numerals counts things of a plan: 两项工程, not 一项 or 三个方面."""
    if row.unit == "" or row.value >= 10 or row.said:
        return True
    if base_unit(row.unit)[1] not in COUNTING:
        return row.value >= 2
    return row.value >= 2 and (row.unit in _WHOLE_THINGS or _COUNTED_THINGS.search(noun) is not None)


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
