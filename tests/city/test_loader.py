"""Loading: packaged cities, other folders, overlays."""

from datetime import date
from pathlib import Path

import pytest

from lantian.city import City, SubjectKind, list_cities, load_city
from lantian.terms.errors import CallerError

STATION = "code,name_zh,name_en,county,longitude,latitude,level,area_class,simulated\n"


def test_both_packaged_cities_are_listed() -> None:
    assert list_cities() == ("changzhi", "shizuishan")


def test_unknown_key_names_the_cities_that_there_are() -> None:
    with pytest.raises(CallerError, match="packaged are changzhi, shizuishan"):
        load_city("atlantis")


def test_folder_without_settings_is_no_city(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"holds no city\.toml"):
        load_city(tmp_path)


def test_any_folder_of_the_same_shape_is_a_city(tiny: Path) -> None:
    city = load_city(tiny)
    assert (city.key, city.adcode, len(city.stations)) == ("tiny", "640200", 7)
    assert city.folders == (str(tiny),)
    assert city.rule_folders == (str(tiny / "rules"),)


def test_folder_may_be_named_by_text(tiny: Path) -> None:
    assert load_city(str(tiny)) == load_city(tiny)


def test_absent_overlay_changes_nothing(tmp_path: Path) -> None:
    assert load_city("changzhi", tmp_path / "nowhere") == load_city("changzhi")


def test_overlay_replaces_the_row_of_the_same_code_and_adds_others(tmp_path: Path) -> None:
    (tmp_path / "stations.csv").write_text(
        STATION
        + "SIM-140423-01,改名,Renamed,140423,113.0,36.5,provincial,2,true\n"
        + "SIM-NEW,新增,Added,140423,113.0,36.5,micro,2,true\n",
        encoding="utf-8",
    )
    plain, city = load_city("changzhi"), load_city("changzhi", tmp_path)
    assert len(city.stations) == len(plain.stations) + 1
    assert city.station("SIM-140423-01").name_en == "Renamed"
    assert city.station("SIM-NEW").name_zh == "新增"
    assert [row.code for row in city.stations][: len(plain.stations)] == [row.code for row in plain.stations]


def test_overlay_setting_replaces_that_setting_only(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('[rule_variants]\naqi_hour = "text"\n', encoding="utf-8")
    city = load_city("changzhi", tmp_path)
    assert city.rule_variants == {"aqi_hour": "text"}
    assert city.jurisdictions == ("140400", "14", "CN")


def test_overlay_rules_are_read_after_those_of_the_city(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    city = load_city("shizuishan", tmp_path)
    assert [Path(folder).parent.name for folder in city.rule_folders] == ["shizuishan", tmp_path.name]


def test_overlay_may_end_a_membership_and_begin_another(tmp_path: Path) -> None:
    (tmp_path / "groups.csv").write_text(
        "kind,code,first,last,stations\n"
        "county,140423,2013-01-01,2025-12-31,SIM-140423-01;SIM-140423-02\n"
        "county,140423,2026-01-01,,SIM-140423-02\n",
        encoding="utf-8",
    )
    city = load_city("changzhi", tmp_path)
    before = city.group_on(SubjectKind.COUNTY, "140423", date(2025, 12, 31))
    after = city.group_on(SubjectKind.COUNTY, "140423", date(2026, 1, 1))
    assert before is not None
    assert after is not None
    assert (len(before.stations), after.stations) == (2, ("SIM-140423-02",))


def test_overlay_in_gcj02_is_converted_and_the_citys_own_places_are_not(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('datum = "GCJ-02"\n', encoding="utf-8")
    (tmp_path / "stations.csv").write_text(
        STATION + "SIM-NEW,新增,Added,140403,113.1097,36.1542,micro,2,true\n", encoding="utf-8"
    )
    city = load_city("changzhi", tmp_path)
    moved, own = city.station("SIM-NEW"), city.station("1727A")
    assert (own.longitude, own.latitude) == (113.1097, 36.1542)
    assert 0.005 < own.longitude - moved.longitude < 0.008
    assert city.datum == "EPSG:4490"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"', r"city\.toml: zone = 'Asia/Nowhere' is no time zone"),
        ('zone = "Asia/Shanghai"', 'zone = "../etc"', "is no time zone"),
        ('datum = "EPSG:4490"', 'datum = "Mars"', r"city\.toml: datum: unknown datum 'Mars'"),
        ('adcode = "640200"', 'adcode = "64"', r"city\.toml: adcode = '64'"),
        ('adcode = "640200"', "adcode = ", r"city\.toml is not valid TOML"),
        ('name_en = "Shizuishan"', 'nickname = "x"', "nickname = 'x'"),
    ],
)
def test_faulty_setting_is_named(tiny: Path, old: str, new: str, message: str) -> None:
    path = tiny / "city.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CallerError, match=message):
        load_city(tiny)


def test_missing_table_is_named(tiny: Path) -> None:
    (tiny / "groups.csv").unlink()
    with pytest.raises(CallerError, match=r"groups\.csv is missing"):
        load_city(tiny)


def test_code_used_twice_in_one_file_names_both_lines(tiny: Path) -> None:
    path = tiny / "stations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    with pytest.raises(CallerError, match=r"line 9: SIM-640202-01 stands already on line 2"):
        load_city(tiny)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk"])
def test_tables_load_alike_whatever_their_encoding(tiny: Path, encoding: str) -> None:
    expected = load_city(tiny)
    for path in tiny.glob("*.csv"):
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert load_city(tiny) == expected


def test_line_ends_and_blank_lines_of_a_spreadsheet_change_nothing(tiny: Path) -> None:
    expected = load_city(tiny)
    for path in tiny.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n,,\r\n")
    assert load_city(tiny) == expected


def test_own_outline_file_must_say_what_it_is(tiny: Path) -> None:
    (tiny / "outlines.geojson").write_text('{"features": []}', encoding="utf-8")
    with pytest.raises(CallerError, match="say its datum, origin and licence"):
        load_city(tiny)


def test_records_answer_by_code_and_by_name() -> None:
    city: City = load_city("changzhi")
    assert city.county("140425").name_zh == "平顺县"
    assert city.body("energy").full_name == "长治市能源局"
    assert city.name_of(SubjectKind.CITY, "140400", "en") == "Changzhi"
    assert city.name_of(SubjectKind.COUNTY, "140430") == "沁县"
    assert city.name_of(SubjectKind.STATION, "1727A") == "清华站"
    assert city.simulated
    for find in (city.county, city.body, city.station):
        with pytest.raises(KeyError):
            find("none")
