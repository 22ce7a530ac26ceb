"""A scenario changes what it names, and nothing else."""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from lantian.city import City, Level
from lantian.rules import Choice, Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.errors import CallerError
from lantian.twin.catalogue import read_book
from lantian.twin.field import beyond_particles
from lantian.twin.making import Making
from lantian.twin.scenarios import Scenario, find_scenario, list_scenarios, plain_making, sides_of
from lantian.twin.weather import INDICES

BEYOND = 21.0
OWN = """
key = "own"
name_zh = "自拟"
name_en = "Own"
about_zh = "。"
about_en = "."
first = 2026-01-28
last = 2026-01-29
"""


def plain_of(city: City, scenario: Scenario) -> Making:
    book = read_book(city)
    assert book is not None
    rule = Rulebook.packaged().edition(PlumeRule, "plume", scenario.last, Choice())
    plain = plain_making(city, book, rule, scenario, 20260301)
    plain.__dict__["beyond"] = BEYOND  # what it takes a minute to find
    return plain


def own(tmp_path: Path, more: str) -> Scenario:
    path = tmp_path / "own.toml"
    path.write_text(OWN + more, "utf-8")
    return find_scenario(str(path))


def test_every_scenario_of_the_city_stands_ready():
    found = {each.key: each for each in list_scenarios()}
    assert set(found) == {
        "january-episode", "dust-day", "ozone-week", "straw-burning", "station-spraying", "quiet-year",
        "stop-bricks",
    }  # fmt: skip
    for key, each in found.items():
        assert find_scenario(key) == each
        assert all((each.name_zh, each.name_en, each.about_zh, each.about_en))
        assert each.last - each.first <= timedelta(days=366)


def test_a_name_that_nobody_knows_is_refused_with_those_that_are_known():
    with pytest.raises(CallerError, match=r"no scenario rain-of-frogs.*dust-day"):
        find_scenario("rain-of-frogs")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("last = 2026-01-01", "Cannot overwrite"),
        ("colour = 3", "colour"),
        ("[shift]\nluck = 1.0", "no index of the weather"),
        ("[shift]\nheat = 9.0", "less than or equal"),
        ('[[events]]\nkind = "dust"\nfirst = 2026-01-28T00:00:00Z\nhours = 3\nstrength = 9', "without an offset"),
        ('[[incidents]]\npattern = "frozen"\nfirst = 2026-01-28T00:00:00\nhours = 3\nfactor = 0.5', "spraying"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, more: str, said: str):
    with pytest.raises(CallerError, match=f"(?s)does not describe a scenario.*{said}"):
        own(tmp_path, more)


def test_days_in_the_wrong_order_are_refused(tmp_path: Path):
    path = tmp_path / "wrong.toml"
    path.write_text(OWN.replace("2026-01-29", "2026-01-27"), "utf-8")
    with pytest.raises(CallerError, match="before the first"):
        find_scenario(str(path))


def test_a_scenario_can_be_shortened_and_never_grows():
    given = find_scenario("dust-day")
    assert given.shortened(2).last == given.first + timedelta(days=1)
    assert given.shortened(99) == given


def test_a_forced_episode_stands_alone_in_its_stretch_and_the_base_has_none(changzhi: City):
    given = find_scenario("january-episode")
    plain = plain_of(changzhi, given)
    sides = sides_of(given, plain)

    def inside(making: Making) -> list[datetime]:
        return [each.first for each in making.events if given.first <= each.first.date() <= given.last]

    assert len(inside(plain)) == 1
    assert inside(sides.base) == []
    assert inside(sides.changed) == [datetime(2026, 1, 10, 18, tzinfo=changzhi.zone)]
    assert set(sides.base.events) < set(plain.events)
    assert set(sides.base.events) < set(sides.changed.events)
    moved = sides.changed.sky.weather.stagnation != sides.base.sky.weather.stagnation
    assert int(moved.sum()) == 144


def test_weather_is_moved_in_the_stretch_and_nowhere_else(changzhi: City):
    given = find_scenario("ozone-week")
    sides = sides_of(given, plain_of(changzhi, given))
    before, after = sides.base.sky.weather, sides.changed.sky.weather
    inside = np.zeros(len(before.axis), dtype=bool)
    inside[sides.base.hours] = True
    for key in INDICES:
        difference = getattr(after, key) - getattr(before, key)
        assert (difference[~inside] == 0.0).all()
        assert difference[inside] == pytest.approx(given.shift.get(key, 0.0))


