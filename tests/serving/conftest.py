"""Small simulated workspaces for the worker and its schedule."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from lantian.assembly import make_workspace
from lantian.cli.run import fill_hours

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 4)


def fill(folder: Path, first: date, last: date) -> None:
    """Bring simulated hours of days in."""
    from lantian.assembly import open_workspace

    house = open_workspace(folder)
    try:
        fill_hours(house, first, last, lambda _share, _words: None)
    finally:
        house.close()


@pytest.fixture(scope="session")
def filled_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shizuishan with four days of hours that nobody has judged; to read only."""
    folder = tmp_path_factory.mktemp("serving") / "shizuishan"
    make_workspace(folder, "shizuishan", simulated=True).close()
    fill(folder, FIRST, LAST)
    return folder


@pytest.fixture
def folder(filled_workspace: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(filled_workspace, tmp_path / "w"))
