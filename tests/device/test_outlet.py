"""A simulated outlet: plainly made up, the same whenever it is asked, strict in every edition."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lantian.device.identity import Identity
from lantian.device.outlet import Outlet
from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import parse
from lantian.wire.hj212.writing import write

NOW = datetime(2026, 3, 1, 8, 25, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MN = {Edition.HJ2005: "88888880000001"}


def outlet(edition: Edition = Edition.HJ2017, seed: int = 0) -> Outlet:
    identity = Identity(MN.get(edition, "010000A8900016F000169DC0"), "123456", "31", edition)
    return Outlet(identity, ("a21026", "a34013"), lambda: NOW, seed=seed)


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("cn", ["2051", "2061", "2031"])
def test_every_edition_allows_what_it_sends(edition: Edition, cn: str):
    made = outlet(edition)
    for message in (made.real_time(), made.period(cn, made.start_of(cn, NOW))):
        assert parse(write(message), edition=edition).verdict == "accept"


def test_every_factor_says_that_it_is_simulated():
    made = outlet()
    for message in (made.real_time(), made.period("2061", NOW.replace(minute=0, second=0))):
        assert {group["EFlag"] for group in message.factors.values()} == {"SIM"}


def test_the_same_seed_gives_the_same_values_and_another_others():
    start = NOW.replace(minute=0, second=0)
    assert outlet().period("2061", start).factors == outlet().period("2061", start).factors
    assert outlet().period("2061", start).factors != outlet(seed=1).period("2061", start).factors


def test_a_period_is_named_by_its_start():
    made = outlet()
    assert made.start_of("2051", NOW).strftime("%H:%M:%S") == "08:20:00"
    assert made.start_of("2061", NOW).strftime("%H:%M:%S") == "08:00:00"
    assert made.period("2061", made.start_of("2061", NOW)).data_time == "20260301080000"


def test_the_mean_lies_between_least_and_most():
    group = outlet().period("2061", NOW.replace(minute=0, second=0)).factors["a21026"]
    assert float(group["Min"]) <= float(group["Avg"]) <= float(group["Max"])


def test_numbers_of_exchanges_never_come_twice():
    made = outlet()
    numbers = [made.next_qn() for _ in range(50)]
    assert numbers == sorted(set(numbers))


def test_its_own_clock_may_be_wrong():
    made = outlet()
    made.offset = timedelta(hours=2)
    assert made.real_time().data_time == "20260301102530"


def test_other_records_are_refused():
    with pytest.raises(CallerError, match="2013"):
        outlet().step("2013")
