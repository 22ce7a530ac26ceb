"""Files of EPA PMF: what is written is read again, and what others wrote is read."""

import numpy as np
import pytest

from lantian.science.pmf import BaseRuns, contributions_text, profiles_text, read_tables
from lantian.terms.errors import CallerError

FOREIGN = (
    "Factor Profiles (conc. of species) from Base Run #18 (Convergent Run)\n\n"
    "\t\tFactor 1\tFactor 2\nBase_18\tPM2.5\t1.5\t0\nBase_18\tSulfate\t0.5\t2e-3\n\n"
    "Factor Profiles (% of species sum) from Base Run #18 (Convergent Run)\n\n"
    "\t\tFactor 1\tFactor 2\nBase_18\tPM2.5\t100\t0\nBase_18\tSulfate\t99.6\t0.4\n"
)


def test_profiles_come_back_as_they_went(four_found: BaseRuns) -> None:
    first, second = read_tables(profiles_text(four_found.best, run=3))
    assert first.run == second.run == 3
    assert first.labels == four_found.best.data.species
    np.testing.assert_array_equal(first.values.T, four_found.best.profiles)
    np.testing.assert_allclose(second.values.sum(axis=1), 100)


def test_contributions_carry_dates_in_the_order_of_epa(four_found: BaseRuns) -> None:
    (table,) = read_tables(contributions_text(four_found.best, names=("a", "b", "c", "d")))
    assert table.factors == ("a", "b", "c", "d")
    assert table.labels[25] == "01/02/2025 01:00"
    np.testing.assert_array_equal(table.values, four_found.best.contributions)


def test_tab_separated_file_of_the_program_itself_is_read() -> None:
    conc, share = read_tables(FOREIGN)
    assert conc.labels == ("PM2.5", "Sulfate")
    assert conc.values.tolist() == [[1.5, 0.0], [0.5, 0.002]]
    assert share.title.startswith("Factor Profiles (% of species sum)")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Species,F1\nPM,1\n", "no table of EPA PMF"),
        (FOREIGN.replace("1.5\t0", "1.5"), "1 numbers under 2 factors"),
        (FOREIGN.replace("2e-3", "n/a"), "not made of numbers"),
    ],
)
def test_text_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(CallerError, match=words):
        read_tables(text)


def test_names_for_too_few_factors_are_refused(four_found: BaseRuns) -> None:
    with pytest.raises(CallerError, match="2 names for 4 factors"):
        profiles_text(four_found.best, names=("a", "b"))
