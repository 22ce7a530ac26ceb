"""A logger at work: a recording or a simulated outlet, frame by frame, until it is done."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address

from lantian.device.client import DeviceClient, Outcome
from lantian.device.outlet import Outlet
from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.messages import Message
from lantian.wire.hj212.writing import split

Tally = Counter[Outcome]


def address_of(host: str, *, allow_remote: bool) -> str:
    """Return the address of a host; another machine only where that was allowed.

    Raises
    ------
    CallerError
        When there is no such host, or it is another machine.

    Examples
    --------
    >>> address_of("127.0.0.1", allow_remote=False)
    '127.0.0.1'
    """
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise CallerError("{host} is no host: {error}. Name another.", host=host, error=error) from error
    if not allow_remote and not all(ip_address(each.partition("%")[0]).is_loopback for each in found):
        raise CallerError(
            "{host} is another machine, and what this device sends is made up or old. "
            "Add --allow-remote where that is wanted.",
            host=host,
        )
    return found[0]


async def replay(client: DeviceClient, frames: Iterable[Frame], *, interval: float = 0.0) -> Tally:
    """Send recorded frames as they were, each when the one before is over; stop where the line ends."""
    tally: Tally = Counter()
    for number, frame in enumerate(frames):
        if number and interval:
            await asyncio.sleep(interval)
        outcome = await client.send(frame.raw)
        tally[outcome] += 1
        if outcome is Outcome.CLOSED:
            break
    return tally


async def simulate(client: DeviceClient, outlet: Outlet, *, interval: float, count: int | None = None) -> Tally:
    """Send real-time data, and minutes and hours when they end; `count` rounds, or until the line ends.

    Parameters
    ----------
    client
        The connection.
    outlet
        What is measured.
    interval
        From one round to the next. [s]
    count
        Number of rounds; None for no end.
    """
    tally: Tally = Counter()
    if outlet.identity.edition is Edition.HJ2025:
        await _send(client, outlet.heartbeat(), tally)
    before, rounds = outlet.now(), 0
    while count is None or rounds < count:
        if rounds:
            await _pause(client, interval)
        if client.closed.is_set():
            tally[Outcome.CLOSED] += not tally[Outcome.CLOSED]
            break
        rounds += 1
        now = outlet.now()
        if outlet.sending:
            await _send(client, outlet.real_time(), tally)
        for cn in ("2051", "2061"):
            if outlet.start_of(cn, now) > before:
                await _send(client, outlet.period(cn, outlet.start_of(cn, now) - outlet.step(cn)), tally)
        before = now
    return tally


async def stay(client: DeviceClient, seconds: float) -> None:
    """Say nothing for a while, and obey what the host asks."""
    await _pause(client, seconds)


async def _pause(client: DeviceClient, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await client.closed.wait()
    except TimeoutError:
        pass  # the line still stands


async def _send(client: DeviceClient, message: Message, tally: Tally) -> None:
    for data in split(message, key=client.identity.key):
        tally[await client.send(data)] += 1
