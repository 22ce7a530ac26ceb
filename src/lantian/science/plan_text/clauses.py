"""Which words belong to a number: its clause, its subject, its scope? (分句、主语、范围)"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from lantian.science.plan_text.number_words import listed

QUANTITY_NOUNS = listed(
    "量 率 比重 占比 比例 浓度 指数 天数 面积 产能 强度 规模 能耗 煤耗 水耗 电耗 物耗 火点数 火点 "
    "里程 增速 均值 半径 运距 海拔 高度 长度 距离 车流量 装机 容量 密度 频次 次数 时长 总数 数量 "
    "热值 灰分 含硫量"
)
"""What a subject ends with that is measured, not counted."""

VAGUE_NOUNS = ("容量", "规模")
"""Quantities that say too little alone: 容量在10蒸吨/小时及以下工业锅炉 is about boilers."""

AROUND = ("周边", "附近", "周围")
"""What turns a place into a distance from it."""

_DEEDS = frozenset(("率", "量", "比例", "比重", "占比", "面积", "数量", "总量"))
"""Quantities that a verb makes a name of: 替代比例, 安装率."""

_HARD = frozenset(",;。:!?\n\r|")
_LEADING = re.compile(
    r"[0-9]{1,2}(?:-|至)[0-9]{1,2}月份?|共计|总计|合计|总长|[含包]括?(?=[^,])|截[至止]到?(?:(?:19|20)[0-9]{2}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日|[底末])?|目前|已经?|[一二三四五六七八九]是|[①-⑳]"
    r"|[ 、和及与且并的](?!网)|使(?!用)|建成(?!区)|改造(?=[^,]{3})"
    r"|每(?:年|半年|季度?|月|周|日|天)|全年|"
    + "|".join(
        listed(
            "其中 以及 同时 力争 争取 努力 确保 推动 推进 鼓励 支持 引导 指导 组织 持续 深入 全面 加快 "
            "大力 积极 有序 率先 继续 逐步 依法 累计 计划 要求 再 要 应 须 将 拟 对其 对 完成 实现 开展 "
            "实施 淘汰 关停 取缔 替代 购置 安装 更换 更新 配备 新建及迁建 新建、迁建 新改扩建 建设 "
            "新建 新增 新上 抽查 检查 全部 现有 提高到 提高 退出 关闭 拆除 整治 治理 不再 提出的 按照 "
            "通过 至少 不断 稳步 充分发挥 基本"
        )
    )
)
_TRAILING = re.compile(
    r"(?:[、:， ]|每(?:年|半年|季度?|月|周|日|天)|"
    + "|".join(
        listed(
            "力争 争取 稳定 分别 总体 基本 平均 平稳 均 都 同比 环比 要 应当 应 须 将 需 累计 全部 现有 不得 "
            "再 已 在 为 是 实现"
        )
    )
    + r"|[比较与](?:19|20)[0-9]{2}年(?:同期|水平|底|末)?(?:相比)?"
    + r"|[在以](?:19|20)[0-9]{2}年的?(?:基础上|为基准)|[比较与](?:上|去)一?年度?(?:同期|水平|底)?(?:相比)?)\Z"
)
_ORIGIN = re.compile(r"[由从](?:(?:19|20)[0-9]{2}年的?)?[0-9.]+[^,;。0-9]{0,12}?(?:(?:19|20)[0-9]{2}年的?)?\Z")
"""The level that is left, before the one that is to be reached: 由60%提高."""
_LAST_YEAR = re.compile(r"同比|[比较与](?:上|去)(?:一)?年(?:度)?")
_BASELINE = re.compile(r"(?:比|较|与|在|以|相对|相比于?)((?:19|20)[0-9]{2})年")
_HAN = r"[\u4e00-\u9fff、]"
_PLACE_END = r"(?:省|市(?![场政级民容内直])|县城|县(?![级域乡城])|城区|区(?![域间别块分位])|旗|自治州|地区|平原)"
_IN_PLACE = r"(?:\((?:直辖市|[自治区市、]{1,6})\))?(?:范围内|建成区|区域内|内)?"
_WHOLE = r"全[市省国区县州](?!域)|(?:重点|其他|主要|控制|一般)(?:区域|地区)|"
_SCOPE = re.compile(_WHOLE + _HAN + "{0,24}" + _PLACE_END + _IN_PLACE)
_NEAREST_SCOPE = re.compile(_WHOLE + _HAN + "{0,24}?" + _PLACE_END + _IN_PLACE)
_DOING = re.compile(r"率先|淘汰|使用|推动|完成|实现|开展|采用|关停|退出|占|对|辖区")
_NOUN = re.compile(r"(?:的|级)?([^0-9,;。:!?、()\n|“”]{1,24})")
_OF_WHICH = re.compile(r"中(?![涂心长型小水国转断低高煤央度])")
_VERBS = re.compile(
    "等(?!级)|"
    + "|".join(
        listed(
            "实施 采用 完成 实现 达到 安装 优先 进行 要 应 须 需 将 已 必须 选用 超低 改造 深度 接入 动态 "
            "清零 采取 开展 纳入 全部 基本 提前 建成 建设 完善 排查 的 使用 达 率先 提出 执行 严格 配套 "
            "力争 均 按 从 为 由 在(?!建|产|营|役|用) 并 加装 更新为 更换 替代 治理 编制 报送 精准 不得 严禁 停 "
            "配备 作为 设卡 无组织 有组织 低氮 提标 全流程 全覆盖"
        )
    )
)
"""Where a thing ends and what is done with it begins."""
_KINDS = (
    "企业",
    "行业",
    "项目",
    "工地",
    "锅炉",
    "炉窑",
    "车辆",
    "机组",
    "园区",
    "单位",
    "设施",
    "机械",
    "场所",
    "装置",
)
_SHORT = re.compile(r"[^、]{1,3}[^厂站场矿院校企业点线库、]")
_AND_MORE = re.compile(r"(?:、[^0-9,;。、()\n]{1,8}?){1,4}?(?:" + "|".join(_KINDS) + ")")
"""The rest of a list that shares its last word: 12家砂石、砖瓦企业."""
_SAYS_NOTHING = frozenset({"", "左右", "以上", "以下", "及", "和", "或", "其", "中", "时", "内"})


@dataclass(frozen=True, slots=True)
class Clauses:
    """Where the clauses of a stretch end: commas and stops outside brackets, and the brackets themselves."""

    words: str
    breaks: tuple[int, ...]
    """Places of the breaking characters, ascending."""
    inside: tuple[tuple[int, int], ...]
    """Bracketed stretches without the brackets, ascending, never overlapping."""

    def clause(self, at: int) -> tuple[int, int]:
        """Start and end of the clause that holds a place, or of the bracket it stands in."""
        if (bracket := self.bracket(at)) is not None:
            return bracket
        place = bisect_left(self.breaks, at)
        start = self.breaks[place - 1] + 1 if place else 0
        return start, self.breaks[place] if place < len(self.breaks) else len(self.words)

    def bracket(self, at: int) -> tuple[int, int] | None:
        """Start and end of what stands in the bracket around a place, if any."""
        place = bisect_left(self.inside, (at + 1,)) - 1
        if place >= 0 and self.inside[place][0] <= at < self.inside[place][1]:
            return self.inside[place]
        return None


def clauses(words: str) -> Clauses:
    """Find the clauses of a stretch of plain text.

    Examples
    --------
    >>> found = clauses("全市15家电厂(含自备,淘汰除外)、5家钢铁,明年完成")
    >>> found.words[slice(*found.clause(3))]
    '全市15家电厂(含自备,淘汰除外)、5家钢铁'
    """
    breaks: list[int] = []
    inside: list[tuple[int, int]] = []
    opened: int | None = None
    for at, word in enumerate(words):
        if word in "([" and opened is None:
            opened = at
        elif word in ")]" and opened is not None:
            inside.append((opened + 1, at))
            opened = None
        elif word in _HARD:
            breaks.append(at)
    closed = [at for at in breaks if not _held(inside, at)]
    return Clauses(words, tuple(closed), tuple(inside))


def _held(inside: list[tuple[int, int]], at: int) -> bool:
    place = bisect_left(inside, (at + 1,)) - 1
    return place >= 0 and inside[place][0] <= at < inside[place][1]


@dataclass(frozen=True, slots=True)
class Subject:
    """What stands before a number in its clause."""

    what: str
    """The quantity or thing, without scope, verbs and adverbs; may be empty."""
    scope: str
    start: int
    """Where its first word stands, scope included."""
    measured: bool
    """Whether it ends with a quantity (率, 浓度, 运距)."""


def subject(words: str, start: int, end: int) -> Subject:
    """Read what stands before a number: scope and quantity (范围、指标名).

    Examples
    --------
    >>> text = "力争潞州区建成区绿地率稳定"
    >>> found = subject(text, 0, len(text))
    >>> found.scope, found.what, found.measured
    ('潞州区建成区', '绿地率', True)
    """
    start = max(start, end - 80)
    if (match := _ORIGIN.search(words, max(start, end - 40), end)) is not None:
        end = match.start()
    each = False
    while match := _TRAILING.search(words, max(start, end - 16), end):
        each, end = each or match[0] == "分别", match.start()
    start = _after_leading(words, start, end)
    scope, first = "", start
    match = _SCOPE.match(words, start, end)
    if match is not None and _DOING.search(match[0]):
        match = _NEAREST_SCOPE.match(words, start, end)
    if match is not None:
        scope, first = match[0], _after_leading(words, match.end(), end)
        first += words.startswith("的", first, end)
        if words.startswith(AROUND, first, end):
            first = match.start()
    what = words[first:end]
    if len(what) > 12 and _measured(part := _OF_WHICH.split(what)[-1]):
        what = part
    if (
        not each
        and (cut := what.rfind("、")) >= 0
        and _measured(what)
        and not _measured(what[:cut])
        and len(what) > 20
    ):
        what = what[cut + 1 :]
    return Subject(what.strip(" 、"), scope.strip("、"), start, _measured(what))


def _after_leading(words: str, start: int, end: int) -> int:
    while start < end and (match := _LEADING.match(words, start, end)):
        if words[match.end() : end].rstrip(" 、") in _DEEDS and len(match[0]) > 1:
            break  # 替代比例, 淘汰数量: the verb belongs to the quantity
        start = match.end()
    return start


def _measured(what: str) -> bool:
    return what.endswith(QUANTITY_NOUNS)


def noun_after(words: str, at: int, end: int) -> str:
    """Name the thing that a number stands before (15家燃煤电厂); empty where a verb or a break follows.

    Examples
    --------
    >>> noun_after("27个乡镇空气质量监测站点建设", 3, 16)
    '乡镇空气质量监测站点'
    """
    if (match := _NOUN.match(words, at, end)) is None:
        return ""
    noun = match[1]
    if (verb := _VERBS.search(noun)) is not None:
        noun = noun[: verb.start()]
    elif (more := _AND_MORE.match(words, match.end(), end)) is not None and _SHORT.fullmatch(noun):
        noun += more[0]
    return "" if noun.strip() in _SAYS_NOTHING else noun.strip()


def against_last_year(words: str, start: int, end: int) -> bool:
    """Whether a change is measured from the year before (同比、较上年)."""
    return _LAST_YEAR.search(words, start, end) is not None


def baseline(words: str, start: int, end: int) -> int | None:
    """Year that a change is measured from (比2020年), or None."""
    years = _BASELINE.findall(words, start, end)
    return int(years[-1]) if years else None
