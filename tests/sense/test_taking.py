"""Frames of the journal become rows of the lake: once, whenever it is interrupted, corrections as new versions."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.loop.sense.frame_rows import WHY_UNREAD, WITHOUT_DATA
from lantian.loop.sense.parameters import list_parameters
from lantian.loop.sense.registry import Point
from lantian.loop.sense.row_frames import ClockBounds
from lantian.loop.sense.taking import Tally, tally_of
from lantian.store.journal import JournalReader, Kind, Position
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from conftest import Desk

MN = "010000A8900016F000169DC0"
ZONE = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 3, 1, 8, tzinfo=ZONE)
HOUR = "DataTime=20260301080000;a21026-Cou=3.21,a21026-Min=10.10,a21026-Avg=12.34,a21026-Max=15.00,"
HOUR += "a21026-ZsMin=11.10,a21026-ZsAvg=13.57,a21026-ZsMax=16.50,a21026-Flag=N;a19001-Avg=7.2,a19001-Flag=C"


def readings(desk: "Desk", **given: object) -> pl.DataFrame:
    return desk.lake.read("source_readings", **given)  # type: ignore[arg-type]


def test_an_empty_journal_gives_nothing(desk: "Desk"):
    took = desk.taker.take()
    assert (took.frames, took.rows, took.at_end) == (0, 0, True)


def test_every_field_of_an_hour_stands_in_its_row_with_units(desk: "Desk"):
    desk.frame("2061", HOUR)
    took = desk.taker.take()
    assert (took.frames, took.written) == (1, {"source_readings": 2})
    oxygen, sulphur = readings(desk).sort("factor").to_dicts()
    assert sulphur["period_start"] == EIGHT
    wanted = {
        "outlet": "stack-1", "factor": "a21026", "period": "hour", "value": 12.34, "minimum": 10.10,
        "maximum": 15.0, "converted": 13.57, "converted_minimum": 11.10, "converted_maximum": 16.5, "amount": 3.21,
        "unit": "mg/m³", "amount_unit": "kg", "flag": "N", "mark": None, "late": False,
        "system": "31", "simulated": True,
    }  # fmt: skip
    assert {name: sulphur[name] for name in wanted} == wanted
    assert (oxygen["value"], oxygen["flag"], oxygen["unit"], oxygen["converted"]) == (7.2, "C", "%", None)


def test_a_row_names_the_frame_in_the_journal_that_it_came_from(desk: "Desk"):
    raw = desk.frame("2061", HOUR)
    desk.taker.take()
    segment, offset = readings(desk)["origin"][0].split(":")
    [record] = JournalReader(desk.folder).read(Position(int(segment), int(offset)), records=1).records
    assert record.raw == raw


@pytest.mark.parametrize(
    ("command", "period"), [("2011", "realtime"), ("2051", "minute"), ("2031", "day"), ("2111", "five_minutes")]
)
def test_the_command_says_what_a_value_stands_for(desk: "Desk", command: str, period: str):
    suffix = "Rtd" if command == "2011" else "Avg"
    desk.frame(command, f"DataTime=20260301080000;a01901-{suffix}=851.5")
    desk.taker.take()
    assert readings(desk).select("period", "value").rows() == [(period, 851.5)]


def test_the_unit_of_the_point_goes_before_the_one_of_the_standard(desk: "Desk"):
    desk.device(points={"a34004": Point(unit="µg/m³")})
    desk.frame("2061", "DataTime=20260301080000;a34004-Avg=35;a34002-Avg=70")
    desk.taker.take()
    assert dict(readings(desk).select("factor", "unit").iter_rows()) == {"a34004": "µg/m³", "a34002": "ng/m³"}


def test_old_codes_become_todays(desk: "Desk"):
    desk.device(edition=2005)
    desk.frame("2061", "DataTime=20260301080000;02-Avg=50.5,02-Flag=N")
    desk.taker.take()
    assert readings(desk).select("factor", "value", "unit").rows() == [("a21026", 50.5, "mg/m³")]


def test_a_turn_takes_only_what_is_new(desk: "Desk"):
    desk.frame("2061", HOUR)
    desk.taker.take()
    desk.frame("2061", HOUR.replace("080000", "090000"))
    took = desk.taker.take()
    assert (took.frames, took.rows) == (1, 2)
    assert desk.again().take().frames == 0
    assert readings(desk).height == 4


def test_the_same_frame_again_is_dropped_and_counted(desk: "Desk"):
    raw = desk.frame("2061", HOUR)
    desk.put(raw)
    took = desk.taker.take()
    assert (took.frames, took.repeats, took.rows) == (2, 1, 2)
    desk.put(raw)
    took = desk.taker.take()
    assert (took.rows, took.corrected) == (0, 0)
    assert readings(desk, latest=False).height == 2


def test_the_same_values_in_another_frame_are_no_new_version(desk: "Desk"):
    desk.frame("2061", HOUR)
    desk.taker.take()
    desk.frame("2061", HOUR, RF=1)
    took = desk.taker.take()
    assert (took.unchanged, took.rows) == (2, 0)


def test_another_value_is_the_next_version_and_the_first_stays(desk: "Desk"):
    desk.frame("2061", HOUR)
    desk.taker.take()
    desk.frame("2061", HOUR.replace("12.34", "14.00"))
    took = desk.taker.take()
    assert (took.rows, took.corrected) == (1, 1)
    sulphur = pl.col("factor") == "a21026"
    assert readings(desk, where=sulphur)["value"].to_list() == [14.0]
    assert readings(desk, where=sulphur, latest=False)["value"].to_list() == [12.34, 14.0]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("together", [False, True])
def test_a_frame_sent_again_does_not_undo_the_correction_after_it(desk: "Desk", restart: bool, together: bool):
    first = desk.frame("2061", HOUR)
    desk.taker.take()
    desk.frame("2061", HOUR.replace("12.34", "14.00"))
    taker = desk.taker
    if not together:
        taker.take()
        taker = desk.again() if restart else taker
    desk.put(first)
    taker.take()
    assert readings(desk, where=pl.col("factor") == "a21026")["value"].to_list() == [14.0]


def test_a_device_may_correct_back_with_a_new_frame(desk: "Desk"):
    for value in ("12.34", "14.00", "12.34"):
        desk.frame("2061", HOUR.replace("12.34", value))
        desk.taker.take()
    assert readings(desk, where=pl.col("factor") == "a21026", latest=False)["value"].to_list() == [
        12.34,
        14.0,
        12.34,
    ]


def test_parts_of_a_split_message_become_rows_of_one_hour(desk: "Desk"):
    desk.frame("2061", "DataTime=20260301080000;a21026-Avg=1.0", flag=7, PNUM=2, PNO=1)
    desk.frame("2061", "DataTime=20260301080000;a21002-Avg=2.0", flag=7, PNUM=2, PNO=2)
    desk.taker.take()
    assert dict(readings(desk).select("factor", "value").iter_rows()) == {"a21026": 1.0, "a21002": 2.0}


def test_late_data_is_marked(desk: "Desk"):
    desk.frame("2061", HOUR, flag=9, RF=1)
    desk.taker.take()
    assert readings(desk)["late"].to_list() == [True, True]


def test_what_cannot_be_read_is_counted_with_its_reason_and_stops_nobody(desk: "Desk"):
    desk.frame("2061", "DataTime=20261399990000;a21026-Avg=1.0")
    desk.frame("2061", "a21026-Avg=1.0")
    desk.frame("2061", "DataTime=20990301080000;a21026-Avg=1.0")
    desk.put(b"##0003abc", mn="F" * 24)
    desk.put(b"rubbish", Kind.NOISE)
    desk.frame("2061", "DataTime=20260301080000;a21026-Avg=----,a21026-Flag=D;a21002-Avg=inf")
    took = desk.taker.take()
    assert took.unread == {"no_data_time": 2, "clock": 1, "not_registered": 1, "not_a_number": 2}
    assert took.others == 1
    assert readings(desk).select("factor", "value", "flag").rows() == [
        ("a21002", None, None),
        ("a21026", None, "D"),
    ]


def test_how_wrong_a_clock_may_be_is_an_argument(desk: "Desk"):
    desk.frame("2061", "DataTime=20260301080000;a21026-Avg=1.0")
    taker = desk.again(clocks=ClockBounds(behind=timedelta(hours=1)))
    assert taker.take().unread == {"clock": 1}


def test_frames_without_data_are_counted_by_what_they_are(desk: "Desk"):
    desk.device(edition=2025)
    for cn, cp in (
        ("9015", ""),
        ("1013", ""),
        ("9011", "QnRtn=1"),
        ("9012", "ExeRtn=1"),
        ("1061", "RtdInterval=30"),
    ):
        desk.frame(cn, cp, flag=9)
    desk.frame("7777", "DataTime=20260301080000", flag=9)
    desk.frame("2061", "DataTime=20260301080000", flag=9)
    desk.frame("2061", "DataTime=20260301080000;a21026-Foo=1", flag=9)
    desk.put(b"rubbish", Kind.NOISE)
    took = desk.taker.take()
    assert took.without_data == {"notice": 2, "answer": 2, "line": 1}
    assert took.unread == {"unknown_command": 1, "no_fields": 1, "unknown_field": 1}
    assert took.outside == {"noise": 1}
    assert set(took.unread) <= set(WHY_UNREAD)
    assert set(took.without_data) <= set(WITHOUT_DATA)


def test_what_became_of_everything_is_added_up_over_turns_and_starts(desk: "Desk"):
    assert tally_of(desk.folder) == Tally()
    desk.frame("2061", HOUR)
    desk.frame("9015", "", flag=9)
    desk.taker.take()
    desk.frame("7777", "x=1")
    desk.put(b"rubbish", Kind.NOISE)
    desk.again().take()
    told = tally_of(desk.folder)
    assert (told.frames, told.rows) == (3, 2)
    assert (told.unread, told.without_data, told.outside) == ({"unknown_command": 1}, {"notice": 1}, {"noise": 1})


# ---------------------------------------------------------------------------------------------- other tables


def events(desk: "Desk", *columns: str) -> list[tuple[object, ...]]:
    return desk.lake.read("device_events").sort("event", "point", "item").select(columns).rows()


def test_a_restart_of_the_logger_stands_at_its_own_time_once(desk: "Desk"):
    for second in ("00", "30"):
        desk.frame("2081", f"DataTime=202603010800{second};RestartTime=20260301075000")
    desk.taker.take()
    assert events(desk, "event", "happened_at", "mn") == [("restart", EIGHT - timedelta(minutes=10), MN)]


def test_a_check_with_a_standard_keeps_both_values_and_the_verdict(desk: "Desk"):
    desk.device(edition=2025)
    cp = "DataTime=20260301080000;a21026-SampleRd=98.2,a21026-StandardValue=100.0,a21026-ResultType=1"
    desk.frame("2062", cp + ";a21002-SampleRd=150,a21002-StandardValue=100,a21002-ResultType=0", flag=9)
    took = desk.taker.take()
    assert (took.written, took.unread) == ({"device_events": 2}, {})
    assert events(desk, "point", "value", "reference", "passed", "unit") == [
        ("a21002", 150.0, 100.0, False, "mg/m³"),
        ("a21026", 98.2, 100.0, True, "mg/m³"),
    ]


def test_a_periodic_analyser_gives_values_and_how_they_came_about(desk: "Desk"):
    desk.device(edition=2025)
    cp = "DataTime=20260301080000;a24088-SampleTime=20260301074500,a24088-CompleteTime=20260301075800,"
    desk.frame("2013", cp + "a24088-SampleType=1,a24088-Avg=1.85,a24088-Flag=N;i12101-Info=120", flag=9)
    took = desk.taker.take()
    assert (took.written, took.unread) == ({"source_readings": 1, "device_events": 2}, {})
    assert readings(desk).select("factor", "period", "value", "sampled_at").rows() == [
        ("a24088", "cycle", 1.85, EIGHT - timedelta(minutes=15))
    ]
    assert events(desk, "event", "point", "item", "value", "ended_at") == [
        ("analysis", "", "i12101", 120.0, None),
        ("analysis", "a24088", "SampleType", 1.0, EIGHT - timedelta(minutes=2)),
    ]


def test_a_single_measurement_of_noise_is_a_reading(desk: "Desk"):
    desk.device(edition=2025)
    desk.frame("2052", "DataTime=20260301080000;LA-Data=61.3,LA-Flag=N", flag=9)
    desk.taker.take()
    assert readings(desk).select("factor", "period", "value").rows() == [("LA", "single", 61.3)]


def test_alarms_kept_samples_settings_and_identities_are_events(desk: "Desk"):
    desk.frame("3015", "DataTime=20260301080000;VaseNo=3")
    desk.frame("3018", "PolId=a21026;Stime=12")
    desk.frame("3019", "PolId=a21026;a21026-SN=ABC123")
    desk.frame("3020", "DataTime=20260301080000;PolId=a21026;i12001-Info=//零点校准//;i13001-Info=500")
    took = desk.taker.take()
    assert took.unread == {}
    assert events(desk, "event", "point", "item", "value", "content") == [
        ("identity", "a21026", "SN", None, "ABC123"),
        ("information", "a21026", "i12001", None, "//零点校准//"),
        ("information", "a21026", "i13001", 500.0, None),
        ("sample_kept", "", "VaseNo", 3.0, None),
        ("setting", "a21026", "Stime", 12.0, None),
    ]
    assert [change.value for change in list_parameters(desk.ledger, MN)] == ["500"]


def test_alarms_of_2005_are_events_under_todays_codes(desk: "Desk"):
    desk.device(edition=2005)
    desk.frame("2072", "AlarmTime=20260301075500;AlarmType=1;02-Ala=812.5")
    desk.taker.take()
    assert events(desk, "event", "point", "item", "value", "happened_at") == [
        ("alarm", "a21026", "1", 812.5, EIGHT - timedelta(minutes=5))
    ]


def test_the_same_event_again_is_no_new_row(desk: "Desk"):
    for _ in range(2):
        desk.frame("3015", "DataTime=20260301080000;VaseNo=3")
        took = desk.taker.take()
    assert (took.rows, took.unchanged) == (0, 1)


def test_an_event_at_an_impossible_time_is_counted(desk: "Desk"):
    desk.frame("2081", "DataTime=20990301080000;RestartTime=20990301080000")
    took = desk.taker.take()
    assert (took.rows, took.unread) == (0, {"clock": 1})


def test_power_and_conditions_go_to_their_own_table(desk: "Desk"):
    desk.device(edition=2025, points={"d20105": Point(unit="V")})
    cp = "DataTime=20260301080000;d20105-Rtd=220.5,d20105-Flag=N;p99101-Rtd=St"
    desk.frame("2011", cp, st="44", flag=9)
    assert desk.taker.take().written == {"power_readings": 2}
    rows = desk.lake.read("power_readings").select("point", "value", "content", "unit", "flag").rows()
    assert rows == [("d20105", 220.5, None, "V", "N"), ("p99101", None, "St", None, None)]


def test_states_of_treatment_facilities_stand_beside_them(desk: "Desk"):
    desk.frame("2021", "DataTime=20260301080000;SB001-RS=1;SB002-RS=0")
    desk.frame("2041", "DataTime=20260301000000;SB001-RT=23.5")
    desk.taker.take()
    rows = desk.lake.read("power_readings").select("point", "period", "value").rows()
    assert rows == [("SB001", "day", 23.5), ("SB001", "realtime", 1.0), ("SB002", "realtime", 0.0)]


STATION = "DataTime=20260301080000;a21026-Avg=0.012,a21026-Flag=N;a21004-Avg=41,a21004-Flag=N;a21005-Avg=1.2;"
STATION += "a05024-Avg=88;a34002-Avg=120,a34002-Flag=D;a34004-Avg=60;a01001-Avg=3.4"


def test_hours_of_ambient_stations_become_six_pollutants_wide_in_the_units_of_the_table(desk: "Desk"):
    desk.device(outlet="1700A", system="22", points={"a21026": Point(unit="mg/m3")}, gas_state="standard")
    desk.frame("2061", STATION, st="22")
    assert desk.taker.take().written == {"source_readings": 7, "ambient_hours": 1}
    [row] = desk.lake.read("ambient_hours").to_dicts()
    wanted = {
        "station": "1700A", "hour_start": EIGHT, "stage": "original", "so2": 12.0, "no2": 41.0, "co": 1.2,
        "o3": 88.0, "pm10": 120.0, "pm25": 60.0, "so2_flags": None, "pm10_flags": "D", "state": "standard",
        "source": "hj212",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_minutes_of_stations_are_no_hours(desk: "Desk"):
    desk.device(outlet="1700A", system="22")
    desk.frame("2051", STATION, st="22")
    assert desk.taker.take().written == {"source_readings": 7}


def test_a_frame_that_corrects_one_pollutant_takes_none_away(desk: "Desk"):
    desk.device(outlet="1700A", system="22")
    desk.frame("2061", STATION, st="22")
    desk.frame("2061", "DataTime=20260301080000;a34004-Avg=61", st="22")
    desk.taker.take()
    found = desk.lake.read("ambient_hours", latest=False).select("pm10", "pm25", "pm10_flags").rows()
    assert found == [(120.0, 60.0, "D"), (120.0, 61.0, "D")]


def test_parts_of_an_hour_that_come_apart_are_joined(desk: "Desk"):
    desk.device(outlet="1700A", system="22")
    desk.frame("2061", "DataTime=20260301080000;a34004-Avg=60", st="22", flag=7, PNUM=2, PNO=1)
    desk.taker.take()
    desk.frame("2061", "DataTime=20260301080000;a34002-Avg=120,a34002-Flag=D", st="22", flag=7, PNUM=2, PNO=2)
    desk.taker.take()
    assert desk.lake.read("ambient_hours").select("pm10", "pm25", "pm10_flags").rows() == [(120.0, 60.0, "D")]


# ---------------------------------------------------------------------------------------------- interruptions


class DiedError(Exception):
    """The program ended here."""


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_turn_that_dies_anywhere_loses_nothing_and_doubles_nothing(
    desk: "Desk", monkeypatch: pytest.MonkeyPatch, writes: int
):
    desk.device(outlet="1700A", system="22")
    desk.frame("2061", STATION, st="22")
    desk.frame("2011", "DataTime=20260301080000;d20105-Rtd=220", st="44")
    desk.frame("2061", STATION.replace("41,", "45,"), st="22")
    done = 0
    append = desk.lake.append

    def dying(*given: object, **named: object) -> object:
        nonlocal done
        if done == writes:
            raise DiedError
        done += 1
        return append(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.lake, "append", dying)
    if writes < 3:
        with pytest.raises(DiedError):
            desk.taker.take()
    else:  # died before it remembered its place
        desk.taker.take()
        (desk.folder / "taken.json").unlink()
    monkeypatch.undo()
    desk.again().take()
    assert readings(desk, latest=False).height == 8
    assert desk.lake.read("power_readings", latest=False).height == 1
    assert desk.lake.read("ambient_hours", latest=False)["no2"].to_list() == [41.0, 45.0]
    assert desk.again().take().rows == 0


def test_turns_are_bounded_and_say_that_more_is_waiting(desk: "Desk"):
    for minute in range(25):
        desk.frame("2011", f"DataTime=2026030108{minute:02d}00;a21026-Rtd={minute}")
    taker = desk.again(frames_a_commit=10)
    ends = [taker.take().at_end for _ in range(3)]
    assert ends == [False, False, True]
    assert readings(desk)["value"].to_list() == [float(minute) for minute in range(25)]


def test_a_place_of_another_journal_is_not_believed(desk: "Desk", tmp_path: Path):
    desk.frame("2061", HOUR)
    (desk.folder / "taken.json").write_text('{"journal": "another", "number": 99999999999999}')
    assert desk.taker.take().frames == 1


def test_what_came_before_a_device_was_registered_can_be_recalled_once(desk: "Desk"):
    stranger = "B" * 24
    with pytest.raises(CallerError, match="not registered"):
        desk.taker.recall(stranger)
    raw = desk.frame("2061", HOUR, mn=stranger)
    desk.put(raw, Kind.UNKNOWN_DEVICE, stranger)
    desk.frame("2061", HOUR, mn=MN)
    desk.taker.take()
    desk.device(mn=stranger, outlet="stack-2")
    assert desk.taker.recall(stranger).rows == 2
    assert desk.taker.recall(stranger).rows == 0
    assert readings(desk, where=pl.col("outlet") == "stack-2").height == 2
