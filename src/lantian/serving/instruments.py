"""The door of the instruments as a process of its own."""

import asyncio
import signal
import sys
import time
from pathlib import Path

GATEWAY_STOP_SECONDS = 150.0
"""The writer takes what is left into the lake. [s]"""


def serve_instruments(folder: Path, host: str, port: int) -> None:
    """Take frames of registered devices, and files of the inbox, until SIGTERM."""
    from lantian.assembly import open_workspace
    from lantian.gateway.file_doors import file_doors
    from lantian.gateway.running import RunningGateway, RunSettings
    from lantian.gateway.writer import WriterSettings

    house = open_workspace(folder)
    simulated = house.settings.simulated
    settings = RunSettings(
        host=host, port=port, writer=WriterSettings(gaps_every=0) if simulated else WriterSettings()
    )  # nobody asks loggers of a simulated city for what the wall's clock misses
    sys.setswitchinterval(0.001)  # the thread of the disk gets the interpreter back sooner
    running = RunningGateway(
        house.folder,
        house.ledger,
        house.city.zone,
        lambda: time.time_ns() // 1000,
        settings,
        file_doors(house, inbox=True),
    )

    async def serve() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await running.run(stop)

    try:
        asyncio.run(serve())
    finally:
        house.close()
