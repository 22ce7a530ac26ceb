"""Submit, compute, refuse with the clause, decide, keep; on both databases. Every project here is invented."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.ledger.models import Admission, Entry
from lantian.loop.plan.admission.air import air_of
from lantian.loop.plan.admission.applications import (
    amend,
    decide,
    examine,
    find_admission,
    list_admissions,
    overall_text,
    recompute,
    submit,
)
from lantian.loop.plan.admission.records import Air, Application
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant

ZH, EN = translation("zh"), translation("en")
PAPERS = ("industry_plan", "zoning", "plan_eia", "eia", "energy_review", "carbon", "clean_production")
NONE: dict[str, Any] = {
    "hauls": (), "built": (), "retired": (), "reductions": (), "coal": (), "coal_savings": (), "boilers": (),
    "power_units": (), "furnaces": (), "voc_products": (), "mines": (), "heat_sources": (), "gas_producers": 0,
    "emissions": tuple({"pollutant": one, "amount": 0} for one in ("so2", "nox", "pm", "voc")),
}  # fmt: skip


def project(**said: Any) -> Application:
    plain = {
        "name": "虚构示例项目", "applicant": "虚构甲公司", "county": "140404", "industry": "other", "kind": "new",
        "applied_on": date(2024, 5, 6), "starts_on": date(2025, 7, 1), "documents": PAPERS, "catalogue": "allowed",
    }  # fmt: skip
    return Application.model_validate({**NONE, **plain, **said})


BAD = {"gas_producers": 2}
LEANING = {"hauls": ({"material": "煤", "mode": "diesel_truck", "amount": 1000},)}


def entries(office: Office) -> list[tuple[str, str, dict[str, Any]]]:
    with office.ledger.read() as session:
        rows = session.execute(
            select(Entry.kind, Entry.subject, Entry.payload)
            .where(Entry.kind.startswith("admission."))
            .order_by(Entry.number)
        )
        return [(kind, subject, json.loads(payload)) for kind, subject, payload in rows]


def test_a_submission_is_kept_with_every_check_and_its_entry(office: Office):
    view = submit(office, project(**BAD), by="clerk")
    assert (view.state, view.outcome.rule, view.outcome.overall) == ("open", "admission-changzhi-2024", "fail")
    assert find_admission(office, view.id) == view
    ((kind, subject, payload),) = entries(office)
    assert (kind, subject) == ("admission.submitted", f"admission:{view.id}")
    assert payload["checks"]["gas_producer"] == "fail"
    assert "虚构" not in json.dumps(payload, ensure_ascii=False)


def test_applications_of_a_simulated_workspace_say_so(office: Office):
    assert submit(office, project(), by="clerk").simulated is True


def test_the_same_application_twice_is_one(office: Office):
    first = submit(office, project(), by="clerk")
    assert submit(office, project(), by="another").id == first.id
    other = submit(office, project(starts_on=date(2026, 1, 1)), by="clerk")
    assert other.id != first.id
    assert len(entries(office)) == 2


def test_it_is_judged_by_the_edition_of_its_date(office: Office):
    days = [date(2024, 3, 27), date(2024, 3, 28), date(2024, 11, 1)]
    assert [examine(office, project(applied_on=day)).rule for day in days] == [
        "admission-2023", "admission-changzhi-2024", "admission-changzhi-2024-11",
    ]  # fmt: skip


def test_a_county_or_day_that_cannot_be_is_refused_and_nothing_is_kept(office: Office):
    with pytest.raises(CallerError, match="140225 is no county of Changzhi"):
        submit(office, project(county="140225"), by="clerk")
    with pytest.raises(CallerError, match="2024-11-06, which is yet to come"):
        submit(office, project(applied_on=date(2024, 11, 6)), by="clerk")
    assert list_admissions(office) == ()
    assert entries(office) == []


# ---------------------------------------------------------------------------------------------- decisions


def test_a_refusal_cites_the_clause_in_both_languages(office: Office):
    view = submit(office, project(**BAD), by="clerk")
    decided = decide(office, view.id, "refused", by="head")
    assert (decided.state, decided.decided_by, decided.reason) == ("refused", "head", None)
    (english,) = decided.grounds(EN)
    assert english == (
        "Fuel gas producers: No new gas producer for fuel (measure 14 of the plan; 国发〔2023〕24号; rule "
        "admission-changzhi-2024). Found: New gas producers for fuel that are planned: 2."
    )
    (chinese,) = decided.grounds(ZH)
    assert "燃料类煤气发生炉" in chinese
    assert "不新增燃料类煤气发生炉" in chinese
    assert "国发〔2023〕24号" in chinese
    assert "admission-changzhi-2024" in chinese
    payload = entries(office)[-1][2]
    assert payload["cited"] == [{"check": "gas_producer", "measure": 14, "verdict": "fail"}]
    assert payload["rule"] == "admission-changzhi-2024"


def test_a_refusal_without_a_clause_needs_a_reason(office: Office):
    view = submit(office, project(), by="clerk")
    with pytest.raises(CallerError, match="no clause to cite"):
        decide(office, view.id, "refused", "  ", by="head")
    assert decide(office, view.id, "refused", "选址不当", by="head").reason == "选址不当"


def test_what_lacks_papers_is_refused_for_them(office: Office):
    view = submit(office, project(documents=()), by="clerk")
    decided = decide(office, view.id, "refused", by="head")
    assert [row.key for row in decided.cited()] == ["documents"]


def test_what_meets_everything_passes_without_a_reason(office: Office):
    view = submit(office, project(), by="clerk")
    assert view.outcome.overall == "pass"
    assert decide(office, view.id, "passed", by="head").state == "passed"


def test_a_failed_must_is_passed_only_by_an_override_with_a_reason(office: Office):
    view = submit(office, project(**BAD), by="clerk")
    for reason, override in (("", False), ("省重点", False), ("", True)):
        with pytest.raises(CallerError):
            decide(office, view.id, "passed", reason, by="head", override=override)
    assert find_admission(office, view.id).state == "open"
    decided = decide(office, view.id, "passed", "省重点", by="head", override=True)
    assert decided.outcome.decision is not None
    assert decided.outcome.decision.override is True
    kind, _, payload = entries(office)[-1]
    assert (kind, payload["override"], payload["reason"]) == ("admission.passed", True, "省重点")
    assert [row["check"] for row in payload["cited"]] == ["gas_producer"]


def test_missing_papers_are_passed_only_by_an_override(office: Office):
    view = submit(office, project(documents=PAPERS[:-1]), by="clerk")
    with pytest.raises(CallerError, match="documents needs_documents"):
        decide(office, view.id, "passed", "容缺受理", by="head")
    assert decide(office, view.id, "passed", "容缺受理", by="head", override=True).state == "passed"


def test_a_failed_principle_is_passed_with_a_reason(office: Office):
    view = submit(office, project(**LEANING), by="clerk")
    assert view.outcome.overall == "needs_reason"
    with pytest.raises(CallerError, match="does not meet clean_transport"):
        decide(office, view.id, "passed", by="head")
    decided = decide(office, view.id, "passed", "运量小", by="head")
    assert decided.outcome.decision is not None
    assert (decided.outcome.decision.override, decided.outcome.decision.cited) == (False, ("clean_transport",))


def test_an_override_that_was_not_needed_is_not_noted(office: Office):
    view = submit(office, project(**BAD), by="clerk")
    decided = decide(office, view.id, "refused", by="head", override=True)
    assert decided.outcome.decision is not None
    assert decided.outcome.decision.override is False


def test_a_decided_application_is_decided_once(office: Office):
    view = submit(office, project(), by="clerk")
    with pytest.raises(CallerError, match="kept with its reason"):
        decide(office, view.id, "withdrawn", by="clerk")
    decide(office, view.id, "withdrawn", "企业撤回", by="clerk")
    for again in (
        lambda: decide(office, view.id, "passed", by="head"),
        lambda: amend(office, view.id, project(), by="clerk"),
        lambda: recompute(office, view.id, by="clerk"),
    ):
        with pytest.raises(CallerError, match="already decided: withdrawn"):
            again()


def test_what_is_no_decision_or_no_application_is_refused(office: Office):
    with pytest.raises(CallerError, match="'open' is no decision"):
        decide(office, "x", "open", by="head")  # type: ignore[arg-type]
    with pytest.raises(CallerError, match="no application 'x'"):
        decide(office, "x", "passed", by="head")
    with pytest.raises(CallerError, match="no application 'x'"):
        find_admission(office, "x")
    with pytest.raises(CallerError, match="'gone' is no state"):
        list_admissions(office, state="gone")


def test_papers_that_were_missing_are_handed_in_later(office: Office):
    view = submit(office, project(documents=()), by="clerk")
    mended = amend(office, view.id, project(), by="clerk")
    assert (mended.id, mended.outcome.overall) == (view.id, "pass")
    assert [kind for kind, _, _ in entries(office)] == ["admission.submitted", "admission.amended"]
    with pytest.raises(CallerError, match="Submit another project"):
        amend(office, view.id, project(name="别的项目"), by="clerk")


def test_lists_are_newest_first_and_can_be_narrowed(office: Office):
    first = submit(office, project(), by="clerk")
    second = submit(office, project(name="虚构乙项目", county="140406", industry="steel"), by="clerk")
    decide(office, first.id, "passed", by="head")
    assert {row.id for row in list_admissions(office)} == {first.id, second.id}
    assert [row.id for row in list_admissions(office, state="open")] == [second.id]
    assert [row.id for row in list_admissions(office, county="140404")] == [first.id]
    assert [row.id for row in list_admissions(office, industry="steel")] == [second.id]


def test_a_ledger_row_carries_what_lists_need(office: Office):
    view = submit(office, project(), by="clerk")
    with office.ledger.read() as session:
        row = session.get_one(Admission, view.id)
    assert (row.name, row.county, row.industry, row.applicant, row.rule) == (
        "虚构示例项目", "140404", "other", "虚构甲公司", "admission-changzhi-2024",
    )  # fmt: skip


def test_the_whole_is_said_in_one_sentence(office: Office):
    assert overall_text(examine(office, project(**BAD)), EN) == "It fails what must be: it is to be refused."


# ---------------------------------------------------------------------------------------------- the air


def judge(
    office: Office, kind: str, code: str, year: int, states: dict[str, bool | None], basis: str = "measured"
) -> None:
    """Write a year's verdicts as `evaluate` writes them."""
    table = office.lake.table("period_statistics")
    last = date(year, 12, 31)
    rows = []
    for pollutant in BASIC:
        row: dict[str, Any] = dict.fromkeys(column.name for column in table.columns)
        row |= {"kind": kind, "code": code, "period_kind": "year", "first_day": last.replace(month=1, day=1),
                "last_day": last, "stage": "original", "basis": basis, "pollutant": pollutant.value,
                "attains": states.get(pollutant.value), "validity": "valid", "simulated": True, "withdrawn": False,
                "rules": "r", "run_id": "x", "code_version": "1"}  # fmt: skip
        rows.append(row)
    schema = {column.name: column.dtype for column in table.columns}
    office.lake.append(table, pl.DataFrame(rows, schema=schema))


