"""May something be sent to this address? Never into the house's own network (出站地址检查)."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lantian.terms.errors import CallerError

Resolve = Callable[[str, int], list[str]]
"""Host and port → its addresses."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MACHINES_OWN = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Public by its number, yet answered by the machine that hosts us: a cloud's own service."""


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where an address leads."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...]
    """All of them public. Connect to one of these, not to the name again: it may lead elsewhere by then."""


def resolved(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_public(url: str, *, schemes: tuple[str, ...] = ("https",), resolve: Resolve = resolved) -> PublicPlace:
    """Return where an address leads, if every machine behind it is on the public internet.

    Refused are private, loopback, link-local (metadata of clouds), shared, reserved and multicast addresses,
    however they are written: as a number, within IPv6, or behind a name.

    Parameters
    ----------
    url : str
        As somebody entered it.
    schemes : tuple of str
        Which are taken.
    resolve : callable
        How a name becomes addresses.

    Raises
    ------
    CallerError
        It is none, has a name and password in it, is not found, or leads inside.

    Examples
    --------
    >>> check_public("https://hook.example/in", resolve=lambda host, port: ["93.184.216.34"]).addresses
    ('93.184.216.34',)
    >>> check_public("https://2130706433/", resolve=lambda host, port: ["127.0.0.1"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    lantian.terms.errors.CallerError: 2130706433 leads to 127.0.0.1, which is not on the public internet. ...
    """
    host, port = _parts(url, schemes)
    try:
        addresses = tuple(dict.fromkeys(resolve(host, port)))
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise CallerError("{host} is not found. Check how it is written.", host=host)
    for address in addresses:
        if not is_public(address):
            raise CallerError(
                "{host} leads to {address}, which is not on the public internet. Nothing is sent into a network "
                "of one's own: name an address outside.",
                host=host,
                address=address,
            )
    return PublicPlace(url, host, port, addresses)


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, with every address that is written inside it.

    Examples
    --------
    >>> [is_public(text) for text in ("93.184.216.34", "10.0.0.8", "169.254.169.254", "::ffff:127.0.0.1", "x")]
    [True, False, False, False, False]
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        each.is_global and not each.is_multicast and not each.is_reserved and each not in _MACHINES_OWN
        for each in _within(parsed)
    )


def _within(address: _Address) -> Iterator[_Address]:
    """Yield an address and those that it stands for; a NAT64 address is what it stands for."""
    if not isinstance(address, ipaddress.IPv6Address):
        yield address
        return
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _parts(url: str, schemes: tuple[str, ...]) -> tuple[str, int]:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if parts.scheme not in schemes or not host or not port or "@" in parts.netloc:
        # the text is not repeated: it may hold a password
        raise CallerError(
            "That is not an address to send to. Write it as {scheme}://host/path, without a name and password.",
            scheme=schemes[0],
        )
    return host, port
