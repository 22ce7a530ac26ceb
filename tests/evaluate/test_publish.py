"""Only news is written, and what changed is named."""

from datetime import date

import polars as pl
import pytest

from lantian.loop.evaluate.publish import publish
from lantian.loop.evaluate.tables import PERIOD_SUMMARY


def row(code: str, index: float | None, run: str = "run 1") -> dict:
    return {
        "kind": "county", "code": code, "period_kind": "month", "first_day": date(2026, 3, 1),
        "last_day": date(2026, 3, 31), "stage": "original", "basis": "measured", "composite_index": index,
        "simulated": True, "withdrawn": False, "rules": "a b", "run_id": run, "code_version": "0",
    }  # fmt: skip


def frame(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={column.name: column.dtype for column in PERIOD_SUMMARY.columns})


@pytest.fixture
def lake(make_world):
    return make_world().lake


def known(lake) -> pl.DataFrame:
    return lake.read("period_summary")


def test_the_first_write_is_all_new(lake):
    done = publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0), row("b", 2.0)), known(lake))
    assert done.counts() == {"new": 2, "changed": 0, "withdrawn": 0, "same": 0}


def test_another_run_with_the_same_content_is_no_news(lake):
    publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0)), known(lake))
    version = lake.version("period_summary")
    done = publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0, "run 2")), known(lake))
    assert done.counts() == {"new": 0, "changed": 0, "withdrawn": 0, "same": 1}
    assert lake.version("period_summary") == version


def test_a_changed_cell_is_written_and_named(lake):
    publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0), row("b", None)), known(lake))
    done = publish(lake, PERIOD_SUMMARY, frame(row("a", 1.5), row("b", None)), known(lake))
    assert done.counts() == {"new": 0, "changed": 1, "withdrawn": 0, "same": 1}
    [change] = done.examples
    assert (change.column, change.before, change.after) == ("composite_index", "1.0", "1.5")


def test_null_against_a_value_is_a_change_in_both_directions(lake):
    publish(lake, PERIOD_SUMMARY, frame(row("a", None)), known(lake))
    assert publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0)), known(lake)).changed == 1
    done = publish(lake, PERIOD_SUMMARY, frame(row("a", None)), known(lake))
    assert (done.changed, done.examples[0].after) == (1, "—")


def test_what_vanished_is_withdrawn_once_and_may_come_back(lake):
    publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0), row("b", 2.0)), known(lake))
    assert publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0)), known(lake)).withdrawn == 1
    assert publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0)), known(lake)).counts()["withdrawn"] == 0
    gone = known(lake).filter(pl.col("code") == "b").row(0, named=True)
    assert (gone["withdrawn"], gone["composite_index"]) == (True, None)
    back = publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0), row("b", 2.0)), known(lake))
    assert back.changed == 1
    assert not known(lake).get_column("withdrawn").any()


def test_nothing_at_all_writes_nothing(lake):
    assert publish(lake, PERIOD_SUMMARY, frame(), known(lake)).counts()["new"] == 0
    assert lake.version("period_summary") == -1


def test_sums_of_two_writes_add_up(lake):
    one = publish(lake, PERIOD_SUMMARY, frame(row("a", 1.0)), known(lake))
    other = publish(lake, PERIOD_SUMMARY, frame(row("a", 3.0)), known(lake))
    both = one + other
    assert (both.new, both.changed, len(both.examples)) == (1, 1, 1)
