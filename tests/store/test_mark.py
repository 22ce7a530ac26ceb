"""A lake stays what it was made as."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.store import AMBIENT_HOURS, Lake
from lantian.store.mark import Mark, refuse_summer_time
from lantian.terms.errors import CallerError, HouseError

Frames = Callable[..., pl.DataFrame]


@pytest.fixture
def marked(lake: Lake, hours: Frames) -> Lake:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0)))
    return lake


def test_real_lake_is_never_opened_as_a_simulated_one(marked: Lake, open_lake: Callable[..., Lake]) -> None:
    with pytest.raises(CallerError, match="made with simulated = False, it is opened with True"):
        open_lake(simulated=True)


def test_lake_is_never_opened_in_another_zone(marked: Lake, open_lake: Callable[..., Lake]) -> None:
    with pytest.raises(CallerError, match="made with zone = Asia/Shanghai, it is opened with Asia/Urumqi"):
        open_lake(zone=ZoneInfo("Asia/Urumqi"))


def test_two_that_were_opened_before_the_first_row_cannot_both_write(open_lake: Any, hours: Frames) -> None:
    real, simulated = open_lake(), open_lake(simulated=True)
    real.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0)))
    with pytest.raises(CallerError, match="made with simulated = False"):
        simulated.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0), simulated=True))


def test_lake_of_a_newer_layout_is_refused(marked: Lake, open_lake: Callable[..., Lake]) -> None:
    path = marked.root / "lake.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "layout": 2}))
    with pytest.raises(HouseError, match="layout 2, this program knows 1: use the newer program"):
        open_lake()


def test_torn_mark_is_told_not_guessed(marked: Lake, open_lake: Callable[..., Lake]) -> None:
    (marked.root / "lake.json").write_text('{"zone"')
    with pytest.raises(HouseError, match="Restore it from the backup"):
        open_lake()


def test_marking_twice_changes_nothing(tmp_path: Any, zone: ZoneInfo) -> None:
    mark = Mark(zone, simulated=True)
    assert not mark.compare(tmp_path)
    mark.set_on(tmp_path)
    mark.set_on(tmp_path)
    assert mark.compare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["lake.json"]


def test_zone_with_summer_time_is_refused() -> None:
    refuse_summer_time(ZoneInfo("Asia/Shanghai"))
    refuse_summer_time(ZoneInfo("Asia/Urumqi"))
    with pytest.raises(CallerError, match="Europe/Berlin has summer time"):
        refuse_summer_time(ZoneInfo("Europe/Berlin"))
