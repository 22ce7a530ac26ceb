"""Every logger of a simulated city is registered once, with its points; every stack with what it is by law."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lantian.assembly import House, make_workspace
from lantian.city import Level
from lantian.ledger.models import Device, Entry
from lantian.loop.sense.outlets import legal_oxygen, list_records
from lantian.loop.sense.registry import DeviceContent, list_cards, register_devices
from lantian.rules import EmissionLimits, MarkRule, Rulebook
from lantian.terms.errors import CallerError
from lantian.twin.making import Making
from lantian.twin.registering import INDUSTRY, SOURCE_KIND, device_contents, register_all

AT = datetime(2026, 1, 12, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "city", "changzhi", simulated=True)
    yield made
    made.close()


def test_stations_stacks_and_meters_are_registered_with_the_units_of_their_points(house: House, few: Making):
    changed = register_all(house.ledger, few, at=AT)
    cards = list_cards(house.ledger)
    stacks = [stack for _, stack in few.catalogue.stacks if stack.logger is not None]
    stations = [one for one in few.city.stations if one.level is not Level.MICRO]
    assert len(cards) == len(stacks) + len(stations) + len(few.catalogue.plants)
    assert changed == len(cards) + len(stacks)
    stack = next(each for each in stacks if "so2" in each.limits)
    assert stack.logger is not None
    card = cards[stack.logger.mn]
    assert (card.outlet, card.system, card.edition) == (stack.code, "31", int(stack.logger.edition))
    assert (card.points["a21026"].unit, card.points["a21026"].amount_unit) == ("mg/m³", "kg")
    assert card.simulated
    assert {each.system for each in cards.values()} == {"22", "31", "44"}


def test_a_second_time_changes_nothing(house: House, few: Making):
    register_all(house.ledger, few, at=AT)
    with house.ledger.read() as session:
        before = session.scalar(select(func.count()).select_from(Entry))
    assert register_all(house.ledger, few, at=datetime(2026, 1, 13, tzinfo=UTC)) == 0
    with house.ledger.read() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == before


def test_only_this_machine_may_send_as_a_simulated_device(few: Making):
    for content in device_contents(few.catalogue, few.city.stations):
        assert set(content.addresses) == {"127.0.0.0/8", "::1"}
        assert content.checked() is content


def test_a_stack_has_by_law_the_reference_oxygen_with_which_its_logger_converts(house: House, few: Making):
    register_all(house.ledger, few, at=AT)
    centre = house.centre()
    records = {row.outlet: row for row in list_records(centre)}
    with house.ledger.read() as session:
        devices = {row.outlet: row for row in session.scalars(select(Device))}
    compared = 0
    for _, stack in few.catalogue.stacks:
        if stack.logger is not None and stack.reference_oxygen is not None:
            found = legal_oxygen(centre, records[stack.code], devices[stack.code], date(2026, 1, 12))
            assert found.oxygen == stack.reference_oxygen, stack.code
            compared += 1
    assert compared


def test_every_kind_of_source_and_industry_is_one_that_the_rules_know(rulebook: Rulebook):
    kinds = {name for row in rulebook.editions(EmissionLimits.subject_name) for name in row.variant}
    assert set(SOURCE_KIND.values()) <= kinds
    industries = {name for row in rulebook.editions(MarkRule.subject_name) for name in row.variant}
    assert set(INDUSTRY.values()) <= industries


def test_of_many_devices_all_are_registered_or_none(house: House, few: Making):
    good = next(iter(device_contents(few.catalogue, few.city.stations)))
    real = DeviceContent(mn="A" * 24, outlet="elsewhere", simulated=False)
    with pytest.raises(CallerError, match="other kind"):
        register_devices(house.ledger, (good, real), by="test", at=AT)
    assert list_cards(house.ledger) == {}
