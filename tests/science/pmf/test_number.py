"""How many factors: known numbers are told, and what is doubtful is said."""

from collections.abc import Callable

import pytest

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import Dataset, recommend_factors
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]


@pytest.mark.parametrize(("factors", "seed"), [(3, 3), (5, 5)])
def test_known_number_is_recommended(
    make_known: Callable[..., Known], conventions: PmfConventions, factors: int, seed: int
) -> None:
    data, _, _ = make_known(factors, 200, 16, seed)
    told = recommend_factors(data, range(2, 8), conventions, starts=4, robust=False)
    assert told.factors == factors
    assert [one.factors for one in told.candidates] == [2, 3, 4, 5, 6, 7]
    chosen = next(one for one in told.candidates if one.factors == factors)
    assert chosen.q_over_expected == pytest.approx(1.0, abs=0.1)
    assert told.reasons[0][1]["factors"] == factors


def test_the_largest_number_that_was_tried_is_said_to_be_no_answer(
    four: Known, conventions: PmfConventions
) -> None:
    told = recommend_factors(four[0], [2, 3], conventions, folds=3, starts=3)
    assert told.factors == 3
    assert any("largest number" in message for message, _ in told.reasons)


@pytest.mark.parametrize(
    ("numbers", "folds", "words"), [([], 5, "no number"), ([2], 1, "1 parts"), ([14], 5, "14 factors")]
)
def test_question_without_answer_is_refused(
    four: Known, conventions: PmfConventions, numbers: list[int], folds: int, words: str
) -> None:
    with pytest.raises(CallerError, match=words):
        recommend_factors(four[0], numbers, conventions, folds=folds)
