"""A file is written whole or not at all: beside its place first, then moved there in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lantian.terms.errors import HouseError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it becomes `path` when the block ends well.

    Parameters
    ----------
    path : Path
        File to make or replace; its folder is made if absent.

    Raises
    ------
    HouseError
        When the disk refuses; what stood at `path` is untouched.
    """
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise HouseError(
            "{path} could not be written: {error}. Make room, close the file elsewhere or choose "
            "another folder; nothing was changed there.",
            path=path,
            error=error,
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
