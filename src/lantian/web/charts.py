"""Charts of a page: data and a plain ECharts option, drawn in the browser after the first paint.

An option holds no functions and no colours of its own: ``series-1`` … ``series-8``, ``limit``, ``muted``,
``accent`` and ``missing`` are names that the browser replaces by the theme's; the six legal AQI colours alone
stand as they are.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """What the browser draws."""

    option: Mapping[str, Any]
    title: str
    caption: str
    """Source, averaging period, rule edition: printed under the chart and burnt into its picture."""
    unit: str = ""
    simulated: bool = False
    columns: Sequence[str] = field(default=())
    """Headings of the table that says the same; with `rows`."""
    rows: Sequence[Sequence[Any]] = field(default=())
    empty: str = ""
    """What to read where there is nothing to draw."""

    def text(self) -> str:
        """Return it as JSON: instants with their zone, missing values as null."""
        body = {
            "option": self.option,
            "title": self.title,
            "caption": self.caption,
            "unit": self.unit,
            "simulated": self.simulated,
            "table": {"columns": list(self.columns), "rows": [list(row) for row in self.rows]},
            "empty": self.empty,
        }
        return json.dumps(_plain(body), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float):  # first: charts are mostly numbers
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def tag_of(*parts: object) -> str:
    """Return the strong ETag of what depends on these parts and on nothing else.

    Examples
    --------
    >>> tag_of("today", 3) == tag_of("today", 3), tag_of("today", 3) == tag_of("today", 4)
    (True, False)
    """
    return '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'


def line(name: str, points: Sequence[Any], colour: int = 1, **more: Any) -> dict[str, Any]:
    """Return one line of a chart, labelled at its end; gaps stay gaps."""
    token = f"series-{(colour - 1) % 8 + 1}"
    return {
        "type": "line",
        "name": name,
        "data": list(points),
        "showSymbol": False,
        "connectNulls": False,
        "sampling": "lttb",
        "lineStyle": {"width": 1.6, "color": token},
        "itemStyle": {"color": token},
        "endLabel": {"show": True, "formatter": "{a}", "color": token},
        "emphasis": {"focus": "series"},
        **more,
    }


def limit_line(value: float, label: str) -> dict[str, Any]:
    """Return a limit as a mark line, to be put under ``markLine`` of a series."""
    return {
        "silent": True,
        "symbol": "none",
        "label": {"formatter": label, "position": "insideEndTop", "color": "limit"},
        "lineStyle": {"type": "dashed", "color": "limit", "width": 1},
        "data": [{"yAxis": value}],
    }
