"""One typed settings class: ``LANTIAN_*`` variables, then the workspace's ``secrets`` and ``lantian.toml``."""

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lantian.terms.errors import CallerError
from lantian.terms.words import mark

FILE_NAME = "lantian.toml"
SECRETS_NAME = "secrets"
"""File of the workspace, readable by its owner alone, for settings that hold a password."""
_DATABASES = ("postgresql", "postgres")
_HIDDEN = "***"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRETS = ("workspace_secret", "oidc_client_secret")
"""Settings that stand in the file of secrets alone; `ledger_url` may stand elsewhere without its password."""


class Settings(BaseSettings):
    """Every setting of a workspace, with its meaning."""

    model_config = SettingsConfigDict(env_prefix="LANTIAN_", extra="forbid", frozen=True)

    city: str = Field(
        default="changzhi",
        description=mark("Packaged city by its key; own: its files stand in city/ of the workspace."),
    )
    simulated: bool = Field(
        default=False,
        description=mark("Whether everything in this workspace is simulated; fixed when it is made."),
    )
    ledger_url: SecretStr | None = Field(
        default=None,
        description=mark(
            "Database of the ledger, postgresql://user@host/name; without it the file ledger.db. With a "
            "password it stands in the file secrets."
        ),
    )
    workspace_secret: SecretStr | None = Field(
        default=None,
        description=mark(
            "What keys of devices are sealed with in the ledger; made with the workspace, kept in the file "
            "secrets. Without it they cannot be read."
        ),
    )
    oidc_issuer: str | None = Field(
        default=None,
        description=mark(
            "Login service of the office (OpenID Connect), https://…; without it people log in by password alone."
        ),
    )
    oidc_client_id: str | None = Field(
        default=None, description=mark("Name under which that service knows this workspace.")
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description=mark("Password of this workspace at that service; kept in the file secrets.")
    )
    oidc_claim: str = Field(
        default="preferred_username",
        min_length=1,
        description=mark("Claim of that service that names a person as an administrator linked them."),
    )
    file_max_bytes: int = Field(
        default=200_000_000, gt=0, description=mark("Largest file that is kept as evidence. [B]")
    )
    inbox: str = Field(
        default="inbox", description=mark("Folder where files are dropped, within the workspace unless absolute.")
    )
    inbox_settle_seconds: float = Field(
        default=10.0, gt=0, description=mark("How long a dropped file has to stand still before it is taken. [s]")
    )
    inbox_keep_days: int = Field(
        default=30, ge=0, description=mark("How long taken files stay in the folder .done of the inbox. [d]")
    )
    journal_archive_days: int | None = Field(
        default=None,
        gt=0,
        description=mark("Age from which `lantian gateway journal archive` puts segments away; unset: never. [d]"),
    )
    aermod: Path | None = Field(
        default=None,
        description=mark("Executable of AERMOD for regulatory cross-checks; it is not part of Lantian."),
    )
    lock_wait_seconds: float = Field(
        default=60.0, ge=0, description=mark("How long a writer waits for another one. [s]")
    )
    import_max_bytes: int = Field(
        default=2_000_000_000, gt=0, description=mark("Largest file an import accepts. [B]")
    )
    import_max_rows: int = Field(default=50_000_000, gt=0, description=mark("Most rows an import accepts."))
    import_max_columns: int = Field(default=5_000, gt=0, description=mark("Most columns an import accepts."))
    rejects_shown: int = Field(default=10, ge=0, description=mark("How many rejected rows an import prints."))

    @field_validator("oidc_issuer")
    @classmethod
    def _is_a_login_service(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if value is not None and not (safe and parts.hostname and not parts.query and not parts.fragment):
            msg = "a login service is written https://host/path; http is taken on loopback only"
            raise ValueError(msg)
        return value

    @field_validator("ledger_url")
    @classmethod
    def _is_a_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and _parts(value.get_secret_value()) is None:
            msg = "a database is written postgresql://user@host/name"
            raise ValueError(msg)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which arrives as keyword arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def read_settings(workspace: Path) -> Settings:
    """Read the settings of a workspace folder; without its files they are defaults and environment."""
    path = workspace / FILE_NAME
    held, hidden = _toml_file(path), _secrets(workspace)
    if str(held.get("ledger_url", "")) != shown(SecretStr(str(held.get("ledger_url", "")))):
        raise CallerError(
            "{path} holds a password, and others can read it. Move the line ledger_url to {secrets}, which only "
            "you can read, and change the password.",
            path=path,
            secrets=workspace / SECRETS_NAME,
        )
    for name in _SECRETS:
        if name in held:
            raise CallerError(
                "{path} holds the secret {name}, and others can read it. Move that line to {secrets}, which only "
                "you can read.",
                path=path,
                name=name,
                secrets=workspace / SECRETS_NAME,
            )
    try:
        return Settings(**{**held, **hidden})
    except ValidationError as fault:
        first = fault.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise CallerError(
            "Setting {name!r} in {path} or LANTIAN_{upper} is not acceptable: {value}. See `lantian "
            "settings` for every setting and its meaning.",
            name=name,
            path=workspace / SECRETS_NAME if name in hidden else path,
            upper=name.upper(),
            value=first["msg"],
        ) from None  # the fault quotes the value, which may be a password


def _secrets(workspace: Path) -> dict[str, Any]:
    path = workspace / SECRETS_NAME
    held = _toml_file(path)
    if held and path.stat().st_mode & 0o077:
        raise CallerError(
            "{path} holds secrets, and others can read it. Make it yours alone: chmod 600.", path=path
        )
    return held


def _toml_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as fault:
        raise CallerError(
            "{path} is not valid TOML: {fault}. Mend the line or restore the file.",
            path=path,
            fault=fault,
        ) from fault


def _parts(url: str) -> SplitResult | None:
    """Split the URL of a database; None where it is none."""
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme.split("+")[0] in _DATABASES and parts.path.strip("/") and parts.port != 0
    except ValueError:
        return None
    return parts if known else None


def shown(value: object) -> object:
    """Return a setting's value as it may be shown: a database without its password.

    Examples
    --------
    >>> shown(SecretStr("postgresql://lantian:hush@db.example/city"))
    'postgresql://lantian:***@db.example/city'
    """
    if not isinstance(value, SecretStr):
        return value
    parts = _parts(value.get_secret_value())
    if parts is None:
        return _HIDDEN if value else ""
    user, _, place = parts.netloc.rpartition("@")
    name = user.split(":")[0]
    hidden = f"{name}:{_HIDDEN}@{place}" if ":" in user else parts.netloc
    query = "&".join(part for part in parts.query.split("&") if not part.lower().startswith("password"))
    return parts._replace(netloc=hidden, query=query).geturl()


def write_settings(workspace: Path, settings: Settings) -> None:
    """Write ``lantian.toml`` with what differs from the defaults, and the city and kind always."""
    lines = ["# Settings of this workspace; every other one has its default: see `lantian settings`."]
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):  # where it came from keeps it
            continue
        if name in {"city", "simulated"} or value != field.default:
            lines += ["", f"# {field.description}", f"{name} = {_toml(value)}"]
    (workspace / FILE_NAME).write_text("\n".join(lines) + "\n", "utf-8")


