"""Fixtures of the room: an office at its desk, and a small plan in known states."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lantian.assembly import EVALUATE_TABLES, FACT_TABLES, choice_of
from lantian.city.loader import load_city
from lantian.city.records import City
from lantian.ledger import Ledger, append_entry
from lantian.ledger.files import FileStore
from lantian.ledger.models import (
    Duty,
    Escalation,
    Goal,
    Measure,
    Milestone,
    Organisation,
    Plan,
    Project,
    Report,
    Sheet,
    Task,
)
from lantian.loop.plan.adopting.confirming import confirm_plan
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.loop.plan.office import Office
from lantian.rules import Rulebook
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import Draft
from lantian.science.plan_text.structure import source_of_text
from lantian.store.lake import Lake


@pytest.fixture(scope="session")
def city() -> City:
    """Changzhi as it is packaged."""
    return load_city("changzhi")


@pytest.fixture
def office(ledger: Ledger, tmp_path: Path, city: City, rulebook: Rulebook) -> Office:
    """The air office of Changzhi with an empty lake, on both databases; at 10:00 on 2024-11-05."""

    def now() -> datetime:
        return datetime(2024, 11, 5, 2, tzinfo=UTC)

    lake = Lake(tmp_path / "lake", (*FACT_TABLES, *EVALUATE_TABLES), zone=city.zone, now=now, simulated=True)
    return Office(
        city=city, rulebook=rulebook, choice=choice_of(city), lake=lake, ledger=ledger,
        files=FileStore(tmp_path / "files", ledger), now=now, simulated=True,
    )  # fmt: skip


@pytest.fixture
def read_text(office: Office) -> Callable[[str], Draft]:
    """Read a plan text with the city's directory."""
    return lambda text: read_plan(source_of_text(text, "plan.txt"), office.city)


@dataclass(frozen=True, slots=True)
class AdoptedPlan:
    """The city's own structured plan, in force."""

    office: Office
    plan_id: str


@pytest.fixture
def adopted(office: Office) -> AdoptedPlan:
    """The office with the city's structured plan adopted and put in force; nobody has reported yet."""
    plan = adopt_structured(office, by="office")
    confirm_plan(office, plan.plan_id, by="office")
    return AdoptedPlan(office, plan.plan_id)


# ------------------------------------------------------------------------------ a small plan in known states


SMALL_TODAY = date(2024, 11, 5)
"""The day on which the small plan is looked at."""


@dataclass(frozen=True, slots=True)
class SmallPlan:
    """A plan of three measures whose duties stand in known states; ids are short names."""

    office: Office
    plan_id: str
    today: date


@pytest.fixture
def small(office: Office) -> SmallPlan:
    """Two departments and two counties, three measures, seven duties in seven states."""
    at = datetime(2024, 4, 1, 2, tzinfo=UTC)
    with office.ledger.write() as session:
        session.add_all(_small_bodies(at))
        session.add(
            Plan(
                id="plan", key="small", edition=1, title="小方案", title_en="Small plan", issuer="市政府",
                number="1号",
                issued_on=date(2024, 3, 28), year=2024, origin="structured", state="in_force",
                source_name="plan.toml",
                source_sha256="0" * 64, file_id=None, reading={}, read_at=at, confirmed_by="office",
                confirmed_at=at,
            )
        )  # fmt: skip
        session.flush()
        for order, (number, section, title, english) in enumerate(_SMALL_MEASURES, start=1):
            session.add(
                Measure(
                    id=f"m{number}", plan_id="plan", order=order, number=number, section=section,
                    section_title=f"第{section}章", title=title, title_en=english, text=None,
                )
            )  # fmt: skip
        session.flush()
        session.add_all(_small_duties())
        session.add_all(_small_tasks())
        session.flush()
        session.add_all(_small_happenings(at))
        session.flush()
        append_entry(
            session, at=datetime(2024, 10, 20, 2, tzinfo=UTC), actor="office", kind="task.moved",
            subject="task:t2",
            payload={"before": {"due": "2024-12-31"}, "after": {"due": "2025-06-30"}},
        )  # fmt: skip
    return SmallPlan(office, "plan", SMALL_TODAY)


_SMALL_MEASURES = (
    ("1", "1", "淘汰落后产能", "Retire outdated capacity"),
    ("2", "1", "超低排放改造", "Ultra-low emission retrofits"),
    ("3", "2", "秸秆禁烧", "No straw burning"),
)


def _small_bodies(at: datetime) -> list[Organisation]:
    rows = (
        ("dep-a", "department", "甲局", "Department A", None),
        ("dep-b", "department", "乙局", "Department B", None),
        ("gov-x", "county", "潞州区政府", "Government of Luzhou", "140403"),
        ("gov-y", "county", "潞城区政府", "Government of Lucheng", "140406"),
    )
    return [
        Organisation(
            id=key, kind=kind, name_zh=zh, full_name_zh=f"长治市{zh}", name_en=en, county=county, made_at=at
        )
        for key, kind, zh, en, county in rows
    ]


