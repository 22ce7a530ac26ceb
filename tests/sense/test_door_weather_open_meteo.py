"""Saved answers of Open-Meteo: units, zones, what is forecast and what is not, and damage."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.weather_open_meteo import recognises, take
from lantian.store import WEATHER_FORECASTS, WEATHER_HOURS
from lantian.terms.errors import CallerError

Give = Callable[..., Given]
ZONE = ZoneInfo("Asia/Shanghai")
ARRIVED = datetime(2026, 3, 1, 12, 23, tzinfo=ZONE)
UNITS = {
    "time": "iso8601",
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "surface_pressure": "hPa",
    "precipitation": "mm",
    "shortwave_radiation": "W/m²",
    "wind_speed_10m": "km/h",
    "wind_direction_10m": "°",
    "boundary_layer_height": "m",
}


def answer(first: str = "2026-03-01T10:00", hours: int = 5, offset: int = 28_800, **more: Any) -> dict[str, Any]:
    """An answer as the service gives it, with plain courses."""
    start = datetime.fromisoformat(first)
    course = range(hours)
    return {
        "latitude": 36.1875,
        "longitude": 113.125,
        "generationtime_ms": 0.1,
        "utc_offset_seconds": offset,
        "timezone": "Asia/Shanghai",
        "elevation": 926.0,
        "hourly_units": UNITS,
        "hourly": {
            "time": [(start + timedelta(hours=at)).strftime("%Y-%m-%dT%H:%M") for at in course],
            "temperature_2m": [1.5 + at for at in course],
            "relative_humidity_2m": [60 + at for at in course],
            "surface_pressure": [905.25 for _ in course],
            "precipitation": [0.1 * at for at in course],
            "shortwave_radiation": [100.0 * at for at in course],
            "wind_speed_10m": [3.6 * at for at in course],
            "wind_direction_10m": [90 * (at % 4) for at in course],
            "boundary_layer_height": [300.0 + at for at in course],
        },
        **more,
    }


def text(*answers: dict[str, Any]) -> str:
    return json.dumps(answers[0] if len(answers) == 1 else list(answers), ensure_ascii=False)


def table(centre: Centre, name: str) -> dict[str, dict[str, Any]]:
    rows = centre.lake.read(name).sort("place", "hour_start").to_dicts()
    return {row["hour_start"].strftime("%d %H"): row for row in rows}


def codes(taken: TakenFile) -> set[str]:
    return {finding.code for report in taken.reports for finding in report.findings}


def test_hours_before_the_arrival_are_analysis_and_those_after_it_forecast(
    real_centre: Centre, give: Give
) -> None:
    taken = take(real_centre, give("om.json", text(answer()), at=ARRIVED))
    hours, forecasts = table(real_centre, "weather_hours"), table(real_centre, "weather_forecasts")
    assert list(hours) == ["01 09", "01 10", "01 11"]
    assert list(forecasts) == ["01 12", "01 13", "01 14"]
    assert [row["lead_hours"] for row in forecasts.values()] == [0, 1, 2]
    assert {row["issued_at"] for row in forecasts.values()} == {ARRIVED.replace(minute=0)}
    assert hours["01 10"]["kind"] == "analysis"
    assert "issue_assumed" in codes(taken)


def test_wind_comes_in_kilometres_an_hour_and_is_kept_in_metres_a_second(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("om.json", text(answer()), at=ARRIVED))
    row = table(real_centre, "weather_hours")["01 11"]
    assert (row["wind_speed"], row["wind_direction"], row["wind_height"]) == (1.0, 90, 10)
    assert (row["place"], row["elevation"], row["pressure"]) == ("113.1250E36.1875N", 926, 905.25)
    calm = table(real_centre, "weather_hours")["01 10"]
    assert (calm["wind_speed"], calm["wind_direction"], calm["flags"]) == (0, None, "wind_direction:calm")


def test_rain_and_radiation_are_those_of_the_hour_before_the_label(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("om.json", text(answer()), at=ARRIVED))
    hours = table(real_centre, "weather_hours")
    assert [hours[at]["radiation"] for at in ("01 09", "01 10", "01 11")] == [0, 100, 200]
    assert hours["01 09"]["temperature"] is None
    assert table(real_centre, "weather_forecasts")["01 12"]["precipitation"] == pytest.approx(0.3)
    assert table(real_centre, "weather_forecasts")["01 14"]["precipitation"] is None


def test_answer_in_utc_and_one_in_seconds_mean_the_same_hours(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("local.json", text(answer()), at=ARRIVED))
    utc = answer("2026-03-01T02:00", offset=0)
    seconds = answer("2026-03-01T02:00")
    seconds["hourly"]["time"] = [
        int(datetime.fromisoformat(word).replace(tzinfo=UTC).timestamp()) for word in utc["hourly"]["time"]
    ]
    for name, given_ in (("utc.json", utc), ("seconds.json", seconds)):
        again = take(real_centre, give(name, text(given_), at=ARRIVED))
        assert (again.written, again.corrected, again.unchanged) == (0, 0, 6)


def test_file_or_sender_says_when_the_forecast_was_made(real_centre: Centre, give: Give) -> None:
    said = answer(issued_at="2026-03-01T08:00+08:00")
    taken = take(real_centre, give("om.json", text(said), at=ARRIVED))
    forecasts = table(real_centre, "weather_forecasts")
    assert forecasts["01 14"]["lead_hours"] == 6
    assert table(real_centre, "weather_hours") == {}
    assert "issue_assumed" not in codes(taken)
    options = {"issued_at": "2026-03-01T00:00Z"}
    again = take(real_centre, give("om2.json", text(answer()), at=ARRIVED, options=options))
    assert again.unchanged == 6
    with pytest.raises(CallerError, match="no instant with its offset"):
        take(real_centre, give("om3.json", text(answer(issued_at="2026-03-01")), at=ARRIVED))


def test_next_forecast_stands_beside_the_one_before(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("a.json", text(answer()), at=ARRIVED))
    take(real_centre, give("b.json", text(answer()), at=ARRIVED + timedelta(hours=1)))
    rows = real_centre.lake.read(WEATHER_FORECASTS).filter(hour_start=datetime(2026, 3, 1, 14, tzinfo=ZONE))
    assert sorted(rows["lead_hours"].to_list()) == [1, 2]


def test_archive_is_analysis_and_its_empty_last_days_are_left_out(real_centre: Centre, give: Give) -> None:
    archive = answer("2026-02-01T00:00", hours=48)
    for column, values in archive["hourly"].items():
        if column != "time":
            values[24:] = [None] * 24
    taken = take(real_centre, give("archive.json", text(archive), at=ARRIVED))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_skipped) == (48, 24, 24)
    assert "hours_without_values" in codes(taken)
    assert real_centre.lake.version(WEATHER_FORECASTS) == -1
    later = take(real_centre, give("full.json", text(answer("2026-02-01T00:00", hours=48)), at=ARRIVED))
    assert later.written == 25  # the hours that were empty, and the rain of the last one that was not
    assert later.corrected == 1
    assert real_centre.lake.read(WEATHER_HOURS).height == 49


def test_absent_value_never_takes_a_known_one_back(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("a.json", text(answer()), at=ARRIVED))
    holed = answer()
    holed["hourly"]["temperature_2m"][0] = None
    assert take(real_centre, give("b.json", text(holed), at=ARRIVED)).written == 0
    assert table(real_centre, "weather_hours")["01 10"]["temperature"] == 1.5


def test_several_points_come_in_one_file(real_centre: Centre, give: Give) -> None:
    other = answer(latitude=36.5, longitude=112.75, location_id=1)
    taken = take(real_centre, give("om.json", text(answer(), other), at=ARRIVED))
    assert taken.reports[0].rows_read == 10
    places = real_centre.lake.read(WEATHER_HOURS)["place"].unique().sort().to_list()
    assert places == ["112.7500E36.5000N", "113.1250E36.1875N"]


CSV = """latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
36.1875,113.125,926.0,28800,Asia/Shanghai,GMT+8

