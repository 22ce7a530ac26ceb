"""Logs are JSON lines in files that stay small, and hold no secret."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lantian.serving import logs


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Any]:
    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in (tmp_path / "logs" / "test.jsonl").read_text("utf-8").splitlines()]

    before = logging.getLogger().handlers[:]
    with logs.logged(tmp_path, "test", terminal=logging.CRITICAL):
        yield read
    assert logging.getLogger().handlers == before


def test_a_record_is_one_line_with_time_weight_and_fields(lines: Any):
    logs.log("lantian.test").info("run_done", rows=3, what="evaluate")
    [line] = lines()
    assert (line["event"], line["rows"], line["level"], line["logger"]) == ("run_done", 3, "info", "lantian.test")
    assert line["timestamp"].endswith("Z")


def test_records_of_libraries_and_faults_stand_there_too(lines: Any):
    logging.getLogger("uvicorn.error").warning("peer %s is gone", "10.0.0.1")
    try:
        int("password=hush")
    except ValueError:
        logs.log("lantian.test").exception("run_failed")
    first, second = lines()
    assert first["event"] == "peer 10.0.0.1 is gone"
    assert "ValueError" in second["exception"]
    assert "hush" not in json.dumps(second)


@pytest.mark.parametrize(
    "said",
    [
        "postgresql://lantian:hush@db/city cannot be reached",
        "QN=20260301;PW=hush;MN=A",
        "GET /oidc?code=hush&state=x",
        "Authorization: Bearer hush",
    ],
)
def test_a_secret_within_a_text_is_hidden(lines: Any, said: str):
    logs.log("lantian.test").warning(said)
    assert "hush" not in json.dumps(lines())


@pytest.mark.parametrize(
    "name", ["password", "secret", "api_key", "token", "csrf", "cookie", "first_code", "authorization"]
)
def test_a_field_that_is_called_like_a_secret_is_hidden(lines: Any, name: str):
    logs.log("lantian.test").warning("said", **{name: "hush"})
    assert lines()[0][name] == "***"


def test_a_file_is_begun_anew_before_it_grows_and_few_are_kept(lines: Any, tmp_path: Path):
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.handlers.RotatingFileHandler)
    assert (handler.maxBytes, handler.backupCount) == (logs.MOST_BYTES, logs.KEPT_FILES)
    handler.maxBytes = 1_000
    for number in range(100):
        logs.log("lantian.test").info("line", number=number)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["test.jsonl", *(f"test.jsonl.{number}" for number in range(1, logs.KEPT_FILES + 1))]
