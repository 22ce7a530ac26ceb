"""The truth of a simulated city, kept aside and sealed: later judgements are scored against it (模拟真值).

It lies beside the lake and not in it, so that no room can read it by mistake. The chain of decisions holds the
hash of each file, and each opening with its reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from lantian.ledger import Ledger, append_entry
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.pollutants import BASIC
from lantian.twin.field import Air
from lantian.twin.making import Making
from lantian.twin.sources import Works
from lantian.twin.stacks import true_emission

FOLDER = Path("twin") / "truth"
MANIFEST = "manifest.json"
_LEAST = 0.005
"""Contributions below this are left out of the table. [ug m-3]"""
KINDS = ("incidents", "events", "air", "contributions", "emissions")
"""What is kept: what went wrong; episodes and dust; true hours of stations; what brought them; true emissions."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One file of the truth."""

    kind: str
    file: str
    rows: int
    sha256: str


def truth_frames(making: Making, air: Air) -> dict[str, pl.DataFrame]:
    """Return the truth of a stretch as tables, by kind."""
    axis = making.sky.weather.axis[making.hours]
    days = axis.dt.date().gather_every(24)
    return {
        "incidents": _incidents(making),
        "events": pl.DataFrame(
            [
                {"kind": each.kind, "first": each.first, "last": each.last, "strength": each.strength}
                for each in making.events
                if each.last >= axis[0] and each.first <= axis[-1]
            ],
            schema={
                "kind": pl.String,
                "first": _instant(making),
                "last": _instant(making),
                "strength": pl.Float64,
            },
        ),
        "air": pl.concat(
            [
                pl.DataFrame({"hour_start": axis, **{p.value: air.value[n, row] for row, p in enumerate(BASIC)}})
                .with_columns(station=pl.lit(code))
                .select("station", "hour_start", *(p.value for p in BASIC))
                for n, code in enumerate(air.stations)
            ]
        ),
        "contributions": pl.concat([_contributions(air, key, days) for key in air.contributions]),
        "emissions": _emissions(making, making.works, days),
    }


def _instant(making: Making) -> pl.Datetime:
    return pl.Datetime("us", str(making.city.zone))


def _incidents(making: Making) -> pl.DataFrame:
    begin, end = making.sky.weather.axis[making.hours.start], making.sky.weather.axis[making.hours.stop - 1]
    rows = [
        {
            "kind": each.kind, "pattern": each.pattern, "subject": each.subject, "first": each.first,
            "last": each.last, "details": json.dumps(dict(each.details), sort_keys=True),
        }
        for each in making.incidents
        if each.last >= begin and each.first <= end
    ]  # fmt: skip
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "kind": pl.String, "pattern": pl.String, "subject": pl.String, "first": _instant(making),
        "last": _instant(making), "details": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _contributions(air: Air, key: str, days: pl.Series) -> pl.DataFrame:
    """One row per day, station and group that brought anything worth a number."""
    frames = []
    for place, station in enumerate(air.stations):
        given = air.contributions[key]
        wide = pl.DataFrame({name: given[n, place] for n, name in enumerate(air.groups[: len(given)])})
        wide = wide.insert_column(0, days.alias("day"))
        long = wide.unpivot(index="day", variable_name="group", value_name="value").filter(
            pl.col("value") > _LEAST
        )
        frames.append(long.with_columns(station=pl.lit(station), pollutant=pl.lit(key)))
    return pl.concat(frames).select("day", "station", "pollutant", "group", pl.col("value").cast(pl.Float32))


def _emissions(making: Making, works: Works, days: pl.Series) -> pl.DataFrame:
    """Return the true emission of each stack on each day [kg]."""
    frames = []
    for _, stack in making.catalogue.stacks:
        given = true_emission(stack, works.flues[stack.code])
        daily = {key: series[making.hours].reshape(-1, 24).sum(axis=1) for key, series in given.items()}
        frames.append(
            pl.DataFrame({"day": days, **daily})
            .unpivot(index="day", variable_name="pollutant", value_name="kg")
            .filter(pl.col("kg") > 0.0)
            .with_columns(stack=pl.lit(stack.code))
        )
    return pl.concat(frames).select("day", "stack", "pollutant", pl.col("kg").cast(pl.Float32))


# ---------------------------------------------------------------------------------------------- seal and opening


def seal(
    workspace: Path, ledger: Ledger, frames: Mapping[str, pl.DataFrame], *, at: datetime
) -> tuple[Sealed, ...]:
    """Write the truth beside the lake and its hashes into the chain; the same truth twice is sealed once."""
    folder = workspace / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Sealed] = []
    for kind, frame in sorted(frames.items()):
        path = folder / f"{kind}.parquet"
        frame.write_parquet(path)
        made.append(Sealed(kind, path.name, frame.height, sha256(path.read_bytes()).hexdigest()))
    text = json.dumps([_plain(each) for each in made], indent=1)
    manifest = folder / MANIFEST
    if manifest.exists() and manifest.read_text("utf-8") == text:
        return tuple(made)
    manifest.write_text(text, "utf-8")
    with ledger.write() as session:
        append_entry(
            session, at=at, actor="twin", kind="twin.sealed", subject="truth",
            payload={"files": [_plain(each) for each in made]},
        )  # fmt: skip
    return tuple(made)


def _plain(each: Sealed) -> dict[str, Any]:
    return {"kind": each.kind, "file": each.file, "rows": each.rows, "sha256": each.sha256}


def list_sealed(workspace: Path) -> tuple[Sealed, ...]:
    """Return what is sealed, whole or not.

    Raises
    ------
    CallerError
        Nothing was sealed here.
    HouseError
        The list cannot be read.
    """
    manifest = workspace / FOLDER / MANIFEST
    if not manifest.exists():
        raise CallerError(
            "{folder} holds no truth of a simulated city. Build one with `lantian twin run`.", folder=workspace
        )
    try:
        return tuple(Sealed(**each) for each in json.loads(manifest.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise HouseError(
            "{path} cannot be read ({error}). Build the simulated city again.", path=manifest, error=error
        ) from error


def open_truth(workspace: Path, ledger: Ledger, kind: str, *, by: str, reason: str, at: datetime) -> pl.DataFrame:
    """Open one table of the truth, with a reason that the chain keeps.

    Raises
    ------
    CallerError
        There is no such table, or no reason.
    HouseError
        The file is not the one that was sealed.
    """
    if not reason.strip():
        raise CallerError("The truth is opened for a reason. Say which, for instance: scoring of a method.")
    found = {each.kind: each for each in list_sealed(workspace)}
    if kind not in found:
        raise CallerError(
            "The truth has no table {kind}. It has: {kinds}.", kind=kind, kinds=", ".join(sorted(found))
        )
    path = workspace / FOLDER / found[kind].file
    content = path.read_bytes()
    if sha256(content).hexdigest() != found[kind].sha256:
        raise HouseError(
            "{path} is not the file that was sealed. Build the simulated city again in a new workspace.", path=path
        )
    with ledger.write() as session:
        append_entry(
            session, at=at, actor=by, kind="twin.opened", subject=f"truth:{kind}", payload={"reason": reason}
        )
    return pl.read_parquet(content)
