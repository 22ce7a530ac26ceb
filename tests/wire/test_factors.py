import re
from decimal import Decimal

import pytest

from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import (
    current_code,
    data_flag,
    factor,
    list_factors,
    period_rule,
    system,
)

NEW = {"a34013": "N4.1", "a21002": "N4.2", "a19001": "N2.2", "a01011": "N2.2", "a01013": "N2.3", "a01014": "N3.2"}
OLD = {
    "B02": "a00000", "S01": "a19001", "S02": "a01011", "S03": "a01012", "S04": "a01017", "S05": "a01014",
    "S06": "a01015", "S07": "a01016", "S08": "a01013", "01": "a34013", "02": "a21026", "03": "a21002",
    "04": "a21005", "05": "a21028", "06": "a21018", "07": "a21017", "08": "a21024", "10": "a21001", "11": "a21022",
    "20": "a25044", "25": "a24087", "30": "a05001", "31": "a20057", "36": "a20016", "37": "a01010",
}  # fmt: skip


def found(code: str, edition: Edition = Edition.HJ2017):
    factor_ = factor(code, edition)
    assert factor_ is not None, code
    return factor_


def test_the_gas_table_has_its_121_codes_and_ozone_beside_them():
    gas = [entry.code for entry in list_factors() if entry.code.startswith("a")]
    assert len(gas) == len(set(gas)) == 122
    assert found("a05024").unit == "µg/m³"


@pytest.mark.parametrize(
    ("code", "unit", "amount", "digits"),
    [
        ("a00000", "m³/s", "m³", "N6.1"), ("a21026", "mg/m³", "kg", "N5.2"), ("a34004", "ng/m³", "g", "N3.3"),
        ("a21001", "ng/m³", "g", "N4.3"), ("a24088", "mg/m³", "kg", "N7.3"), ("a19001", "%", "", "N3.1"),
        ("a34011", "t/(km² month)", "", ""), ("w01018", "mg/L", "kg", "N5.1"),
    ],
)  # fmt: skip
def test_units_and_digits_of_2017(code: str, unit: str, amount: str, digits: str):
    entry = found(code)
    assert (entry.unit, entry.amount_unit, entry.type) == (unit, amount, digits)


@pytest.mark.parametrize(("code", "digits"), NEW.items())
def test_digits_that_2025_changed(code: str, digits: str):
    assert found(code).type != digits
    changed = found(code, Edition.HJ2025)
    assert (changed.type, changed.confidence) == (digits, "B")
    assert found("a34013", Edition.HJ2025).name_zh == "颗粒物（烟尘）"


@pytest.mark.parametrize(("old", "new"), OLD.items())
def test_codes_of_2005_have_their_successors(old: str, new: str):
    assert current_code(old) == new
    assert found(old, Edition.HJ2005).code == new
    assert factor(old) is None


def test_a_code_is_of_2005_only_when_it_had_one():
    assert Edition.HJ2005 not in found("a24088").editions
    assert Edition.HJ2005 in found("a21026").editions
    assert factor("a24088", Edition.HJ2005) is None


@pytest.mark.parametrize("edition", Edition)
def test_every_factor_is_complete(edition: Edition):
    for entry in list_factors(edition):
        assert re.search(r"[一-鿿]", entry.name_zh), entry.code
        assert entry.name_en
        assert re.fullmatch(r"([NC]\d+(\.\d+)?)?", entry.type), entry.code
        assert entry.decimals is None or 0 <= entry.decimals <= 6
        assert entry.confidence in {"A", "B", "C"}
        assert not entry.amount_unit or entry.amount_unit in {"m³", "kg", "g", "mg"}


def test_no_code_of_2005_means_two_things():
    legacy = [entry.legacy for entry in list_factors() if entry.legacy]
    assert len(legacy) == len(set(legacy))


def test_process_codes_are_read_with_any_equipment_number():
    assert found("g12901").name_en == "O2 at the outlet"
    assert factor("g99901") is None
    assert factor("O3") is None


def test_systems_by_edition():
    names = {code: system(code, Edition.HJ2025) for code in ("22", "31", "39", "44", "45", "51", "91")}
    assert all(names.values())
    assert system("45") is None
    assert system("39", Edition.HJ2005) is None
    assert system("101") is None


def test_only_n_counts_as_a_measurement_and_over_range_is_a_hint():
    flags = {letter: data_flag(letter) for letter in "NFMSDCTB"}
    assert [letter for letter, flag in flags.items() if flag and flag.valid] == ["N"]
    assert [letter for letter, flag in flags.items() if flag and flag.hint] == ["T"]
    assert data_flag("X") is None
    assert data_flag("N", Edition.HJ2025).confidence == "B"  # type: ignore[union-attr]


def test_the_rule_of_periods_is_data():
    gas, water = period_rule("31"), period_rule("32")
    assert gas is not None
    assert water is not None
    assert (Decimal(gas.share), Decimal(water.share)) == (Decimal("0.75"), Decimal(1))
    assert period_rule("22") is None
