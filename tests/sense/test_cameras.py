from datetime import timedelta

import pytest

from lantian.loop.sense.cameras import CameraContent, list_cameras, note_looks, register_camera, retire_camera
from lantian.terms.errors import CallerError

GATE = CameraContent("cam-1", "Gate", "stack-1", "https://example.invalid/cam-1.jpg", 113.1, 36.2)


def test_a_camera_without_looks_has_no_rate(centre) -> None:
    register_camera(centre, GATE, by="office")
    [row] = list_cameras(centre)
    assert (row.id, row.place, row.online_rate, row.snapshot) == (
        "cam-1", "stack-1", None, "https://example.invalid/cam-1.jpg",
    )  # fmt: skip


def test_online_rate_counts_looks_of_the_window_and_shows_the_newest_picture(centre) -> None:
    register_camera(centre, GATE, by="office")
    now = centre.now()
    looks = [
        ("cam-1", now - timedelta(days=20), True, ""),
        ("cam-1", now - timedelta(hours=3), True, "a.jpg"),
        ("cam-1", now - timedelta(hours=2), True, "b.jpg"),
        ("cam-1", now - timedelta(hours=1), False, ""),
    ]
    assert note_looks(centre, looks) == 4
    [row] = list_cameras(centre)
    assert (row.looks, row.online, row.online_rate) == (3, 2, pytest.approx(2 / 3))
    assert row.snapshot == "b.jpg"
    assert row.last_online == now - timedelta(hours=2)


def test_the_same_look_twice_is_one(centre) -> None:
    register_camera(centre, GATE, by="office")
    look = ("cam-1", centre.now() - timedelta(hours=1), True, "")
    assert note_looks(centre, [look, look]) == 1
    assert note_looks(centre, [look]) == 0


def test_a_retired_camera_is_not_listed(centre) -> None:
    register_camera(centre, GATE, by="office")
    register_camera(centre, GATE, by="office", state="retired")
    assert list_cameras(centre) == []


def test_looks_at_unknown_cameras_are_refused_whole(centre) -> None:
    register_camera(centre, GATE, by="office")
    with pytest.raises(CallerError, match="no camera"):
        note_looks(centre, [("cam-1", centre.now(), True, ""), ("cam-2", centre.now(), True, "")])
    assert list_cameras(centre)[0].looks == 0


def test_a_camera_needs_a_place_and_who_registers_it(centre) -> None:
    with pytest.raises(CallerError, match="place"):
        register_camera(centre, CameraContent("cam-2", "x", " ", ""), by="office")


def test_retiring_needs_a_reason_and_a_registered_camera(centre) -> None:
    register_camera(centre, GATE, by="office")
    with pytest.raises(CallerError, match="reason"):
        retire_camera(centre, "cam-1", reason=" ", by="office")
    retire_camera(centre, "cam-1", reason="mast taken down", by="office")
    assert list_cameras(centre) == []
    with pytest.raises(CallerError, match="no registered camera"):
        retire_camera(centre, "cam-1", reason="again", by="office")
