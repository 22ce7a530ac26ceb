"""The office's login service is believed as far as its word can be proved; a real one runs beside the tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from pydantic import SecretStr

from lantian.ledger.accounts import Claimed, Refused
from lantian.settings import Settings
from lantian.terms.errors import CallerError, HouseError, LantianError
from lantian.web.oidc import Begun, LoginService, finish, service_of, start

SCRIPT = Path(__file__).parent / "login_service.py"
CLIENT, SECRET = "lantian", "a secret: of both & us"
BACK = "https://lantian.example/login/outside/back"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Address of a provider in its own process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(SCRIPT), str(port), CLIENT, SECRET])
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{port}/good/keys", trust_env=False)
                break
            except httpx2.TransportError:
                assert process.poll() is None, "the login service did not start"
                assert time.monotonic() < until
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def service(host: str) -> LoginService:
    return LoginService(f"{host}/good", CLIENT, SECRET)


def browser(begun: Begun, **asked: str) -> dict[str, str]:
    """Go where the browser is led; return the query with which it comes back."""
    answer = httpx2.get(f"{begun.url}&{urlencode(asked)}", trust_env=False)
    assert answer.status_code == 307
    assert answer.headers["location"].startswith(BACK + "?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def now() -> datetime:
    return datetime.now(UTC)


def come_in(service: LoginService, **asked: str) -> Claimed:
    begun = start(service, BACK, at=now())
    return finish(service, begun.held, browser(begun, **asked), at=now())


def test_the_service_says_who_it_is_and_its_word_is_proved(service: LoginService) -> None:
    assert come_in(service, user="li.si", subject="s-9") == Claimed(service.issuer, "s-9", "li.si")


def test_the_browser_carries_state_nonce_and_challenge_and_no_secret(service: LoginService) -> None:
    begun = start(service, BACK, at=now())
    asked = dict(parse_qsl(urlsplit(begun.url).query))
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == BACK
    assert asked["scope"] == "openid profile"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    for carried in (begun.url, begun.held):
        assert SECRET not in carried
    assert asked["state"] not in bytes.fromhex(begun.held).decode("latin-1")
    assert start(service, BACK, at=now()).url != begun.url
    assert SECRET not in repr(service)


def test_a_service_that_wants_our_password_in_the_form_gets_it_there(host: str) -> None:
    assert come_in(LoginService(f"{host}/posted", CLIENT, SECRET)).name == "zhang.san"


def test_another_claim_can_name_people(service: LoginService) -> None:
    assert come_in(replace(service, claim="sub"), subject="employee-7").name == "employee-7"


@pytest.mark.parametrize(
    "fault",
    [
        "issuer", "audience", "party", "expired", "nonce", "no nonce", "hash", "key", "shared secret", "unsigned",
        "no exp", "no sub",
    ],
)  # fmt: skip
def test_a_word_that_does_not_hold_lets_nobody_in(service: LoginService, fault: str) -> None:
    with pytest.raises(Refused, match="does not hold"):
        come_in(service, fault=fault)


@pytest.mark.parametrize("fault", ["no preferred_username", "number", "long"])
def test_a_service_that_names_nobody_lets_nobody_in(service: LoginService, fault: str) -> None:
    with pytest.raises(Refused, match="preferred_username"):
        come_in(service, fault=fault)


def test_whoever_gives_up_is_told_so(service: LoginService) -> None:
    with pytest.raises(Refused, match="access_denied"):
        come_in(service, fault="denied")


@pytest.mark.parametrize("fault", ["other issuer", "no issuer"])
def test_a_service_that_promised_its_name_has_to_say_it(service: LoginService, fault: str) -> None:
    with pytest.raises(Refused, match="Another login service"):
        come_in(service, fault=fault)


def test_a_login_that_was_begun_elsewhere_is_refused(service: LoginService) -> None:
    mine, theirs = start(service, BACK, at=now()), start(service, BACK, at=now())
    query = browser(theirs)
    for held in (mine.held, "", "nonsense", theirs.held[:-2] + "00"):
        with pytest.raises(Refused, match="begun elsewhere"):
            finish(service, held, query, at=now())
    with pytest.raises(Refused, match="begun elsewhere"):
        finish(replace(service, client_secret="another"), theirs.held, query, at=now())
    with pytest.raises(Refused, match="begun elsewhere"):
        finish(service, mine.held, {"code": query["code"]}, at=now())
    assert finish(service, theirs.held, query, at=now()).name == "zhang.san"


def test_a_login_that_was_begun_too_long_ago_is_refused(service: LoginService) -> None:
    begun = start(service, BACK, at=now())
    query = browser(begun)
    with pytest.raises(Refused, match="too long ago"):
        finish(service, begun.held, query, at=now() + timedelta(minutes=11))


def test_a_code_is_good_once_and_for_its_own_challenge(service: LoginService) -> None:
    begun, other = start(service, BACK, at=now()), start(service, BACK, at=now())
    query = browser(begun)
    assert finish(service, begun.held, query, at=now()).subject == "s-1"
    with pytest.raises(Refused, match="invalid_grant"):
        finish(service, begun.held, query, at=now())
    stolen = browser(begun) | {"state": browser(other)["state"]}
    with pytest.raises(Refused, match="invalid_grant"):
        finish(service, other.held, stolen, at=now())


def test_a_wrong_password_of_ours_is_told(service: LoginService) -> None:
    with pytest.raises(Refused, match="invalid_client"):
        come_in(replace(service, client_secret="wrong"))


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("liar", "issuer"),
        ("plain", "token_endpoint"),
        ("redirecting", "cannot be used|status 307"),
        ("endless", "length"),
    ],
)
def test_a_service_that_says_nonsense_is_not_used(host: str, issuer: str, said: str) -> None:
    with pytest.raises(HouseError, match=said):
        start(LoginService(f"{host}/{issuer}", CLIENT, SECRET), BACK, at=now())


def test_no_request_goes_where_the_settings_do_not_say_within_our_network(host: str) -> None:
    service = LoginService(f"{host}/inward", CLIENT, SECRET)
    with pytest.raises(CallerError, match=r"leads to 127\.0\.0\.1"):
        come_in(service)


def test_a_service_that_is_not_there_is_named(service: LoginService) -> None:
    with pytest.raises(HouseError, match="ConnectError"):
        start(replace(service, issuer="http://127.0.0.1:1/good"), BACK, at=now())


# ---------------------------------------------------------------------------------------------- settings


def test_without_an_issuer_there_is_no_login_service() -> None:
    assert service_of(Settings()) is None


def test_the_settings_make_the_service() -> None:
    settings = Settings(
        oidc_issuer="https://id.example", oidc_client_id=CLIENT, oidc_client_secret=SecretStr(SECRET)
    )
    assert service_of(settings) == LoginService("https://id.example", CLIENT, SECRET)


@pytest.mark.parametrize("missing", ["oidc_client_id", "oidc_client_secret"])
def test_half_a_login_service_is_refused(missing: str) -> None:
    given: dict[str, Any] = {"oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET), missing: None}
    with pytest.raises(LantianError, match="Set all three"):
        service_of(Settings(oidc_issuer="https://id.example", **given))
