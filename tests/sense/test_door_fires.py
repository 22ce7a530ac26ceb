"""Fires of FIRMS: both instruments, quick and reviewed, near and far, and damage."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.fires import FIRE_KINDS, recognises, take
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.surroundings import box_around
from lantian.store import FIRES
from lantian.terms.errors import CallerError

Give = Callable[..., Given]
MODIS = (
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_t31,"
    "frp,daynight\n"
)
VIIRS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,"
    "frp,daynight,type\n"
)
NEAR = "36.19400,113.09700,324.05,1.46,1.19,2026-03-01,633,Aqua,MODIS,94,6.1NRT,266.37,12.5,D\n"


def rows(centre: Centre) -> list[dict[str, Any]]:
    return centre.lake.read(FIRES).to_dicts()


def codes(taken: TakenFile) -> set[str]:
    return {finding.code for report in taken.reports for finding in report.findings}


def counts(taken: TakenFile) -> tuple[int, int, int, int]:
    report = taken.reports[0]
    return report.rows_read, report.rows_accepted, report.rows_rejected, report.rows_skipped


def test_modis_detection_is_kept_as_sent_with_its_county(real_centre: Centre, give: Give) -> None:
    assert counts(take(real_centre, give("fires.csv", MODIS + NEAR))) == (1, 1, 0, 0)
    (row,) = rows(real_centre)
    assert row["acquired_at"] == datetime(2026, 3, 1, 6, 33, tzinfo=UTC)
    assert (row["longitude"], row["latitude"], row["frp"]) == (113.097, 36.194, 12.5)
    assert (row["brightness"], row["brightness_2"], row["scan"], row["track"]) == (324.05, 266.37, 1.46, 1.19)
    assert (row["confidence"], row["confidence_class"], row["day_night"]) == ("94", "high", "day")
    assert (row["county"], row["inside_city"], row["version"], row["type"]) == ("140403", True, "6.1NRT", None)


def test_viirs_detection_has_its_own_columns_and_words(real_centre: Centre, give: Give) -> None:
    lines = "".join(
        f"36.194,{113 + at / 100},331.2,0.39,0.36,2026-03-01,0512,{satellite},VIIRS,{word},2.0NRT,280.1,3.2,N,2\n"
        for at, (satellite, word) in enumerate([("N", "n"), ("N20", "low"), ("1", "h"), ("N21", "nominal")])
    )
    take(real_centre, give("viirs.csv", VIIRS + lines))
    found = [
        (row["satellite"], row["confidence_class"])
        for row in sorted(rows(real_centre), key=lambda r: r["longitude"])
    ]
    assert found == [("Suomi-NPP", "nominal"), ("NOAA-20", "low"), ("NOAA-20", "high"), ("NOAA-21", "nominal")]
    assert {(row["instrument"], row["brightness"], row["type"]) for row in rows(real_centre)} == {
        ("VIIRS", 331.2, 2)
    }


@pytest.mark.parametrize(
    ("percent", "name"),
    [(0, "low"), (29, "low"), (30, "nominal"), (79, "nominal"), (80, "high"), (100, "high"), (101, None)],
)
def test_percentage_has_a_class(real_centre: Centre, give: Give, percent: int, name: str | None) -> None:
    take(real_centre, give("fires.csv", MODIS + NEAR.replace(",94,", f",{percent},")))
    assert [(row["confidence"], row["confidence_class"]) for row in rows(real_centre)] == [(str(percent), name)]


@pytest.mark.parametrize(
    ("time", "minute"), [("7", 7), ("07", 7), ("0007", 7), ("00:07", 7), ("633", 393), ("2359", 1439)]
)
def test_time_of_the_overpass_is_hours_and_minutes_in_utc(
    real_centre: Centre, give: Give, time: str, minute: int
) -> None:
    take(real_centre, give("fires.csv", MODIS + NEAR.replace(",633,", f",{time},")))
    at = rows(real_centre)[0]["acquired_at"].astimezone(UTC)
    assert at.hour * 60 + at.minute == minute
    assert (at.year, at.month, at.day) == (2026, 3, 1)


def test_overpass_in_the_evening_of_utc_is_the_next_legal_day(real_centre: Centre, give: Give) -> None:
    take(real_centre, give("fires.csv", MODIS + NEAR.replace(",633,", ",1601,")))
    assert str(rows(real_centre)[0]["legal_day"]) == "2026-03-02"


def test_table_of_the_last_day_names_no_instrument(real_centre: Centre, give: Give) -> None:
    text = (MODIS + NEAR).replace("instrument,", "").replace("Aqua,MODIS,", "T,")
    take(real_centre, give("MODIS_C6_1_Global_24h.csv", text))
    assert [(row["satellite"], row["instrument"]) for row in rows(real_centre)] == [("Terra", "MODIS")]


def test_fires_far_away_are_counted_and_those_around_the_city_kept(real_centre: Centre, give: Give) -> None:
    box = box_around(real_centre.city, 200)
    text = MODIS + NEAR
    for longitude, latitude in ((box.west + 0.01, box.south + 0.01), (box.east + 0.01, 36.0), (-70.0, -38.0)):
        text += NEAR.replace("36.19400,113.09700", f"{latitude:.4f},{longitude:.4f}")
    taken = take(real_centre, give("fires.csv", text))
    assert counts(taken) == (4, 2, 0, 2)
    assert codes(taken) == {"fires_elsewhere"}
    assert sorted(row["inside_city"] for row in rows(real_centre)) == [False, True]


def test_reviewed_detection_corrects_the_quick_one_and_is_never_undone(real_centre: Centre, give: Give) -> None:
    reviewed = NEAR.replace("6.1NRT", "6.1").replace(",12.5,", ",13.1,")
    quick = give("quick.csv", MODIS + NEAR)
    assert take(real_centre, quick).written == 1
    assert take(real_centre, quick).unchanged == 1
    taken = take(real_centre, give("reviewed.csv", MODIS + reviewed))
    assert (taken.written, taken.corrected) == (1, 1)
    late = take(real_centre, quick)
    assert (late.written, counts(late)) == (0, (1, 0, 0, 1))
    assert codes(late) == {"quick_after_reviewed"}
    assert [(row["frp"], row["version"]) for row in rows(real_centre)] == [(13.1, "6.1")]


def test_both_in_one_file_end_with_the_reviewed_one(real_centre: Centre, give: Give) -> None:
    reviewed = NEAR.replace("6.1NRT", "6.1").replace(",12.5,", ",13.1,")
    take(real_centre, give("both.csv", MODIS + reviewed + NEAR))
    assert [row["frp"] for row in rows(real_centre)] == [13.1]


def test_rows_without_place_time_or_satellite_are_rejects_and_bad_cells_alone(
    real_centre: Centre, give: Give
) -> None:
    text = MODIS + NEAR
    text += NEAR.replace("36.19400", "96.1")
    text += NEAR.replace("113.09700", "")
    text += NEAR.replace(",633,", ",2460,")
    text += NEAR.replace("2026-03-01", "2026-02-30")
    text += NEAR.replace("Aqua,MODIS", ",")
    text += NEAR.replace("36.19400", "36.2").replace(",12.5,", ",much,")
    text += NEAR.replace("36.19400", "36.3").replace(",324.05,", ",-9999,")
    text += "36.1,113\n"
    taken = take(real_centre, give("fires.csv", text))
    assert counts(taken) == (9, 3, 6, 0)
    reasons = taken.reports[0].rejects["reason"].to_list()
    assert sorted(reasons) == sorted(
        [
            "not_a_place",
            "not_a_place",
            "not_a_time",
            "not_a_time",
            "no_satellite",
            "not_a_number",
            "too_few_fields",
        ]
    )
    assert codes(taken) == {"fill_values"}
    assert sorted(str(row["frp"]) for row in rows(real_centre)) == ["12.5", "12.5", "None"]


def test_gzip_is_unpacked_and_known(real_centre: Centre, give: Give) -> None:
    packed = gzip.compress((MODIS + NEAR).encode())
    assert recognises("fires.csv.gz", packed)
    assert take(real_centre, give("fires.csv.gz", packed)).written == 1


@pytest.mark.parametrize("data", [gzip.compress((MODIS + NEAR).encode())[:-12], b"\x1f\x8b\x08nothing"])
def test_damaged_archive_is_refused(real_centre: Centre, give: Give, data: bytes) -> None:
    with pytest.raises(CallerError, match="damaged gzip"):
        take(real_centre, give("fires.csv.gz", data))


def test_simulated_fires_go_into_a_simulated_lake_only(real_centre: Centre, centre: Centre, give: Give) -> None:
    made = give("fires.csv", MODIS.replace("daynight", "daynight,simulated") + NEAR.replace(",D\n", ",D,true\n"))
    with pytest.raises(CallerError, match="never mix"):
        take(real_centre, made)
    assert take(centre, made).written == 1
    with pytest.raises(CallerError, match="never mix"):
        take(centre, give("real.csv", MODIS + NEAR))


def test_table_of_something_else_is_refused_and_not_known(real_centre: Centre, give: Give) -> None:
    with pytest.raises(CallerError, match="no table of FIRMS"):
        take(real_centre, give("x.csv", "latitude,longitude\n1,2\n"))
    assert not recognises("x.csv", b"latitude,longitude\n1,2\n")
    assert not recognises("x.csv.gz", b"\x1f\x8b\x08\x00garbage")
    assert recognises("x.csv", (MODIS + NEAR).encode())
    assert {kind.key for kind in FIRE_KINDS} == {"fires_firms"}


CELL = st.one_of(
    st.sampled_from(["36.2", "113.1", "2026-03-01", "633", "T", "", "nan", "1e999", '"']), st.text(max_size=6)
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=12, max_size=15), max_size=6))
def test_garbage_is_accounted_for(real_centre: Centre, give: Give, lines: list[list[str]]) -> None:
    text = MODIS + "\n".join(",".join(line) for line in lines) + "\n"
    try:
        taken = take(real_centre, give("fires.csv", text.encode("utf-8", "surrogatepass")))
    except CallerError:
        return
    read, accepted, rejected, skipped = counts(taken)
    assert read == accepted + rejected + skipped
