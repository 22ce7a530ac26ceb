"""A line over TLS: only a host whose certificate is signed by who is trusted, and bears its name, is spoken to."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from lantian.device.client import DeviceClient
from lantian.device.identity import Identity
from lantian.terms.errors import PeerError
from lantian.wire.hj212.editions import Edition


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", cert, *names], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, cert


def connect(server: ssl.SSLContext | None, tls: ssl.SSLContext | None, name: str) -> None:
    async def whole() -> None:
        async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.1)
            writer.close()

        listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
        client = DeviceClient(Identity("1", "1", "31", Edition.HJ2017), lambda _: None, lambda *_: None)
        try:
            port = listening.sockets[0].getsockname()[1]
            await client.connect("127.0.0.1", port, seconds=5, tls=tls, server_name=name)
        finally:
            await client.close()
            listening.close()
            await asyncio.sleep(0.15)

    asyncio.run(whole())


def test_a_trusted_host_is_spoken_to(certificates: tuple[ssl.SSLContext, Path]):
    server, cert = certificates
    connect(server, ssl.create_default_context(cafile=str(cert)), "localhost")


def test_a_host_that_nobody_vouches_for_is_refused(certificates: tuple[ssl.SSLContext, Path]):
    with pytest.raises(PeerError, match="cannot be trusted"):
        connect(certificates[0], ssl.create_default_context(), "localhost")


def test_a_certificate_for_another_name_is_refused(certificates: tuple[ssl.SSLContext, Path]):
    server, cert = certificates
    with pytest.raises(PeerError, match="name that it bears"):
        connect(server, ssl.create_default_context(cafile=str(cert)), "gateway.example")


def test_a_host_without_tls_is_refused(certificates: tuple[ssl.SSLContext, Path]):
    with pytest.raises(PeerError):
        connect(None, ssl.create_default_context(cafile=str(certificates[1])), "localhost")
