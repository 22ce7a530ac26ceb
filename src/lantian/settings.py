"""One typed settings class: ``LANTIAN_*`` variables, then the workspace's ``lantian.toml``, then defaults."""

import os
import tomllib
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lantian.terms.errors import CallerError
from lantian.terms.words import mark

FILE_NAME = "lantian.toml"


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
    lock_wait_seconds: float = Field(
        default=60.0, ge=0, description=mark("How long a writer waits for another one. [s]")
    )
    import_max_bytes: int = Field(
        default=2_000_000_000, gt=0, description=mark("Largest file an import accepts. [B]")
    )
    import_max_rows: int = Field(default=50_000_000, gt=0, description=mark("Most rows an import accepts."))
    import_max_columns: int = Field(default=5_000, gt=0, description=mark("Most columns an import accepts."))
    rejects_shown: int = Field(default=10, ge=0, description=mark("How many rejected rows an import prints."))

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
    """Read the settings of a workspace folder; without ``lantian.toml`` they are defaults and environment."""
    path = workspace / FILE_NAME
    try:
        held = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        return Settings(**held)
    except tomllib.TOMLDecodeError as fault:
        raise CallerError(
            "{path} is not valid TOML: {fault}. Mend the line or restore the file.",
            path=path,
            fault=fault,
        ) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise CallerError(
            "Setting {name!r} in {path} or LANTIAN_{upper} is not acceptable: {value}. See `lantian "
            "settings` for every setting and its meaning.",
            name=name,
            path=path,
            upper=name.upper(),
            value=first["msg"],
        ) from fault


def write_settings(workspace: Path, settings: Settings) -> None:
    """Write ``lantian.toml`` with what differs from the defaults, and the city and kind always."""
    lines = ["# Settings of this workspace; every other one has its default: see `lantian settings`."]
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if name in {"city", "simulated"} or value != field.default:
            lines += ["", f"# {field.description}", f"{name} = {_toml(value)}"]
    (workspace / FILE_NAME).write_text("\n".join(lines) + "\n", "utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def settings_with_sources(workspace: Path) -> list[tuple[str, object, str, str]]:
    """List every setting as (name, value, where it comes from, meaning)."""
    settings = read_settings(workspace)
    path = workspace / FILE_NAME
    held = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    rows: list[tuple[str, object, str, str]] = []
    for name, field in Settings.model_fields.items():
        variable = f"LANTIAN_{name.upper()}"
        source = variable if variable in os.environ else str(path) if name in held else "default"
        rows.append((name, getattr(settings, name), source, field.description or ""))
    return rows
