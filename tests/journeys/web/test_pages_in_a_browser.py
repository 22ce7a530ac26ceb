"""Every page that stands, in both languages, wide and on a phone: nothing in the console, nobody shut out."""

import pytest
from playwright.sync_api import Browser
from tests.journeys.web.conftest import PHONE, WIDE, Looking, Served, looking

from lantian.web.rail import PLACES

WALL, ACCOUNT = "/wall", "/account"
ADDRESSES = (*(place.address for place in PLACES), WALL, ACCOUNT)
_NOT_FOUND = 404
_HEAVY = {"serious", "critical"}


def standing(window: Looking, login: str = "t-office") -> list[str]:
    """Log in; list the pages that stand."""
    window.go("/login")
    window.log_in(login)
    found = [
        address for address in ADDRESSES if window.page.request.get(window.url + address).status != _NOT_FOUND
    ]
    assert {"/today", "/air", "/system", WALL, ACCOUNT} <= set(found)
    return found


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pages_complain_of_nothing_and_fit(
    chromium: Browser, served: Served, language: str, size: tuple[int, int]
) -> None:
    with looking(chromium, served, language, size) as window:
        page = window.page
        for address in standing(window):
            assert window.go(address) == 200, address
            page.wait_for_timeout(300)  # charts and maps come after the first paint
            assert page.get_attribute("html", "lang") == language.replace("_", "-")
            assert page.locator("h1").count() == 1, address
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0 or address == WALL, f"{address} is {wide} px wider than the window"
        assert window.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_shut_nobody_out(chromium: Browser, served: Served, axe: str, theme: str) -> None:
    found = []
    with looking(chromium, served, "zh_CN", WIDE, theme) as window:
        for address in standing(window):
            window.go(address)
            window.page.evaluate(axe)  # by the debugger, which no policy of the page binds
            told = window.page.evaluate("axe.run({resultTypes: ['violations']})")
            found += [
                f"{address} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
                for fault in told["violations"]
                if fault["impact"] in _HEAVY
            ]
    assert found == []
