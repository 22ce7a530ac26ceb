"""Station hours by the door: an interrupted file is told as what it did, and each kind knows its own files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lantian.assembly import House, make_workspace
from lantian.gateway.kinds import ambient_kind, file_door
from lantian.loop.sense.doors.records import Given
from lantian.terms.errors import CallerError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
HEAD = "station,hour_start,so2,no2,co,o3,pm10,pm25\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "workspace", "shizuishan", simulated=True, now=lambda: NOW)
    yield made
    made.close()


def given(folder: Path, text: str, **more: object) -> Given:
    path = folder / "hours.csv"
    path.write_text(text, "utf-8")
    digest = sha256(path.read_bytes()).hexdigest()
    return Given(path, "hours.csv", digest, NOW, "http", **{"simulated": True, **more})  # type: ignore[arg-type]


def test_what_an_interrupted_attempt_did_is_told_again(house: House, tmp_path: Path):
    station = house.city.stations[0].code
    file = given(
        tmp_path, HEAD + f"{station},2026-03-01 08:00,1,2,0.3,4,5,6\n9999A,2026-03-01 08:00,1,2,0.3,4,5,6\n"
    )
    kind = ambient_kind(house)
    first, again = (kind.take(house.centre(), file) for _ in range(2))
    assert (first.written, again.written) == (1, 1)
    assert again.reports[0].rows_rejected == first.reports[0].rows_rejected == 1
    assert again.rejects == first.rejects
    assert all(path.is_file() for path in again.rejects)
    assert house.lake.read("ambient_hours", latest=False).height == 1


def test_a_sender_that_is_not_simulated_needs_a_column(house: House, tmp_path: Path):
    with pytest.raises(CallerError, match="do not say that they are simulated"):
        ambient_kind(house).take(
            house.centre(), given(tmp_path, HEAD + "a,2026-03-01 08:00,1,2,0.3,4,5,6\n", simulated=None)
        )


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("a.csv", HEAD + "a,b,1,1,1,1,1,1\n", ["ambient_hours"]),
        ("a.csv", "outlet,factor,period,start,value\n1,2,3,4,5\n", ["source_readings"]),
        ("a.csv", "用电点位,MN,监测时间,读数\n1,2,3,4\n", ["power_readings"]),
        ("a.csv", "this is,nothing\n1,2\n", []),
        ("a.csv", "", []),
        ("a.pdf", "%PDF-1.4", []),
    ],
)
def test_of_all_kinds_the_right_one_knows_a_file(house: House, name: str, text: str, known: list[str]):
    kinds = file_door(house).kinds
    assert [kind.key for kind in kinds if kind.recognises(name, text.encode())] == known
    assert len({kind.key for kind in kinds}) == len(kinds)
