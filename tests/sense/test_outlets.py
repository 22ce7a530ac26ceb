from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from lantian.ledger.models import Device, Entry
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.outlets import (
    LegalOxygen,
    OutletContent,
    known_oxygens,
    legal_oxygen,
    list_records,
    record_on,
    record_outlet,
)
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

DAY = date(2026, 3, 1)
PLAIN = OutletContent("stack-1", date(2026, 1, 1), organisation="PLANT", source_kind="coal_power")


def said(centre: Centre, content: OutletContent, by: str = "city") -> None:
    record_outlet(centre, content, by=by, reason="as its permit says")


def oxygen(centre: Centre, day: date = DAY, device: Device | None = None) -> LegalOxygen:
    return legal_oxygen(centre, record_on(list_records(centre, "stack-1"), day), device, day)


def test_a_kind_of_source_gives_the_oxygen_of_its_rule_on_that_day(centre: Centre) -> None:
    said(centre, PLAIN)
    assert oxygen(centre) == LegalOxygen(6.0, known=True, source="oxygen-coal-power")


def test_limits_are_read_with_the_oxygen_that_they_state(centre: Centre) -> None:
    said(centre, replace(PLAIN, source_kind="coal_power_ultra_low"))
    assert oxygen(centre) == LegalOxygen(6.0, known=True, source="limits-coal-power-ultra-low")


def test_a_permit_goes_before_the_kind_and_the_kind_before_the_device(centre: Centre) -> None:
    content = DeviceContent(mn="MN1", outlet="stack-1", reference_oxygen=9.0, simulated=True)
    device = register_device(centre.ledger, content, by="test", at=centre.now())
    assert oxygen(centre, device=device) == LegalOxygen(9.0, known=True, source="device-MN1")
    said(centre, PLAIN)
    assert oxygen(centre, device=device).oxygen == 6.0
    said(centre, replace(PLAIN, reference_oxygen=Decimal("3.5"), basis="permit 2026-7"))
    found = oxygen(centre, device=device)
    assert (found.oxygen, found.source.startswith("outlet-record-")) == (3.5, True)


def test_no_law_is_not_the_same_as_nobody_knows(centre: Centre) -> None:
    assert oxygen(centre) == LegalOxygen(None, known=False, source="")
    said(centre, replace(PLAIN, source_kind="default"))
    assert oxygen(centre) == LegalOxygen(None, known=True, source="oxygen-none")
    said(centre, replace(PLAIN, source_kind="lime_kiln"))
    assert oxygen(centre, date(2026, 3, 1)).oxygen == 10.0
    said(centre, replace(PLAIN, from_day=date(2020, 1, 1), source_kind="lime_kiln"))
    assert oxygen(centre, date(2022, 3, 1)) == LegalOxygen(None, known=False, source="")  # no edition then


def test_a_record_holds_from_its_day_until_the_next_one(centre: Centre) -> None:
    said(centre, PLAIN)
    said(centre, replace(PLAIN, from_day=date(2026, 2, 15), source_kind="cement_kiln"))
    assert [oxygen(centre, date(2026, month, 1)).oxygen for month in (1, 2, 3)] == [6.0, 6.0, 10.0]
    assert oxygen(centre, date(2025, 12, 31)).known is False


def test_of_two_records_of_one_day_the_later_holds_and_both_stay(centre: Centre) -> None:
    said(centre, PLAIN)
    said(centre, replace(PLAIN, source_kind="gas_boiler"))
    assert oxygen(centre).oxygen == 3.5
    assert [row.source_kind for row in list_records(centre)] == ["coal_power", "gas_boiler"]
    with centre.ledger.read() as session:
        kinds = list(session.scalars(select(Entry.kind).where(Entry.kind == "outlet.recorded")))
    assert len(kinds) == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source_kind": "volcano"}, "no kind of source"),
        ({"industry": "volcano"}, "no industry"),
        ({"gas_basis": "wet"}, "no gas"),
        ({"reference_oxygen": Decimal(6)}, "needs the permit"),
        ({"reference_oxygen": Decimal(21), "basis": "permit"}, "below 21"),
        ({"reference_oxygen": Decimal(-1), "basis": "permit"}, "from 0"),
        ({"organisation": "NOBODY"}, "no body"),
        ({"outlet": " "}, "its code"),
    ],
)
def test_wrong_records_are_refused_and_leave_nothing(centre: Centre, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(CallerError, match=message):
        said(centre, replace(PLAIN, **fields))
    assert list_records(centre) == []


def test_an_enterprise_does_not_say_which_law_its_outlet_has(centre: Centre) -> None:
    said(centre, PLAIN)
    with pytest.raises(CallerError, match="may not"):
        said(centre, replace(PLAIN, source_kind="default"), by="plant")


def test_known_oxygens_are_those_in_force_each_once(centre: Centre) -> None:
    assert known_oxygens(centre, date(2026, 3, 1)) == (3.5, 6.0, 8.0, 9.0, 10.0, 11.0, 15.0, 16.0, 18.0)
    assert known_oxygens(centre, date(2013, 6, 1)) == (6.0, 15.0)
