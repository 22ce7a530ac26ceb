"""Dust is deducted only where a person approved it, and every approval is kept."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lantian.ledger.chain import list_entries, verify_chain
from lantian.loop.evaluate.events import approve_dust, dust_days, list_dust, withdraw_dust
from lantian.science.dust import ApprovedPeriod
from lantian.terms.errors import CallerError

START = datetime(2026, 3, 15, 22, tzinfo=ZoneInfo("Asia/Shanghai"))
PERIOD = ApprovedPeriod(START, START + timedelta(hours=5))


def test_an_approval_touches_whole_days_of_its_place(make_world):
    house = make_world()
    county = house.city.counties[0].adcode
    approve_dust(house.ledger, house.city, (county,), PERIOD, reason="卫星云图", by="张工", now=house.now)
    days = dust_days(list_dust(house.ledger), house.city.zone)
    assert {code: sorted(map(str, found)) for code, found in days.items()} == {
        county: ["2026-03-15", "2026-03-16"]
    }


def test_the_same_approval_twice_is_one(make_world):
    house = make_world()
    arguments = (house.ledger, house.city, (house.city.adcode,), PERIOD)
    assert len(approve_dust(*arguments, reason="r", by="a", now=house.now)) == 1
    assert approve_dust(*arguments, reason="r", by="a", now=house.now) == ()
    assert len(list_dust(house.ledger)) == 1


def test_a_withdrawn_approval_stays_as_evidence(make_world):
    house = make_world()
    [made] = approve_dust(
        house.ledger, house.city, (house.city.adcode,), PERIOD, reason="r", by="a", now=house.now
    )
    withdraw_dust(house.ledger, made, reason="no dust after all", by="b", now=house.now)
    assert list_dust(house.ledger) == []
    [kept] = list_dust(house.ledger, withdrawn=True)
    assert (kept.approved_by, kept.withdrawn_by, kept.holds) == ("a", "b", False)
    with pytest.raises(CallerError, match="No standing approval"):
        withdraw_dust(house.ledger, made, reason="again", by="b", now=house.now)
    again = approve_dust(house.ledger, house.city, (house.city.adcode,), PERIOD, reason="r", by="a", now=house.now)
    assert len(again) == 1


@pytest.mark.parametrize(("codes", "reason", "by"), [(("999999",), "r", "a"), (None, " ", "a"), (None, "r", "")])
def test_an_approval_needs_place_reason_and_name(make_world, codes, reason: str, by: str):
    house = make_world()
    places = (house.city.adcode,)
    with pytest.raises(CallerError):
        approve_dust(house.ledger, house.city, codes or places, PERIOD, reason=reason, by=by, now=house.now)
    assert list_dust(house.ledger) == []


def test_approval_and_withdrawal_are_decisions_of_the_chain(make_world):
    house = make_world()
    county = house.city.counties[0].adcode
    made = approve_dust(
        house.ledger, house.city, (house.city.adcode, county), PERIOD, reason="r", by="a", now=house.now
    )
    withdraw_dust(house.ledger, made, reason="no dust", by="b", now=house.now)
    entries = list_entries(house.ledger, subject="dust:")[::-1]
    assert [(entry.kind, entry.actor) for entry in entries] == [("dust.approved", "a")] * 2 + [
        ("dust.withdrawn", "b")
    ] * 2
    assert [entry.subject for entry in entries] == [f"dust:{one}" for one in (*made, *made)]
    assert verify_chain(house.ledger).sound


def test_of_several_withdrawals_all_hold_or_none(make_world):
    house = make_world()
    [made] = approve_dust(
        house.ledger, house.city, (house.city.adcode,), PERIOD, reason="r", by="a", now=house.now
    )
    with pytest.raises(CallerError, match="No standing approval"):
        withdraw_dust(house.ledger, [made, "nothing"], reason="no dust", by="b", now=house.now)
    assert [event.id for event in list_dust(house.ledger)] == [made]
