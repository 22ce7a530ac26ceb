"""Names of bodies: lists, restored endings, collectives, and what nobody knows."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import City, load_city
from lantian.science.plan_text.bodies import BodyList, Names, split_names
from lantian.science.plan_text.records import Span


@pytest.fixture(scope="module")
def changzhi() -> City:
    return load_city("changzhi")


def read(text: str, city: City | None) -> BodyList:
    return Names(city).read(text, split_names(text, Span(0, len(text))))


def written(text: str, city: City | None = None) -> list[str]:
    return [row.written for row in read(text, city).mentions]


def test_a_list_without_a_leading_city_after_the_first_is_resolved_with_it(changzhi: City) -> None:
    rows = read("市发改委、工信局、生态环境局", changzhi).mentions
    assert [row.written for row in rows] == ["市发改委", "工信局", "生态环境局"]
    assert [row.bodies for row in rows] == [("reform",), ("industry",), ("ecology",)]
    assert all(row.settled for row in rows)


def test_market_regulation_is_not_taken_for_a_name_that_begins_with_the_city(changzhi: City) -> None:
    assert [row.bodies for row in read("市生态环境局、市场监管局", changzhi).mentions] == [
        ("ecology",),
        ("market",),
    ]


def test_a_name_whose_ending_is_left_out_is_found_at_the_level_of_its_list(changzhi: City) -> None:
    found = read("市发改、工信、生态环境等部门", changzhi)
    assert [row.bodies for row in found.mentions] == [("reform",), ("industry",), ("ecology",)]
    assert found.open_list


def test_a_shared_ending_is_restored_and_makes_two_bodies(changzhi: City) -> None:
    text = "长治高新区、经开区管委会"
    rows = read(text, changzhi).mentions
    assert [row.written for row in rows] == ["长治高新区管委会", "经开区管委会"]
    assert [row.bodies for row in rows] == [("hi-tech-zone",), ("economic-zone",)]
    assert [row.span.cut(text) for row in rows] == ["长治高新区", "经开区管委会"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("潞州区、上党区人民政府", ["潞州区人民政府", "上党区人民政府"]),
        ("甲区、乙县、丙市人民政府", ["甲区人民政府", "乙县人民政府", "丙市人民政府"]),
        ("望川经开区、高新区管委会", ["望川经开区管委会", "高新区管委会"]),
        ("市公安局东城、西城分局", ["市公安局东城分局", "西城分局"]),
        ("市工信局、各县区人民政府", ["市工信局", "各县区人民政府"]),
        ("高新区、潞州区人民政府", ["高新区", "潞州区人民政府"]),
    ],
)
def test_shared_endings_are_restored_by_kind_without_a_directory(text: str, expected: list[str]) -> None:
    assert written(text) == expected


def test_an_ending_is_not_shared_where_the_directory_knows_the_bare_name_only(changzhi: City) -> None:
    rows = read("潞州区、长治高新区管委会", changzhi).mentions
    assert [row.written for row in rows] == ["潞州区", "长治高新区管委会"]
    assert rows[0].bodies == ("gov-140403",)


@pytest.mark.parametrize(
    "text", ["各县区人民政府", "各县（市、区）人民政府", "各县、区人民政府", "各县市区政府", "各市县政府"]
)
def test_every_wording_of_all_counties_has_its_twelve_governments(text: str, changzhi: City) -> None:
    (row,) = read(text, changzhi).mentions
    assert (row.written, row.collective, row.settled) == (text, True, True)
    assert len([body for body in row.bodies if body.startswith("gov-")]) == 12


def test_a_collective_of_districts_leaves_the_counties_out(changzhi: City) -> None:
    (row,) = read("各区人民政府", changzhi).mentions
    assert row.names == ("潞州区人民政府", "上党区人民政府", "屯留区人民政府", "潞城区人民政府")


def test_local_governments_at_every_level_include_the_city(changzhi: City) -> None:
    (row,) = read("地方各级人民政府", changzhi).mentions
    assert row.bodies[0] == "city"
    assert len(row.bodies) == 13


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("相关县区人民政府", 12),
        ("各相关县区人民政府", 12),
        ("有关区人民政府", 4),
        ("有关新城区人民政府", 0),
    ],
)
def test_those_concerned_are_not_settled(text: str, members: int, changzhi: City) -> None:
    (row,) = read(text, changzhi).mentions
    assert row.collective
    assert not row.settled
    assert len(row.bodies) == members


def test_the_departments_concerned_are_departments_and_not_settled(changzhi: City) -> None:
    (row,) = read("各有关部门", changzhi).mentions
    assert {changzhi.body(body).kind for body in row.bodies} == {"department"}
    assert not row.settled


def test_those_concerned_are_settled_where_brackets_name_them(changzhi: City) -> None:
    (row,) = read("相关县区人民政府（潞州区、潞城区）", changzhi).mentions
    assert row.names == ("潞州区人民政府", "潞城区人民政府")
    assert row.settled


def test_a_committee_whose_members_nobody_listed_is_not_settled(changzhi: City) -> None:
    (row,) = read("市重污染天气应急指挥部各成员单位", changzhi).mentions
    assert (row.collective, row.settled, row.bodies) == (True, False, ())
    assert row.names == ("市重污染天气应急指挥部各成员单位",)


def test_an_unknown_name_is_kept_and_not_settled(changzhi: City) -> None:
    (row,) = read("市大气污染防治中心", changzhi).mentions
    assert (row.written, row.bodies, row.names, row.settled) == (
        "市大气污染防治中心",
        (),
        ("市大气污染防治中心",),
        False,
    )


def test_without_a_city_names_stay_as_they_are_written() -> None:
    rows = read("市发改委、工信局，各县区人民政府", None).mentions
    assert [row.names for row in rows] == [("市发改委",), ("工信局",), ("各县区人民政府",)]
    assert all(row.settled and not row.bodies for row in rows)
    assert [row.collective for row in rows] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市规划和自然资源局", ["市规划和自然资源局"]),
        ("市规划和自然资源局和市水利局", ["市规划和自然资源局", "市水利局"]),
        ("市工信局及市能源局与市商务局", ["市工信局", "市能源局", "市商务局"]),
        ("市园林和林业局、工业和信息化部", ["市园林和林业局", "工业和信息化部"]),
        ("市工信局 市能源局\n市商务局", ["市工信局", "市能源局", "市商务局"]),
        ("潞州区和上党区人民政府", ["潞州区人民政府", "上党区人民政府"]),
        ("市住房和城乡建设局;市人力资源和社会保障局", ["市住房和城乡建设局", "市人力资源和社会保障局"]),
        ("市生态环境局（市大气办、市辐射站）、市工信局", ["市生态环境局（市大气办、市辐射站）", "市工信局"]),
    ],
)
def test_and_separates_only_bodies(text: str, expected: list[str]) -> None:
    assert written(text) == expected


def test_a_remark_in_brackets_does_not_hide_a_body(changzhi: City) -> None:
    (row,) = read("市生态环境局（市大气办）", changzhi).mentions
    assert (row.written, row.bodies) == ("市生态环境局（市大气办）", ("ecology",))


@pytest.mark.parametrize(
    "text", ["市工信局等", "市工信局等有关部门", "市工信局、市能源局等4个部门", "市工信局等单位"]
)
def test_and_so_on_opens_the_list_and_is_no_name(text: str) -> None:
    found = read(text, None)
    assert found.open_list
    assert all("等" not in row.written for row in found.mentions)


def test_the_agriculture_bureau_has_one_id_under_both_its_names(changzhi: City) -> None:
    assert [row.bodies for row in read("市农业局、市农业农村局", changzhi).mentions] == [("agriculture",)] * 2


@given(st.text(alphabet="市区县局委和及、，等（）()各有关人民政府管委会高新 经开发潞州\n", max_size=60))
def test_any_list_keeps_every_character_that_is_no_separator_in_order(text: str) -> None:
    found = read(text, None)
    spans = [row.span for row in found.mentions]
    assert all(0 <= row.start < row.end <= len(text) for row in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(row.written.startswith("".join(row.span.cut(text).split())) for row in found.mentions)


@given(
    st.lists(
        st.sampled_from(["市工信局", "市能源局", "各县区人民政府", "市规划和自然资源局"]), min_size=1, max_size=8
    )
)
def test_every_name_between_separators_is_read_once(names: list[str]) -> None:
    assert written("、".join(names)) == names
