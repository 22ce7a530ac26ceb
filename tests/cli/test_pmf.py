"""``lantian pmf`` on two files, without a workspace."""

import json
from pathlib import Path

import numpy as np
import pytest

SPECIES = ("SO4", "NO3", "OC", "EC", "Si", "Ca", "K", "PM2.5")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Eighty hours of three known factors, dates as EPA PMF writes them, one gap."""
    chance = np.random.default_rng(3)
    loads = np.array([[4.0, 0, 1, 0, 0, 0, 0, 6], [0, 3.0, 1, 2, 0, 0, 0.2, 7], [0, 0, 0.3, 0, 2.0, 1, 0.1, 5]])
    true = chance.lognormal(0, 1, (80, 3)) @ loads
    spread = 0.1 * true + 0.05
    values = np.maximum(true + spread * chance.normal(size=true.shape), 0.001)
    con, unc = tmp_path / "con.csv", tmp_path / "unc.csv"
    lines, errors = [",".join(("Date", *SPECIES))], [",".join(("Date", *SPECIES))]
    for hour in range(80):
        date = f"1/{1 + hour // 24}/2025 {hour % 24}:00"
        lines.append(",".join((date, *(f"{value:.5f}" for value in values[hour]))))
        errors.append(",".join((date, *(f"{value:.5f}" for value in spread[hour]))))
    cells = lines[6].split(",")
    cells[3] = "-999"
    lines[6] = ",".join(cells)
    con.write_text("\n".join(lines), encoding="utf-8")
    unc.write_text("\n".join(errors), encoding="utf-8")
    return con, unc


def test_json_holds_factors_errors_and_how_they_were_made(ask, files: tuple[Path, Path]) -> None:
    code, out, err = ask(
        "pmf", *files, "--factors", 3, "--starts", 6, "--seed", 2, "--total", "PM2.5", "--no-robust",
        "--bootstrap", 10, "--disp", "--bs-disp", 2, "--compare", "2-4", "--json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert (said["factors"], said["starts"], said["seed"], said["robust"]) == (3, 6, 2, False)
    assert said["samples"] == 80
    assert said["categories"]["PM2.5"] == "weak"
    assert said["q_true"] == pytest.approx(said["q_expected"], rel=0.25)
    assert np.array(said["profiles"]).shape == (3, 8)
    assert np.mean(said["contributions"], axis=0) == pytest.approx([1, 1, 1])
    assert sum(said["mass_shares"]) == pytest.approx(1)
    assert len(said["runs"]) == 6
    assert said["recommended"]["factors"] == 3
    assert said["recommended"]["reasons"][0].startswith("3 factors predict")
    assert np.array(said["bootstrap"]["mapping"]).sum() == 30
    low, high = np.array(said["displacement"]["low"])[0], np.array(said["displacement"]["high"])[0]
    assert (low <= np.array(said["profiles"]) + 1e-9).all()
    assert (high >= np.array(said["profiles"]) - 1e-9).all()
    assert said["bootstrap_displacement"]["levels"] == [0.5, 1.0, 2.0, 4.0]
    assert {rows[0]["kind"] for rows in said["names"]} & {"crust", "road_dust"}


def test_same_seed_gives_the_same_answer_and_another_need_not(ask, files: tuple[Path, Path]) -> None:
    first = ask("pmf", *files, "-k", 3, "-n", 4, "--seed", 7, "--json")[1]
    assert ask("pmf", *files, "-k", 3, "-n", 4, "--seed", 7, "--json")[1] == first
    other = json.loads(ask("pmf", *files, "-k", 3, "-n", 4, "--seed", 8, "--json")[1])
    assert other["runs"] != json.loads(first)["runs"]
    assert other["q_robust"] == pytest.approx(json.loads(first)["q_robust"], rel=1e-6)


def test_report_and_files_speak_of_the_same_run(ask, files: tuple[Path, Path], tmp_path: Path) -> None:
    code, out, _ = ask("pmf", *files, "-k", 3, "-n", 5, "--bootstrap", 5, "--disp", "--out", tmp_path / "made")
    assert code == 0
    for words in ("Base runs", "Profiles, with the share of the species", "Bootstrap", "swaps"):
        assert words in out
    text = (tmp_path / "made" / "lantian_contributions.csv").read_text("utf-8")
    assert "01/01/2025 05:00" in text
    assert (
        (tmp_path / "made" / "lantian_profiles.csv")
        .read_text("utf-8")
        .startswith("Factor Profiles (conc. of species)")
    )
    residuals = (tmp_path / "made" / "lantian_scaled_residuals.csv").read_text("utf-8").splitlines()
    assert len(residuals) == 81


def test_uncertainties_from_limits_and_percentages(ask, files: tuple[Path, Path], tmp_path: Path) -> None:
    equation = tmp_path / "eqn.csv"
    equation.write_text("\n".join((",".join(SPECIES), ",".join(["0.05"] * 8), ",".join(["10"] * 8))), "utf-8")
    code, out, _ = ask("pmf", files[0], equation, "-k", 3, "-n", 4, "--json")
    assert code == 0
    assert json.loads(out)["species"] == list(SPECIES)


def test_species_are_weak_or_bad_as_asked(ask, files: tuple[Path, Path]) -> None:
    said = json.loads(
        ask("pmf", *files, "-k", 2, "-n", 3, "--weak", "EC", "--bad", "K", "--by-signal", "--json")[1]
    )
    assert said["categories"]["EC"] == "weak"
    assert said["categories"]["K"] == "bad"
    assert "K" not in said["species"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-k", 9), "9 factors do not fit"),
        (("-k", 3, "--weak", "Unobtainium"), "no species of the data"),
        (("-k", 3, "--compare", "5-3"), "smaller one"),
        (("-k", 3, "--compare", "many"), "two numbers"),
    ],
)
def test_wrong_question_leaves_with_2_and_says_what_to_do(
    ask, files: tuple[Path, Path], options: tuple[object, ...], words: str
) -> None:
    code, _, err = ask("pmf", *files, *options, "--json")
    assert code == 2
    assert words in " ".join(err.split())


def test_files_that_do_not_fit_are_refused(ask, files: tuple[Path, Path], tmp_path: Path) -> None:
    con, unc = files
    short = tmp_path / "short.csv"
    short.write_text("\n".join(unc.read_text("utf-8").splitlines()[:40]), "utf-8")
    code, _, err = ask("pmf", con, short, "-k", 3)
    assert code == 2
    assert "39 rows" in err
    narrow = tmp_path / "narrow.csv"
    narrow.write_text("Date,SO4\n1/1/2025,1\n", "utf-8")
    assert "has no column NO3" in " ".join(ask("pmf", con, narrow, "-k", 3)[2].split())
    words = tmp_path / "words.csv"
    words.write_text(con.read_text("utf-8").replace("1/1/2025 3:00,", "1/1/2025 3:00,much", 1), "utf-8")
    assert ask("pmf", words, unc, "-k", 3)[0] == 2
