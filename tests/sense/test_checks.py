from datetime import date, timedelta

import numpy as np
import pytest

from lantian.city.records import Level
from lantian.loop.sense.checks import (
    STATION,
    check_ambient,
    hour_cube,
    keep_findings,
    list_findings,
)
from lantian.loop.sense.doubts import DOUBTS
from lantian.terms.pollutants import BASIC

FIRST = date(2026, 3, 1)
PM10, PM25 = 4, 5
FROZEN = 30.0


def faulty(station: str, hours: np.ndarray) -> np.ndarray:
    """One station with a frozen, an inverted and a spiking hour."""
    if station == "1728A":
        hours[480:490, PM25] = FROZEN
        hours[500, PM10] = hours[500, PM25] - 10
        hours[600, 0] = 900.0
    return hours


def test_clean_hours_give_no_finding(centre, fill) -> None:
    fill(FIRST, 30)
    assert check_ambient(centre, FIRST, FIRST + timedelta(days=29)) == ()


def test_faulty_hours_are_found_with_place_hour_evidence_and_innocent_explanation(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty)
    found = {one.code: one for one in check_ambient(centre, FIRST, FIRST + timedelta(days=29))}
    assert set(found) == {"constant", "pm_inversion", "spike"}
    frozen = found["constant"]
    assert (frozen.where, frozen.when) == ("1728A", centre.midnight(date(2026, 3, 21)))
    assert frozen.evidence["value"] == FROZEN
    assert frozen.evidence["hours"] == 10
    assert frozen.evidence["channel"] == "pm25"
    assert str(frozen.evidence["last_hour"]).startswith("2026-03-21T09:00")
    assert frozen.competing_explanation


def test_only_what_reaches_into_the_days_asked_for_is_told(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty)
    found = check_ambient(centre, date(2026, 3, 22), date(2026, 3, 30))
    assert {one.code for one in found} == {"spike"}


def test_flagged_hours_are_not_doubted_twice(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty, pm25_flags="HSp", so2_flags="PS")
    assert check_ambient(centre, FIRST, date(2026, 3, 30)) == ()


def test_micro_stations_are_neither_checked_nor_neighbours(centre, fill) -> None:
    micro = {row.code for row in centre.city.stations if row.level is Level.MICRO}
    fill(FIRST, 5)
    cube = hour_cube(centre, FIRST, date(2026, 3, 5))
    assert not micro & {row.code for row in cube.stations}
    assert cube.hours.shape == (6, 120, len(BASIC))
    assert cube.starts[0] == centre.midnight(FIRST)


def test_missing_hours_stay_missing_in_the_cube(centre, fill) -> None:
    def holes(station: str, hours: np.ndarray) -> np.ndarray:
        hours[10:20, 0] = np.nan
        return hours

    fill(FIRST, 2, shape=holes)
    cube = hour_cube(centre, FIRST, date(2026, 3, 3))
    assert np.isnan(cube.hours[:, 10:20, 0]).all()
    assert np.isnan(cube.hours[:, 48:]).all()
    assert not np.isnan(cube.hours[:, :10]).any()


def test_no_hours_give_no_finding(centre) -> None:
    assert check_ambient(centre, FIRST, date(2026, 3, 5)) == ()


def test_kept_findings_come_back_as_they_were(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty)
    found = check_ambient(centre, FIRST, date(2026, 3, 30))
    kept = keep_findings(centre, STATION, found, FIRST, date(2026, 3, 30))
    assert (kept.new, kept.withdrawn, kept.standing) == (3, 0, 3)
    back = list_findings(centre, FIRST, date(2026, 3, 30))
    key = lambda one: (one.where, one.code)  # noqa: E731
    for before, after in zip(sorted(found, key=key), sorted(back, key=key), strict=True):
        assert (before.code, before.where, before.message, before.when) == (
            after.code, after.where, after.message, after.when,
        )  # fmt: skip
        assert before.evidence == after.evidence
        assert before.severity == after.severity
    assert list_findings(centre, FIRST, date(2026, 3, 30), place="1727A") == []


def test_keeping_the_same_findings_again_changes_nothing(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty)
    found = check_ambient(centre, FIRST, date(2026, 3, 30))
    keep_findings(centre, STATION, found, FIRST, date(2026, 3, 30))
    version = centre.lake.version("quality_findings")
    kept = keep_findings(centre, STATION, found, FIRST, date(2026, 3, 30))
    assert (kept.new, kept.withdrawn, kept.standing) == (0, 0, 3)
    assert centre.lake.version("quality_findings") == version


def test_a_finding_that_no_longer_holds_is_withdrawn_and_stays_readable(centre, fill) -> None:
    fill(FIRST, 30, shape=faulty)
    found = check_ambient(centre, FIRST, date(2026, 3, 30))
    keep_findings(centre, STATION, found, FIRST, date(2026, 3, 30))
    kept = keep_findings(centre, STATION, found[1:], FIRST, date(2026, 3, 30))
    assert kept.withdrawn == 1
    assert len(list_findings(centre, FIRST, date(2026, 3, 30))) == 2
    versions = centre.lake.scan("quality_findings", latest=False).collect()
    assert versions.height == 4


@pytest.mark.parametrize("code", sorted(DOUBTS))
def test_every_kind_of_hint_has_words_for_what_was_seen_and_what_would_excuse_it(code: str) -> None:
    doubt = DOUBTS[code]
    assert doubt.message != doubt.innocent
    assert len(doubt.innocent) > 20
