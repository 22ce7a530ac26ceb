"""Fixtures that every room's tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from lantian.rules import Rulebook

settings.register_profile("daily", deadline=None)  # a loaded machine is no fault of the code
settings.register_profile("deep", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daily"))


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder with the real data; absent it skips, but never under CI and never when it was promised."""
    named = os.environ.get("LANTIAN_REFERENCE_DATA")
    if named and Path(named).is_dir():
        return Path(named)
    if named or os.environ.get("CI") == "true":
        pytest.fail(f"reference data is missing: LANTIAN_REFERENCE_DATA={named!r} is not a folder")
    pytest.skip("real data is not here: set LANTIAN_REFERENCE_DATA to its folder to run this test")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The packaged law, with no city's overrides."""
    return Rulebook.packaged()
