"""What a simulated logger says: minutes that make the hour, codes of its edition, what comes late or never."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.city import City
from lantian.device.identity import Identity
from lantian.terms.pollutants import BASIC
from lantian.twin.incidents import Incident
from lantian.twin.making import Making
from lantian.twin.readings import DIGITS, SIMULATED, power_of, sent_by
from lantian.twin.saying import (
    DAILY,
    HOURLY,
    LETTER,
    MINUTE,
    REAL_TIME,
    Due,
    dues_of,
    hour_parts,
    hour_said,
    records,
    said,
)
from lantian.twin.speaking import Voice, meter_voice, stack_voice, station_voice, units_of
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.messages import Message

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, UNTIL = datetime(2026, 1, 12, tzinfo=ZONE), datetime(2026, 1, 14, tzinfo=ZONE)


def voice(few: Making, edition: str, *incidents: Incident, code: str = "") -> Voice:
    """The first stack of an edition, with what befalls it."""
    stack = next(
        each
        for _, each in few.catalogue.stacks
        if each.logger is not None and each.logger.edition == edition and code in each.code
    )
    mine = tuple(
        Incident(each.kind, each.pattern, stack.code, each.first, each.last, each.details) for each in incidents
    )
    sent = sent_by(stack, few.works.flues[stack.code], mine, few.sky, few.seed)
    return stack_voice(stack, sent, mine, few.sky, few.seed, FIRST, UNTIL)


def hours(pattern: str, first: int, last: int, kind: str = "fault") -> Incident:
    start = FIRST + timedelta(hours=first)
    return Incident(kind, pattern, "", start, FIRST + timedelta(hours=last), {"factor": 0.5})  # type: ignore[arg-type]


def sent_between(one: Voice, first: int, last: int) -> list[tuple[str, int, bool]]:
    """Hourly frames that are sent in some hours: (in which, of which, whether late)."""
    return [
        (place, due.place, due.late)
        for place in range(first, last + 1)
        for due in dues_of(one, place)
        if due.cn == HOURLY
    ]  # type: ignore[return-value]


@pytest.mark.parametrize("edition", ["2005", "2017", "2025"])
def test_minutes_of_every_factor_have_the_hours_value_as_their_mean(few: Making, edition: str):
    one = voice(few, edition)
    for place in range(24):
        for channel, parts in zip(one.channels, hour_parts(one, place), strict=True):
            assert parts is not None
            assert len(parts) == 6
            whole = 10 ** DIGITS[channel.code]
            assert sum(round(part * whole) for part in parts) == 6 * round(channel.value[place] * whole)


def test_minutes_are_the_same_every_time_and_others_in_another_hour(few: Making):
    one = voice(few, "2017")
    again = hour_parts(one, 3)[0]
    assert np.array_equal(hour_parts(one, 3)[0], again)
    assert not np.array_equal(hour_parts(one, 4)[0], again)


def test_a_frozen_analyser_is_frozen_in_its_minutes_too_and_the_flow_is_not(few: Making):
    one = voice(few, "2017", hours("frozen", 2, 5, "fraud"), code="POWER")
    parts = {channel.code: part for channel, part in zip(one.channels, hour_parts(one, 3), strict=True)}
    assert len(set(parts["a21026"])) == 1
    assert len(set(parts["a00000"])) > 1


def test_an_old_logger_sends_its_own_codes_and_a_new_one_todays(few: Making):
    due = Due(HOURLY, FIRST, 0, FIRST + timedelta(hours=1))
    assert {"02", "03", "01", "S01", "B02"} <= set(said(voice(few, "2005", code="POWER"), due))
    assert {"a21026", "a21002", "a34013", "a19001", "a00000"} <= set(said(voice(few, "2025", code="POWER"), due))


@pytest.mark.parametrize("edition", ["2005", "2017", "2025"])
def test_every_frame_is_one_that_its_edition_allows(few: Making, edition: str):
    one = voice(few, edition)
    who = Identity(one.logger.mn, one.logger.password, one.logger.system, one.edition)
    kinds = Counter()
    for place in range(24):
        for due in dues_of(one, place):
            message = Message(
                cn=due.cn, st=who.st, mn=who.mn, pw=who.pw, qn="20260112010000000",
                flag=flag_of(one.edition, answer=True), parameters={"DataTime": f"{due.start:%Y%m%d%H%M%S}"},
                factors=said(one, due),
            )  # fmt: skip
            assert len(who.written(message)) == 1
            kinds[due.cn] += 1
    assert kinds == {MINUTE: 144, REAL_TIME: 24, HOURLY: 24, DAILY: 1}


def test_every_value_says_that_it_is_simulated(few: Making):
    one = voice(few, "2017")
    for due in dues_of(one, 23):
        assert {fields["EFlag"] for fields in said(one, due).values()} == {SIMULATED}


def test_at_great_speed_hours_and_days_alone_are_due(few: Making):
    assert [due.cn for due in dues_of(voice(few, "2017"), 23, minutes=False)] == [HOURLY, DAILY]


def test_frames_are_due_in_order_and_never_before_what_they_stand_for_is_over(few: Making):
    for place in (0, 23):
        dues = list(dues_of(voice(few, "2017"), place))
        assert [due.at for due in dues] == sorted(due.at for due in dues)
        lengths = {MINUTE: 10, HOURLY: 60, DAILY: 1440, REAL_TIME: 0}
        assert all(due.at - due.start == timedelta(minutes=lengths[due.cn]) for due in dues)


def test_late_hours_are_sent_when_their_stretch_is_over_and_each_once(few: Making):
    one = voice(few, "2025", hours("late", 3, 5))
    assert sent_between(one, 2, 7) == [(2, 2, False), (6, 3, True), (6, 4, True), (6, 5, True), (6, 6, False),
                                       (7, 7, False)]  # fmt: skip
    assert one.down[3:6].all()
    assert not one.down[6]


def test_withheld_hours_come_late_although_the_line_stands(few: Making):
    one = voice(few, "2025", hours("timing", 3, 4, "fraud"))
    assert sent_between(one, 3, 5) == [(5, 3, True), (5, 4, True), (5, 5, False)]
    assert not one.down.any()


def test_a_silent_logger_has_nothing_not_even_for_who_asks_later(few: Making):
    one = voice(few, "2017", hours("silent", 4, 6))
    assert sent_between(one, 3, 7) == [(3, 3, False), (7, 7, False)]
    kept = records(one, HOURLY, FIRST + timedelta(hours=3), FIRST + timedelta(hours=8), UNTIL)
    assert [due.place for due in kept] == [3, 7, 8]


def test_a_logger_whose_line_was_down_tells_its_hours_to_who_asks(few: Making):
    one = voice(few, "2017", hours("late", 3, 5))
    kept = list(
        records(one, HOURLY, FIRST + timedelta(hours=2), FIRST + timedelta(hours=9), FIRST + timedelta(hours=6))
    )
    assert [due.place for due in kept] == [2, 3, 4, 5]  # the sixth is not over
    assert all(due.late for due in kept)


def test_who_asks_for_minutes_gets_those_between_two_moments_both_included(few: Making):
    begin = FIRST + timedelta(minutes=50)
    kept = records(voice(few, "2017"), MINUTE, begin, begin + timedelta(minutes=20), UNTIL)
    assert [due.start - FIRST for due in kept] == [timedelta(minutes=m) for m in (50, 60, 70)]


def test_a_day_is_the_mean_of_its_hours_and_the_sum_of_their_amounts(few: Making):
    one = voice(few, "2017", hours("silent", 4, 6), code="POWER")
    day = next(due for due in dues_of(one, 23) if due.cn == DAILY)
    told = said(one, day)["a21026"]
    texts = [hour_said(one, place)["a21026"] for place in range(24) if one.present[place]]
    assert len(texts) == 21
    assert abs(float(told["Avg"]) - np.mean([float(each["Avg"]) for each in texts])) <= 0.005
    assert float(told["Cou"]) == pytest.approx(sum(float(each["Cou"]) for each in texts), abs=1e-4)


def test_the_flag_of_a_day_follows_the_share_of_normal_hours(few: Making):
    one = voice(few, "2017")
    day = next(due for due in dues_of(one, 23) if due.cn == DAILY)
    for stopped, flag in ((6, "N"), (7, "D")):
        one.flag[:24] = "N"
        one.flag[:stopped] = "F"
        assert said(one, day)["a00000"]["Flag"] == flag


# ------------------------------------------------------------------------------------------ meters and stations


def test_a_meter_sends_both_its_points_in_the_edition_that_knows_electricity(few: Making):
    plant = few.catalogue.plants[0]
    assert plant.meter is not None
    power = power_of(plant, plant.meter, few.works.loads[plant.code], (), few.sky, few.seed)
    one = meter_voice(plant, power, few.sky, few.seed, FIRST, UNTIL)
    assert (one.logger.system, one.edition) == ("44", Edition.HJ2025)
    told = hour_said(one, 5)
    assert list(told) == ["P1", "T1"]
    place = few.sky.weather.axis.search_sorted(FIRST) + 5
    assert float(told["P1"]["Avg"]) == power.production[place]
    assert units_of(one.logger) == {"P1": ("kW", None), "T1": ("kW", None)}


def station_rows(city: City, **changed: object) -> pl.DataFrame:
    start = pl.Series("hour_start", [FIRST, FIRST + timedelta(hours=2)])
    rows = {"hour_start": start}
    for number, pollutant in enumerate(BASIC):
        rows[pollutant.value] = pl.Series([number + 1.0, number + 2.0])
        rows[f"{pollutant.value}_flags"] = pl.Series([None, None], dtype=pl.String)
    return pl.DataFrame(rows).with_columns(**changed)  # type: ignore[arg-type]


def test_a_station_sends_the_mark_of_its_instrument_beside_the_nearest_letter(changzhi: City):
    station = next(one for one in changzhi.stations if set(one.pollutants) == set(BASIC))
    rows = station_rows(changzhi, so2=pl.lit(None, pl.Float64), so2_flags=pl.lit("PZ"), pm25_flags=pl.lit("HSp"))
    one = station_voice(station, rows, 1, FIRST, UNTIL)
    told = hour_said(one, 0)
    assert told["a21026"] == {"Flag": "C", "EFlag": "PZ"}
    assert told["a34004"]["EFlag"] == "HSp"
    assert (told["a34004"]["Flag"], float(told["a34004"]["Avg"])) == ("T", 6.0)
    assert told["a21005"]["EFlag"] == SIMULATED


def test_a_station_without_an_hour_sends_none_and_one_without_a_value_leaves_it_out(changzhi: City):
    station = next(one for one in changzhi.stations if set(one.pollutants) == set(BASIC))
    one = station_voice(station, station_rows(changzhi, o3=pl.lit(None, pl.Float64)), 1, FIRST, UNTIL)
    assert [due.cn for due in dues_of(one, 1)] == []
    assert "a05024" not in hour_said(one, 0)
    assert len(hour_said(one, 2)) == 5


def test_every_mark_that_the_twin_sets_has_a_letter():
    from lantian.twin.instruments import FLAGS

    assert set(LETTER) == set(FLAGS)
