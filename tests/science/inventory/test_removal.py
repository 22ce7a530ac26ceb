"""Devices in a row: capture, removal, availability, and the sizes of particles."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import Activity, Gross, InventoryPollutant
from lantian.science.inventory.removal import Device, device, remaining, remaining_shares
from lantian.science.inventory.rules import inventory_rules
from lantian.terms.errors import CallerError

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
SHARE = st.floats(0, 1)


def gross(pollutant: InventoryPollutant, amount: float, **inputs: str) -> Gross:
    return Gross(pollutant, amount, 1.0, "test#row", "factor", Confidence.B, 1.3, inputs)


def test_no_device_leaves_everything() -> None:
    assert remaining([], "so2") == 1.0


@given(SHARE, SHARE, SHARE)
def test_one_device_takes_capture_times_removal_times_availability(a: float, b: float, c: float) -> None:
    one = Device("own", {"voc": b}, capture=a, availability=c)
    assert remaining([one], "voc") == pytest.approx(1 - a * b * c, abs=1e-12)


def test_what_a_hood_does_not_collect_escapes_every_device_behind_it() -> None:
    chain = [device(RULES, "hood"), device(RULES, "activated_carbon"), device(RULES, "regenerative_oxidiser")]
    assert remaining(chain, "voc") == pytest.approx(0.6 + 0.4 * 0.85 * 0.06)


def test_a_capture_may_be_measured() -> None:
    chain = [device(RULES, "hood", capture=0.9), device(RULES, "regenerative_oxidiser")]
    assert remaining(chain, "voc") == pytest.approx(0.1 + 0.9 * 0.06)


@given(st.lists(st.tuples(SHARE, SHARE), min_size=2, max_size=4))
def test_order_of_devices_without_hood_does_not_matter(shares: list[tuple[float, float]]) -> None:
    chain = [Device("own", {"so2": removal}, availability=available) for removal, available in shares]
    assert len({round(remaining(order, "so2"), 12) for order in permutations(chain)}) == 1


@given(
    st.lists(
        st.builds(Device, st.just("own"), st.fixed_dictionaries({"pm25": SHARE, "coarse": SHARE}), SHARE, SHARE)
    )
)
def test_what_is_left_lies_between_nothing_and_everything(chain: list[Device]) -> None:
    for pollutant in ("pm25", "coarse", "so2", "bc"):
        assert -1e-12 <= remaining(chain, pollutant) <= 1 + 1e-12


def test_a_device_that_is_off_half_of_the_time_takes_half() -> None:
    assert remaining([device(RULES, "limestone_gypsum", availability=0.5)], "so2") == pytest.approx(0.6)


def test_what_a_device_is_not_made_for_passes() -> None:
    chain = [device(RULES, "bag_filter")]
    assert [remaining(chain, name) for name in ("so2", "nox", "co2", "nh3", "voc")] == [1.0] * 5


def test_pm10_needs_to_know_its_fine_share() -> None:
    with pytest.raises(CallerError, match="fine share"):
        remaining([device(RULES, "bag_filter")], "pm10")


def test_sizes_are_removed_by_their_own_shares() -> None:
    rows = [gross("tsp", 100), gross("pm10", 40), gross("pm25", 10), gross("bc", 1), gross("so2", 5)]
    found = remaining_shares(rows, [device(RULES, "gravity_settling")])
    assert found["pm25"] == found["bc"] == pytest.approx(0.9)
    assert found["pm10"] * 40 == pytest.approx(10 * 0.9 + 30 * 0.3)
    assert found["tsp"] * 100 == pytest.approx(10 * 0.9 + 90 * 0.3)
    assert found["so2"] == 1.0


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.permutations(["bag_filter", "limestone_gypsum", "scr"]))
def test_sizes_stay_nested_behind_any_chain(fine: float, middle: float, names: list[str]) -> None:
    rows = [gross("tsp", 100), gross("pm10", 100 * middle), gross("pm25", 100 * middle * fine)]
    shares = remaining_shares(rows, [device(RULES, name) for name in names])
    left = [row.amount * shares[row.pollutant] for row in rows]
    assert left[2] <= left[1] + 1e-9
    assert left[1] <= left[0] + 1e-9


def test_without_fine_particles_pm10_counts_as_coarse() -> None:
    assert remaining_shares([gross("pm10", 10)], [device(RULES, "bag_filter")]) == {"pm10": pytest.approx(0.05)}
    assert remaining_shares([gross("pm10", 0), gross("pm25", 0)], [device(RULES, "bag_filter")])["pm10"] >= 0


def test_what_already_stands_behind_control_is_not_controlled_again() -> None:
    rows = gross_of(Activity("process.coking.coke.ultra_low", 1000, "t"), RULES)
    assert set(remaining_shares(rows, [device(RULES, "bag_filter"), device(RULES, "scr")]).values()) == {1.0}


def test_an_own_removal_goes_before_the_default() -> None:
    own = device(RULES, "limestone_gypsum", removal={"so2": 0.97}, evidence="report 12")
    assert remaining([own], "so2") == pytest.approx(0.03)
    assert remaining([own], "pm25") == pytest.approx(0.43)
    assert (own.rule, own.evidence) == ("control-efficiencies#limestone_gypsum", "report 12")


def test_an_own_removal_of_dust_holds_for_every_size_not_given_by_itself() -> None:
    own = device(RULES, "bag_filter", removal={"pm25": 0.99, "tsp": 0.999})
    assert remaining([own], "pm25") == pytest.approx(0.01)
    assert remaining([own], "coarse") == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"removal": {"so2": 95}}, "95 % is written 0.95"),
        ({"removal": {"dust": 0.9}}, "cannot be used"),
        ({"capture": 1.1}, "capture is 1.1"),
        ({"availability": -0.1}, "availability is -0.1"),
    ],
)
def test_an_impossible_share_is_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(CallerError, match=words):
        device(RULES, "bag_filter", **arguments)  # type: ignore[arg-type]


def test_an_unknown_technique_names_the_known_ones() -> None:
    with pytest.raises(CallerError, match="bag_filter"):
        device(RULES, "magic")
