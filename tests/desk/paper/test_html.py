"""Pages hold everything they need, escape everything they are given and say how they were made."""

import re
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantian.desk.language import translation
from lantian.desk.paper import figure
from lantian.desk.paper.html import (
    Cell,
    Column,
    KeyFigure,
    KeyFigures,
    Page,
    Paragraph,
    PictureBlock,
    Section,
    TableBlock,
    environment,
    inline_svg,
    render_page,
    write_page,
)
from lantian.desk.paper.provenance import HowMade
from lantian.terms.errors import HouseError


def page(*, simulated: bool = False) -> Page:
    """A page with one of each block."""
    svg = figure.picture(
        figure.time_series([figure.Line("站", [date(2026, 3, 1)], [1.0])], figure.Caption("a"), unit="µg/m³")
    )
    made = HowMade(
        "题", "长治市", "2026-03", ("daily_index",), (), "run-1", "0.1.0",
        datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Shanghai")), simulated,
    )  # fmt: skip
    table = TableBlock(
        [Column("县区", is_number=False), Column("PM2.5", "µg/m³")],
        [["<script>alert(1)</script>", Cell("108", "#FF7E00", "why & how")], ["潞州区", Cell("–")]],
        "表",
    )
    blocks = (Paragraph("a < b"), KeyFigures([KeyFigure("AQI", "108", "", "n", "#FF7E00")]), table)
    pictures = (PictureBlock(svg, "一条线", "图"), PictureBlock(svg, "同一条线"))
    return Page("长治市空气质量", "2026年3月", [Section("好不好？", blocks), Section("图", pictures)], made)


class _Balance(HTMLParser):
    """Counts open elements and collects ids and addresses."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self._look(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look(attrs)

    def _look(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            if name in {"src", "href", "xlink:href", "action"}:
                self.addresses.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_is_whole_balanced_and_asks_nothing_from_outside() -> None:
    text = render_page(page())
    reader = _Balance()
    reader.feed(text)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert all(address.startswith(("#", "data:image/png")) for address in reader.addresses)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in text


def test_every_text_is_escaped() -> None:
    text = render_page(page())
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert 'title="why &amp; how"' in text


def test_units_colours_and_provenance_are_there() -> None:
    text = render_page(page())
    assert "<small>µg/m³</small>" in text
    assert "background:#FF7E00;color:#000000" in text
    assert "daily_index" in text
    assert "run-1" in text


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_simulated_pages_carry_a_banner(locale: str) -> None:
    language = translation(locale)
    banner = language.gettext("SIMULATED data, never measured")
    assert f'<p class="simulated" role="note">{banner}</p>' in render_page(page(simulated=True), language)
    assert 'class="simulated"' not in render_page(page(), language)


def test_both_themes_and_print_are_styled() -> None:
    text = render_page(page())
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg><script>alert(1)</script></svg>",
        b"<svg onload='x()'></svg>",
        b"<svg><a href='https://example.org'/></svg>",
        b"<svg><image href='file:///etc/passwd'/></svg>",
        b"no picture",
    ],
)
def test_an_active_picture_is_refused(svg: bytes) -> None:
    with pytest.raises(HouseError, match="was not put in"):
        inline_svg(svg, "a-")


def test_a_rooms_own_template_is_found_before_the_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("{{ _('ozone') }} {{ text }}", encoding="utf-8")
    made = environment(translation("zh_CN"), [tmp_path]).get_template("mine.html").render(text="<b>")
    assert made == "臭氧 &lt;b&gt;"


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    write_page(tmp_path / "a" / "index.html", "页")
    assert (tmp_path / "a" / "index.html").read_bytes() == "页".encode()
    (tmp_path / "f").write_text("", encoding="utf-8")
    with pytest.raises(HouseError, match="could not be written"):
        write_page(tmp_path / "f" / "x.html", "页")
