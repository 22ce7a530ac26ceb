import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.loop.explain.editions import Opened, open_edition
from lantian.loop.explain.keeping import keep_book
from lantian.loop.explain.running import compute
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source

COAL = {"sulphur": 0.01, "ash": 0.25, "capacity": 300.0}


def book() -> Book:
    boiler = Activity("combustion.power.coal.pulverised", 500_000.0, "t", 1.05, COAL)
    devices = (Control("bag_filter"), Control("limestone_gypsum"))
    plant = Source(
        "P1", "一号电厂", "140406", "point", (Process("B1", boiler, "一号炉", devices),), longitude=113.23,
        latitude=36.33, simulated=True,
    )  # fmt: skip
    homes = Activity("combustion.residential.coal.bituminous", 10_000.0, "t", 1.5)
    area = Source("H1", "民用散煤", "140403", "area", (Process("1", homes),), simulated=True)
    return Book("2024", 2024, (area, plant), (Measured("P1", "nox", "permit", 700.0),))


@pytest.fixture(scope="session")
def inventory_workspace(tmp_path_factory) -> Path:
    """Changzhi with a computed inventory of 2024; to read only."""
    folder = tmp_path_factory.mktemp("inventory") / "changzhi"
    house = make_workspace(folder, "changzhi", simulated=True)
    try:
        study = house.study()
        open_edition(study, Opened("2024", 2024, "office", "test"))
        keep_book(study, book(), origin="test")
        compute(study, house.jobs, "2024")
    finally:
        house.close()
    return folder


@pytest.fixture
def own(inventory_workspace, tmp_path) -> Path:
    """Return a copy that a test may write."""
    return Path(shutil.copytree(inventory_workspace, tmp_path / "own"))


def test_book_goes_out_comes_in_is_computed_and_explained(ask, own, tmp_path):
    file = tmp_path / "book.xlsx"
    assert ask("inventory", "template", file, "-w", own)[0] == 0
    code, said, _ = ask(
        "inventory", "new", "2025", "--year", 2025, "--by", "office", "--reason", "yearly", "-w", own
    )
    assert (code, "The edition 2025 of 2025 is open." in said) == (0, True)
    code, said, _ = ask("inventory", "import", "2025", file, "-w", own, "--json")
    taken = json.loads(said)
    assert (code, taken["kept"], taken["written"]["inventory_sources"]) == (0, True, 2)
    code, said, _ = ask("inventory", "run", "2025", "-w", own, "--json")
    done = json.loads(said)
    assert (code, done["sources"]) == (0, 2)
    assert {row["pollutant"] for row in done["totals"]} >= {"so2", "nox", "pm25", "co2"}
    code, said, _ = ask("inventory", "diff", "2024", "2025", "-p", "so2", "-w", own, "--json")
    assert (code, json.loads(said)["sum"]["difference"]) == (0, 0.0)
    assert ask("inventory", "close", "2025", "--by", "office", "--reason", "final", "-w", own)[0] == 0
    code, said, _ = ask("inventory", "list", "-w", own, "--json")
    assert [(row["key"], row["state"]) for row in json.loads(said)["rows"]] == [
        ("2024", "draft"),
        ("2025", "closed"),
    ]
    code, _, fault = ask("inventory", "run", "2025", "-w", own)
    assert code == 2
    assert "was closed on" in fault


def test_rolled_forward_edition_grows_and_the_difference_says_so(ask, own):
    rolled = (
        "inventory",
        "new",
        "2025",
        "--year",
        2025,
        "--from",
        "2024",
        "--by",
        "o",
        "--reason",
        "r",
        "-w",
        own,
    )
    assert ask(*rolled, "--growth", "combustion.power=1.2", "--closed", "H1")[0] == 0
    assert ask("inventory", "run", "2025", "-q", "-w", own)[0] == 0
    code, said, _ = ask("inventory", "diff", "2024", "2025", "-p", "co2", "-w", own, "--json")
    rows = {row["source"]: row for row in json.loads(said)["rows"]}
    assert code == 0
    assert rows["P1"]["activity"] == pytest.approx(0.2 * rows["P1"]["before"])
    assert rows["H1"]["closed"] == pytest.approx(-rows["H1"]["before"])
    assert ask("inventory", "diff", "2024", "2025", "-w", own)[0] == 0


def test_growth_that_is_none_is_refused(ask, own):
    code, _, fault = ask(
        "inventory", "new", "2025", "--year", 2025, "--from", "2024", "--by", "o", "--reason", "r",
        "--growth", "combustion", "-w", own,
    )  # fmt: skip
    assert (code, "no growth" in fault) == (2, True)


