"""Structured logs: JSON lines into a bounded file a process, human lines to the terminal, secrets in neither."""

import logging
import logging.handlers
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

MOST_BYTES = 10_000_000
"""Of one file, before the next one is begun. [B]"""
KEPT_FILES = 5
_HIDDEN = "***"
_SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|^pw$|secret|token|cookie|authori[sz]ation|csrf|api_?key|^key$|code$"
)
_SECRET_TEXT = re.compile(
    r"(?P<head>://[^\s/:@]+:)[^\s@]+(?=@)"
    r"|(?P<name>\b(?:PW|password|secret|token|csrf|code)=)[^\s;&]+"
    r"|(?P<mark>\b(?:Bearer\s+|lt_))[A-Za-z0-9._~+/=-]+",
    re.IGNORECASE,
)
_QUIET = ("apscheduler", "uvicorn.access", "asyncio", "alembic", "fontTools", "matplotlib")


def set_up(folder: Path, name: str, *, terminal: int = logging.WARNING) -> None:
    """Send every record of this process to ``logs/<name>.jsonl``, and those of weight to the terminal.

    Parameters
    ----------
    folder : Path
        Of the workspace.
    name : str
        Of the process.
    terminal : int
        Least weight of what is shown on the terminal.
    """
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    file = logging.handlers.RotatingFileHandler(
        folder / "logs" / f"{name}.jsonl", maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
    )
    lines = structlog.processors.JSONRenderer(ensure_ascii=False)
    file.setFormatter(_formatter(shared, [structlog.processors.format_exc_info, hide_secrets, lines]))
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(terminal)
    screen.setFormatter(_formatter(shared, [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]))
    root = logging.getLogger()
    root.handlers[:] = [file, screen]
    root.setLevel(logging.INFO)
    for each in _QUIET:
        logging.getLogger(each).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


@contextmanager
def logged(folder: Path, name: str, *, terminal: int = logging.WARNING) -> Iterator[None]:
    """Log within a block as `set_up` says, and as before after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up(folder, name, terminal=terminal)
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def log(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger by name."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def hide_secrets(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put stars where a secret stands, by the name of its field or by what a text looks like.

    Examples
    --------
    >>> hide_secrets(None, "info", {"event": "postgresql://me:hush@host/x", "password": "hush", "rows": 3})
    {'event': 'postgresql://me:***@host/x', 'password': '***', 'rows': 3}
    """
    return {
        name: _HIDDEN if _SECRET_NAMES.search(name) and name != "event" else _cleaned(value)
        for name, value in record.items()
    }


def _cleaned(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _SECRET_TEXT.sub(lambda found: next(filter(None, found.groups())) + _HIDDEN, value)


def _formatter(shared: list[Any], last: list[Any]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
