from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lantian.loop.evaluate
from lantian.city.records import Level
from lantian.desk.intake import REASONS
from lantian.loop.sense.calibrating import Asked, calibrate_beside, write_calibrated
from lantian.loop.sense.doors.micro import MICRO_KINDS, micro_devices, take_micro
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.terms.errors import CallerError, LantianError

ZONE = ZoneInfo("Asia/Shanghai")
LABEL = "simulated = true\nedge = start\n"
HEAD = LABEL + "设备编码,时间,PM2.5(μg/m3),温度,湿度\n"


@pytest.fixture
def device(centre) -> str:
    content = DeviceContent(mn="M1", outlet="M1", name="微站一", system="22", simulated=True)
    register_device(centre.ledger, content, by="test", at=centre.now())
    return "M1"


def minutes(hour: int, count: int, *, step: int = 1, device: str = "M1", first: int = 0) -> str:
    return "".join(
        f"{device},2026-03-01 {hour:02d}:{minute:02d},{10 + minute / 100:.2f},5,{40 + minute}\n"
        for minute in range(first, first + count * step, step)
    )


def hours(centre) -> pl.DataFrame:
    return centre.lake.read("micro_hours")


def whole(taken) -> bool:
    report = taken.reports[0]
    assert set(report.rejects["reason"]) <= set(REASONS)
    return report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped


def test_minutes_become_the_hour_that_has_enough_of_them(centre, give, device) -> None:
    text = HEAD + minutes(1, 45) + minutes(2, 44)
    taken = take_micro(centre, give("微站.csv", text.encode("gbk")))
    assert whole(taken)
    [row] = hours(centre).to_dicts()
    assert (row["device"], row["channel"], row["hour_start"]) == (
        "M1",
        "pm25",
        datetime(2026, 3, 1, 1, tzinfo=ZONE),
    )
    assert (row["raw"], row["temperature"], row["humidity"]) == (10.22, 5, 62)
    assert row["origin"].startswith("微站.csv sha256:")
    assert taken.reports[0].rows_rejected == 44
    assert set(taken.reports[0].rejects["reason"]) == {"hour_incomplete"}


def test_five_minute_values_stand_for_five_minutes_each(centre, give, device) -> None:
    take_micro(centre, give("a.csv", HEAD + minutes(1, 9, step=5) + minutes(2, 8, step=5)))
    assert hours(centre)["hour_start"].dt.hour().to_list() == [1]


def test_minutes_without_values_and_said_twice_do_not_count(centre, give, device) -> None:
    text = HEAD + minutes(1, 44) + minutes(1, 44) + "M1,2026-03-01 01:50,-999,5,50\nM1,2026-03-01 01:51,,5,50\n"
    taken = take_micro(centre, give("a.csv", text))
    assert hours(centre).is_empty()
    assert whole(taken)
    assert taken.reports[0].rows_accepted == 2


def test_minutes_stamped_at_their_end_belong_to_the_hour_before(centre, give, device) -> None:
    lines = minutes(1, 59, first=1) + "M1,2026-03-01 02:00,10.6,5,100\n"
    take_micro(centre, give("a.csv", HEAD.replace("start", "end") + lines))
    [row] = hours(centre).to_dicts()
    assert row["hour_start"] == datetime(2026, 3, 1, 1, tzinfo=ZONE)
    assert row["raw"] == pytest.approx(np.mean([10 + m / 100 for m in range(1, 61)]), abs=1e-12)


def test_hours_stay_as_they_are_and_missing_ones_are_null(centre, give, device) -> None:
    text = HEAD + "".join(f"M1,2026-03-01 0{hour}:00,{value},5,50\n" for hour, value in enumerate((7, "", 0.3)))
    assert take_micro(centre, give("a.csv", text)).written == 3
    assert hours(centre)["raw"].to_list() == [7, None, 0.3]


def test_long_rows_name_their_channel(centre, give, device) -> None:
    text = LABEL + "device,channel,time,raw,temperature,humidity\n" + "".join(
        f"M1,{channel},2026-03-01 0{hour}:00,{hour},5,50\n"
        for hour in range(3)
        for channel in ("O3", "细颗粒物", "VOC-A")
    ) + "M1,,2026-03-01 04:00,1,5,50\n"  # fmt: skip
    taken = take_micro(centre, give("a.csv", text))
    assert set(hours(centre)["channel"]) == {"o3", "pm25", "VOC-A"}
    assert taken.reports[0].rejects["reason"].to_list() == ["unknown_value"]
    assert whole(taken)


def test_records_of_json_are_read_too(centre, give, device) -> None:
    import json

    rows = [
        {"device": "M1", "time": f"2026-03-01 0{h}:00", "pm25": h, "rh": 50, "simulated": True} for h in range(3)
    ]
    data = json.dumps(rows)
    assert [kind.key for kind in MICRO_KINDS if kind.recognises("a.json", data.encode())] == ["micro_values"]
    assert take_micro(centre, give("a.json", data)).written == 3
    assert hours(centre)["humidity"].to_list() == [50, 50, 50]


