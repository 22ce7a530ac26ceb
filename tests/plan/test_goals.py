"""Targets judge themselves: value, distance, allowed mean, chance, standards, ranks and what others published."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sqlalchemy import select

from lantian.assembly import House, make_workspace, open_workspace
from lantian.desk.language import translation
from lantian.ledger.chain import verify_chain
from lantian.ledger.models import Goal, Plan
from lantian.loop import run_days
from lantian.loop.plan.adopting.confirming import confirm_plan
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.loop.plan.office import Office
from lantian.loop.plan.targets.goals import (
    GoalState,
    JudgedGoal,
    assign_goal_value,
    judge_goals,
    list_goal_figures,
    report_goal_value,
    tally_goals,
)
from lantian.terms.errors import CallerError
from lantian.twin.hours import simulate_hours

CITY, LUZHOU, LUCHENG, PINGSHUN = "140400", "140403", "140406", "140425"
EN, ZH = translation("en"), translation("zh_CN")
CLEAN = {"so2": 8.0, "no2": 20.0, "co": 0.8, "o3": 90.0, "pm10": 50.0, "pm25": 30.0}
Course = Callable[[date], dict[str, float | None]]


def write_days(office: Office, code: str, first: date, last: date, course: Course, *, basis: str = "") -> None:
    """Judged days as `evaluate` writes them; what the course leaves out is clean."""
    rows = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        values = {**CLEAN, **course(day)}
        aqi = values.pop("aqi", 50.0)
        rows += [
            {
                "kind": "city" if code == CITY else "county", "code": code, "stage": "original", "basis": side,
                "legal_day": day, **values, "aqi": None if aqi is None else int(aqi),
                "aqi_status": "none" if aqi is None else "published", "simulated": True, "withdrawn": False,
                "rules": "r", "run_id": "run", "code_version": "0",
            }
            for side in ([basis] if basis else ["measured", "dust_deducted"])
        ]  # fmt: skip
    table = office.lake.table("daily_index")
    frame = pl.DataFrame(rows)
    missing = [c for c in table.columns if c.name not in frame.columns and c.name != "recorded_at"]
    frame = frame.with_columns(pl.lit(None, c.dtype).alias(c.name) for c in missing)
    office.lake.append(
        "daily_index", frame.select(pl.col(c.name).cast(c.dtype) for c in table.columns if c.name in frame.columns)
    )


def flat(**values: float | None) -> Course:
    return lambda _: dict(values)


def winter(level: float, wobble: float = 0.3) -> Course:
    """Particles of a coal-burning winter with weather that differs from year to year."""

    def course(day: date) -> dict[str, float | None]:
        place = day.timetuple().tm_yday / 365 * 2 * np.pi
        noise = np.exp(wobble * np.random.default_rng(day.toordinal()).standard_normal())
        return {"pm25": float(round(level * (1 + 0.5 * np.cos(place)) * noise))}

    return course


def year(code_year: int) -> tuple[date, date]:
    return date(code_year, 1, 1), date(code_year, 12, 31)


def add_goal(office: Office, **fields: Any) -> str:
    """A plan in force with one goal more; returns its id."""
    at = datetime(2024, 4, 1, tzinfo=UTC)
    with office.ledger.write() as session:
        plan = session.execute(select(Plan).where(Plan.key == "made")).scalar_one_or_none()
        if plan is None:
            plan = Plan(
                id="made", key="made", edition=1, title="方案", title_en="Plan", issuer="", number="",
                issued_on=None, year=2024, origin="structured", state="in_force", source_name="plan.toml",
                source_sha256="0" * 64, file_id=None, reading={}, read_at=at, confirmed_by="o", confirmed_at=at,
            )  # fmt: skip
            session.add(plan)
            session.flush()
        order = len(session.execute(select(Goal.id).where(Goal.plan_id == "made")).all()) + 1
        goal = {
            "id": f"goal{order}", "plan_id": "made", "order": order, "kind": "binding", "title": "目标",
            "title_en": "Goal", "subjects": [CITY], "metric": "pm25", "comparator": "<=", "value": Decimal(35),
            "unit": "微克/立方米", "years": [2025], "direction": "", "baseline": None, "change": False,
        }  # fmt: skip
        session.add(Goal(**{**goal, **fields}))
    return f"goal{order}"


def one(office: Office, today: date, order: int = 1) -> JudgedGoal:
    found = [row for row in judge_goals(office, today=today) if row.order == order]
    assert len(found) == 1
    return found[0]


# ------------------------------------------------------------------------------------------ a year that is over


def test_a_plan_without_goals_has_nothing_to_judge(office: Office) -> None:
    add_goal(office)
    with office.ledger.write() as session:
        session.delete(session.get(Goal, "goal1"))
    assert judge_goals(office, today=date(2025, 1, 1)) == ()


def test_without_judged_days_there_is_no_data(office: Office) -> None:
    add_goal(office)
    found = one(office, date(2025, 7, 1))
    assert (found.state, found.value, found.chance) == (GoalState.NO_DATA, None, None)
    assert "No day of 2025 was judged" in found.reason_text(EN)


def test_a_year_to_come_is_not_judged(office: Office) -> None:
    add_goal(office)
    found = one(office, date(2024, 12, 31))
    assert found.state is GoalState.NOT_JUDGED
    assert found.reason_text(EN) == "The year 2025 has not begun."


@pytest.mark.parametrize(
    ("dirty_days", "value", "state"),
    [(0, "35", GoalState.MET), (182, "35", GoalState.MET), (183, "36", GoalState.MISSED)],
)
def test_a_finished_year_is_met_up_to_the_edge_of_rounding(
    office: Office, dirty_days: int, value: str, state: GoalState
) -> None:
    """35.4986 is published as 35; 35.5014 is 36."""
    write_days(
        office, CITY, *year(2025), lambda day: {"pm25": 36.0 if day.timetuple().tm_yday <= dirty_days else 35.0}
    )
    add_goal(office)
    found = one(office, date(2026, 1, 1))
    assert (found.state, found.value, found.final, found.days) == (state, Decimal(value), True, 365)
    assert found.distance == Decimal(value) - 35
    assert found.basis == "dust_deducted"
    assert found.reason_text(EN) == f"The year ended at {value} µg/m³; the target is 35."


def test_below_is_not_the_limit_itself(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(pm25=35.0))
    add_goal(office, comparator="<")
    assert one(office, date(2026, 1, 1)).state is GoalState.MISSED


def test_the_dust_deducted_side_is_judged_where_the_law_deducts(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(pm25=38.0), basis="measured")
    write_days(office, CITY, *year(2025), flat(pm25=34.0), basis="dust_deducted")
    add_goal(office)
    assert one(office, date(2026, 1, 1)).value == Decimal(34)


def test_too_few_days_are_no_lawful_year(office: Office) -> None:
    write_days(office, CITY, date(2025, 3, 1), date(2025, 12, 31), flat(pm25=30.0))
    add_goal(office)
    found = one(office, date(2026, 2, 1))
    assert (found.state, found.value, found.days) == (GoalState.NOT_JUDGED, None, 306)
    assert "306 valid days are too few" in found.reason_text(EN)


def test_a_value_stands_beside_its_own_and_todays_standard(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(pm25=33.0))
    add_goal(office)
    then, now = one(office, date(2026, 6, 1)).standards
    assert (then.edition, then.limit, then.attains, then.today) == (
        "gb3095-2012-2018",
        Decimal(35),
        True,
        False,
    )
    assert (now.edition, now.limit, now.attains, now.today) == (
        "gb3095-2026-transitional",
        Decimal(30),
        False,
        True,
    )


def test_days_after_today_are_unknown(office: Office) -> None:
    write_days(office, CITY, *year(2025), lambda day: {"pm25": 30.0 if day < date(2025, 7, 1) else 90.0})
    add_goal(office)
    found = one(office, date(2025, 6, 30))
    assert (found.through, found.value, found.days, found.remaining) == (date(2025, 6, 30), Decimal(30), 181, 184)


# ------------------------------------------------------------------------------------------ a running year


def test_the_rest_of_a_running_year_gets_its_allowance(office: Office) -> None:
    write_days(office, CITY, date(2025, 1, 1), date(2025, 6, 30), flat(pm25=40.0))
    add_goal(office)
    found = one(office, date(2025, 7, 1))
    total = Decimal("35.5") * 365 - 40 * 181
    assert found.allowed is not None
    assert found.allowed <= total / 184 < found.allowed + Decimal("0.1")
    assert (found.state, found.distance, found.chance) == (GoalState.AT_RISK, Decimal(5), None)
    assert "0 past years have enough days" in found.reason_text(EN)


def test_with_one_year_before_its_rest_is_the_measure(office: Office) -> None:
    write_days(office, CITY, *year(2024), lambda day: {"pm25": 50.0 if day < date(2024, 7, 1) else 25.0})
    write_days(office, CITY, date(2025, 1, 1), date(2025, 6, 30), flat(pm25=40.0))
    add_goal(office)
    found = one(office, date(2025, 7, 1))
    assert (found.state, found.chance) == (GoalState.ON_THE_WAY, None)
    assert "in the last year on record it had 25.0" in found.reason_text(EN)


@pytest.mark.parametrize(("level", "state"), [(30.0, GoalState.ON_THE_WAY), (38.0, GoalState.AT_RISK)])
def test_with_past_years_the_chance_decides(office: Office, level: float, state: GoalState) -> None:
    for before in (2022, 2023, 2024):
        write_days(office, CITY, *year(before), winter(level))
    write_days(office, CITY, date(2025, 1, 1), date(2025, 7, 31), winter(level))
    add_goal(office)
    found = one(office, date(2025, 8, 1))
    assert found.state is state
    assert found.chance is not None
    assert found.chance.years == 3
    assert (found.chance.chance >= 2 / 3) is (state is GoalState.ON_THE_WAY)
    assert found.chance.low is not None
    assert found.chance.high is not None
    assert found.chance.low < Decimal(str(level)) + 3
    assert found.chance.low <= found.chance.high
    assert found == one(office, date(2025, 8, 1))  # asked twice, answered once


def test_a_year_beyond_reach_is_missed_before_its_end(office: Office) -> None:
    write_days(office, CITY, date(2025, 1, 1), date(2025, 9, 30), flat(pm25=60.0))
    add_goal(office)
    found = one(office, date(2025, 10, 1))
    assert (found.state, found.allowed, found.final) == (GoalState.MISSED, None, False)
    assert found.chance is not None
    assert found.chance.chance == 0.0
    assert "Beyond reach since 2025-08-04" in found.reason_text(EN)


def test_a_year_that_changes_its_law_is_aimed_at_by_the_later_one(office: Office) -> None:
    write_days(office, LUZHOU, date(2026, 1, 1), date(2026, 2, 20), flat(pm25=33.0))
    add_goal(office, metric="attainment", title="PM2.5达标", comparator=None, value=None, unit="",
             subjects=[LUZHOU], years=[2026])  # fmt: skip
    found = one(office, date(2026, 2, 21))
    assert (found.target, found.target_source, found.metric) == (Decimal(30), "GB 3095-2026 transitional", "pm25")
    assert found.standards[1].limit == Decimal(35)  # the law of that day


# ------------------------------------------------------------------------------------------ other metrics


def test_good_day_ratio_counts_bad_days(office: Office) -> None:
    write_days(
        office, CITY, date(2025, 1, 1), date(2025, 6, 30), lambda day: {"aqi": 120.0 if day.day <= 5 else 60.0}
    )
    add_goal(office, metric="good_day_ratio", comparator=">=", value=Decimal("80"), unit="%")
    found = one(office, date(2025, 7, 1))
    assert (found.value, found.days, found.allowed, found.allowed_is_days) == (
        Decimal("83.4"),
        181,
        Decimal(43),
        True,
    )
    assert (found.state, found.distance) == (GoalState.ON_THE_WAY, Decimal("3.4"))


def test_good_day_ratio_of_a_finished_year(office: Office) -> None:
    write_days(office, CITY, *year(2025), lambda day: {"aqi": 120.0 if day.day <= 6 else 60.0})
    add_goal(office, metric="good_day_ratio", comparator=">=", value=Decimal("80.3"), unit="%")
    found = one(office, date(2026, 1, 1))
    assert (found.value, found.state) == (Decimal("80.3"), GoalState.MET)


@pytest.mark.parametrize(("metric", "limit", "state"), [("heavy_days", "3", GoalState.MISSED),
                                                        ("heavy_days", "4", GoalState.MET),
                                                        ("heavy_day_ratio", "1.1", GoalState.MET),
                                                        ("heavy_day_ratio", "1.0", GoalState.MISSED),
                                                        ("good_days", "361", GoalState.MET),
                                                        ("good_days", "362", GoalState.MISSED)])  # fmt: skip
def test_numbers_of_days(office: Office, metric: str, limit: str, state: GoalState) -> None:
    write_days(office, CITY, *year(2025), lambda day: {"aqi": 250.0 if day.month == 1 and day.day <= 4 else 60.0})
    sign = ">=" if metric == "good_days" else "<="
    add_goal(office, metric=metric, comparator=sign, value=Decimal(limit), unit="天")
    assert one(office, date(2026, 1, 1)).state is state


def test_heavy_days_of_a_running_year_have_a_rest(office: Office) -> None:
    write_days(
        office, CITY, date(2025, 1, 1), date(2025, 6, 30), lambda day: {"aqi": 250.0 if day.day == 1 else 60.0}
    )
    add_goal(office, metric="heavy_days", comparator="<=", value=Decimal(8), unit="天")
    add_goal(office, metric="heavy_day_ratio", comparator="<=", value=Decimal(2), unit="%")
    days, ratio = judge_goals(office, today=date(2025, 7, 1))
    assert (days.value, days.allowed) == (Decimal(6), Decimal(2))
    assert (ratio.value, ratio.allowed) == (Decimal("3.3"), Decimal(1))  # 7 of 365 are 1.9 %, 8 are 2.2 %
    assert ratio.state is GoalState.AT_RISK


def test_ozone_is_judged_by_its_percentile(office: Office) -> None:
    write_days(
        office, CITY, date(2025, 1, 1), date(2025, 8, 31), lambda day: {"o3": 190.0 if day.month == 6 else 90.0}
    )
    add_goal(office, metric="o3", value=Decimal(160))
    found = one(office, date(2025, 9, 1))
    assert (found.value, found.allowed, found.allowed_is_days) == (Decimal(190), Decimal(6), True)
    assert found.state is GoalState.AT_RISK


def test_composite_index_has_a_value_and_no_chance(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat())
    add_goal(office, metric="composite_index", value=Decimal("4.00"), unit="")
    half, whole = one(office, date(2025, 7, 1)), one(office, date(2026, 1, 1))
    assert (half.state, half.chance, whole.state) == (GoalState.ON_THE_WAY, None, GoalState.MET)
    assert whole.value == Decimal("2.96")


def test_carbon_monoxide_in_micrograms_is_converted(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(co=1.2))
    add_goal(office, metric="co", value=Decimal(1500), unit="微克/立方米")
    found = one(office, date(2026, 1, 1))
    assert (found.value, found.target, found.unit) == (Decimal("1.2"), Decimal("1.5"), "mg/m³")


def test_what_stations_do_not_measure_is_not_judged(office: Office) -> None:
    add_goal(office, metric="nox_emissions")
    found = one(office, date(2026, 1, 1))
    assert found.state is GoalState.NOT_JUDGED
    assert "by nox_emissions" in found.reason_text(EN)


@pytest.mark.parametrize("fields", [{"comparator": ">="}, {"value": None}])
def test_a_reading_that_makes_no_sense_is_not_judged(office: Office, fields: dict[str, object]) -> None:
    write_days(office, CITY, *year(2025), flat())
    add_goal(office, **fields)
    assert one(office, date(2026, 1, 1)).state is GoalState.NOT_JUDGED


def test_a_goal_of_no_subject_and_no_year_is_shown_for_the_plans_year(office: Office) -> None:
    add_goal(office, subjects=[], years=[])
    found = one(office, date(2025, 6, 1))
    assert (found.state, found.subject, found.year) == (GoalState.NOT_JUDGED, "", 2024)
    assert "whom this goal is about" in found.reason_text(EN)


# ------------------------------------------------------------------------------------------ changes


def test_a_fall_in_per_cent_is_counted_from_the_baseline_under_one_law(office: Office) -> None:
    write_days(office, CITY, *year(2020), flat(pm25=40.0))
    write_days(office, CITY, *year(2025), flat(pm25=36.0))
    add_goal(office, change=True, baseline=2020, value=Decimal(10), unit="%", comparator=">=", direction="down")
    add_goal(office, change=True, baseline=2020, value=Decimal(11), unit="%", comparator=">=", direction="down")
    ten, eleven = judge_goals(office, today=date(2026, 1, 1))
    assert (ten.state, ten.baseline, ten.target) == (GoalState.MET, Decimal(40), Decimal(36))
    assert (eleven.state, eleven.target) == (GoalState.MISSED, Decimal("35.6"))


def test_a_rise_in_points_and_a_mere_fall(office: Office) -> None:
    write_days(office, CITY, *year(2024), lambda day: {"pm25": 36.0, "aqi": 120.0 if day.day <= 6 else 60.0})
    write_days(office, CITY, *year(2025), lambda day: {"pm25": 36.0, "aqi": 120.0 if day.day <= 5 else 60.0})
    add_goal(office, metric="good_day_ratio", change=True, value=Decimal(3), unit="个百分点", comparator=">=",
             direction="up")  # fmt: skip
    add_goal(office, comparator="falling", value=None, direction="down")
    rise, fall = judge_goals(office, today=date(2026, 1, 1))
    assert (rise.state, rise.baseline, rise.value) == (GoalState.MET, Decimal("80.3"), Decimal("83.6"))
    assert (fall.state, fall.target, fall.comparator) == (GoalState.MISSED, Decimal(36), "<")


def test_a_change_on_an_unknown_year_asks_for_it_and_takes_what_was_published(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(pm25=36.0))
    goal = add_goal(office, change=True, baseline=2020, value=Decimal(10), unit="%", comparator=">=",
                    direction="down")  # fmt: skip
    asked = one(office, date(2026, 1, 1))
    assert asked.state is GoalState.NOT_JUDGED
    assert "2020" in asked.reason_text(EN)
    report_goal_value(office, goal, CITY, "2020", Decimal(41), by="office", source="公报")
    assert one(office, date(2026, 1, 1)).state is GoalState.MET


# ------------------------------------------------------------------------------------------ attainment of many


def test_attainment_of_eleven_counties_is_counted(adopted: Any) -> None:
    office = adopted.office
    for county in office.city.counties:
        if county.adcode != LUCHENG:
            dirty = county.adcode in {LUZHOU, PINGSHUN}
            write_days(office, county.adcode, *year(2024), flat(pm25=41.0 if dirty else 33.0))
    judged = [row for row in judge_goals(office, today=date(2025, 3, 1)) if "11个县区" in row.title]
    assert len(judged) == 11
    [tally] = tally_goals(judged)
    assert (tally.met, tally.total, tally.state) == (9, 11, GoalState.MISSED)
    assert {row.subject for row in judged if row.state is GoalState.MISSED} == {LUZHOU, PINGSHUN}
    assert {row.target for row in judged} == {Decimal(35)}


def test_attainment_of_all_six_names_what_exceeds(office: Office) -> None:
    write_days(office, LUZHOU, *year(2025), flat(pm25=41.0, o3=170.0))
    write_days(office, PINGSHUN, *year(2025), flat())
    add_goal(office, metric="attainment", title="空气质量达标", comparator=None, value=None, unit="",
             subjects=[LUZHOU, PINGSHUN, LUCHENG])  # fmt: skip
    luzhou, pingshun, lucheng = judge_goals(office, today=date(2026, 1, 1))
    assert luzhou.state is GoalState.MISSED
    assert luzhou.reason_text(EN) == "Above the limit: o3, pm25."
    assert pingshun.state is GoalState.MET
    assert lucheng.state is GoalState.NOT_JUDGED
    half = judge_goals(office, today=date(2025, 7, 1))
    assert [row.state for row in half[:2]] == [GoalState.AT_RISK, GoalState.ON_THE_WAY]


# ------------------------------------------------------------------------------------------ ranks


def test_a_rank_in_the_province_is_not_judged_until_it_is_entered(adopted: Any) -> None:
    office = adopted.office
    rows = {(row.order, row.year, row.subject): row for row in judge_goals(office, today=date(2025, 2, 1))}
    lucheng = rows[3, 2024, LUCHENG]
    assert (lucheng.state, lucheng.metric, lucheng.index) == (GoalState.NOT_JUDGED, "rank", "composite_index")
    assert lucheng.index_written == "空气质量指数"
    assert "province's list is not here" in lucheng.reason_text(EN)


@pytest.mark.parametrize(
    ("rank", "out_of", "today", "state"),
    [
        (87, 117, date(2025, 2, 1), GoalState.MET),
        (88, 117, date(2025, 2, 1), GoalState.MISSED),
        (87, None, date(2025, 2, 1), GoalState.NOT_JUDGED),
    ],
)
def test_out_of_the_last_thirty(
    office: Office, rank: int, out_of: int | None, today: date, state: GoalState
) -> None:
    goal = add_goal(office, metric="rank", comparator=None, value=Decimal(30), unit="位", direction="out_of_last",
                    subjects=[LUCHENG], years=[2024])  # fmt: skip
    report_goal_value(office, goal, LUCHENG, "2024", Decimal(rank), out_of=out_of, by="office", source="省厅通报")
    found = one(office, today)
    assert found.state is state
    assert found.reported is not None
    assert (found.reported.rank, found.reported.out_of) == (rank, out_of)


def test_within_the_first_three_by_month_then_by_year(office: Office) -> None:
    goal = add_goal(office, metric="rank", comparator="<=", value=Decimal(3), unit="位", direction="within_first",
                    subjects=[PINGSHUN], years=[2024])  # fmt: skip
    report_goal_value(office, goal, PINGSHUN, "2024-09", Decimal(2), by="office", source="省厅通报")
    report_goal_value(office, goal, PINGSHUN, "2024-10", Decimal(5), out_of=117, by="office", source="省厅通报")
    running = one(office, date(2024, 11, 5))
    assert (running.state, running.value, running.distance) == (GoalState.AT_RISK, Decimal(5), Decimal(2))
    report_goal_value(office, goal, PINGSHUN, "2024", Decimal(3), by="office", source="省厅通报")
    assert one(office, date(2025, 2, 1)).state is GoalState.MET


def test_forward_compares_with_the_same_period_a_year_before(office: Office) -> None:
    goal = add_goal(office, metric="rank", comparator=None, value=None, unit="", direction="forward",
                    subjects=[LUZHOU], years=[2024, 2025])  # fmt: skip
    report_goal_value(office, goal, LUZHOU, "2024", Decimal(60), by="office", source="省厅通报")
    alone, _ = judge_goals(office, today=date(2025, 2, 1))
    assert alone.state is GoalState.NOT_JUDGED
    assert "the place in 2023 is not here" in alone.reason_text(EN)
    report_goal_value(office, goal, LUZHOU, "2025", Decimal(52), by="office", source="省厅通报")
    _, forward = judge_goals(office, today=date(2026, 2, 1))
    assert (forward.state, forward.distance, forward.baseline) == (GoalState.MET, Decimal(-8), Decimal(60))


# ------------------------------------------------------------------------------------------ entered figures


def test_what_was_assigned_is_judged_figure_by_figure(office: Office) -> None:
    write_days(office, CITY, *year(2025), flat(pm25=33.0))
    goal = add_goal(office, metric="assigned", comparator=None, value=None, unit="")
    empty = one(office, date(2026, 1, 1))
    assert (empty.state, empty.metric) == (GoalState.NOT_JUDGED, "assigned")
    assert "was not entered yet" in empty.reason_text(EN)
    assign_goal_value(office, goal, CITY, 2025, Decimal("34"), "µg/m³", by="office", source="省政府")
    assign_goal_value(office, goal, CITY, 2025, Decimal("99"), "%", metric="good_day_ratio", by="office")
    ratio, pm25 = sorted(judge_goals(office, today=date(2026, 1, 1)), key=lambda row: row.metric)
    assert (pm25.state, pm25.target, pm25.target_source) == (GoalState.MET, Decimal(34), "省政府")
    assert (ratio.state, ratio.comparator, ratio.value) == (GoalState.MET, ">=", Decimal("100.0"))


def test_a_figure_twice_is_one_and_another_is_a_new_version(office: Office) -> None:
    goal = add_goal(office, metric="assigned", comparator=None, value=None, unit="")
    first = assign_goal_value(office, goal, CITY, 2025, Decimal(34), "µg/m³", by="office")
    again = assign_goal_value(office, goal, CITY, 2025, Decimal("34.0"), "µg/m³", by="office")
    other = assign_goal_value(office, goal, CITY, 2025, Decimal(33), "µg/m³", by="office")
    assert (first.version, first.new, again.id, again.new) == (1, True, first.id, False)
    assert (other.version, other.new) == (2, True)
    assert [row.value for row in list_goal_figures(office, goal)] == [Decimal(33)]
    report = verify_chain(office.ledger)
    assert report.sound
    assert report.entries == 2


def test_a_published_year_stands_in_where_our_stations_have_none(office: Office) -> None:
    goal = add_goal(office, years=[2024])
    report_goal_value(office, goal, CITY, "2024", Decimal(36), by="office", source="2024年公报")
    found = one(office, date(2025, 6, 1))
    assert (found.state, found.value, found.source) == (GoalState.MISSED, Decimal(36), "2024年公报")
    write_days(office, CITY, *year(2024), flat(pm25=34.0))
    own = one(office, date(2025, 6, 1))
    assert (own.state, own.value, own.source) == (GoalState.MET, Decimal(34), "")


def refused(office: Office) -> Iterator[tuple[str, Callable[[], object]]]:
    plain = add_goal(office)
    goal = add_goal(office, metric="assigned", comparator=None, value=None, unit="")
    rank = add_goal(office, metric="rank", value=Decimal(3), direction="within_first")
    value = Decimal(30)
    yield "no goal", lambda: assign_goal_value(office, "x", CITY, 2025, value, "", by="o")
    yield "names its own value", lambda: assign_goal_value(office, plain, CITY, 2025, value, "", by="o")
    yield "is not about", lambda: assign_goal_value(office, goal, LUZHOU, 2025, value, "", by="o")
    yield "one of its years", lambda: assign_goal_value(office, goal, CITY, 2027, value, "", by="o")
    yield (
        "does not compare",
        lambda: assign_goal_value(office, goal, CITY, 2025, value, "", by="o", comparator="?"),
    )
    yield "nothing that a goal", lambda: assign_goal_value(office, goal, CITY, 2025, value, "", by="o", metric="x")
    yield "cannot be a figure", lambda: assign_goal_value(office, goal, CITY, 2025, Decimal("NaN"), "", by="o")
    yield "is no period", lambda: report_goal_value(office, plain, CITY, "gestern", value, by="o", source="s")
    yield "is no rank", lambda: report_goal_value(office, rank, CITY, "2025", Decimal("1.5"), by="o", source="s")
    yield "is no rank", lambda: report_goal_value(office, rank, CITY, "2025", value, out_of=9, by="o", source="s")
    yield "needs its source", lambda: report_goal_value(office, plain, CITY, "2025", value, by="o", source=" ")


def test_wrong_figures_are_refused_and_leave_no_trace(office: Office) -> None:
    for words, ask in refused(office):
        with pytest.raises(CallerError, match=words):
            ask()
    assert verify_chain(office.ledger).entries == 0


# ------------------------------------------------------------------------------------------ words and law


def test_every_reason_is_whole_in_both_languages(adopted: Any) -> None:
    office = adopted.office
    write_days(office, CITY, date(2025, 1, 1), date(2025, 6, 30), winter(36.0))
    for row in judge_goals(office, today=date(2025, 7, 1)):
        for language in (EN, ZH):
            said = row.reason_text(language)
            assert said
            assert "{" not in said
            assert row.title_text(language)
            assert row.subject_text(language)
            assert row.state_text(language)


@pytest.fixture(scope="session")
def judged_quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the first city with the first quarter of 2025, judged by `evaluate` itself."""
    folder = tmp_path_factory.mktemp("goals") / "changzhi"
    clock = iter(datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=n) for n in range(10**9))
    house = make_workspace(folder, "changzhi", simulated=True, now=lambda: next(clock))
    stations = tuple(s.code for s in house.city.stations if s.level != "township")
    hours = simulate_hours(house.city, date(2025, 1, 1), date(2025, 3, 31), 7, stations=stations)
    house.lake.append("ambient_hours", pl.concat(hours))
    run_days(house.scene(), house.jobs)
    office = house.office()
    confirm_plan(office, adopt_structured(office, by="office").plan_id, by="office")
    house.close()
    return folder


