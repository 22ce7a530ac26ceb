"""What was acknowledged is in the lake once, however often the gateway is killed and whatever the disk does."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def harness() -> ModuleType:
    name = "gateway_crash_harness"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("crash_harness.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def test_nothing_acknowledged_is_lost_or_doubled_over_kills_and_a_full_disk(
    harness: ModuleType, second_client: ModuleType, tmp_path: Path
):
    found = harness.crash(tmp_path, second_client, kills=2, clients=4, window=8, seed=1, full_disk=True)
    assert found.acknowledged > 100
    assert (found.lost, found.doubled, found.disordered) == (0, 0, 0)
    assert found.chain_sound
    assert found.segments >= 3
