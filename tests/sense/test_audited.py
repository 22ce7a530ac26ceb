from datetime import date, datetime, timedelta

import polars as pl
import pytest

from lantian.ledger.models import Review
from lantian.loop.sense.audited import ReviewVerdict, affected_tables, audited_hours, hours_to_audit
from lantian.rules import FlagRule
from lantian.terms.pollutants import BASIC

FIRST = date(2026, 3, 1)


@pytest.fixture
def flags(centre) -> FlagRule:
    return centre.rules(FIRST).flags


def decision(centre, verdict: ReviewVerdict, hours: tuple[int, int], channel: str = "pm25") -> Review:
    midnight = centre.midnight(FIRST)
    return Review(
        place="1727A", channel=channel, verdict=verdict.value,
        first_hour=midnight + timedelta(hours=hours[0]), end=midnight + timedelta(hours=hours[1]),
    )  # fmt: skip


def audited(centre, rows: pl.DataFrame, flags: FlagRule, *decisions: Review) -> list[str | None]:
    made = audited_hours(rows, decisions, flags, centre.quality(FIRST))
    return made.sort("hour_start").get_column("pm25_flags").to_list()


def test_invalid_values_stay_and_get_the_vocabulary_s_flag(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1727A",))
    made = audited_hours(rows, [decision(centre, ReviewVerdict.INVALID, (2, 4))], flags, centre.quality(FIRST))
    assert set(made.get_column("stage")) == {"audited"}
    assert made.select(BASIC).equals(rows.select(BASIC))
    assert made.get_column("pm25_flags").to_list()[1:5] == [None, "RM", "RM", None]
    assert made.get_column("pm10_flags").is_null().all()


def test_valid_takes_every_forbidding_flag_off_and_leaves_the_others(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1727A",), pm25_flags="HSp,LT")
    assert audited(centre, rows, flags, decision(centre, ReviewVerdict.VALID, (0, 1)))[:2] == ["LT", "HSp,LT"]


def test_flag_keeps_a_value_usable_and_doubtful(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1727A",), pm25_flags="HSp")
    assert audited(centre, rows, flags, decision(centre, ReviewVerdict.FLAG, (0, 1)))[0] == "Rep"


def test_later_decisions_go_over_earlier_ones(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1727A",))
    first = decision(centre, ReviewVerdict.INVALID, (0, 6))
    second = decision(centre, ReviewVerdict.VALID, (3, 6))
    assert audited(centre, rows, flags, first, second)[:7] == ["RM"] * 3 + [None] * 4


def test_a_signature_alone_changes_no_flag(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1727A",))
    assert audited(centre, rows, flags, decision(centre, ReviewVerdict.SIGNED, (0, 24), "")) == [None] * 24


def test_decisions_about_hours_that_are_not_there_change_nothing(centre, fill, flags) -> None:
    rows = fill(FIRST, 1, ("1728A",))
    assert audited(centre, rows, flags, decision(centre, ReviewVerdict.INVALID, (0, 24))) == [None] * 24


def test_imported_audited_hours_are_the_base_and_our_own_are_not(centre, fill) -> None:
    fill(FIRST, 1, ("1727A",))
    fill(FIRST, 1, ("1727A",), stage="audited", source="national", so2_flags="E")
    fill(FIRST, 1, ("1727A",), stage="audited", source="review", so2_flags="RM")
    begin = centre.midnight(FIRST)
    base = hours_to_audit(centre, ["1727A"], begin, begin + timedelta(hours=24))
    assert base.height == 24
    assert set(base.get_column("source")) == {"national"}
    assert set(base.get_column("so2_flags")) == {"E"}


def test_every_table_that_follows_is_named_with_its_periods() -> None:
    found = {row.table: row for row in affected_tables(date(2026, 3, 31), date(2026, 4, 1))}
    assert found["daily_index"].periods == ()
    assert (found["daily_index"].first, found["daily_index"].last) == (date(2026, 3, 31), date(2026, 4, 1))
    assert found["hourly_index"].last == date(2026, 4, 2)  # means that run over midnight
    for table in ("period_statistics", "period_summary", "rankings"):
        assert set(found[table].periods) >= {"2026-03", "2026-04", "2026Q1", "2026Q2", "2026H1", "2026"}


def test_tables_that_are_named_are_those_of_the_judgement() -> None:
    from lantian.loop.evaluate.tables import TABLES

    named = {row.table for row in affected_tables(FIRST, FIRST)} - {"ambient_hours"}
    assert named == {table.name for table in TABLES}


def test_zone_of_a_decision_does_not_matter(centre, fill, flags) -> None:
    from datetime import UTC

    rows = fill(FIRST, 1, ("1727A",))
    local = decision(centre, ReviewVerdict.INVALID, (2, 4))
    utc = decision(centre, ReviewVerdict.INVALID, (2, 4))
    utc.first_hour, utc.end = (at.astimezone(UTC) for at in (utc.first_hour, utc.end))
    assert isinstance(utc.first_hour, datetime)
    assert audited(centre, rows, flags, local) == audited(centre, rows, flags, utc)
