"""The kinds of weather files, in the order in which they are tried."""

from lantian.desk.language import mark
from lantian.loop.sense.doors import grids_grib, grids_netcdf, weather_open_meteo, weather_station
from lantian.loop.sense.doors.records import FileKind

WEATHER_KINDS: tuple[FileKind, ...] = (
    FileKind(
        weather_open_meteo.KEY,
        mark("Weather of Open-Meteo (JSON, CSV)"),
        weather_open_meteo.SUFFIXES,
        weather_open_meteo.recognises,
        weather_open_meteo.take,
    ),
    FileKind(
        grids_netcdf.KEY,
        mark("Weather on a grid (NetCDF: ERA5, WRF)"),
        grids_netcdf.SUFFIXES,
        grids_netcdf.recognises,
        grids_netcdf.take,
    ),
    FileKind(
        grids_grib.KEY,
        mark("Weather on a grid (GRIB)"),
        grids_grib.SUFFIXES,
        grids_grib.recognises,
        grids_grib.take,
    ),
    FileKind(
        weather_station.KEY,
        mark("Observations of weather stations (CSV, Excel)"),
        weather_station.SUFFIXES,
        weather_station.recognises,
        weather_station.take,
    ),
)
