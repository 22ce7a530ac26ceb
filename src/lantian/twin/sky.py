"""Weather of a simulated city as instruments would see it: wind in a basin, warmth, moisture, cloud (模拟气象).

It is drawn from the same indices (stagnation, heat, moisture, episodes, dust) that shape the rest of the twin, so
that a stagnant week is calm, humid and shallow at once.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lantian.city import City
from lantian.terms.types import FloatArray
from lantian.twin.noise import red, white
from lantian.twin.weather import Weather

_DEGREES = np.pi / 180.0
_CLEAR_SKY = 1_040.0
"""Sun on the ground through clear air at the zenith. [W m-2]"""
CALM = 0.5
"""Below this a vane tells nothing. [m/s]"""


@dataclass(frozen=True, slots=True)
class Sky:
    """Routine observations of whole calendar years, each array of shape (hours,)."""

    weather: Weather
    """The indices it was made of, with calendar and axis."""
    temperature: FloatArray
    """At 2 m. [degC]"""
    humidity: FloatArray
    """Relative. [%]"""
    pressure: FloatArray
    """At the station. [hPa]"""
    wind_speed: FloatArray
    """At 10 m. [m/s]"""
    wind_direction: FloatArray
    """From where. [deg]"""
    cloud: FloatArray
    """Total cover. [1]"""
    radiation: FloatArray
    """Global, downward. [W m-2]"""
    precipitation: FloatArray
    """In the hour. [mm]"""
    sun: FloatArray
    """Sine of the elevation of the sun; below 0 at night. [1]"""
    wetness: FloatArray
    """How wet the ground is, 0 dry … 1 wet. [1]"""


def make_sky(city: City, weather: Weather, seed: int, *, valley_axis: float = 20.0, floor: float = 920.0) -> Sky:
    """Make the weather that belongs to the shared indices.

    Parameters
    ----------
    city : City
        Its stations say where the sun stands.
    weather : Weather
        Indices of whole calendar years.
    seed : int
        Of the simulation.
    valley_axis : float
        Direction of the basin, east of north. [deg]
    floor : float
        Height of the basin above the sea. [m]

    Returns
    -------
    Sky
        The same for the same seed, whatever stretch is asked for.
    """
    noise = white(seed, f"sky:{city.adcode}", weather.years, 8)
    latitude = float(np.mean([station.latitude for station in city.stations]))
    longitude = float(np.mean([station.longitude for station in city.stations]))
    sun = _sun(weather, latitude, longitude)
    cloud = _cloud(weather, noise)
    wet = _rain(weather, noise)
    cloud = np.where(wet > 0, np.maximum(cloud, 0.85), cloud)
    temperature = _temperature(weather, cloud, noise)
    speed, direction = _wind(weather, sun, cloud, noise, valley_axis)
    humidity = 58.0 + 9.0 * weather.summer * 0.8 + 11.0 * weather.humid + 5.0 * weather.stagnation
    humidity -= 1.9 * (temperature - _daily_mean(weather)) + 4.0 * weather.spring
    humidity = np.clip(np.where(wet > 0, np.maximum(humidity, 88.0), humidity), 12.0, 99.0)
    pressure = 1013.25 * np.exp(-floor / 8_150.0) - 4.5 * weather.heat - 2.0 * red(noise[6], 50.0)
    pressure -= 5.0 * weather.summer
    return Sky(
        weather=weather,
        temperature=np.round(temperature, 1),
        humidity=np.round(humidity, 0),
        pressure=np.round(pressure, 1),
        wind_speed=speed,
        wind_direction=direction,
        cloud=np.round(cloud, 1),
        radiation=np.round(_CLEAR_SKY * np.maximum(sun, 0.0) ** 1.15 * (1.0 - 0.72 * cloud**2.5), 0),
        precipitation=np.round(wet, 1),
        sun=sun,
        wetness=_wetness(wet),
    )


def _sun(weather: Weather, latitude: float, longitude: float) -> FloatArray:
    """Sine of the sun's elevation in the middle of each hour, the year as a circle [1]."""
    day = weather.axis.dt.ordinal_day().to_numpy().astype(np.float64)
    declination = 23.44 * _DEGREES * np.sin(2.0 * np.pi * (day - 80.5) / 365.25)
    zone = weather.axis.dt.base_utc_offset().dt.total_seconds().to_numpy() / 3_600.0
    solar = weather.hour + 0.5 + longitude / 15.0 - zone
    turn = (solar - 12.0) * np.pi / 12.0
    north = latitude * _DEGREES
    sine: FloatArray = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(turn)
    return sine