@pytest.mark.parametrize("by", ["city", "tree", "sector", "county", "source", "method"])
def test_sums_are_shown_every_way(ask, inventory_workspace, by):
    code, said, _ = ask("inventory", "show", "--by", by, "-p", "so2", "-w", inventory_workspace)
    assert code == 0
    assert "1,7" in said or "17" in said  # the plant: 8,500 t before, 1,700 t behind its devices
    code, said, _ = ask("inventory", "show", "--by", by, "-p", "so2", "-w", inventory_workspace, "--json")
    assert json.loads(said)["rows"]


def test_low_confidence_is_shown_where_it_counts(ask, inventory_workspace):
    _, said, _ = ask("inventory", "show", "-w", inventory_workspace)
    assert "Confidence C" in said
    _, said, _ = ask("inventory", "check", "-w", inventory_workspace)
    assert "rests on factors of confidence C" in said


def test_why_traces_a_tonne_to_rules_and_makes_it_again(ask, inventory_workspace):
    code, said, _ = ask("why", "inventory:2024/P1/so2", "-w", inventory_workspace)
    assert code == 0
    assert "limestone_gypsum" in said
    assert "T/CSES 144-2024" in said
    assert "the number is the same" in said
    assert "Simulated data" in said
    code, said, _ = ask("why", "inventory:2024/P1/nox", "-w", inventory_workspace, "--json")
    found = json.loads(said)
    assert (found["amount"], found["agrees"], found["rows"][0]["method"]) == (700.0, True, "permit")
    assert ask("inventory", "trace", "P1", "so2", "-w", inventory_workspace)[0] == 0


def test_why_still_wants_a_time_of_the_air(ask, inventory_workspace):
    code, _, fault = ask("why", "长治市", "-w", inventory_workspace)
    assert (code, "has a time" in fault) == (2, True)


def test_why_of_no_tonne_is_refused(ask, inventory_workspace):
    code, _, fault = ask("why", "inventory:2024/P1", "-w", inventory_workspace)
    assert (code, "names no tonne" in fault) == (2, True)


def test_bad_cell_is_told_kept_and_nothing_is_taken(ask, own, tmp_path):
    file = tmp_path / "book.xlsx"
    ask("inventory", "template", file, "-w", own)
    workbook = openpyxl.load_workbook(file)
    page = workbook.worksheets[1]
    column = next(cell.column for cell in page[2] if str(cell.value).startswith("Activity"))
    page.cell(3, column).value = "much"  # type: ignore[assignment]
    workbook.save(file)
    code, said, fault = ask("inventory", "import", "2024", file, "-w", own)
    assert code == 2
    assert "This is no number" in said
    assert "nothing was taken" in fault
    assert list((own / "files" / "rejects").glob("book.xlsx.inventory_processes*.csv"))
    code, said, _ = ask("inventory", "import", "2024", file, "--partial", "-w", own)
    assert code == 0


def test_grid_hours_and_report_are_written(ask, inventory_workspace, tmp_path):
    for name in ("grid.csv", "grid.nc"):
        code, said, _ = ask("inventory", "grid", tmp_path / name, "--cell", 10_000, "-w", inventory_workspace)
        assert (code, "equal in area" in said) == (0, True)
        assert (tmp_path / name).stat().st_size > 100
    assert ask("inventory", "hours", tmp_path / "hours.csv", "-p", "so2", "-w", inventory_workspace)[0] == 0
    assert len((tmp_path / "hours.csv").read_text("utf-8-sig").splitlines()) == 8785
    assert (
        ask("inventory", "export", tmp_path / "report.xlsx", "-w", inventory_workspace, language="zh_CN")[0] == 0
    )
    assert len(openpyxl.load_workbook(tmp_path / "report.xlsx").worksheets) == 7
    code, _, fault = ask("inventory", "export", tmp_path / "report.pdf", "-w", inventory_workspace)
    assert (code, "does not end in .xlsx" in fault) == (2, True)


def test_amounts_of_monitors_are_taken_where_there_are_any(ask, own):
    code, said, _ = ask("inventory", "cems", "2024", "-w", own)
    assert (code, said.startswith("0 measured amounts")) == (0, True)


def test_results_of_the_workspace_stand_in_its_lake(inventory_workspace):
    house = open_workspace(inventory_workspace)
    try:
        assert house.lake.row_counts()["inventory_emissions"] > 15
    finally:
        house.close()
