import json
from pathlib import Path

import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.loop.evaluate.events import list_dust, withdraw_dust

DAYS = "50"  # from 12 March 2026: a spring dust event lies in it


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from lantian.cli.frame import run
    from lantian.desk.language import translation

    folder = tmp_path_factory.mktemp("run") / "w"
    arguments = ["run", "-w", str(folder), "--city", "shizuishan", "--days", DAYS, "--quiet"]
    assert run(arguments, translation("en")) == 0
    return folder


def versions(folder: Path) -> dict[str, int]:
    house = open_workspace(folder)
    found = {name: house.lake.version(name) for name in ("ambient_hours", "daily_index", "rankings")}
    house.close()
    return found


def test_empty_folder_ends_with_a_judged_simulated_city_and_two_reports(made: Path) -> None:
    house = open_workspace(made)
    assert house.settings.simulated
    assert house.lake.read("ambient_hours").get_column("simulated").all()
    assert {event.approved_by for event in list_dust(house.ledger)} == {"simulation"}
    assert all("simulated" in event.reason for event in list_dust(house.ledger))
    house.close()
    assert 'lang="zh-CN"' in (made / "exports" / "report.html").read_text("utf-8")
    assert 'lang="en"' in (made / "exports" / "report.en.html").read_text("utf-8")


def test_second_run_changes_nothing_says_so_and_prints_the_picture(ask, made: Path) -> None:
    before = versions(made)
    code, out, _ = ask("run", "-w", made, "--days", DAYS)
    assert code == 0
    assert versions(made) == before
    assert "Nothing changed" in out
    assert "AQI" in out
    assert "SIMULATED data" in out
    assert "Good days this year" in out
    assert "PM₂.₅ mean this year" in out
    assert "annual limit 30" in out
    assert "Dawukou" in out  # the ranking
    assert "April 2026" in out  # the calendar
    assert "report.en.html" in out
    assert "lantian why" in out


