"""What a logger sent beside what its own readings give."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Choice, Rulebook, SourceDataRule
from lantian.science.emission.reasons import reason_names
from lantian.science.emission.recompute import (
    GasState,
    MinuteEvidence,
    RecomputedHours,
    SentDecimals,
    SentHours,
    recompute_hour,
)
from lantian.terms.errors import CallerError

BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("source_data") if isinstance(row, SourceDataRule) and row.until is None)
DECIMALS = SentDecimals(average=2, oxygen=1, converted=2, flow=0, amount=3)
SIX = np.array([6.0])


def sent(**change: float) -> SentHours:
    """20 mg/m³ at 11 % oxygen: 30 at 6 %; with 500 000 m³ 10 kg."""
    hour = {"average": 20.0, "oxygen": 11.0, "converted": 30.0, "flow": 500_000.0, "amount": 10.0, **change}
    return SentHours(**{name: np.array([value]) for name, value in hour.items()})


def names(found: RecomputedHours) -> set[str]:
    return set(reason_names(int(found.reasons[0])))


def asked(hour: SentHours, **more: object) -> RecomputedHours:
    return recompute_hour(hour, SIX, RULE, DECIMALS, known_oxygen=(6.0, 9.0, 16.0), **more)


def test_an_hour_that_adds_up_has_no_reason() -> None:
    found = asked(sent())
    assert names(found) == set()
    assert (found.converted[0], found.amount[0], found.converted_difference[0]) == (30.0, 10.0, 0.0)
    assert not found.differs.any()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"converted": 20.0}, {"converted_differs", "not_converted"}),
        ({"converted": 24.0}, {"converted_differs", "other_reference_oxygen"}),
        ({"converted": 27.3}, {"converted_differs"}),
        ({"converted": np.nan}, {"sent_missing"}),
        ({"oxygen": 21.0}, {"oxygen_not_below_air", "sent_though_not_computable"}),
        ({"oxygen": 21.0, "converted": np.nan}, {"oxygen_not_below_air"}),
        ({"oxygen": -0.2}, {"oxygen_negative", "sent_though_not_computable"}),
        ({"oxygen": np.nan}, {"missing"}),
        ({"amount": 15.0}, {"amount_differs", "amount_from_converted"}),
        ({"amount": 10_000.0}, {"amount_differs", "amount_other_power_of_ten"}),
        ({"amount": 12.0}, {"amount_differs"}),
        ({"amount": np.nan}, {"sent_missing"}),
        ({"amount": np.nan, "flow": np.nan}, set()),
        ({"flow": -1.0}, {"flow_negative"}),
        ({"average": np.nan}, {"missing"}),
    ],
)
def test_what_does_not_add_up_is_named(change: dict[str, float], expected: set[str]) -> None:
    assert names(asked(sent(**change))) == expected


def test_the_annexes_second_millionth_is_recognised() -> None:
    fine = replace(DECIMALS, amount=9)
    found = recompute_hour(sent(amount=1e-5), SIX, RULE, fine)
    assert names(found) == {"amount_differs", "amount_other_power_of_ten"}


def test_the_implied_oxygen_is_given_for_every_row() -> None:
    assert asked(sent(converted=24.0)).implied_oxygen[0] == pytest.approx(9.0)


def test_without_a_reference_the_measured_value_is_right() -> None:
    hour = sent(converted=20.0)
    found = recompute_hour(hour, np.array([np.nan]), RULE, DECIMALS)
    assert names(found) == {"no_reference_oxygen"}
    assert names(recompute_hour(sent(), np.array([np.nan]), RULE, DECIMALS)) == {
        "no_reference_oxygen", "converted_differs",
    }  # fmt: skip


def test_flags_and_order_are_checked() -> None:
    hour = replace(sent(), flags=np.array(["C"]), minimum=np.array([21.0]), maximum=np.array([25.0]))
    assert names(asked(hour)) == {"not_normal", "order_broken"}
    fine = replace(sent(), flags=np.array(["N"]), minimum=np.array([20.0]), maximum=np.array([20.0]))
    assert names(asked(fine)) == set()
    unknown = replace(sent(), minimum=np.array([np.nan]), maximum=np.array([19.0]))
    assert names(asked(unknown)) == {"order_broken"}


@given(
    st.floats(0.5, 500),
    st.floats(0, 18),
    st.floats(1e4, 2e6),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_rounding_alone_is_never_a_difference(
    average: float, oxygen: float, flow: float, places: int, oxygen_places: int, converted_places: int
) -> None:
    decimals = SentDecimals(places, oxygen_places, converted_places, 0, 2)
    rounded = SentHours(
        average=np.round([average], places),
        oxygen=np.round([oxygen], oxygen_places),
        converted=np.round([average * 15 / (21 - oxygen)], converted_places),
        flow=np.round([flow], 0),
        amount=np.round([average * flow * 1e-6], 2),
    )
    found = recompute_hour(rounded, SIX, RULE, decimals)
    assert not found.differs.any()


# ------------------------------------------------------------------------------------------- state


def state(**change: float) -> GasState:
    """136.5 degrees, one atmosphere, 10 % water: 1500 m³ are 900 dry standard m³."""
    gas = {
        "temperature": 136.5, "ambient_pressure": 101.325, "static_pressure": 0.0, "humidity": 10.0,
        "working_flow": 500_000.0 / 0.6, **change,
    }  # fmt: skip
    return GasState(**{name: np.array([value]) for name, value in gas.items()})


def test_flow_is_recomputed_from_the_state_of_the_gas() -> None:
    found = asked(replace(sent(), state=state()))
    assert found.flow[0] == pytest.approx(500_000.0, rel=1e-14)
    assert names(found) == set()


def test_a_wrong_coefficient_shows_in_the_flow() -> None:
    found = asked(replace(sent(), state=state(working_flow=500_000.0 / 0.6 * 0.84 / 0.75)))
    assert names(found) == {"flow_differs"}
    assert found.flow_difference[0] == pytest.approx(-60_000.0)


def test_an_impossible_state_is_named_and_the_flow_sent_is_used() -> None:
    found = asked(replace(sent(), state=state(humidity=120.0)))
    assert names(found) == {"humidity_impossible"}
    assert found.amount[0] == 10.0


def test_without_a_flow_sent_the_recomputed_one_makes_the_amount() -> None:
    found = asked(replace(sent(flow=np.nan), state=state()))
    assert found.amount[0] == pytest.approx(10.0)
    assert "amount_differs" not in names(found)


@pytest.mark.parametrize(("basis", "average"), [("wet_standard", 18.0), ("wet_working", 12.0)])
def test_other_bases_are_brought_to_dry_standard_gas_first(basis: str, average: float) -> None:
    found = asked(replace(sent(average=average), state=state()), basis=basis)
    assert found.concentration[0] == pytest.approx(20.0)
    assert "converted_differs" not in names(found)


def test_another_basis_without_a_state_is_refused() -> None:
    with pytest.raises(CallerError, match="concentrations are wet_working"):
        asked(sent(), basis="wet_working")


# ------------------------------------------------------------------------------------------- minutes


def test_the_mean_sent_is_compared_with_its_minutes() -> None:
    evidence = MinuteEvidence(average=np.array([25.0]), converted=np.array([30.0]))
    found = asked(sent(), minutes=evidence)
    assert names(found) == {"mean_differs"}
    assert found.average_difference[0] == -5.0


def test_the_other_reading_takes_the_mean_of_converted_minutes(rulebook: Rulebook) -> None:
    other = rulebook.edition(
        SourceDataRule, "source_data", RULE.in_force, Choice(variants={"source_data": "mean_of_minutes"})
    )
    evidence = MinuteEvidence(average=np.array([20.0]), converted=np.array([33.0]))
    found = recompute_hour(sent(converted=33.0), SIX, other, DECIMALS, minutes=evidence)
    assert names(found) == set()
    with pytest.raises(CallerError, match="averages converted minutes"):
        recompute_hour(sent(), SIX, other, DECIMALS)


def test_many_rows_are_judged_each_by_its_own_reference() -> None:
    hour = SentHours(
        average=np.array([20.0, 20.0, np.nan]),
        oxygen=np.array([11.0, 11.0, 11.0]),
        converted=np.array([30.0, 30.0, 30.0]),
        flow=np.full(3, 5e5),
        amount=np.array([10.0, 10.0, np.nan]),
    )
    found = recompute_hour(hour, np.array([6.0, 16.0, 6.0]), RULE, DECIMALS)
    assert found.differs.tolist() == [False, True, False]
    assert found.converted.tolist()[:2] == [30.0, 10.0]
