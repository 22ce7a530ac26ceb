"""Who must act decides the exit code."""

from lantian.terms.errors import CallerError, HouseError, LantianError, PeerError, RuleError
from lantian.terms.pollutants import BASIC, NAMES


def test_a_wrong_question_leaves_with_2_and_our_fault_with_1():
    assert {CallerError.exit_code, RuleError.exit_code} == {2}
    assert {HouseError.exit_code, PeerError.exit_code, LantianError.exit_code} == {1}


def test_pollutants_stand_in_the_order_of_every_table_with_their_units():
    assert tuple(p.value for p in BASIC) == ("so2", "no2", "co", "o3", "pm10", "pm25")
    assert {p: NAMES[p].unit for p in BASIC if NAMES[p].unit != "µg/m³"} == {"co": "mg/m³"}
