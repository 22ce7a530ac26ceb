"""A logger at work: a recording or a simulated outlet, frame by frame, until it is done."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from ipaddress import ip_address

from lantian.device.client import DeviceClient, Outcome
from lantian.device.courier import Courier
from lantian.device.outlet import Outlet
from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.messages import Message

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
        tally.update(await client.send_message(outlet.heartbeat()))
    async for messages in _rounds(outlet, interval, count, client.closed):
        if client.closed.is_set():
            tally[Outcome.CLOSED] += not tally[Outcome.CLOSED]
            break
        for message in messages:
            tally.update(await client.send_message(message))
    return tally


async def simulate_over(courier: Courier, outlet: Outlet, *, interval: float, count: int | None = None) -> None:
    """Give a courier what `simulate` sends, whether its line stands or not."""
    async for messages in _rounds(outlet, interval, count, asyncio.Event()):
        for message in messages:
            courier.give(message)


async def _rounds(
    outlet: Outlet, interval: float, count: int | None, ended: asyncio.Event
) -> AsyncIterator[list[Message]]:
    """Give the messages of each round, one round after the other; a round that took long is not made up for."""
    before, rounds = outlet.now(), 0
    while count is None or rounds < count:
        if rounds:
            await _pause(ended, interval)
        rounds += 1
        now = outlet.now()
        messages = [outlet.real_time()] if outlet.sending else []
        for cn in ("2051", "2061"):
            start = outlet.start_of(cn, now)
            if start > before:
                messages.append(outlet.period(cn, start - outlet.step(cn)))
        before = now
        yield messages


async def greet(client: DeviceClient, outlet: Outlet, *, key: bool = False, clock: bool = False) -> None:
    """Say what a logger says first on a line: it asks for what it lacks, and shows that it lives.

    Parameters
    ----------
    key
        Ask for a new key; a logger that has no number asks for that by itself.
    clock
        Ask to have the clock set.
    """
    identity = outlet.identity
    if identity.edition is Edition.HJ2025 and identity.logger_id and not identity.mn:
        await client.wish(outlet.number_wanted(), "1002")
    if not identity.mn:
        return
    if key and identity.edition is Edition.HJ2025:
        await client.wish(outlet.key_wanted(), "1014")
    if clock and identity.edition is not Edition.HJ2005:
        await client.wish(outlet.clock_wanted(), "1012")
    if identity.edition is Edition.HJ2025:
        await client.send_message(outlet.heartbeat())


async def stay(client: DeviceClient, seconds: float) -> None:
    """Say nothing for a while, and obey what the host asks."""
    await _pause(client.closed, seconds)


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        pass  # the line still stands
