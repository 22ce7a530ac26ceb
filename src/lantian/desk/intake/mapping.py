"""A saved column mapping: which column of a kind of file means what, in which unit, at which edge of the hour."""

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lantian.desk.paper.whole import whole_file
from lantian.terms.errors import CallerError

Unit = Literal["µg/m³", "mg/m³", "ppb", "ppm", "1"]
Edge = Literal["start", "end"]
NAME = re.compile(r"^[a-z0-9][a-z0-9_\-]{0,63}$")


class Part(BaseModel):
    """Frozen, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeColumns(Part):
    """Where the hour stands and what its label means."""

    column: str | None = None
    """Column with date and hour together."""
    date_column: str | None = None
    """Column with the date alone, with `hour_column`."""
    hour_column: str | None = None
    """Column with the hour 0 … 24."""
    format: str | None = None
    """strftime pattern; left out, the usual forms are read."""
    edge: Edge
    """Whether the stamp is the start or the end of the averaging hour; 24:00 exists only for ends."""

    @model_validator(mode="after")
    def _one_way(self) -> "TimeColumns":
        together = self.column is not None
        apart = self.date_column is not None and self.hour_column is not None
        if together == apart:
            msg = "name either `column`, or `date_column` and `hour_column`"
            raise ValueError(msg)
        return self

    @field_validator("format")
    @classmethod
    def _readable(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                pl.Series(["x"]).str.strptime(pl.Datetime("us"), pattern, strict=False)
            except pl.exceptions.ComputeError as error:
                msg = f"{pattern!r} is no pattern for a time of day and date: {str(error).splitlines()[0]}"
                raise ValueError(msg) from error
        return pattern

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the file that are needed."""
        return tuple(name for name in (self.column, self.date_column, self.hour_column) if name is not None)


class StationColumn(Part):
    """Which station a row belongs to."""

    column: str | None = None
    fixed: str | None = None
    """Code of the one station of the whole file."""
    codes: dict[str, str] = Field(default_factory=dict)
    """Name in the file → station code; a name that is not here stays as it is."""

    @model_validator(mode="after")
    def _one_way(self) -> "StationColumn":
        if (self.column is None) == (self.fixed is None):
            msg = "name either `column` or `fixed`"
            raise ValueError(msg)
        return self


class ValueColumn(Part):
    """A number that becomes a target column."""

    column: str
    unit: Unit | None = None
    """Unit in the file; left out, it is the target's own."""
    flags: str | None = None
    """Column with the flags of this value."""


class TextColumn(Part):
    """Words that become a target column, from a column or always the same."""

    column: str | None = None
    fixed: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    """Word in the file → word of the lake; a word that is not here stays as it is."""

    @model_validator(mode="after")
    def _one_way(self) -> "TextColumn":
        if (self.column is None) == (self.fixed is None):
            msg = "name either `column` or `fixed`"
            raise ValueError(msg)
        return self


class Mapping(Part):
    """How one kind of table file is read (列对应关系).

    Examples
    --------
    >>> Mapping(
    ...     name="county",
    ...     time=TimeColumns(column="时间", edge="end"),
    ...     station=StationColumn(column="点位"),
    ...     values={"pm25": ValueColumn(column="PM2.5", unit="mg/m³")},
    ... ).values["pm25"].unit
    'mg/m³'
    """

    name: Annotated[str, Field(pattern=NAME.pattern)]
    title: str = ""
    """What kind of file this is for, in the words of the office."""
    time: TimeColumns
    station: StationColumn
    values: dict[str, ValueColumn]
    """Target column → where its number stands."""
    texts: dict[str, TextColumn] = Field(default_factory=dict)
    """Target column → where its words stand: ``stage``, ``state``, ``source`` …"""
    flags: str | None = None
    """One column whose flags concern every value of the row."""
    flag_codes: dict[str, str] = Field(default_factory=dict)
    """Word of a flag in the file → code of the flag rule, for instance ``故障`` → ``B``."""
    flags_in_cells: bool = False
    """Whether flags stand before or behind the number in its own cell, such as ``H 12`` or ``12(RM)``."""
    missing: tuple[str, ...] = ()
    """Marks for “no value” beyond the usual dashes and words, for instance ``-999``."""
    versions: Literal["keep", "last", "refuse"] = "keep"
    """Several rows of one station and hour: kept in their order as revisions, only the last, or all refused."""
    header_rows: int | None = Field(default=None, ge=0, le=2)
    encoding: str | None = None
    sheet: str | None = None

    def source_columns(self) -> dict[str, str]:
        """Column of the file → what it is needed for."""
        needed = dict.fromkeys(self.time.columns, "time")
        if self.station.column is not None:
            needed[self.station.column] = "station"
        for target, value in self.values.items():
            needed[value.column] = target
            if value.flags is not None:
                needed[value.flags] = f"{target}_flags"
        for target, text in self.texts.items():
            if text.column is not None:
                needed[text.column] = target
        if self.flags is not None:
            needed[self.flags] = "flags"
        return needed


