"""Which standing boilers have to go: from the plan's lists, by distance and by size. Plants are invented."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lantian.loop.plan.admission.heat import StandingBoiler, boilers_in_reach, standing_boilers
from lantian.loop.plan.admission.records import HeatSource
from lantian.loop.plan.listing.projects import import_projects
from lantian.loop.plan.listing.records import ProjectFields
from lantian.terms.errors import CallerError

PLANTS = (
    HeatSource(name="虚构大热电", capacity=Decimal(300), longitude=113.0, latitude=36.0),
    HeatSource(name="虚构小热电", capacity=Decimal("299.9"), longitude=113.0, latitude=36.5),
)
NEAR, FAR = 36.2703, 36.2704  # 29.9929 and 30.0040 km from the large plant (Vincenty, GRS80)


def test_boilers_of_the_lists_are_told_by_distance_and_size(adopted: Any):
    small: list[ProjectFields] = [
        {"number": "1", "name": "近小", "quantity": Decimal(35), "longitude": 113.0, "latitude": NEAR},
        {"number": "2", "name": "远小", "quantity": Decimal(10), "longitude": 113.0, "latitude": FAR},
        {"number": "3", "name": "已拆", "quantity": Decimal(10), "longitude": 113.0, "latitude": 36.0,
         "state": "done", "done_on": date(2024, 5, 1)},
    ]  # fmt: skip
    large: list[ProjectFields] = [
        {"number": "1", "name": "近大", "quantity": Decimal("35.1"), "longitude": 113.0, "latitude": 36.1},
        {"number": "2", "name": "远大", "quantity": Decimal(75), "longitude": 113.0, "latitude": 36.5},
        {"number": "3", "name": "不明", "quantity": Decimal(75)},
        {"number": "4", "name": "近小", "quantity": Decimal(35), "longitude": 113.0, "latitude": NEAR},
    ]
    import_projects(adopted.office, "small-boilers", small, by="office")
    import_projects(adopted.office, "heat-radius-boilers", large, by="office")
    found = boilers_in_reach(adopted.office, PLANTS)
    assert [(row.boiler.name, row.inside, row.must_go) for row in found] == [
        ("近大", True, ("heat_radius",)),
        ("近小", True, ("heat_radius", "small")),
        ("远小", False, ("small",)),
        ("远大", False, ()),
        ("不明", None, ()),
    ]
    assert {row.plant for row in found} == {"虚构大热电", None}
    assert found[1].distance == pytest.approx(29.9929, abs=1e-4)
    assert len(standing_boilers(adopted.office)) == 5


def test_before_the_plan_of_2023_the_radius_was_fifteen(adopted: Any):
    boiler = StandingBoiler("a", Decimal(75), 113.0, 36.2)
    assert boilers_in_reach(adopted.office, PLANTS, [boiler], on=date(2020, 1, 1))[0].inside is False
    assert boilers_in_reach(adopted.office, PLANTS, [boiler], on=date(2024, 6, 1))[0].inside is True


def test_without_a_large_plant_nothing_is_inside(adopted: Any):
    (found,) = boilers_in_reach(adopted.office, PLANTS[1:], [StandingBoiler("a", None, 113.0, 36.5)])
    assert (found.inside, found.plant, found.distance, found.must_go) == (False, None, None, ())


def test_no_boilers_are_asked_for(adopted: Any):
    with pytest.raises(CallerError, match="No standing boiler is known"):
        boilers_in_reach(adopted.office, PLANTS)
