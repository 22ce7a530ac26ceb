"""A stack whose numbers are known by hand: 20 mg/m³ at 11 % oxygen, 100 m³/s; so 30 mg/m³ and 7.2 kg an hour."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.marking import MarkContent, set_mark, withdraw_mark
from lantian.loop.sense.outlets import OutletContent, record_outlet
from lantian.loop.sense.recomputing import Recomputed, recompute
from lantian.loop.sense.registry import DeviceContent, Point, register_device
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

FIRST = date(2026, 3, 1)
SO2, CO2, O2, FLOW, HUMIDITY = "a21026", "a05001", "a19001", "a00000", "a01014"
UNITS: dict[str, tuple[str, str | None]] = {
    SO2: ("mg/m³", "kg"), CO2: ("mg/m³", "kg"), O2: ("%", None), FLOW: ("m³/s", "m³"), HUMIDITY: ("%", None),
}  # fmt: skip
MEAN, OXYGEN, GAS, CONVERTED, AMOUNT = 20.0, 11.0, 100.0, 30.0, 7.2
OUTLET = "stack-1"
Values = float | list[float | None]
Put = Callable[..., None]


@pytest.fixture
def put(centre: Centre) -> Put:
    """Put readings of one factor and period of the stack into the lake, from an hour of the first day on."""

    def written(
        factor: str, values: list[float | None], period: str = "hour", hour: int = 0, **columns: Any
    ) -> None:
        step = {"hour": timedelta(hours=1), "minute": timedelta(minutes=10), "day": timedelta(days=1)}[period]
        start = centre.midnight(FIRST) + timedelta(hours=hour)
        table = centre.lake.table("source_readings")
        unit, amount_unit = UNITS[factor]
        told: dict[str, Any] = {
            "outlet": OUTLET, "factor": factor, "period": period, "unit": unit, "amount_unit": amount_unit,
            "flag": "N", "simulated": True, **columns,
        }  # fmt: skip
        lists = {name: value for name, value in told.items() if isinstance(value, list)}
        frame = pl.DataFrame(
            {"value": values, "period_start": [start + place * step for place in range(len(values))], **lists},
            schema_overrides={"value": pl.Float64},
        ).with_columns(pl.lit(value).alias(name) for name, value in told.items() if name not in lists)
        blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
        rows = frame.with_columns(*blank).select(
            pl.col(c.name) if c.name == "period_start" else pl.col(c.name).cast(c.dtype) for c in table.columns
        )
        centre.lake.append(table, rows)

    return written


@pytest.fixture
def stack(centre: Centre, put: Put) -> Put:
    """One day of the stack as its logger sends it, and the stack as a coal-fired power plant of PLANT."""
    record(centre)
    device(centre)
    hours(put)
    return put


def record(centre: Centre, **fields: Any) -> None:
    content = OutletContent(OUTLET, date(2026, 1, 1), organisation="PLANT", source_kind="coal_power")
    record_outlet(centre, replace(content, **fields), by="city", reason="test")


def device(centre: Centre, **fields: Any) -> None:
    content = DeviceContent(mn="MN1", outlet=OUTLET, simulated=True, points={SO2: Point()})
    register_device(centre.ledger, replace(content, **fields), by="test", at=centre.now())


def hours(
    put: Put, count: int = 24, hour: int = 0, *, converted: float = CONVERTED, amount: float = AMOUNT
) -> None:
    put(SO2, [MEAN] * count, hour=hour, converted=[converted] * count, amount=[amount] * count)
    put(O2, [OXYGEN] * count, hour=hour)
    put(FLOW, [GAS] * count, hour=hour)


def minutes(put: Put, values: list[float | None], hour: int, **columns: Any) -> None:
    """Ten-minute means of SO2 in an hour, with oxygen and flow beside them."""
    put(SO2, values, "minute", hour, **columns)
    put(O2, [OXYGEN] * len(values), "minute", hour)
    put(FLOW, [GAS] * len(values), "minute", hour)


def run(centre: Centre, first: date = FIRST, last: date = FIRST) -> Recomputed:
    return recompute(centre, first, last, run_id="run-1")


def hour_rows(centre: Centre, factor: str = SO2, day: date = FIRST) -> list[dict[str, Any]]:
    rows = centre.lake.read("outlet_hours", first=day, last=day).filter(pl.col("factor") == factor)
    return list(rows.filter(~pl.col("withdrawn")).iter_rows(named=True))


def day_row(centre: Centre, factor: str = SO2, day: date = FIRST) -> dict[str, Any]:
    [row] = (
        centre.lake.read("outlet_days", first=day, last=day)
        .filter((pl.col("factor") == factor) & ~pl.col("withdrawn"))
        .iter_rows(named=True)
    )
    return row


def reasons(row: dict[str, Any]) -> set[str]:
    return set((row["reasons"] or "").split(",")) - {""}


# ---------------------------------------------------------------------------------- beside what was sent


def test_a_logger_that_is_right_differs_by_exactly_nothing(centre: Centre, stack: Put) -> None:
    done = run(centre)
    assert (done.outlets, done.days, done.hours_written, done.days_written, done.findings) == (1, 1, 24, 1, 0)
    for row in hour_rows(centre):
        assert (row["mean"], row["converted"], row["amount"], row["flow"]) == (20.0, 30.0, 7.2, 360000.0)
        assert (row["mean_difference"], row["converted_difference"], row["amount_difference"]) == (0.0, 0.0, 0.0)
        assert (row["reference_oxygen"], row["validity"], row["basis"]) == (6.0, "valid", "hour_sent")
        assert (row["amount_origin"], row["reasons"]) == ("measured", None)
        assert row["rules"] == "source-data-2025,oxygen-coal-power"
        assert (row["run_id"], row["simulated"]) == ("run-1", True)
    day = day_row(centre)
    assert (day["mean"], day["converted"], day["valid_hours"], day["flag"]) == (20.0, 30.0, 24, "N")
    assert day["amount"] == pytest.approx(24 * 7.2, rel=1e-12)
    assert day["flow"] == 24 * 360000.0


def test_a_wrong_reference_oxygen_is_named_and_is_a_finding(centre: Centre, put: Put) -> None:
    record(centre)
    hours(put, converted=24.0)  # 20 x (21 - 9) / 10: the oxygen of a boiler
    done = run(centre)
    row = hour_rows(centre)[0]
    assert (row["converted"], row["sent_converted"], row["converted_difference"]) == (30.0, 24.0, -6.0)
    assert row["converted_difference_share"] == pytest.approx(-0.2)
    assert (row["implied_oxygen"], row["reference_oxygen"]) == (9.0, 6.0)
    assert {"converted_differs", "other_reference_oxygen"} <= reasons(row)
    assert done.findings == 1
    [found] = list_findings(centre, FIRST, FIRST)
    assert (found.code, found.where, found.evidence["what"], found.evidence["hours"]) == (
        "arithmetic", OUTLET, "converted", 24,
    )  # fmt: skip
    assert "other_reference_oxygen" in str(found.evidence["reasons"])
    assert found.competing_explanation


def test_the_law_of_each_day_converts_it(centre: Centre, put: Put) -> None:
    record(centre)
    record(centre, from_day=date(2026, 3, 2), source_kind="cement_kiln")
    hours(put, 48)
    run(centre, FIRST, date(2026, 3, 2))
    assert {row["converted"] for row in hour_rows(centre)} == {30.0}
    assert {row["converted"] for row in hour_rows(centre, day=date(2026, 3, 2))} == {22.0}  # 20 x 11 / 10
    assert "limits-cement-ultra-low" in hour_rows(centre, day=date(2026, 3, 2))[0]["rules"]


def test_an_amount_from_the_converted_value_is_named(centre: Centre, put: Put) -> None:
    record(centre)
    hours(put, amount=10.8)
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["amount"], row["amount_difference"]) == (7.2, pytest.approx(3.6))
    assert {"amount_differs", "amount_from_converted"} <= reasons(row)


def test_wet_gas_taken_for_dry_is_named(centre: Centre, put: Put) -> None:
    record(centre)
    put(HUMIDITY, [10.0] * 24)
    hours(put, amount=6.48)  # 7.2 x (1 - 0.1)
    run(centre)
    assert {"amount_differs", "wet_for_dry"} <= reasons(hour_rows(centre)[0])


def test_an_analyser_of_wet_gas_is_brought_to_dry_gas(centre: Centre, put: Put) -> None:
    record(centre, gas_basis="wet_standard")
    put(HUMIDITY, [20.0] * 24)
    put(SO2, [16.0] * 24)
    put(O2, [OXYGEN] * 24)
    put(FLOW, [GAS] * 24)
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["mean"], row["converted"], row["amount"]) == (20.0, 30.0, 7.2)
    assert row["sent_mean"] == 16.0


def test_what_rounding_explains_is_no_finding_and_is_said(centre: Centre, put: Put) -> None:
    record(centre)
    put(SO2, [20.3] * 24, converted=[30.5] * 24, amount=[7.31] * 24)  # 30.45 and 7.308
    put(O2, [OXYGEN] * 24)
    put(FLOW, [GAS] * 24)
    done = run(centre)
    row = hour_rows(centre)[0]
    assert done.findings == 0
    assert row["converted_difference"] == pytest.approx(0.05)
    assert "rounded" in reasons(row)
    assert "converted_differs" not in reasons(row)


def test_without_any_reference_oxygen_nothing_is_converted_and_that_is_said(centre: Centre, put: Put) -> None:
    hours(put)
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["converted"], row["converted_difference"], row["reference_oxygen"]) == (None, None, None)
    assert (row["mean"], row["amount"], row["sent_converted"]) == (20.0, 7.2, 30.0)
    assert "reference_unknown" in reasons(row)


def test_oxygen_of_air_gives_no_converted_value_and_still_an_amount(centre: Centre, put: Put) -> None:
    record(centre)
    put(SO2, [MEAN] * 24, amount=[AMOUNT] * 24)
    put(O2, [21.0] * 24)
    put(FLOW, [GAS] * 24)
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["converted"], row["amount"]) == (None, 7.2)
    assert "oxygen_not_below_air" in reasons(row)


def test_units_of_a_point_are_brought_to_common_ones(centre: Centre, put: Put) -> None:
    record(centre)
    put(SO2, [20000.0] * 24, unit="µg/m³", amount=[7200.0] * 24, amount_unit="g", converted=[30000.0] * 24)
    put(O2, [OXYGEN] * 24)
    put(FLOW, [360000.0] * 24, unit="m³/h")
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["mean"], row["converted"], row["amount"]) == (20.0, 30.0, 7.2)
    assert (row["sent_mean"], row["sent_amount"], row["amount_difference"]) == (20.0, 7.2, 0.0)


def test_a_unit_that_says_nothing_gives_no_number_and_is_named(centre: Centre, put: Put) -> None:
    record(centre)
    put(SO2, [MEAN] * 24, unit="V")
    put(FLOW, [GAS] * 24)
    run(centre)
    row = hour_rows(centre)[0]
    assert (row["mean"], row["sent_mean"], row["amount"]) == (None, None, None)
    assert "unit_unknown" in reasons(row)


# ---------------------------------------------------------------------------------------------- from minutes


def test_the_mean_is_that_of_the_minutes_and_the_logger_s_differs(centre: Centre, stack: Put) -> None:
    minutes(stack, [10.0, 20.0, 30.0, 40.0, 50.0, 60.0], hour=5)
    done = run(centre)
    row = hour_rows(centre)[5]
    assert (row["mean"], row["sent_mean"], row["mean_difference"]) == (35.0, 20.0, -15.0)
    assert (row["basis"], row["valid_minutes"], row["received_minutes"]) == ("minutes", 60, 60)
    assert (row["converted"], row["amount"]) == (52.5, pytest.approx(12.6))
    assert "mean_differs" in reasons(row)
    assert done.findings == 1
    assert hour_rows(centre)[6]["basis"] == "hour_sent"


@pytest.mark.parametrize(
    ("bad", "basis", "validity", "mean"),
    [
        (1, "minutes", "valid", 20.0),  # 50 valid minutes
        (2, "none", "invalid", None),  # 40: proved to be too few
    ],
)
def test_an_hour_needs_forty_five_valid_minutes(
    centre: Centre, stack: Put, bad: int, basis: str, validity: str, mean: float | None
) -> None:
    minutes(stack, [MEAN] * 6, hour=5, flag=["C"] * bad + ["N"] * (6 - bad))
    run(centre)
    row = hour_rows(centre)[5]
    assert (row["basis"], row["validity"], row["mean"]) == (basis, validity, mean)
    assert "minutes_left_out" in reasons(row)
    assert row["sent_mean"] == 20.0  # what was sent stays beside it
    if bad == 2:
        assert (row["cause"], row["amount"]) == ("C", None)
        assert "too_few_values" in reasons(row)


def test_minutes_that_never_came_prove_nothing_against_the_hour_that_was_sent(centre: Centre, stack: Put) -> None:
    minutes(stack, [MEAN] * 3, hour=5)
    run(centre)
    row = hour_rows(centre)[5]
    assert (row["basis"], row["validity"], row["mean"]) == ("hour_sent", "valid", 20.0)
    assert (row["valid_minutes"], row["received_minutes"]) == (30, 30)
    assert "minutes_missing" in reasons(row)


def test_minutes_make_an_hour_that_was_never_sent(centre: Centre, put: Put) -> None:
    record(centre)
    hours(put, 5)
    minutes(put, [MEAN] * 6, hour=5)
    run(centre)
    row = hour_rows(centre)[5]
    assert (row["mean"], row["converted"], row["amount"], row["sent_mean"]) == (20.0, 30.0, 7.2, None)
    assert "sent_missing" in reasons(row)


def test_an_abnormal_hour_without_minutes_is_not_valid(centre: Centre, put: Put) -> None:
    record(centre)
    hours(put)
    put(SO2, [99.0], hour=7, flag="D")
    run(centre)
    row = hour_rows(centre)[7]
    assert (row["validity"], row["mean"], row["flag"], row["cause"]) == ("invalid", None, "D", "D")
    assert (row["sent_mean"], row["amount"]) == (99.0, None)


def test_the_other_reading_of_the_annex_averages_converted_minutes(centre: Centre, stack: Put) -> None:
    centre = replace(centre, choice=replace(centre.choice, variants={"source_data": "mean_of_minutes"}))
    stack(SO2, [20.0] * 6, "minute", 5)
    stack(O2, [1.0, 1.0, 1.0, 16.0, 16.0, 16.0], "minute", 5)
    stack(FLOW, [GAS] * 6, "minute", 5)
    run(centre)
    assert hour_rows(centre)[5]["converted"] == pytest.approx((15 + 60) / 2)  # 20 x 15/20 and 20 x 15/5
    assert hour_rows(centre)[6]["converted"] == 30.0  # no minutes: the hour is converted


# ---------------------------------------------------------------------------------- marks, substitution


def marked(centre: Centre, code: str, begin: int, end: int, **fields: Any) -> str:
    first, last = (centre.midnight(FIRST) + timedelta(minutes=each) for each in (begin, end))
    content = MarkContent(OUTLET, code, first, last, "test", industry="thermal_power")
    return set_mark(centre, replace(content, **fields), by="plant").key


def test_a_stopped_hour_has_no_amount_and_is_not_missing(centre: Centre, stack: Put) -> None:
    marked(centre, "stopped", 4 * 60, 6 * 60)
    run(centre)
    rows = hour_rows(centre)
    assert [row["validity"] for row in rows[3:7]] == ["valid", "stopped", "stopped", "valid"]
    assert (rows[4]["amount_used"], rows[4]["amount_origin"], rows[4]["marks"]) == (None, "stopped", "stopped")
    day = day_row(centre)
    assert (day["stopped_hours"], day["valid_hours"], day["open_hours"]) == (2, 22, 0)
    assert day["capture_rate"] == 1.0


def test_a_condition_mark_keeps_the_amount_and_leaves_the_judgement(centre: Centre, stack: Put) -> None:
    marked(centre, "fault", 4 * 60 + 10, 5 * 60)
    run(centre)
    row = hour_rows(centre)[4]
    assert (row["validity"], row["amount"]) == ("valid", 7.2)
    assert (row["excluded"], row["excluded_minutes"], row["marks"]) == (True, 50, "fault")


def test_minutes_under_a_calibration_mark_are_left_out_of_the_mean(centre: Centre, stack: Put) -> None:
    minutes(stack, [500.0, 20.0, 20.0, 20.0, 20.0, 20.0], hour=4)
    marked(centre, "calibration", 4 * 60, 4 * 60 + 10, factor=SO2)
    run(centre)
    row = hour_rows(centre)[4]
    assert (row["mean"], row["valid_minutes"], row["marks"]) == (20.0, 50, "calibration")
    assert "minutes_left_out" in reasons(row)


def test_a_gap_takes_the_largest_amount_before_it_and_says_so(centre: Centre, put: Put) -> None:
    record(centre)
    device(centre)
    hours(put, 24 * 20)
    put(SO2, [40.0], hour=100, amount=[14.4], converted=[60.0])
    gap = 24 * 19 + 3
    put(SO2, [99.0] * 2, hour=gap, flag="M")
    run(centre, FIRST, date(2026, 3, 20))
    rows = hour_rows(centre, day=date(2026, 3, 20))
    assert (rows[3]["amount"], rows[3]["amount_used"], rows[3]["amount_origin"]) == (None, 7.2, "substituted")
    assert rows[3]["mean"] is None  # a concentration is never substituted
    day = day_row(centre, day=date(2026, 3, 20))
    assert (day["substituted_hours"], day["amount_substituted"]) == (2, pytest.approx(14.4))
    assert day["amount_used"] == pytest.approx(24 * 7.2)
    assert day["amount"] == pytest.approx(22 * 7.2)
    put(SO2, [40.0], hour=gap - 5, amount=[14.4], converted=[60.0])  # now within the last 180 valid hours
    run(centre, FIRST, date(2026, 3, 20))
    assert hour_rows(centre, day=date(2026, 3, 20))[3]["amount_used"] == 14.4


def test_a_capture_rate_too_low_leaves_the_gap_open(centre: Centre, put: Put) -> None:
    record(centre)
    device(centre)
    hours(put, 10)
    run(centre)
    row = hour_rows(centre)[20]
    assert (row["validity"], row["amount_used"], row["amount_origin"]) == ("missing", None, "capture_too_low")
    day = day_row(centre)
    assert (day["open_hours"], day["valid_hours"], day["mean"]) == (14, 10, None)
    assert day["capture_rate"] == pytest.approx(10 / 24)
    assert "too_few_values" in reasons(day)


def test_a_day_of_which_nothing_came_is_missing_where_a_factor_is_registered(centre: Centre, put: Put) -> None:
    record(centre)
    device(centre)
    hours(put)
    run(centre, FIRST, date(2026, 3, 2))
    rows = hour_rows(centre, day=date(2026, 3, 2))
    assert {row["validity"] for row in rows} == {"missing"}
    assert len(rows) == 24


def test_a_silent_day_of_a_device_stays_due_without_a_registered_factor_too(centre: Centre, put: Put) -> None:
    device(centre, points={})
    hours(put)
    run(centre, FIRST, date(2026, 3, 2))
    assert {row["validity"] for row in hour_rows(centre, day=date(2026, 3, 2))} == {"missing"}
    run(centre, date(2026, 3, 4), date(2026, 3, 4))  # the hole before it is closed
    assert len(hour_rows(centre, day=date(2026, 3, 3))) == 24


# ---------------------------------------------------------------------------------------------- only what changed


def test_the_same_again_computes_and_writes_nothing(centre: Centre, stack: Put) -> None:
    run(centre)
    again = run(centre)
    assert (again.days, again.hours_written, again.days_written) == (0, 0, 0)


def changed_reading(centre: Centre, put: Put) -> None:
    put(SO2, [25.0], hour=5, converted=[37.5], amount=[9.0])


def changed_mark(centre: Centre, put: Put) -> None:
    marked(centre, "stopped", 300, 360)


def changed_record(centre: Centre, put: Put) -> None:
    record(centre, source_kind="cement_kiln")


def changed_setting(centre: Centre, put: Put) -> None:
    from lantian.ledger.models import DeviceParameter

    with centre.ledger.write() as session:
        session.add(
            DeviceParameter(
                id="p1", mn="MN1", factor=SO2, code="i13008", value="0.8", previous="1.0", place="1:1",
                reported_for=centre.midnight(FIRST) + timedelta(hours=5, minutes=3), received_at=centre.now(),
            )
        )  # fmt: skip


def changed_device(centre: Centre, put: Put) -> None:
    device(centre, reports=("minute", "hour"))


@pytest.mark.parametrize(
    "change", [changed_reading, changed_mark, changed_record, changed_setting, changed_device]
)
def test_whatever_decides_about_a_day_makes_it_anew_and_no_other(
    centre: Centre, put: Put, change: Callable[[Centre, Put], None]
) -> None:
    record(centre)
    device(centre)
    hours(put, 72)
    last = date(2026, 3, 3)
    run(centre, FIRST, last)
    change(centre, put)
    done = run(centre, FIRST, last)
    every = change in {changed_record, changed_device}
    assert done.days == (3 if every else 1)
    assert done.days_written >= 1
    assert run(centre, FIRST, last).days == 0


def test_a_setting_that_changed_stands_beside_its_hour(centre: Centre, stack: Put) -> None:
    changed_setting(centre, stack)
    run(centre)
    rows = hour_rows(centre)
    assert "setting_changed" in reasons(rows[5])
    assert "setting_changed" not in reasons(rows[6])


def test_a_mark_taken_back_brings_the_hours_back(centre: Centre, stack: Put) -> None:
    run(centre)
    key = marked(centre, "stopped", 300, 360)
    run(centre)
    assert hour_rows(centre)[5]["validity"] == "stopped"
    withdraw_mark(centre, key, reason="wrong", by="plant")
    run(centre)
    assert (hour_rows(centre)[5]["validity"], hour_rows(centre)[5]["amount"]) == ("valid", 7.2)
    versions = centre.lake.read("outlet_hours", first=FIRST, last=FIRST, latest=False)
    at_five = versions.filter(pl.col("hour_start").dt.hour() == 5)
    assert at_five["validity"].to_list() == ["valid", "stopped", "valid"]  # nothing was overwritten


def test_a_finding_that_no_longer_holds_is_withdrawn_and_others_stay(centre: Centre, put: Put) -> None:
    record(centre)
    hours(put, 48, converted=24.0)
    run(centre, FIRST, date(2026, 3, 2))
    assert len(list_findings(centre, FIRST, date(2026, 3, 2))) == 2
    hours(put, 24)
    done = run(centre, FIRST, date(2026, 3, 2))
    assert (done.days, done.findings, done.withdrawn) == (1, 0, 1)
    [left] = list_findings(centre, FIRST, date(2026, 3, 2))
    assert left.when == centre.midnight(date(2026, 3, 2))


def test_hours_that_are_not_over_have_no_row(centre: Centre, put: Put) -> None:
    at = datetime(2026, 3, 1, 10, 30, tzinfo=centre.city.zone)
    early = replace(centre, now=lambda: at)
    hours(put, 12)
    run(early, FIRST, date(2026, 3, 9))
    assert len(hour_rows(early)) == 10
    run(centre)
    assert len(hour_rows(centre)) == 24


def test_days_that_have_not_begun_are_refused(centre: Centre) -> None:
    with pytest.raises(CallerError, match="that have begun"):
        run(centre, date(2030, 1, 1), date(2030, 1, 2))


def test_a_quarter_s_new_capture_rate_reaches_its_earlier_days(centre: Centre, put: Put) -> None:
    record(centre)
    device(centre)
    hours(put, 20)
    put(SO2, [None] * 4, hour=20, flag="D")
    run(centre)
    assert day_row(centre)["capture_rate"] == pytest.approx(20 / 24)
    hours(put, 72, hour=24)
    run(centre, date(2026, 3, 2), date(2026, 3, 4))
    assert day_row(centre)["capture_rate"] == pytest.approx(92 / 96)


# ---------------------------------------------------------------------------------------------- days as sent, CO2


def test_the_day_that_the_logger_sent_stands_beside_the_recomputed_one(centre: Centre, stack: Put) -> None:
    stack(SO2, [20.0], "day", converted=[30.0], amount=[200.0])
    run(centre)
    row = day_row(centre)
    assert (row["sent_mean"], row["mean_difference"], row["sent_amount"]) == (20.0, 0.0, 200.0)
    assert row["amount_difference"] == pytest.approx(200 - 172.8)
    assert "amount_differs" in reasons(row)
    assert "mean_differs" not in reasons(row)


def test_carbon_dioxide_gives_an_amount_and_is_never_converted(centre: Centre, stack: Put) -> None:
    stack(CO2, [200000.0] * 24, amount=[72000.0] * 24)
    run(centre)
    row = hour_rows(centre, CO2)[0]
    assert (row["mean"], row["amount"], row["amount_difference"]) == (200000.0, 72000.0, 0.0)
    assert (row["converted"], row["reference_oxygen"]) == (None, None)
    assert reasons(row) == set()
    assert day_row(centre, CO2)["amount_used"] == 24 * 72000.0


def test_carbon_dioxide_in_percent_by_volume_becomes_a_mass(centre: Centre, stack: Put) -> None:
    stack(CO2, [11.2] * 24, unit="%", amount=[79.2] * 24, amount_unit="t")
    run(centre)
    row = hour_rows(centre, CO2)[0]
    assert row["mean"] == pytest.approx(220000.0)  # 11.2 % of 44 g in 22.4 l
    assert row["amount"] == pytest.approx(79200.0)
    assert row["sent_amount"] == pytest.approx(79200.0)
    assert "amount_differs" not in reasons(row)


def test_a_station_s_readings_are_no_outlet_s(centre: Centre, put: Put) -> None:
    put(SO2, [MEAN] * 24, outlet="1727A")
    assert run(centre).outlets == 0


def test_looking_at_the_arithmetic_of_days_to_come_finds_nothing(centre: Centre, stack: Put) -> None:
    from lantian.loop.sense.recomputing import arithmetic

    assert arithmetic(centre, OUTLET, FIRST, date(2026, 4, 5)) == []


def test_marks_of_oxygen_alone_leave_its_minutes_out(centre: Centre, stack: Put) -> None:
    minutes(stack, [MEAN] * 6, hour=4)
    stack(O2, [20.9], "minute", 4)
    marked(centre, "calibration", 4 * 60, 4 * 60 + 10, factor=O2)
    run(centre)
    assert hour_rows(centre)[4]["oxygen"] == OXYGEN
