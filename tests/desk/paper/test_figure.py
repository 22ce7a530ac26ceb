"""Pictures carry legal colours, numbers and captions, and are drawn without a screen."""

import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image

from lantian.desk.language import translation
from lantian.desk.paper import figure
from lantian.desk.paper.figure import Bar, CalendarDay, Caption, LimitLine, Line
from lantian.rules import Rulebook
from lantian.terms.errors import CallerError

CAPTION = Caption("长治市 2026年 每日 AQI", "优良天数 3 天", "lantian 0.1.0")


def days(rulebook: Rulebook) -> list[CalendarDay]:
    """One day of every level, one unpublished."""
    values = {
        date(2026, 2, 27) + timedelta(days=n): aqi for n, aqi in enumerate([50, 51, 101, 151, 201, 301, None])
    }
    return figure.calendar_days(values, rulebook.categories)


def colours_of(data: bytes) -> set[str]:
    """Colours that fill at least 300 pixels."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return {"#{:02X}{:02X}{:02X}".format(*row) for row in found[counts > 300]}


def test_each_level_is_painted_in_its_legal_colour(rulebook: Rulebook) -> None:
    legend = rulebook.categories(date(2026, 3, 1))
    drawn = figure.calendar_heat_map(days(rulebook), legend, CAPTION, editions="HJ 633-2026")
    assert {row.colour for row in legend.categories} <= colours_of(figure.picture(drawn, "png"))


def test_the_number_of_each_day_and_the_editions_are_printed(rulebook: Rulebook) -> None:
    drawn = figure.calendar_heat_map(
        days(rulebook), rulebook.categories(date(2026, 3, 1)), CAPTION, editions="HJ 633-2012 · HJ 633-2026"
    )
    words = [text.get_text() for text in drawn.axes[0].texts]
    assert {"50", "51", "101", "151", "201", "301", "NA", "2026年2月", "2026年3月"} <= set(words)
    assert any("HJ 633-2012 · HJ 633-2026" in text for text in words)
    assert any("轻度污染 101–150" in text for text in words)


def test_simulated_days_say_so_twice_and_measured_ones_never(rulebook: Rulebook) -> None:
    legend = rulebook.categories(date(2026, 3, 1))
    said = translation("zh_CN").gettext("SIMULATED data, never measured")
    for simulated, expected in ((True, 1), (False, 0)):
        drawn = figure.calendar_heat_map(days(rulebook), legend, Caption("a", simulated=simulated))
        assert [text.get_text() for text in drawn.axes[0].texts].count(said) == expected


def test_a_narrow_calendar_breaks_its_legend_into_lines(rulebook: Rulebook) -> None:
    drawn = figure.calendar_heat_map(
        days(rulebook), rulebook.categories(date(2026, 3, 1)), CAPTION, language=translation("en")
    )
    axes = drawn.axes[0]
    drawn.canvas.draw()
    right = max(text.get_window_extent().x1 for text in axes.texts)
    assert right <= drawn.bbox.x1


def test_no_day_and_too_many_months_are_refused(rulebook: Rulebook) -> None:
    legend = rulebook.categories(date(2026, 3, 1))
    with pytest.raises(CallerError, match="at least one day"):
        figure.calendar_heat_map([], legend, CAPTION)
    ends = [CalendarDay(date(2010, 1, 1), 1, "#00E400"), CalendarDay(date(2026, 1, 1), 1, "#00E400")]
    with pytest.raises(CallerError, match="193 months"):
        figure.calendar_heat_map(ends, legend, CAPTION)


def test_files_are_written_whole_and_alike(tmp_path: Path, rulebook: Rulebook) -> None:
    drawn = figure.calendar_heat_map(days(rulebook), rulebook.categories(date(2026, 3, 1)), CAPTION)
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        one, other = tmp_path / "a" / f"1.{kind}", tmp_path / "a" / f"2.{kind}"
        figure.save(drawn, one, dpi=60)
        figure.save(drawn, other, dpi=60)
        assert one.read_bytes().startswith(start)
        assert one.read_bytes() == other.read_bytes()
    with pytest.raises(CallerError, match=r"\.png or \.svg"):
        figure.save(drawn, tmp_path / "a.gif")


def test_letters_of_an_svg_are_outlines_so_that_no_machine_draws_boxes(rulebook: Rulebook) -> None:
    drawn = figure.calendar_heat_map(days(rulebook), rulebook.categories(date(2026, 3, 1)), CAPTION)
    text = figure.picture(drawn, "svg").decode("utf-8")
    assert "<text" not in text
    assert re.search(r'id="NotoSansSC', text)


def test_a_time_series_breaks_at_missing_values_and_carries_its_limit() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    times = [datetime(2026, 3, 1, n, tzinfo=zone) for n in range(24)]
    values = [None if n == 5 else float(n) for n in range(24)]
    drawn = figure.time_series(
        [Line("潞州区", times, values), Line("PM₂.₅ 上党区", times, [20.0] * 24)],
        Caption("PM₂.₅", simulated=True),
        unit="µg/m³",
        limits=[LimitLine(60, "日均二级 60（GB 3095-2026）")],
    )
    axes = drawn.axes[1]
    assert np.isnan(np.asarray(axes.get_lines()[0].get_ydata(), dtype=float)[5])
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] > 60
    assert "日均二级 60（GB 3095-2026）" in [text.get_text() for text in axes.texts]
    drawn.canvas.draw()
    assert any("12:00" in label.get_text() for label in axes.get_xticklabels())


def test_names_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    times = [date(2026, 3, 1), date(2026, 3, 2)]
    drawn = figure.time_series(
        [Line(f"站{n}", times, [1.0, 10.0 + n / 100]) for n in range(5)], Caption("a"), unit="µg/m³"
    )
    drawn.canvas.draw()
    boxes = sorted(text.get_window_extent().y0 for text in drawn.axes[1].texts if text.get_text().startswith("站"))
    assert min(np.diff(boxes)) > 8


def test_a_ranking_starts_at_zero_and_keeps_those_without_rank() -> None:
    bars = [
        Bar("平顺县", 3.2, 1, "−4.1%"),
        Bar("壶关县", 3.54, 2, accent=True),
        Bar("武乡县", None, None, "数据不全"),
    ]
    drawn = figure.ranking_bars(bars, Caption("综合指数"), unit="", decimals=2)
    axes = drawn.axes[1]
    words = [text.get_text() for text in axes.texts]
    assert {"平顺县", "1", "3.20   −4.1%", "3.54", "–", "数据不全"} <= set(words)
    assert len(axes.patches) == 2
    assert all(bar.get_x() == 0 for bar in axes.patches)  # type: ignore[attr-defined]
