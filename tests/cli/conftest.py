"""Judged simulated workspaces that every command's tests share: built once, copied by who writes."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lantian.assembly import make_workspace
from lantian.cli.frame import run
from lantian.cli.run import approve_simulated_dust, fill_hours, put_people
from lantian.desk.language import translation
from lantian.loop import run_days

FIRST, LAST = date(2026, 1, 15), date(2026, 3, 31)

Answer = tuple[int, str, str]
"""Exit code, what was printed, what was said on the error stream."""
Ask = Callable[..., Answer]


def build(folder: Path, city: str, first: date = FIRST, last: date = LAST) -> Path:
    """Make, fill and judge a simulated workspace."""
    house = make_workspace(folder, city, simulated=True)
    try:
        fill_hours(house, first, last, lambda _share, _words: None)
        approve_simulated_dust(house, first, last)
        run_days(house.scene(), house.jobs)
        put_people(house)
    finally:
        house.close()
    return folder


@pytest.fixture(scope="session")
def simulated_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shizuishan from mid January to the end of March 2026, across the change of law; to read only."""
    return build(tmp_path_factory.mktemp("simulated") / "shizuishan", "shizuishan")


@pytest.fixture(scope="session")
def simulated_workspaces(simulated_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both packaged cities over the same days; to read only."""
    other = build(tmp_path_factory.mktemp("simulated") / "changzhi", "changzhi")
    return {"shizuishan": simulated_workspace, "changzhi": other}


@pytest.fixture
def writable_workspace(simulated_workspace: Path, tmp_path: Path) -> Path:
    """Return a copy of the simulated workspace that a test may write."""
    return Path(shutil.copytree(simulated_workspace, tmp_path / "copy"))


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command as the terminal would, in English by default."""

    def answer(*arguments: object, language: str = "en") -> Answer:
        code = run([str(argument) for argument in arguments], translation(language))
        said = capsys.readouterr()
        return code, said.out, said.err

    return answer


@pytest.fixture(scope="session")
def plan_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Changzhi with its own plan in force and an empty lake; nobody has reported yet. To read only."""
    from lantian.cli.plan_adopting import adopt_in
    from lantian.loop.plan.adopting.confirming import confirm_plan

    folder = tmp_path_factory.mktemp("plan") / "changzhi"
    house = make_workspace(folder, "changzhi", simulated=True)
    try:
        confirm_plan(house.office(), adopt_in(house, None, by="office").plan_id, by="office")
    finally:
        house.close()
    return folder


@pytest.fixture
def own_plan(plan_workspace: Path, tmp_path: Path) -> Path:
    """Return a copy of the workspace with a plan that a test may write."""
    return Path(shutil.copytree(plan_workspace, tmp_path / "plan"))


Filled = dict[int, dict[str, object]]
"""Place of a row on a sheet, from 0 → English heading → what a body writes there."""


@pytest.fixture
def fill() -> Callable[[Path, Path, Filled], Path]:
    """Fill in rows of a dispatch sheet as its body would, by the headings of the page."""
    import openpyxl

    def filled(sheet: Path, out: Path, rows: Filled) -> Path:
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        columns = {str(cell.value): cell.column for cell in page[4]}
        for place, cells in rows.items():
            for heading, value in cells.items():
                page.cell(5 + place, columns[heading]).value = value  # type: ignore[assignment]
        book.save(out)
        return out

    return filled
