from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.marking import MarkContent, set_mark
from lantian.loop.sense.outlet_units import decimals_of
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.loop.sense.source_checks import check_sources

pytestmark = pytest.mark.usefixtures("people")

FIRST = date(2026, 3, 1)
SO2, O2, FLOW = "a21026", "a19001", "a00000"
HOURS = 24 * 10
Columns = dict[str, dict[str, np.ndarray]]


@pytest.fixture
def stack(centre: Centre) -> Callable[..., None]:
    """Put ten days of one stack's hours into the lake: dry SO2, O2, flow, converted value and amount that fit."""
    register_device(
        centre.ledger,
        DeviceContent(mn="MN1", outlet="stack-1", reference_oxygen=6.0, simulated=True),
        by="test",
        at=centre.now(),
    )

    def put(change: Callable[[Columns], None] | None = None, *, delay: timedelta = timedelta(minutes=2)) -> None:
        rng = np.random.default_rng(11)
        so2 = np.round(20 * rng.normal(1, 0.1, HOURS), 2)
        oxygen = np.round(8 + rng.normal(0, 0.4, HOURS), 1)
        flow = np.round(100 * rng.normal(1, 0.05, HOURS), 1)  # m³/s
        converted = np.round(so2 * (21 - 6) / (21 - oxygen), 2)
        amount = np.round(so2 * flow * 3600 * 1e-6, 2)
        columns: Columns = {
            SO2: {"value": so2, "minimum": so2 - 1, "maximum": so2 + 1, "converted": converted, "amount": amount},
            O2: {"value": oxygen},
            FLOW: {"value": flow},
        }
        if change is not None:
            change(columns)
        append(centre, columns, delay=delay)

    return put


def append(
    centre: Centre, columns: Columns, *, delay: timedelta = timedelta(minutes=2), period: str = "hour"
) -> None:
    concentration = ("mg/m³", "kg")
    units: dict[str, tuple[str, str | None]] = dict.fromkeys((SO2, "a21002", "a21004"), concentration)
    units |= {O2: ("%", None), FLOW: ("m³/s", "m³")}
    starts = [centre.midnight(FIRST) + timedelta(hours=at) for at in range(HOURS)]
    parts = []
    for factor, values in columns.items():
        length = len(next(iter(values.values())))
        parts.append(
            pl.DataFrame({name: np.asarray(each, dtype=float) for name, each in values.items() if name != "flag"})
            .with_columns(
                pl.lit("stack-1").alias("outlet"),
                pl.lit(factor).alias("factor"),
                pl.lit(period).alias("period"),
                pl.Series("period_start", starts[:length]),
                pl.Series("received_at", [at + timedelta(hours=1) + delay for at in starts[:length]]),
                pl.Series("flag", list(values.get("flag", ["N"] * length)), dtype=pl.String),
                pl.lit(units[factor][0]).alias("unit"),
                pl.lit(units[factor][1], pl.String).alias("amount_unit"),
                pl.lit(value=True).alias("simulated"),
            )
            .fill_nan(None)
        )
    table = centre.lake.table("source_readings")
    frame = pl.concat(parts, how="diagonal")
    blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
    centre.lake.append(table, frame.with_columns(*blank).select(column.name for column in table.columns))


def minutes(centre: Centre, hour: int, values: list[float]) -> None:
    """Ten-minute means of SO2 from an hour on."""
    start = centre.midnight(FIRST) + timedelta(hours=hour)
    starts = [start + timedelta(minutes=10 * at) for at in range(len(values))]
    table = centre.lake.table("source_readings")
    frame = pl.DataFrame({"value": values, "period_start": starts}).with_columns(
        outlet=pl.lit("stack-1"), factor=pl.lit(SO2), period=pl.lit("minute"), unit=pl.lit("mg/m³"),
        simulated=pl.lit(value=True),
    )  # fmt: skip
    blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
    centre.lake.append(table, frame.with_columns(*blank).select(column.name for column in table.columns))


def checked(centre: Centre) -> dict[str, list]:
    found: dict[str, list] = {}
    for one in check_sources(centre, FIRST, FIRST + timedelta(days=9)):
        found.setdefault(one.code, []).append(one)
    return found


def test_a_stack_whose_numbers_fit_raises_no_doubt(centre: Centre, stack) -> None:
    stack()
    assert checked(centre) == {}


def test_a_converted_value_by_another_oxygen_is_said_with_both_numbers(centre: Centre, stack) -> None:
    def wrong(columns: Columns) -> None:
        columns[SO2]["converted"][50:53] = columns[SO2]["value"][50:53]  # sent unconverted

    stack(wrong)
    [one] = checked(centre)["arithmetic"]
    assert (one.evidence["what"], one.evidence["hours"], one.evidence["channel"]) == ("converted", 3, SO2)
    assert "not_converted" in str(one.evidence["reasons"])
    assert one.evidence["recomputed"] != one.evidence["sent"]
    assert one.when == centre.midnight(FIRST) + timedelta(hours=50)


