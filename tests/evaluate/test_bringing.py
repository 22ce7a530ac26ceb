"""Bringing files into the lake: each file counts once, in the order in which it first came."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.assembly import House, make_workspace
from lantian.loop.evaluate.bringing import Destination, Question, Registration, bring_file, digest_of, try_file
from lantian.terms.errors import CallerError

STATIONS = ("SIM-640202-01", "SIM-640202-02", "SIM-640205-01")
START = Question(edge="start")


@contextmanager
def world() -> Iterator[tuple[House, Destination, Path]]:
    """An empty workspace for measured data, and a folder for files."""
    with TemporaryDirectory() as folder:
        house = make_workspace(Path(folder) / "w", "shizuishan", simulated=False)
        try:
            yield house, house.destination(), Path(folder)
        finally:
            house.close()


def write(folder: Path, name: str, values: dict[tuple[str, int], int]) -> Path:
    path = folder / name
    lines = [f"2026-03-05 {hour:02d}:00,{station},{pm25}" for (station, hour), pm25 in values.items()]
    path.write_text("\n".join(["时间,站点,PM2.5(ug/m3)", *lines]) + "\n", encoding="utf-8")
    return path


def held(house: House) -> dict[tuple[str, int], float]:
    rows = house.lake.read("ambient_hours").select("station", "hour_start", "pm25").rows()
    return {(station, at.hour): pm25 for station, at, pm25 in rows}


contents = st.dictionaries(
    st.tuples(st.sampled_from(STATIONS), st.integers(0, 4)), st.integers(1, 300), min_size=1, max_size=6
)


@settings(max_examples=12, deadline=None)
@given(files=st.lists(contents, min_size=1, max_size=3), order=st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_each_file_counts_once_in_the_order_of_its_first_coming(files, order):
    with world() as (house, place, folder):
        paths = [write(folder, f"{n}.csv", values) for n, values in enumerate(files)]
        expected: dict[tuple[str, int], float] = {}
        came: set[str] = set()
        for position in order:
            path = paths[position % len(paths)]
            digest = digest_of(path)
            known = digest in came
            done = bring_file(path, START, place)
            assert (done.same_as is not None) == known
            if not known:
                came.add(digest)
                expected.update(files[position % len(paths)])
        assert held(house) == expected


def test_the_run_record_says_everything(tmp_path):
    with world() as (house, place, folder):
        path = write(folder, "a.csv", {(STATIONS[0], 0): 35, ("X1", 1): 36})
        done = bring_file(path, START, place)
        (record,) = house.jobs.latest("import")
    assert record["id"] == done.run_id
    assert record["for_when"] == done.digest == record["inputs"]["sha256"]
    assert record["state"] == "done"
    assert record["result"]["written"] == 1
    assert record["result"]["unknown"] == ["X1"]
    assert record["result"]["rejects"] == [file.name for file in done.rejects]
    assert record["result"]["versions"] == {"ambient_hours": 1}


def test_a_file_that_was_refused_may_come_again():
    with world() as (house, place, folder):
        path = write(folder, "a.csv", {(STATIONS[0], 0): 35})
        with pytest.raises(CallerError, match="start or the end"):
            bring_file(path, Question(), place)
        assert bring_file(path, START, place).same_as is None
        assert [run["state"] for run in house.jobs.latest("import")] == ["done", "failed"]


def test_progress_grows_to_one():
    with world() as (_, place, folder):
        path = write(folder, "a.csv", {(STATIONS[0], 0): 35})
        told: list[tuple[float, str]] = []
        bring_file(path, START, place, lambda share, words: told.append((share, words)))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1] == (1.0, "writing")
    assert {words for _, words in told} == {"reading", "typing", "writing"}


def test_a_trial_reads_as_the_import_would_and_leaves_no_trace():
    with world() as (house, place, folder):
        path = write(folder, "a.csv", {(STATIONS[0], 0): 35, ("X1", 1): 36})
        asked = replace(START, register=Registration("640202", {"X1": (106.3, 39.05)}), save_as="mine")
        tried = try_file(path, asked, place)
        assert tried.unknown == (("X1", 1),)
        assert tried.report is not None
        assert tried.report.rows_accepted == 1
        assert held(house) == {}
        assert house.jobs.latest("import") == []
        assert not any((house.folder / "city").iterdir())
        done = bring_file(path, asked, place)
        assert done.registered == ("X1",)
        assert held(house) == {(STATIONS[0], 0): 35.0, ("X1", 1): 36.0}
