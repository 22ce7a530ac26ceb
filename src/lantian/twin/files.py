"""Files that a simulated city's instruments and offices bring, through the door for files (文件类数据).

Weather, fires that a satellite saw, composition, organic compounds, micro-stations: each is written as such files
are, kept in ``twin/files``, delivered and taken like a stranger's.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lantian.assembly import REJECTS
from lantian.loop.sense.doors.deliveries import find_delivery
from lantian.loop.sense.doors.delivering import FileDoor, Parcel, State, deliver
from lantian.loop.sense.doors.kinds import SENSE_KINDS
from lantian.loop.sense.doors.taking import take_waiting
from lantian.rules import SpeciesRule
from lantian.terms.errors import HouseError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.composition import known_species, limit_of, particle_species, vapour_species
from lantian.twin.emitting import season_shape
from lantian.twin.micro import micro_frame
from lantian.twin.noise import generator
from lantian.twin.sky import CALM

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.twin.catalogue import Cell
    from lantian.twin.field import Air
    from lantian.twin.making import Making

FOLDER = Path("twin") / "files"
BY = "twin"
WEATHER_STATION = "SIM-W1"
_OVERPASSES = ((1, 36), (13, 24), (22, 12))
"""Local times at which satellites pass: hour and minute."""
_MOST_FIRES = 60
"""On a day."""
_FIRES_A_TONNE = 0.9
"""Fires that a satellite sees for each tonne of fine particles of straw on a day. [t-1]"""


def bring_files(house: "House", making: "Making", air: "Air", until: datetime) -> dict[str, int]:
    """Write the files up to an hour, deliver and take them; return kind → rows that were new.

    Raises
    ------
    HouseError
        A file of the twin itself was refused, which would be a fault of this program.
    """
    folder = house.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    door = FileDoor(house.ledger, house.files, SENSE_KINDS, house.folder / REJECTS)
    rule = house.rulebook.edition(SpeciesRule, "species", making.last, house.choice)
    given: list[str] = []
    for name, content in files_of(making, air, until, rule):
        path = folder / name
        path.write_text(content, "utf-8")
        said = deliver(door, Parcel(path, name, "command", BY), at=house.now())
        given.append(said.delivery.id)
    take_waiting(door, house.centre())
    counts: dict[str, int] = {}
    for number in given:
        row = find_delivery(house.ledger, number)
        if row is None or row.state != State.TAKEN:
            raise HouseError(
                "The door did not take {name}, which the twin wrote: {state}. `lantian door show {id}` says why.",
                name="" if row is None else row.name,
                state="" if row is None else row.state,
                id=number,
            )
        counts[str(row.kind)] = counts.get(str(row.kind), 0) + int((row.counts or {}).get("written", 0))
    return counts


def files_of(making: "Making", air: "Air", until: datetime, rule: SpeciesRule) -> Iterator[tuple[str, str]]:
    """Return name and content of every file with rows before an hour."""
    axis = making.sky.weather.axis[making.hours]
    past = (axis < until).to_numpy()
    yield f"weather {WEATHER_STATION}.csv", _weather(making, past)
    fires = _fires(making, past)
    if fires.height:
        yield "fires.csv", fires.write_csv()
    for site in making.book.instruments.composition_sites:
        yield f"composition {site}.csv", _composition(making, air, site, axis, past)
    yield f"voc {making.book.instruments.voc_site}.csv", _vapours(making, air, axis, past, rule)
    yield "micro.csv", _label() + micro_frame(making, air, past).write_csv()


def _label(*more: str) -> str:
    """Return the lines above the header that say what the file is."""
    return "".join(f"# {line}\n" for line in ("simulated = true", "edge = start", *more))


def _weather(making: "Making", past: np.ndarray) -> str:
    sky, hours = making.sky, making.hours
    speed = sky.wind_speed[hours]
    direction = pl.Series(np.where(speed < CALM, np.nan, sky.wind_direction[hours])).fill_nan(None)
    seat = making.book.seats[0]
    frame = pl.DataFrame(
        {
            "hour_start": sky.weather.axis[hours].dt.strftime("%Y-%m-%dT%H:%M:%S%:z"),
            "temperature(℃)": sky.temperature[hours],
            "humidity(%)": sky.humidity[hours],
            "pressure(hPa)": sky.pressure[hours],
            "wind_speed(m/s)": speed,
            "wind_direction(°)": direction,
            "precipitation(mm)": sky.precipitation[hours],
            "cloud_cover(%)": sky.cloud[hours] * 100.0,
            "radiation(W/m2)": sky.radiation[hours],
        }
    ).filter(pl.Series(past))
    return frame.select(
        pl.lit(WEATHER_STATION).alias("station"),
        pl.lit(seat.longitude).alias("longitude"),
        pl.lit(seat.latitude).alias("latitude"),
        pl.all(),
        pl.lit("true").alias("simulated"),
    ).write_csv()


def _fires(making: "Making", past: np.ndarray) -> pl.DataFrame:
    """Return fires of straw as a satellite lists them, in UTC."""
    straw = next((row for row in making.book.surfaces if row.key == "straw"), None)
    rows: list[dict[str, object]] = []
    if straw is not None:
        shape = season_shape(straw.season, making.sky)[making.hours]
        daily = shape.reshape(-1, 24).mean(axis=1) * straw.emission.get("pm25", 0.0) / 365.0
        days = making.sky.weather.axis[making.hours].gather_every(24)
        villages = [cell for cell in making.catalogue.cells if not cell.seat]
        for number, (day, tonnes) in enumerate(zip(days, daily, strict=True)):
            rng = generator(making.seed, f"fires:{day:%Y%m%d}", 0)
            seen = int(rng.poisson(_FIRES_A_TONNE * tonnes)) if past[number * 24] else 0
            chosen = rng.integers(0, len(villages), size=min(seen, _MOST_FIRES))
            rows += [_fire(day, villages[int(place)], rng) for place in chosen]
    return pl.DataFrame(rows)


def _fire(day: datetime, cell: "Cell", rng: np.random.Generator) -> dict[str, object]:
    hour, minute = _OVERPASSES[int(rng.integers(1, len(_OVERPASSES)))]
    moment = (day + timedelta(hours=hour, minutes=minute)).astimezone(UTC)
    return {
        "latitude": round(cell.latitude + float(rng.normal(0.0, 0.02)), 5),
        "longitude": round(cell.longitude + float(rng.normal(0.0, 0.02)), 5),
        "bright_ti4": round(float(rng.uniform(305.0, 340.0)), 2),
        "scan": 0.4,
        "track": 0.4,
        "acq_date": f"{moment:%Y-%m-%d}",
        "acq_time": f"{moment:%H%M}",
        "satellite": "N",
        "instrument": "VIIRS",
        "confidence": str(rng.choice(["l", "n", "n", "h"])),
        "version": "2.0NRT",
        "bright_ti5": round(float(rng.uniform(280.0, 300.0)), 2),
        "frp": round(float(rng.lognormal(0.7, 0.6)), 2),
        "daynight": "D" if 6 <= hour < 18 else "N",
        "simulated": "true",
    }


def _composition(making: "Making", air: "Air", site: str, axis: pl.Series, past: np.ndarray) -> str:
    found = particle_species(air, site, making.seed)
    place = air.stations.index(site)
    mass = air.value[place, list(BASIC).index(Pollutant.PM25)]
    columns: dict[str, pl.Series] = {
        "start": axis.dt.strftime("%Y-%m-%d %H:%M:%S"),
        "pm25(µg/m³)": pl.Series(np.round(mass, 1)),
    }
    for key, series in found.items():
        columns[f"{key}(µg/m³)"] = pl.Series(np.round(series, 5)).fill_nan(None)
    limits = [f"mdl.{key} = {limit_of(key, 'particles')}" for key in found]
    return _label(f"station = {site}", *limits) + pl.DataFrame(columns).filter(pl.Series(past)).write_csv()


def _vapours(making: "Making", air: "Air", axis: pl.Series, past: np.ndarray, rule: SpeciesRule) -> str:
    site = making.book.instruments.voc_site
    masses = {row.key: float(row.molar_mass) for row in rule.species if row.molar_mass is not None}
    masses["m_p_xylene"] = masses.get("m_p_xylene") or masses["m-xylene"]
    found = vapour_species(air, site, {key: masses[key] for key in known_species("vapours")}, making.seed)
    columns: dict[str, pl.Series] = {"start": axis.dt.strftime("%Y-%m-%d %H:%M:%S")}
    for key, series in found.items():
        columns[f"{key}(ppb)"] = pl.Series(np.round(series, 4)).fill_nan(None)
    return (
        _label(f"station = {site}", "state = 298.15") + pl.DataFrame(columns).filter(pl.Series(past)).write_csv()
    )
