"""`lantian init` and `lantian settings`."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import lantian.cities
from lantian.assembly import open_workspace
from lantian.terms.errors import HouseError


@pytest.mark.parametrize("city", ["changzhi", "shizuishan"])
def test_init_makes_a_whole_workspace_of_measured_data(ask, tmp_path: Path, city: str):
    folder = tmp_path / "w"
    code, out, _ = ask("init", "-w", folder, "--city", city)
    assert code == 0
    assert "real data" in out
    held = {path.name for path in folder.iterdir()}
    assert held >= {"lantian.toml", "secrets", "city", "lake", "ledger.db", "files", "exports"}
    assert (folder / "secrets").stat().st_mode & 0o077 == 0
    house = open_workspace(folder)
    assert (house.city.key, house.settings.simulated) == (city, False)
    house.close()


def test_packaged_cities_are_listed(ask):
    assert ask("init", "--list")[1].split() == ["changzhi", "shizuishan"]


def test_a_workspace_is_never_made_over_another(ask, tmp_path: Path):
    assert ask("init", "-w", tmp_path / "w")[0] == 0
    code, _, err = ask("init", "-w", tmp_path / "w")
    assert code == 2
    assert "already a workspace" in err
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine", "utf-8")
    assert "is not empty" in ask("init", "-w", tmp_path / "full")[2]
    assert (tmp_path / "full" / "letter.txt").read_text("utf-8") == "mine"


def test_an_unknown_city_leaves_no_folder(ask, tmp_path: Path):
    code, _, err = ask("init", "-w", tmp_path / "w", "--city", "atlantis")
    assert code == 2
    assert "changzhi" in err
    assert not (tmp_path / "w").exists()


def test_a_folder_that_is_no_workspace_says_how_to_make_one(ask, tmp_path: Path):
    code, _, err = ask("evaluate", "-w", tmp_path)
    assert code == 2
    assert "lantian init" in err


def test_city_and_kind_are_for_ever(ask, tmp_path: Path):
    folder = tmp_path / "w"
    ask("init", "-w", folder)
    file = folder / "lantian.toml"
    file.write_text(file.read_text("utf-8").replace("simulated = false", "simulated = true"), "utf-8")
    with pytest.raises(HouseError, match="for ever"):
        open_workspace(folder)
    code, _, err = ask("evaluate", "-w", folder)
    assert code == 1
    assert "Our fault" in err


def test_each_setting_says_where_it_comes_from(ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "w"
    ask("init", "-w", folder)
    monkeypatch.setenv("LANTIAN_LOCK_WAIT_SECONDS", "3")
    code, out, _ = ask("settings", "-w", folder, "--json")
    said = {row["setting"]: row for row in json.loads(out)}
    assert code == 0
    assert said["lock_wait_seconds"]["value"] == 3.0
    assert said["lock_wait_seconds"]["source"] == "LANTIAN_LOCK_WAIT_SECONDS"
    assert said["city"]["source"].endswith("lantian.toml")
    assert said["import_max_rows"]["source"] == "default"
    assert all(row["meaning"] for row in said.values())


@pytest.mark.parametrize(
    ("line", "said"),
    [("colour = 'red'", "colour"), ("lock_wait_seconds = -1", "lock_wait"), ("= 3", "not valid TOML")],
)
def test_a_broken_setting_is_named(ask, tmp_path: Path, line: str, said: str):
    folder = tmp_path / "w"
    ask("init", "-w", folder)
    with (folder / "lantian.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    code, _, err = ask("settings", "-w", folder)
    assert code == 2
    assert said in err


def test_a_city_of_ones_own_moves_with_its_workspace(ask, tmp_path: Path):
    source = tmp_path / "my city"
    shutil.copytree(Path(lantian.cities.__path__[0]) / "shizuishan", source)
    assert ask("init", "-w", tmp_path / "w", "--city", source)[0] == 0
    shutil.rmtree(source)
    moved = shutil.move(tmp_path / "w", tmp_path / "elsewhere")
    house = open_workspace(Path(moved))
    assert (house.city.adcode, len(house.city.counties), house.settings.city) == ("640200", 3, "own")
    assert house.rulebook.rule_set(date(2026, 3, 1), house.choice).evaluation.reason
    house.close()