def test_an_amount_off_by_a_power_of_ten_is_said(centre: Centre, stack) -> None:
    def wrong(columns: Columns) -> None:
        columns[SO2]["amount"][7] *= 1000

    stack(wrong)
    [one] = checked(centre)["arithmetic"]
    assert one.evidence["what"] == "amount"
    assert "amount_other_power_of_ten" in str(one.evidence["reasons"])


def test_extremes_out_of_order_are_said(centre: Centre, stack) -> None:
    def wrong(columns: Columns) -> None:
        columns[SO2]["minimum"][9] = columns[SO2]["maximum"][9] + 5

    stack(wrong)
    [one] = checked(centre)["arithmetic"]
    assert one.evidence["what"] == "order"


def test_a_frozen_channel_an_air_leak_and_a_stop_flag_with_flow_are_found(centre: Centre, stack) -> None:
    def wrong(columns: Columns) -> None:
        columns[SO2] = {"value": columns[SO2]["value"]}
        columns[SO2]["value"][20:30] = 17.77
        columns[O2]["value"][100:104] = 20.4
        columns[FLOW]["flag"] = np.array(["N"] * 150 + ["F"] * 2 + ["N"] * (HOURS - 152))

    stack(wrong)
    found = checked(centre)
    assert set(found) == {"frozen", "oxygen_near_air", "stopped_but_flowing"}
    assert found["frozen"][0].evidence["while_running"] == 10
    assert found["stopped_but_flowing"][0].evidence["hours"] == 2


def test_flow_under_a_person_s_stop_mark_is_found(centre: Centre, stack) -> None:
    stack()
    begin = centre.midnight(date(2026, 3, 4))
    content = MarkContent(
        "stack-1", "stopped", begin, begin + timedelta(hours=5), "furnace repair", industry="thermal_power"
    )
    set_mark(centre, content, by="city")
    [one] = checked(centre)["stopped_but_flowing"]
    assert (one.when, one.evidence["hours"]) == (begin, 5)


def test_hours_sent_again_with_another_value_are_found_with_both(centre: Centre, stack) -> None:
    stack()
    first = np.full(3, np.nan)
    first[2] = 55.5
    append(centre, {SO2: {"value": first}})
    [one] = checked(centre)["rewritten"]
    assert one.evidence["after"] == 55.5
    assert one.when == centre.midnight(FIRST) + timedelta(hours=2)


def test_hours_that_come_before_their_end_show_a_fast_clock(centre: Centre, stack) -> None:
    stack(delay=timedelta(minutes=-30))
    [one] = checked(centre)["clock_ahead"]
    assert one.evidence["minutes"] == 30.0


def test_minutes_that_give_another_mean_are_said(centre: Centre, stack) -> None:
    stack()
    minutes(centre, 30, [49.0, 51.0, 50.0, 48.0, 52.0, 50.0])
    [one] = checked(centre)["arithmetic"]
    assert (one.evidence["what"], one.evidence["recomputed"]) == ("average", 50.0)


def test_equal_minutes_are_found_where_the_hours_do_not_show_it(centre: Centre, stack) -> None:
    def without_so2(columns: Columns) -> None:
        del columns[SO2]

    stack(without_so2)
    minutes(centre, 40, [23.4] * 9)
    [one] = checked(centre)["frozen"]
    assert (one.evidence["channel"], one.evidence["length"], one.evidence["while_running"]) == (SO2, 9, 9)
    assert one.when == centre.midnight(FIRST) + timedelta(hours=40)


def test_more_no2_than_nox_is_found(centre: Centre, stack) -> None:
    def with_nitrogen(columns: Columns) -> None:
        nox = np.round(50 + np.random.default_rng(2).normal(0, 4, HOURS), 1)
        columns["a21002"] = {"value": nox}
        columns["a21004"] = {"value": np.round(nox * 0.1, 2)}
        columns["a21004"]["value"][33] = nox[33] + 20

    stack(with_nitrogen)
    [one] = checked(centre)["no2_above_nox"]
    assert (one.evidence["channel"], one.when) == ("a21004", centre.midnight(FIRST) + timedelta(hours=33))


def test_one_outlet_can_be_asked_for(centre: Centre, stack) -> None:
    stack()
    assert check_sources(centre, FIRST, FIRST + timedelta(days=9), outlet="stack-2") == ()


def test_decimals_are_those_that_the_numbers_show() -> None:
    assert decimals_of(np.array([np.nan])) == 0
    assert decimals_of(np.array([0.1234567])) == 6


def test_times_of_findings_are_of_the_city(centre: Centre, stack) -> None:
    def wrong(columns: Columns) -> None:
        columns[SO2]["value"][20:30] = 17.77
        del columns[SO2]["converted"], columns[SO2]["amount"], columns[SO2]["minimum"], columns[SO2]["maximum"]

    stack(wrong)
    [one] = checked(centre)["frozen"]
    assert isinstance(one.when, datetime)
    assert one.when.isoformat() == "2026-03-01T20:00:00+08:00"
