from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from sqlalchemy import select

from lantian.city.records import EvaluationGroup, Level, SubjectKind
from lantian.ledger.models import Entry
from lantian.loop.evaluate.members import memberships
from lantian.loop.sense.calibrating import (
    Asked,
    bring_micro,
    calibrate_beside,
    calibrate_by_transfer,
    fit_of,
    list_calibrations,
    withdraw_calibration,
    write_calibrated,
)
from lantian.terms.errors import CallerError

FIRST, DAYS = date(2026, 1, 1), 70
LAST = FIRST + timedelta(days=DAYS - 1)


def asked(device: str = "M1", **fields: object) -> Asked:
    given = {"channel": "pm25", "first": FIRST, "last": LAST, "reason": "co-location in winter", **fields}
    return Asked(device, **given)  # type: ignore[arg-type]


@pytest.fixture
def devices(centre, fill):
    """Ten weeks of a reference and of two nephelometers beside it that see particles swollen."""
    hours = fill(FIRST, DAYS, ("1727A",)).sort("hour_start")
    rng = np.random.default_rng(4)
    humidity = np.clip(
        60 + 25 * np.sin(np.arange(DAYS * 24) / 24 * 2 * np.pi) + rng.normal(0, 8, DAYS * 24), 5, 99
    )
    swollen = (humidity / 100) ** 2 / (1 - np.minimum(humidity, 95) / 100)
    true = hours["pm25"].to_numpy()
    parts = []
    for device, scale in (("M1", 0.7), ("M2", 1.4)):
        raw = (true + 2) * scale * (1 + 0.3 * swollen) * rng.lognormal(0, 0.05, len(true))
        parts.append(
            pl.DataFrame(
                {"raw": raw, "humidity": humidity, "temperature": 5 + 0 * raw, "hour_start": hours["hour_start"]}
            ).with_columns(device=pl.lit(device), channel=pl.lit("pm25"))
        )
    assert bring_micro(centre, pl.concat(parts), source="test") == 2 * DAYS * 24
    return true


def test_a_device_beside_a_reference_gets_a_version_with_validity_and_figures(centre, devices) -> None:
    row = calibrate_beside(centre, asked(), "1727A", by="lab")
    assert (row.device, row.channel, row.version, row.method) == ("M1", "pm25", 1, "co_location")
    assert row.valid_from == LAST + timedelta(days=1)
    assert (row.valid_until - row.valid_from).days == 179
    assert row.fit["held_out"]["r2"] > 0.9
    assert row.fit["held_out"]["rmse"] < row.fit["plain"]["rmse"]
    with centre.ledger.read() as session:
        assert [each.kind for each in session.scalars(select(Entry))] == ["calibration.made"]


def test_a_second_fit_is_the_next_version(centre, devices) -> None:
    calibrate_beside(centre, asked(), "1727A", by="lab")
    assert calibrate_beside(centre, asked(reason="new inlet"), "1727A", by="lab").version == 2


def test_a_fit_comes_back_from_the_ledger_as_it_was(centre, devices) -> None:
    row = calibrate_beside(centre, asked(), "1727A", by="lab")
    [held] = list_calibrations(centre)
    assert fit_of(held) == fit_of(row)


def test_a_device_that_hears_nothing_of_the_reference_is_refused_with_figures(centre, devices) -> None:
    rng = np.random.default_rng(1)
    start = centre.midnight(FIRST)
    noise = pl.DataFrame(
        {
            "raw": rng.uniform(0, 50, DAYS * 24),
            "humidity": [50.0] * DAYS * 24,
            "temperature": [5.0] * DAYS * 24,
            "hour_start": [start + timedelta(hours=at) for at in range(DAYS * 24)],
        }
    ).with_columns(device=pl.lit("M9"), channel=pl.lit("pm25"))
    bring_micro(centre, noise, source="test")
    with pytest.raises(CallerError, match="R² is"):
        calibrate_beside(centre, asked("M9"), "1727A", by="lab")
    assert list_calibrations(centre) == []


def test_a_calibration_is_handed_on_to_a_device_that_answers_alike(centre, devices) -> None:
    giver = calibrate_beside(centre, asked(), "1727A", by="lab")
    row = calibrate_by_transfer(centre, asked("M2", reason="no reference there"), giver.id, by="lab")
    assert (row.method, row.reference, row.giver) == ("transfer", "M1", giver.id)
    assert row.fit["likeness"]["correlation"] > 0.9


