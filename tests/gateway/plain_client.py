"""A second HJ 212 sender, written only from the examples of the standard: it shares no line with our codec."""

import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta


def checksum(text: bytes) -> int:
    """Annex A, word by word: bit by bit, no table."""
    register = 0xFFFF
    for byte in text:
        register = (register >> 8) ^ byte
        for _ in range(8):
            carry = register & 1
            register >>= 1
            if carry:
                register ^= 0xA001
    return register


def packet(segment: str) -> bytes:
    data = segment.encode("utf-8")
    return b"##" + str(len(data)).zfill(4).encode() + data + format(checksum(data), "04X").encode() + b"\r\n"


def unpack(data: bytes) -> dict[str, str]:
    """Fields of one whole packet; anything that is not as the standard writes it fails."""
    assert data[:2] == b"##", data
    length = int(data[2:6])
    segment = data[6 : 6 + length]
    assert data[6 + length :] == format(checksum(segment), "04X").encode() + b"\r\n", data
    head, _, area = segment.decode("ascii").partition("CP=&&")
    assert area.endswith("&&"), area
    fields = dict(part.split("=", 1) for part in head.split(";") if part)
    inside = area[:-2]
    return {**fields, **dict(part.split("=", 1) for part in inside.replace(",", ";").split(";") if part)}


@dataclass
class PlainClient:
    """A logger on a blocking socket."""

    port: int
    mn: str = "010000A8900016F000169DC0"
    password: str = "123456"
    st: str = "31"
    flag: int = 5
    host: str = "127.0.0.1"
    timeout: float = 10.0
    wire: socket.socket | None = None
    held: bytes = b""
    sent_at: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 8, 0))  # noqa: DTZ001 - a logger's clock

    def connect(self) -> "PlainClient":
        self.wire = socket.create_connection((self.host, self.port), self.timeout)
        self.held = b""
        return self

    def segment(self, cn: str, cp: str, **fields: object) -> str:
        self.sent_at += timedelta(milliseconds=1)
        qn = self.sent_at.strftime("%Y%m%d%H%M%S%f")[:17]
        head = {"QN": qn, "ST": self.st, "CN": cn, "PW": self.password, "MN": self.mn, "Flag": self.flag, **fields}
        return ";".join(f"{name}={value}" for name, value in head.items()) + f";CP=&&{cp}&&"

    def send(self, cn: str, cp: str = "", **fields: object) -> dict[str, str]:
        """Send one packet and return its own fields."""
        data = packet(self.segment(cn, cp, **fields))
        self.send_bytes(data)
        return unpack(data)

    def send_bytes(self, data: bytes) -> None:
        assert self.wire is not None
        self.wire.sendall(data)

    def receive(self) -> dict[str, str]:
        """Wait for one packet."""
        assert self.wire is not None
        while b"\r\n" not in self.held:
            got = self.wire.recv(65_536)
            if not got:
                raise ConnectionError("the gateway closed the line")
            self.held += got
        data, _, self.held = self.held.partition(b"\r\n")
        return unpack(data + b"\r\n")

    def silent(self, seconds: float) -> bool:
        """Whether nothing comes for a while."""
        assert self.wire is not None
        if self.held:
            return False
        self.wire.settimeout(seconds)
        try:
            self.held += self.wire.recv(65_536)
        except TimeoutError:
            return True
        finally:
            self.wire.settimeout(self.timeout)
        return False

    def closed(self, seconds: float = 5.0) -> bool:
        """Whether the other side ends the line within some time."""
        assert self.wire is not None
        self.wire.settimeout(seconds)
        try:
            while self.wire.recv(65_536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        finally:
            self.wire.settimeout(self.timeout)
        return True

    def close(self) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None
