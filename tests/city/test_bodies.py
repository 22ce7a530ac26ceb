"""Names in documents find the body that is meant."""

import pytest

from lantian.city import body_named, load_city

# Every department, government, zone, company and other body that the first city's plan names, as it writes them.
NAMED = [
    name
    for line in (
        "国务院 生态环境部 国家发展改革委 国家金融监督管理总局长治监管分局 人行长治市分行",
        "长治市人民政府 市委督查委员会 长治海关 市发展改革委 市行政审批局 市工信局 市生态环境局",
        "市规划和自然资源局 市能源局 市科技局 市市场监管局 市商务局 市城管局 市住建局 市交通局",
        "市应急局 市农业农村局 市农业局 市电力公司 市邮政管理局 市交警支队 市公安局 市公路局",
        "市园林绿化中心 市水利局 市气象局 市司法局 市财政局 市税务局 市金融办 金烨钢铁 天脊集团",
        "中宝水泥 中钢协 潞州区人民政府 长治高新区、经开区管委会 经开区管委会 各县、区人民政府",
        "各县区人民政府 县区人民政府 相关县区人民政府 各相关县区人民政府 市直有关单位",
        "市直各有关单位和部门",
    )
    for name in line.split()
]


@pytest.mark.parametrize("name", NAMED)
def test_every_name_of_the_plan_finds_a_body(name: str) -> None:
    assert body_named(load_city("changzhi"), name) is not None


def test_old_name_of_the_farm_bureau_is_the_same_body() -> None:
    city = load_city("changzhi")
    assert body_named(city, "市农业局") == body_named(city, "市农业农村局") == body_named(city, "长治市农业农村局")


def test_width_spaces_and_case_do_not_matter() -> None:
    city = load_city("changzhi")
    assert body_named(city, "各县（市、区） 人民政府") == city.body("all-counties")
    assert body_named(city, "CHANGZHI customs") == city.body("customs")


def test_collectives_stand_for_their_members() -> None:
    city = load_city("changzhi")
    every, some = city.body("all-counties"), city.body("some-counties")
    assert [city.body(member).county for member in every.members] == [row.adcode for row in city.counties]
    assert every.every_member
    assert not some.every_member
    assert city.body("all-zones").members == ("hi-tech-zone", "economic-zone")


@pytest.mark.parametrize("name", ["", "   ", "市外星局"])
def test_unknown_name_finds_nobody(name: str) -> None:
    assert body_named(load_city("changzhi"), name) is None
