"""How the programs of a served workspace stand: each writes a small file, and health is read from them."""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lantian.desk.jobs.workers import is_gone

RUN_FOLDER = Path("logs", "run")
"""Where those files lie in a workspace."""
SERVE, WORKER = "serve", "worker"
WORKER_SILENT_SECONDS = 120.0
"""A worker that has not looked for work for so long does not work."""
_WRITER_FILE = Path("journal", "writer.json")


def tell(folder: Path, name: str, said: Mapping[str, Any]) -> None:
    """Write how a program stands, whole or not at all; a full disk is no reason to end."""
    place = folder / RUN_FOLDER
    fresh = place / f"{name}.json.{os.getpid()}"
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({**said, "at": time.time()}), "utf-8")
        fresh.replace(place / f"{name}.json")


def told(folder: Path, name: str) -> dict[str, Any] | None:
    """Read how a program stands; None where it never said so."""
    try:
        held = json.loads((folder / RUN_FOLDER / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a served workspace stands; public, so it says no name and no path."""

    ok: bool
    processes: Mapping[str, str]
    """Process → running, waiting or stopped."""
    lake_writable: bool
    worker_age: float | None
    """Since the worker looked for work; None where there is none. [s]"""
    journal_age: float | None
    """Since the journal was moved into the lake; None where it never was. [s]"""

    def said(self) -> dict[str, Any]:
        """Return it as JSON wants it."""
        return {
            "ok": self.ok,
            "processes": dict(self.processes),
            "lake_writable": self.lake_writable,
            "worker_age_seconds": self.worker_age,
            "journal_age_seconds": self.journal_age,
        }


def standing(folder: Path) -> Standing:
    """Say how a workspace stands, from its files alone: cheap enough to be asked by anybody, any time."""
    now = time.time()
    serve, worker = told(folder, SERVE), told(folder, WORKER)
    alive = serve is not None and not is_gone(serve["worker"])
    processes = {} if serve is None else {name: str(row["state"]) for name, row in serve["children"].items()}
    if not alive:
        processes = dict.fromkeys(processes, "stopped")
    worker_age = None if worker is None else _age(now, worker["at"])
    works = "worker" not in processes or (worker_age is not None and worker_age < WORKER_SILENT_SECONDS)
    writable = os.access(folder / "lake", os.W_OK)
    return Standing(
        ok=writable and works and all(state == "running" for state in processes.values()),
        processes=processes,
        lake_writable=writable,
        worker_age=worker_age,
        journal_age=_modified(folder / _WRITER_FILE, now),
    )


def _modified(file: Path, now: float) -> float | None:
    try:
        return _age(now, file.stat().st_mtime)
    except OSError:
        return None


def _age(now: float, at: float) -> float:
    return round(max(0.0, now - at), 1)
