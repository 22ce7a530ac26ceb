from datetime import date, datetime, timedelta

import polars as pl
import pytest

from lantian.loop.sense.cameras import CameraContent, note_looks, register_camera
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.health import State, counts, list_health
from lantian.loop.sense.instrument_days import Rates, list_rates, write_days
from lantian.loop.sense.marking import MarkContent, set_mark
from lantian.loop.sense.registry import DeviceContent, Point, register_device
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

FIRST, LAST = date(2026, 3, 30), date(2026, 3, 31)
OUTLET, SO2 = "stack-1", "a21026"


@pytest.fixture
def outlet(centre: Centre) -> None:
    """An outlet with two factors; of one of them 6 h lack on the first day, and 3 h are abnormal on the second."""
    points = {SO2: Point(), "a21002": Point()}
    content = DeviceContent(mn="MN1", outlet=OUTLET, points=points, simulated=True)
    register_device(centre.ledger, content, by="test", at=centre.now())
    table = centre.lake.table("source_readings")
    start = centre.midnight(FIRST)
    for factor, hours in ((SO2, range(6, 48)), ("a21002", range(48))):
        told = {"outlet": OUTLET, "factor": factor, "period": "hour", "value": 1.0, "simulated": True}
        flags = ["D" if factor == SO2 and hour >= 45 else "N" for hour in hours]
        frame = pl.DataFrame(
            {"period_start": [start + timedelta(hours=hour) for hour in hours], "flag": flags}
        ).with_columns(pl.lit(each).alias(name) for name, each in told.items())
        blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
        centre.lake.append(table, frame.with_columns(*blank).select(c.name for c in table.columns))


def put(centre: Centre, name: str, starts: list[datetime], **fields: object) -> None:
    """Put the same row at several hours into a table."""
    table = centre.lake.table(name)
    told = {**fields, "simulated": True}
    frame = pl.DataFrame({table.instant: starts}).with_columns(pl.lit(v).alias(n) for n, v in told.items())
    blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
    centre.lake.append(table, frame.with_columns(*blank).select(c.name for c in table.columns))


def of(rows: list[Rates], code: str) -> Rates:
    return next(row for row in rows if row.code == code)


def written(centre: Centre) -> int:
    return write_days(centre, FIRST, LAST, run_id="r")


def test_a_day_of_an_outlet_counts_as_the_trade_does(centre: Centre, outlet: None) -> None:
    written(centre)
    first, last = (row for row in list_rates(centre, FIRST, LAST, kind="outlet", daily=True))
    assert (first.due, first.transmitted, first.valid) == (48, 42, 42)
    assert (first.transmission, first.validity, first.valid_transmission) == (42 / 48, 1.0, 42 / 48)
    assert (last.due, last.transmitted, last.valid) == (48, 48, 45)
    assert (last.transmission, last.validity) == (1.0, 45 / 48)
    assert (first.online_rate, first.received) == (1.0, 24)


def test_a_month_adds_counts_and_never_averages_rates(centre: Centre, outlet: None) -> None:
    written(centre)
    [month] = list_rates(centre, FIRST, LAST, kind="outlet", monthly=True)
    assert (month.days, month.due, month.transmitted, month.valid) == (2, 96, 90, 87)
    assert month.transmission == pytest.approx(90 / 96)
    assert month.validity == pytest.approx(87 / 90)
    assert month.valid_transmission == pytest.approx(87 / 96)


def test_stop_marks_take_their_hours_out_of_what_is_due(centre: Centre, outlet: None) -> None:
    start = centre.midnight(FIRST)
    stop = MarkContent(OUTLET, "stopped", start, start + timedelta(hours=6), "repair", industry="thermal_power")
    set_mark(centre, stop, by="city")
    written(centre)
    day = list_rates(centre, FIRST, FIRST, kind="outlet")[0]
    assert (day.due, day.transmission) == (36, 1.0)


def test_stations_micro_stations_weather_and_cameras_stand_in_it_too(centre: Centre, fill) -> None:
    fill(FIRST, 2, ("1727A",))
    hours = [centre.midnight(FIRST) + timedelta(hours=hour) for hour in range(36)]
    put(centre, "micro_hours", hours, device="M1", channel="pm25", raw=1.0, source="test")
    put(centre, "weather_hours", hours[:24], place="W1", source="station", kind="observed", temperature=5.0)
    register_camera(centre, CameraContent("C1", "gate", "DA001", "https://camera.example/1"), by="city")
    looks = [("C1", centre.midnight(LAST) + timedelta(hours=hour), hour != 3, "") for hour in range(1, 5)]
    note_looks(centre, looks)
    written(centre)
    rows = list_rates(centre, LAST, LAST)
    assert (of(rows, "1727A").kind, of(rows, "1727A").online_rate) == ("station", 1.0)
    assert (of(rows, "M1").kind, of(rows, "M1").received, of(rows, "M1").states) == ("micro", 12, {"stale": 1})
    assert (of(rows, "W1").kind, of(rows, "W1").received, of(rows, "W1").states) == ("weather", 0, {"stale": 1})
    assert (of(rows, "C1").kind, of(rows, "C1").expected, of(rows, "C1").received) == ("camera", 4, 3)
    assert of(rows, "C1").transmission is None
    now = list_health(centre, at=centre.midnight(LAST) + timedelta(hours=24))
    assert counts(now)["camera"][State.STALE] == 1  # its last answer was 20 h before


def test_a_camera_that_never_answered_is_silent(centre: Centre) -> None:
    register_camera(centre, CameraContent("C1", "gate", "DA001", "https://camera.example/1"), by="city")
    [row] = [row for row in list_health(centre) if row.kind == "camera"]
    assert (row.state, row.expected, row.online_rate) == (State.SILENT, 0, None)


def test_the_same_again_writes_nothing_and_late_data_a_new_row(centre: Centre, outlet: None) -> None:
    assert written(centre) > 0
    assert written(centre) == 0
    table = centre.lake.table("source_readings")
    late = (
        centre.lake.read(table, first=LAST, last=LAST).filter(pl.col("flag") == "D").with_columns(flag=pl.lit("N"))
    )
    centre.lake.append(table, late.select(c.name for c in table.columns))
    assert written(centre) == 1


def test_a_day_that_is_not_over_is_not_judged(centre: Centre) -> None:
    with pytest.raises(CallerError, match="that are over"):
        write_days(centre, date(2026, 4, 1), date(2026, 4, 2), run_id="r")