EVERY = {one.value: True for one in BASIC}


def test_without_any_table_the_application_is_asked(office: Office):
    assert air_of(office, "140404", date(2024, 5, 6))[0] == {}
    air, source = air_of(office, "140404", date(2024, 5, 6), [Air(pollutant=Pollutant.PM25, attains=False)])
    assert air == {Pollutant.PM25: False}
    assert source.text(EN) == "As the application says; nothing was evaluated"


def test_the_newest_judged_year_of_the_county_goes_first(office: Office):
    judge(office, "city", "140400", 2023, EVERY)
    judge(office, "county", "140404", 2022, {**EVERY, "pm25": False})
    air, source = air_of(office, "140404", date(2024, 5, 6))
    assert (air[Pollutant.PM25], len(air)) == (False, 6)
    assert source.text(EN) == "Shangdang District, 2022, as evaluated"
    air, source = air_of(office, "140406", date(2024, 5, 6))
    assert (air[Pollutant.PM25], source.text(EN)) == (True, "Changzhi, 2023, as evaluated")


def test_a_year_that_is_not_over_or_too_old_does_not_count(office: Office):
    judge(office, "county", "140404", 2024, EVERY)
    judge(office, "county", "140404", 2020, EVERY)
    assert air_of(office, "140404", date(2024, 12, 31))[0] == {}
    assert len(air_of(office, "140404", date(2025, 1, 1))[0]) == 6


