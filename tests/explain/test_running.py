import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from lantian.desk.jobs import Jobs
from lantian.loop.explain.cems import take_cems
from lantian.loop.explain.editions import Opened, open_edition
from lantian.loop.explain.keeping import keep_book, read_book
from lantian.loop.explain.queries import changes, emissions, hours, method_shares, totals, tree
from lantian.loop.explain.running import checked, compute
from lantian.loop.explain.why import subject_of, trace
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.terms.errors import CallerError


def test_run_writes_rows_and_sums_that_agree_and_a_second_run_changes_nothing(study, fill, jobs: Jobs):
    fill()
    first = compute(study, jobs, "2024")
    rows, city = emissions(study), totals(study)
    assert first.rows == rows.height > 40
    assert first.changed > 0
    for pollutant, amount in city.select("pollutant", "amount").iter_rows():
        assert rows.filter(pl.col("pollutant") == pollutant)["amount"].sum() == pytest.approx(amount, rel=1e-12)
    for kind in ("county", "sector", "source"):
        sums = totals(study, kind=kind).group_by("pollutant").agg(pl.col("amount").sum())
        assert dict(sums.iter_rows()) == pytest.approx(dict(city.select("pollutant", "amount").iter_rows()))
    assert compute(study, jobs, "2024").changed == 0
    assert jobs.latest("inventory")[0]["result"]["rows"] == first.rows


