"""Our own browser files: one palette, contrast, no eval, nothing from elsewhere, little before first paint."""

import gzip
import itertools
import re
from dataclasses import asdict
from pathlib import Path

import pytest

import lantian.web
from lantian.desk.paper.palette import DARK, LIGHT, SERIES, Theme, contrast

WEB = Path(lantian.web.__file__).parent
STATIC = WEB / "static"
OURS = sorted(file for file in STATIC.iterdir() if file.is_file())
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CSS = (STATIC / "lantian.css").read_text(encoding="utf-8")
FIRST_PAINT = ("lantian.css", "lantian.js", "icons.svg", "vendor/htmx.js")
FIRST_PAINT_BYTES = 60_000
"""Compressed; a page itself and its pictures have the rest of the 300 kB."""


def theme_block(selector: str) -> dict[str, str]:
    """Custom properties of the first block with a selector."""
    _, _, rest = CSS.partition(selector + " {")
    body = rest[: rest.index("}")]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6})", body))


BLOCKS = {
    "light": theme_block(':root, [data-theme="light"]'),
    "dark": theme_block('\n[data-theme="dark"]'),
    "auto": theme_block('  [data-theme="auto"]'),
}


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK), ("auto", DARK)])
def test_themes_have_the_colours_of_the_palette(name: str, theme: Theme) -> None:
    for key, colour in asdict(theme).items():
        assert BLOCKS[name][key.replace("_", "-")] == colour, key


def test_light_series_are_those_of_pictures_and_papers() -> None:
    assert tuple(BLOCKS["light"][f"series-{n}"] for n in range(1, 9)) == SERIES


def test_dark_is_the_same_whether_chosen_or_of_the_system() -> None:
    assert BLOCKS["auto"] == BLOCKS["dark"]
    assert set(BLOCKS["dark"]) == set(BLOCKS["light"])


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_has_enough_contrast_on_every_ground(name: str) -> None:
    of = BLOCKS[name]
    for text, ground in itertools.product(
        ("ink", "muted", "accent", "warning", "good", "bad"), ("paper", "surface")
    ):
        assert contrast(of[text], of[ground]) >= 4.5, (text, ground)
    for ground in ("accent-soft", "warning-soft", "bad-soft", "good-soft", "missing"):
        assert contrast(of["ink"], of[ground]) >= 4.5, ground
    assert contrast(of["warning"], of["warning-soft"]) >= 4.5
    assert contrast(of["on-accent"], of["accent"]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_edges_of_fields_and_lines_of_limits_can_be_seen(name: str) -> None:
    of = BLOCKS[name]
    for key in ("edge", "limit", "accent"):
        assert contrast(of[key], of["paper"]) >= 3, key


def test_dark_series_can_be_seen() -> None:
    of = BLOCKS["dark"]
    assert min(contrast(of[f"series-{n}"], of["paper"]) for n in range(1, 9)) >= 3


def test_every_property_that_is_used_is_given() -> None:
    given = set(re.findall(r"--([a-z0-9-]+):", CSS)) | {"aqi"}
    used = set(re.findall(r"var\(--([a-z0-9-]+)", CSS))
    used |= set(re.findall(r'colour\("--([a-z0-9-]+)"\)', (STATIC / "map.js").read_text(encoding="utf-8")))
    assert used <= given
    names = re.search(r"const NAMES = \[(.*?)\];", (STATIC / "charts.js").read_text(encoding="utf-8"), re.DOTALL)
    assert names is not None
    assert set(re.findall(r'"([a-z0-9-]+)"', names[1])) <= set(BLOCKS["light"])


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_our_files_need_nothing_from_elsewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://|@import|url\(", text)


@pytest.mark.parametrize("file", [each for each in OURS if each.suffix == ".js"], ids=lambda file: file.name)
def test_our_scripts_make_no_code_and_no_markup_from_text(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.findall(
        r"\beval\(|new Function|outerHTML|insertAdjacentHTML|document\.write|setAttribute\(\"style", text
    )
    written = re.findall(r"\.innerHTML = (.*);", text)
    assert written in ([], ['point.marker ?? ""'])  # the round mark that ECharts makes itself


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    texts = {file: file.read_text(encoding="utf-8") for file in TEMPLATES}
    for file, text in texts.items():
        assert set(re.findall(r'icon\("([a-z-]+)"[,)]', text)) <= drawn, file
    states = re.findall(r'"[a-z_]+": \("([a-z]+)", "[a-z]+"\)', texts[WEB / "templates/components/marks.html"])
    assert len(states) > 30
    assert set(states) <= drawn


def test_every_room_of_the_rail_has_its_icon() -> None:
    from lantian.web.rail import PLACES

    drawn = (STATIC / "icons.svg").read_text(encoding="utf-8")
    assert [place.key for place in PLACES if f'id="room-{place.key}"' not in drawn] == []


def test_scripts_find_every_word_on_the_page() -> None:
    base = (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    words = re.search(r'<template id="words"(.*?)></template>', base)
    assert words is not None
    given = set(re.findall(r'data-([a-z-]+)="\{\{ _\("', words[1]))
    asked = {
        re.sub("[A-Z]", lambda letter: "-" + letter[0].lower(), name)
        for file in OURS
        if file.suffix == ".js"
        for name in re.findall(r"\bwords\.([A-Za-z]+)", file.read_text(encoding="utf-8"))
    }
    assert asked <= given


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(WEB / "templates")))
def test_templates_hold_no_script_no_style_and_no_handler(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.findall(r"<script(?![^>]* src=)|<style\b|\bon[a-z]+=\"|hx-on|\bjs:|javascript:", text)
    assert not re.findall(r'hx-trigger="[^"]*\[', text), "a condition is code made from text"
    styles = re.findall(r'(?<![-\w])style="([^"]*)"', text)
    assert [value for value in styles if not re.fullmatch(r"--aqi:\{\{[^}]*\}\}", value)] == []  # legal colours


def test_little_is_loaded_before_the_first_paint() -> None:
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 5)) for name in FIRST_PAINT) <= FIRST_PAINT_BYTES


def test_charts_and_maps_are_not_named_as_scripts_of_the_page() -> None:
    base = (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    scripts = re.findall(r'<script src="\{\{ asset\("([^"]+)"\) \}\}"', base)
    assert scripts == ["vendor/htmx.js", "lantian.js"]