def test_particles_are_judged_without_dust_as_the_law_of_the_year_says(office: Office):
    judge(office, "county", "140404", 2023, {**EVERY, "pm10": False, "o3": False})
    judge(office, "county", "140404", 2023, EVERY, basis="dust_deducted")
    air, _ = air_of(office, "140404", date(2024, 5, 6))
    assert (air[Pollutant.PM10], air[Pollutant.O3]) == (True, False)


def test_what_was_not_judged_is_taken_from_the_application(office: Office):
    judge(office, "county", "140404", 2023, {**EVERY, "o3": None})
    air, source = air_of(office, "140404", date(2024, 5, 6), [Air(pollutant=Pollutant.O3, attains=False)])
    assert (air[Pollutant.O3], air[Pollutant.PM25]) == (False, True)
    assert source.text(EN).endswith("the rest as the application says")


def test_an_open_application_is_computed_anew_when_the_air_was_evaluated(office: Office):
    said = {"emissions": [{"pollutant": "nox", "amount": 10}, *({"pollutant": one, "amount": 0} for one in
                          ("so2", "pm", "voc"))],
            "reductions": [{"pollutant": "nox", "source": "虚构工程", "amount": 15}]}  # fmt: skip
    view = submit(office, project(**said), by="clerk")
    assert view.outcome.check("regional_reduction").verdict == "needs_documents"
    assert recompute(office, view.id, by="clerk") == view
    judge(office, "county", "140404", 2023, {**EVERY, "pm25": False})
    mended = recompute(office, view.id, by="clerk")
    assert mended.outcome.check("regional_reduction").verdict == "fail"
    assert (
        mended.outcome.check("regional_reduction").said[-1].text(EN) == "Nitrogen oxides: 5 t/a are not set off."
    )
    assert [kind for kind, _, _ in entries(office)] == ["admission.submitted", "admission.recomputed"]


def test_days_are_those_of_the_city(office: Office):
    tomorrow = office.today() + timedelta(days=1)
    with pytest.raises(CallerError, match="yet to come"):
        examine(office, project(applied_on=tomorrow))
    assert examine(office, project(applied_on=tomorrow), today=tomorrow).overall == "pass"