def test_only_micro_stations_are_devices(centre, give, device) -> None:
    for mn, more in (
        ("STACK", {"outlet": "stack-9"}),
        ("STATION", {"outlet": "1727A", "system": "22"}),
    ):
        content = DeviceContent(mn=mn, **{"simulated": True, **more})
        register_device(centre.ledger, content, by="test", at=centre.now())
    known = micro_devices(centre)
    assert {"M1", "微站一"} <= set(known)
    assert not {"1727A", "STATION", "STACK", "stack-9"} & set(known)
    assert {row.code for row in centre.city.stations if row.level is Level.MICRO} <= set(known)
    lines = "".join(
        f"{name},2026-03-01 05:00,1,5,50\n" for name in ("1727A", "stack-9", "nobody", "", "M1", "微站一")
    )
    taken = take_micro(centre, give("a.csv", HEAD + lines))
    assert taken.reports[0].rejects["reason"].to_list() == [*["unknown_device"] * 3, "no_station"]
    assert set(hours(centre)["device"]) == {"M1"}


def test_the_same_file_twice_changes_nothing_and_a_correction_is_counted(centre, give, device) -> None:
    text = HEAD + "".join(f"M1,2026-03-01 0{hour}:00,{hour},5,50\n" for hour in range(4))
    assert take_micro(centre, give("a.csv", text)).written == 4
    assert take_micro(centre, give("b.csv", text)).unchanged == 4
    later = take_micro(centre, give("c.csv", text.replace(",3,5", ",9,5")))
    assert (later.written, later.corrected, later.unchanged) == (0, 1, 3)


def test_a_file_without_device_sensor_or_the_word_simulated_is_refused(centre, give, device) -> None:
    with pytest.raises(CallerError, match="names no device"):
        take_micro(centre, give("a.csv", LABEL + "时间,PM2.5\n2026-03-01 05:00,1\n2026-03-01 06:00,1\n"))
    with pytest.raises(CallerError, match="no column of a sensor"):
        take_micro(
            centre, give("a.csv", LABEL + "设备编码,时间,备注\nM1,2026-03-01 05:00,好\nM1,2026-03-01 06:00,好\n")
        )
    with pytest.raises(CallerError, match="does not say that it is simulated"):
        take_micro(centre, give("a.csv", "设备编码,时间,PM2.5\nM1,2026-03-01 05:00,1\nM1,2026-03-01 06:00,1\n"))


def test_nothing_of_a_micro_station_gets_into_the_hours_of_the_law(centre, give, fill, device) -> None:
    fill(date(2026, 1, 1), 70, ("1727A",))
    before = centre.lake.read("ambient_hours", latest=False)
    reference = before.sort("hour_start").select("hour_start", "pm25")
    lines = "".join(
        f"M1,{at:%Y-%m-%d %H:%M},{0.7 * value + 3},5,50\n" for at, value in reference.drop_nulls().iter_rows()
    )
    take_micro(centre, give("a.csv", HEAD + lines))
    asked = Asked("M1", "pm25", date(2026, 1, 1), date(2026, 3, 8), "beside 1727A")
    calibrate_beside(centre, asked, "1727A", by="lab")
    write_calibrated(centre, date(2026, 3, 9), date(2026, 3, 11))
    assert centre.lake.read("micro_calibrated").height > 0
    after = centre.lake.read("ambient_hours", latest=False)
    assert after.equals(before)
    assert set(after["station"]) == {"1727A"}
    assert centre.lake.read("source_readings").is_empty()


def test_the_room_that_judges_names_no_table_of_micro_stations() -> None:
    folder = Path(lantian.loop.evaluate.__file__).parent
    texts = {path.name: path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert len(texts) > 20
    assert [name for name, text in texts.items() if "micro_hours" in text or "micro_calibrated" in text] == []


@pytest.mark.parametrize(
    ("name", "head", "known"),
    [
        ("a.csv", "设备编码,时间,PM2.5,湿度", True),
        ("a.csv", "device,channel,time,raw", True),
        ("a.csv", "device,time,comment", False),
        ("a.csv", "点位编码,时间,SO2,NO2,CO,O3,PM10,PM2.5", False),
        ("a.csv", "outlet,factor,period,time,value,flag", False),
        ("a.docx", "device,channel,time,raw", False),
    ],
)
def test_a_file_is_known_by_its_device_and_its_channels(name: str, head: str, known: bool) -> None:
    data = (head + "\n" + ",".join(["1"] * (head.count(",") + 1)) + "\n").encode("gbk")
    assert MICRO_KINDS[0].recognises(name, data) is known


CELL = st.sampled_from(["1", "-999", "", "x", "M1", "1e400", "2026-03-01 05:07", "2026-03-01 05:00", "-1", '"'])
NAME = st.sampled_from(["device", "时间", "channel", "raw", "PM2.5", "湿度", "T", "simulated", ""])


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    head=st.lists(NAME, min_size=1, max_size=6), body=st.lists(st.lists(CELL, max_size=7), min_size=1, max_size=5)
)
def test_every_row_of_any_table_is_accounted_for(centre, give, device, head, body) -> None:
    text = "\n".join([",".join(["hour_start", *head]), *(",".join(["2026-03-01 01:00", *row]) for row in body)])
    try:
        taken = take_micro(centre, give("a simulated=1 station=M1.csv", text))
    except LantianError:
        return
    assert whole(taken)
