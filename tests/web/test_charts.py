import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

from lantian.web.charts import Chart, limit_line, line


def test_missing_and_endless_numbers_become_null_and_instants_keep_their_zone():
    points = [(datetime(2026, 1, 1, tzinfo=UTC), math.nan), (date(2026, 1, 2), Decimal("7.5")), ("x", math.inf)]
    said = json.loads(Chart({"series": [line("PM₂.₅", points)]}, "t", "c").text())
    assert said["option"]["series"][0]["data"] == [
        ["2026-01-01T00:00:00+00:00", None], ["2026-01-02", 7.5], ["x", None],
    ]  # fmt: skip


def test_lines_take_the_eight_series_colours_in_turn_and_gaps_stay_gaps():
    ninth = line("n", [], colour=9)
    assert ninth["itemStyle"]["color"] == line("n", [], colour=1)["itemStyle"]["color"] == "series-1"
    assert ninth["connectNulls"] is False


def test_a_limit_is_labelled_and_silent():
    mark = limit_line(35, "35 (GB 3095-2026)")
    assert mark["label"]["formatter"] == "35 (GB 3095-2026)"
    assert mark["data"] == [{"yAxis": 35}]