def _small_duties() -> list[Duty]:
    """Done late, overdue, without report, returned, unsettled, under way, not started."""
    october, later = date(2024, 10, 31), date(2025, 6, 30)
    made, now = date(2024, 11, 2), "2024-10"
    rows = (
        ("d1", "m1", 1, "dep-a", "lead", True, october, now, "done", "100", "accepted", made, None),
        ("d2", "m1", 1, "gov-x", "implement", True, october, now, "under_way", "60.5", "accepted", None, "remind"),
        ("d3", "m1", 1, "gov-y", "implement", True, None, "2024-08", "under_way", "10", "accepted", None, None),
        ("d4", "m2", 1, "dep-a", "lead", True, later, now, "under_way", None, "returned", None, None),
        ("d5", "m2", 1, "gov-y", "implement", False, None, None, None, None, None, None, None),
        ("d6", "m3", 1, "dep-b", "lead", True, None, now, "under_way", "40", "accepted", None, None),
        ("d7", "m3", 2, "dep-a", "cooperate", True, None, now, "not_started", "0", "accepted", None, None),
    )
    return [
        Duty(
            id=key, plan_id="plan", measure_id=measure, tail=tail, organisation_id=body, role=role,
            mode="牵头" if role == "lead" else "落实", via="各县区人民政府" if body.startswith("gov") else "",
            settled=settled, words="=1+1 限期淘汰" if key == "d1" else f"{key} 的责任内容", due=due,
            reported_month=month, claimed=claimed, share=None if share is None else Decimal(share), review=review,
            done_on=done, step=step,
        )
        for key, measure, tail, body, role, settled, due, month, claimed, share, review, done, step in rows
    ]  # fmt: skip


def _small_tasks() -> list[Task]:
    rows = (
        (
            "t1",
            "m1",
            1,
            "deadline",
            "10月底前完成淘汰",
            "Retired by October",
            date(2024, 10, 31),
            None,
            date(2024, 11, 2),
        ),
        ("t2", "m2", None, "projects", "改造项目清单", "Retrofit projects", date(2025, 6, 30), None, None),
        ("t3", "m3", 1, "recurring", "秋收季巡查", "Harvest patrols", None, "year", None),
        ("t4", "m3", 2, "indicator", "综合利用率", "Straw use", None, None, None),
    )
    return [
        Task(
            id=key, plan_id="plan", measure_id=measure, tail=tail, key=key, kind=kind, title=zh, title_en=en,
            start=None, due=due, every=every, firm=True, comparator=None, value=None, unit="", scope="",
            amount=None,
            done_on=done, proposed_by=None,
        )
        for key, measure, tail, kind, zh, en, due, every, done in rows
    ]  # fmt: skip


def _small_happenings(at: datetime) -> list[Any]:
    """Sheets of September to four bodies, reports, a step, a milestone, projects and a goal."""
    sheets = [
        Sheet(
            id=f"s-{body}", plan_id="plan", month="2024-09", organisation_id=body, issued_at=at, due=date(2024,
            10, 5),
            received_at=None, reminded_at=None,
        )
        for body in ("dep-a", "dep-b", "gov-x", "gov-y")
    ]  # fmt: skip
    reports = [
        _small_report("d2", 1, "pending", "50", datetime(2024, 11, 1, 2, tzinfo=UTC)),
        _small_report("d2", 2, "accepted", "60.5", datetime(2024, 10, 30, 2, tzinfo=UTC)),
        _small_report("d4", 1, "returned", None, datetime(2024, 10, 28, 2, tzinfo=UTC)),
    ]
    step = Escalation(
        id="e1", duty_id="d2", step="remind", at=datetime(2024, 11, 3, 2, tzinfo=UTC), by="office",
        reason="逾期3天",
        answer_due=date(2024, 11, 10), rule="dispatch-monthly", file_id=None, lifted_at=None, lifted_by=None,
        lifted_because=None,
    )  # fmt: skip
    milestone = Milestone(
        id="ms1", task_id="t2", project_id=None, key="k", title="完成招标", title_en="Tendered", due=date(2024,
        11, 20),
        done_on=None, file_id=None,
    )  # fmt: skip
    projects = [
        Project(
            id=f"p{number}", task_id="t2", number=str(number), name=f"项目{number}", kind="",
            organisation_id="gov-y",
            county="140406", address="", longitude=None, latitude=None, quantity=None, state=state, start=None,
            due=date(2025, 6, 30), done_on=done, planned=Decimal("1000000"), spent=None, note="", simulated=True,
            revision=1, changed_at=at, changed_by="office",
        )
        for number, state, done in ((1, "done", date(2024, 10, 15)), (2, "under_way", None), (3, "dropped", None))
    ]  # fmt: skip
    goal = Goal(
        id="g1", plan_id="plan", order=1, kind="binding", title="潞城区PM2.5", title_en="PM2.5 of Lucheng",
        subjects=["140406"], metric="pm25", comparator="at_most", value=Decimal(40), unit="µg/m³", years=[2024],
        direction="", baseline=None, change=False,
    )  # fmt: skip
    return [*sheets, *reports, step, milestone, *projects, goal]


def _small_report(duty: str, version: int, review: str, share: str | None, at: datetime) -> Report:
    return Report(
        id=f"r-{duty}-{version}", duty_id=duty, month="2024-10", version=version,
        progress=f"{duty}第{version}次进展",
        share=None if share is None else Decimal(share), claimed="under_way", problems="资金不足",
        next_step="加快",
        spent=None, reported_by="body", reported_at=at, source_sha256=None, digest=f"{duty}{version}".ljust(64,
        "0"),
        review=review, review_reason="数字不符" if review == "returned" else None, reviewed_by=None,
        reviewed_at=at,
    )  # fmt: skip
