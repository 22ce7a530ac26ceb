"""Whole journeys of people through the pages, in a real browser before a real server."""

import json

from playwright.sync_api import Browser
from tests.journeys.web.conftest import PHONE, Served, looking
from tests.web.conftest import PASSWORD

from lantian.web.doorkeeper import COOKIE


def test_an_administrator_adds_somebody_who_logs_in_and_is_led_to_today(chromium: Browser, served: Served) -> None:
    with looking(chromium, served, "en") as admin:
        admin.go("/system/people")
        admin.log_in("t-admin")
        page = admin.page
        assert page.url == f"{served.url}/system/people"
        form = page.locator("form#add")
        form.locator("[name=login]").fill("journey-duty")
        form.locator("[name=name]").fill("<script>alert(1)</script>")
        form.locator("[name=role]").select_option("duty")
        form.locator("button[type=submit]").click()
        password = page.locator("[data-copy]").get_attribute("data-copy")
        assert password
        assert page.get_by_text("<script>alert(1)</script>").count() == 1
        secret = next(held["value"] for held in page.context.cookies() if held["name"] == COOKIE)
        assert admin.faults == []
    with looking(chromium, served, "zh_CN", PHONE) as fresh:
        fresh.go("/")
        fresh.log_in("journey-duty", password)
        assert fresh.page.url == f"{served.url}/today"
        assert fresh.go("/system/people") == 403
        fresh.faults[:] = [fault for fault in fresh.faults if "403" not in fault]
        assert fresh.faults == []
    for word in (password, secret, PASSWORD):
        assert word not in served.log, "a secret stands in the log"
    assert '"path": "/today"' in served.log


def test_the_duty_officers_morning(chromium: Browser, served: Served) -> None:
    with looking(chromium, served) as window:
        window.go("/")
        window.log_in("t-duty")
        page = window.page
        assert page.url == f"{served.url}/today"
        worst = page.locator("#t-counties tbody tr").first
        index = worst.locator("td a").first
        number = index.inner_text().strip()
        assert int(number) > 0
        with page.expect_download() as taken:
            page.locator("#t-counties .exports a[href*=csv]").click()
        held = taken.value.path().read_text("utf-8-sig")
        assert taken.value.suggested_filename.startswith("SIMULATED-counties")
        assert f",{number}," in held, "the file says what the page says"
        index.click()
        page.wait_for_load_state("load")
        assert page.url.startswith(f"{served.url}/air/why/hours/")
        assert number in page.locator("main").inner_text()
        assert page.locator("main table").count() >= 1, "the steps with their rows"
        assert window.faults == []
    lines = [json.loads(line) for line in served.log.splitlines()]
    assert not [line for line in lines if line.get("level") == "error"]
