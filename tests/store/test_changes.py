"""Only what is new is written: the rule for one version of a fact and for several."""

from collections.abc import Callable

import polars as pl
import pytest

from lantian.store import AMBIENT_HOURS, Appended, Lake

Frames = Callable[..., pl.DataFrame]
HOUR = "2026-01-05 23:00"


def values(lake: Lake) -> list[float | None]:
    return lake.read(AMBIENT_HOURS, latest=False)["pm25"].to_list()


@pytest.mark.parametrize(
    ("known", "brought", "written", "history"),
    [
        ([], [1.0], 1, [1.0]),
        ([1.0], [1.0], 0, [1.0]),
        ([1.0], [2.0], 1, [1.0, 2.0]),
        ([1.0, 2.0], [1.0], 1, [1.0, 2.0, 1.0]),
        ([None], [None], 0, [None]),
        ([None], [0.0], 1, [None, 0.0]),
        ([1.0, 2.0], [1.0, 2.0], 0, [1.0, 2.0]),
        ([1.0], [1.0, 2.0], 1, [1.0, 2.0]),
        ([1.0, 2.0], [1.0, 2.0, 3.0], 1, [1.0, 2.0, 3.0]),
        ([], [1.0, 1.0, 2.0], 2, [1.0, 2.0]),
        ([1.0, 2.0], [2.0, 2.0], 0, [1.0, 2.0]),
        ([1.0], [2.0, 1.0], 2, [1.0, 2.0, 1.0]),
        ([1.0, 2.0, 1.0], [2.0, 1.0], 0, [1.0, 2.0, 1.0]),
        ([3.0], [1.0, 2.0], 2, [3.0, 1.0, 2.0]),
    ],
)
def test_append_of_changes_writes_only_what_is_new(
    lake: Lake, hours: Frames, known: list[float], brought: list[float], written: int, history: list[float]
) -> None:
    if known:
        lake.append(AMBIENT_HOURS, hours(*(("1727A", HOUR, value) for value in known)))
    told = lake.append(AMBIENT_HOURS, hours(*(("1727A", HOUR, value) for value in brought)), only_changes=True)
    assert values(lake) == history
    assert (told.written, told.unchanged) == (written, len(brought) - written)
    assert told.corrected == (written if known else max(0, written - 1))


def test_another_document_with_the_same_values_is_no_change(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 1.0), origin="one.csv"))
    assert (
        lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 1.0), origin="two.csv"), only_changes=True).written == 0
    )


def test_another_flag_with_the_same_value_is_a_change(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 1.0)))
    told = lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 1.0), pm25_flags="RM"), only_changes=True)
    assert told == Appended(written=1, unchanged=0, corrected=1, version=told.version)


def test_import_that_says_nothing_new_makes_no_commit(lake: Lake, run_of_hours: Frames) -> None:
    frame = run_of_hours(3, 40)
    first = lake.append(AMBIENT_HOURS, frame, only_changes=True)
    again = lake.append(AMBIENT_HOURS, frame.sample(fraction=1.0, shuffle=True, seed=1), only_changes=True)
    assert first == Appended(written=2880, unchanged=0, corrected=0, version=1)
    assert again == Appended(written=0, unchanged=2880, corrected=0, version=1)


def test_mixed_import_counts_new_changed_and_repeated_rows(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 1.0), ("1728A", HOUR, 2.0)))
    told = lake.append(
        AMBIENT_HOURS, hours(("1727A", HOUR, 1.0), ("1728A", HOUR, 3.0), ("1730A", HOUR, 4.0)), only_changes=True
    )
    assert (told.written, told.unchanged, told.corrected) == (2, 1, 1)
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [1.0, 3.0, 4.0]
