"""A simulated city alive under load: 2,000 outlets over TCP at 100 times the speed of the day, on this machine.

Prints one JSON line. The loggers run in this process, each with its own connection, the gateway and its writer in
two others, all on the same cores. Each logger sends minutes, a moment, the hour and at midnight the day, and waits
for the answer to each. Where the city has fewer loggers than `--outlets`, some stand twice, under other numbers.
`ack_*`: from the moment at which a frame is due to its answer, so durable in the journal; `lake_*`: from the end
of an hour to the moment at which everything of it can be read in the lake. `missing` counts hours of outlets that
should be in the lake and are not, over the hours that were told as complete: it has to be 0. `loggers_mb` holds
what the making of the city left behind; `loggers_grown_mb` is what lines and frames added to it.
"""

import argparse
import gc
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from lantian.assembly import House, choice_of, make_workspace
from lantian.city import load_city
from lantian.gateway.process import GatewayProcess, ProcessSettings
from lantian.loop.sense.registry import register_devices
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.pollutants import BASIC
from lantian.twin.catalogue import read_book
from lantian.twin.catalogue.loggers import mn_of
from lantian.twin.city_clock import CityClock
from lantian.twin.field import Air
from lantian.twin.live import LiveSettings, run_live, voices_of
from lantian.twin.making import Making
from lantian.twin.registering import device_contents, register_all
from lantian.twin.speaking import HOUR, Voice
from lantian.twin.stations import station_hours

DAY = date(2026, 1, 12)
SEED = 2026


def city_of(hours: int) -> tuple[Making, list[Voice]]:
    """Make the city and all that its loggers have to say."""
    city = load_city("changzhi")
    book = read_book(city)
    assert book is not None
    rule = Rulebook.packaged().edition(PlumeRule, "plume", DAY, choice_of(city))
    making = Making(city, book, rule, DAY, DAY + timedelta(days=3), SEED)
    first = datetime(DAY.year, DAY.month, DAY.day, tzinfo=city.zone)
    value = np.random.default_rng(SEED).uniform(1.0, 90.0, (len(city.stations), len(BASIC), 96))
    air = Air((), making.hours.start, value, voc=np.zeros((0, 0)), groups=(), contributions={})
    frames = station_hours(city.stations, air, making.sky, (), SEED)
    return making, voices_of(making, frames, first, first + hours * HOUR)


def doubled(voices: Sequence[Voice], outlets: int) -> list[Voice]:
    """Return so many voices; where there are too few, some again under other numbers."""
    found = list(voices[:outlets])
    while len(found) < outlets:
        again = found[len(found) - len(voices)]
        outlet = f"{again.outlet}-{len(found)}"
        logger = replace(again.logger, mn=mn_of(outlet, again.logger.edition))
        found.append(replace(again, outlet=outlet, logger=logger))
    return found


def register(house: House, making: Making, voices: Sequence[Voice]) -> None:
    """Register every logger, those that stand twice too."""
    at = datetime.now(UTC)
    register_all(house.ledger, making, at=at)
    known = {each.outlet: each for each in device_contents(making.catalogue, making.city.stations)}
    contents = [
        replace(known[source], mn=voice.logger.mn, outlet=voice.outlet)
        for voice in voices
        if voice.outlet not in known and (source := voice.outlet.rpartition("-")[0])
    ]
    register_devices(house.ledger, contents, by="bench", at=at)


def missing(house: House, voices: Sequence[Voice], hours: Sequence[datetime]) -> int:
    """Count hours of outlets that should have come and are not in the lake."""
    here = set()
    for table in ("source_readings", "power_readings"):
        rows = house.lake.scan(table, where=pl.col("period") == "hour", columns=["outlet", "period_start"])
        here |= set(rows.unique().collect().iter_rows())
    return sum(
        bool(voice.present[place]) and not voice.late[place] and (voice.outlet, hour) not in here
        for voice in voices
        for hour in hours
        if (place := voice.place(hour)) >= 0
    )


def resident(pid: int) -> float:
    """Resident memory of a process. [MB]"""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--outlets", type=int, default=2_000)
    arguments.add_argument("--speed", type=float, default=100.0)
    arguments.add_argument("--minutes", type=float, default=1.0)
    asked = arguments.parse_args()
    hours = int(asked.minutes * 60 * asked.speed / 3_600) + 2
    making, voices = city_of(hours)
    voices = doubled(voices, asked.outlets)
    first = voices[0].first
    told: list[datetime] = []
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        house = make_workspace(Path(place) / "city", "changzhi", simulated=True)
        register(house, making, voices)
        del making
        gc.collect()
        with GatewayProcess(
            house.folder, lambda: CityClock.starting(first, asked.speed), ProcessSettings(every=5.0, gaps_every=0)
        ) as door:
            began, before = time.monotonic(), resident(os.getpid())
            report = run_live(
                voices, door, door.clock,
                LiveSettings(first, first + hours * HOUR), on_hour=told.extend,
                stop=lambda: time.monotonic() - began > asked.minutes * 60,
            )  # fmt: skip
            names = ("loggers", "gateway", "writer")
            memory = {
                f"{name}_mb": resident(pid) for name, pid in zip(names, (os.getpid(), *door.pids), strict=False)
            }
            memory["loggers_grown_mb"] = round(memory["loggers_mb"] - before, 1)
        lost = missing(house, voices, told)
        rows = sum(
            house.lake.row_counts()[name] for name in ("source_readings", "power_readings", "ambient_hours")
        )
        house.close()
    print(
        json.dumps(
            {
                "bench": "twin", "outlets": len(voices), "speed": asked.speed, "seconds": round(report.seconds, 1),
                "frames": report.frames, "frames_per_second": round(report.rate), "resent": report.resent,
                "refused": report.refused, "ack_p50_ms": round(1e3 * report.lag_p50, 1),
                "ack_p99_ms": round(1e3 * report.lag_p99, 1), "hours": report.hours,
                "lake_p50_s": round(report.lake_p50, 1), "lake_p99_s": round(report.lake_p99, 1),
                "rows": rows, "missing": lost, **memory,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