def save_mapping(mapping: Mapping, folder: Path) -> Path:
    """Write a mapping as ``NAME.toml`` into a folder, usually ``city/mappings`` of the workspace."""
    path = folder / f"{mapping.name}.toml"
    with whole_file(path) as temporary:
        temporary.write_text(to_toml(mapping), encoding="utf-8", newline="\n")
    return path


def load_mapping(name: str, folders: Sequence[Path]) -> Mapping:
    """Read a saved mapping by name; the first folder that has it wins.

    Raises
    ------
    CallerError
        When there is none of this name, or its file is wrong.
    """
    if not NAME.match(name):
        raise CallerError(
            "{name!r} is no name of a mapping: small letters, digits, - and _ only, at most 64.",
            name=name,
        )
    for folder in folders:
        path = folder / f"{name}.toml"
        if path.is_file():
            return _read(path)
    known = ", ".join(list_mappings(folders)) or "none is saved yet"
    raise CallerError(
        "No mapping {name!r}; known: {known}. Save one with its name, or let it be proposed from the file.",
        name=name,
        known=known,
    )


def list_mappings(folders: Sequence[Path]) -> tuple[str, ...]:
    """Names of the saved mappings, sorted."""
    return tuple(sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.toml")}))


def _read(path: Path) -> Mapping:
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallerError(
            "{path} cannot be read as TOML: {error}. Mend that line, or save the mapping again.",
            path=path,
            error=error,
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CallerError(
            "{path}: {place} is wrong: {value} (given: {value_2!r}). Mend it; see docs/intake.md.",
            path=path,
            place=place,
            value=first["msg"],
            value_2=first["input"],
        ) from error


def to_toml(mapping: Mapping) -> str:
    """Write a mapping as TOML that people can edit; `load_mapping` reads it back the same.

    Examples
    --------
    >>> print(to_toml(Mapping(name="a", time=TimeColumns(column="t", edge="end"),
    ...     station=StationColumn(fixed="1727A"), values={"so2": ValueColumn(column="SO2")})))
    name = "a"
    versions = "keep"
    <BLANKLINE>
    [time]
    column = "t"
    edge = "end"
    <BLANKLINE>
    [station]
    fixed = "1727A"
    <BLANKLINE>
    [values]
    so2 = { column = "SO2" }
    <BLANKLINE>
    """
    plain = mapping.model_dump(mode="json", exclude_none=True)
    head = {key: value for key, value in plain.items() if not isinstance(value, dict)}
    if not mapping.flags_in_cells:
        head.pop("flags_in_cells")
    lines = [f"{key} = {_value(value)}" for key, value in head.items() if value not in ("", [])]
    for key in ("time", "station", "values", "texts", "flag_codes"):
        table = plain[key]
        if table:
            lines += [
                "",
                f"[{key}]",
                *(f"{_key(name)} = {_value(value)}" for name, value in table.items() if value != {}),
            ]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """One TOML value; the strings of JSON are basic strings of TOML but for the character DEL."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(name)} = {_value(part)}" for name, part in value.items() if part != {})
        return f"{{ {inner} }}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return name if re.match(r"^[A-Za-z0-9_-]+$", name) else _value(name)
