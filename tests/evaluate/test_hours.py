"""Rows become a dense grid; flags are a set, low values are corrected, missing stays missing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.loop.evaluate.hours import Stage, hour_grid, stages_of, usable
from lantian.rules import Rulebook
from lantian.terms.pollutants import BASIC

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 1)


def rows(*given: dict) -> pl.DataFrame:
    plain = {
        "station": "A", "hour_start": datetime(2026, 3, 1, tzinfo=ZONE), "legal_day": DAY, "stage": "original",
        "simulated": True, **dict.fromkeys(BASIC, 10.0), **dict.fromkeys([f"{p}_flags" for p in BASIC]),
    }  # fmt: skip
    schema = {
        "station": pl.String, "hour_start": pl.Datetime("us", "Asia/Shanghai"), "legal_day": pl.Date,
        "stage": pl.String, "simulated": pl.Boolean, **dict.fromkeys(BASIC, pl.Float64),
        **dict.fromkeys([f"{p}_flags" for p in BASIC], pl.String),
    }  # fmt: skip
    return pl.DataFrame([{**plain, **row} for row in given], schema=schema)


def grid_of(rulebook: Rulebook, frame: pl.DataFrame, stage: Stage = Stage.ORIGINAL) -> np.ndarray:
    return hour_grid(frame, ["A", "B"], DAY, date(2026, 3, 2), stage, rulebook.spans(DAY, date(2026, 3, 2))).hours


def test_hours_stand_at_their_place_and_the_rest_is_missing(rulebook: Rulebook):
    first = {"hour_start": datetime(2026, 3, 1, 0, tzinfo=ZONE), "so2": 1.0}
    last = {"hour_start": datetime(2026, 3, 1, 23, tzinfo=ZONE), "so2": 2.0}
    midnight = datetime(2026, 3, 2, 0, tzinfo=ZONE)
    next_day = {"station": "B", "hour_start": midnight, "legal_day": date(2026, 3, 2), "so2": 3.0}
    hours = grid_of(rulebook, rows(first, last, next_day))
    assert hours.shape == (2, 2, 24, 6)
    assert (hours[0, 0, 0, 0], hours[0, 0, 23, 0], hours[1, 1, 0, 0]) == (1.0, 2.0, 3.0)
    assert np.isnan(hours).sum() == hours.size - 18


@pytest.mark.parametrize(
    ("flags", "used"),
    [
        (None, True),
        ("", True),
        ("N", True),
        ("H", False),
        ("HSp", False),
        ("N,H", False),
        ("LT", True),
        ("strange", False),
    ],
)
def test_flags_are_a_set_of_whole_codes(rulebook: Rulebook, flags: str | None, used: bool):
    hours = grid_of(rulebook, rows({"pm25": 33.0, "pm25_flags": flags}))
    assert bool(hours[0, 0, 0, BASIC.index("pm25")] == 33.0) is used
    assert hours[0, 0, 0, BASIC.index("pm10")] == 10.0  # a flag touches its own pollutant only


@pytest.mark.parametrize(("value", "used"), [(-3.0, 2.0), (0.0, 2.0), (1.0, 1.0)])
def test_low_values_in_normal_operation_are_corrected(rulebook: Rulebook, value: float, used: float):
    assert grid_of(rulebook, rows({"pm25": value}))[0, 0, 0, BASIC.index("pm25")] == used


def test_low_values_during_a_fault_are_invalid(rulebook: Rulebook):
    assert np.isnan(grid_of(rulebook, rows({"pm25": -3.0, "pm25_flags": "B"}))[0, 0, 0, BASIC.index("pm25")])


def test_missing_is_never_zero(rulebook: Rulebook):
    assert np.isnan(grid_of(rulebook, rows({"pm25": None}))[0, 0, 0, BASIC.index("pm25")])


def test_audited_rows_win_where_both_stages_stand(rulebook: Rulebook):
    later = datetime(2026, 3, 1, 1, tzinfo=ZONE)
    frame = rows({"so2": 1.0}, {"stage": "audited", "so2": None}, {"hour_start": later, "so2": 5.0})
    place = BASIC.index("so2")
    assert stages_of(frame.lazy()) == (Stage.ORIGINAL, Stage.AUDITED, Stage.MIXED)
    assert stages_of(frame.head(1).lazy()) == (Stage.ORIGINAL,)
    for shuffled in (frame, frame.reverse()):
        mixed = grid_of(rulebook, shuffled, Stage.MIXED)[0, 0, :, place]
        assert np.isnan(mixed[0])  # the audit removed it
        assert mixed[1] == 5.0
        assert np.isnan(grid_of(rulebook, shuffled, Stage.AUDITED)[0, 0, 1, place])
        assert grid_of(rulebook, shuffled)[0, 0, 0, place] == 1.0


def test_each_day_is_treated_by_the_rules_of_its_date(rulebook: Rulebook):
    old, new = date(2018, 8, 31), date(2018, 9, 1)
    frame = rows(
        {"hour_start": datetime(2018, 8, 31, tzinfo=ZONE), "legal_day": old, "so2": 0.0},
        {"hour_start": datetime(2018, 9, 1, tzinfo=ZONE), "legal_day": new, "so2": 0.0},
    )
    hours = hour_grid(frame, ["A"], old, new, Stage.ORIGINAL, rulebook.spans(old, new)).hours
    before, after = rulebook.low_values(old), rulebook.low_values(new)
    assert before.replacement["so2"] != after.replacement["so2"]
    assert hours[0, :, 0, 0].tolist() == [float(before.replacement["so2"]), float(after.replacement["so2"])]


def test_expressions_leave_the_rows_untouched(rulebook: Rulebook):
    frame = rows({"pm25": -1.0, "pm25_flags": "H"})
    rules = rulebook.rule_set(DAY)
    assert frame.select(usable(rules.flags, rules.low_values)).get_column("pm25").to_list() == [None]
    assert frame.get_column("pm25").to_list() == [-1.0]
