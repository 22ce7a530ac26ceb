from dataclasses import replace
from pathlib import Path

import h5netcdf
import numpy as np
import polars as pl
import pytest
import xarray

from lantian.loop.explain.grid_files import emiproc_inventory, write_grid
from lantian.loop.explain.gridding import grid_rows, on_grid, read_surrogates
from lantian.loop.explain.queries import totals
from lantian.loop.explain.running import compute
from lantian.science.inventory.allocation import Grid
from lantian.terms.errors import CallerError


@pytest.fixture
def computed(study, fill, jobs):
    """The study with the small book computed."""
    fill()
    compute(study, jobs, "2024")
    return study


def city_sums(study) -> dict[str, float]:
    return dict(totals(study).select("pollutant", "amount").iter_rows())


def test_grid_holds_every_tonne(computed):
    made = on_grid(computed, None, 5000.0)
    whole = made.cells.sum(axis=(0, 2, 3)) + made.outside.sum(axis=0)
    assert dict(zip(made.pollutants, whole, strict=True)) == pytest.approx(city_sums(computed), rel=1e-9)
    assert made.outside.sum() == 0.0
    assert made.spread_by == {"point": 0.5, "county": 0.25, "line": 0.25}
    rows = grid_rows(made)
    so2 = rows.filter(pl.col("pollutant") == "so2")["amount"].sum()
    assert so2 == pytest.approx(city_sums(computed)["so2"], rel=1e-9)


def test_what_a_small_grid_does_not_cover_is_counted_outside(computed):
    small = Grid(113.2297, 36.3312, -1500.0, -1500.0, 1000.0, 3, 3)
    made = on_grid(computed, None, 1000.0, grid=small)
    whole = made.cells.sum(axis=(0, 2, 3)) + made.outside.sum(axis=0)
    assert dict(zip(made.pollutants, whole, strict=True)) == pytest.approx(city_sums(computed), rel=1e-9)
    place = made.pollutants.index("so2")
    assert made.outside[:, place].sum() == pytest.approx(108.9, rel=1e-3)


def test_city_s_points_spread_homes(computed, tmp_path):
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "surrogates.csv").write_text(
        "kind,county,longitude,latitude,weight\npopulation,140403,113.10,36.20,1\npopulation,140403,113.12,36.21,3\n",
        encoding="utf-8",
    )
    study = replace(computed, city=replace(computed.city, folders=(str(folder),)))
    assert on_grid(study, None, 5000.0).spread_by["population"] == 0.25


@pytest.mark.parametrize(
    "line", ["population,140403,x,36.2,1", "population,140403,113.1,36.2,-1", ",140403,113.1,36.2,1"]
)
def test_point_that_cannot_be_read_is_refused(study, tmp_path, line):
    (tmp_path / "surrogates.csv").write_text(f"kind,county,longitude,latitude,weight\n{line}\n", encoding="utf-8")
    with pytest.raises(CallerError, match="cannot be read"):
        read_surrogates(replace(study, city=replace(study.city, folders=(str(tmp_path),))))


def test_netcdf_is_read_by_others_and_holds_every_tonne(computed, tmp_path):
    made = on_grid(computed, None, 5000.0)
    path = write_grid(tmp_path / "grid.nc", made)
    with xarray.open_dataset(path, engine="h5netcdf") as file:
        assert float(file["so2"].sum()) == pytest.approx(city_sums(computed)["so2"], rel=1e-9)
        assert file["so2"].attrs["units"] == "t"
        assert file.attrs["Conventions"] == "CF-1.11"
        assert "SIMULATED" in file.attrs["comment"]
        assert file["sector"].values.tolist() == list(made.sectors)
        longitude = file["longitude"].values
    assert 111 < longitude.min() < longitude.max() < 115
    with h5netcdf.File(path) as file:
        assert file["crs"].attrs["grid_mapping_name"] == "lambert_azimuthal_equal_area"


def test_csv_holds_the_cells_that_are_not_empty(computed, tmp_path):
    made = on_grid(computed, None, 5000.0)
    rows = pl.read_csv(write_grid(tmp_path / "grid.csv", made))
    assert rows.height == np.count_nonzero(made.cells)


def test_emiproc_takes_the_inventory_and_its_raster_loses_nothing(computed, tmp_path: Path):
    made = on_grid(computed, None, 10_000.0)
    inventory = emiproc_inventory(made)
    sums = city_sums(computed)
    assert inventory.total_emissions["__total__"]["so2"] == pytest.approx(sums["so2"] * 1000, rel=1e-9)
    path = write_grid(tmp_path / "raster.nc", made, "emiproc")
    with xarray.open_dataset(path, engine="h5netcdf") as file:
        found = sum(float(file[name].sum()) for name in file if name in {f"so2_{each}" for each in made.sectors})
    assert found == pytest.approx(sums["so2"] * 1000, rel=1e-3)


def test_file_of_another_ending_is_refused(computed, tmp_path):
    with pytest.raises(CallerError, match="neither"):
        write_grid(tmp_path / "grid.tif", on_grid(computed, None, 20_000.0))
