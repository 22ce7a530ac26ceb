import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.rules import Rulebook
from lantian.rules.voc_records import VocChecks
from lantian.science.composition import Samples
from lantian.science.reactivity import below_background, isomers_apart, mostly_below, wrong_day_shape

HOURS = np.arange(30 * 24)


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


@pytest.fixture(scope="module")
def rule() -> VocChecks:
    return Rulebook.packaged().by_id("voc-indicators").checks


def month(species, **columns: np.ndarray) -> Samples:
    rows = tuple(species.by_key[key.replace("__", "-")] for key in columns)
    return Samples(rows, np.array(list(columns.values()), dtype=np.float64).T)


def plume(seed: int = 1) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0, 0.6, len(HOURS)))


def test_swapped_xylenes_are_found_and_good_ones_are_not(species, rule) -> None:
    good = month(species, **{"o-xylene": 0.4 * plume(), "m_p_xylene": plume()})
    assert isomers_apart(good, rule) == []
    swapped = month(species, **{"o-xylene": plume(), "m_p_xylene": 0.4 * plume()})
    (hint,) = isomers_apart(swapped, rule)
    assert (hint.code, hint.channel, hint.evidence["ratio"]) == ("isomer_ratio", "o-xylene", 2.5)


def test_isomers_that_do_not_go_together_are_found(species, rule) -> None:
    apart = month(species, **{"o-xylene": 0.4 * plume(1), "m_p_xylene": plume(2)})
    assert [hint.code for hint in isomers_apart(apart, rule)] == ["isomers_apart"]


def test_too_few_hours_are_not_judged(species, rule) -> None:
    few = np.where(HOURS < 40, plume(), np.nan)
    assert isomers_apart(month(species, **{"o-xylene": 3 * few, "m_p_xylene": few}), rule) == []


def test_isoprene_that_is_high_by_night_is_found_in_summer_only(species, rule) -> None:
    hour = HOURS % 24
    night = month(species, isoprene=1.5 - np.sin((hour - 8) / 24 * 2 * np.pi))
    day = month(species, isoprene=1.5 + np.sin((hour - 8) / 24 * 2 * np.pi))
    july, january = np.full(len(HOURS), 7), np.full(len(HOURS), 1)
    assert [hint.channel for hint in wrong_day_shape(night, hour, july, rule)] == ["isoprene"]
    assert wrong_day_shape(day, hour, july, rule) == []
    assert wrong_day_shape(night, hour, january, rule) == []


def test_species_that_is_hardly_ever_seen_is_found(species, rule) -> None:
    values = month(species, styrene=np.where(HOURS % 20 == 0, 0.2, 0.01), toluene=plume())
    (hint,) = mostly_below(values, np.full((len(HOURS), 2), 0.02), rule)
    assert (hint.channel, hint.evidence["share"], hint.length) == ("styrene", 0.95, len(HOURS))
    assert mostly_below(values, np.full((len(HOURS), 2), np.nan), rule) == [], "no limit known, nothing judged"


def test_less_of_a_long_lived_gas_than_there_is_everywhere_is_found(species, rule) -> None:
    values = month(species, ethane=0.1 * plume(), **{"carbon-tetrachloride": np.full(len(HOURS), 0.08)})
    assert [hint.channel for hint in below_background(values, rule)] == ["ethane"]


@pytest.mark.reference
def test_measured_xylenes_of_a_supersite_pass(species, rule, reference_data: Path) -> None:
    with gzip.open(reference_data / "aeroviz_supersite_hourly" / "hourly_observed.csv.gz") as file:
        frame = pl.read_csv(file.read(), infer_schema_length=None)
    columns = {"o-xylene": "o-Xylene", "m_p_xylene": "m/p-Xylene"}
    values = {
        key: frame[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        for key, name in columns.items()
    }
    found = isomers_apart(month(species, **values), rule)
    assert found == []
