"""Outlets at the terminal: recorded, recomputed, shown beside the logger's numbers, reviewed, rated."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lantian.assembly import open_workspace
from lantian.loop.sense.registry import DeviceContent, Point, register_device

DAY = date(2026, 3, 20)
OUTLET, SO2, CO2 = "DA001", "a21026", "a05001"
UNITS = {SO2: ("mg/m³", "kg"), CO2: ("mg/m³", "kg"), "a19001": ("%", None), "a00000": ("m³/s", "m³")}


@pytest.fixture
def outlet(writable_workspace: Path) -> Path:
    """A workspace whose outlet converts to the wrong oxygen for a day: 24 instead of 30 mg/m³."""
    house = open_workspace(writable_workspace)
    content = DeviceContent(mn="MN1", outlet=OUTLET, points={SO2: Point(), CO2: Point()}, simulated=True)
    register_device(house.ledger, content, by="test", at=house.now())
    table = house.lake.table("source_readings")
    start = house.centre().midnight(DAY)
    values: dict[str, dict[str, Any]] = {
        SO2: {"value": 20.0, "converted": 24.0, "amount": 7.2},
        CO2: {"value": 200000.0, "amount": 72000.0},
        "a19001": {"value": 11.0},
        "a00000": {"value": 100.0},
    }
    for factor, told in values.items():
        unit, amount_unit = UNITS[factor]
        fixed = {
            "outlet": OUTLET, "factor": factor, "period": "hour", "unit": unit, "amount_unit": amount_unit,
            "flag": "N", "simulated": True, **told,
        }  # fmt: skip
        frame = pl.DataFrame({"period_start": [start + timedelta(hours=hour) for hour in range(24)]}).with_columns(
            pl.lit(value).alias(name) for name, value in fixed.items()
        )
        blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
        rows = frame.with_columns(*blank)
        house.lake.append(
            table,
            rows.select(
                c.name if c.name == "period_start" else pl.col(c.name).cast(c.dtype) for c in table.columns
            ),
        )
    house.close()
    return writable_workspace


def recorded(ask, folder: Path, *more: str, by: str = "city-desk") -> tuple[int, str, str]:
    return ask(
        "sense", "record", OUTLET, "--from", "2026-01-01", "--kind", "coal_power", "--by", by,
        "--reason", "permit", *more, "-w", folder,
    )  # fmt: skip


def recomputed(ask, folder: Path) -> dict[str, Any]:
    code, out, err = ask("sense", "recompute", "--first", DAY, "--last", DAY, "--json", "-w", folder)
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def shown(ask, folder: Path, *more: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        ask("sense", "outlet", OUTLET, "--day", DAY, "--json", *more, "-w", folder)[1]
    )
    return told


def test_an_outlet_is_recorded_recomputed_and_shown_beside_its_logger(ask, outlet: Path) -> None:
    code, out, err = recorded(ask, outlet)
    assert (code, "lantian sense recompute" in out) == (0, True), err
    told = recomputed(ask, outlet)
    assert (told["days"], told["hours_written"], told["findings"]) == (1, 48, 1)
    assert recomputed(ask, outlet)["days"] == 0
    row = next(row for row in shown(ask, outlet)["hours"] if row["factor"] == SO2)
    assert (row["converted"], row["sent_converted"], row["implied_oxygen"]) == (30.0, 24.0, 9.0)
    code, out, _ = ask("sense", "outlet", OUTLET, "--day", DAY, "-w", outlet)
    assert code == 0
    assert "the device converts to another reference oxygen" in " ".join(out.replace("│", " ").split())
    assert "sulphur dioxide" in out
    assert ask("sense", "outlet", OUTLET, "--day", DAY, "-w", outlet, language="zh")[0] == 0
    [finding] = json.loads(
        ask("sense", "review", "findings", "--from", DAY, "--to", DAY, "--place", OUTLET, "--json", "-w", outlet)[
            1
        ]
    )["rows"]
    assert finding["code"] == "arithmetic"


def test_carbon_dioxide_is_shown_with_its_amount(ask, outlet: Path) -> None:
    recomputed(ask, outlet)
    told = shown(ask, outlet, "--factor", CO2)
    assert {row["factor"] for row in told["hours"]} == {CO2}
    assert told["days"][0]["amount_used"] == 24 * 72000.0
    code, out, _ = ask("sense", "outlet", OUTLET, "--day", DAY, "--factor", CO2, "-w", outlet)
    assert (code, "carbon dioxide" in out, "1728000.000" in out) == (0, True, True)


def test_records_are_listed_and_refused_from_who_may_not(ask, outlet: Path) -> None:
    recorded(ask, outlet, "--oxygen", "6", "--basis", "permit 7")
    [row] = json.loads(ask("sense", "outlets", "--json", "-w", outlet)[1])["rows"]
    assert (row["outlet"], row["oxygen"], row["basis"], row["by"]) == (OUTLET, "6", "permit 7", "city-desk")
    code, _, err = recorded(ask, outlet, by="operator")
    assert (code, "may not do this" in err) == (2, True)
    code, _, err = recorded(ask, outlet, "--oxygen", "six")
    assert (code, "no number of percent" in err) == (2, True)
    code, _, err = recorded(ask, outlet, "--gas", "wet")
    assert (code, "none of" in err) == (2, True)


def test_a_day_that_was_not_recomputed_says_what_to_do(ask, outlet: Path) -> None:
    code, _, err = ask("sense", "outlet", OUTLET, "--day", "2026-02-01", "-w", outlet)
    assert (code, "lantian sense recompute --first 2026-02-01" in " ".join(err.split())) == (2, True)


def decide(ask, folder: Path, *more: str) -> tuple[int, str, str]:
    return ask(
        "sense", "review", "decide", OUTLET, SO2, "2026-03-20T05", "2026-03-20T06", "--verdict", "invalid",
        "--level", "city", "--by", "city-desk", "--reason", "probe out of the duct", *more, "-w", folder,
    )  # fmt: skip


def test_a_decision_about_an_outlet_recomputes_its_days_and_names_the_tables(ask, outlet: Path) -> None:
    recomputed(ask, outlet)
    code, out, err = decide(ask, outlet, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert {row["table"] for row in told["affected"]} == {"outlet_hours", "outlet_days", "quality_findings"}
    assert told["recomputed"][0]["days"] == 1
    hours = [row for row in shown(ask, outlet, "--factor", SO2)["hours"] if row["validity"] == "invalid"]
    assert [row["hour_start"][11:13] for row in hours] == ["05", "06"]
    undone = ("sense", "review", "undo", told["ids"][0], "--by", "city-desk", "--reason", "it was real")
    code, out, _ = ask(*undone, "-w", outlet)
    assert (code, "1 days computed anew" in out) == (0, True)
    assert {row["validity"] for row in shown(ask, outlet, "--factor", SO2)["hours"]} == {"valid"}


def test_a_decision_may_leave_the_recomputing_for_later(ask, outlet: Path) -> None:
    recomputed(ask, outlet)
    code, out, _ = decide(ask, outlet, "--later")
    assert (code, "lantian sense recompute --first 2026-03-20" in out) == (0, True)
    assert {row["validity"] for row in shown(ask, outlet, "--factor", SO2)["hours"]} == {"valid"}
    assert recomputed(ask, outlet)["days"] == 1


def test_outlets_are_signed_like_stations(ask, outlet: Path) -> None:
    code, _, err = ask(
        "sense", "review", "sign", "--sources", "--from", DAY, "--to", DAY, "--by", "chief", "--reason", "closed",
        "-w", outlet,
    )  # fmt: skip
    assert code == 0, err
    assert all(row["signed"] for row in shown(ask, outlet)["hours"])
    code, _, err = decide(ask, outlet)
    assert (code, "signed off" in err) == (2, True)


def test_rates_are_counted_by_day_and_month(ask, outlet: Path) -> None:
    days = ("--first", DAY - timedelta(days=1), "--last", DAY, "--kind", "outlet", "-w", outlet)
    code, out, err = ask("sense", "rates", *days, "--by", "day", "--json")
    assert code == 0, err
    before, after = json.loads(out)["rows"]
    assert (before["due"], before["transmitted"], before["transmission"]) == (48, 0, 0.0)
    assert (after["due"], after["transmitted"], after["valid_transmission"]) == (48, 48, 1.0)
    code, out, _ = ask("sense", "rates", *days, "--by", "month")
    assert (code, "0.5000" in out) == (0, True)
    code, _, err = ask("sense", "rates", *days, "--by", "week")
    assert (code, "none of" in err) == (2, True)


@pytest.mark.parametrize(("by", "level"), [("operator", "city"), ("nobody", "operator"), ("admin", "sign_off")])
def test_who_may_not_is_refused_before_anything_is_written(ask, outlet: Path, by: str, level: str) -> None:
    code, _, err = ask(
        "sense", "review", "decide", OUTLET, SO2, "2026-03-20T05", "2026-03-20T06", "--verdict", "invalid",
        "--level", level, "--by", by, "--reason", "x", "-w", outlet,
    )  # fmt: skip
    assert (code, "may not do this" in err or "no open user" in err) == (2, True)
    assert json.loads(ask("sense", "review", "list", "--json", "-w", outlet)[1])["rows"] == []
