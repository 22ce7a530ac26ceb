"""Real detections of MODIS (collection 6.1 NRT) that FIRMS gave out for the United States and Argentina in 2025.

Every row must be accounted for, and what is kept around a place must be what a plain reading of the file finds.
"""

import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.city.loader import load_city
from lantian.city.records import City
from lantian.ledger import Ledger
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.fires import recognises, take
from lantian.loop.sense.doors.records import Given
from lantian.loop.sense.doors.surroundings import box_around
from lantian.rules import Choice, Rulebook
from lantian.store import FACT_TABLES, FIRES, Lake

pytestmark = pytest.mark.reference
FILES = {
    "modis_c61_nrt_usa_202506.csv.gz": (6_016, (-92.0, 31.0)),
    "modis_c61_nrt_argentina_20250701_20250906.csv.gz": (13_877, (-60.0, -28.0)),
}
EACH = pytest.mark.parametrize("name", FILES)


@pytest.fixture
def ledger(tmp_path: Path, sqlite_template: Path) -> Iterator[Ledger]:
    path = tmp_path / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Ledger(path)
    yield opened
    opened.close()


def elsewhere(place: tuple[float, float]) -> City:
    """A city of one station, without outlines, somewhere else on Earth."""
    city = load_city("changzhi")
    station = replace(city.stations[0], longitude=place[0], latitude=place[1])
    return replace(city, stations=(station,), counties=(), groups=())


def centre_of(city: City, folder: Path, ledger: Ledger) -> Centre:
    def now() -> datetime:
        return datetime(2026, 4, 1, tzinfo=UTC)

    lake = Lake(folder / "lake", FACT_TABLES, zone=city.zone, now=now, simulated=False)
    return Centre(city, Rulebook.packaged(), Choice(), lake, ledger, now, simulated=False)


def file_of(reference_data: Path, name: str) -> Given:
    path = reference_data / "active_fire" / name
    return Given(
        path, name, hashlib.sha256(path.read_bytes()).hexdigest(), datetime(2026, 4, 1, tzinfo=UTC), "command"
    )


def read_plainly(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") as file:
        return list(csv.DictReader(file))


@EACH
def test_no_fire_of_another_continent_is_kept_and_each_is_counted(
    reference_data: Path, tmp_path: Path, ledger: Ledger, name: str
) -> None:
    centre, file = centre_of(load_city("changzhi"), tmp_path, ledger), file_of(reference_data, name)
    assert recognises(name, file.path.read_bytes()[:65_536])
    report = take(centre, file).reports[0]
    assert (report.rows_read, report.rows_skipped) == (FILES[name][0], FILES[name][0])
    assert (report.rows_accepted, report.rows_rejected) == (0, 0)


@EACH
def test_fires_around_a_place_are_those_of_a_plain_reading(
    reference_data: Path, tmp_path: Path, ledger: Ledger, name: str
) -> None:
    count, place = FILES[name]
    centre, file = centre_of(elsewhere(place), tmp_path, ledger), file_of(reference_data, name)
    taken = take(centre, file)
    box = box_around(centre.city, 200)
    plain = [
        row
        for row in read_plainly(file.path)
        if box.west <= float(row["longitude"]) <= box.east and box.south <= float(row["latitude"]) <= box.north
    ]
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_skipped) == (count, len(plain), count - len(plain))
    assert report.rejects.is_empty()
    assert taken.written == len(plain) > 100
    kept = centre.lake.read(FIRES)
    assert Counter(row["satellite"] for row in plain) == dict(kept["satellite"].value_counts().iter_rows())
    found = {
        (
            row["satellite"],
            row["acquired_at"].astimezone(UTC).strftime("%Y-%m-%d %H%M"),
            row["longitude"],
            row["latitude"],
        ): row
        for row in kept.to_dicts()
    }
    for row in plain:
        stamp = f"{row['acq_date']} {row['acq_time'].zfill(4)}"
        mine = found.pop((row["satellite"], stamp, float(row["longitude"]), float(row["latitude"])))
        assert [mine["frp"], mine["brightness"], mine["brightness_2"], mine["scan"], mine["track"]] == [
            float(row[key]) for key in ("frp", "brightness", "bright_t31", "scan", "track")
        ]
        assert (mine["confidence"], mine["day_night"][0].upper()) == (row["confidence"], row["daynight"])
        percent = int(row["confidence"])
        assert mine["confidence_class"] == ("low" if percent < 30 else "nominal" if percent < 80 else "high")
    assert found == {}


@EACH
def test_taking_it_twice_says_nothing_new(reference_data: Path, tmp_path: Path, ledger: Ledger, name: str) -> None:
    centre, file = centre_of(elsewhere(FILES[name][1]), tmp_path, ledger), file_of(reference_data, name)
    first, again = take(centre, file), take(centre, file)
    assert (again.written, again.corrected, again.unchanged) == (0, 0, first.written)
