import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.boxmodel import Regime, budget, cuts_of_groups, cuts_of_species, reactivities, run
from lantian.science.boxmodel.regime import Reactivities
from lantian.terms.errors import CallerError


def test_much_nitrogen_makes_ozone_limited_by_voc_and_little_by_nitrogen(cb05, made_day) -> None:
    much, little = (reactivities(made_day(("observed",), nox=nox), cb05) for nox in (1.5, 0.03))
    assert much.regime(cb05.regime) is Regime.VOC
    assert much.regime_of_radicals(cb05.regime) is Regime.VOC
    assert much.by_cut["nox"] < 0 < much.by_cut["voc"]
    assert little.regime(cb05.regime) is Regime.NOX
    assert little.regime_of_radicals(cb05.regime) is Regime.NOX
    assert little.by_cut["nox"] > little.by_cut["voc"]


def test_reactivity_of_a_group_is_that_of_a_run_without_a_tenth_of_it(cb05, made_day) -> None:
    day = made_day(("observed",))
    found = reactivities(day, cb05, {"aromatics": cuts_of_groups(day, cb05.regime)["aromatics"]})
    cut = run(day, cb05, {name: np.array([1.0, 0.9]) for name in ("TOL", "XYL")})
    light = day.elevations(1)[:, 0] > 10
    full, less = budget(cut).net_ozone[light].sum(axis=0)
    assert found.by_cut["aromatics"] == pytest.approx((1 - less / full) / 0.1, rel=1e-6)
    assert found.ozone_production == pytest.approx(full)


def test_species_of_a_group_together_do_what_the_group_does(cb05, made_day) -> None:
    species = Rulebook.packaged().by_id("species-2013")
    day = made_day(("observed",))
    measured = {"toluene": day.mixing["TOL"] / 4, "ethylbenzene": day.mixing["TOL"] * 3 / 4}
    each = reactivities(day, cb05, cuts_of_species(measured, species, cb05, day)).by_cut
    both = reactivities(day, cb05, {"TOL": {"TOL": np.ones(24)}}).by_cut["TOL"]
    one, other = each["toluene"], each["ethylbenzene"]
    assert one > 0
    assert other > 0
    assert one < other
    assert one == pytest.approx(both / 4, rel=0.1)


def test_groups_of_which_nothing_was_measured_are_left_out(cb05, made_day) -> None:
    day = made_day(("CO", "NO2", "TOL"))
    assert set(cuts_of_groups(day, cb05.regime)) == {"co", "nox", "aromatics", "voc"}


def test_day_without_sun_has_no_reactivity(cb05, made_day) -> None:
    night = made_day(("observed",), start="2025-06-20T14:00", hours=5)
    with pytest.raises(CallerError, match="over 0 hours of sun"):
        reactivities(night, cb05)


@pytest.mark.parametrize(
    ("voc", "nox", "regime"),
    [(0.5, -0.2, Regime.VOC), (0.9, 0.3, Regime.VOC), (0.4, 0.4, Regime.TRANSITION), (0.1, 0.6, Regime.NOX)],
)
def test_regime_goes_by_the_ratio_of_reactivities(cb05, voc, nox, regime) -> None:
    assert Reactivities({"voc": voc, "nox": nox}, 50.0, 0.5).regime(cb05.regime) is regime
