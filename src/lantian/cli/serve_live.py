"""The simulated city as a process of its own while it is served: its loggers and their gateway (边服务边运行)."""

import signal
import threading
from pathlib import Path

from lantian.cli.run import SEED, stretch_of
from lantian.cli.run_twin import bring_past, live_on
from lantian.serving.logs import log

_HOURS = 48
"""City hours that are prepared at once. [h]"""
STOP_SECONDS = 320.0
"""The gateway of the city takes what is left into the lake. [s]"""


def live_city(folder: Path, speed: float) -> None:
    """Let the city live on until SIGTERM; when its year is over, it stands still."""
    from lantian.assembly import open_workspace

    logger = log("lantian.city")
    stopping = threading.Event()
    house = open_workspace(folder)
    try:
        stretch = stretch_of(house, None, None)
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        bring_past(house, stretch.first, stretch.end, SEED, lambda _share, _words: None)
        while not stopping.is_set():
            report = live_on(
                house, stretch.first, stretch.end, SEED, _HOURS, lambda _share, _words: None, speed=speed,
                stop=stopping.is_set,
            )  # fmt: skip
            if report is None:
                logger.info("year_over")
                stopping.wait()
            elif report.stopped:
                break
            else:
                logger.info("hours_lived", hours=report.hours, frames=report.frames)
            signal.signal(signal.SIGTERM, lambda *_: stopping.set())  # a life gives it back as it was by default
    finally:
        house.close()
