import json
import re
from datetime import UTC, datetime

import pytest
from tests.web.conftest import ClientOf

from lantian.ledger.chain import list_entries
from lantian.ledger.users import list_users


@pytest.fixture
def house(web_app):
    return web_app.state.keeper.house


def test_every_edition_has_a_readable_page(web_client: ClientOf, house):
    browser = web_client("t-auditor")
    listed = browser.get("/system/rules").text
    for edition in house.rulebook.editions():
        assert f"/system/rules/{edition.id}" in listed
        page = browser.get(f"/system/rules/{edition.id}")
        assert page.status_code == 200, edition.id
        assert edition.id in page.text


def test_the_law_of_a_day_is_that_of_its_date(web_client: ClientOf):
    browser = web_client("t-duty")
    before = browser.get("/system/rules?subject=aqi_day&on=2026-02-28").text
    after = browser.get("/system/rules?subject=aqi_day&on=2026-03-01").text
    assert "hj633-2026-day" not in before
    assert "hj633-2026-day" in after


def test_two_editions_stand_side_by_side_with_their_limits(web_client: ClientOf):
    page = web_client("t-duty").get("/system/rules/gb3095-2012?beside=gb3095-2026-transitional")
    if page.status_code == 404:  # the id of the older edition is its own business
        pytest.fail(page.text)
    assert page.text.count("<article>") == 2


def test_an_unknown_edition_is_not_there(web_client: ClientOf):
    answer = web_client("t-duty").get("/system/rules/nothing-like-it")
    assert answer.status_code == 404
    assert "Code to quote" in answer.text


def test_an_administrator_adds_somebody_who_can_log_in(own_web_client: ClientOf):
    browser = own_web_client("t-admin")
    form = {"login": "new-duty", "name": "<script>x</script>", "role": "duty", "body": ""}
    page = browser.post("/system/people", data=form).text
    assert "<script>x</script>" not in page
    password = re.search(r'data-copy="([^"]+)"', page)
    assert password is not None
    assert password.group(1) not in browser.get("/system/people").text
    answer = own_web_client(None).post("/login", data={"login": "new-duty", "password": password.group(1)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")


def test_roles_are_given_and_taken_and_the_last_administrator_stays(own_web_client: ClientOf, own_web_app):
    browser, ledger = own_web_client("t-admin"), own_web_app.state.keeper.house.ledger

    def roles() -> tuple[str, ...]:
        return next(card.roles for card in list_users(ledger) if card.login == "t-duty")

    assert browser.post("/system/people/t-duty/roles", data={"role": "science"}).status_code == 303
    assert roles() == ("duty", "science")
    assert browser.post("/system/people/t-duty/roles/take", data={"held": "duty"}).status_code == 303
    assert roles() == ("science",)
    assert browser.post("/system/people/admin/close").status_code == 303
    assert browser.post("/system/people/t-admin/close").status_code == 400
    assert any(card.login == "t-admin" for card in list_users(ledger))


def test_a_run_that_is_asked_for_waits_and_can_be_stopped(own_web_client: ClientOf, own_web_app):
    browser, house = own_web_client("t-monitoring"), own_web_app.state.keeper.house
    form = {"what": "evaluate", "first": "2026-01-10", "last": "2026-01-12"}
    assert browser.post("/system/jobs", data=form).status_code == 303
    run = house.jobs.list_runs(1)[0]
    assert (run.what, run.state, run.requested_by) == ("evaluate", "ready", "t-monitoring")
    assert dict(run.inputs) == {"first": "2026-01-10", "last": "2026-01-12"}
    assert "2026-01-10..2026-01-12" in browser.get("/system/jobs").text
    assert browser.post(f"/system/jobs/{run.id}/cancel").status_code == 303
    assert house.jobs.list_runs(1)[0].state == "cancelled"
    assert browser.post("/system/jobs", data={"what": "rm -rf"}).status_code == 400
    assert own_web_client("t-auditor").post("/system/jobs", data=form).status_code == 403


def test_decisions_are_found_and_the_chain_is_proved_and_taken_away(web_client: ClientOf, house):
    browser = web_client("t-auditor")
    total = len(list_entries(house.ledger, limit=100_000))
    page = browser.get("/system/audit?verify=true&kind=user.&days=36500").text
    assert f"Every one of {total} decisions holds" in page
    assert "user.added" in page
    assert "plan.confirmed" not in page[page.index("<tbody>") :]
    lines = browser.get("/system/audit/export").text.splitlines()
    assert sum(1 for line in lines if "hash" in json.loads(line)) >= total


def test_a_broken_chain_is_said_aloud(own_web_client: ClientOf, own_web_app):
    import sqlite3

    ledger = own_web_app.state.keeper.house.ledger
    browser = own_web_client("t-auditor")
    with sqlite3.connect(str(ledger.url.database)) as plain:
        triggers = [row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
        for name in triggers:
            plain.execute(f'DROP TRIGGER "{name}"')
        plain.execute("UPDATE entries SET actor = 'nobody' WHERE number = 3")
    assert "The chain is broken" in browser.get("/system/audit?verify=true").text


def test_every_table_of_the_lake_is_explained(web_client: ClientOf, house):
    browser = web_client("t-monitoring", "zh_CN")
    listed = browser.get("/system/lake").text
    for table in house.lake.tables():
        assert table.name in listed
    page = browser.get("/system/lake/ambient_hours").text
    assert house.lake.table("ambient_hours").columns[1].meaning_zh in page
    assert browser.get("/system/lake/no_such").status_code == 404


def test_settings_show_no_secret_and_no_path(web_client: ClientOf, web_workspace):
    page = web_client("t-admin").get("/system/settings").text
    assert "workspace_secret" in page
    secret = (web_workspace / "secrets").read_text("utf-8").split('"')[1]
    assert secret not in page
    assert str(web_workspace) not in page


@pytest.mark.parametrize("address", ["people", "people/admin", "jobs", "audit", "lake", "settings"])
def test_a_county_does_not_enter_what_is_the_citys(web_client: ClientOf, address: str):
    assert web_client("t-county").get(f"/system/{address}").status_code == 403


def test_times_are_of_the_city(web_client: ClientOf):
    page = web_client("t-auditor").get("/system/audit?days=36500").text
    now = datetime.now(UTC)
    assert f"{now.year}-" in page
