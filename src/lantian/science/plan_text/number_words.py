"""Units, and the words that compare a number (计量单位、比较用语)."""

from lantian.science.plan_text.records import Comparator


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a table that is written as one line, space between them.

    Examples
    --------
    >>> listed("家 台 座")
    ('家', '台', '座')
    """
    return tuple(words.split())


COUNTING = listed(
    "台(套) 台/套 台套 辆(台) 家(次) 家次 家 台 套 座 户 个 辆次 辆 艘 条 项 处 名 人次 人 车次 批次 次 "
    "株 棵 所 支 组 宗 列 架 块 孔 口 眼 村 轮次 轮 遍 场次"
)
"""Units of things that are counted."""

DUST_FALL = tuple(
    f"{mass}/{opening}{first}{dot}{second}{closing}"
    for mass, areas in (("吨", ("平方公里", "平方千米", "km2")), ("t", ("km2",)))
    for area in areas
    for time in ("30天", "30日", "30d", "月", "mon")
    for dot in "·.*"
    for first, second in ((area, time), (time, area))
    for opening, closing in (("", ""), ("(", ")"))
)
"""Falling dust for each square kilometre in a month or in thirty days (降尘量), in every order and spelling."""

CONCENTRATIONS = (
    *listed("微克/立方米 毫克/立方米 微克每立方米 毫克每立方米 μg/m3 ug/m3 mg/m3 微克/标立方米 毫克/标立方米"),
    *DUST_FALL,
)
"""Units of what the air should hold less of, falling dust (降尘) among it."""

DURATIONS = ("小时", "分钟", "天", "个工作日", "个月")
"""Units of time; such a number counts only where it is compared, reached or a range."""

UNITS = (
    *COUNTING,
    *CONCENTRATIONS,
    *DURATIONS,
    *(
        "个百分点",
        "百分点",
        "%",
        "‰",
        "位",
        "倍",
        "毫克/升",
        *("克/千瓦时", "克标准煤/千瓦时", "克标煤/千瓦时", "千克标准煤/吨", "千克标煤/吨", "公斤标准煤/吨"),
        *("吨标准煤/万元", "吨标煤/万元", "立方米/万元", "千瓦时/吨", "克/公里"),
        "毫克/克",
        "克/升",
        "克/平方米",
        "千克",
        "公斤",
        "克",
        "升",
        "分贝",
        "焦耳",
    ),
    *("蒸吨/小时", "蒸吨/时", "蒸吨/h", "蒸吨每小时", "蒸吨", "t/h", "吨/小时", "吨/年", "吨/日", "吨/天"),
    *(
        "吨标准煤",
        "吨标煤",
        "吨级",
        "吨",
        "千瓦时",
        "万千瓦时",
        "万千瓦",
        "千瓦",
        "千伏安",
        "兆伏安",
        "kVA",
        "MVA",
        "兆瓦",
        "MW",
        "kW",
        "马力",
    ),
    *(
        "平方公里",
        "平方千米",
        "平方米",
        "标准立方米",
        "标立方米",
        "立方米/小时",
        "立方米/日",
        "立方米",
        "m2",
        "㎡",
        "m3",
    ),
    *("公里", "千米", "毫米", "厘米", "米", "km", "m", "公顷", "亩"),
)
"""What a plan counts or measures in, and nothing else: no years, no hours of the clock, no ℃."""

BEFORE: tuple[tuple[Comparator, tuple[str, ...]], ...] = (
    (
        Comparator.AT_LEAST,
        ("不低于", "不少于", "不小于", "不得低于", "不得少于", "不得小于", "至少", "最低", "大于等于", "≥", ">="),
    ),
    (
        Comparator.AT_MOST,
        ("不高于", "不超过", "不大于", "不多于", "不得高于", "不得超过", "不得大于", "至多", "最多", "≤", "<="),
    ),
    (Comparator.MORE, ("超过", "高于", "大于", "多于", "突破", ">")),
    (Comparator.LESS, ("低于", "小于", "少于", "不足", "<")),
    (Comparator.ABOUT, ("大约", "约为", "约", "近")),
)
REACHING = listed("达到 达 实现 为 保持在 稳定在 控制在 维持在 控制到 至 到 = 增至 升至 降至 在 是")
"""Words that lead to a level: reached, held, brought to."""
HOLDING_DOWN = listed(
    "控制在 控制到 降至 降到 降低到 降低至 下降到 下降至 减少到 减少至 压减到 压减至 削减到 削减至"
)
RISES = ("增长", "提高", "提升", "增加", "上升", "扩大")
FALLS = ("下降", "减少", "降低", "削减", "压减", "减排", "缩减", "下浮", "改善")
"""Words that make the number after them a change, unless 到 or 至 follows; 改善 of good days is a rise."""


def falls(change: str, what: str) -> bool:
    """Whether a word of change lowers a quantity.

    Examples
    --------
    >>> falls("下降", "煤耗"), falls("改善", "PM2.5浓度"), falls("改善", "优良天数比例"), falls("增长", "运量")
    (True, True, False, False)
    """
    return change in FALLS and not (change == "改善" and ("优良" in what or "达标" in what))
