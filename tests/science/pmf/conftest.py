"""Made samples whose factors are known, and the conventions."""

from collections.abc import Callable

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.receptor_records import PmfConventions, ReceptorRule
from lantian.science.pmf import BaseRuns, Dataset, Measured, Settings, base_runs, prepare
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]
"""Samples, true contributions with a mean of 1, true profiles."""


@pytest.fixture(scope="session")
def conventions(rulebook: Rulebook) -> PmfConventions:
    rule = rulebook.by_id("receptor-models-epa")
    assert isinstance(rule, ReceptorRule)
    return rule.pmf


@pytest.fixture(scope="session")
def make_known(conventions: PmfConventions) -> Callable[..., Known]:
    """Lognormal factors with a tracer each, and noise as large as the uncertainty says."""

    def make(factors: int, samples: int, species: int, seed: int) -> Known:
        chance = np.random.default_rng(seed)
        scores = chance.lognormal(0, 1, (samples, factors))
        scores[chance.random(scores.shape) < 0.15] = 0.0
        scores /= scores.mean(axis=0)
        loads = chance.gamma(0.5, 1, (factors, species)) * (chance.random((factors, species)) < 0.6) + 1e-3
        for factor in range(factors):  # a tracer of its own, so that no rotation is free
            loads[:, factor] = 0.0
            loads[factor, factor] = 1.0
        true = scores @ loads
        spread = 0.1 * true + 0.02 * true.mean(axis=0)
        values = true + spread * chance.normal(size=true.shape)
        times = np.datetime64("2025-01-01T00", "h") + np.arange(samples)
        measured = Measured(tuple(f"s{place}" for place in range(species)), values, spread, times)
        return prepare(measured, conventions), scores, loads

    return make


@pytest.fixture(scope="session")
def four(make_known: Callable[..., Known]) -> Known:
    """Four factors, 250 samples, 14 species."""
    return make_known(4, 250, 14, 4)


@pytest.fixture(scope="session")
def four_found(four: Known, conventions: PmfConventions) -> BaseRuns:
    return base_runs(four[0], Settings(factors=4, starts=8, robust=False), conventions)
