"""Who makes a county or the city, and what is enough."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lantian.city.records import City, EvaluationGroup, Level, Station, SubjectKind
from lantian.loop.evaluate.members import memberships, required, site_mean


def station(code: str, **more: object) -> Station:
    plain = {
        "name_zh": code, "name_en": code, "county": "000001", "longitude": 0.0, "latitude": 0.0,
        "level": Level.NATIONAL, "area_class": 2, "simulated": True,
    }  # fmt: skip
    return Station(code=code, **{**plain, **more})


def city(*stations: Station, groups: tuple[EvaluationGroup, ...]) -> City:
    return City(
        adcode="000000", key="test", name_zh="试", name_en="Test", province_zh="", province_en="",
        zone=ZoneInfo("Asia/Shanghai"), datum="EPSG:4490", counties=(), bodies=(),
        stations=stations, groups=groups,
    )  # fmt: skip


def test_membership_follows_its_dates():
    first, change = date(2026, 1, 1), date(2026, 1, 3)
    groups = (
        EvaluationGroup(SubjectKind.CITY, "000000", ("A",), first, date(2026, 1, 2)),
        EvaluationGroup(SubjectKind.CITY, "000000", ("A", "B"), change),
    )
    [found] = memberships(city(station("A"), station("B"), groups=groups), ("A", "B"), first, 4)
    assert found.counted[:, :, 0].tolist() == [[True] * 4, [False, False, True, True]]


def test_control_sites_and_sites_out_of_service_never_count():
    stations = (station("A"), station("C", control_site=True), station("L", in_service=date(2026, 1, 2)))
    groups = (EvaluationGroup(SubjectKind.CITY, "000000", ("A", "C", "L"), date(2026, 1, 1)),)
    [found] = memberships(city(*stations, groups=groups), ("A", "C", "L"), date(2026, 1, 1), 2)
    assert found.counted[:, :, 0].tolist() == [[True, True], [False, False], [False, True]]


def test_a_site_counts_only_for_what_it_measures():
    groups = (EvaluationGroup(SubjectKind.CITY, "000000", ("A",), date(2026, 1, 1)),)
    [found] = memberships(
        city(station("A", pollutants=("pm10", "pm25")), groups=groups), ("A",), date(2026, 1, 1), 1
    )
    assert found.programme.tolist() == [[False, False, False, False, True, True]]


@pytest.mark.parametrize(("sites", "needed"), [(0, 1), (1, 1), (2, 2), (4, 3), (5, 4), (8, 6)])
def test_three_quarters_of_the_sites_are_needed(sites: int, needed: int):
    assert required(np.array([sites]), Decimal("0.75")).tolist() == [needed]


def test_too_few_sites_give_no_value():
    values = np.array([[[10.0]], [[20.0]], [[np.nan]], [[np.nan]]])
    everyone = np.ones(values.shape, dtype=bool)
    mean, there, needed = site_mean(values, everyone, Decimal("0.5"))
    assert (mean.item(), there.item(), needed.item()) == (15.0, 2, 2)
    assert np.isnan(site_mean(values, everyone, Decimal("0.75"))[0]).all()


def test_the_order_of_sites_changes_nothing():
    values = np.random.default_rng(1).integers(0, 400, (6, 50, 7)).astype(float) / 10
    values[values < 4] = np.nan
    everyone = np.ones(values.shape, dtype=bool)
    one = site_mean(values, everyone, Decimal("0.75"))[0]
    other = site_mean(values[::-1], everyone, Decimal("0.75"))[0]
    np.testing.assert_allclose(one, other, rtol=1e-14)
    assert (np.isnan(one) == np.isnan(other)).all()
