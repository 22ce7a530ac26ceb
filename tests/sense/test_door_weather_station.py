"""Tables of weather stations: headings, units, winds with names, what a time means, and what is never believed."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.weather import WEATHER_KINDS
from lantian.loop.sense.doors.weather_names import WIND_POINTS
from lantian.loop.sense.doors.weather_station import recognises, take
from lantian.store import WEATHER_HOURS
from lantian.terms.errors import CallerError

Give = Callable[..., Given]
CHINESE = """站号,观测时间,气温(℃),相对湿度(%),本站气压(hPa),风速(m/s),风向,小时降水量(mm),能见度(km)
53882,2026-03-01 08:00,3.5,62,905.3,2.4,北东北,0.0,12.5
53882,2026-03-01 09:00,4.1,58,905.1,0.0,静风,0.4,13
53882,2026-03-01 10:00,4.9,55,904.8,3.1,270,微量,—
"""


def rows(centre: Centre) -> list[dict[str, Any]]:
    return centre.lake.read(WEATHER_HOURS).sort("place", "hour_start").to_dicts()


def hour(centre: Centre, text: str, **key: str) -> dict[str, Any]:
    found = [
        row
        for row in rows(centre)
        if row["hour_start"].strftime("%d %H") == text and all(row[name] == word for name, word in key.items())
    ]
    assert len(found) == 1
    return found[0]


def codes(taken: TakenFile) -> set[str]:
    return {finding.code for report in taken.reports for finding in report.findings}


def balanced(taken: TakenFile) -> bool:
    return all(
        report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped
        for report in taken.reports
    )


def test_chinese_table_in_gbk_is_read_with_its_units(real_centre: Centre, give: Give) -> None:
    taken = take(real_centre, give("obs.csv", CHINESE.encode("gbk")))
    assert balanced(taken)
    assert taken.reports[0].rows_accepted == 3
    row = hour(real_centre, "01 08")
    assert (row["temperature"], row["humidity"], row["pressure"]) == (3.5, 62, 905.3)
    assert (row["wind_speed"], row["wind_direction"], row["visibility"]) == (2.4, 22.5, 12_500)
    assert (row["kind"], row["source"], row["simulated"]) == ("observed", "station", False)


def test_states_stand_at_the_hour_they_begin_and_rain_in_the_hour_that_it_fell(
    real_centre: Centre, give: Give
) -> None:
    take(real_centre, give("obs.csv", CHINESE))
    assert hour(real_centre, "01 08")["precipitation"] == 0.4
    assert hour(real_centre, "01 07")["precipitation"] == 0.0
    assert hour(real_centre, "01 07")["temperature"] is None
    assert hour(real_centre, "01 10")["precipitation"] is None


def test_calm_has_no_direction_and_a_trace_of_rain_is_zero_with_a_flag(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("obs.csv", CHINESE))
    calm = hour(real_centre, "01 09")
    assert (calm["wind_speed"], calm["wind_direction"]) == (0.0, None)
    assert calm["flags"] == "precipitation:trace,wind_direction:calm"
    assert calm["precipitation"] == 0.0


def test_next_file_completes_the_hour_on_the_edge_and_takes_nothing_back(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("one.csv", CHINESE))
    later = CHINESE.splitlines()[0] + "\n53882,2026-03-01 11:00,6.0,50,904.1,2,90,1.2,10\n"
    taken = take(real_centre, give("two.csv", later))
    assert (taken.written, taken.corrected) == (2, 1)
    edge = hour(real_centre, "01 10")
    assert (edge["temperature"], edge["precipitation"]) == (4.9, 1.2)


def test_same_file_again_says_nothing_new(real_centre: Centre, give: Give) -> None:
    first = take(real_centre, give("obs.csv", CHINESE))
    again = take(real_centre, give("copy.csv", CHINESE))
    assert first.written == 4
    assert (again.written, again.corrected, again.unchanged) == (0, 0, 4)


def test_corrected_value_is_a_new_version_and_a_withdrawn_one_is_missing(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("obs.csv", CHINESE))
    taken = take(real_centre, give("obs2.csv", CHINESE.replace(",3.5,62", ",3.6,—")))
    assert (taken.written, taken.corrected) == (1, 1)
    row = hour(real_centre, "01 08")
    assert (row["temperature"], row["humidity"]) == (3.6, None)
    key = {"place": "53882", "source": "station", "hour_start": row["hour_start"]}
    assert real_centre.lake.versions(WEATHER_HOURS, key)["temperature"].to_list() == [3.5, 3.6]


def test_file_of_another_column_leaves_the_others_as_they_are(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("obs.csv", CHINESE))
    take(real_centre, give("blh.csv", "站号,时间,混合层高度(m)\n53882,2026-03-01 08:00,420\n"))
    row = hour(real_centre, "01 08")
    assert (row["mixing_height"], row["temperature"], row["wind_direction"]) == (420, 3.5, 22.5)


@pytest.mark.parametrize(
    ("heading", "cell", "column", "value"),
    [
        ("temp (K)", "276.65", "temperature", 3.5),
        ("temp (°F)", "50", "temperature", 10.0),
        ("气温(0.1℃)", "-35", "temperature", -3.5),
        ("风速（km/h）", "36", "wind_speed", 10.0),
        ("wind speed [kn]", "10", "wind_speed", 5.144444),
        ("气压(Pa)", "90530", "pressure", 905.3),
        ("总云量(成)", "7", "cloud_cover", 70.0),
        ("湿度(0-1)", "0.62", "humidity", 62.0),
    ],
)
def test_unit_in_the_heading_is_converted(
    real_centre: Centre, give: Give, heading: str, cell: str, column: str, value: float
) -> None:
    take(real_centre, give("obs.csv", f"station,time,{heading}\nA,2026-03-01 08:00,{cell}\n"))
    assert hour(real_centre, "01 08")[column] == value


def test_row_of_units_below_the_heading_counts_too(real_centre: Centre, give: Give) -> None:
    take(
        real_centre,
        give("obs.csv", "站号,时间,气温,气压\n-,-,℃,kPa\nA,2026-03-01 08:00,3,90.5\n".replace("kPa", "hPa")),
    )
    assert hour(real_centre, "01 08")["pressure"] is None  # 90.5 hPa is no pressure of a place


def test_unknown_unit_refuses_the_file(real_centre: Centre, give: Give) -> None:
    with pytest.raises(CallerError, match="no unit of temperature"):
        take(real_centre, give("obs.csv", "station,time,temp (furlong)\nA,2026-03-01 08:00,3\n"))
    assert rows(real_centre) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("相对湿度(%)", "105"),
        ("气压(hPa)", "0"),
        ("风速(m/s)", "-9999"),
        ("气温", "999.9"),
        ("气温", "32766"),
        ("能见度(m)", "999999"),
        ("风向", "999999"),
    ],
)
def test_what_no_air_shows_is_missing_with_a_finding(
    real_centre: Centre, give: Give, column: str, cell: str
) -> None:
    taken = take(real_centre, give("obs.csv", f"站号,时间,{column}\nA,2026-03-01 08:00,{cell}\n"))
    assert taken.reports[0].rows_accepted == 1
    assert codes(taken) & {"implausible_values", "fill_values"}
    values = {name: value for name, value in hour(real_centre, "01 08").items() if name in WEATHER_HOURS.content}
    assert not [name for name in ("temperature", "humidity", "pressure", "wind_speed") if values[name] is not None]


def test_999_is_a_pressure_and_no_fill_value(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("obs.csv", "站号,时间,气压,相对湿度\nA,2026-03-01 08:00,999.9,99\n"))
    row = hour(real_centre, "01 08")
    assert (row["pressure"], row["humidity"], row["flags"]) == (999.9, 99, None)


@pytest.mark.parametrize(
    ("word", "degrees"), [("北", 360), ("NNE", 22.5), ("东北偏北", 22.5), ("偏西风", 270), ("0", 360)]
)
def test_wind_has_sixteen_names_and_north_is_360(
    real_centre: Centre, give: Give, word: str, degrees: float
) -> None:
    take(real_centre, give("obs.csv", f"站号,时间,风速,风向\nA,2026-03-01 08:00,2,{word}\n"))
    assert hour(real_centre, "01 08")["wind_direction"] == degrees


def test_every_wind_name_is_one_of_sixteen_directions() -> None:
    assert {value / 22.5 for value in WIND_POINTS.values()} == set(range(1, 17))


@pytest.mark.parametrize("word", ["C", "静风", "Calm", "999017"])
def test_calm_has_many_names(real_centre: Centre, give: Give, word: str) -> None:
    take(real_centre, give("obs.csv", f"站号,时间,风速,风向\nA,2026-03-01 08:00,0.2,{word}\n"))
    row = hour(real_centre, "01 08")
    assert (row["wind_direction"], row["wind_speed"], row["flags"]) == (None, 0.2, "wind_direction:calm")


# ---------------------------------------------------------------------------------------------- times


def test_times_in_utc_are_shifted_and_those_of_the_city_are_not(real_centre: Centre, give: Give) -> None:
    taken = take(real_centre, give("utc.csv", "站号,时间(UTC),气温\nA,2026-03-01 00:00,1\n"))
    assert hour(real_centre, "01 08")["temperature"] == 1
    assert "zone_assumed" not in codes(taken)
    taken = take(real_centre, give("city.csv", "站号,时间,气温\nB,2026-03-01 00:00,2\n"))
    assert hour(real_centre, "01 00")["temperature"] == 2
    assert "zone_assumed" in codes(taken)


def test_cma_columns_of_year_month_day_and_hour_are_a_time(real_centre: Centre, give: Give) -> None:
    text = "Station_Id_C,Lat,Lon,Alti,Year,Mon,Day,Hour,PRS,TEM,WIN_D_Avg_10mi,WIN_S_Avg_10mi\n"
    text += "53882,36.05,113.07,991.8,2026,3,1,0,905.3,3.5,999017,0.1\n"
    take(real_centre, give("cma.csv", text, options={"zone": "UTC"}))
    row = hour(real_centre, "01 08", place="53882")
    assert (row["longitude"], row["latitude"], row["elevation"]) == (113.07, 36.05, 991.8)
    assert (row["pressure"], row["wind_direction"], row["wind_speed"]) == (905.3, None, 0.1)


@pytest.mark.parametrize(
    ("heading", "options", "start"),
    [
        ("时间", {}, "01 08"),
        ("时间（起始）", {}, "01 08"),
        ("时间（截止）", {}, "01 07"),
        ("hour_end", {}, "01 07"),
        ("hour_start", {}, "01 08"),
        ("时间", {"edge": "end"}, "01 07"),
    ],
)
def test_label_is_an_instant_unless_the_heading_or_the_sender_says_otherwise(
    real_centre: Centre, give: Give, heading: str, options: dict[str, str], start: str
) -> None:
    text = f"站号,{heading},气温,降水量\nA,2026-03-01 08:00,3,0.2\n"
    take(real_centre, give("obs.csv", text, options=options))
    assert hour(real_centre, start)["temperature"] == 3
    if start == "01 08" and ("起始" in heading or heading == "hour_start"):
        assert hour(real_centre, "01 08")["precipitation"] == 0.2


def test_24_00_is_the_midnight_after(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("obs.csv", "站号,日期,时次,气温\nA,2026-03-01,24,3\n"))
    assert rows(real_centre)[0]["hour_start"] == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_workbook_of_excel_is_read(real_centre: Centre, give: Give) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("站名", "观测时间", "气温（℃）", "风速（m/s）", "风向"),
        ("清华站", datetime(2026, 3, 1, 8), 3.5, 2, "东南"),  # noqa: DTZ001 - a sheet knows no zones
    ):
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    taken = take(real_centre, give("气象.xlsx", file.getvalue()))
    row_ = hour(real_centre, "01 08")
    assert taken.reports[0].rows_accepted == 1
    assert (row_["place"], row_["longitude"], row_["wind_direction"]) == ("1727A", 113.1097, 135)


# ---------------------------------------------------------------------------------------------- rejects


def test_every_row_is_accounted_for(real_centre: Centre, give: Give) -> None:
    text = (
        "站号,时间,气温,风速\n"
        "A,2026-03-01 08:00,3,2\n"  # good
        "A,2026-03-01 08:20,3,2\n"  # not on the hour
        "A,so early,3,2\n"
        ",2026-03-01 09:00,3,2\n"  # nowhere
        "A,2026-03-01 10:00,warm,2\n"  # one cell
        "A,2026-03-01 11:00,warm,fast\n"
        "A,2026-03-01 12:00,1,1\n"
        "A,2026-03-01 12:00,2,1\n"  # the same hour again
        "A,2026-03-01 13:00,1\n"  # too short
    )
    report = take(real_centre, give("obs.csv", text)).reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.cells_rejected) == (9, 3, 6, 1)
    reasons = report.rejects.filter(pl.col("column").is_null())["reason"].to_list()
    assert reasons == [
        *("not_on_the_hour", "not_a_time", "no_station", "no_readable_value", "superseded", "too_few_fields"),
    ]
    assert [row["temperature"] for row in rows(real_centre)] == [3, None, 2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("时间,气温\n2026-03-01 08:00,3\n", "at which station"),
        ("站号,气温\nA,3\n", "has no time"),
        ("站号,时间,颜色\nA,2026-03-01 08:00,red\n", "column of weather"),
        ("站号,时间(UTC+99),气温\nA,2026-03-01 08:00,3\n", "no zone of this Earth"),
    ],
)
def test_file_without_the_needed_columns_is_refused_whole(
    real_centre: Centre, give: Give, text: str, why: str
) -> None:
    with pytest.raises(CallerError, match=why):
        take(real_centre, give("obs.csv", text))
    assert rows(real_centre) == []


def test_place_may_be_said_beside_the_file_or_by_its_coordinates(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("a.csv", "时间,气温\n2026-03-01 08:00,3\n", options={"place": "53882"}))
    take(real_centre, give("b.csv", "时间,经度,纬度,气温\n2026-03-01 08:00,113.1,36.2,4\n"))
    assert [row["place"] for row in rows(real_centre)] == ["113.1000E36.2000N", "53882"]


def test_place_that_nobody_knows_is_a_finding(real_centre: Centre, give: Give) -> None:
    assert "place_unknown" in codes(take(real_centre, give("a.csv", CHINESE)))


# ---------------------------------------------------------------------------------------------- simulated


SIMULATED = "站号,时间,气温,simulated\nA,2026-03-01 08:00,3,true\n"


def test_simulated_and_measured_files_never_mix(real_centre: Centre, centre: Centre, give: Give) -> None:
    for place, text in ((real_centre, SIMULATED), (centre, CHINESE)):
        with pytest.raises(CallerError, match="never mix"):
            take(place, give("obs.csv", text))
    with pytest.raises(CallerError, match="never mix"):
        take(real_centre, give("obs.csv", CHINESE, simulated=True))
    with pytest.raises(CallerError, match="among others"):
        take(centre, give("obs.csv", SIMULATED + "A,2026-03-01 09:00,3,false\n"))
    take(centre, give("obs.csv", SIMULATED))
    take(centre, give("obs2.csv", CHINESE, simulated=True))
    assert all(row["simulated"] for row in rows(centre))
    assert rows(real_centre) == []


# ---------------------------------------------------------------------------------------------- knowing it


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("obs.csv", CHINESE, True),
        ("obs.txt", CHINESE.replace(",", "\t"), True),
        ("pm.csv", "station,time,PM2.5,temperature,humidity,wind_speed\n1,2,3,4,5,6\n", False),
        ("micro.csv", "device,time,raw,temperature,humidity\n1,2,3,4,5\n", False),
        ("mns.csv", "mn,time,temperature,pressure,wind_speed\n1,2,3,4,5\n", False),
        ("x.csv", "a,b\n1,2\n", False),
        ("x.csv", "", False),
    ],
)
def test_station_table_is_known_by_its_headings(name: str, text: str, known: bool) -> None:
    assert recognises(name, text.encode()) is known
    assert recognises(name, text.encode("gbk")) is known


@settings(max_examples=60)
@given(
    st.one_of(st.text(max_size=20), st.sampled_from(["a.csv", "a.json", "wrfout_d01", "a.nc", "a.grib", "a.txt"])),
    st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("gb18030", "replace"))),
)
def test_no_kind_of_weather_fails_while_it_looks(name: str, head: bytes) -> None:
    assert all(kind.recognises(name, head) in (True, False) for kind in WEATHER_KINDS)


CELL = st.one_of(
    st.sampled_from(
        ["2026-03-01 08:00", "A", "", "-9999", "静风", "1e400", "３.５", "nan", '"', "2026-02-30 24:00"]
    ),
    st.text(max_size=8),
    st.floats().map(str),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=1, max_size=8), max_size=8))
def test_garbage_is_accounted_for_and_never_a_crash(
    real_centre: Centre, give: Give, lines: list[list[str]]
) -> None:
    text = "站号,时间,气温,相对湿度,风速,风向,降水量\n" + "\n".join(",".join(line) for line in lines) + "\n"
    try:
        taken = take(real_centre, give("garbage.csv", text.encode("utf-8", "surrogatepass")))
    except CallerError:
        return
    assert balanced(taken)


def test_damaged_workbook_is_refused_with_words(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="workbook"):
        take(real_centre, give("气象.xlsx", b"PK\x03\x04" + b"\x00" * 200))
