"""The page about composition says what the code does, and its example comes in."""

import re
from pathlib import Path

from lantian.loop.sense.composition_checks import COMPOSITION
from lantian.loop.sense.doors.labels import KEYS
from lantian.loop.sense.doors.species import take_values
from lantian.store.species_tables import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "composition.md").read_text("utf-8")


def test_the_page_names_every_word_of_the_label_and_every_kind() -> None:
    assert [key for key in KEYS if f"`{key}`" not in PAGE] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []
    assert f"`{COMPOSITION}`" in PAGE


def test_the_example_of_the_page_comes_in_whole(centre, give) -> None:
    [example] = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    taken = take_values(centre, give("a simulated=true.csv", example))
    assert (taken.reports[0].rows_accepted, taken.reports[0].cells_rejected, taken.written) == (5, 0, 15 - 1)
    rows = centre.lake.read("species_hours")
    assert rows.filter(species="toluene")["below_mdl"].to_list() == [False, True, False, False, False]
    [low] = rows.filter(species="m_p_xylene", below_mdl=True).to_dicts()
    assert (low["value"], low["value_sent"], low["instrument"]) == (None, None, "online GC")
    assert 0 < low["mdl"] < 0.05
