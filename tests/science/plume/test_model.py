"""What must hold of any plume: mass, linearity, symmetry, limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary
from lantian.science.boundary.profiles import profiles_of
from lantian.science.plume import Groups, Options, Periods, Receptors, Sources, hourly, transfer, transfer_hourly
from lantian.terms.errors import CallerError

STABILITIES = {"convective": (-20.0, 1200.0), "neutral": (np.inf, 800.0), "stable": (40.0, 200.0)}
EXACT = Options(cut=40.0)


def stack(height: float = 50.0, n: int = 1, **more: float) -> Sources:
    return Sources.points(np.zeros(n), np.zeros(n), np.full(n, height), **more)


def chimney(n: int = 1) -> Sources:
    return stack(80.0, n, diameter=3.0, velocity=15.0, temperature=400.0)


# ---------------------------------------------------------------------------------------------- mass


@pytest.mark.parametrize("kind", STABILITIES)
@pytest.mark.parametrize("radius", [300.0, 2000.0, 20000.0])
def test_mean_wind_carries_the_whole_emission_through_a_circle(
    make_air, plume_rule: PlumeRule, kind: str, radius: float
):
    """Flux of the transport wind through a cylinder around the source, ground to lid, without any loss."""
    length, layer = STABILITIES[kind]
    air = make_air(5.0, 270.0, length, layer)
    turn = np.linspace(-np.pi, np.pi, 721)[:-1]
    top = layer if length < 0 else 3 * layer
    heights = (np.arange(240) + 0.5) / 240 * top
    x, y = radius * np.cos(turn), radius * np.sin(turn)
    rings = [
        hourly(stack(60.0), Receptors.of(x, y, height=float(z)), air, plume_rule, options=EXACT)[:, 0]
        for z in heights
    ]
    column = np.array(rings).mean(axis=0) * top  # [ug m-2]
    # the plume above the mast takes the wind of its own axis, 60 m, unless it has grown beyond
    carried = np.sum(column * np.cos(turn)) * radius * (turn[1] - turn[0]) / 1e6
    winds = profiles_of(air, plume_rule, np.array([60.0, 0.5 * layer])).wind[0]
    assert 1 / winds[1] * 0.99 <= carried <= 1 / winds[0] * 1.01
    if kind == "neutral" and radius < 1000:
        assert carried * winds[0] == pytest.approx(1, rel=0.01)


def test_far_downwind_the_layer_is_mixed_from_ground_to_lid(make_air, plume_rule: PlumeRule):
    air = make_air(5.0, 270.0, -20.0, 500.0)
    y = np.linspace(-40_000, 40_000, 4001)
    at = 60_000.0
    ground = hourly(
        stack(60.0), Receptors.of(np.hypot(at, 0) + 0 * y, y, height=0.0), air, plume_rule, options=EXACT
    )
    lofty = hourly(stack(60.0), Receptors.of(at + 0 * y, y, height=450.0), air, plume_rule, options=EXACT)
    assert lofty == pytest.approx(ground, rel=1e-3)
    angle = np.arctan2(y, at)
    middle = profiles_of(air, plume_rule, np.array([250.0])).wind[0, 0]
    arc = hourly(
        stack(60.0),
        Receptors.of(at * np.cos(angle), at * np.sin(angle), height=0.0),
        air,
        plume_rule,
        options=EXACT,
    )[:, 0]
    through = np.trapezoid(arc * np.cos(angle), angle) * at
    assert through == pytest.approx(1e6 / (middle * 500.0), rel=0.01)


@given(wind=st.floats(1.5, 15), height=st.floats(5, 250), along=st.floats(300, 30_000))
def test_no_receptor_gets_more_than_the_one_on_the_axis(
    make_air, plume_rule: PlumeRule, wind: float, height: float, along: float
):
    air = make_air(wind, 270.0)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 361)
    receptors = Receptors.of(along * np.cos(angle), along * np.sin(angle), height=1.5)
    arc = hourly(stack(height), receptors, air, plume_rule)[:, 0]
    assert np.all(arc >= 0)
    assert np.all(np.isfinite(arc))
    assert arc[180] == arc.max()


# ---------------------------------------------------------------------------------------------- linear


def test_sources_add_up(make_air, plume_rule: PlumeRule):
    air = make_air(np.array([3.0, 6.0]), np.array([250.0, 300.0]))
    chance = np.random.default_rng(3)
    x, y = chance.uniform(-5e3, 5e3, (2, 12))
    many = Sources.points(x, y, chance.uniform(10, 100, 12), diameter=2.0, velocity=12.0, temperature=420.0)
    there = Receptors.of(chance.uniform(-5e3, 5e3, 7), chance.uniform(-5e3, 5e3, 7))
    rates = chance.uniform(0, 5, 12)
    together = hourly(many, there, air, plume_rule, rates)
    each = transfer_hourly(many, there, air, plume_rule)
    assert np.einsum("grh,g->rh", each.of("tracer").astype(float), rates) == pytest.approx(together, rel=1e-5)


def test_twice_the_emission_brings_twice_as_much(make_air, plume_rule: PlumeRule):
    air, there = make_air(2.0), Receptors.of(np.array([3000.0]), np.array([100.0]))
    once = hourly(chimney(), there, air, plume_rule, np.array([1.0]))
    assert hourly(chimney(), there, air, plume_rule, np.array([2.0])) == pytest.approx(2 * once, rel=1e-12)


@pytest.mark.parametrize("kind", STABILITIES)
@pytest.mark.parametrize("wind", [0.0, 0.4, 1.2, 6.0])
def test_plume_is_the_same_on_both_sides(make_air, plume_rule: PlumeRule, kind: str, wind: float):
    length, layer = STABILITIES[kind]
    air = make_air(wind, 270.0, length, layer)
    there = Receptors.of(np.array([1500.0, 1500.0, -400.0, -400.0]), np.array([300.0, -300.0, 200.0, -200.0]))
    found = hourly(stack(), there, air, plume_rule)[:, 0]
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert found[2] == pytest.approx(found[3], rel=1e-9, abs=1e-12)


@given(turn=st.floats(0, 360))
def test_turning_everything_changes_nothing(make_air, plume_rule: PlumeRule, turn: float):
    angle = np.radians(turn)
    here = np.array([[2500.0, 200.0], [1200.0, -150.0]])
    turned = here @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    air, other = make_air(4.0, 270.0), make_air(4.0, (270.0 + turn) % 360)
    first = hourly(chimney(), Receptors.of(*here.T), air, plume_rule)
    assert hourly(chimney(), Receptors.of(*turned.T), other, plume_rule) == pytest.approx(first, rel=1e-6)


def test_source_and_receptor_at_one_height_may_change_places_under_the_opposite_wind(
    make_air, plume_rule: PlumeRule
):
    here, there = np.array([0.0]), np.array([2000.0])
    air, back = make_air(4.0, 270.0), make_air(4.0, 90.0)
    one = hourly(Sources.points(here, here, here + 30), Receptors.of(there, here, height=30.0), air, plume_rule)
    other = hourly(Sources.points(there, here, here + 30), Receptors.of(here, here, height=30.0), back, plume_rule)
    assert one == pytest.approx(other, rel=1e-12)


# ---------------------------------------------------------------------------------------------- rising and falling


@given(height=st.floats(10, 150), more=st.floats(5, 100))
def test_a_higher_stack_never_brings_more_to_the_ground_below_its_axis(
    make_air, plume_rule: PlumeRule, height: float, more: float
):
    air, there = make_air(5.0, 270.0), Receptors.of(np.array([1500.0]), np.zeros(1), height=0.0)
    low, high = (hourly(stack(each), there, air, plume_rule)[0, 0] for each in (height, height + more))
    assert high <= low * (1 + 1e-9)


def test_hot_gas_rises_and_brings_less_nearby(make_air, plume_rule: PlumeRule):
    air, there = make_air(5.0, 270.0), Receptors.of(np.array([1000.0]), np.zeros(1))
    cold, hot = stack(60.0), stack(60.0, diameter=3.0, velocity=15.0, temperature=420.0)
    assert hourly(hot, there, air, plume_rule)[0, 0] < 0.5 * hourly(cold, there, air, plume_rule)[0, 0]


def test_stack_above_a_convective_layer_brings_nothing_in_that_hour(make_air, plume_rule: PlumeRule):
    air = make_air(3.0, 270.0, -20.0, 100.0)
    assert hourly(stack(150.0), Receptors.of(np.array([2000.0]), np.zeros(1)), air, plume_rule)[0, 0] == 0


def test_part_of_a_plume_that_passes_the_lid_is_lost_to_the_ground(make_air, plume_rule: PlumeRule):
    """Rise and lid decide the share: none far below the lid, all far beyond it, a part between."""
    there = Receptors.of(np.full(1, 25_000.0), np.zeros(1))
    big = stack(80.0, diameter=6.0, velocity=20.0, temperature=420.0)
    below, part, beyond = (
        hourly(big, there, make_air(4.0, 270.0, -20.0, layer), plume_rule)[0, 0]
        for layer in (2500.0, 350.0, 120.0)
    )
    assert beyond == 0
    still = stack(80.0)
    mixed = hourly(still, there, make_air(4.0, 270.0, -20.0, 350.0), plume_rule)[0, 0]
    assert 0 < part < mixed
    assert below > 0


# ---------------------------------------------------------------------------------------------- weak winds


def test_calm_brings_the_same_all_around(make_air, plume_rule: PlumeRule):
    angle = np.linspace(0, 2 * np.pi, 13)[:-1]
    there = Receptors.of(1500 * np.cos(angle), 1500 * np.sin(angle))
    found = hourly(stack(40.0), there, make_air(0.0, np.nan), plume_rule)[:, 0]
    assert found == pytest.approx(np.full(12, found[0]), rel=1e-9)
    assert found[0] > 0


@pytest.mark.parametrize("kind", STABILITIES)
def test_plume_and_puffs_meet_where_one_hands_over_to_the_other(make_air, plume_rule: PlumeRule, kind: str):
    """Around the wind that equals its fluctuation the two forms agree on the axis within a third."""
    length, layer = STABILITIES[kind]
    there = Receptors.of(np.array([500.0, 1000.0, 3000.0]), np.zeros(3))
    winds = np.linspace(0.05, 3.0, 200)
    found = np.array(
        [hourly(stack(10.0), there, make_air(w, 270.0, length, layer), plume_rule)[:, 0] for w in winds]
    )
    jump = np.abs(np.diff(np.log(found), axis=0)).max(axis=0)
    assert np.all(jump < 0.3), jump


def test_puffs_reach_the_closed_form_of_a_steady_source_without_wind(make_air, plume_rule: PlumeRule):
    """With a mixed layer and σ growing in proportion to age, the sum over all ages is Q / (2 √(2π) h σv r)."""
    spread = plume_rule.spread.model_copy(update={"lateral_power": 0})
    low = plume_rule.low_wind.model_copy(update={"longest": 10_000_000})
    linear = plume_rule.model_copy(update={"spread": spread, "low_wind": low})
    air = make_air(0.0, np.nan, -5.0, 100.0)
    lateral = profiles_of(air, linear, np.array([20.0])).lateral[0, 0]
    radius = np.array([3000.0, 8000.0, 20_000.0])
    found = hourly(stack(20.0), Receptors.of(radius, np.zeros(3)), air, linear, options=EXACT)[:, 0]
    assert found == pytest.approx(1e6 / (2 * np.sqrt(2 * np.pi) * 100.0 * lateral * radius), rel=0.01)


# ---------------------------------------------------------------------------------------------- areas, lines


@pytest.mark.parametrize("kind", STABILITIES)
@pytest.mark.parametrize("wind", [0.0, 5.0])
def test_area_is_the_sum_of_its_points(make_air, plume_rule: PlumeRule, kind: str, wind: float):
    length, layer = STABILITIES[kind]
    air = make_air(wind, 250.0, length, layer)
    offset = (np.arange(80) + 0.5) / 80 * 1000 - 500
    x, y = (each.ravel() for each in np.meshgrid(offset, offset))
    points = Sources.points(x, y, np.full(x.size, 8.0), depth=3.0)
    area = Sources.areas(np.zeros(1), np.zeros(1), 1000.0, 1000.0, 8.0, depth=3.0)
    there = Receptors.of(
        np.array([0.0, 700.0, 2000.0, 5000.0, 400.0]), np.array([0.0, 300.0, 500.0, 2000.0, 900.0])
    )
    group = Groups.of(["all"] * x.size)
    fine = transfer(points, there, air, plume_rule, groups=group, options=EXACT).of("tracer")[0, :, 0]
    ours = transfer(area, there, air, plume_rule, options=EXACT).of("tracer")[0, :, 0]
    assert ours == pytest.approx(fine, rel=0.03, abs=1e-3 * fine.max())


def test_line_is_the_sum_of_its_points(make_air, plume_rule: PlumeRule):
    air = make_air(4.0, 215.0)
    share = (np.arange(2000) + 0.5) / 2000
    points = Sources.points(2000 * share, 800 * share, np.full(2000, 2.0), depth=2.0)
    line = Sources.lines(np.zeros(1), np.zeros(1), np.array([2000.0]), np.array([800.0]), 2.0, depth=2.0)
    there = Receptors.of(np.array([1000.0, 1500.0, 4000.0, 900.0]), np.array([460.0, 900.0, 4000.0, -300.0]))
    fine = transfer(points, there, air, plume_rule, groups=Groups.of(["all"] * 2000)).of("tracer")[0, :, 0]
    ours = transfer(line, there, air, plume_rule).of("tracer")[0, :, 0]
    assert ours == pytest.approx(fine, rel=0.03, abs=1e-3 * fine.max())


def test_cells_that_share_a_table_are_what_each_is_by_itself(make_air, plume_rule: PlumeRule):
    air = make_air(np.array([0.0, 0.5, 2.0, 7.0]), np.array([np.nan, 80.0, 260.0, 300.0]))
    side = np.arange(8) * 1000.0
    x, y = (each.ravel() for each in np.meshgrid(side, side))
    shared = Sources.areas(x, y, 1000.0, 1000.0, 6.0, depth=2.0)
    alone = Sources.areas(x, y, 1000.0, 1000.0, 6.0 + 1e-9 * np.arange(64), depth=2.0)
    there = Receptors.of(np.array([3300.0, 12_000.0, -4000.0]), np.array([3400.0, 500.0, 2000.0]))
    ours, each = (transfer_hourly(rows, there, air, plume_rule).of("tracer") for rows in (shared, alone))
    assert ours == pytest.approx(each, rel=1e-2, abs=1e-5 * float(each.max()))


# ---------------------------------------------------------------------------------------------- what is left out


@pytest.mark.parametrize("wind", [0.5, 3.0])
def test_what_the_cut_leaves_out_is_as_little_as_it_says(make_air, plume_rule: PlumeRule, wind: float):
    angle = np.linspace(0, 2 * np.pi, 361)[:-1]
    there = Receptors.of(4000 * np.cos(angle), 4000 * np.sin(angle))
    air = make_air(wind, 200.0)
    usual = hourly(chimney(), there, air, plume_rule)[:, 0]
    whole = hourly(chimney(), there, air, plume_rule, options=EXACT)[:, 0]
    assert np.all(usual <= whole * (1 + 1e-9))
    assert np.max(whole - usual) <= 4e-4 * whole.max()
    assert usual.sum() >= (1 - 1e-3) * whole.sum()


def test_result_does_not_depend_on_the_number_of_threads(make_air, plume_rule: PlumeRule):
    chance = np.random.default_rng(5)
    air = make_air(chance.uniform(0.2, 8, 1500), chance.uniform(0, 360, 1500))
    there = Receptors.of(chance.uniform(-9e3, 9e3, 4), chance.uniform(-9e3, 9e3, 4))
    periods = Periods(("a", "b"), np.arange(1500) % 2)
    one, two = (
        transfer(chimney(3), there, air, plume_rule, periods, options=Options(threads=n)).values for n in (1, 2)
    )
    assert np.array_equal(one, two)


# ---------------------------------------------------------------------------------------------- hours and periods


def test_missing_hours_count_in_no_mean(make_air, plume_rule: PlumeRule):
    air = make_air(np.array([4.0, 4.0, 4.0]), np.array([270.0, 270.0, 270.0]))
    air.mixing_height[1] = np.nan
    there = Receptors.of(np.array([2000.0]), np.zeros(1))
    found = transfer(stack(), there, air, plume_rule, Periods(("a", "b", "c"), np.array([0, 0, 1])))
    hours = hourly(stack(), there, air, plume_rule)[0]
    assert np.isnan(hours[1])
    assert found.hours.tolist() == [1, 1, 0]
    assert found.of("tracer")[0, 0, :2] == pytest.approx(hours[[0, 2]], rel=1e-12)
    assert np.isnan(found.of("tracer")[0, 0, 2])
    assert found.outside.missing_hours == 1


def test_period_means_are_means_of_the_hours(make_air, plume_rule: PlumeRule):
    chance = np.random.default_rng(9)
    air = make_air(chance.uniform(0.2, 6, 48), chance.uniform(0, 360, 48))
    there = Receptors.of(np.array([1200.0, -700.0]), np.array([500.0, 900.0]))
    periods = Periods.months(air.hour_start)
    assert periods.names == ("2025-01",)
    mean = transfer(chimney(2), there, air, plume_rule, periods).values[0]
    hours = transfer_hourly(chimney(2), there, air, plume_rule)
    assert hours.periods[0] == "2025-01-01T00Z"
    assert mean[..., 0] == pytest.approx(hours.of("tracer").astype(float).mean(axis=-1), rel=1e-5)


def test_blocks_of_hours_put_together_are_one_call(make_air, plume_rule: PlumeRule):
    air = make_air(np.linspace(0.2, 6, 30), np.linspace(0, 350, 30))
    there = Receptors.of(np.array([1200.0]), np.array([500.0]))
    whole = transfer_hourly(chimney(), there, air, plume_rule).values
    parts = [
        transfer_hourly(chimney(), there, air, plume_rule, first=a, last=b).values for a, b in ((0, 11), (11, 30))
    ]
    assert np.array_equal(np.concatenate(parts, axis=-1), whole)


def test_group_is_the_weighted_sum_of_its_sources(make_air, plume_rule: PlumeRule):
    air, there = make_air(4.0), Receptors.of(np.array([2000.0]), np.array([50.0]))
    both = stack(30.0) + chimney()
    groups = Groups.of(["kilns", "kilns"], np.array([3.0, 1.0]))
    each = transfer(both, there, air, plume_rule).of("tracer")[:, 0, 0]
    found = transfer(both, there, air, plume_rule, groups=groups)
    assert found.groups == ("kilns",)
    assert found.of("tracer")[0, 0, 0] == pytest.approx(0.75 * each[0] + 0.25 * each[1], rel=1e-12)
    assert found.concentration("tracer", np.array([8.0])) == pytest.approx(8 * found.of("tracer")[0])


def test_activity_follows_the_hours(make_air, plume_rule: PlumeRule):
    air, there = make_air(np.array([4.0, 4.0])), Receptors.of(np.array([2000.0]), np.zeros(1))
    steady = transfer(stack(), there, air, plume_rule).values
    course = transfer(stack(), there, air, plume_rule, activity=np.array([[0.5, 1.5]])).values
    assert course == pytest.approx(steady, rel=1e-12)
    assert transfer(stack(), there, air, plume_rule, activity=np.array([[0.0, 0.5]])).values == pytest.approx(
        steady / 4, rel=1e-12
    )


def test_pairs_and_hours_outside_the_range_are_told(make_air, plume_rule: PlumeRule):
    air = make_air(np.array([0.0, 0.6, 4.0]), np.array([np.nan, 10.0, 10.0]))
    there = Receptors.of(np.array([20.0, 2000.0, 80_000.0]), np.zeros(3))
    outside = transfer(stack(), there, air, plume_rule).outside
    assert (outside.pairs, outside.near, outside.far) == (3, 1, 1)
    assert (outside.hours, outside.calm_hours, outside.weak_hours) == (3, 1, 2)


# ---------------------------------------------------------------------------------------------- substances


def test_sulphur_is_kept_when_sulphur_dioxide_becomes_sulphate(make_air, plume_rule: PlumeRule):
    """With no deposition, what the one loses the other gains, in sulphur."""
    kept = tuple(
        row.model_copy(update={"deposition": 0, "scavenging": 0}) if row.key in {"so2", "sulphate"} else row
        for row in plume_rule.species
    )
    rule = plume_rule.model_copy(update={"species": kept})
    there = Receptors.of(np.array([1000.0, 20_000.0]), np.zeros(2))
    found = transfer(chimney(), there, make_air(3.0), rule, species=("tracer", "so2", "sulphate")).values[
        :, 0, :, 0
    ]
    assert found[1] + found[2] / 1.5 == pytest.approx(found[0], rel=1e-6)
    assert np.all(found[2] > 0)


@given(rain=st.floats(0, 20), away=st.floats(500, 40_000))
def test_losses_only_take_away(make_air, plume_rule: PlumeRule, rain: float, away: float):
    there = Receptors.of(np.array([away]), np.zeros(1))
    keys = ("tracer", "so2", "nox", "pm25")
    found = transfer(chimney(), there, make_air(4.0, rain=rain), plume_rule, species=keys).values[:, 0, 0, 0]
    assert np.all(found[1:] <= found[0] * (1 + 1e-9))
    dry = transfer(chimney(), there, make_air(4.0), plume_rule, species=keys).values[:, 0, 0, 0]
    assert np.all(found <= dry * (1 + 1e-9))


def test_conversion_is_faster_by_day(make_air, plume_rule: PlumeRule):
    there = Receptors.of(np.array([20_000.0]), np.zeros(1))
    day, night = (
        transfer(chimney(), there, make_air(4.0, sun=sun), plume_rule, species=("sulphate",)).values.item()
        for sun in (40.0, -40.0)
    )
    assert day > 3 * night > 0


def test_grains_that_settle_come_down_nearer(make_air, plume_rule: PlumeRule):
    near = Receptors.of(np.array([1500.0]), np.zeros(1), height=0.0)
    heavy = tuple(
        row.model_copy(update={"settling": 0.1, "deposition": 0}) if row.key == "pm_coarse" else row
        for row in plume_rule.species
    )
    rule = plume_rule.model_copy(update={"species": heavy})
    air = make_air(3.0, 270.0, 40.0, 200.0)
    light, dust = transfer(stack(60.0), near, air, rule, species=("tracer", "pm_coarse")).values[:, 0, 0, 0]
    assert dust > 2 * light


# ---------------------------------------------------------------------------------------------- terrain


def test_hill_is_struck_by_a_stable_plume_and_climbed_by_a_neutral_one(make_air, plume_rule: PlumeRule):
    flat = Receptors.of(np.array([3000.0]), np.zeros(1))
    hill = Receptors.of(np.array([3000.0]), np.zeros(1), ground=100.0)
    stable, neutral = make_air(2.5, 270.0, 30.0, 150.0), make_air(6.0)
    on = Options(terrain=True)
    for air in (stable, neutral):
        assert hourly(stack(100.0), hill, air, plume_rule) == pytest.approx(
            hourly(stack(100.0), flat, air, plume_rule), rel=1e-12
        )
    gain = [
        (
            hourly(stack(100.0), hill, air, plume_rule, options=on) / hourly(stack(100.0), flat, air, plume_rule)
        ).item()
        for air in (stable, neutral)
    ]
    assert gain[0] > 5
    assert 0.8 < gain[1] < 1.5


# ---------------------------------------------------------------------------------------------- wrong questions


def test_what_cannot_be_computed_is_refused(make_air, plume_rule: PlumeRule):
    air, there = make_air(np.array([3.0, 3.0])), Receptors.of(np.array([1000.0]), np.zeros(1))
    with pytest.raises(CallerError, match="ozone is not claimed"):
        transfer(stack(), there, air, plume_rule, species=("o3",))
    with pytest.raises(CallerError, match="estimate it first"):
        hourly(stack(), there, air, plume_rule, np.array([np.nan]))
    with pytest.raises(CallerError, match="Give each hour one period"):
        transfer(stack(), there, air, plume_rule, Periods(("a",), np.zeros(3, dtype=int)))
    with pytest.raises(CallerError, match="Give each source one group"):
        transfer(stack(), there, air, plume_rule, groups=Groups.single(2))
    with pytest.raises(CallerError, match="never ends"):
        Options(opening=0.0)
    with pytest.raises(CallerError, match="Complete the sources"):
        Sources.points(np.array([np.nan]), np.zeros(1), np.zeros(1))
    with pytest.raises(CallerError, match="below the ground"):
        stack(-1.0)
    with pytest.raises(CallerError, match="Give each of the"):
        Receptors.of(np.array([np.nan]), np.zeros(1))
    with pytest.raises(CallerError, match="weighted in its group"):
        Groups.of(["a"], np.array([-1.0]))


def test_air_is_not_changed(make_air, plume_rule: PlumeRule):
    air: Boundary = make_air(3.0)
    before = air.wind_speed.copy()
    hourly(stack(), Receptors.of(np.array([1000.0]), np.zeros(1)), air, plume_rule)
    assert np.array_equal(before, air.wind_speed)
