"""Which process runs something, and whether it is still there."""

import os
import socket
from pathlib import Path

_STARTED = 19
"""Place of the start time in what /proc says after the process's name."""


def this_worker() -> str:
    """Name this process so that no other one ever has the same name on this host."""
    pid = os.getpid()
    return f"{socket.gethostname()}/{pid}/{_started(pid) or 0}"


def is_gone(worker: str) -> bool:
    """Whether a process of this host has ended; of another host nobody can tell.

    Examples
    --------
    >>> is_gone(this_worker())
    False
    """
    host, pid, started = worker.rsplit("/", 2)
    if host != socket.gethostname():
        return False
    now = _started(int(pid))
    if now is not None:
        return str(now) != started
    return not _answers(int(pid))


def _started(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None where nobody says so."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    return int(said.rpartition(")")[2].split()[_STARTED])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
