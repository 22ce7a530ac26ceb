"""Clauses, subjects and scopes around a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.clauses import baseline, clauses, noun_after, subject


def test_comma_inside_brackets_ends_no_clause() -> None:
    found = clauses("全市15家电厂(含自备,淘汰除外)、5家钢铁,明年完成")
    assert found.words[slice(*found.clause(20))] == "全市15家电厂(含自备,淘汰除外)、5家钢铁"


def test_place_inside_brackets_belongs_to_the_bracket() -> None:
    found = clauses("运输(运距500公里以上)优先")
    assert found.bracket(6) == (3, 12)
    assert found.bracket(13) is None


def test_bracket_that_is_never_closed_holds_nothing() -> None:
    found = clauses("运输(运距500公里,优先")
    assert (found.inside, found.breaks) == ((), (10,))


@pytest.mark.parametrize(
    ("text", "scope", "what"),
    [
        ("市区道路机械化清扫率", "市区", "道路机械化清扫率"),
        ("县城", "县城", ""),
        ("全市秸秆综合利用率稳定", "全市", "秸秆综合利用率"),
        ("地级及以上城市建成区道路机械化清扫率", "地级及以上城市建成区", "道路机械化清扫率"),
        ("重点区域使用新能源汽车的比例", "重点区域", "使用新能源汽车的比例"),
        ("京津冀及周边地区", "京津冀及周边地区", ""),
        ("北京、天津、河北五省(直辖市)煤炭消费总量比2015年", "北京、天津、河北五省(直辖市)", "煤炭消费总量"),
        ("鼓励潞城区率先淘汰步进式烧结机、", "潞城区", "步进式烧结机"),
        ("力争完成上党革命老区散煤清零改造", "上党革命老区", "散煤清零改造"),
        ("潞城区建成区周边", "潞城区建成区", "潞城区建成区周边"),
        ("区域污染过程", "", "区域污染过程"),
        ("市场占有率", "", "市场占有率"),
        ("企业运输的煤炭和焦炭中铁路运输比例力争", "", "铁路运输比例"),
        ("出车频次每天", "", "出车频次"),
    ],
)
def test_subject_is_parted_into_scope_and_quantity(text: str, scope: str, what: str) -> None:
    found = subject(text, 0, len(text))
    assert (found.scope, found.what) == (scope, what)


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("燃煤电厂(含自备电厂)", "燃煤电厂"),
        ("高炉、转炉", "高炉"),
        ("转炉等限制类装备", "转炉"),
        ("工业锅炉优先选用", "工业锅炉"),
        ("的企业要提前", "企业"),
        ("完成改造", ""),
        (",明年", ""),
        ("左右", ""),
    ],
)
def test_thing_behind_a_number_ends_where_its_verb_begins(text: str, noun: str) -> None:
    assert noun_after(text, 0, len(text)) == noun


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("比2020年增长", 2020),
        ("较2015年下降", 2015),
        ("在2019年基础上", 2019),
        ("到2020年", None),
        ("2020年", None),
    ],
)
def test_baseline_is_the_year_compared_with(text: str, year: int | None) -> None:
    assert baseline(text, 0, len(text)) == year


@given(
    st.text(alphabet="全市区县的在为力争率量,、()（比2020年建成", max_size=60),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_subject_never_leaves_its_stretch(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    found = subject(text, start, end)
    assert start <= found.start <= max(end, start)
    assert found.what in text[start:end]
