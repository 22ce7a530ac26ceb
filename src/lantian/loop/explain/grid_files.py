"""A gridded inventory for other programs: CSV, NetCDF by the CF conventions, and emiproc (网格化清单导出)."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

import lantian
from lantian.desk.paper.csv import write_csv
from lantian.desk.paper.whole import whole_file
from lantian.loop.explain.gridding import Gridded, grid_rows
from lantian.terms.errors import CallerError

KILOGRAMS = 1_000
_TITLE = "Emission inventory {edition} of the year {year} on a grid"
_SIMULATED = "SIMULATED data, never measured"


def write_grid(path: Path, made: Gridded, kind: str | None = None) -> Path:
    """Write a gridded inventory; the kind is that of the file's ending, or ``emiproc``.

    Parameters
    ----------
    path : Path
        ``.csv`` or ``.nc``.
    made : Gridded
        The inventory.
    kind : str, optional
        ``csv``, ``netcdf`` or ``emiproc``.

    Raises
    ------
    CallerError
        Another ending, or an extra that is not installed.
    """
    writers: dict[str, Callable[[Path, Gridded], None]] = {
        "csv": _write_csv, "netcdf": _write_netcdf, "emiproc": _write_emiproc,
    }  # fmt: skip
    chosen = kind or {".csv": "csv", ".nc": "netcdf"}.get(path.suffix.lower(), "")
    if chosen not in writers:
        raise CallerError("{path} is neither .csv nor .nc. Name one of these.", path=path)
    writers[chosen](path, made)
    return path


def _write_csv(path: Path, made: Gridded) -> None:
    rows = grid_rows(made)
    write_csv(path, rows, header=[*rows.columns[:-1], "amount [t]"])


def _write_netcdf(path: Path, made: Gridded) -> None:
    """Write cells as NetCDF 4: amounts of the year, their projection, longitude and latitude of the middles."""
    h5netcdf = _extra("h5netcdf", "grids")
    grid = made.grid
    middle = grid.centres().reshape(grid.rows, grid.columns, 2)
    with whole_file(path) as temporary, h5netcdf.File(temporary, "w") as file:
        file.attrs.update(
            {
                "Conventions": "CF-1.11",
                "title": _TITLE.format(edition=made.edition, year=made.year),
                "source": f"Lantian {lantian.__version__}; rules {made.rules}",
                "comment": _SIMULATED if made.simulated else "",
            }
        )
        file.dimensions = {"sector": len(made.sectors), "y": grid.rows, "x": grid.columns}
        _variable(file, "sector", ("sector",), np.array(made.sectors, dtype=object), {"long_name": "first level"})
        x = grid.west + (np.arange(grid.columns) + 0.5) * grid.cell
        y = grid.south + (np.arange(grid.rows) + 0.5) * grid.cell
        for name, values, axis in (("x", x, "X"), ("y", y, "Y")):
            standard = f"projection_{name}_coordinate"
            _variable(file, name, (name,), values, {"units": "m", "standard_name": standard, "axis": axis})
        for number, (name, unit) in enumerate((("longitude", "degrees_east"), ("latitude", "degrees_north"))):
            place = np.ascontiguousarray(middle[:, :, number])
            _variable(file, name, ("y", "x"), place, {"units": unit, "standard_name": name})
        crs = file.create_variable("crs", (), dtype="i4")
        crs.attrs.update(
            {
                "grid_mapping_name": "lambert_azimuthal_equal_area",
                "longitude_of_projection_origin": grid.longitude,
                "latitude_of_projection_origin": grid.latitude,
                "semi_major_axis": 6_378_137.0,
                "inverse_flattening": 298.257222101,
                "crs_wkt": grid.crs.to_wkt(),
            }
        )
        said = {
            "units": "t",
            "cell_methods": "time: sum",
            "grid_mapping": "crs",
            "coordinates": "longitude latitude",
        }
        for number, pollutant in enumerate(made.pollutants):
            values = np.ascontiguousarray(made.cells[:, number])
            name = f"emission of {pollutant} in {made.year}"
            _variable(file, pollutant, ("sector", "y", "x"), values, {**said, "long_name": name})
            outside = f"{pollutant}_outside"
            _variable(
                file, outside, ("sector",), made.outside[:, number],
                {"units": "t", "long_name": f"{name}, outside the grid"},
            )  # fmt: skip


def _variable(file: Any, name: str, dimensions: tuple[str, ...], values: Any, attributes: dict[str, Any]) -> None:
    kind = import_module("h5py").string_dtype() if values.dtype == object else values.dtype
    variable = file.create_variable(name, dimensions, dtype=kind)
    variable[...] = values
    variable.attrs.update(attributes)


def emiproc_inventory(made: Gridded) -> Any:
    """Return an ``emiproc.inventories.Inventory``: our cells as shapes, sectors as categories. [kg a-1]

    From there emiproc regrids and writes what WRF-Chem, ICON-ART or GRAL read.

    Raises
    ------
    CallerError
        The extra ``chemistry`` is not installed.
    """
    _extra("emiproc", "chemistry")
    inventories = import_module("emiproc.inventories")
    geopandas, shapely = import_module("geopandas"), import_module("shapely")
    boxes = shapely.box(*made.grid.corners().T)
    columns: dict[Any, Any] = {}
    for sector, each in zip(made.sectors, made.cells, strict=True):
        for pollutant, cells in zip(made.pollutants, each, strict=True):
            if cells.any():
                columns[sector, pollutant] = cells.ravel() * KILOGRAMS
    frame = geopandas.GeoDataFrame(columns, geometry=geopandas.GeoSeries(boxes, crs=made.grid.crs.to_wkt()))
    inventory = inventories.Inventory.from_gdf(frame, name=f"lantian_{made.edition}")
    inventory.year = made.year
    return inventory


def _write_emiproc(path: Path, made: Gridded) -> None:
    """Write a longitude–latitude raster of about the same cells through emiproc. [kg a-1 per cell]"""
    inventory = emiproc_inventory(made)
    grids, rasters = import_module("emiproc.grids"), import_module("emiproc.exports.rasters")
    inventory.to_crs("EPSG:4326")
    west, south, east, north = inventory.gdf.total_bounds
    wide, high = made.grid.columns, made.grid.rows
    raster = grids.RegularGrid(xmin=west, ymin=south, xmax=east, ymax=north, nx=wide, ny=high)
    with whole_file(path) as temporary:
        named = temporary.with_name(temporary.name + ".nc")  # emiproc would add the ending by itself
        try:
            rasters.export_raster_netcdf(inventory, named, raster)
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def _extra(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError as fault:
        raise CallerError(
            "This file needs {module}, which is not installed. Install it with `pip install 'lantian[{extra}]'`.",
            module=module, extra=extra,
        ) from fault  # fmt: skip
