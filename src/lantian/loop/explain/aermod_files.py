"""Regulatory cross-checks: sources, receptors and hours written for an AERMOD that the user has, and its answer.

The executable is not part of Lantian; the setting ``aermod`` (variable ``LANTIAN_AERMOD``) names it. Files are
written and read with `pyaermod`, the extra ``aermod``.
"""

import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from lantian.science.boundary.records import Boundary, Site
from lantian.science.plume.aermod import profile_text, surface_text
from lantian.science.plume.records import Kind, Receptors, Sources
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.types import FloatArray

INPUT = "aermod.inp"
POSTFILE = "hours.pst"
_SURFACE, _PROFILE = "surface.sfc", "profile.pfl"
_LINE_WIDTH = 10.0
"""Width given to a line, which AERMOD wants. [m]"""


def write_aermod(
    folder: Path,
    sources: Sources,
    emission: FloatArray,
    receptors: Receptors,
    boundary: Boundary,
    site: Site,
    *,
    gradient_above: float = 0.005,
    title: str = "Lantian",
) -> Path:
    """Write AERMOD's input, surface and profile files for hourly concentrations of all sources together.

    Parameters
    ----------
    folder : Path
        New or empty folder, in which AERMOD is run.
    sources : Sources
        Rows; points without gas flow get a velocity of 0.1 m/s at the mean temperature of the air.
    emission : array, shape (sources,)
        [g s-1]
    receptors : Receptors
        Rows.
    boundary : Boundary
        Hours.
    site : Site
        Where they were observed.
    gradient_above : float
        Of the potential temperature above a convective layer. [K m-1]
    title : str
        First line of the input.

    Returns
    -------
    Path
        The input file.

    Raises
    ------
    CallerError
        If `pyaermod` is not installed, the folder is not empty, or emissions do not fit.
    """
    kit = _kit()
    if folder.exists() and any(folder.iterdir()):
        raise CallerError(
            "{folder} is not empty; files of another run would be mixed in. Name a new one.", folder=folder
        )
    if emission.shape != (len(sources),):
        raise CallerError(
            "{n} emissions for {sources} sources: each needs one.", n=emission.size, sources=len(sources)
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SURFACE).write_text(surface_text(boundary, site, gradient_above), encoding="ascii")
    (folder / _PROFILE).write_text(profile_text(boundary, site), encoding="ascii")
    elevated = bool(np.ptp(np.concatenate([sources.base, receptors.ground])) > 0)
    pathway, air = kit.SourcePathway(), float(np.nanmean(boundary.temperature))
    for row in range(len(sources)):
        pathway.add_source(_source(kit, sources, row, float(emission[row]), air))
    places = kit.ReceptorPathway(
        discrete_receptors=[
            kit.DiscreteReceptor(
                float(x), float(y), z_elev=float(ground), z_hill=float(ground), z_flag=float(height)
            )
            for x, y, ground, height in zip(
                receptors.x, receptors.y, receptors.ground, receptors.height, strict=True
            )
        ]
    )
    local = boundary.hour_start[[0, -1]].astype("datetime64[h]") + np.timedelta64(round(site.utc_hours), "h")
    year = int(local[0].astype("datetime64[Y]").astype(np.int64)) + 1970
    project = kit.AERMODProject(
        control=kit.ControlPathway(
            title_one=title,
            averaging_periods=["1", "PERIOD"],
            terrain_type=kit.TerrainType.ELEVATED if elevated else kit.TerrainType.FLAT,
            regulatory_default=elevated,
            flag_pole_height=float(receptors.height[0]),
        ),
        sources=pathway,
        receptors=places,
        meteorology=kit.MeteorologyPathway(
            surface_file=_SURFACE,
            profile_file=_PROFILE,
            surface_station_id=1,
            upper_air_station_id=1,
            data_start_year=year,
            profile_base_elevation=site.elevation,
        ),
        output=kit.OutputPathway(postfile=POSTFILE, postfile_averaging="1"),
    )
    try:
        project.write(folder / INPUT)
    except ValueError as error:
        raise CallerError(
            "AERMOD would refuse these sources or receptors: {error}. Mend them and write again.", error=error
        ) from error
    return folder / INPUT