def test_withdrawn_dust_is_not_approved_again_and_the_days_are_put_back(ask, made: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    house = open_workspace(copy)
    event = list_dust(house.ledger)[0]
    withdraw_dust(house.ledger, event.id, reason="not dust after all", by="test", now=house.now)
    house.close()
    code, out, _ = ask("run", "-w", copy, "--days", DAYS, "--quiet")
    assert code == 0
    assert "rows new or changed" in out
    house = open_workspace(copy)
    assert event.id not in {one.id for one in list_dust(house.ledger)}
    assert (event.code, event.period) not in {(one.code, one.period) for one in list_dust(house.ledger)}
    house.close()


def test_workspace_of_real_data_is_refused_and_left_alone(ask, tmp_path: Path) -> None:
    make_workspace(tmp_path / "real", "shizuishan", simulated=False).close()
    code, _, err = ask("run", "-w", tmp_path / "real")
    assert code == 2
    assert "never mixed" in " ".join(err.split())
    assert versions(tmp_path / "real") == {"ambient_hours": -1, "daily_index": -1, "rankings": -1}


def test_workspace_of_another_city_is_refused(ask, made: Path) -> None:
    code, _, err = ask("run", "-w", made, "--city", "changzhi")
    assert code == 2
    assert "a workspace of shizuishan" in " ".join(err.split())


def test_a_program_is_told_what_was_made(ask, made: Path) -> None:
    code, out, _ = ask("run", "-w", made, "--days", DAYS, "--json")
    said = json.loads(out)
    assert code == 0
    assert (said["city"], said["simulated"], said["hours_simulated"]) == ("shizuishan", True, 0)
    assert all(Path(report).exists() for report in said["reports"])


# ------------------------------------------------------------------------------------------------- the plan


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city that has a plan of its own, with a few days of air."""
    from lantian.cli.frame import run
    from lantian.desk.language import translation

    folder = tmp_path_factory.mktemp("run") / "changzhi"
    arguments = ["run", "-w", str(folder), "--city", "changzhi", "--days", "2", "--live", "1", "--quiet"]
    assert run(arguments, translation("en")) == 0
    return folder


def test_a_city_with_sources_comes_alive_over_tcp(governed: Path) -> None:
    """Past in bulk, one hour through gateway and journal, files through the door, an inventory, a sealed truth."""
    from lantian.twin.sealing import list_sealed

    house = open_workspace(governed)
    try:
        rows = house.lake.read("source_readings", latest=False)
        heard = rows.filter(rows["origin"].str.contains(r"^\d+:\d+$"))
        assert rows["simulated"].all()
        assert heard["outlet"].n_unique() > 350
        assert heard["period_start"].n_unique() == 1
        assert heard["period_start"].min() == rows["period_start"].max()
        counts = house.lake.row_counts()
        for table in ("weather_hours", "species_hours", "micro_hours", "power_readings", "inventory_emissions"):
            assert counts[table] > 0, table
        assert {one.kind for one in list_sealed(governed)} >= {"air", "incidents", "contributions"}
    finally:
        house.close()


def test_a_run_puts_the_citys_own_plan_in_force_and_says_how_it_stands(ask, governed: Path) -> None:
    said = json.loads(ask("run", "-w", governed, "--days", "2", "--live", "0", "--json")[1])["plan"]
    assert (said["key"], said["state"], said["fresh"], said["measures"]) == (
        "changzhi-2024",
        "in_force",
        False,
        40,
    )
    code, out, _ = ask("run", "-w", governed, "--days", "2", "--live", "0")
    assert code == 0
    assert "Action Plan for Continuous Improvement" in out
    assert "in force" in out
    assert "● Overdue" in out
    assert "plan status" in out
    rows = json.loads(ask("audit", "entries", "-w", governed, "--kind", "plan.", "--json")[1])["rows"]
    assert {row["actor"] for row in rows} == {"simulation"}


def test_a_document_becomes_a_draft_beside_the_plan_in_force_once(ask, governed: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(governed, tmp_path / "copy"))
    text = "长治市2026年扬尘方案\n\n一、重点任务\n1.治理扬尘。(市住建局牵头)\n2.治理堆场。(市城管局牵头)\n"
    (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
    arguments = ("run", "-w", copy, "--days", "2", "--live", "0", "--quiet", "--document", tmp_path / "plan.txt")
    said = json.loads(ask(*arguments, "--json")[1])["plan"]
    assert (said["state"], said["fresh"], said["measures"]) == ("draft", True, 2)
    assert json.loads(ask(*arguments, "--json")[1])["plan"]["fresh"] is False
    shown = json.loads(ask("plan", "show", "-w", copy, "--json")[1])["plans"]
    assert sorted(row["state"] for row in shown) == ["draft", "in_force"]


def test_a_run_tells_what_a_new_document_brought_and_what_to_do_next(ask, governed: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(governed, tmp_path / "copy"))
    (tmp_path / "plan.txt").write_text(
        "长治市扬尘方案\n\n一、重点任务\n1.治理扬尘。(市住建局牵头)\n", encoding="utf-8"
    )
    code, out, _ = ask(
        "run", "-w", copy, "--days", "2", "--live", "0", "--quiet", "--document", tmp_path / "plan.txt"
    )
    assert code == 0
    assert "is in the ledger as a draft" in out
    assert "lantian plan confirm" in out


def test_a_document_that_is_not_there_stops_the_run_before_it_costs_anything(ask, tmp_path: Path) -> None:
    code, _, err = ask(
        "run", "-w", tmp_path / "w", "--days", "2", "--live", "0", "--document", tmp_path / "absent.txt"
    )
    assert code == 2
    assert "absent.txt" in err
    assert not (tmp_path / "w").exists()


def test_a_city_without_a_plan_has_none(ask, made: Path) -> None:
    assert json.loads(ask("run", "-w", made, "--days", DAYS, "--json")[1])["plan"] is None
