"""Reads a grid in a process of its own: a damaged file may hang or fell the C libraries, never us with them."""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from lantian.loop.sense.doors.grids import Grid, Wanted
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a reader may use."""

    seconds: float = 300.0
    bytes: int = 6 << 30
    """Address space of the process."""


def read_apart(read: Callable[[Wanted], Grid], wanted: Wanted, bounds: Bounds | None = None) -> Grid:
    """Run a reader of grids in a process of its own.

    Raises
    ------
    CallerError
        The reader refused the file, took too long, or died of it.
    """
    allowed = bounds or Bounds()
    context = get_context("spawn")  # a fork would inherit the locks of our threads
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(read, wanted, allowed.bytes, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(allowed.seconds):
            raise CallerError(
                "{name} was read for {seconds:g} s without end: it is damaged or far too large. Fetch it again, "
                "or cut it to the city; nothing was taken in.",
                name=wanted.given.name,
                seconds=allowed.seconds,
            )
        answer = ours.recv()
    except (EOFError, ConnectionError) as error:
        child.join()
        raise CallerError(
            "{name} felled its reader (exit {code}): it is damaged, or needs more than {most:,} bytes. Fetch it "
            "again; nothing was taken in.",
            name=wanted.given.name,
            code=child.exitcode,
            most=allowed.bytes,
        ) from error
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    if isinstance(answer, Grid):
        return answer
    message, values = answer
    raise CallerError(message, **values)


def _answer(read: Callable[[Wanted], Grid], wanted: Wanted, most: int, door: Connection) -> None:
    """Read, and send the grid or the words of the refusal; a death is seen by the other side."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        door.send(read(wanted))
    except CallerError as error:
        door.send((error.message, {name: _plain(value) for name, value in error.values.items()}))
    door.close()


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) else str(value)