def run_aermod(folder: Path, executable: Path | None, *, timeout: float = 3600.0) -> Path:
    """Run the user's AERMOD in a folder that `write_aermod` filled; return its file of hours.

    Parameters
    ----------
    folder : Path
        With the input.
    executable : Path or None
        The setting ``aermod``.
    timeout : float
        [s]

    Raises
    ------
    CallerError
        If no executable was named, or it is not there.
    HouseError
        If it failed, took too long or wrote no hours.
    """
    if executable is None:
        raise CallerError(
            "No AERMOD is known here: it is not part of Lantian. Get it from the agency that publishes it and "
            "name its executable in LANTIAN_AERMOD."
        )
    if not executable.is_file():
        raise CallerError("{path} does not exist. Name AERMOD's executable in LANTIAN_AERMOD.", path=executable)
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, named by the user, no shell
            [str(executable.resolve())], cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HouseError("{path} did not run: {error}. Try it by hand in {folder}.", path=executable, error=error,
                         folder=folder) from error  # fmt: skip
    if done.returncode != 0 or not (folder / POSTFILE).is_file():
        raise HouseError(
            "{path} ended with {code} and wrote no hours: {said}. See aermod.out in {folder}.",
            path=executable,
            code=done.returncode,
            said=(done.stderr or done.stdout).strip()[-500:],
            folder=folder,
        )
    return folder / POSTFILE


def read_aermod(path: Path, receptors: Receptors, boundary: Boundary, site: Site) -> FloatArray:
    """Concentrations of AERMOD's file of hours at our receptors and hours, NaN where it has none.

    Parameters
    ----------
    path : Path
        File of hours in the plot format.
    receptors : Receptors
        Rows that were written.
    boundary : Boundary
        Hours that were written.
    site : Site
        Gives the zone of the labels.

    Returns
    -------
    array, shape (receptors, hours)
        [ug m-3]
    """
    rows = _kit().read_postfile(path).data
    hours = boundary.hour_start.astype("datetime64[h]") + np.timedelta64(round(site.utc_hours), "h")
    number = {_label(hour): place for place, hour in enumerate(hours)}
    place = {
        (f"{x:.2f}", f"{y:.2f}"): row for row, (x, y) in enumerate(zip(receptors.x, receptors.y, strict=True))
    }
    found = np.full((len(receptors), len(boundary)), np.nan)
    for x, y, label, value in zip(rows["x"], rows["y"], rows["date"], rows["concentration"], strict=True):
        key, hour = (f"{float(x):.2f}", f"{float(y):.2f}"), number.get(int(label))
        if key not in place or hour is None:
            raise CallerError(
                "{path} has a value at {x}, {y} in hour {label}, which was not asked for: it is of another run. "
                "Run AERMOD again.",
                path=path,
                x=x,
                y=y,
                label=label,
            )
        found[place[key], hour] = float(value)
    return found


def _label(hour: np.datetime64) -> int:
    """AERMOD's label of an hour, YYMMDDHH with the hour's end."""
    day = hour.astype("datetime64[D]")
    of_day = int((hour - day.astype("datetime64[h]")).astype(np.int64)) + 1
    return int(str(day)[2:].replace("-", "")) * 100 + of_day


def _source(kit: Any, sources: Sources, row: int, emission: float, air: float) -> object:
    name, kind = f"S{row + 1:06d}", Kind(int(sources.kind[row]))
    x, y, base = float(sources.x[row]), float(sources.y[row]), float(sources.base[row])
    wide, long, height = float(sources.span_x[row]), float(sources.span_y[row]), float(sources.height[row])
    if kind is Kind.AREA:
        return kit.AreaSource(
            name, x - wide / 2, y - long / 2, base_elevation=base, release_height=height,
            initial_lateral_dimension=wide, initial_vertical_dimension=long,
            emission_rate=emission / (wide * long), initial_sigma_z=float(sources.depth[row]),
        )  # fmt: skip
    if kind is Kind.LINE:
        return kit.LineSource(
            name, x - wide / 2, y - long / 2, x + wide / 2, y + long / 2, base_elevation=base,
            release_height=height, initial_lateral_dimension=_LINE_WIDTH,
            initial_vertical_dimension=float(sources.depth[row]),
            emission_rate=emission / (float(np.hypot(wide, long)) * _LINE_WIDTH),
        )  # fmt: skip
    rises = sources.diameter[row] > 0 and sources.velocity[row] > 0
    return kit.PointSource(
        name, x, y, base_elevation=base, stack_height=height, emission_rate=emission,
        stack_temp=float(sources.temperature[row]) if rises else air,
        exit_velocity=float(sources.velocity[row]) if rises else 0.1,
        stack_diameter=float(sources.diameter[row]) if rises else 0.1,
    )  # fmt: skip


def _kit() -> Any:
    if find_spec("pyaermod") is None:
        raise CallerError("pyaermod is not installed, and it writes AERMOD's files. Install lantian[aermod].")
    import pyaermod

    return pyaermod
