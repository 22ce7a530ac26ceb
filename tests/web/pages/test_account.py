import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.conftest import PASSWORD, ClientOf

from lantian.assembly import make_workspace, open_workspace
from lantian.ledger import accounts
from lantian.ledger.chain import list_entries
from lantian.web.app import make_app
from lantian.web.doorkeeper import COOKIE


def cookie_line(answer) -> str:
    return next(line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{COOKIE}="))


def test_who_is_not_logged_in_is_led_to_the_form_and_back(own_web_client: ClientOf):
    browser = own_web_client(None)
    asked = browser.get("/account?a=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/account%3Fa%3D1")
    form = {"login": "t-duty", "password": PASSWORD, "next": "/account"}
    answer = browser.post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "HttpOnly" in cookie_line(answer)
    assert "SameSite=lax" in cookie_line(answer)
    assert "t-duty" in browser.get("/account").text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_login_never_leads_elsewhere(own_web_client: ClientOf, elsewhere: str):
    form = {"login": "t-duty", "password": PASSWORD, "next": elsewhere}
    assert own_web_client(None).post("/login", data=form).headers["location"] == "/"


def test_a_wrong_password_says_no_more_than_an_unknown_login(own_web_client: ClientOf):
    browser = own_web_client(None)
    answers = [
        browser.post("/login", data={"login": login, "password": "nothing like it"})
        for login in ("t-duty", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    texts = [re.sub(r't-duty|nobody|name="csrf" content="[^"]*"', "", answer.text) for answer in answers]
    assert texts[0] == texts[1]
    assert COOKIE not in browser.cookies


def test_a_name_with_markup_is_written_as_text(web_client: ClientOf):
    page = web_client("t-duty").get("/account").text
    assert "&lt;b&gt;t-duty&lt;/b&gt;" in page
    assert "<b>t-duty</b>" not in page


def test_logging_out_ends_the_session_on_the_server(own_web_client: ClientOf):
    browser = own_web_client("t-duty")
    secret = browser.cookies[COOKIE]
    assert browser.post("/logout").headers["location"] == "/login"
    browser.cookies.set(COOKIE, secret)
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_without_the_sessions_token_does_nothing(own_web_client: ClientOf, own_web_app, token: str | None):
    browser = own_web_client("t-duty")
    del browser.headers["X-CSRF-Token"]
    ledger = own_web_app.state.keeper.house.ledger
    before = len(list_entries(ledger, limit=10_000))
    form = {"old": PASSWORD, "new": "quite another long word"} | ({} if token is None else {"csrf": token})
    assert browser.post("/account/password", data=form).status_code == 403
    assert len(list_entries(ledger, limit=10_000)) == before
    assert browser.get("/account").status_code == 200


def test_the_form_field_of_the_page_is_taken(own_web_client: ClientOf):
    browser = own_web_client("t-duty")
    csrf = browser.headers.pop("X-CSRF-Token")
    form = {"old": PASSWORD, "new": "quite another long word", "csrf": csrf}
    assert browser.post("/account/password", data=form).status_code == 303
    assert browser.get("/account").status_code == 303, "every session of the old password is over"
    again = own_web_client(None).post("/login", data={"login": "t-duty", "password": "quite another long word"})
    assert again.status_code == 303


def test_a_form_of_another_site_is_refused(own_web_client: ClientOf):
    browser = own_web_client("t-duty")
    assert browser.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.get("/account").status_code == 200


def test_a_token_is_shown_once_and_works_within_its_scopes_only(own_web_client: ClientOf):
    browser = own_web_client("t-science")
    made = browser.post("/account/tokens", data={"name": "notebook", "days": "30", "scopes": ["read:air"]})
    token = re.search(r"lt_[A-Za-z0-9_-]{43}", made.text)
    assert token is not None
    assert token.group() not in browser.get("/account").text
    program = own_web_client(None)
    program.headers["Authorization"] = f"Bearer {token.group()}"
    assert program.get("/account").status_code == 403, "a page that declares no scope takes no token"
    assert "notebook" in browser.get("/account").text


def test_language_and_theme_are_kept_and_lead_back(web_client: ClientOf):
    browser = web_client("t-duty")
    chosen = browser.get("/language/zh_CN?back=/account")
    assert chosen.headers["location"] == "/account"
    browser.cookies.delete("lang")
    browser.cookies.set("lang", "zh_CN")
    assert 'lang="zh-CN"' in browser.get("/account").text
    assert browser.get("/theme/dark?back=//evil.example").headers["location"] == "/"
    assert browser.get("/language/xx").status_code == 404


def test_the_first_administrator_is_made_once_with_the_code_of_the_terminal(tmp_path: Path):
    house = make_workspace(tmp_path / "w", "shizuishan", simulated=True)
    code = accounts.first_code(house.ledger, at=datetime.now(UTC))
    app = make_app(house)
    browser = TestClient(app, follow_redirects=False)
    try:
        assert browser.get("/").headers["location"] == "/first"
        form = {"login": "boss", "name": "某某", "password": "quite a long word here"}
        assert browser.post("/first", data={**form, "code": "wrong"}).status_code == 400
        assert browser.post("/first", data={**form, "code": code, "password": "short"}).status_code == 400
        assert browser.post("/first", data={**form, "code": code}).headers["location"] == "/login"
        assert browser.post("/first", data={**form, "code": code}).status_code == 404
        answer = browser.post("/login", data={"login": "boss", "password": form["password"]})
        assert answer.headers["location"] == "/today"
    finally:
        app.state.keeper.close()


def test_a_closed_user_is_out_at_once(own_web_workspace: Path, own_web_client: ClientOf):
    from lantian.ledger.users import end_user

    browser = own_web_client("t-duty")
    house = open_workspace(own_web_workspace)
    end_user(house.ledger, "t-duty", by="admin", at=datetime.now(UTC))
    house.close()
    assert browser.get("/account").status_code == 303
