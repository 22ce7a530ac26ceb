import sys

import numpy as np
import pytest
from pydantic import ValidationError

from lantian.rules.voc_records import BoxRule, OzoneChemistry
from lantian.science.boxmodel import run
from lantian.science.boxmodel.solver import Boxes, net_products
from lantian.terms.errors import CallerError, HouseError


def other_box(cb05: OzoneChemistry, **settings: object) -> OzoneChemistry:
    return cb05.model_copy(update={"box": cb05.box.model_copy(update=settings)})


def test_tolerance_that_makes_the_solver_return_nonsense_is_no_rule(cb05) -> None:
    given = cb05.box.model_dump()
    with pytest.raises(ValidationError, match="absolute_tolerance"):
        BoxRule.model_validate({**given, "absolute_tolerance": "1e-9"})


def test_ozone_that_cannot_be_stops_the_run(cb05, made_day) -> None:
    with pytest.raises(HouseError, match="says that it converged"):
        run(made_day(start="2025-06-20T22:00"), other_box(cb05, ozone_bound=45))


def test_held_species_never_change_and_free_ones_do(cb05, made_day) -> None:
    day = made_day(("CO", "NO2"), start="2025-06-20T22:00", hours=6)
    course = run(day, cb05)
    assert course.of("CO")[:, 0] == pytest.approx(day.mixing["CO"], rel=1e-12)
    assert course.of("NO2")[:, 0] == pytest.approx(day.mixing["NO2"], rel=1e-12)
    assert abs(course.of("O3")[-1, 0] - 30) > 5


def test_a_held_species_comes_out_of_each_reaction_as_often_as_it_goes_in(cb05) -> None:
    held = frozenset({"NO2", "PAR", "HO2"})
    for row in cb05.reactions:
        products = net_products(row, held)
        for name in held:
            assert products.get(name, 0.0) == row.reactants.get(name, 0.0), row.reaction


@pytest.mark.parametrize("count", [1, 3, 5, 8])
def test_what_is_written_into_the_solver_comes_out_again(cb05, count) -> None:
    boxes = Boxes(cb05, frozenset(cb05.species), count)
    amounts = np.random.default_rng(1).random((count, len(cb05.species))) * 1e-7
    dark = {row.key: 0.0 for row in cb05.light}
    assert boxes.step(amounts, dark, 298.0, 1013.0, 60.0) == pytest.approx(amounts, rel=1e-12)


def test_without_the_solver_the_error_names_the_extra(cb05, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "musica", None)
    with pytest.raises(CallerError, match=r"lantian\[chem\]"):
        Boxes(cb05, frozenset(), 1)