def test_air_from_beyond_is_the_same_wherever_the_weather_is(changzhi: City):
    """Else its mean would make up for a quiet year."""
    given = find_scenario("quiet-year").shortened(60)
    sides = sides_of(given, plain_of(changzhi, given))
    base, changed = (each.beyond * beyond_particles(each.sky) for each in (sides.base, sides.changed))
    begin = sides.base.hours.start
    assert changed[: begin - 400] == pytest.approx(base[: begin - 400])
    assert changed[sides.base.hours].mean() < 0.95 * base[sides.base.hours].mean()


def test_a_level_is_brought_about_by_air_from_beyond_alone(changzhi: City, tmp_path: Path):
    given = own(tmp_path, "level = 40")
    plain = plain_of(changzhi, given)
    sides = sides_of(given, plain)
    assert sides.base.beyond == BEYOND
    assert sides.changed.beyond == pytest.approx(BEYOND + 4.0)
    with pytest.raises(CallerError, match=r"below what the simulated city's own sources bring, 15\.0"):
        sides_of(own(tmp_path, "level = 14"), plain)


def test_fires_are_six_times_as_many_and_nothing_else_changes(changzhi: City):
    given = find_scenario("straw-burning")
    sides = sides_of(given, plain_of(changzhi, given))
    before, after = ({row.key: row for row in each.book.surfaces} for each in (sides.base, sides.changed))
    assert after["straw"].emission["pm25"] == 6.0 * before["straw"].emission["pm25"]
    assert {key for key in before if before[key] != after[key]} == {"straw"}
    assert sides.changed.catalogue.plants == sides.base.catalogue.plants


def test_a_stop_leaves_weather_and_incidents_as_they_are(changzhi: City):
    given = find_scenario("stop-bricks")
    sides = sides_of(given, plain_of(changzhi, given))
    assert sides.changed.stopped == ("brick",)
    assert sides.changed.sky is sides.base.sky
    assert sides.changed.works is sides.base.works
    assert sides.changed.beyond == sides.base.beyond == BEYOND


def test_the_first_simulated_station_is_sprayed_unless_one_is_named(changzhi: City, tmp_path: Path):
    given = find_scenario("station-spraying")
    sides = sides_of(given, plain_of(changzhi, given))
    (each,) = sides.changed.extra
    assert changzhi.station(each.subject).simulated
    assert each in sides.changed.incidents
    assert (each.last - each.first) / timedelta(hours=1) == 87
    spray = '[[incidents]]\npattern = "blocked_inlet"\nfirst = 2026-01-28T00:00:00\nhours = 3\nfactor = 0.5\n'
    given = own(tmp_path, spray + 'station = "SIM-140406-02"')
    assert sides_of(given, plain_of(changzhi, given)).changed.extra[0].subject == "SIM-140406-02"


def test_nothing_that_exists_is_ever_interfered_with(changzhi: City, tmp_path: Path):
    spray = '[[incidents]]\npattern = "spraying"\nfirst = 2026-01-28T00:00:00\nhours = 3\nfactor = 0.5\n'
    real = next(one.code for one in changzhi.stations if not one.simulated)
    given = own(tmp_path, f'{spray}station = "{real}"')
    with pytest.raises(CallerError, match=f"{real} is no simulated station"):
        sides_of(given, plain_of(changzhi, given))


@pytest.mark.parametrize(
    ("more", "said"),
    [('stopped = ["volcano"]', "of the kind volcano"), ("[times]\nbrick = 2.0", "of the kind brick")],
)
def test_sources_that_the_city_does_not_have_are_refused(changzhi: City, tmp_path: Path, more: str, said: str):
    given = own(tmp_path, more)
    with pytest.raises(CallerError, match=said):
        sides_of(given, plain_of(changzhi, given))


def test_the_scenario_says_where_unless_the_caller_does(changzhi: City):
    quiet = find_scenario("quiet-year").shortened(1)
    plain = plain_of(changzhi, quiet)
    assert {one.level for one in sides_of(quiet, plain).stations} == {Level.NATIONAL}
    assert [one.code for one in sides_of(quiet, plain, ("SIM-140406-02", "1727A")).stations] == [
        "1727A",
        "SIM-140406-02",
    ]
    with pytest.raises(CallerError, match="9999A is no station"):
        sides_of(quiet, plain, ("9999A",))


def test_a_stretch_begins_on_its_first_day(changzhi: City):
    given = find_scenario("dust-day")
    plain = plain_of(changzhi, given)
    assert plain.sky.weather.axis[plain.hours][0].date() == given.first == date(2026, 4, 7)
