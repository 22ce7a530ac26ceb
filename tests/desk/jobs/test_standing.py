import json
from pathlib import Path

import pytest

from lantian.desk.jobs.standing import RUN_FOLDER, SERVE, WORKER, WORKER_SILENT_SECONDS, standing, tell, told
from lantian.desk.jobs.workers import this_worker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lake").mkdir()
    return tmp_path


def serve(folder: Path, **states: str) -> None:
    children = {name: {"state": state, "pid": 1, "starts": 1} for name, state in states.items()}
    tell(folder, SERVE, {"worker": this_worker(), "children": children})


def age(folder: Path, name: str, seconds: float) -> None:
    path = folder / RUN_FOLDER / f"{name}.json"
    said = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**said, "at": said["at"] - seconds}), "utf-8")


def test_all_that_runs_is_well(folder: Path):
    serve(folder, web="running", worker="running")
    tell(folder, WORKER, {"doing": ""})
    found = standing(folder)
    assert found.ok
    assert found.processes == {"web": "running", "worker": "running"}
    assert found.lake_writable
    assert found.journal_age is None


def test_a_process_that_died_is_not_well(folder: Path):
    serve(folder, web="running", gateway="waiting")
    assert not standing(folder).ok


def test_a_worker_that_looks_for_nothing_is_not_well(folder: Path):
    serve(folder, worker="running")
    tell(folder, WORKER, {"doing": ""})
    age(folder, WORKER, WORKER_SILENT_SECONDS + 1)
    assert not standing(folder).ok


def test_what_a_supervisor_said_that_is_gone_holds_no_more(folder: Path):
    tell(folder, SERVE, {"worker": this_worker()[:-1] + "x", "children": {"web": {"state": "running"}}})
    assert standing(folder).processes == {"web": "stopped"}
    assert not standing(folder).ok


def test_a_file_that_is_no_status_is_none(folder: Path):
    assert told(folder, SERVE) is None
    (folder / RUN_FOLDER).mkdir(parents=True)
    (folder / RUN_FOLDER / "serve.json").write_text("[]", "utf-8")
    assert told(folder, SERVE) is None


def test_health_says_no_path_and_no_number_of_a_process(folder: Path):
    serve(folder, web="running")
    assert str(folder) not in json.dumps(standing(folder).said())
    assert "pid" not in json.dumps(standing(folder).said())
