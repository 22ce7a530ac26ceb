"""Settings come from four places, and a password shows nowhere."""

from pathlib import Path

import pytest

from lantian.settings import (
    FILE_NAME,
    SECRETS_NAME,
    Settings,
    add_secret,
    read_settings,
    settings_with_sources,
    write_secrets,
    write_settings,
)
from lantian.terms.errors import CallerError

URL = "postgresql://lantian:hush-hush@db.example:5433/city?sslmode=require"
SHOWN = "postgresql://lantian:***@db.example:5433/city?sslmode=require"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_settings(tmp_path, Settings(city="changzhi", simulated=True))
    write_secrets(tmp_path, None)
    return tmp_path


def said(folder: Path) -> tuple[object, str]:
    return next(
        (value, source) for name, value, source, _ in settings_with_sources(folder) if name == "ledger_url"
    )


def test_without_a_database_the_ledger_is_a_file(folder: Path):
    assert read_settings(folder).ledger_url is None
    assert said(folder) == (None, "default")


def test_a_database_stands_in_the_secrets_and_is_shown_without_its_password(folder: Path):
    write_secrets(folder, URL)
    settings = read_settings(folder)
    assert settings.ledger_url is not None
    assert settings.ledger_url.get_secret_value() == URL
    assert said(folder) == (SHOWN, str(folder / SECRETS_NAME))
    assert "hush" not in repr(settings)
    assert (folder / SECRETS_NAME).stat().st_mode & 0o077 == 0


def test_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch):
    write_secrets(folder, URL)
    monkeypatch.setenv("LANTIAN_LEDGER_URL", "postgresql://other@/place?password=hush")
    assert said(folder) == ("postgresql://other@/place", "LANTIAN_LEDGER_URL")


def test_a_password_is_never_written_into_the_settings_file(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANTIAN_LEDGER_URL", URL)
    write_settings(folder, Settings(city="changzhi", simulated=True))
    assert "ledger_url" not in (folder / FILE_NAME).read_text("utf-8")


def test_a_database_without_a_password_may_stand_in_the_settings_file(folder: Path):
    add(folder / FILE_NAME, 'ledger_url = "postgresql://lantian@/city?host=/run/postgresql"')
    assert said(folder) == ("postgresql://lantian@/city?host=/run/postgresql", str(folder / FILE_NAME))


def add(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (FILE_NAME, f'ledger_url = "{URL}"'),
        (FILE_NAME, 'ledger_url = "postgresql://lantian@/city?password=hush-hush"'),
        (FILE_NAME, 'ledger_url = "mysql://lantian:hush-hush@db/city"'),
        (SECRETS_NAME, 'ledger_url = "mysql://lantian:hush-hush@db/city"'),
        (SECRETS_NAME, 'ledger_url = "postgresql://lantian:hush-hush@db:port/city"'),
        (SECRETS_NAME, 'colour = "hush-hush"'),
        (SECRETS_NAME, "ledger_url = 3"),
    ],
)
def test_what_is_refused_is_refused_without_repeating_the_password(folder: Path, file: str, line: str):
    add(folder / file, line)
    with pytest.raises(CallerError) as caught:
        read_settings(folder)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert file in str(caught.value) or "secrets" in str(caught.value)


def test_secrets_that_others_can_read_are_refused(folder: Path):
    write_secrets(folder, URL)
    (folder / SECRETS_NAME).chmod(0o644)
    with pytest.raises(CallerError, match="chmod 600"):
        read_settings(folder)


def test_a_client_secret_stands_in_the_secrets_alone(folder: Path):
    with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write('oidc_client_secret = "hush-hush"\n')
    with pytest.raises(CallerError, match="oidc_client_secret") as refused:
        read_settings(folder)
    assert "hush" not in str(refused.value)


def test_a_workspace_that_gets_its_secret_keeps_the_others(folder: Path):
    (folder / SECRETS_NAME).write_text(f'ledger_url = "{URL}"\noidc_client_secret = "hush-hush"\n', "utf-8")
    assert add_secret(folder, "00ff")
    assert not add_secret(folder, "11ee")
    held = read_settings(folder)
    secrets = (held.ledger_url, held.oidc_client_secret, held.workspace_secret)
    assert [None if each is None else each.get_secret_value() for each in secrets] == [URL, "hush-hush", "00ff"]
    assert "hush" not in repr(settings_with_sources(folder))


@pytest.mark.parametrize("issuer", ["https://id.example", "https://id.example/realm", "http://127.0.0.1:8080/x"])
def test_a_login_service_speaks_tls_or_stands_on_this_machine(issuer: str):
    assert Settings(oidc_issuer=issuer).oidc_issuer == issuer


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "id.example", "https://", "https://id.example?a=1", "http://127.0.0.1.example"]
)
def test_another_login_service_is_refused(folder: Path, issuer: str):
    with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(f'oidc_issuer = "{issuer}"\n')
    with pytest.raises(CallerError, match="oidc_issuer"):
        read_settings(folder)
