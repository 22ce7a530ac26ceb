"""Options of the room's charts."""

from collections.abc import Mapping, Sequence
from typing import Any

HUES = 8


def ranges(
    names: Sequence[str], rows: Sequence[tuple[float, float, float]], interval: str, amount: str
) -> Mapping[str, Any]:
    """Lay amounts with their intervals out as bars that float from low to high, a mark at the amount.

    Parameters
    ----------
    names : sequence of str
        What each is of, the first at the top.
    rows : sequence of (low, amount, high)
        [t]
    interval, amount : str
        Words of the two.
    """
    hidden = {"color": "transparent"}
    return {
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "value", "min": 0},
        "yAxis": {"type": "category", "data": list(names), "inverse": True, "axisTick": {"show": False}},
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "bar",
                "name": "low",
                "stack": "range",
                "silent": True,
                "itemStyle": hidden,
                "data": [low for low, *_ in rows],
            },
            {
                "type": "bar",
                "name": interval,
                "stack": "range",
                "barMaxWidth": 12,
                "itemStyle": {"color": "accent-soft"},
                "silent": True,
                "data": [high - low for low, _, high in rows],
            },
            {
                "type": "scatter",
                "name": amount,
                "symbol": "diamond",
                "symbolSize": 11,
                "itemStyle": {"color": "accent"},
                "encode": {"x": 0, "y": 1, "value": 0},
                "data": [
                    {"value": [middle, at], "name": names[at], "note": f"{low:,.0f} – {high:,.0f} t"}
                    for at, (low, middle, high) in enumerate(rows)
                ],
            },
        ],
    }


def treemap(name: str, rows: Sequence[tuple[str, int, float, str]]) -> Mapping[str, Any]:
    """Lay a tree out as areas within areas.

    Parameters
    ----------
    name : str
        Of the whole.
    rows : sequence of (code, level, amount, name)
        Each above its parts.
    """
    top: list[dict[str, Any]] = []
    held: dict[str, dict[str, Any]] = {}
    for code, level, amount, words in rows:
        node: dict[str, Any] = {"name": words, "value": round(amount, 3)}
        above = held.get(code.rpartition(".")[0])
        if above is None or level == 1:
            node["itemStyle"] = {"color": f"series-{len(top) % HUES + 1}"}
            top.append(node)
        else:
            above.setdefault("children", []).append(node)
        held[code] = node
    return {
        "series": [
            {
                "type": "treemap",
                "name": name,
                "roam": False,
                "nodeClick": "zoomToNode",
                "leafDepth": 3,
                "left": 0,
                "right": 0,
                "top": 0,
                "bottom": 32,
                "breadcrumb": {
                    "bottom": 0,
                    "itemStyle": {"color": "surface", "textStyle": {"color": "ink"}},
                    "emphasis": {"itemStyle": {"color": "accent-soft"}},
                },
                "label": {"show": True, "color": "ink", "overflow": "truncate"},
                "upperLabel": {
                    "show": True,
                    "height": 22,
                    "color": "ink",
                    "textBorderColor": "paper",
                    "textBorderWidth": 2,
                },
                "itemStyle": {"borderColor": "paper", "borderWidth": 1, "gapWidth": 1},
                "levels": [
                    {"itemStyle": {"gapWidth": 3, "borderWidth": 0}, "upperLabel": {"show": False}},
                    {"itemStyle": {"gapWidth": 1, "borderWidth": 2}},
                    {"colorSaturation": [0.25, 0.6], "itemStyle": {"gapWidth": 1, "borderColorSaturation": 0.5}},
                ],
                "data": top,
            }
        ]
    }


def waterfall(
    before: tuple[str, float], effects: Sequence[tuple[str, float]], after: tuple[str, float]
) -> Mapping[str, Any]:
    """Lay the steps from one sum to another out as bars that hang where the last one ended."""
    names, ground, drawn = [before[0]], [0.0], [_bar(before[1], before[1], "muted")]
    reached = before[1]
    for name, effect in effects:
        names.append(name)
        ground.append(min(reached, reached + effect))
        drawn.append(_bar(abs(effect), effect, "bad" if effect > 0 else "good"))
        reached += effect
    names.append(after[0])
    ground.append(0.0)
    drawn.append(_bar(after[1], after[1], "muted"))
    return {
        "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0}},
        "yAxis": {"type": "value"},
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "bar",
                "name": "ground",
                "stack": "all",
                "silent": True,
                "itemStyle": {"color": "transparent"},
                "data": ground,
            },
            {
                "type": "bar",
                "name": "",
                "stack": "all",
                "barMaxWidth": 56,
                "data": drawn,
                "label": {"show": True, "position": "top"},
            },
        ],
    }


def _bar(height: float, said: float, colour: str) -> dict[str, Any]:
    text = f"{said:+,.1f}" if colour in {"good", "bad"} else f"{said:,.1f}"
    return {"value": height, "itemStyle": {"color": colour}, "label": {"formatter": text.replace("-", "−")}}


def stacked(
    across: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], unit: str
) -> Mapping[str, Any]:
    """Lay parts of wholes out as bars upon each other, lying."""
    return {
        "legend": {},
        "grid": {"left": 8, "right": 24, "top": 34, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "value", "min": 0, "max": 100},
        "yAxis": {"type": "category", "data": list(across), "inverse": True, "axisTick": {"show": False}},
        "series": [
            {
                "type": "bar",
                "name": name,
                "stack": "all",
                "barMaxWidth": 18,
                "decimals": 1,
                "unit": unit,
                "itemStyle": {"color": f"series-{at % HUES + 1}"},
                "data": list(values),
            }
            for at, (name, values) in enumerate(series)
        ],
    }


def hour_areas(series: Sequence[tuple[str, Sequence[float]]]) -> Mapping[str, Any]:
    """Lay the hours of a day out as areas upon each other."""
    return {
        "legend": {},
        "grid": {"left": 8, "right": 16, "top": 52, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "boundaryGap": False, "data": [f"{hour:02}:00" for hour in range(24)]},
        "yAxis": {"type": "value", "min": 0},
        "series": [
            {
                "type": "line",
                "name": name,
                "stack": "all",
                "showSymbol": False,
                "decimals": 1,
                "lineStyle": {"width": 1, "color": f"series-{at % HUES + 1}"},
                "itemStyle": {"color": f"series-{at % HUES + 1}"},
                "areaStyle": {"color": f"series-{at % HUES + 1}", "opacity": 0.55},
                "data": list(values),
            }
            for at, (name, values) in enumerate(series)
        ],
    }
