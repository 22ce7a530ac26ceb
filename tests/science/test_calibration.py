"""The gases are checked on De Vito's field campaign (UCI 360): sensors beside a reference analyser for a year."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.rules import QualityRule, Rulebook
from lantian.rules.quality_records import CalibrationRule
from lantian.science.calibration import (
    Inputs,
    apply_fit,
    calibrate,
    growth,
    likeness,
    residuals,
    transfer,
)
from lantian.terms.errors import CallerError


@pytest.fixture(scope="module")
def rule(rulebook: Rulebook) -> CalibrationRule:
    return rulebook.edition(QualityRule, "quality", date(2026, 1, 1)).calibration


def particles(rule: CalibrationRule, seed: int = 2, hours: int = 24 * 7 * 12) -> tuple[Inputs, np.ndarray]:
    """True PM2.5 and a nephelometer that sees it swollen."""
    rng = np.random.default_rng(seed)
    true = np.exp(np.cumsum(rng.normal(0, 0.1, hours)) * 0.4 + 3.5)
    humidity = np.clip(60 + 25 * np.sin(np.arange(hours) / 24 * 2 * np.pi) + rng.normal(0, 8, hours), 10, 99)
    temperature = 15 + 10 * np.cos(np.arange(hours) / 24 * 2 * np.pi)
    raw = (true + 3) * 0.7 * (1 + 0.3 * growth(humidity, rule)) * rng.lognormal(0, 0.05, hours)
    return Inputs(raw, temperature, humidity), true


def test_humidity_swells_particles_without_end_only_up_to_the_ceiling(rule: CalibrationRule) -> None:
    swollen = growth(np.array([0.0, 50.0, 95.0, 100.0]), rule)
    np.testing.assert_allclose(swollen, [0.0, 0.5, 18.05, 18.05])


def test_swelling_is_undone_where_a_plain_line_cannot(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    fit = calibrate(inputs, true, "particle", rule)
    assert fit.held_out.r2 > 0.95
    assert fit.held_out.rmse < 0.5 * fit.plain.rmse
    assert abs(fit.held_out.bias) < 0.1 * true.mean()
    assert fit.held_out.lower < 0 < fit.held_out.upper


def test_a_few_wild_hours_do_not_bend_the_fit(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    wild = inputs.raw.copy()
    wild[::97] *= 30
    bent = calibrate(Inputs(wild, inputs.temperature, inputs.humidity), true, "particle", rule)
    straight = calibrate(inputs, true, "particle", rule)
    assert bent.parameters["slope"] == pytest.approx(straight.parameters["slope"], rel=0.1)


def test_calibrated_values_are_missing_where_an_input_is_and_never_negative(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    fit = calibrate(inputs, true, "particle", rule)
    asked = Inputs(np.array([np.nan, 0.0, 40.0]), np.array([10.0, 40.0, 10.0]), np.array([50.0, 50.0, 50.0]))
    found = apply_fit(asked, fit, rule)
    assert np.isnan(found[0])
    assert found[1] >= 0
    assert found[2] > 10


def test_held_out_weeks_are_not_fitted_on(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    fit = calibrate(inputs, true, "particle", rule)
    assert fit.trained == 9 * 168
    assert fit.held_out.hours == 3 * 168
    other = true.copy()
    weeks = np.arange(len(true)) // 168
    other[weeks % 4 == 3] = 1.0  # what is held out may be anything
    assert calibrate(inputs, other, "particle", rule).parameters == fit.parameters


def test_too_few_hours_are_refused_with_the_numbers(rule: CalibrationRule) -> None:
    inputs, true = particles(rule, hours=300)
    with pytest.raises(CallerError, match="336"):
        calibrate(inputs, true, "particle", rule)


def test_a_dead_sensor_is_refused(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    with pytest.raises(CallerError, match="one value throughout"):
        calibrate(Inputs(np.full(len(true), 7.0), inputs.temperature, inputs.humidity), true, "particle", rule)


def test_a_neighbour_takes_a_calibration_over_at_its_own_scale(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    fit = calibrate(inputs, true, "particle", rule)
    theirs = 1.8 * inputs.raw + 4
    handed = transfer(fit, likeness(inputs.raw, theirs), rule)
    found = apply_fit(Inputs(theirs, inputs.temperature, inputs.humidity), handed, rule)
    own = apply_fit(inputs, fit, rule)
    np.testing.assert_allclose(found, own, rtol=0.02, atol=0.5)
    assert handed.raw_range[0] == pytest.approx(1.8 * fit.raw_range[0] + 4, rel=0.02)


def test_unlike_devices_take_nothing_over(rule: CalibrationRule) -> None:
    inputs, true = particles(rule)
    fit = calibrate(inputs, true, "particle", rule)
    stranger = np.random.default_rng(0).uniform(0, 100, len(true))
    with pytest.raises(CallerError, match="r ≥"):
        transfer(fit, likeness(inputs.raw, stranger), rule)


def test_residuals_of_an_exact_match_are_nothing() -> None:
    same = np.array([1.0, 2.0, 3.0])
    told = residuals(same, same)
    assert (told.r2, told.rmse, told.bias) == (1.0, 0.0, 0.0)


# ---------------------------------------------------------------------------------------------- the real campaign

CAMPAIGN = [
    # reference, sensor, second sensor, least R² on held-out weeks, and that of a plain line at most
    ("CO(GT)", "PT08.S1(CO)", None, 0.80, 0.81),
    ("CO(GT)", "PT08.S1(CO)", "PT08.S2(NMHC)", 0.92, 0.81),
    ("NOx(GT)", "PT08.S3(NOx)", "PT08.S5(O3)", 0.70, 0.36),
    ("NO2(GT)", "PT08.S4(NO2)", "PT08.S3(NOx)", 0.74, 0.0),
]


@pytest.mark.reference
@pytest.mark.parametrize(("truth", "sensor", "second", "least", "plain"), CAMPAIGN)
def test_real_gas_sensors_beside_a_reference(
    reference_data: Path,
    rule: CalibrationRule,
    truth: str,
    sensor: str,
    second: str | None,
    least: float,
    plain: float,
) -> None:
    path = reference_data / "uci_air_quality_sensor" / "air_quality_uci.csv.gz"
    table = pl.read_csv(path, infer_schema_length=10_000)

    def column(name: str) -> np.ndarray:
        return table.get_column(name).cast(pl.Float64).fill_null(float("nan")).to_numpy()

    inputs = Inputs(column(sensor), column("T"), column("RH"), None if second is None else column(second))
    fit = calibrate(inputs, column(truth), "gas", rule)
    assert fit.held_out.hours > 1700
    assert fit.held_out.r2 > least
    assert fit.plain.r2 < plain
    assert fit.held_out.rmse < fit.plain.rmse
