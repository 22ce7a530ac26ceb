"""Which laws, numbers, set phrases, plants, places and sums of money does a text name? (法规、文号、专名、金额)

What is found here stands in the draft under its own kind, and its digits are never taken for an indicator.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from lantian.city.records import City
from lantian.science.plan_text.number_words import listed
from lantian.science.plan_text.numerals import plain
from lantian.science.plan_text.records import Mention, MentionKind, Span

SET_PHRASES = listed(
    "六个百分之百 6个百分之百 七个百分之百 8个百分之百 八个百分之百 双随机、一公开 双随机一公开 双随机 "
    "两高一低 两高 一厂一策 一市一策 一企一策 一行一策 一县一策 一园一策 一源一策 一炉一策 一车一策 "
    "三线一单 三改联动 三个治污 三同时 四不两直 三本账 一张网 一张图 一本账 一把手 一票否决 两山 十四五 "
    "十五五 十三五 二十大 三中全会 一带一路 两减两控 三个转变 五个不放过 两断三清"
)
"""Phrases of the trade whose numerals count nothing here."""

MONEY_WORDS = listed(
    "峰谷分时电价 分时电价 差别化电价 差别电价 阶梯电价 惩罚性电价 上网电价 优惠电价 电价 气价 热价 水价 "
    "铁路运价 运价 所得税抵免 所得税优惠 税收优惠 税收减免 环境保护税 环保税 资源税 增值税 所得税 "
    "清洁取暖财政补贴 财政补贴 财政奖补 财政资金 购置补贴 运行补贴 补贴资金 补贴 补助资金 奖补资金 奖补 "
    "以奖代补 奖励资金 专项资金 绿色信贷 绿色债券 绿色金融 绿色贷款 贷款贴息 贴息 贷款 气候投融资 投融资 "
    "专项债券 转移支付 罚款 经济补偿 生态补偿金"
)
"""Prices, taxes, loans and subsidies; the longest that fits is taken."""

_LAW = re.compile(r"《[^《》\n]{1,120}》(?: ?\([^()\n]{1,40}\))?")
_NUMBER_INSIDE = re.compile(
    r"[0-9]{4}[〕\]》)]?第? ?[0-9]+号|[A-Z]{1,6}(?:/[A-Z]+)? ?[0-9]|令[^号]{0,6}号|第[^号]{1,6}号"
)
_DOCUMENT = re.compile(
    r"[\u4e00-\u9fff]{0,10}[〔\[【(][12][0-9]{3}[〕\]】)] ?第? ?(?:[0-9]{1,5}|[零一二三四五六七八九十百]{1,6}) ?号"
)
_STANDARD = re.compile(
    r"(?<![A-Za-z])(?:GB|HJ|DB|AQ|CJJ|JGJ|JJG|QB|SH|YB|T)(?:/T|/Z)?(?: ?[0-9]{2}(?=/))?"
    r"(?:/T?)? ?[0-9]{1,6}(?:\.[0-9]{1,3})?"
    r"(?:-{1,2}(?:19|20)[0-9]{2})?(?![A-Za-z])"
)
_LEADING_WORDS = listed("按照 根据 依据 落实 执行 参照 详见 见 及 和 与 的 由 以 即 在 按 对照 文件")
_QUOTED = re.compile(r"[“「『\"'‘][^“”「」『』\"'‘’\n]{1,24}[”」』\"'’]")
_NUMERAL = re.compile(r"[0-9一二三四五六七八九十百千两双零]")
_PLUS = re.compile(r"(?<![0-9.])[0-9]{1,2}\+[0-9N]{1,2}(?:\+[0-9N]{1,2})?(?![0-9])")
_CLASS = re.compile(
    r"国(?:[一二三四五六]|[1-6]|III|II|IV|VI|V|I|[ⅠⅡⅢⅣⅤⅥ])(?:[AaBb](?![A-Za-z]))?(?=排放|标准|及|以|阶段|柴油|汽油|重型|车|燃气|非道路|、|,|和|或|\))"
    r"|第[一二三四五六](?:阶段|时段)|(?<![A-Za-z])[ABCD]级|(?<![A-Za-z])创[ABCD](?![A-Za-z])|[一二三四五六]级(?:标准|能效|响应|预警)"
)
_HOTLINE = re.compile(r"(?<![0-9])(?:12369|12345|12315|7 ?[x×*] ?24)(?![0-9])")
_AMOUNT = re.compile(
    r"(?<![0-9.A-Za-z])[0-9]++(?:,[0-9]{3})*+(?:\.[0-9]++)? ?(?:[十百千]?[万亿]|[百千])?(?:余|多)? ?"
    r"(?:人民币|美)?元(?:/[\u4e00-\u9fff]{1,4})?"
)
_CHINESE_AMOUNT = re.compile(r"[一二三四五六七八九两十百千]{1,8}[万亿](?:余|多)?元")


class Directory(Protocol):
    """Whoever knows the city of the document."""

    @property
    def city(self) -> City | None:
        """The city, or None where the document's city is not known."""
        ...


