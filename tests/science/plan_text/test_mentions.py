"""Names, numbers of documents, set phrases and sums of money."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import City, load_city
from lantian.science.plan_text.indicators import find_indicators
from lantian.science.plan_text.mentions import find_mentions
from lantian.science.plan_text.records import Mention, MentionKind, Span


@dataclass(frozen=True)
class Known:
    city: City | None


def read(text: str, names: Known | None = None) -> tuple[Mention, ...]:
    return find_mentions(text, [Span(0, len(text))], names)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("落实《指导目录》，", MentionKind.LAW, "《指导目录》"),
        ("《标准》(DB14/1929——2019)要求", MentionKind.LAW, "《标准》(DB14/1929——2019)"),
        ("《通知》（环大气〔2021〕65号）", MentionKind.LAW, "《通知》（环大气〔2021〕65号）"),
        ("《方案》(含附件)", MentionKind.LAW, "《方案》"),
        ("按照国发〔2023〕24号要求", MentionKind.NUMBER, "国发〔2023〕24号"),
        ("执行GB 13271-2014", MentionKind.NUMBER, "GB 13271-2014"),
        ("周边“6+3”县区", MentionKind.NAME, "“6+3”"),
        ("落实“双随机、一公开”", MentionKind.NAME, "“双随机、一公开”"),
        ("落实双随机、一公开", MentionKind.NAME, "双随机、一公开"),
        ("落实六个百分之百", MentionKind.NAME, "六个百分之百"),
        ('做到"一厂一策"', MentionKind.NAME, '"一厂一策"'),
        ("国四及以下排放标准", MentionKind.NAME, "国四"),
        ("第一阶段及以下机械", MentionKind.NAME, "第一阶段"),
        ("新增A级企业", MentionKind.NAME, "A级"),
        ("安排资金500万元", MentionKind.MONEY, "500万元"),
        ("补足1,200.5万元", MentionKind.MONEY, "1,200.5万元"),
        ("落实峰谷分时电价", MentionKind.MONEY, "峰谷分时电价"),
        ("实施所得税抵免", MentionKind.MONEY, "所得税抵免"),
        ("实施清洁取暖财政补贴", MentionKind.MONEY, "清洁取暖财政补贴"),
    ],
)
def test_name_is_found_in_its_own_words(text: str, kind: MentionKind, words: str) -> None:
    (found,) = read(text)
    assert (found.kind, found.text) == (kind, words)


def test_plants_and_counties_are_found_through_the_directory() -> None:
    found = read("潞城区率先淘汰，关闭天脊集团机组", Known(load_city("changzhi")))
    assert [(row.kind, row.text, row.body) for row in found] == [
        (MentionKind.PLACE, "潞城区", "gov-140406"),
        (MentionKind.PLANT, "天脊集团", "tianji"),
    ]


@pytest.mark.parametrize("names", [None, Known(None)])
def test_without_a_city_no_place_is_known(names: Known | None) -> None:
    assert read("潞城区率先淘汰", names) == ()


def test_plant_inside_a_law_belongs_to_the_law() -> None:
    (found,) = read("《潞城区管控要求》", Known(load_city("changzhi")))
    assert found.kind is MentionKind.LAW


@pytest.mark.reference
def test_price_tax_and_loan_measures_of_the_seed_are_money(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    (measure,) = re.finditer(r"\n35\.[^\n]+", text)
    found = find_mentions(text, [Span(*measure.span())], None)
    money = [row.text for row in found if row.kind is MentionKind.MONEY]
    assert money == [
        *("峰谷分时电价", "差别化电价", "所得税抵免", "清洁取暖财政补贴", "气候投融资", "绿色金融", "绿色信贷"),
    ]


def test_every_mention_is_cut_from_a_text_with_a_full_width_space() -> None:
    text = "按照\u3000《通知》（国办〔２０２３〕２４号）\u3000补贴５００万元"
    assert [row.text for row in read(text)] == ["《通知》（国办〔２０２３〕２４号）", "补贴", "５００万元"]
    assert all(row.span.cut(text) == row.text for row in read(text))


WORDS = st.text(alphabet="一二三年月《》〔〕()“”国第A级元万电价0123456789+GBHJ/-号，。", max_size=80)


@given(WORDS)
def test_mentions_are_cut_from_the_text_and_never_overlap(text: str) -> None:
    found = read(text)
    assert all(row.span.cut(text) == row.text for row in found)
    assert all(one.span.end <= two.span.start for one, two in pairwise(found))


ISSUERS = st.sampled_from(["国发", "晋政发", "环大气", "长政办规", "发改环资"])
BRACKETS = st.sampled_from(["〔〕", "[]", "［］", "（）", "【】"])


@given(
    ISSUERS, BRACKETS, st.integers(1990, 2030), st.integers(1, 9999), st.sampled_from(["要求", "，15家", "达到"])
)
def test_no_digit_of_a_document_number_becomes_an_indicator(
    issuer: str, brackets: str, year: int, number: int, behind: str
) -> None:
    cited = f"{issuer}{brackets[0]}{year}{brackets[1]}{number}号"
    text = f"按照{cited}{behind}"
    spans = [Span(0, len(text))]
    found = find_indicators(text, spans, (), find_mentions(text, spans, None))
    end = text.index(cited) + len(cited)
    assert all(row.span.start >= end for row in found)
