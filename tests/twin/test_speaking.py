"""Who speaks in a simulated city, of which hours, in which units."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lantian.city import City
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.catalogue.loggers import mn_of
from lantian.twin.making import Making
from lantian.twin.readings import Power, sent_by
from lantian.twin.speaking import HOUR, logger_of_station, meter_voice, stack_voice, units_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, UNTIL = datetime(2026, 1, 12, tzinfo=ZONE), datetime(2026, 1, 14, tzinfo=ZONE)


def test_a_voice_keeps_no_more_than_its_hours(few: Making):
    stack = next(each for _, each in few.catalogue.stacks if each.logger is not None)
    sent = sent_by(stack, few.works.flues[stack.code], (), few.sky, few.seed)
    one = stack_voice(stack, sent, (), few.sky, few.seed, FIRST, UNTIL)
    arrays = [each for row in one.channels for each in (row.value, row.converted, row.amount) if each is not None]
    for each in (*arrays, one.flag, one.present, one.late, one.down):
        assert each.base is None
        assert len(each) == 48


def test_hours_of_a_voice_have_places_and_places_have_hours(few: Making):
    stack = next(each for _, each in few.catalogue.stacks if each.logger is not None)
    sent = sent_by(stack, few.works.flues[stack.code], (), few.sky, few.seed)
    one = stack_voice(stack, sent, (), few.sky, few.seed, FIRST, UNTIL)
    assert [one.place(FIRST - HOUR), one.place(FIRST), one.place(FIRST + timedelta(hours=30))] == [-1, 0, 30]
    assert one.start(30) == FIRST + timedelta(hours=30)
    assert one.start(30).hour == 6
    assert len(one) == 48


def test_what_has_no_logger_and_no_meter_cannot_speak(few: Making):
    plant = few.catalogue.plants[0]
    stack = replace(plant.stacks[0], logger=None)
    sent = sent_by(plant.stacks[0], few.works.flues[stack.code], (), few.sky, few.seed)
    with pytest.raises(ValueError, match="no logger"):
        stack_voice(stack, sent, (), few.sky, few.seed, FIRST, UNTIL)
    load = few.works.loads[plant.code]
    with pytest.raises(ValueError, match="no meter"):
        meter_voice(replace(plant, meter=None), Power(load, load), few.sky, few.seed, FIRST, UNTIL)


def test_a_station_measures_carbon_monoxide_in_milligrams_and_all_else_in_micrograms(changzhi: City):
    logger = logger_of_station(changzhi.stations[0])
    assert logger.mn == mn_of(f"station:{changzhi.stations[0].code}")
    units = units_of(logger)
    assert units["a21005"][0] == "mg/m³"
    assert {unit for code, (unit, _) in units.items() if code != "a21005"} == {"µg/m³"}
    assert Pollutant.O3 in BASIC
    assert "a05024" in units
