from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from lantian.rules import Rulebook
from lantian.science.reactivity import QUANTITIES, Scale, by_group, ranked, reactivity_of
from lantian.science.states import State
from lantian.terms.errors import CallerError

REFERENCE = State(298.15, 1013.25)
START = datetime(2026, 6, 1, tzinfo=UTC)


def rows(**columns: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "station": "S",
            "hour_start": START + timedelta(hours=hour),
            "species": key.replace("__", "-"),
            "value": value,
        }
        for key, values in columns.items()
        for hour, value in enumerate(values)
    )


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


def test_frame_is_what_the_arrays_give(species) -> None:
    found = reactivity_of(rows(toluene=[1.0, 2.0]), species, Scale.CHINA, REFERENCE)
    assert found["ozone"].to_list() == pytest.approx([7.984, 15.968], rel=1e-3)
    assert found["scale"].unique().to_list() == ["mir_china"]
    assert [found.schema[name] for name in QUANTITIES] == [pl.Float64] * 5


def test_groups_sum_what_is_there_and_count_what_is_not(species) -> None:
    measured = rows(toluene=[1.0, None], benzene=[1.0, None], chloroform=[1.0, 1.0], bromoform=[1.0, np.nan])
    groups = by_group(reactivity_of(measured, species, Scale.CARTER, REFERENCE))
    cells = {(row["group"], (row["hour_start"] - START).seconds // 3600): row for row in groups.to_dicts()}
    aromatics = cells["aromatics", 0]
    assert aromatics["mixing"] == 2.0
    assert aromatics["ozone"] == pytest.approx((92.14 * 4.0 + 78.11 * 0.72) / 24.4654, rel=1e-4)
    assert cells["aromatics", 1]["mixing"] is None, "nothing was measured: missing, not zero"
    assert cells["halocarbons", 0]["measured"] == 2
    assert cells["halocarbons", 0]["without_reactivity"] == 1
    assert cells["halocarbons", 1]["measured"] == 1, "not-a-number is a missing value"


def test_species_are_ranked_by_their_mean(species) -> None:
    found = ranked(
        reactivity_of(rows(ethane=[9.0, 9.0], isoprene=[1.0, 3.0]), species, Scale.CARTER, REFERENCE), "oh_loss"
    )
    assert found["species"].to_list() == ["isoprene", "ethane"]
    assert found["share"].sum() == pytest.approx(1.0)
    with pytest.raises(CallerError, match="no quantity"):
        ranked(found, "weight")


def test_strange_species_and_frames_are_refused(species) -> None:
    with pytest.raises(CallerError, match="so4"):
        reactivity_of(rows(so4=[1.0]), species, Scale.CARTER, REFERENCE)
    with pytest.raises(CallerError, match="lacks"):
        reactivity_of(rows(toluene=[1.0]).drop("value"), species, Scale.CARTER, REFERENCE)
