"""Three levels look at hours of an outlet: what was sent stays, what is recomputed follows the decisions."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from lantian.loop.sense.audited import ReviewLevel, ReviewVerdict
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.outlets import OutletContent, record_outlet
from lantian.loop.sense.recomputing import recompute
from lantian.loop.sense.reviewing import Decision, Reviewed, decide, list_reviews, list_waiting, sign_off, undo
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

FIRST = date(2026, 3, 1)
OUTLET, SO2 = "stack-1", "a21026"


@pytest.fixture
def stack(centre: Centre) -> Callable[..., None]:
    """Two days of 20 mg/m³ in 100 m³/s, the hour 7 with the flag of a fault."""
    content = OutletContent(OUTLET, date(2026, 1, 1), organisation="PLANT", source_kind="default")
    record_outlet(centre, content, by="city", reason="test")
    table = centre.lake.table("source_readings")
    for factor, value, unit in ((SO2, 20.0, "mg/m³"), ("a00000", 100.0, "m³/s")):
        starts = [centre.midnight(FIRST) + timedelta(hours=hour) for hour in range(48)]
        flags = ["D" if factor == SO2 and hour == 7 else "N" for hour in range(48)]
        told = {"outlet": OUTLET, "factor": factor, "period": "hour", "unit": unit, "simulated": True}
        frame = pl.DataFrame({"value": [value] * 48, "period_start": starts, "flag": flags}).with_columns(
            pl.lit(each).alias(name) for name, each in told.items()
        )
        blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
        centre.lake.append(table, frame.with_columns(*blank).select(c.name for c in table.columns))
    run(centre)


def run(centre: Centre) -> None:
    recompute(centre, FIRST, date(2026, 3, 2), run_id="r")


def decided(
    centre: Centre, level: str = "city", verdict: str = "invalid", by: str = "city", **fields: Any
) -> Reviewed:
    first, last = fields.pop("at", (5, 6))
    midnight = centre.midnight(FIRST)
    decision = Decision(
        fields.pop("place", OUTLET), fields.pop("channel", SO2), midnight + timedelta(hours=first),
        midnight + timedelta(hours=last), ReviewLevel(level), ReviewVerdict(verdict), "probe out of the duct",
    )  # fmt: skip
    return decide(centre, decision, by=by)


def hour(centre: Centre, at: int) -> dict[str, Any]:
    rows = centre.lake.read("outlet_hours", first=FIRST, last=FIRST).filter(pl.col("factor") == SO2)
    return rows.row(at, named=True)


def test_a_proposal_of_the_plant_waits_and_changes_nothing(centre: Centre, stack: None) -> None:
    done = decided(centre, "operator", by="plant")
    assert (done.affected, done.outlets, done.request) == ((), (), None)
    assert [row.by for row in list_waiting(centre)] == ["plant"]
    run(centre)
    assert hour(centre, 5)["validity"] == "valid"


def test_the_city_s_decision_names_the_tables_and_what_follows_is_recomputed(centre: Centre, stack: None) -> None:
    sent = centre.lake.read("source_readings", first=FIRST, last=FIRST)
    done = decided(centre)
    assert (done.outlets, done.days) == ((OUTLET,), (FIRST, FIRST))
    named = {row.table: row for row in done.affected}
    assert set(named) == {"outlet_hours", "outlet_days", "quality_findings"}
    assert (named["outlet_days"].first, named["outlet_days"].periods[0]) == (date(2026, 1, 1), "2026Q1")
    run(centre)
    row = hour(centre, 5)
    assert (row["validity"], row["mean"], row["sent_mean"], row["review"]) == ("invalid", None, 20.0, done.ids[0])
    assert hour(centre, 7)["review"] is None
    days = centre.lake.read("outlet_days", first=FIRST, last=FIRST)
    assert days["valid_hours"][0] == 21  # two by decision, one by its flag
    assert centre.lake.read("source_readings", first=FIRST, last=FIRST).equals(sent)


def test_an_abnormal_hour_may_be_declared_valid_or_doubtful(centre: Centre, stack: None) -> None:
    assert hour(centre, 7)["validity"] == "invalid"
    decided(centre, verdict="valid", at=(7, 7))
    run(centre)
    assert (hour(centre, 7)["validity"], hour(centre, 7)["mean"], hour(centre, 7)["amount"]) == (
        "valid",
        20.0,
        7.2,
    )
    decided(centre, verdict="flag", at=(7, 7))
    run(centre)
    assert (hour(centre, 7)["validity"], hour(centre, 7)["mean"]) == ("doubtful", 20.0)


def test_a_decision_goes_before_a_stop_mark(centre: Centre, stack: None) -> None:
    from lantian.loop.sense.marking import MarkContent, set_mark

    midnight = centre.midnight(FIRST)
    first, last = (midnight + timedelta(hours=each) for each in (5, 7))
    stop = MarkContent(OUTLET, "stopped", first, last, "x", industry="thermal_power")
    set_mark(centre, stop, by="plant")
    decided(centre, verdict="valid", at=(5, 5))
    run(centre)
    assert [hour(centre, at)["validity"] for at in (5, 6)] == ["valid", "stopped"]


def test_undoing_brings_the_hours_back(centre: Centre, stack: None) -> None:
    done = decided(centre)
    run(centre)
    again = undo(centre, done.ids[0], reason="it was real", by="city", level=ReviewLevel.CITY)
    assert again.outlets == (OUTLET,)
    run(centre)
    assert (hour(centre, 5)["validity"], hour(centre, 5)["review"]) == ("valid", None)


def test_a_signature_closes_the_days_of_an_outlet(centre: Centre, stack: None) -> None:
    decided(centre, "operator", by="plant")
    with pytest.raises(CallerError, match="no answer of the city"):
        sign_off(centre, [OUTLET], FIRST, FIRST, reason="month closed", by="chief")
    decided(centre)
    done = sign_off(centre, [OUTLET], FIRST, FIRST, reason="month closed", by="chief")
    assert done.outlets == (OUTLET,)
    run(centre)
    assert (hour(centre, 5)["signed"], hour(centre, 5)["validity"]) == (True, "invalid")
    with pytest.raises(CallerError, match="signed off"):
        decided(centre, verdict="valid")


def test_stations_and_outlets_are_not_signed_in_one(centre: Centre, stack: None) -> None:
    with pytest.raises(CallerError, match="of one kind"):
        sign_off(centre, [OUTLET, "1727A"], FIRST, FIRST, reason="x", by="chief")
    with pytest.raises(CallerError, match="of one kind"):
        sign_off(centre, [], FIRST, FIRST, reason="x", by="chief")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"channel": "pm25"}, "no factor of the standard"),
        ({"place": "nowhere"}, "no outlet with a device or a record"),
        ({"by": "op"}, "may not do this"),
        ({"level": "sign_off", "by": "plant"}, "may not do this"),
        ({"level": "operator", "by": "other-plant"}, "may not do this"),
    ],
)
def test_wrong_decisions_about_outlets_are_refused(
    centre: Centre, stack: None, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(CallerError, match=said):
        decided(centre, **fields)
    assert list_reviews(centre) == []


def test_hours_of_which_nothing_came_are_counted_as_missing(centre: Centre, stack: None) -> None:
    assert decided(centre, at=(40, 60)).missing == 13
