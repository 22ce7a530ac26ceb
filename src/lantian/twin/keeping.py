"""What is costly to make of a simulated city is made once and kept (模拟结果缓存)."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import lantian
from lantian.twin.field import Air
from lantian.twin.making import Making

SHARED = "LANTIAN_TWIN_CACHE"
"""Environment variable: folder in which the air of simulated cities is kept for all workspaces."""
_USUAL = date(2025, 1, 1)
_EDITION = 2
"""Another number where the twin itself changes, so that nothing old is taken for new."""


def air_of(making: Making, folder: Path, progress: Callable[[float], None] = lambda _share: None) -> Air:
    """Return the air of a making at all stations of its city, from what is kept where it is.

    Parameters
    ----------
    making : Making
        Which city, stretch, seed and level.
    folder : Path
        Workspace; the air is kept in its ``twin/cache``, or where `SHARED` says.
    """
    kept = _kept(folder)
    path = kept / f"air-{_key(making)}.npz"
    if path.exists():
        try:
            with path.open("rb") as source, np.load(source, allow_pickle=False) as held:
                return _unpacked(held)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            path.unlink(missing_ok=True)  # half a file of a killed program: made again
    settle(making, folder)
    air = making.air(progress=progress)
    kept.mkdir(parents=True, exist_ok=True)
    part = kept / f".{path.name}.{os.getpid()}"
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **_packed(air))
    part.replace(path)
    return air


def settle(making: Making, folder: Path) -> None:
    """Tell a making what comes from beyond its city, from what is kept where it is: it takes a while to find.

    Parameters
    ----------
    making : Making
        Which city, stretch, seed and level.
    folder : Path
        As in `air_of`.
    """
    kept = _kept(folder)
    drawn = not making.shift and making.events_given is None
    asked = replace(making, first=_USUAL, last=_USUAL) if drawn else making  # then the stretch does not matter
    path = kept / f"beyond-{_key(asked)}.txt"
    try:
        making.__dict__["beyond"] = float.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        kept.mkdir(parents=True, exist_ok=True)
        part = kept / f".{path.name}.{os.getpid()}"
        part.write_text(making.beyond.hex(), "ascii")
        part.replace(path)


def _kept(folder: Path) -> Path:
    return Path(os.environ.get(SHARED) or folder / "twin" / "cache")


def _key(making: Making) -> str:
    said = (
        lantian.__version__, _EDITION, making.city.key, repr(making.city.stations), repr(making.book),
        making.rule.id, making.first, making.last, making.seed, making.level_pm25, making.stopped,
        making.events_given, sorted(making.shift.items()), making.extra, making.beyond_given,
    )  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()[:24]


def _packed(air: Air) -> dict[str, np.ndarray]:
    return {
        "stations": np.array(air.stations),
        "groups": np.array(air.groups),
        "first": np.array(air.first),
        "value": air.value,
        "voc": air.voc,
        **{f"by_{key}": array for key, array in air.contributions.items()},
    }


def _unpacked(held: "np.lib.npyio.NpzFile") -> Air:
    return Air(
        stations=tuple(str(each) for each in held["stations"]),
        first=int(held["first"]),
        value=held["value"],
        voc=held["voc"],
        groups=tuple(str(each) for each in held["groups"]),
        contributions={name.removeprefix("by_"): held[name] for name in held.files if name.startswith("by_")},
    )
