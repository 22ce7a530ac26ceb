"""Composition and sensor files as instruments and laboratories wrote them, every row and cell accounted for."""

import gzip
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.doors.micro import take_micro
from lantian.loop.sense.doors.species import SPECIES_KINDS, take_uncertainty, take_values
from lantian.loop.sense.registry import DeviceContent, register_device

pytestmark = pytest.mark.reference
ZONE = ZoneInfo("Asia/Shanghai")
LAB = "simulated=true station=1727A unit=ugm3 period=3 edge=start"
SITE = "simulated=true station=1728A unit.voc=ppb unit.methane=ppm unit.gas=ugm3 unit.pm=ugm3 edge=start"


def unpacked(folder: Path, name: str) -> bytes:
    return gzip.decompress((folder / name).read_bytes())


def filled(data: bytes) -> pl.DataFrame:
    """The file as plain numbers, first column as text."""
    frame = pl.read_csv(data, infer_schema=False)
    return frame.select(frame.columns[0], *(pl.col(name).cast(pl.Float64) for name in frame.columns[1:]))


def test_concentrations_and_uncertainties_of_a_receptor_model_come_in_whole(
    centre, give, reference_data: Path
) -> None:
    folder = reference_data / "receptor_model_samples"
    con, unc = (unpacked(folder, f"Dataset-BatonRouge-{what}.csv.gz") for what in ("con", "unc"))
    expected, spread = filled(con), filled(unc)
    files = [give(f"Dataset-BatonRouge-{what} {LAB}.csv", data) for what, data in (("con", con), ("unc", unc))]
    kinds = [[kind.key for kind in SPECIES_KINDS if kind.recognises(file.name, con[:65536])] for file in files]
    assert kinds == [["species_values"], ["species_uncertainty"]]
    taken = take_values(centre, files[0])
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.cells_rejected) == (307, 307, 0)
    assert taken.written == 307 * 41 == expected.drop("Date").count().sum_horizontal().item()
    later = take_uncertainty(centre, files[1])
    assert (later.written, later.corrected, later.reports[0].rows_rejected) == (0, 307 * 41, 0)
    rows = centre.lake.read("species_hours")
    assert rows.height == 307 * 41
    assert rows["species"].n_unique() == 41
    toluene = rows.filter(pl.col("species") == "toluene").sort("hour_start")
    assert sorted(toluene["value_sent"]) == sorted(expected["Toluene"])
    ratio = toluene["uncertainty"] / toluene["value"]
    assert np.allclose(np.sort(ratio), np.sort(spread["Toluene"] / expected["Toluene"]), rtol=1e-9)
    assert set(rows.filter(pl.col("kind") == "voc_sum")["unit"]) == {"µg/m³"}
    assert toluene["hour_start"][0] == datetime(2005, 6, 1, 6, tzinfo=ZONE)
    again = take_values(centre, files[0])
    assert (again.written, again.corrected, again.unchanged) == (0, 0, 307 * 41)


def test_a_supersite_comes_in_whole_and_its_known_fault_is_found(centre, give, reference_data: Path) -> None:
    data = unpacked(reference_data / "aeroviz_supersite_hourly", "hourly_observed.csv.gz")
    expected = filled(data).drop("Time")
    taken = take_values(centre, give(f"supersite {SITE}.csv", data))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.cells_rejected) == (1416, 1416, 0)
    [aside] = [row for row in report.findings if row.code == "columns_not_read"]
    cells = expected.count().sum_horizontal().item()
    assert taken.written + int(aside.evidence["cells"] or 0) == cells
    assert {"SO2", "CO", "WS", "T_OC"} <= set(str(aside.evidence["columns"]).split(", "))
    assert "Co" not in str(aside.evidence["columns"]).split(", ")
    rows = centre.lake.read("species_hours")
    iron = rows.filter(pl.col("species") == "el_fe").sort("hour_start")["value"].to_list()
    assert iron == expected["Fe"].drop_nulls().to_list()
    found = list_findings(centre, date(2021, 2, 1), date(2021, 3, 31), kind="composition")
    ions = [row for row in found if row.code == "ion_imbalance"]
    assert sum(int(row.evidence["samples"] or 0) for row in ions) > 700
    assert all(float(row.evidence["ratio"] or 0) > 1.6 for row in ions)
    assert {row.where for row in found} == {"1728A"}


def test_a_sensor_box_comes_in_whole_as_a_micro_station(centre, give, reference_data: Path) -> None:
    register_device(
        centre.ledger,
        DeviceContent(mn="BOX", outlet="BOX", system="22", simulated=True),
        by="test",
        at=centre.now(),
    )
    data = unpacked(reference_data / "uci_air_quality_sensor", "air_quality_uci.csv.gz")
    expected = filled(data)
    taken = take_micro(centre, give("box simulated=true station=BOX edge=start.csv", data))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.cells_rejected) == (9357, 9357, 0)
    rows = centre.lake.read("micro_hours")
    channels = [name for name in expected.columns[1:] if name not in {"T", "RH"}]
    assert set(rows["channel"]) == set(channels)
    assert rows.height == 9357 * len(channels)
    for name in channels:
        mine = rows.filter(pl.col("channel") == name).sort("hour_start")
        assert mine["raw"].to_list() == expected[name].to_list()
        assert mine["humidity"].to_list() == expected["RH"].to_list()
    assert centre.lake.read("ambient_hours").is_empty()
