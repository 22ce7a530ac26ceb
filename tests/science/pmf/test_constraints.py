"""Constraints and rotations: they do what they say within what they may cost."""

import numpy as np
import pytest

from lantian.science.pmf import BaseRuns, Constraint, constrained, rotated
from lantian.terms.errors import CallerError


def test_fixed_element_has_its_value(four_found: BaseRuns) -> None:
    value = 0.5 * four_found.best.profiles[1, 7]
    found = constrained(four_found.best, [Constraint("fix", 1, "s7", value=value)], robust=False)
    assert found.reached == (pytest.approx(value, rel=1e-9),)
    assert found.dq > 0
    np.testing.assert_allclose(found.fit.contributions.mean(axis=0), 1.0, rtol=1e-9)


@pytest.mark.parametrize("kind", ["up", "down"])
def test_pull_goes_its_way_and_stays_within_its_budget(four_found: BaseRuns, kind: str) -> None:
    best = four_found.best
    place = int(best.profiles[2].argmax())
    pull = Constraint(kind, 2, f"s{place}", budget=0.01)  # type: ignore[arg-type]
    found = constrained(best, [pull], robust=False)
    assert 0.005 < found.dq_share <= 0.01 + 1e-9
    moved = found.reached[0] - best.profiles[2, place]
    assert moved > 0 if kind == "up" else moved < 0


def test_twice_the_budget_moves_further(four_found: BaseRuns) -> None:
    place = int(four_found.best.profiles[2].argmax())
    ends = [
        constrained(four_found.best, [Constraint("up", 2, f"s{place}", budget=budget)], robust=False).reached[0]
        for budget in (0.005, 0.01)
    ]
    assert four_found.best.profiles[2, place] < ends[0] < ends[1]


def test_ratio_is_reached_where_the_budget_allows(four_found: BaseRuns) -> None:
    best = four_found.best
    one, two = np.argsort(-best.profiles[0])[:2].tolist()
    wanted = 1.2 * best.profiles[0, one] / best.profiles[0, two]
    tie = Constraint("ratio", 0, f"s{one}", other=f"s{two}", value=wanted, budget=0.5)
    found = constrained(best, [tie], robust=False)
    assert found.reached[0] == pytest.approx(wanted, rel=1e-3)
    assert found.dq_share < 0.5


def test_contribution_of_a_sample_is_pulled_too(four_found: BaseRuns) -> None:
    best = four_found.best
    sample = int(best.contributions[:, 1].argmax())
    found = constrained(best, [Constraint("down", 1, sample=sample, budget=0.005)], robust=False)
    assert found.reached[0] < best.contributions[sample, 1]
    assert found.dq_share <= 0.005 + 1e-9


def test_value_is_approached(four_found: BaseRuns) -> None:
    place = int(four_found.best.profiles[0].argmax())
    wanted = 0.9 * four_found.best.profiles[0, place]
    found = constrained(
        four_found.best, [Constraint("to", 0, f"s{place}", value=wanted, budget=0.5)], robust=False
    )
    assert found.reached[0] == pytest.approx(wanted, rel=1e-3)
    assert 0 < found.dq_share < 0.5


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Constraint("fix", 9, "s1"), "factor 10"),
        (Constraint("fix", 0, "zz"), "zz is no species"),
        (Constraint("up", 0, "s1"), "without a budget"),
        (Constraint("up", 0, budget=0.1), "one species or one sample"),
        (Constraint("ratio", 0, "s1", budget=0.1), "one species or one sample"),
        (Constraint("fix", 0, "s1", value=-1.0), "below zero"),
        (Constraint("fix", 0, sample=999), "sample 1000"),
    ],
)
def test_constraint_that_names_nothing_is_refused(four_found: BaseRuns, one: Constraint, words: str) -> None:
    with pytest.raises(CallerError, match=words):
        constrained(four_found.best, [one])


def test_rotation_costs_at_most_a_tenth_of_its_strength(four_found: BaseRuns) -> None:
    turned = rotated(four_found.best, [-1.0, 0.0, 1.0], robust=False)
    assert [one.strength for one in turned] == [-1.0, 0.0, 1.0]
    assert turned[1].dq_share == pytest.approx(0.0, abs=1e-6)
    assert all(0 < one.dq_share <= 0.1 for one in (turned[0], turned[2]))


def test_positive_fpeak_makes_profiles_differ_more_and_negative_contributions(four_found: BaseRuns) -> None:
    negative, positive = rotated(four_found.best, [-1.0, 1.0], robust=False)
    assert (
        np.triu(positive.fit.profiles @ positive.fit.profiles.T, 1).sum()
        < np.triu(four_found.best.profiles @ four_found.best.profiles.T, 1).sum()
    )
    scores, base = negative.fit.contributions, four_found.best.contributions
    assert np.triu(scores.T @ scores, 1).sum() < np.triu(base.T @ base, 1).sum()