@pytest.fixture
def house(judged_quarter: Path) -> Iterator[House]:
    opened = open_workspace(judged_quarter)
    yield opened
    opened.close()


def test_values_are_those_that_evaluate_published(house: House) -> None:
    rows = judge_goals(house.office(), today=date(2025, 4, 10))
    city = next(row for row in rows if row.metric == "pm25" and row.subject == CITY)
    where = (
        (pl.col("period_kind") == "year_to_date") & (pl.col("code") == CITY) & (pl.col("pollutant") == "pm25")
        & (pl.col("basis") == "dust_deducted") & (pl.col("kind") == "city")
    )  # fmt: skip
    [stored] = house.lake.read(
        "period_statistics", first=date(2025, 3, 31), last=date(2025, 3, 31), where=where
    ).iter_rows(named=True)
    assert city.value == Decimal(str(stored["mean_reported"]))
    assert (city.days, city.through, city.remaining) == (stored["days_valid"], date(2025, 3, 31), 275)
    assert city.simulated


def test_own_counties_ranks_stand_beside_the_missing_list_of_the_province(house: House) -> None:
    rows = judge_goals(house.office(), today=date(2025, 4, 10))
    [pingshun] = [row for row in rows if row.order == 7 and row.year == 2025]
    stored = house.lake.read("rankings", first=date(2025, 3, 31), last=date(2025, 3, 31)).filter(
        pl.col("period_kind") == "year_to_date", pl.col("list") == "composite_index", pl.col("group") == "all",
        pl.col("law") == "this", pl.col("basis") == "dust_deducted", pl.col("code") == PINGSHUN,
    )  # fmt: skip
    assert pingshun.state is GoalState.NOT_JUDGED
    assert pingshun.among_own is not None
    assert [pingshun.among_own.rank] == stored.get_column("rank").to_list()
    assert (pingshun.among_own.out_of, pingshun.among_own.period) == (12, "2025-01-01..2025-03-31")
