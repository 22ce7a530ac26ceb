"""Source-receptor relations in the lake."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.loop.explain.receptor_tables import RECEPTOR_TABLES, SOURCE_RECEPTOR, TRANSFER_RUNS
from lantian.loop.explain.receptors import Question, find_transfer, transfer_kept
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.science.plume import Groups, Options, Periods, Receptors, Sources
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(
        tmp_path / "lake", RECEPTOR_TABLES, zone=ZoneInfo("Asia/Shanghai"),
        now=lambda: datetime(2026, 2, 3, 2, tzinfo=UTC), simulated=True,
    )  # fmt: skip


def air(wind: float = 3.0) -> Boundary:
    same = np.ones(30)
    speed = wind * same
    speed[3] = np.nan
    hours = np.datetime64("2025-01-31T10", "h") + np.arange(30)
    site = Site(113.1, 36.2, RULE.land_class("suburb"))
    return boundary_layer(Observed(hours, speed, 200 * same, 5 * same, cloud=0.2 * same), site, RULE)


def question(**more: object) -> Question:
    weather = air()
    usual = Question(
        Sources.points(np.zeros(3), np.zeros(3), np.array([20.0, 40.0, 60.0])),
        Receptors.of(np.array([500.0, 1500.0]), np.array([1500.0, 4000.0])),
        ("站一", "站二"),
        weather,
        RULE,
        Periods.months(weather.hour_start),
        Groups.of(["kilns", "steel", "kilns"]),
        ("tracer", "so2"),
    )
    return replace(usual, **more)


def test_same_question_is_computed_once_and_read_ever_after(lake: Lake):
    first = transfer_kept(lake, question(), title="test", simulated=True)
    again = transfer_kept(lake, question(), title="another title", simulated=True)
    assert (first.computed, again.computed) == (True, False)
    assert first.run == again.run
    assert np.array_equal(first.transfer.values, again.transfer.values)
    for name in ("species", "groups", "periods", "outside"):
        assert getattr(first.transfer, name) == getattr(again.transfer, name)
    assert first.transfer.hours.tolist() == again.transfer.hours.tolist()
    assert lake.row_counts() == {TRANSFER_RUNS.name: 1, SOURCE_RECEPTOR.name: 2 * 2 * 2 * 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda: {"boundary": air(3.1)},
        lambda: {"options": Options(opening=0.2)},
        lambda: {"species": ("so2", "tracer")},
        lambda: {"groups": Groups.of(["kilns", "steel", "kilns"], np.array([1.0, 2.0, 3.0]))},
        lambda: {"names": ("站一", "站三")},
        lambda: {"rule": RULE.model_copy(update={"id": "other"})},
    ],
    ids=["weather", "options", "species", "weights", "names", "rule"],
)
def test_anything_that_decides_it_changes_the_key(change: Callable[[], dict[str, object]]):
    assert question(**change()).run != question().run


def test_threads_do_not_change_the_key():
    assert question(options=Options(threads=1)).run == question(options=Options(threads=2)).run


def test_rows_say_what_they_are(lake: Lake):
    kept = transfer_kept(lake, question(), title="test", simulated=True)
    row = lake.read(
        SOURCE_RECEPTOR, where=(pl.col("period") == "2025-01") & (pl.col("group") == "steel")
    ).to_dicts()[0]
    assert row["receptor"] == "站一"
    assert row["species"] == "so2"
    assert row["simulated"] is True
    assert row["hours"] == kept.transfer.hours[0]
    assert row["value"] == kept.transfer.of("so2")[1, 0, 0]


def test_period_without_an_hour_is_null_and_comes_back_as_nan(lake: Lake):
    empty = Periods(("a", "never"), np.zeros(30, dtype=np.int64))
    kept = transfer_kept(lake, question(periods=empty), title="test", simulated=True)
    assert lake.read(SOURCE_RECEPTOR, where=pl.col("period") == "never")["value"].null_count() == 8
    held = find_transfer(lake, kept.run)
    assert held is not None
    assert np.isnan(held.values[..., 1]).all()
    assert held.hours.tolist() == [29, 0]


def test_unknown_key_finds_nothing(lake: Lake):
    assert find_transfer(lake, "0" * 64) is None


def test_receptors_need_names_of_their_own():
    with pytest.raises(CallerError, match="each needs one of its own"):
        question(names=("a", "a"))