def test_only_a_standing_calibration_of_the_same_pollutant_is_handed_on(centre, devices) -> None:
    giver = calibrate_beside(centre, asked(), "1727A", by="lab")
    with pytest.raises(CallerError, match="No standing calibration"):
        calibrate_by_transfer(centre, asked("M2", channel="pm10"), giver.id, by="lab")
    withdraw_calibration(centre, giver.id, reason="inlet was open", by="lab")
    with pytest.raises(CallerError, match="No standing calibration"):
        calibrate_by_transfer(centre, asked("M2"), giver.id, by="lab")


def test_calibrated_hours_name_their_version_and_follow_the_newest_that_holds(centre, devices) -> None:
    first = calibrate_beside(centre, asked(last=FIRST + timedelta(days=48)), "1727A", by="lab")
    day = first.valid_from
    assert write_calibrated(centre, day, day) == 24
    rows = centre.lake.read("micro_calibrated", first=day, last=day)
    assert set(rows["calibration"]) == {first.id}
    truth = centre.lake.read("ambient_hours", first=day, last=day)["pm25"]
    assert (rows["value"] - truth).abs().mean() < 0.2 * truth.mean()
    second = calibrate_beside(centre, asked(last=FIRST + timedelta(days=48), reason="again"), "1727A", by="lab")
    write_calibrated(centre, day, day)
    assert set(centre.lake.read("micro_calibrated", first=day, last=day)["calibration"]) == {second.id}
    assert write_calibrated(centre, day, day) == 0


def test_a_withdrawn_version_calibrates_nothing_any_more(centre, devices) -> None:
    row = calibrate_beside(centre, asked(last=FIRST + timedelta(days=48)), "1727A", by="lab")
    withdraw_calibration(centre, row.id, reason="wrong place", by="lab")
    assert write_calibrated(centre, row.valid_from, row.valid_from) == 0
    [held] = list_calibrations(centre, withdrawn=True)
    assert held.withdrawn_because == "wrong place"


def test_days_before_a_calibration_holds_get_no_value(centre, devices) -> None:
    row = calibrate_beside(centre, asked(last=FIRST + timedelta(days=48)), "1727A", by="lab")
    assert write_calibrated(centre, FIRST, row.valid_from - timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("fields", "said"), [({"reason": ""}, "reason"), ({"first": LAST, "last": FIRST}, "no days from")]
)
def test_wrong_questions_are_refused(centre, devices, fields: dict[str, object], said: str) -> None:
    with pytest.raises(CallerError, match=said):
        calibrate_beside(centre, asked(**fields), "1727A", by="lab")


def test_an_unknown_reference_is_refused(centre, devices) -> None:
    with pytest.raises(CallerError, match="no reference"):
        calibrate_beside(centre, asked(), "M2", by="lab")


def test_hours_without_a_needed_column_are_refused(centre) -> None:
    with pytest.raises(CallerError, match="hour_start"):
        bring_micro(centre, pl.DataFrame({"device": ["M1"], "channel": ["pm25"], "raw": [1.0]}), source="test")


def test_micro_stations_never_enter_a_legal_mean_even_where_a_city_s_file_names_them(centre) -> None:
    city = centre.city
    micro = replace(city.stations[0], code="MICRO-1", level=Level.MICRO)
    group = EvaluationGroup(SubjectKind.CITY, city.adcode, ("MICRO-1", "1727A", "1728A"), first=date(2020, 1, 1))
    named = replace(city, stations=(*city.stations, micro), groups=(group,))
    [membership] = memberships(named, ("MICRO-1", "1727A", "1728A"), date(2026, 3, 1), 5)
    counted = {("MICRO-1", "1727A", "1728A")[at] for at in membership.sites[membership.counted.any(axis=(1, 2))]}
    assert counted == {"1727A", "1728A"}


def test_nothing_that_judges_reads_the_tables_of_micro_stations() -> None:
    from pathlib import Path

    import lantian.loop.evaluate

    room = Path(lantian.loop.evaluate.__file__).parent
    texts = [path.read_text("utf-8") for path in room.rglob("*.py")]
    assert not any("micro_hours" in text or "micro_calibrated" in text for text in texts)
