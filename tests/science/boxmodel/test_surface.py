import numpy as np
import pytest

from lantian.science.boxmodel import Surface, paths, run, surface
from lantian.terms.errors import CallerError


@pytest.fixture(scope="module")
def found(cb05, made_day) -> Surface:
    return surface(made_day(("observed",)), cb05, points=11, steps=1)


def hill() -> Surface:
    """Ozone that is greatest where NOx is half of VOC."""
    axis = np.linspace(0.1, 2.0, 20)
    voc, nox = np.meshgrid(axis, axis, indexing="ij")
    ozone = 50 + 40 * voc - 60 * (nox - voc / 2) ** 2
    return Surface(axis, axis, ozone, ozone)


def test_ridge_is_where_ozone_is_greatest_along_nitrogen() -> None:
    ridge = hill().ridge
    assert len(ridge) > 10
    assert ridge[:, 1] == pytest.approx(ridge[:, 0] / 2, abs=1e-9)


def test_today_lies_on_the_surface_where_both_are_whole() -> None:
    assert hill().today == pytest.approx(50 + 40 - 60 * 0.25)


def test_path_tells_its_hump_and_its_cut_for_a_target() -> None:
    voc_alone, nox_alone = paths(hill(), [(1, 0), (0, 1)], most=0.8)
    assert nox_alone.worst == pytest.approx(15, abs=0.2)
    assert nox_alone.cut_for(80.0) is None or nox_alone.cut_for(80.0) > 0.5
    assert voc_alone.worst == 0.0
    assert voc_alone.mda8[0] == pytest.approx(hill().today)
    cut = voc_alone.cut_for(60.0)
    assert cut is not None
    assert np.interp(cut, voc_alone.cut, voc_alone.mda8) == pytest.approx(60.0)
    assert voc_alone.cut_for(100.0) == 0.0
    assert voc_alone.cut_for(1.0) is None


def test_point_of_the_surface_is_what_a_run_of_its_own_gives(found, cb05, made_day) -> None:
    day = made_day(("observed",))
    voc = [name for name in cb05.regime.voc if name in day.mixing]
    place = (3, 7)
    shares = {name: np.array([found.voc[place[0]]]) for name in voc}
    shares |= {name: np.array([found.nox[place[1]]]) for name in ("NO", "NO2")}
    ozone = run(day, cb05, shares).of("O3")[:, 0]
    assert found.peak[place] == pytest.approx(ozone.max(), abs=0.1)
    eight = np.convolve(ozone, np.ones(8) / 8, mode="valid").max()
    assert found.mda8[place] == pytest.approx(eight, abs=0.1)


def test_more_voc_makes_more_ozone_and_nitrogen_has_a_ridge(found) -> None:
    assert (np.diff(found.mda8[:, 5:], axis=0) > 0).all()
    assert len(found.ridge) >= 3
    assert (np.diff(found.ridge[:, 1]) > 0).all(), "more VOC moves the ridge to more NOx"


def test_surface_needs_free_ozone_and_both_precursors(cb05, made_day) -> None:
    day = made_day(("observed",))
    with pytest.raises(CallerError, match="leave O3 out"):
        surface(day.holding(day.held | {"O3"}), cb05)
