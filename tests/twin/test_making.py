"""True air obeys its sources: it is their sum, and less of them is less of it."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from lantian.city import Level, load_city
from lantian.ledger import Ledger
from lantian.rules import Choice, Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.catalogue import read_book
from lantian.twin.field import Air
from lantian.twin.making import Making
from lantian.twin.sealing import list_sealed, open_truth, seal, truth_frames
from lantian.twin.stations import station_hours

FIRST, LAST, SEED = date(2026, 1, 15), date(2026, 1, 16), 20260301


@pytest.fixture(scope="module")
def making() -> Making:
    city = load_city("changzhi")
    book = read_book(city)
    assert book is not None
    rule = Rulebook.packaged().edition(PlumeRule, "plume", FIRST, Choice())
    return Making(city, book, rule, FIRST, LAST, SEED)


@pytest.fixture(scope="module")
def stations(making: Making):
    national = [one for one in making.city.stations if one.level is Level.NATIONAL]
    return [*national[:2], making.city.station("SIM-140406-01")]


@pytest.fixture(scope="module")
def air(making: Making, stations) -> Air:
    return making.air(stations)


def test_air_is_whole_and_positive(air: Air):
    assert air.value.shape == (3, 6, 48)
    assert np.isfinite(air.value).all()
    assert (air.value > 0.0).all()
    fine, all_ = (air.value[:, list(BASIC).index(p)] for p in (Pollutant.PM25, Pollutant.PM10))
    assert (all_ > fine).all()


def test_the_contributions_of_a_day_make_its_particles(air: Air):
    """Noise that no plume resolves is all that lies between the sum of the groups and the air."""
    fine = air.value[:, list(BASIC).index(Pollutant.PM25)].reshape(3, 2, 24).mean(axis=2)
    told = air.contributions["pm25"].sum(axis=0)
    assert fine == pytest.approx(told, rel=0.15)
    assert air.contributions["pm25"].min() >= 0.0


def test_every_group_is_named_once(air: Air):
    assert len(set(air.groups)) == len(air.groups) == air.contributions["pm25"].shape[0]
    assert "beyond" in air.groups
    assert "brick/140406" in air.groups
    assert "formed:trucks/140403" in air.groups


def test_the_same_stretch_is_the_same_and_a_longer_one_begins_alike(making: Making, stations, air: Air):
    again = making.air(stations[:1])
    assert again.value[0] == pytest.approx(air.value[0])


def test_without_homes_there_is_less_and_the_difference_is_what_they_brought(making: Making, stations, air: Air):
    less = replace(making, stopped=("homes_low", "homes_high"))
    for name in ("catalogue", "sky", "events", "incidents", "works", "boundary", "beyond"):
        less.__dict__[name] = getattr(making, name)
    without = less.air(stations)
    assert (without.value[:, 5] < air.value[:, 5]).all()
    brought = sum(
        air.contributions["pm25"][n]
        for n, name in enumerate(air.groups)
        if name.removeprefix("formed:").startswith("homes_")
    )
    fewer = air.contributions["pm25"].sum(axis=0) - without.contributions["pm25"].sum(axis=0)
    assert fewer == pytest.approx(brought, rel=1e-5)


def test_a_level_below_what_the_city_itself_brings_is_refused(making: Making):
    low = replace(making, level_pm25=8.0)
    for name in ("catalogue", "sky", "events", "incidents", "works", "boundary"):
        low.__dict__[name] = getattr(making, name)
    with pytest.raises(CallerError, match="own sources bring"):
        _ = low.beyond


def test_stations_send_what_they_breathe_give_or_take_their_noise(making: Making, stations, air: Air):
    frames = list(station_hours(stations, air, making.sky, making.incidents, SEED))
    assert [frame["station"][0] for frame in frames] == [one.code for one in stations]
    for place, frame in enumerate(frames):
        assert frame["simulated"].all()
        usable = frame.filter(frame["pm25_flags"].is_null() & frame["pm25"].is_not_null())
        assert usable.height > 40
        assert usable["pm25"].mean() == pytest.approx(air.value[place, 5].mean(), rel=0.1)


def test_the_truth_is_sealed_and_opened_only_with_a_reason(making: Making, air: Air, tmp_path, ledger: Ledger):
    frames = truth_frames(making, air)
    at = air and making.events[0].first
    sealed = seal(tmp_path, ledger, frames, at=at)
    assert {each.kind for each in sealed} == {"air", "contributions", "emissions", "events", "incidents"}
    assert seal(tmp_path, ledger, frames, at=at) == sealed == list_sealed(tmp_path)
    with pytest.raises(CallerError, match="reason"):
        open_truth(tmp_path, ledger, "air", by="tester", reason=" ", at=at)
    found = open_truth(tmp_path, ledger, "air", by="tester", reason="scoring", at=at)
    assert found.height == 3 * 48
    with pytest.raises(CallerError, match="no table"):
        open_truth(tmp_path, ledger, "secrets", by="tester", reason="scoring", at=at)
    (tmp_path / "twin" / "truth" / "air.parquet").write_bytes(b"another")
    with pytest.raises(HouseError, match="not the file that was sealed"):
        open_truth(tmp_path, ledger, "air", by="tester", reason="scoring", at=at)


def test_contributions_in_the_truth_are_those_of_the_air(making: Making, air: Air):
    table = truth_frames(making, air)["contributions"].filter(pl.col("pollutant") == "pm25")
    worth = air.contributions["pm25"][air.contributions["pm25"] > 0.005]
    assert table.height == worth.size
    assert table["value"].cast(pl.Float64).sum() == pytest.approx(worth.astype(np.float64).sum(), rel=1e-6)
