"""The words that make a time a deadline, and those that do not (时限用语)."""

import re

from lantian.science.plan_text.number_words import listed

SEASONS = {
    **dict.fromkeys(
        ("采暖季", "采暖期", "供暖季", "供暖期", "取暖季", "冬季采暖", "冬季供暖", "冬季取暖"), (10, 31)
    ),
    "秋冬季": (9, 30),
    "汛期": (5, 31),
}
"""Last day before a season begins, as (month, day): 采暖季前 is by 31 October."""

ACTIONS = listed(
    "完成 淘汰 建成 实现 新增 新建 改造 关闭 关停 退出 达到 达标 力争 基本 全面 启动 开展 建设 推广 更新 "
    "更换 组织 编制 制定 出台 拆除 搬迁 投运 投产 消除 削减 压减 培育 创建 争取 确保 继续 率先 整治 治理 "
    "安装 替代 减少 降低 下降 提高 提升 增长 增加 控制 执行 实施 推进 落实 报送 上报 排出 建立 取缔 清零 "
    "覆盖 修订 印发 备案 购置 接入 联网 验收 开工 竣工 运行 使用 公布 公开 发布 占比 比例达 上升 不低于 "
    "不高于 不少于 不超过 稳定 停用 封闭 硬化 绿化 种植 检查 抽查 抽测 核发 取消 替换"
)
"""Words of doing or reaching: without one (or a comma) behind it, a bare year is no time to keep."""

NAMING = re.compile(
    r"度|年?(?:工作|方案|行动|计划|目标|任务|水平|以来|同期|约束性|版|本[)》]|秋冬|采暖|供暖|[冬夏春]季|重点(?:任务|工作)|考核"
    r"|相比|为基|基础|至今|前后|间|修正)"
)
"""What follows a year that is part of a name or of a comparison."""

ALREADY_DONE = re.compile(
    r",?(?![^,;。]{0,12}前)[^,;。0-9]{0,16}?已经?(?:累计|全部|共|基本|先后)*(?:完成|建成|淘汰|实现|关停|退出|改造|达到|新增|更新|替代|安装"
    r"|建立|拆除|取缔|整治|治理|开展|投运|投产)(?!的)"
)
"""What follows a time up to which something has been done already."""
UNTIL_NOW = re.compile(r"[^;。]{0,40}?(?:已|累计|共有|共计|实有|现有|拥有|保有量|登记|在册|建有|为[0-9])")

TYPE_WORDS = listed("注册 登记注册 出厂 生产的 建成的 投产的 投运的 核准的 批准的 购置的 取得的 的")
"""What follows 2017年前 where it says which things are meant, not by when."""

BASELINES = ("比", "较", "与", "同", "相对", "对比", "对照", "超过", "低于", "高于", "根据", "按照", "依据")
LEADING = (
    "力争",
    "争取",
    "努力",
    "确保",
    "计划",
    "拟",
    "要",
    "应",
    "须",
    "将",
    "在",
    "于",
    "并",
    "且",
    "其中",
    "即",
)
BREAKS = frozenset(",;。:!?、\n\r|() ")
STOPS = re.compile(r"[,;。:!?\n]")
SENTENCE_STOPS = re.compile(r"[;。!?\n]")
BEFORE = ("前", "之前", "以前")
SOFT = ("力争", "争取", "努力")
SPACE = "[ ]?"
PART = (
    r"(?:(?<![0-9.])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])[ ]?月(?!度)份?[ ]?"
    r"(?:(?P<day>3[01]|[12][0-9]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[ ]?[日号]"
    r"|(?P<third>[上中下]旬)|(?P<month_end>[底末]))?"
    r"|(?P<half>[上下])半年[底末]?|第?(?P<quarter>[一二三四1-4])季(?:度[底末]?|[底末])"
    r"|(?P<within>年内)|(?P<season>" + "|".join(SEASONS) + r")"
)
MARK = r"(?P<mark>之前|以前|前(?![一二三四五六七八九十0-9期列后沿])|起|开始|[之以]后|后|以来)?"
LEAD = r"(?P<lead>截至|截止到?|到|自|从)?"
DATED = re.compile(
    LEAD + SPACE + r"(?:(?<![0-9])(?P<year>(?:19|20)[0-9]{2})[ ]?年(?!度)"
    r"|(?P<han>[一二][零一二三四五六七八九]{3})年(?!度)|(?P<relative>[今本当明])年(?!度|[底末]会)"
    r"|[“\"]?(?P<plan>十[一二三四五六七八九])五[”\"]?(?:规划)?(?:(?P<plan_end>末期?|期末)|期间|时期))"
    + SPACE
    + PART
    + r"|(?P<year_end>年?[底末]))?"
    + SPACE
    + MARK
)
UNDATED = re.compile(
    LEAD + SPACE + PART + r"|(?P<year_end>(?<![0-9一二两三四五六七八九十几数半多近每])年[底末]))" + SPACE + MARK
)
EVERY = re.compile(
    r"(?:每(?P<count>半|[两二三四五六七八九十]|[0-9]{1,2})?个?(?P<unit>年|季|月|周|星期|旬|[日天](?!处理|生产|产|排放|进出))(?<!季)度?"
    r"|每(?:半|[两二三])?个?(?P<quarter>季)(?!节)度?"
    r"|按(?P<by>[年月]度?|季(?!节)度?|[周日](?!连续|计))|逐(?P<each>[月周日]|季(?!节)度?))"
    r"(?:(?:(?:[0-9]{1,2}月)?(?:[0-9]{1,2}[日号]|[底末初]))前)?"
)
EVERY_UNITS = {"年": "year", "季": "quarter", "月": "month", "周": "week", "星": "week", "日": "day", "天": "day"}
COUNTED_UNITS = {
    ("半", "年"): "half_year",
    ("6", "月"): "half_year",
    ("3", "月"): "quarter",
    ("三", "月"): "quarter",
}
ISO = re.compile(
    r"\s*((?P<year>(?:19|20)[0-9]{2})[-./](?P<month>1[0-2]|0?[1-9])(?:[-./](?P<day>3[01]|[12][0-9]|0?[1-9]))?)前?\s*"
)
BETWEEN = re.compile(r"[ ]?(?:至|到|-{1,2}|~)[ ]?(?:次年|翌年|第二年)?[ ]?")
TITLE = re.compile(r"《[^《》]{1,200}》")
BARE_VERB = re.compile(r"(?:要|全面|基本|全部|力争)*(?:完成|建成|实现|达标|到位|开工|投产|投运)?")