def find_mentions(text: str, spans: Sequence[Span], names: Directory | None) -> tuple[Mention, ...]:
    """Every law, number, set phrase, plant, place and sum of money in the given stretches, in reading order.

    Parameters
    ----------
    text : str
        The whole source.
    spans : sequence of Span
        Where to look.
    names : Directory or None
        Whose city's plants and counties are known; without a city none of these is found.

    Returns
    -------
    tuple of Mention
        Never overlapping: a law holds its number, a set phrase its digits.

    Examples
    --------
    >>> text = "按照《工作通知》(环大气〔2021〕65号)落实“6+3”机制,安排资金500万元。"
    >>> for row in find_mentions(text, [Span(0, len(text))], None):
    ...     print(row.kind, row.text)
    law 《工作通知》(环大气〔2021〕65号)
    name “6+3”
    money 500万元
    """
    known = _known_names(names.city if names is not None else None)
    found: list[Mention] = []
    for span in spans:
        words = plain(text[span.start : span.end])
        free = bytearray(len(words))
        for kind, start, end, body in _list_all(words, known):
            if not any(free[start:end]):
                free[start:end] = bytes([1]) * (end - start)
                at = Span(span.start + start, span.start + end)
                found.append(Mention(kind, at.cut(text), at, body))
    return tuple(sorted(found, key=lambda row: row.span))


_Known = tuple[re.Pattern[str], dict[str, tuple[MentionKind, str | None]]]
_Place = tuple[MentionKind, int, int, str | None]


def _known_names(city: City | None) -> _Known | None:
    """One pattern over all plants and counties of a city, and what each name is."""
    if city is None:
        return None
    known: dict[str, tuple[MentionKind, str | None]] = {}
    for county in city.counties:
        body = next((row.id for row in city.bodies if row.county == county.adcode), None)
        known[plain(county.name_zh)] = MentionKind.PLACE, body
    for row in city.bodies:
        if row.kind == "company":
            known |= {plain(name): (MentionKind.PLANT, row.id) for name in (row.name, row.full_name, *row.aliases)}
    if not known:
        return None
    return re.compile("|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))), known


def _list_all(words: str, known: _Known | None) -> Iterator[_Place]:
    """Everything found, the most telling first; where two overlap, the first one stands."""
    yield from _laws(words)
    yield from _numbers(words)
    yield from _phrases(words)
    if known is not None:
        pattern, meanings = known
        for match in pattern.finditer(words):
            kind, body = meanings[match[0]]
            yield kind, match.start(), match.end(), body
    yield from _money(words)


def _laws(words: str) -> Iterator[_Place]:
    for match in _LAW.finditer(words):
        title = match[0].index("》") + 1
        behind = match[0][title:]
        end = match.end() if _NUMBER_INSIDE.search(behind) else match.start() + title
        yield MentionKind.LAW, match.start(), end, None


def _numbers(words: str) -> Iterator[_Place]:
    for match in _DOCUMENT.finditer(words):
        start = match.start()
        moved = True
        while moved:
            stem = next((row for row in _LEADING_WORDS if words.startswith(row, start)), "")
            moved, start = bool(stem), start + len(stem)
        yield MentionKind.NUMBER, start, match.end(), None
    for match in _STANDARD.finditer(words):
        yield MentionKind.NUMBER, match.start(), match.end(), None


def _phrases(words: str) -> Iterator[_Place]:
    for match in _QUOTED.finditer(words):
        if _NUMERAL.search(match[0]):
            yield MentionKind.NAME, match.start(), match.end(), None
    for pattern in (_SET_PHRASE, _PLUS, _CLASS, _HOTLINE):
        for match in pattern.finditer(words):
            yield MentionKind.NAME, match.start(), match.end(), None


def _money(words: str) -> Iterator[_Place]:
    for pattern in (_AMOUNT, _CHINESE_AMOUNT, _MONEY_WORD):
        for match in pattern.finditer(words):
            yield MentionKind.MONEY, match.start(), match.end(), None


def _any_of(stems: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem) for stem in sorted(stems, key=len, reverse=True)))


_SET_PHRASE = _any_of(SET_PHRASES)
_MONEY_WORD = _any_of(MONEY_WORDS)