def test_rows_name_method_rules_run_and_interval(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    row = emissions(study).filter((pl.col("process") == "B1") & (pl.col("pollutant") == "nox")).row(0, named=True)
    assert row["method"] == "cems"
    assert row["flags"] == "scaled_for_gaps"
    assert row["low"] < row["amount"] < row["high"]
    assert "inventory-book" in row["rules"].split(",")
    assert row["run_id"] == jobs.latest("inventory")[0]["id"]
    assert json.loads(row["trace"])["methods"][0]["used"] is True


def test_source_that_left_the_book_leaves_the_results(study, fill, jobs):
    book = fill()
    compute(study, jobs, "2024")
    keep_book(study, replace(book, sources=book.sources[:-1]), origin="second")
    compute(study, jobs, "2024")
    assert "R1" not in set(emissions(study)["source"])
    assert "R1" not in set(totals(study, kind="source")["code"])
    held = study.lake.read("inventory_emissions", where=pl.col("source") == "R1")
    assert held["withdrawn"].all()


def test_run_of_an_empty_book_is_refused_and_the_run_failed(study, jobs):
    open_edition(study, Opened("2024", 2024, "office", "test"))
    with pytest.raises(CallerError, match="no sources"):
        compute(study, jobs, "2024")
    assert jobs.latest("inventory")[0]["state"] == "failed"


def test_question_before_the_first_run_says_what_to_do(study, fill):
    fill()
    with pytest.raises(CallerError, match="lantian inventory run 2024"):
        totals(study)


def test_tree_adds_up_level_by_level(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    rows = tree(study, None, "pm25", depth=4)
    for level in (1, 2, 3, 4):
        mine = rows.filter(pl.col("level") == level)
        assert mine["share"].sum() == pytest.approx(1.0)
    codes = rows["code"].to_list()
    assert codes.index("combustion") < codes.index("combustion.residential") < codes.index("dust")
    weak = dict(rows.select("code", "low_confidence").iter_rows())
    assert weak["combustion.residential.coal.bituminous"] == 1.0


def test_shares_of_methods_add_up(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    rows = method_shares(study)
    whole = rows.group_by("pollutant").agg(pl.col("share").sum())
    assert dict(whole.iter_rows()) == pytest.approx(dict.fromkeys(whole["pollutant"], 1.0))
    nox = dict(rows.filter(pl.col("pollutant") == "nox").select("method", "amount").iter_rows())
    assert nox["cems"] == pytest.approx(1000.0)


def test_difference_to_last_year_adds_up_source_by_source(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    open_edition(
        study,
        Opened("2025", 2025, "o", "r", parent="2024", growth={"combustion.power": 1.2}, closures=("H1",)),
    )
    compute(study, jobs, "2025")
    rows = changes(study, "2024", "2025")
    effects = pl.sum_horizontal("activity", "factor", "control", "new", "closed")
    off = rows.select((effects - pl.col("difference")).abs().max()).item()
    assert off < 1e-9 * rows["before"].max()
    homes = rows.filter((pl.col("source") == "H1") & (pl.col("pollutant") == "so2")).row(0, named=True)
    assert homes["closed"] == pytest.approx(-homes["before"])
    plant = rows.filter((pl.col("source") == "P1") & (pl.col("pollutant") == "co2")).row(0, named=True)
    assert plant["activity"] == pytest.approx(0.2 * plant["before"])
    assert set(rows["pollutant"]) <= set(INVENTORY_POLLUTANTS)


def test_hours_of_the_year_add_up_and_begin_at_midnight_of_the_city(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    rows = hours(study, None, "so2")
    assert rows.height == 8784
    assert rows["hour_start"][0].isoformat() == "2024-01-01T00:00:00+08:00"
    amount = totals(study, pollutant="so2")["amount"][0]
    assert rows.drop("hour_start").sum().sum_horizontal()[0] == pytest.approx(amount * 1000, rel=1e-9)
    with pytest.raises(CallerError, match="nothing of nh3"):
        hours(study, None, "nh3")


def test_checks_look_at_the_book_as_it_is_now(study, fill):
    fill()
    codes = {each.code for each in checked(study)}
    assert "methods_disagree" in codes
    assert "statistics_differ" not in codes


# ------------------------------------------------------------------------------------------ why


def test_every_tonne_is_traced_and_made_again(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    for source, pollutant in emissions(study).select("source", "pollutant").unique().iter_rows():
        found = trace(study, "2024", source, pollutant)
        assert found.agrees, (source, pollutant)
        assert sum(row.amount for row in found.rows) == pytest.approx(found.amount)
        for row in found.rows:
            for step in row.steps:
                assert step.message.format(**step.values)


def test_trace_names_the_rule_of_factor_and_devices(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    [row] = [row for row in trace(study, None, "P1", "so2").rows if row.process == "B2"]
    rules = [step.rule for step in row.steps if step.rule]
    assert rules[0].startswith("coal-balance") or "#" in rules[0]
    assert any(rule.endswith("#limestone_gypsum") for rule in rules)


def test_trace_of_nothing_says_what_there_is(study, fill, jobs):
    fill()
    compute(study, jobs, "2024")
    with pytest.raises(CallerError, match="no rows of the source 'X'"):
        trace(study, None, "X", "so2")
    with pytest.raises(CallerError, match="gives off no nh3"):
        trace(study, None, "H1", "nh3")


@pytest.mark.parametrize(
    "text", ["inventory:2025", "inventory:2025/P1", "inventory:2025//so2", "inventory:a/b/c/d"]
)
def test_subject_with_other_parts_is_refused(text):
    with pytest.raises(CallerError, match="names no tonne"):
        subject_of(text)


# ------------------------------------------------------------------------------------------ CEMS


def outlet_days(study, outlet: str, factor: str, **counts) -> None:
    """Put ten days of an outlet into the lake as the room `sense` writes them."""
    fixed = {"valid_hours": 0, "excluded_hours": 0, "inputs": "x", "rules": "r", "simulated": True,
             "withdrawn": False, "run_id": "r", "code_version": "0"}  # fmt: skip
    counted = {
        "amount": 2400.0,
        "hours": 24,
        "stopped_hours": 0,
        "substituted_hours": 0,
        "open_hours": 0,
        **counts,
    }
    days = [date(2024, 1, 1).replace(day=n + 1) for n in range(10)]
    frame = pl.DataFrame({"legal_day": days}).with_columns(
        outlet=pl.lit(outlet), factor=pl.lit(factor),
        **{name: pl.lit(value, pl.Int32 if isinstance(value, int) and not isinstance(value, bool) else None)
           for name, value in {**fixed, **counted}.items()},
    )  # fmt: skip
    study.lake.append("outlet_days", frame)


def test_amounts_of_monitors_come_in_with_the_share_of_operating_hours(study, fill):
    fill()
    outlet_days(study, "O2", "a21026", substituted_hours=6)
    outlet_days(study, "O2", "a01011")
    outlet_days(study, "X9", "a21026")
    written, findings = take_cems(study, "2024")
    assert written == 1
    assert [each.where for each in findings] == ["X9"]
    [row] = [row for row in read_book(study, "2024", 2024).measured if row.outlet == "O2"]
    assert (row.source, row.pollutant, row.method, row.amount) == ("P1", "so2", "cems", 24.0)
    assert row.coverage == pytest.approx(180 / 8784)
    assert take_cems(study, "2024")[0] == 0
    assert len(read_book(study, "2024", 2024).measured) == 3


def test_stopped_hours_need_no_amount(study, fill):
    fill()
    outlet_days(study, "O2", "a21026", stopped_hours=24, amount=0.0)
    take_cems(study, "2024")
    assert [row for row in read_book(study, "2024", 2024).measured if row.outlet == "O2"] == []
    outlet_days(study, "O2", "a21002", stopped_hours=4)
    take_cems(study, "2024")
    [row] = [row for row in read_book(study, "2024", 2024).measured if row.outlet == "O2"]
    assert row.coverage == pytest.approx(200 / (8784 - 40))


def test_lake_without_outlets_brings_nothing(study, fill):
    fill()
    assert take_cems(study, "2024") == (0, ())
