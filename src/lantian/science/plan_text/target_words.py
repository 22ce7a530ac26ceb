"""The words of goals: what is measured, who is ranked how, what is left to others (目标用语)."""

import re

METRICS: tuple[tuple[str, str], ...] = (
    ("pm25", r"PM ?2\.5|细颗粒物"),
    ("pm10", r"PM ?10|可吸入颗粒物"),
    ("good_day_ratio", r"(?:环境)?(?:空气质量)?(?:优良(?:天数)?|达标天数)(?:比[例率]|率)?"),
    ("heavy_day_ratio", r"重(?:度)?(?:及以上)?污染(?:天气|天数?)(?:比[例率])?"),
    ("composite_index", r"(?:环境)?(?:空气质量)?综合(?:污染)?指数"),
    ("aqi", r"空气质量指数|(?<![A-Z])AQI"),
    ("so2", r"二氧化硫|(?<![A-Z])SO2"),
    ("no2", r"二氧化氮|(?<![A-Z])NO2"),
    ("nox", r"氮氧化物|(?<![A-Z])NO[xX]"),
    ("voc", r"挥发性有机物|(?<![A-Z])VOCs?"),
    ("o3", r"臭氧|(?<![A-Z])O3"),
    ("co", r"一氧化碳|(?<![A-Z])CO(?![2A-Z])"),
    ("dust_fall", r"降尘量?"),
    ("pollutants", r"(?:主要)?(?:大气)?污染物"),
)
"""Name of a metric and how documents write it; the ratio of days becomes a number of days where the unit is 天."""

METRIC = re.compile("|".join(f"(?P<{name}>{words})" for name, words in METRICS))
DAYS = {"good_day_ratio": "good_days", "heavy_day_ratio": "heavy_days"}
EMITTED = ("so2", "no2", "nox", "voc", "pollutants")
"""What may also be an amount emitted (排放总量): then the metric is called ``nox_emissions``."""

WRITTEN_ON = re.compile(
    r"(?:\([^()]{1,12}\))?(?:超标天数(?:比[例率])?)?(?:重点工程)?(?:年均|年平均|平均|日最大8小时)?(?:浓度值?|排放总量|排放量|减排量)?"
)
ITEM = re.compile(
    r"\s*(?:[0-9]{1,2}[.、](?=[^0-9]|(?:19|20)[0-9]{2}年)|\([一二三四五六七八九十0-9]{1,3}\)|[一二三四五六七八九十]{1,3}、|[①-⑳])\s*"
)
YEAR = re.compile(
    r"(?<![比较与同〔\[(0-9])((?:19|20)[0-9]{2})年|十([一二三四五六七八九])五[”\"]?(?:规划)?(?:末|期末|期间)"
)
TIME = re.compile(
    r"经过[0-9一二三四五六七八九十两]{1,3}年(?:的)?(?:持续)?(?:努力|治理)?|(?:截至|截止到?|到|在|至|和|及|与|、|-|年|[“\"]){0,6}"
    r"(?:(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|[“\"]?十[一二三四五六七八九]五[”\"]?(?:末|期末|期间))(?:年?[底末](?:前)?|前)?"
)
EXCEPT = re.compile(r"除(?P<who>[^,;。]{1,40}?)(?:之|以)?外")
RANK = re.compile(
    r"(?P<side>前|后|倒数)(?:第)?(?P<number>[0-9]{1,3}|[一二三四五六七八九十百]{1,4})(?P<unit>[位名个])?(?![0-9]*[月季%年])"
)
FORWARD = re.compile(r"(?:排名|位次|名次)[^,;。]{0,12}(?:前移|提升|进位|上升|靠前)|(?:进位|前移)")
RANKED = re.compile(r"排名|位次|名次|排位|退出|进入|跻身|空气质量")
ATTAINED = re.compile(
    r"达标(?!天)|达到(?:国家)?(?:环境)?(?:空气质量)?二级(?:年均)?(?:标准|浓度)|达到国家[^,;。]{0,8}标准"
)
ASSIGNED = re.compile(
    r"下达[^,;。]{0,40}(?:任务|目标|指标)|(?:国家|[国省市州县区]|上级|地区)(?:定|确定|考核|要求|规定|分配)的?[^,;。]{0,16}(?:任务|目标|指标|要求)|另行(?:分解|下达)|(?:任务|目标|指标)[^,;。]{0,12}(?:分解|下达)|约束性指标|考核目标"
)
NAMED_BEFORE_YEAR = re.compile(
    r"(?:^|[和及与、 ])([\u4e00-\u9fff]{0,8}?(?:县区|区县|[区县市]))(?=(?:19|20)[0-9]{2}年)"
)
TOLD = re.compile(r"下达(我[市省县区州])")
EASED = re.compile(r"(?:持续|稳步|逐年|明显|显著|不断|总体)?(?:下降|降低|减少)|遏制|消除|好转")
SOFT = re.compile(r"力争|争取|力求|努力(?:实现|达到|使|完成)")
SOFT_HEADING = re.compile(r"力争|争取|努力|预期|奋斗")
HEADING = re.compile(r"(?:约束性|力争性|预期性|奋斗)(?:指标|目标)?")
WHOLE = re.compile(r"全(?:地区|区域|[市省国区县州])")
POOL = re.compile(r"[在于]全[省国市区县]")
PLACE_LIKE = re.compile(r"[区县市省国镇园旗州站]|平原|三角|各地")
NOISE_BEFORE = re.compile(
    r"^(?:坚决|确保|实现|完成|力争|争取|努力|力求|使|其中|和|及|与|、|:|在|年|的|主要|推动|继续|\s)+"
)
NOISE_BEHIND = re.compile(
    r"(?:的|力争|争取|努力|环境|空气质量|大气|稳定|总体|分别|全部|均|平均|持续|年均|年度|空气|排名|全面|基本|重点工程|[、和及与:(]|\s)+$"
)