def write_secrets(workspace: Path, ledger_url: str | None, workspace_secret: str | None = None) -> None:
    """Write the ``secrets`` file of a workspace, readable by its owner alone."""
    _write_secrets(workspace, {"ledger_url": ledger_url, "workspace_secret": workspace_secret})


def _write_secrets(workspace: Path, held: dict[str, Any]) -> None:
    path = workspace / SECRETS_NAME
    path.touch(mode=0o600)
    path.chmod(0o600)
    lines = (f"{name} = {_toml(value)}\n" for name, value in held.items() if value is not None)
    path.write_text("".join(lines), "utf-8")


def add_secret(workspace: Path, workspace_secret: str) -> bool:
    """Give a workspace that has none its secret; say whether it had none."""
    if read_settings(workspace).workspace_secret is not None:
        return False
    _write_secrets(workspace, {**_secrets(workspace), "workspace_secret": workspace_secret})
    return True


def check_database(url: str) -> None:
    """Refuse what is not the URL of a database, without repeating it: it may hold a password."""
    if _parts(url) is None:
        raise CallerError("That is not the URL of a database. Write it as postgresql://user@host/name.")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def settings_with_sources(workspace: Path) -> list[tuple[str, object, str, str]]:
    """List every setting as (name, value, where it comes from, meaning)."""
    settings = read_settings(workspace)
    path, secrets = workspace / FILE_NAME, workspace / SECRETS_NAME
    held, hidden = _toml_file(path), _secrets(workspace)
    rows: list[tuple[str, object, str, str]] = []
    for name, field in Settings.model_fields.items():
        variable = f"LANTIAN_{name.upper()}"
        places = ((variable, variable in os.environ), (str(secrets), name in hidden), (str(path), name in held))
        source = next((place for place, settled in places if settled), "default")
        rows.append((name, shown(getattr(settings, name)), source, field.description or ""))
    return rows
