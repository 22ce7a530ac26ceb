"""Reporting an indicator: once, again, corrected, by whom; and what is refused."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lantian.ledger.chain import list_entries, verify_chain
from lantian.loop.plan.targets.series import chart_of, find_series, list_series, list_versions, report_value
from lantian.loop.plan.targets.series_records import SeriesState
from lantian.terms.errors import CallerError

TODAY = date(2026, 4, 1)
GREEN = "green-land"


def test_the_plans_indicators_are_listed_with_who_answers(adopted: Any) -> None:
    views = {row.facts.key: row for row in list_series(adopted.office, today=TODAY)}
    assert {
        "non-fossil-share", "electricity-share", "rail-freight", "short-process-steel", "prefabricated",
        "green-buildings", GREEN, "sweeping-city", "sweeping-towns", "straw-use",
    } <= views.keys()  # fmt: skip
    green = views[GREEN]
    assert (green.facts.target, green.facts.unit, green.facts.by) == (Decimal("42.88"), "%", date(2025, 12, 31))
    assert green.facts.organisation
    assert (green.standing.state, green.standing.overdue) == (SeriesState.NO_DATA, "2024")
    assert views["rail-freight"].facts.baseline_year == 2020
    assert views["rail-freight"].facts.change


def test_a_value_is_reported_once_however_often_it_comes(adopted: Any) -> None:
    office = adopted.office
    first = report_value(office, GREEN, "2023", Decimal("41.5"), "城建年鉴", by="urban", today=TODAY)
    again = report_value(office, GREEN, "2023年", Decimal("41.50"), " 城建年鉴 ", by="urban", today=TODAY)
    assert (first.version, first.new) == (1, True)
    assert (again.value_id, again.new) == (first.value_id, False)
    report_value(office, GREEN, "2025", Decimal("42.88"), "城建年鉴", by="urban", today=TODAY)
    view = find_series(office, GREEN, today=TODAY)
    assert view is not None
    assert (view.standing.state, view.standing.change) == (SeriesState.MET, Decimal("1.38"))
    assert [row.value for row in chart_of(view).reported] == [Decimal("41.5"), Decimal("42.88")]


def test_a_correction_is_a_new_version_and_the_old_one_stays(adopted: Any) -> None:
    office = adopted.office
    report_value(office, GREEN, "2024", Decimal("41.5"), "快报", by="urban", today=TODAY)
    second = report_value(office, GREEN, "2024", Decimal("41.7"), "年鉴", by="urban", today=TODAY)
    back = report_value(office, GREEN, "2024", Decimal("41.5"), "快报", by="urban", today=TODAY)
    assert (second.version, back.version) == (2, 3)
    [point] = find_series(office, GREEN, today=TODAY).points  # type: ignore[union-attr]
    assert (point.value, point.version) == (Decimal("41.5"), 3)
    assert [row.value for row in list_versions(office, second.series_id)] == [
        Decimal("41.5"), Decimal("41.7"), Decimal("41.5"),
    ]  # fmt: skip
    assert verify_chain(office.ledger).sound
    [newest, *_] = list_entries(office.ledger, kind="series.reported", limit=1)
    assert '"before":"41.7"' in newest.payload


def test_a_body_reports_its_own_indicators_only(adopted: Any) -> None:
    office = adopted.office
    owner = find_series(office, GREEN, today=TODAY).facts.organisation_id  # type: ignore[union-attr]
    with pytest.raises(CallerError, match="Leave it to them"):
        report_value(office, GREEN, "2024", Decimal(41), "年鉴", by="x", organisation="police", today=TODAY)
    done = report_value(office, GREEN, "2024", Decimal(41), "年鉴", by="x", organisation=owner, today=TODAY)
    assert done.new


def refused(office: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    def ask(key: str, period: str, value: str, source: str = "年鉴", **more: Any) -> Callable[[], object]:
        return lambda: report_value(office, key, period, Decimal(value), source, by="o", today=TODAY, **more)

    yield "no indicator", ask("nothing", "2024", "1")
    yield "is no period", ask(GREEN, "去年", "1")
    yield "Report it when it is over", ask(GREEN, "2026", "41")
    yield "Report it when it is over", ask(GREEN, "2026-04", "41")
    yield "is no share", ask(GREEN, "2024", "142.88")
    yield "is below zero", ask("rail-freight", "2024", "-3")
    yield "cannot be kept", ask("rail-freight", "2024", "NaN")
    yield "cannot be kept", ask("rail-freight", "2024", "1." + "1" * 30)
    yield "needs its source", ask(GREEN, "2024", "41", " ")
    yield "no file", ask(GREEN, "2024", "41", file_id="nothing")


def test_wrong_reports_are_refused_and_leave_no_trace(adopted: Any) -> None:
    before = verify_chain(adopted.office.ledger).entries
    for words, ask in refused(adopted.office):
        with pytest.raises(CallerError, match=words):
            ask()
    assert verify_chain(adopted.office.ledger).entries == before
    assert all(not row.points for row in list_series(adopted.office, today=TODAY))


def test_an_unknown_indicator_is_none(adopted: Any) -> None:
    assert find_series(adopted.office, "nothing", today=TODAY) is None
