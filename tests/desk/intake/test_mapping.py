"""Mappings are saved as TOML that people edit, and read back the same."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.desk.intake import (
    Mapping,
    StationColumn,
    TextColumn,
    TimeColumns,
    ValueColumn,
    list_mappings,
    load_mapping,
    save_mapping,
)
from lantian.desk.intake.mapping import to_toml
from lantian.terms.errors import CallerError

NAMES = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text)


def mapping(**changes: object) -> Mapping:
    """A mapping with something in every field."""
    values: dict[str, object] = {
        "name": "county",
        "title": '县里的“日报”\n"x" \\ \x7f',
        "time": TimeColumns(date_column="日期", hour_column="小时", edge="end"),
        "station": StationColumn(column="点位", codes={"清华站": "1727A", "a.b c": "1"}),
        "values": {
            "pm25": ValueColumn(column="PM2.5", unit="mg/m³", flags="标识"),
            "so2": ValueColumn(column="SO2"),
        },
        "texts": {
            "stage": TextColumn(column="阶段", values={"原始": "original"}),
            "state": TextColumn(fixed="standard"),
        },
        "flags": "状态",
        "flag_codes": {"故障": "B"},
        "flags_in_cells": True,
        "missing": ("-999", "—"),
        "versions": "refuse",
        "header_rows": 2,
        "encoding": "gb18030",
        "sheet": "一月",
    }
    return Mapping.model_validate(values | changes)


def test_everything_survives_being_saved(tmp_path: Path) -> None:
    path = save_mapping(mapping(), tmp_path / "city" / "mappings")
    assert path.name == "county.toml"
    assert load_mapping("county", [tmp_path / "none", tmp_path / "city" / "mappings"]) == mapping()
    assert list_mappings([tmp_path / "city" / "mappings"]) == ("county",)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, NAMES, NAMES)
def test_any_column_name_survives_being_saved(tmp_path: Path, time: str, station: str, value: str) -> None:
    made = mapping(
        time=TimeColumns(column=time, edge="start"),
        station=StationColumn(column=station, codes={value: station}),
        values={"so2": ValueColumn(column=value)},
    )
    save_mapping(made, tmp_path)
    assert load_mapping("county", [tmp_path]) == made


def test_the_first_folder_wins(tmp_path: Path) -> None:
    save_mapping(mapping(title="ours"), tmp_path / "workspace")
    save_mapping(mapping(title="packaged"), tmp_path / "packaged")
    assert load_mapping("county", [tmp_path / "workspace", tmp_path / "packaged"]).title == "ours"


@pytest.mark.parametrize("name", ["../county", "a/b", "", "A", "x" * 65, "a.b"])
def test_a_name_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(CallerError, match="no name of a mapping"):
        load_mapping(name, [tmp_path])


def test_an_unknown_mapping_names_the_known_ones(tmp_path: Path) -> None:
    save_mapping(mapping(), tmp_path)
    with pytest.raises(CallerError, match="known: county"):
        load_mapping("other", [tmp_path])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "cannot be read as TOML"),
        (to_toml(mapping()) + "colour = 1\n", "colour is wrong"),
        (to_toml(mapping()).replace('edge = "end"', 'edge = "middle"'), "time.edge is wrong"),
        (to_toml(mapping()).replace('unit = "mg/m³"', 'unit = "furlong"'), "unit is wrong"),
        (to_toml(mapping()).replace('date_column = "日期"\n', ""), "either `column`, or `date_column`"),
    ],
)
def test_a_wrong_file_says_which_field(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "county.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CallerError, match=words):
        load_mapping("county", [tmp_path])


def test_a_time_pattern_that_cannot_be_read_is_refused_early() -> None:
    with pytest.raises(ValueError, match="no pattern"):
        TimeColumns(column="t", edge="end", format="%d.%m.%Y %Hh")


def test_needed_columns_are_known_with_their_purpose() -> None:
    assert mapping().source_columns() == {
        "日期": "time",
        "小时": "time",
        "点位": "station",
        "PM2.5": "pm25",
        "标识": "pm25_flags",
        "SO2": "so2",
        "阶段": "stage",
        "状态": "flags",
    }
