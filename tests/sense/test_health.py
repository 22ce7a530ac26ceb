from datetime import date, timedelta

import polars as pl
import pytest

from lantian.loop.sense.health import State, counts, list_health
from lantian.loop.sense.registry import DeviceContent, register_device

FIRST = date(2026, 3, 22)
"""Ten days before the clock of the centre: 2026-04-01T09:00."""


def of(rows, code: str):
    return next(row for row in rows if row.code == code)


def test_a_station_with_hours_until_now_is_well_and_its_online_rate_counts_the_window(centre, fill) -> None:
    fill(FIRST, 11)
    row = of(list_health(centre, at=centre.midnight(date(2026, 4, 2))), "1727A")
    assert (row.state, row.expected, row.received, row.online_rate) == (State.WELL, 168, 168, 1.0)
    assert row.late_share is None  # out of a file, not off a line


def test_missing_hours_lower_the_online_rate(centre, fill) -> None:
    fill(FIRST, 11)
    midnight = centre.midnight(date(2026, 4, 4))
    row = of(list_health(centre, at=midnight), "1727A")
    assert row.received == 120
    assert row.online_rate == pytest.approx(120 / 168)


@pytest.mark.parametrize(("after", "state"), [(2, State.WELL), (6, State.STALE), (30, State.SILENT)])
def test_age_of_the_newest_hour_makes_the_state(centre, fill, after: int, state: State) -> None:
    fill(FIRST, 10)
    end = centre.midnight(date(2026, 4, 1))
    row = of(list_health(centre, at=end + timedelta(hours=after)), "1727A")
    assert (row.state, row.age) == (state, float(after))


def test_a_station_that_never_spoke_is_silent_without_a_newest_hour(centre, fill) -> None:
    fill(FIRST, 10, ("1727A",))
    row = of(list_health(centre), "1728A")
    assert (row.state, row.newest, row.received) == (State.SILENT, None, 0)


def test_an_hour_without_any_value_is_not_received(centre, fill) -> None:
    import numpy as np

    def empty(station: str, hours: np.ndarray) -> np.ndarray:
        hours[-24:] = np.nan
        return hours

    fill(FIRST, 10, ("1727A",), shape=empty)
    row = of(list_health(centre, at=centre.midnight(date(2026, 4, 1))), "1727A")
    assert (row.state, row.age) == (State.STALE, 24.0)
    assert row.received == 144


def test_hours_off_a_line_that_came_days_later_make_a_station_late(centre, fill) -> None:
    fill(FIRST, 10, source="hj212")  # written on 2026-04-01 at 09:00
    row = of(list_health(centre, at=centre.midnight(date(2026, 4, 1)) + timedelta(hours=2)), "1727A")
    assert (row.state, row.late_share) == (State.LATE, 1.0)


def test_a_station_that_leaves_its_neighbours_slowly_drifts(centre, fill) -> None:
    import numpy as np

    def fading(station: str, hours: np.ndarray) -> np.ndarray:
        if station == "1728A":
            hours[:, 5] *= np.linspace(1, 0.4, len(hours))
        return hours

    fill(date(2026, 3, 2), 30, shape=fading)
    row = of(list_health(centre, at=centre.midnight(date(2026, 4, 1))), "1728A")
    assert (row.state, row.drifting) == (State.DRIFTING, ("pm25",))


def test_stations_out_of_service_are_not_missed(centre) -> None:
    begins = next(row for row in centre.city.stations if row.in_service is not None)
    before = centre.midnight(begins.in_service) - timedelta(days=2)
    assert begins.code not in {row.code for row in list_health(centre, at=before)}


def test_outlets_are_judged_by_their_hours_and_stand_after_the_stations(centre, fill) -> None:
    fill(FIRST, 10, ("1727A",))
    for mn, outlet in (("MN1", "stack-1"), ("MN2", "stack-2")):
        content = DeviceContent(mn=mn, outlet=outlet, name=outlet, simulated=True)
        register_device(centre.ledger, content, by="test", at=centre.now())
    table = centre.lake.table("source_readings")
    starts = [centre.midnight(FIRST) + timedelta(hours=at) for at in range(240)]
    frame = pl.DataFrame({"period_start": starts, "value": [1.0] * 240}).with_columns(
        outlet=pl.lit("stack-1"), factor=pl.lit("a21026"), period=pl.lit("hour"), simulated=pl.lit(value=True)
    )
    blank = [pl.lit(None, c.dtype).alias(c.name) for c in table.columns if c.name not in frame.columns]
    centre.lake.append(table, frame.with_columns(*blank).select(column.name for column in table.columns))
    rows = list_health(centre, at=centre.midnight(date(2026, 4, 1)))
    assert [row.kind for row in rows][-2:] == ["outlet", "outlet"]
    assert of(rows, "stack-2").state is State.SILENT
    stack = of(rows, "stack-1")
    assert (stack.state, stack.online_rate, stack.late_share) == (State.LATE, 1.0, 1.0)
    assert counts(rows)["outlet"][State.SILENT] == 1


def test_the_worst_stand_first(centre, fill) -> None:
    fill(FIRST, 10, ("1727A",))
    rows = list_health(centre, at=centre.midnight(date(2026, 4, 1)))
    states = [list(State).index(row.state) for row in rows if row.kind == "station"]
    assert states == sorted(states)
