from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lantian.loop.explain.control_list import CONTROL_LIST, control_list, county_sums
from lantian.loop.explain.ozone_days import REGIME_SCHEMA
from lantian.loop.explain.running import compute
from lantian.science.boxmodel import Regime
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Process, Source
from lantian.science.reactivity import Scale
from lantian.terms.errors import CallerError

LUCHENG, LUZHOU = "140406", "140403"


def plant(code: str, category: str, amount: float, county: str = LUZHOU, *controls: str) -> Source:
    chain = tuple(Control(each) for each in controls)
    return Source(
        code, f"模拟·{code}", county, "point", (Process("1", Activity(category, amount, "t"), controls=chain),),
        longitude=113.1, latitude=36.2, simulated=True,
    )  # fmt: skip


@pytest.fixture
def listed(study, fill, jobs):
    """An inventory with two coke plants, one of which burns its VOC already, and two boilers."""
    boiler = "combustion.industry.coal.auto_grate"
    coal = {"sulphur": 0.009, "ash": 0.2}
    sources = (
        plant("COKE-OPEN", "process.coking.coke.machine", 100_000.0, LUCHENG),
        plant("COKE-SHUT", "process.coking.coke.machine", 100_000.0, LUZHOU, "enclosure", "regenerative_oxidiser"),
        Source("BOILER", "模拟·锅炉", LUZHOU, "point", (Process("1", Activity(boiler, 50_000.0, "t", 1.1, coal)),),
               longitude=113.1, latitude=36.2, simulated=True),
        Source("HOMES", "模拟·散煤", LUZHOU, "area",
               (Process("1", Activity("combustion.residential.coal.bituminous", 5_000.0, "t")),), simulated=True),
    )  # fmt: skip
    fill(Book("2024", 2024, sources))
    compute(study, jobs, "2024")
    return study


def regimes(voc: float, nox: float, regime: str, count: int = 6) -> pl.DataFrame:
    spread = np.linspace(0.9, 1.1, count)
    rows = [
        {"day": date(2024, 7, 1) + timedelta(days=number), "ozone_production": 50.0, "voc": voc * one,
         "nox": nox * one, "nitrogen_share": 0.5, "regime": regime, "regime_of_radicals": regime, "species": 25}
        for number, one in enumerate(spread)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=REGIME_SCHEMA)


def test_where_voc_limit_ozone_the_open_coke_plant_leads_and_nox_has_a_minus(listed) -> None:
    found = control_list(listed, None, [], regimes(0.5, -0.4, "voc"))
    assert found.regime is Regime.VOC
    assert dict(found.rows.schema) == {name: kind() for name, kind in CONTROL_LIST.items()}
    first = found.rows.row(0, named=True)
    assert (first["source"], first["pollutant"], first["key_plant"]) == ("COKE-OPEN", "voc", True)
    assert "VOC limit ozone" in first["reason"]
    nox = found.rows.filter(pl.col("pollutant") == "nox")
    assert (nox["effect"] < 0).all()
    assert not nox["key_plant"].any()
    assert all("more ozone" in reason for reason in nox["reason"])


def test_where_nox_limits_ozone_the_boiler_leads(listed) -> None:
    found = control_list(listed, None, [], regimes(0.05, 0.6, "nox"))
    first = found.rows.row(0, named=True)
    assert (first["source"], first["pollutant"]) == ("BOILER", "nox")
    assert (
        "worth little"
        in found.rows.filter(pl.col("source") == "COKE-OPEN", pl.col("pollutant") == "voc")["reason"][0]
    )


def test_plant_that_does_already_what_can_be_asked_has_nothing_to_give(listed) -> None:
    rows = control_list(listed, None, [], regimes(0.5, -0.4, "voc")).rows.filter(pl.col("pollutant") == "voc")
    reachable = dict(rows.select("source", "reachable").iter_rows())
    assert reachable["COKE-SHUT"] == pytest.approx(0.0, abs=1e-9)
    assert reachable["COKE-OPEN"] == pytest.approx(0.95 * 0.94, abs=0.002)


def test_effect_is_share_of_the_city_times_the_reactivity_of_the_days(listed) -> None:
    found = control_list(listed, None, [], regimes(0.5, -0.4, "voc"))
    rows = found.rows.filter(pl.col("pollutant") == "voc")
    assert rows["effect"].to_list() == pytest.approx((rows["share"] * 0.5).to_list())
    assert rows["share"].sum() < 1, "homes belong to the city and are no plant"
    assert (rows["effect_low"] <= rows["effect"]).all()
    assert (rows["effect"] <= rows["effect_high"]).all()
    assert rows["potential"].to_list() == pytest.approx(
        (rows["share"] / rows["share"][0] * rows["potential"][0]).to_list()
    )
    nox = found.rows.filter(pl.col("pollutant") == "nox")
    assert nox["share"].to_list() == pytest.approx((nox["amount"] / nox["amount"][0] * nox["share"][0]).to_list())


def test_measured_voc_weigh_the_groups_and_the_scale_is_said(listed) -> None:
    carter, china = (control_list(listed, None, [], regimes(0.5, -0.4, "voc"), scale=scale) for scale in Scale)
    assert carter.weights["aromatics"].mean > china.weights["aromatics"].mean
    assert (carter.scale, china.scale) == (Scale.CARTER, Scale.CHINA)
    assert all(weight.measured == 0 for weight in carter.weights.values())
    assert {"control-list", "species-2013"} <= set(carter.rules)


def test_counties_sum_their_plants(listed) -> None:
    found = control_list(listed, None, [], regimes(0.5, -0.4, "voc"))
    sums = county_sums(found)
    assert sums["plants"].sum() == found.rows.height
    assert sums["amount"].sum() == pytest.approx(found.rows["amount"].sum())
    assert sums.row(0, named=True)["county"] == LUCHENG


def test_too_few_days_make_no_list(listed) -> None:
    with pytest.raises(CallerError, match="3 days have a regime"):
        control_list(listed, None, [], regimes(0.5, -0.4, "voc", count=3))
