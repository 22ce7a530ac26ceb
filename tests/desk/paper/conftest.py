"""One paper with everything that can stand on one, and names that look like markup."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from lantian.desk.language import translation
from lantian.desk.paper.drawing import blank, canvas, picture
from lantian.desk.paper.html import KeyFigure
from lantian.desk.paper.office_paper import (
    Cell,
    Figures,
    Head,
    Heading,
    Letterhead,
    OfficePaper,
    Picture,
    Signing,
    Table,
    Text,
)

NAMES = ("<b>粗</b>", '#import "x"', "=1+1", "$x$ *y* _z_", "@ref <label> \\ // c")


@pytest.fixture
def make_paper() -> Callable[..., OfficePaper]:
    """Build a paper; what is given replaces what it has."""

    def make(rows: int = 3, language: str = "zh_CN", **changed: Any) -> OfficePaper:
        figure = blank(2, 1)
        canvas(figure, 2, 1).text(0.2, 0.5, "x")
        heads = [
            Head("县区", width=2.5, align="left", merge=True),
            Head("PM₂.₅", "µg/m³", decimals=0),
            Head("变化", "%", decimals=1, signed=True),
            Head("级别", align="center"),
        ]
        cells = [
            [NAMES[at % len(NAMES)], 35.0 + at, -2.5 if at % 2 else 2.5, Cell("重度污染", fill="#99004C")]
            for at in range(rows)
        ]
        whole: dict[str, Any] = {
            "key": "test",
            "stem": "paper",
            "title": f"通报 {NAMES[0]} {NAMES[1]}",
            "subtitle": "（2026年1月）",
            "blocks": [
                Heading("一、总体情况"),
                Figures(
                    "day", [KeyFigure("AQI", "82", note="良", colour="#FFFF00"), KeyFigure("PM₂.₅", "60", "µg/m³")]
                ),
                Text(f"正文 {' '.join(NAMES)}"),
                Heading("二、表"),
                Table("counties", "县区表", heads, [*cells, ["末行", None, None, None]], notes=["说明 #x $y$"]),
                Picture("map", picture(figure), picture(figure, "png"), "图的说明文字", "图题"),
                Signing(["填表", "审核", "签发"]),
            ],
            "made_at": datetime(2026, 1, 20, 8, tzinfo=timezone(timedelta(hours=8))),
            "simulated": True,
            "language": translation(language),
            "how_made": [("标准", "GB 3095-2012 #x"), ("决策流水", "12:abcdef")],
            "letterhead": Letterhead("长治市生态环境局 <b>", "长环〔2026〕9号"),
            "draft": "初步数据",
            "watermark": "DRAFT",
            "signed": ["长治市生态环境局", "2026年1月20日"],
            "facts": {"aqi": "82"},
        }
        return OfficePaper(**(whole | changed))

    return make
