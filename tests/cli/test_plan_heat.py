"""`lantian plan admission heat`: which standing boilers have to go. Plants are invented."""

import json
from pathlib import Path

import pytest

PLANT = "虚构大热电:300:113.0:36.0"
HEADS = "序号,名称,县区,数量,状态,经度,纬度,坐标系"


@pytest.fixture
def boilers(ask, own_plan: Path, tmp_path: Path) -> Path:
    """The workspace with a small boiler near, a large one near and a large one far away."""
    path = tmp_path / "b.csv"
    for key, rows in {
        "small-boilers": ["1,虚构小炉,潞州区,35,推进中,113.0,36.2,CGCS2000"],
        "heat-radius-boilers": [
            "1,虚构近炉,潞州区,75,推进中,113.0,36.1,CGCS2000",
            "2,虚构远炉,潞州区,75,推进中,113.0,36.5,CGCS2000",
        ],
    }.items():
        path.write_text("\n".join([HEADS, *rows]), "utf-8")
        code, out, err = ask("plan", "projects", key, "--import", path, "--today", "2024-06-01", "-w", own_plan)
        assert code == 0, out + err
    return own_plan


def test_boilers_are_told_by_distance_and_by_what_they_have_to_go_for(ask, boilers: Path):
    arguments = ("plan", "admission", "heat", "--plant", PLANT, "--today", "2024-06-01", "-w", boilers)
    rows = json.loads(ask(*arguments, "--json")[1])["boilers"]
    assert [(row["name"], row["inside"], row["must_go"]) for row in rows] == [
        ("虚构近炉", True, ["heat_radius"]),
        ("虚构小炉", True, ["heat_radius", "small"]),
        ("虚构远炉", False, []),
    ]
    assert rows[0]["distance"] == pytest.approx(11.1, abs=0.05)
    code, out, _ = ask(*arguments)
    assert code == 0
    assert "3 boilers stand, 2 of them have to go" in out
    assert "虚构小炉" in ask(*arguments, language="zh_CN")[1]


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        ("虚构大热电:300", "four parts"),
        ("虚构大热电:much:113:36", "capacity"),
        ("虚构大热电:300:213:36", "longitude"),
        (":300:113:36", "name"),
    ],
)
def test_a_plant_that_cannot_be_is_refused(ask, boilers: Path, plant: str, says: str):
    code, _, err = ask("plan", "admission", "heat", "--plant", plant, "-w", boilers)
    assert code == 2
    assert says in " ".join(err.split())


def test_without_boilers_the_lists_to_import_are_named(ask, plan_workspace: Path):
    code, _, err = ask("plan", "admission", "heat", "--plant", PLANT, "-w", plan_workspace)
    assert code == 2
    assert "small-boilers" in err
    assert ask("plan", "admission", "heat", "-w", plan_workspace)[0] == 2
