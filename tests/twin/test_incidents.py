"""What goes wrong in the simulation never befalls anything that exists."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from lantian.city import City, load_city
from lantian.twin.catalogue import Catalogue, build_catalogue, read_book
from lantian.twin.emitting import plant_load, season_shape
from lantian.twin.incidents import (
    FAULTS,
    FRAUDS,
    STATION_FRAUDS,
    Incident,
    obeyed_load,
    plan_incidents,
    stop_ordered,
)
from lantian.twin.readings import NORMAL, STOPPED, power_of, sent_by, upsets
from lantian.twin.sky import CALM, Sky, make_sky
from lantian.twin.stacks import true_emission, true_flue
from lantian.twin.weather import list_events, shared_weather

SEED = 5


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="module")
def sky(city: City) -> Sky:
    return make_sky(city, shared_weather(city, date(2026, 1, 1), date(2026, 1, 31), SEED), SEED)


@pytest.fixture(scope="module")
def catalogue(city: City) -> Catalogue:
    book = read_book(city)
    assert book is not None
    return build_catalogue(city, book, SEED)


@pytest.fixture(scope="module")
def events(city: City):
    return [event for year in (2025, 2026) for event in list_events(city, year, SEED)]


@pytest.fixture(scope="module")
def incidents(city: City, catalogue: Catalogue, sky: Sky, events) -> tuple[Incident, ...]:
    return plan_incidents(city, catalogue, sky, events, SEED)


def test_every_pattern_of_the_trade_happens_each_year(incidents):
    for year in (2025, 2026):
        happened = Counter((each.kind, each.pattern) for each in incidents if each.first.year == year)
        assert all(happened["fraud", pattern] >= 1 for pattern in (*FRAUDS, *STATION_FRAUDS))
        assert all(happened["fault", pattern] == 14 for pattern in FAULTS)
        assert happened["breach", "stop"] == 15  # five in each of three episodes


def test_nothing_that_exists_ever_gets_one(city: City, catalogue: Catalogue):
    real = {plant.code for plant in catalogue.plants if plant.exists}
    real |= {stack.code for plant, stack in catalogue.stacks if plant.exists}
    real |= {station.code for station in city.stations if not station.simulated}
    assert len(real) > 8
    for seed in range(6):
        sky = make_sky(city, shared_weather(city, date(2026, 1, 1), date(2026, 1, 2), seed), seed)
        events = [event for year in (2025, 2026) for event in list_events(city, year, seed)]
        drawn = plan_incidents(city, catalogue, sky, events, seed)
        wrong = [each for each in drawn if each.kind != "fault" and each.subject in real]
        assert wrong == []


def test_a_stack_exceeds_its_limit_only_by_an_incident(catalogue: Catalogue, sky: Sky):
    for plant, stack in catalogue.stacks[::40]:
        load = plant_load(plant.code, plant.season, season_shape(plant.season, sky), sky, SEED)
        calm = true_flue(stack, load, sky, SEED)
        for key, limit in stack.limits.items():
            assert calm.converted[key].max() < limit
        assert all((series[load == 0.0] == 0.0).all() for series in true_emission(stack, calm).values())


def _stack_of(catalogue: Catalogue, code: str):
    return next((plant, stack) for plant, stack in catalogue.stacks if stack.code == code)


def test_an_exceedance_is_above_the_limit_while_the_plant_works(catalogue: Catalogue, sky: Sky, incidents):
    seen = 0
    for each in incidents:
        if each.kind != "exceedance":
            continue
        plant, stack = _stack_of(catalogue, each.subject)
        load = np.ones(len(sky.temperature))
        flue = true_flue(stack, load, sky, SEED, upsets(plant, stack, [each], sky))
        assert flue.converted[each.pattern][each.hours(sky)].mean() > stack.limits[each.pattern]
        seen += 1
    assert seen >= 30


@pytest.mark.parametrize("pattern", [each for each in FRAUDS if each != "power"])
def test_each_fraud_leaves_its_signature_and_hides_more_than_it_says(pattern, catalogue, sky, incidents):
    each = next(one for one in incidents if one.kind == "fraud" and one.pattern == pattern)
    plant, stack = _stack_of(catalogue, each.subject)
    load = np.ones(len(sky.temperature))
    truth = true_flue(stack, load, sky, SEED, upsets(plant, stack, [each], sky))
    honest = sent_by(stack, truth, [], sky, SEED)
    faked = sent_by(stack, truth, [each], sky, SEED)
    inside = each.hours(sky)
    first = next(iter(faked.value))
    value, real = faked.value[first], honest.value[first]
    assert (value[~inside] == real[~inside]).all()
    match pattern:
        case "frozen":
            assert len(np.unique(value[inside])) == 1
        case "too_calm":
            assert value[inside].std() < 0.3 * real[inside].std()
        case "clipped" | "hugging" | "shifted_scale":
            assert value[inside].max() <= real[inside].max()
        case "copied":
            series = [faked.value[code][inside] for code in faked.converted or list(faked.value)[:2]]
            if len(series) > 1:
                assert np.corrcoef(series[0], series[1])[0, 1] > 0.999
        case "dilution":
            share = faked.value["a19001"][inside] / honest.value["a19001"][inside]
            assert share.mean() == pytest.approx(float(each.details["factor"]), rel=0.05)
            assert value[inside].mean() < 0.75 * real[inside].mean()
        case "arithmetic":
            if faked.converted:
                assert (faked.converted[first][inside] < honest.converted[first][inside]).all()
            assert (value == real).all()
        case "state_logic":
            assert set(faked.flag[inside]) == {STOPPED}
            assert (faked.value["a00000"][inside] > 0.0).all()
        case "digits":
            assert np.array_equal(value[inside] * 2.0, np.round(value[inside] * 2.0))
        case "timing":
            assert faked.late[inside].all()
            assert not honest.late.any()


def test_a_meter_shows_a_treatment_that_does_not_run(catalogue: Catalogue, sky: Sky, incidents):
    each = next(one for one in incidents if one.pattern == "power")
    plant = catalogue.plant(each.subject)
    assert plant.meter is not None
    power = power_of(plant, plant.meter, np.ones(len(sky.temperature)), [each], sky, SEED)
    inside = each.hours(sky)
    assert (power.treatment[inside] == 0.0).all()
    assert (power.treatment[~inside] > 0.0).all()
    assert (power.production[inside] > 0.0).all()


def test_kilns_stand_still_in_an_episode_unless_they_break_the_order(catalogue, sky: Sky, events, incidents):
    ordered = stop_ordered(catalogue)
    assert {plant.kind for plant in ordered} <= {"brick", "lime", "ceramics"}
    episode = next(event for event in events if event.kind == "episode" and event.first.year == 2026)
    inside = ((sky.weather.axis >= episode.first) & (sky.weather.axis <= episode.last)).to_numpy()
    breakers = {each.subject for each in incidents if each.kind == "breach" and each.first == episode.first}
    assert len(breakers) == 5
    for plant in ordered:
        load = obeyed_load(plant, np.ones(len(inside)), sky, events, incidents, ordered=True)
        assert load[inside].min() > 0.0 if plant.code in breakers else not load[inside].any()


def test_an_honest_logger_says_normal_while_the_plant_works(catalogue: Catalogue, sky: Sky):
    stack = next(one for _, one in catalogue.stacks if one.logger is not None)
    load = np.ones(len(sky.temperature))
    load[100:120] = 0.0
    sent = sent_by(stack, true_flue(stack, load, sky, SEED), [], sky, SEED)
    assert set(sent.flag[:100]) == {NORMAL}
    assert set(sent.flag[100:120]) == {STOPPED}
    assert sent.present.all()
    amount, flow = sent.amount["a21026"], sent.amount["a00000"]
    assert amount == pytest.approx(np.round(sent.value["a21026"] * flow / 1e6, 4))


def test_the_weather_is_a_basins(sky: Sky):
    month = sky.weather.axis.dt.month().to_numpy()
    assert -9.0 < sky.temperature[month == 1].mean() < -1.0
    assert 18.0 < sky.temperature[month == 7].mean() < 26.0
    assert 1.4 < sky.wind_speed.mean() < 2.8
    assert 0.005 < (sky.wind_speed < CALM).mean() < 0.15
    assert (
        sky.precipitation[np.isin(month, (6, 7, 8))].sum()
        > 4.0 * sky.precipitation[np.isin(month, (12, 1, 2))].sum()
    )
    night = (sky.sun < 0.0).mean()
    assert 0.45 < night < 0.55
    assert (sky.radiation[sky.sun <= 0.0] == 0.0).all()
    still = sky.weather.stagnation > 1.0
    assert sky.wind_speed[still].mean() < 0.7 * sky.wind_speed[~still].mean()
