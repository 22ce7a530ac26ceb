from datetime import date
from pathlib import Path

import pytest

from lantian.loop.sense.quality_files import read_key_list, read_micro
from lantian.terms.errors import CallerError


def test_a_list_is_read_with_chinese_headers_county_names_and_several_outlets(centre, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "统一社会信用代码,企业名称,区县,行业代码,排污许可管理类别,是否规上,列入理由,排放口编码\n"
        "91140400A,模拟钢铁,潞州区,3120,重点管理,是,permit_main_outlet,DA001;DA002\n"
        "91140400B,模拟印刷,140404,2311,简化管理,否,,\n",
        encoding="gb18030",
    )
    first, second = read_key_list(centre, path)
    assert (first.code, first.name, first.county, first.permit) == ("91140400A", "模拟钢铁", "140403", "key")
    assert (first.above_scale, first.criteria, first.outlets) == (
        True,
        ("permit_main_outlet",),
        ("DA001", "DA002"),
    )
    assert (second.county, second.permit, second.above_scale, second.outlets) == (
        "140404",
        "simplified",
        False,
        (),
    )


def test_a_list_without_codes_is_refused_with_the_names_it_may_have(centre, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业名称,区县\n模拟,潞州区\n", encoding="utf-8")
    with pytest.raises(CallerError, match="code"):
        read_key_list(centre, path)


def test_raw_hours_are_read_in_the_city_s_clock(centre, tmp_path: Path) -> None:
    path = tmp_path / "micro.csv"
    path.write_text(
        "device,channel,hour_start,raw,humidity\n"
        "M1,pm25,2026-03-01 08:00:00,55.5,70\n"
        "M1,pm25,2026-03-01 09:00:00,,71\n",
        encoding="utf-8",
    )
    rows = read_micro(centre, path)
    assert rows["hour_start"].to_list()[0] == centre.midnight(date(2026, 3, 1)).replace(hour=8)
    assert rows["raw"].to_list() == [55.5, None]
    assert rows["humidity"].to_list() == [70.0, 71.0]


def test_text_where_a_number_belongs_is_refused_with_its_value(centre, tmp_path: Path) -> None:
    path = tmp_path / "micro.csv"
    path.write_text("device,channel,hour_start,raw\nM1,pm25,2026-03-01 08:00:00,offline\n", encoding="utf-8")
    with pytest.raises(CallerError, match="offline"):
        read_micro(centre, path)