time,temperature_2m (°C),wind_speed_10m (km/h),wind_direction_10m (°),precipitation (mm)
2026-03-01T10:00,1.5,3.6,90,0.00
2026-03-01T11:00,2.5,7.2,180,0.20

time,temperature_2m_max (°C)
2026-03-01,9.0
"""
CSV_OF_TWO = """location_id,latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
0,36.1875,113.125,926.0,0,GMT,GMT
1,36.5,112.75,900.0,0,GMT,GMT

location_id,time,temperature_2m (°F),cloud_cover (%)
0,2026-03-01T02:00,50,10
1,2026-03-01T02:00,NaN,20
"""


def test_csv_is_read_like_json(real_centre: Centre, give: Give) -> None:
    taken = take(real_centre, give("om.csv", CSV, at=ARRIVED))
    assert (taken.reports[0].rows_read, taken.reports[0].rows_accepted) == (2, 2)
    row = table(real_centre, "weather_hours")["01 11"]
    assert (row["temperature"], row["wind_speed"], row["wind_direction"]) == (2.5, 2, 180)
    assert table(real_centre, "weather_hours")["01 10"]["precipitation"] == 0.2


def test_csv_of_several_points_is_read(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("om.csv", CSV_OF_TWO, at=ARRIVED))
    rows = {row["place"]: row for row in real_centre.lake.read(WEATHER_HOURS).to_dicts()}
    assert rows["113.1250E36.1875N"]["temperature"] == 10
    assert (rows["112.7500E36.5000N"]["temperature"], rows["112.7500E36.5000N"]["cloud_cover"]) == (None, 20)


def test_bad_times_and_cells_are_rejects_of_their_own(real_centre: Centre, give: Give) -> None:
    odd = answer()
    odd["hourly"]["time"][0] = "soon"
    odd["hourly"]["time"][1] = "2026-03-01T11:30"
    odd["hourly"]["temperature_2m"][2] = "warm"
    odd["hourly"]["relative_humidity_2m"][3] = 105
    odd["hourly"]["rain"] = [0] * 5
    taken = take(real_centre, give("om.json", text(odd), at=ARRIVED))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.cells_rejected) == (5, 3, 2, 1)
    assert {"implausible_values", "columns_not_taken"} <= codes(taken)
    assert table(real_centre, "weather_forecasts")["01 13"]["humidity"] is None
    assert table(real_centre, "weather_forecasts")["01 13"]["flags"] == "humidity:implausible"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"error":true,"reason":"Daily API request limit exceeded"}', "limit exceeded"),
        (text(answer())[:-40], "cut off"),
        ('{"utc_offset_seconds":0,"hourly":[]}', "part `hourly`"),
        (text(answer(latitude=None)), "where its point lies"),
        (text(answer(offset=10**9)), "offset of its times"),
        (text(answer(hours=0)), "no hours"),
        (text(answer(hourly_units={})), "no unit"),
        (text({**answer(), "hourly": {"time": ["2026-03-01T00:00"], "rain": [1]}}), "no variable"),
        (text({**answer(), "hourly": {"time": ["2026-03-01T00:00"], "visibility": []}}), "as long as"),
        (CSV.replace("2.5,7.2,180,0.20", "2.5"), "not as long"),
        ("latitude,longitude,elevation,utc_offset_seconds\n", "no table of points"),
    ],
)
def test_damaged_answer_is_refused_whole(real_centre: Centre, give: Give, content: str, why: str) -> None:
    with pytest.raises(CallerError, match=why):
        take(real_centre, give("om.json", content, at=ARRIVED))
    assert real_centre.lake.version(WEATHER_HOURS) == -1


def test_simulated_answer_goes_into_a_simulated_lake_only(real_centre: Centre, centre: Centre, give: Give) -> None:
    made = give("om.json", text(answer(simulated=True)), at=ARRIVED)
    with pytest.raises(CallerError, match="never mix"):
        take(real_centre, made)
    assert take(centre, made).written == 6
    with pytest.raises(CallerError, match="never mix"):
        take(centre, give("real.json", text(answer()), at=ARRIVED))


def test_answer_is_known_by_its_beginning() -> None:
    assert recognises("x.json", text(answer()).encode())
    assert recognises("x.json", text(answer(), answer()).encode())
    assert recognises("x.csv", CSV.encode())
    assert recognises("x.csv", CSV_OF_TWO.encode())
    assert not recognises("x.json", b'{"rows":[{"time":1}]}')
    assert not recognises("x.csv", b"station,time,temperature\n")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(answer(), JSON)),
    st.dictionaries(st.sampled_from([*UNITS, "x"]), st.lists(JSON, min_size=3, max_size=3)),
)
def test_garbage_is_refused_or_accounted_for(
    real_centre: Centre, give: Give, parts: dict[str, Any], columns: dict[str, Any]
) -> None:
    whole = {**answer(hours=3), **parts}
    if isinstance(whole["hourly"], dict):
        whole["hourly"] = {**whole["hourly"], **columns}
    try:
        taken = take(real_centre, give("om.json", text(whole).encode("utf-8", "surrogatepass"), at=ARRIVED))
    except CallerError:
        return
    report = taken.reports[0]
    assert report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped
    assert min(report.rows_accepted, report.rows_rejected, report.rows_skipped) >= 0
