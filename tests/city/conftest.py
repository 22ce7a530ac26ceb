"""A copy of the tiny city to damage, and a writer of files in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lantian.city import load_city

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder of its own with the files of the packaged tiny city."""
    return Path(shutil.copytree(load_city("shizuishan").folders[0], tmp_path / "tiny"))


@pytest.fixture
def edit(tiny: Path) -> Edit:
    """Replace one piece of text in one file of the tiny city."""

    def replace(name: str, old: str, new: str) -> Path:
        path = tiny / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tiny

    return replace
