import json
from pathlib import Path

import pytest

from lantian.assembly import make_workspace, open_workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jobs") / "w"
    make_workspace(folder, "shizuishan", simulated=True).close()
    return folder


@pytest.fixture
def run_id(workspace: Path):
    house = open_workspace(workspace)
    made = house.jobs.request("verify", "asked", {"n": 1}, by="chief")
    yield made
    card = house.jobs.find_run(made)
    if card is not None and card.state == "ready":
        house.jobs.cancel(made, "test")
    house.close()


def test_runs_are_listed_in_the_reader_s_words(ask, workspace: Path, run_id: str) -> None:
    code, out, _ = ask("jobs", "list", "-w", workspace)
    assert code == 0
    assert "decisions and frames proved" in out
    assert "waiting" in out
    assert "chief" in out


def test_programs_get_rows_of_one_kind_and_state(ask, workspace: Path, run_id: str) -> None:
    code, out, _ = ask("jobs", "list", "--what", "verify", "--state", "ready", "--json", "-w", workspace)
    assert code == 0
    assert [row["id"] for row in json.loads(out)["rows"]] == [run_id]
    code, out, _ = ask("jobs", "list", "--what", "hour", "--json", "-w", workspace)
    assert json.loads(out) == {"rows": []}
    code, _, said = ask("jobs", "list", "--state", "odd", "-w", workspace)
    assert code == 2
    assert "is none of" in said


def test_a_run_is_shown_stopped_and_tried_again(ask, workspace: Path, run_id: str) -> None:
    code, out, _ = ask("jobs", "show", run_id[-12:], "-w", workspace)
    assert code == 0
    assert (json.loads(out)["state"], json.loads(out)["inputs"]) == ("ready", {"n": 1})
    assert ask("jobs", "cancel", run_id, "--by", "duty", "-w", workspace)[0] == 0
    code, _, said = ask("jobs", "cancel", run_id, "-w", workspace)
    assert code == 2
    assert "nothing to stop" in " ".join(said.split())
    code, out, _ = ask("jobs", "retry", run_id, "--by", "duty", "-w", workspace)
    assert code == 0
    code, out, _ = ask("jobs", "list", "--state", "ready", "--json", "-w", workspace)
    [row] = json.loads(out)["rows"]
    assert (row["retries"], row["attempt"], row["requested_by"]) == (run_id, 2, "duty")
    assert ask("jobs", "cancel", row["id"], "--by", "duty", "-w", workspace)[0] == 0


def test_an_id_that_nobody_has_is_told(ask, workspace: Path) -> None:
    code, _, said = ask("jobs", "show", "ffffffff", "-w", workspace)
    assert code == 2
    assert "0 of the newest runs" in " ".join(said.split())
