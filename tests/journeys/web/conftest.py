"""Debian's Chromium before a real server over a copy of the fixture workspace; what its console says is kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from tests.web.conftest import PASSWORD, web_workspace

__all__ = ["web_workspace"]

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = (1440, 900), (390, 844)
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_STOP_SECONDS = 20
_PATIENCE = 15_000
"""How long a page may take on a loaded machine. [ms]"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and the folder of its workspace."""

    url: str
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "logs" / "web.jsonl").read_text("utf-8")


@dataclass(slots=True)
class Looking:
    """One window of a browser, and all that was wrong in it."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def go(self, address: str) -> int:
        """Open an address; return the status of its answer."""
        answer = self.page.goto(self.url + address, wait_until="load")
        assert answer is not None, address
        return answer.status

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state("load")


def _absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI proves the pages in a browser")
    pytest.skip(f"{what}: the journeys through the pages need it")


@pytest.fixture(scope="session")
def axe() -> str:
    """What looks at a page for those who cannot see it well."""
    if not AXE.exists():
        _absent("axe-core is not here; `make node_modules/.ready-dev` fetches it")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser; absent it skips, but never under CI."""
    program = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        _absent("Chromium is not here; on Debian: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(web_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a copy of the workspace; one for all journeys."""
    folder = Path(shutil.copytree(web_workspace, tmp_path_factory.mktemp("served") / "w"))
    program = [sys.executable, str(Path(__file__).with_name("serve.py")), str(folder), "0"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            assert port, "the server did not begin"
            yield Served(f"http://127.0.0.1:{port}", folder)
        finally:
            server.terminate()
            try:
                server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def looking(
    browser: Browser, served: Served, language: str = "zh_CN", size: tuple[int, int] = WIDE, theme: str = "light"
) -> Iterator[Looking]:
    """Open a window in a language, a width and a theme; what its console and its policy complain of is kept."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, bypass_csp=False, reduced_motion="reduce"
    )
    context.add_cookies(
        [
            {"name": name, "value": value, "url": served.url}
            for name, value in (("lang", language), ("theme", theme))
        ]
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    window = Looking(page, served.url)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":  # what the policy stops is one; warnings are of the graphics driver
            window.faults.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: window.faults.append(f"{page.url}: {error}"))
    page.on("dialog", lambda dialog: (window.faults.append(f"{page.url}: {dialog.message}"), dialog.dismiss()))
    try:
        yield window
    finally:
        context.close()
