"""The box against an integration of the same reactions by SciPy; both share the table of reactions only."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel import Day, photolysis, run
from lantian.science.boxmodel.mechanism import air_density, rate_constants
from lantian.science.composition import AVOGADRO
from lantian.terms.errors import CallerError

OUTSIDE = ("M", "H2O", "CH4", "H2", "O2")


def by_scipy(day: Day, cb05: OzoneChemistry, start: np.ndarray, steps: int) -> np.ndarray:
    """Mixing ratios at the end of each hour, shape (hours, species), by backward differentiation."""
    names = list(cb05.species)
    matrix = np.zeros((len(names), len(cb05.reactions)))
    partners = []
    for place, row in enumerate(cb05.reactions):
        partners.append([names.index(name) for name, count in row.reactants.items() for _ in range(int(count))])
        for side, sign in ((row.reactants, -1), (row.products, 1)):
            for name, count in side.items():
                matrix[names.index(name), place] += sign * count
    matrix[[names.index(name) for name in OUTSIDE]] = 0
    free = np.array([name not in OUTSIDE for name in names])
    background = np.array([float(cb05.box.background.get(name, 0)) for name in names])
    air = air_density(day.temperature, day.pressure) * AVOGADRO / 1e6
    lights = photolysis(day.elevations(steps), cb05)
    mixing, course = start.copy(), []
    for hour in range(day.hours):
        mixing[names.index("H2O")] = day.water[hour]
        for step in range(steps):
            light = {key: rate[hour, step : step + 1] for key, rate in lights.items()}
            constants = rate_constants(day.temperature[hour : hour + 1], air[hour : hour + 1], light, cb05)[:, 0]

            def change(_: float, now: np.ndarray, constants=constants, air=air[hour]) -> np.ndarray:
                amounts = now * 1e-9 * air
                rates = constants * np.array([np.prod(amounts[each]) for each in partners])
                return matrix @ rates / air * 1e9 + free * float(cb05.box.exchange) * (background - now)

            mixing = solve_ivp(change, (0, 3600 / steps), mixing, method="BDF", rtol=1e-4, atol=1e-8).y[:, -1]
        course.append(mixing)
    return np.array(course)


def test_box_agrees_with_another_solver_of_the_same_reactions(cb05, made_day) -> None:
    day = made_day(start="2025-06-20T23:00", hours=5)
    ours = run(day, cb05, steps=2)
    names = list(cb05.species)
    start = np.zeros(len(names))
    for name, values in day.mixing.items():
        start[names.index(name)] = values[0]
    for name, ratio in {**cb05.box.always, "M": 1e9}.items():
        start[names.index(name)] = float(ratio)
    theirs = by_scipy(day, cb05, start, 2)
    for name, tolerance in {
        "O3": 0.01,
        "NO": 0.01,
        "NO2": 0.01,
        "HNO3": 0.01,
        "PAN": 0.002,
        "FORM": 0.005,
    }.items():
        assert np.abs(ours.of(name)[:, 0] - theirs[:, names.index(name)]).max() < tolerance, name
    assert ours.of("OH")[:, 0] == pytest.approx(theirs[:, names.index("OH")], rel=2e-3)
    assert ours.of("O3")[-1, 0] > 50, "ozone was made at all"


def test_without_exchange_nitrogen_is_conserved_through_a_day_and_a_night(cb05, made_day) -> None:
    closed = cb05.model_copy(update={"box": cb05.box.model_copy(update={"exchange": 0})})
    course = run(made_day(start="2025-06-20T22:00"), closed)
    single = ("NO", "NO2", "NO3", "HNO3", "HONO", "PNA", "PAN", "PANX", "NTR")
    total = sum(course.of(name)[:, 0] for name in single) + 2 * course.of("N2O5")[:, 0]
    first = course.day.mixing["NO"][0] + course.day.mixing["NO2"][0]
    assert total == pytest.approx(np.full(24, first), rel=1e-4)


@pytest.mark.parametrize(("held", "start"), [((), "2025-06-20T22:00"), (("observed",), "2025-06-20T16:00")])
def test_half_hours_of_light_are_within_one_ppb_of_five_minutes(cb05, made_day, held, start) -> None:
    day = made_day(held, start=start)
    shares = {name: np.array([0.1, 1.0, 2.0]) for name in ("NO", "NO2")}
    coarse, fine = (run(day, cb05, shares, steps=steps).of("O3").max(axis=0) for steps in (2, 12))
    assert np.abs(coarse - fine).max() < 1.0


def test_boxes_do_not_see_each_other(cb05, made_day) -> None:
    day = made_day(start="2025-06-20T22:00", hours=4)
    alone = run(day, cb05, {"NO2": np.array([2.0])}).of("O3")[:, 0]
    among = run(day, cb05, {"NO2": np.array([0.1, 2.0, 1.0, 0.5, 3.0])}).of("O3")[:, 1]
    assert among == pytest.approx(alone, abs=0.1)


def test_a_share_may_change_from_hour_to_hour(cb05, made_day) -> None:
    day = made_day(("observed",), start="2025-06-20T22:00", hours=3)
    share = np.array([[1.0], [0.5], [0.0]])
    found = run(day, cb05, {"CO": share}).of("CO")[:, 0]
    assert found == pytest.approx(day.mixing["CO"] * share[:, 0], abs=1e-9)


def test_what_was_not_measured_cannot_be_cut(cb05, made_day) -> None:
    with pytest.raises(CallerError, match="PAN"):
        run(made_day(), cb05, {"PAN": np.array([0.5])})