def _daily_mean(weather: Weather) -> FloatArray:
    """Warmth without the day's own course [degC]."""
    mean: FloatArray = 9.8 - 14.2 * weather.winter + 2.6 * weather.heat
    return mean


def _temperature(weather: Weather, cloud: FloatArray, noise: FloatArray) -> FloatArray:
    swing = (6.6 - 4.2 * cloud) * np.cos(2.0 * np.pi * (weather.hour - 15.0) / 24.0)
    cold = -2.2 * np.maximum(0.0, -weather.stagnation) * (0.6 + 0.4 * weather.winter)
    warm: FloatArray = _daily_mean(weather) + swing + cold + 1.2 * red(noise[0], 9.0)
    return warm


def _cloud(weather: Weather, noise: FloatArray) -> FloatArray:
    cover = 0.42 + 0.20 * weather.humid - 0.12 * weather.heat + 0.10 * weather.summer + 0.22 * red(noise[1], 8.0)
    return np.clip(cover, 0.0, 1.0)


def _rain(weather: Weather, noise: FloatArray) -> FloatArray:
    """Showers in a moist summer, little snow in winter [mm]."""
    ready = (
        weather.humid
        + 0.55 * weather.summer
        - 0.25 * np.maximum(weather.stagnation, 0.0)
        + 0.5 * red(noise[2], 3.0)
    )
    wet: FloatArray = 1.4 * np.maximum(ready - 1.75, 0.0) ** 1.4 * (1.2 + weather.summer)
    return np.where(wet < 0.05, 0.0, wet)


def _wetness(rain: FloatArray) -> FloatArray:
    """Ground that rain wets and a day dries [1]."""
    from scipy.signal import lfilter

    held = lfilter([1.0], [1.0, -np.exp(-1.0 / 18.0)], np.minimum(rain, 4.0))
    wet: FloatArray = 1.0 - np.exp(-held)
    return wet


def _wind(
    weather: Weather, sun: FloatArray, cloud: FloatArray, noise: FloatArray, valley_axis: float
) -> tuple[FloatArray, FloatArray]:
    """Wind of the weather, a breeze along the valley, gusts; weak winds follow the basin."""
    free = 2.25 * np.exp(-0.46 * weather.stagnation + 0.10 * weather.spring)
    free *= 0.78 + 0.34 * np.maximum(sun, 0.0) / 0.9
    dusty = np.minimum(weather.dust / 250.0, 1.0)
    free *= 1.0 + 0.9 * dusty
    # clean air comes from the north-west, stagnant air drifts up from the south
    turn = 320.0 - 130.0 / (1.0 + np.exp(-2.2 * (weather.stagnation - 0.15))) - 25.0 * weather.summer
    turn = (turn + 32.0 * red(noise[3], 14.0)) * _DEGREES
    clear = 1.0 - 0.7 * cloud
    breeze = clear * np.where(
        sun > 0.05, 0.9 * np.sin(np.pi * np.clip((weather.hour - 8.0) / 12.0, 0.0, 1.0)), -0.75
    )
    along = valley_axis * _DEGREES
    east = -free * np.sin(turn) + breeze * np.sin(along) + 0.55 * red(noise[4], 2.5)
    north = -free * np.cos(turn) + breeze * np.cos(along) + 0.55 * red(noise[5], 2.5)
    strength = np.hypot(east, north)
    follow = 0.45 * np.exp(-strength / 3.0)  # share of the part across the valley that the slopes take away
    across = east * np.cos(along) - north * np.sin(along)
    east, north = east - follow * across * np.cos(along), north + follow * across * np.sin(along)
    speed = np.round(np.maximum(np.hypot(east, north), 0.1), 1)
    direction = np.round(np.degrees(np.arctan2(-east, -north)) % 360.0, 0) % 360.0
    return speed, direction


def weather_frame(sky: Sky, station: str) -> pl.DataFrame:
    """Return the observations as a weather station would list them, one row an hour, calm without a direction."""
    return pl.DataFrame(
        {
            "station": pl.repeat(station, len(sky.temperature), eager=True),
            "hour_start": sky.weather.axis,
            "temperature": sky.temperature,
            "humidity": sky.humidity,
            "pressure": sky.pressure,
            "wind_speed": sky.wind_speed,
            "wind_direction": pl.Series(np.where(sky.wind_speed < CALM, np.nan, sky.wind_direction)).fill_nan(
                None
            ),
            "cloud_cover": sky.cloud * 100.0,
            "radiation": sky.radiation,
            "precipitation": sky.precipitation,
        }
    )
