"""Tables that do not fit together are refused with file, line, column and value."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lantian.city import load_city
from lantian.terms.errors import CallerError


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "counties.csv",
            "640221,平罗县,Pingluo County,counties",
            "640221,平罗县,Pingluo County,hills",
            "group, value 'hills'",
        ),
        ("stations.csv", ",640202,", ",640299,", "column county, value '640299': unknown county"),
        ("bodies.csv", ",640202,", ",640299,", "column county, value '640299': unknown county"),
        ("bodies.csv", "gov-640202;gov", "gov-640299;gov", "column members, value 'gov-640299': unknown body"),
        ("bodies.csv", "市生态环境局,", "市政府,", "column aliases, value '市政府': also a name of city"),
        ("groups.csv", "county,640202", "county,640299", "column code, value '640299': unknown county"),
        ("groups.csv", "city,640200", "city,640300", "column code, value '640300': not this city"),
        ("groups.csv", "county,640202", "station,640202", "column kind, value 'station': a station is no group"),
        (
            "groups.csv",
            "SIM-640221-01;",
            "SIM-640221-99;",
            "column stations, value 'SIM-640221-99': unknown station",
        ),
        ("groups.csv", "640221,2013-01-01,,", "640221,2013-01-01,2012-01-01,", "column last, value '2012-01-01'"),
        (
            "groups.csv",
            "county,640205,2013-01-01",
            "county,640202,2020-01-01",
            "column first, value '2020-01-01': overlaps line 3",
        ),
    ],
)
def test_misfit_is_refused_with_its_place(
    edit: Callable[[str, str, str], Path], name: str, old: str, new: str, expected: str
) -> None:
    folder = edit(name, old, new)
    with pytest.raises(CallerError) as caught:
        load_city(folder)
    text = str(caught.value)
    assert str(folder / name) in text
    assert expected in text
    assert "line " in text


def test_station_that_ends_before_it_begins_is_refused(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit("stations.csv", "provincial,2,true,false,,,", "provincial,2,true,false,,2025-01-02,2025-01-01")
    with pytest.raises(CallerError, match="ends before it begins"):
        load_city(folder)


def test_station_named_twice_in_a_group_is_refused(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit("groups.csv", "SIM-640221-01;SIM-640221-02\n", "SIM-640221-01;SIM-640221-01\n")
    with pytest.raises(CallerError, match="named more than once"):
        load_city(folder)


def test_memberships_that_only_touch_are_fine(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(
        "groups.csv",
        "county,640221,2013-01-01,,SIM-640221-01;SIM-640221-02",
        "county,640221,2013-01-01,2025-06-30,SIM-640221-01\ncounty,640221,2025-07-01,,SIM-640221-02",
    )
    assert len(load_city(folder).groups) == 5


def test_only_a_collective_has_members(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit("bodies.csv", "all-counties,collective", "all-counties,department")
    with pytest.raises(CallerError, match="not a collective"):
        load_city(folder)
