"""Identifiers sort by the time of their making."""

from datetime import UTC, datetime, timedelta

import pytest

from lantian.terms.ids import uuid7

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_ids_are_version_7_and_sort_by_time():
    made = [uuid7(START + timedelta(milliseconds=n)) for n in range(50)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert [str(one) for one in made] == sorted(map(str, made))


def test_two_ids_of_one_instant_differ():
    assert uuid7(START) != uuid7(START)


def test_a_naive_instant_makes_no_id():
    with pytest.raises(ValueError, match="timezone-aware"):
        uuid7(datetime(2026, 3, 1))  # noqa: DTZ001 - the fault itself
