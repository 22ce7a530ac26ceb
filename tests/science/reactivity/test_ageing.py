import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.rules import Rulebook
from lantian.rules.voc_records import VocIndicators
from lantian.science.reactivity import age_hours, exposure_of_product, exposure_of_ratio, source_hint


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


@pytest.fixture(scope="module")
def rule() -> VocIndicators:
    found = Rulebook.packaged().by_id("voc-indicators")
    assert isinstance(found, VocIndicators)
    return found


def test_air_that_hydroxyl_has_aged_ten_hours_is_ten_hours_old(species, rule) -> None:
    pair, exposure = rule.ages[1], 10 * 3600 * 2e6
    toluene, benzene = 5.63e-12, 1.22e-12
    ratio = 2.0 * np.exp(-(toluene - benzene) * exposure)
    found = exposure_of_ratio(np.array([ratio]), np.array([1.0]), pair, species)
    assert age_hours(found, 2e6).item() == pytest.approx(10.0, rel=0.01)


def test_air_fresher_than_its_sources_has_an_age_below_zero_and_a_missing_one_none(species, rule) -> None:
    found = exposure_of_ratio(np.array([9.0, np.nan, 0.0]), np.array([1.0, 1.0, 1.0]), rule.ages[0], species)
    assert found[0] < 0
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize("number", [0, 1])
def test_product_of_isoprene_tells_the_exposure_that_made_it(species, rule, number) -> None:
    pair, exposure = rule.products[number], 3e9
    made = 1.0e-10
    gone = float(species.by_key[pair.product].reactivity.koh)
    ratio = float(pair.share) * made / (gone - made) * (1 - np.exp((made - gone) * exposure))
    found = exposure_of_product(np.array([1.0]), np.array([ratio]), pair, species)
    assert found.item() == pytest.approx(exposure, rel=1e-9)


def test_ratio_hints_at_a_source_and_a_missing_one_at_none(rule) -> None:
    above = np.array([0.3, 1.0, 3.0, 8.0, np.nan])
    hints = source_hint(above, np.ones(5), rule.ratios[0])
    assert hints[0] == "burning of coal or biomass"
    assert hints[3] == "solvents and coatings"
    assert len(set(hints)) == 5
    assert hints[4] == ""


@pytest.mark.reference
def test_air_of_a_supersite_is_oldest_in_the_afternoon(species, rule, reference_data: Path) -> None:
    with gzip.open(reference_data / "aeroviz_supersite_hourly" / "hourly_observed.csv.gz") as file:
        frame = pl.read_csv(file.read(), infer_schema_length=None)
    xylene, ethylbenzene = (
        frame[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        for name in ("m/p-Xylene", "EthylBenzene")
    )
    age = age_hours(exposure_of_ratio(xylene, ethylbenzene, rule.ages[0], species), float(rule.hydroxyl))
    hour = np.arange(len(age)) % 24
    by_hour = [np.nanmedian(age[hour == each]) for each in range(24)]
    assert max(by_hour[0:7]) < 0.5, "by night it is fresh"
    assert 0.5 < max(by_hour[11:17]) < 5
    assert int(np.argmax(by_hour)) in range(9, 18)
