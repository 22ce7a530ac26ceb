"""Micro-stations of a simulated city: cheap sensors that moisture and time lead astray (微型站)."""

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lantian.ledger import Ledger
from lantian.loop.sense.registry import DeviceContent, register_devices
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.catalogue.loggers import mn_of
from lantian.twin.noise import generator, red

if TYPE_CHECKING:
    from lantian.twin.field import Air
    from lantian.twin.making import Making


def micro_codes(count: int) -> tuple[str, ...]:
    """Return the codes of the devices.

    Examples
    --------
    >>> micro_codes(2)
    ('SIM-M001', 'SIM-M002')
    """
    return tuple(f"SIM-M{number:03d}" for number in range(1, count + 1))


def register_micro(ledger: Ledger, making: "Making", *, at: datetime) -> int:
    """Register every device, so that the door knows them; return how many were new."""
    contents = [
        DeviceContent(
            mn=mn_of(f"micro:{code}"),
            outlet=code,
            name=f"模拟·微型站{code[-3:]}",
            system="22",
            reports=(),
            simulated=True,
        )
        for code in micro_codes(making.book.instruments.micro_stations)
    ]
    rows = register_devices(ledger, contents, by="simulation", at=at, reason="device of the simulated city")
    return sum(row.changed_at == at for row in rows)


def micro_frame(making: "Making", air: "Air", past: np.ndarray) -> pl.DataFrame:
    """Return raw hours of every device in the columns that the door for files knows.

    A device stands near a station and breathes much the same air; it shows too much when the air is moist, its
    zero creeps over the months, and it is silent now and then. The first six stand right beside their station.
    """
    sky, hours = making.sky, making.hours
    stamp = sky.weather.axis[hours].dt.strftime("%Y-%m-%d %H:%M:%S")
    humidity, warmth = sky.humidity[hours], sky.temperature[hours]
    moist = 1.0 + 0.9 * np.maximum(humidity - 60.0, 0.0) / (100.0 - np.minimum(humidity, 96.0)) * 0.12
    frames = []
    for number, code in enumerate(micro_codes(making.book.instruments.micro_stations)):
        rng = generator(making.seed, f"micro:{code}", 0)
        place = number % len(air.stations)
        near = 1.0 if number < 6 else float(rng.uniform(0.85, 1.2))
        drift = np.linspace(0.0, float(rng.uniform(-4.0, 6.0)), len(stamp))
        noise = red(rng.standard_normal(len(stamp)), 3.0)
        silent = rng.random(len(stamp)) < 0.01
        for pollutant, gain, zero in ((Pollutant.PM25, 0.92, 3.0), (Pollutant.PM10, 0.70, 6.0)):
            true = air.value[place, list(BASIC).index(pollutant)] * near
            raw = np.round(np.maximum(gain * true * moist + zero + drift + 2.5 * noise, 0.0), 1)
            frames.append(
                pl.DataFrame(
                    {
                        "device": pl.repeat(code, len(stamp), eager=True),
                        "channel": pl.repeat(pollutant.value, len(stamp), eager=True),
                        "hour_start": stamp,
                        "raw": raw,
                        "temperature": warmth,
                        "humidity": humidity,
                    }
                ).filter(pl.Series(past & ~silent))
            )
    return pl.concat(frames)
