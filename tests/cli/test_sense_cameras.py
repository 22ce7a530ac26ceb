import json
from pathlib import Path

from lantian.assembly import open_workspace
from lantian.ledger.models import Entry


def add(ask, folder: Path, camera: str = "cam-1", **options: object):
    more = [part for name, value in options.items() for part in (f"--{name}", value)]
    return ask(
        "sense", "cameras", "add", camera, "--place", "stack-1", "--by", "office", "--snapshot",
        "https://example.invalid/1.jpg", "-w", folder, *more,
    )  # fmt: skip


def listed(ask, folder: Path):
    code, out, _ = ask("sense", "cameras", "list", "--json", "-w", folder)
    assert code == 0
    return json.loads(out)["rows"]


def test_a_camera_is_added_looked_at_and_listed_with_its_rate(ask, writable_workspace: Path) -> None:
    assert add(ask, writable_workspace, longitude=106.4, latitude=39.0)[0] == 0
    look = ("sense", "cameras", "look", "cam-1", "-w", writable_workspace)
    assert ask(*look, "--snapshot", "https://example.invalid/2.jpg")[0] == 0
    assert ask(*look, "--offline")[0] == 0
    [row] = listed(ask, writable_workspace)
    assert (row["camera"], row["name"], row["place"], row["looks"]) == ("cam-1", "cam-1", "stack-1", 2)
    assert row["online_percent"] == 50
    assert row["snapshot"] == "https://example.invalid/2.jpg"
    code, out, _ = ask("sense", "cameras", "list", "-w", writable_workspace)
    assert code == 0
    assert "50.0" in out


def test_the_same_look_is_noted_once(ask, writable_workspace: Path) -> None:
    add(ask, writable_workspace)
    look = ("sense", "cameras", "look", "cam-1", "--at", "2026-03-20T05:00", "-w", writable_workspace)
    assert "Noted" in ask(*look)[1]
    assert "before" in ask(*look)[1]


def test_a_closed_camera_leaves_the_list_and_its_reason_stays(ask, writable_workspace: Path) -> None:
    add(ask, writable_workspace)
    close = ("sense", "cameras", "close", "cam-1", "--by", "office", "-w", writable_workspace)
    assert ask(*close, "--reason", "mast taken down")[0] == 0
    assert listed(ask, writable_workspace) == []
    code, _, error = ask(*close, "--reason", "again")
    assert code == 2
    assert "no registered camera 'cam-1'" in error
    house = open_workspace(writable_workspace)
    try:
        with house.ledger.read() as session:
            said = [row.payload for row in session.query(Entry).filter(Entry.kind == "camera.retired")]
    finally:
        house.close()
    assert len(said) == 1
    assert "mast taken down" in said[0]


def test_a_look_at_an_unknown_camera_and_a_nameless_office_are_refused(ask, writable_workspace: Path) -> None:
    code, _, error = ask("sense", "cameras", "look", "cam-9", "-w", writable_workspace)
    assert code == 2
    assert "cam-9" in error
    code, _, error = ask("sense", "cameras", "add", "c", "--place", "p", "--by", " ", "-w", writable_workspace)
    assert code == 2
    assert "name of who registers" in error


def test_an_empty_list_teaches_the_next_step_in_both_languages(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask("sense", "cameras", "list", "-w", simulated_workspace)
    assert code == 0
    assert "cameras add" in out
    assert ask("sense", "cameras", "list", "-w", simulated_workspace, language="zh")[0] == 0
