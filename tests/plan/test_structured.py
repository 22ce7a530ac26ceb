"""The city's own plan file: read, merged, checked and adopted."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lantian.city.loader import load_city
from lantian.ledger.models import Duty, Entry, Goal, Measure, Milestone, Organisation, Plan, Series, Task
from lantian.loop.plan.adopting.structured import adopt_structured, load_structured
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError
from lantian.terms.findings import Severity


def _duties(office: Office, plan_id: str, number: str) -> list[Duty]:
    with office.ledger.read() as session:
        rows = session.execute(
            select(Duty).join(Measure, Measure.id == Duty.measure_id)
            .where(Duty.plan_id == plan_id, Measure.number == number)
        )  # fmt: skip
        return list(rows.scalars())


def _tasks(office: Office, plan_id: str, number: str) -> dict[str, Task]:
    with office.ledger.read() as session:
        rows = session.execute(
            select(Task).join(Measure, Measure.id == Task.measure_id)
            .where(Task.plan_id == plan_id, Measure.number == number)
        )  # fmt: skip
        return {row.key: row for row in rows.scalars()}


def test_the_citys_plan_is_found_and_sound():
    plan = load_structured(load_city("changzhi"))
    assert plan is not None
    assert plan.file.plan.key == "changzhi-2024"
    assert [row.code for row in plan.findings] == ["ring_not_confirmed"]
    assert len(plan.file.measures) == 40
    assert plan.projects("deep-treatment") is not None
    assert plan.ring("lucheng") is not None
    assert plan.projects("nothing") is None


def test_a_city_without_a_plan_file_has_none(tmp_path: Path):
    assert load_structured(replace(load_city("changzhi"), folders=(str(tmp_path),))) is None


def test_duties_of_measure_7_are_one_leader_two_helpers_and_fourteen_that_carry_out(office: Office):
    plan = adopt_structured(office, by="office")
    duties = _duties(office, plan.plan_id, "7")
    assert Counter(row.role for row in duties) == {"lead": 1, "cooperate": 2, "implement": 12 + 2}
    assert {row.organisation_id for row in duties if row.role == "lead"} == {"ecology"}
    assert {row.via for row in duties if row.organisation_id.startswith("gov-")} == {"各县区人民政府"}
    assert {row.via for row in duties if row.organisation_id.endswith("zone")} == {""}
    assert all(row.settled and row.due == date(2024, 9, 30) and row.mode == "牵头" for row in duties)


def test_duties_of_concerned_counties_wait_to_be_settled(office: Office):
    plan = adopt_structured(office, by="office")
    first = [row for row in _duties(office, plan.plan_id, "2") if row.tail == 1]
    assert Counter((row.role, row.settled) for row in first) == {("lead", True): 1, ("implement", False): 12}
    assert plan.unsettled == 5 * 12  # measures 2, 3, 6, 16 and 28 name 相关县区


def test_numbers_of_the_whole_plan_are_as_counted_by_hand(office: Office):
    plan = adopt_structured(office, by="office")
    assert (plan.edition, plan.state, plan.fresh) == (1, "draft", True)
    assert (plan.counts["measures"], plan.counts["goals"]) == (40, 8)
    nobody = [row.where for row in plan.findings if row.code == "nobody_named"]
    assert nobody == ["36", "37", "38", "39", "40"]
    with office.ledger.read() as session:
        rows = session.execute(select(Duty.role, func.count()).group_by(Duty.role)).all()
        roles = dict(iter(rows))
        tails = session.execute(
            select(func.count()).select_from(select(Duty.measure_id, Duty.tail).distinct().subquery())
        ).scalar_one()
    assert tails == 62
    assert roles == {"lead": 82, "cooperate": 56, "implement": 566}  # counted over the plan's 62 tails
    assert plan.counts["duties"] == 704


def test_tasks_carry_days_numbers_and_lists_once(office: Office):
    plan = adopt_structured(office, by="office")
    seven = _tasks(office, plan.plan_id, "7")
    assert list(seven) == ["deep-treatment"]  # eight counts and three dates are this one list's
    task = seven["deep-treatment"]
    assert (task.kind, task.value, task.unit, task.due) == ("projects", Decimal(161), "家", date(2024, 9, 30))
    with office.ledger.read() as session:
        steps = session.execute(select(Milestone).where(Milestone.task_id == task.id)).scalars().all()
    assert sorted((row.key, row.due) for row in steps) == [
        ("done", date(2024, 9, 30)), ("scheme", date(2024, 4, 15)),
    ]  # fmt: skip
    buildings = _tasks(office, plan.plan_id, "22")
    assert {"prefabricated", "green-buildings", "green-land", "sweeping-city"} <= set(buildings)
    assert buildings["green-land"].value == Decimal("42.88")
    assert not [row for row in buildings.values() if row.kind == "deadline"]
    yearly = _tasks(office, plan.plan_id, "33")["inventory-updated"]
    assert (yearly.kind, yearly.every, yearly.due) == ("recurring", "year", None)
    start = _tasks(office, plan.plan_id, "9")["low-voc-building"]
    assert (start.kind, start.start, start.due) == ("deadline", date(2024, 1, 1), None)
    assert {row.scope for row in _tasks(office, plan.plan_id, "35").values()} == {
        "price", "tax", "subsidy", "transfer", "loan",
    }  # fmt: skip


def test_goals_name_counties_and_series_name_who_answers(office: Office):
    plan = adopt_structured(office, by="office")
    with office.ledger.read() as session:
        goals = (
            session.execute(select(Goal).where(Goal.plan_id == plan.plan_id).order_by(Goal.order)).scalars().all()
        )
        series = {row.key: row for row in session.execute(select(Series)).scalars()}
    assert goals[1].subjects == ["140400"]
    assert (goals[1].metric, goals[1].value, goals[1].years) == ("pm25", Decimal(35), [2025])
    assert (goals[2].subjects, goals[2].direction) == (["140406"], "out_of_last")
    assert len(goals[5].subjects) == 11
    assert "140406" not in goals[5].subjects
    assert goals[6].subjects == ["140425"]
    assert set(series) == {
        "short-process-steel", "non-fossil-share", "electricity-share", "coal-consumption", "rail-freight",
        "rail-share", "prefabricated", "green-buildings", "sweeping-city", "sweeping-towns", "green-land",
        "straw-use",
    }  # fmt: skip
    assert series["green-land"].organisation_id == "gardens"
    assert series["prefabricated"].organisation_id == "housing"
    assert (series["rail-freight"].change, series["rail-freight"].baseline_year) == (True, 2020)


def test_adopting_the_same_file_again_changes_nothing(office: Office):
    first = adopt_structured(office, by="office")
    again = adopt_structured(office, by="somebody")
    assert (again.plan_id, again.edition, again.fresh) == (first.plan_id, 1, False)
    assert again.counts == first.counts
    with office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Plan)).scalar_one() == 1
        kinds = session.execute(select(Entry.kind)).scalars().all()
    assert kinds.count("plan.adopted") == 1


def test_a_workspaces_file_lies_over_the_citys(tmp_path: Path):
    (tmp_path / "plan.toml").write_text(
        '[plan]\nnumber = "长政发〔2024〕1号"\n[[rings]]\nkey = "lucheng"\nconfirmed = true\n'
        '[[measures]]\nnumber = 40\ntitle_en = "Everybody"\n'
        '[[measures]]\nnumber = 41\nsection = "九"\ntitle = "附加"\n',
        encoding="utf-8",
    )
    city = load_city("changzhi")
    plan = load_structured(replace(city, folders=(*city.folders, str(tmp_path))))
    assert plan is not None
    assert plan.findings == ()
    assert plan.file.plan.number == "长政发〔2024〕1号"
    assert [row.title_en for row in plan.file.measures[39:]] == ["Everybody", ""]
    assert plan.file.measures[39].title == "强化全民行动"
    other = load_structured(city)
    assert other is not None
    assert plan.digest != other.digest


def test_a_file_of_another_plan_replaces_the_citys(tmp_path: Path):
    (tmp_path / "plan.toml").write_text(
        '[plan]\nkey = "own"\ntitle = "甲方案"\nissuer = "city"\n'
        '[[measures]]\nnumber = 1\nsection = "一"\ntitle = "控尘"\n'
        'tails = [{ mode = "负责", lead = ["housing"] }]\n',
        encoding="utf-8",
    )
    city = load_city("changzhi")
    plan = load_structured(replace(city, folders=(*city.folders, str(tmp_path))))
    assert plan is not None
    assert [row.title for row in plan.file.measures] == ["控尘"]


def test_every_wrong_name_of_a_file_is_a_finding_with_its_key(office: Office, tmp_path: Path):
    (tmp_path / "plan.toml").write_text(
        '[plan]\nkey = "own"\ntitle = "甲方案"\nissuer = "nobody"\n'
        '[[sections]]\nlabel = "一"\ntitle = "甲"\n'
        '[[targets]]\nkey = "t"\ntitle = "丙"\nkind = "binding"\n'
        'subjects = ["999999"]\nmetric = "pm25"\nyears = [2024]\n'
        '[[measures]]\nnumber = 1\nsection = "二"\ntitle = "控尘"\n'
        'tails = [{ mode = "负责", lead = ["nowhere"] }]\n'
        'deadlines = [{ key = "d", tail = 2, kind = "by", date = 2024-10-31, what = "乙" }]\n'
        'projects = [{ key = "p", title = "丁", count = 5, kinds = [{ key = "a", title = "甲", count = 4 }], '
        'earlier = { ring = "none", due = 2024-06-30 } }]\n'
        '[[measures]]\nnumber = 1\nsection = "一"\ntitle = "控煤"\n',
        encoding="utf-8",
    )
    city = replace(office.city, folders=(str(tmp_path),))
    plan = load_structured(city)
    assert plan is not None
    assert {(row.where, row.evidence["value"]) for row in plan.findings} == {
        ("plan.toml: plan.issuer", "nobody"),
        ("plan.toml: targets.t", "999999"),
        ("plan.toml: measures.1", "二"),
        ("plan.toml: measures.1.tails.1", "nowhere"),
        ("plan.toml: measures.1.d", "2"),
        ("plan.toml: measures.1.p", "none"),
        ("plan.toml: measures.1.p", "4"),
        ("plan.toml: measures", "1"),
    }
    assert all(row.severity is Severity.ERROR for row in plan.findings)
    with pytest.raises(CallerError, match="8 places are wrong"):
        adopt_structured(replace(office, city=city), by="office")
    with office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Plan)).scalar_one() == 0


def test_a_wrong_field_is_named_with_its_key(tmp_path: Path):
    (tmp_path / "plan.toml").write_text(
        '[plan]\nkey = "own"\ntitle = "甲"\nissuer = "city"\n'
        '[[measures]]\nnumber = 1\nsection = "一"\ntitle = "乙"\n'
        'tails = [{ mode = "主管", lead = ["housing"] }]\n',
        encoding="utf-8",
    )
    with pytest.raises(CallerError, match=r"measures\.0\.tails\.0\.mode = '主管'"):
        load_structured(replace(load_city("changzhi"), folders=(str(tmp_path),)))


def test_a_city_without_a_plan_says_what_to_do(office: Office, tmp_path: Path):
    with pytest.raises(CallerError, match=r"has no plan\.toml"):
        adopt_structured(replace(office, city=replace(office.city, folders=(str(tmp_path),))), by="office")


def test_bodies_are_registered_with_the_plan(office: Office):
    adopt_structured(office, by="office")
    with office.ledger.read() as session:
        rows = session.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind)).all()
    kinds = dict(iter(rows))
    assert kinds["county"] == 12
    assert kinds["zone"] == 2
