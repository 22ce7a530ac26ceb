"""A demonstration workspace for the web's tests: built once a run, copied by who writes; people with passwords."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock
from starlette.testclient import TestClient

from lantian.assembly import House, open_workspace
from lantian.ledger import accounts
from lantian.ledger.people import Body, BodyKind, Role
from lantian.ledger.users import make_body, make_user
from lantian.web.app import WebOptions, make_app
from lantian.web.doorkeeper import COOKIE

DAYS = 12
"""Days of the simulated past; its sources speak in all of them. [d]"""
PASSWORD = "a long word for every test"
COUNTY, OTHER_COUNTY, DEPARTMENT, ENTERPRISE = "gov-140403", "gov-140404", "industry", "sim-enterprise"
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "t-admin": (Role.ADMIN, None),
    "t-office": (Role.CITY_OFFICE, None),
    "t-monitoring": (Role.MONITORING, None),
    "t-science": (Role.SCIENCE, None),
    "t-duty": (Role.DUTY, None),
    "t-inspection": (Role.INSPECTION, None),
    "t-operator": (Role.OPERATOR, None),
    "t-auditor": (Role.AUDITOR, None),
    "t-public": (Role.PUBLIC, None),
    "t-county": (Role.COUNTY, COUNTY),
    "t-other-county": (Role.COUNTY, OTHER_COUNTY),
    "t-department": (Role.DEPARTMENT, DEPARTMENT),
    "t-enterprise": (Role.ENTERPRISE, ENTERPRISE),
}
"""Login → role and body."""

ClientOf = Callable[..., TestClient]


def _build(folder: Path) -> None:
    from lantian.cli.frame import run
    from lantian.desk.language import translation

    arguments = ["run", "-w", str(folder), "--days", str(DAYS), "--live", "0", "--quiet"]
    assert run(arguments, translation("en")) == 0
    house = open_workspace(folder)
    try:
        put_people(house)
    finally:
        house.close()


def put_people(house: House) -> None:
    """Add one person a role, all with the same password."""
    now = datetime.now(UTC)
    make_body(
        house.ledger, Body(ENTERPRISE, BodyKind.ENTERPRISE, "模拟·企业", county="140403"), by="admin", at=now
    )
    for login, (role, body) in PEOPLE.items():
        make_user(house.ledger, login, f"<b>{login}</b>", role, body, by="admin", at=now)
        accounts.set_password(house.ledger, login, PASSWORD, by="admin", at=now)


@pytest.fixture(scope="session")
def web_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Changzhi in January 2026 with sources, plan, inventory and people; to read only."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    shared = Path(os.environ.get("LANTIAN_TEST_BUILDS", shared))  # kept between runs by who works on the pages
    folder = shared / "web-workspace"
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            _build(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture
def own_web_workspace(web_workspace: Path, tmp_path: Path) -> Path:
    """Return a copy of the workspace that a test may write."""
    return Path(shutil.copytree(web_workspace, tmp_path / "web"))


@pytest.fixture(scope="module")
def web_app(web_workspace: Path) -> Iterator[object]:
    """The application over the workspace that is only read."""
    house = open_workspace(web_workspace)
    app = make_app(house, WebOptions())
    yield app
    app.state.keeper.close()


@pytest.fixture
def own_web_app(own_web_workspace: Path) -> Iterator[object]:
    """The application over a workspace that a test may write."""
    house = open_workspace(own_web_workspace)
    app = make_app(house, WebOptions())
    yield app
    app.state.keeper.close()


def client_of(app: object, login: str | None, language: str = "en") -> TestClient:
    """Return a browser of somebody; errors of the server become answers, redirects are not followed."""
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)  # type: ignore[arg-type]
    client.cookies.set("lang", language)
    if login is not None:
        ledger = app.state.keeper.house.ledger  # type: ignore[attr-defined]
        held = accounts.log_in(ledger, login, PASSWORD, address="testclient", agent="a test", at=datetime.now(UTC))
        client.cookies.set(COOKIE, held.secret)
        client.headers["X-CSRF-Token"] = accounts.csrf_of(held.secret)
    return client


@pytest.fixture
def web_client(web_app: object) -> ClientOf:
    """Log somebody in at the workspace that is only read: ``web_client("t-duty", "zh_CN")``."""
    return lambda login=None, language="en": client_of(web_app, login, language)


@pytest.fixture
def own_web_client(own_web_app: object) -> ClientOf:
    """Log somebody in at a workspace that the test may write."""
    return lambda login=None, language="en": client_of(own_web_app, login, language)
