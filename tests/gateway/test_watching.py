"""The port of the watchers answers two questions and is hurt by nobody."""

import asyncio
import json

import pytest

from lantian.gateway.watching import Watch


def asked(request: bytes, *, ok: bool = True) -> bytes:
    async def run() -> bytes:
        watch = Watch(lambda: "lantian 1\n", lambda: {"ok": ok, "frames": 3})
        port = await watch.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        if request.endswith(b"EOF"):
            writer.write_eof()
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await watch.stop()
        return said

    return asyncio.run(run())


def test_metrics_are_text():
    head, _, body = asked(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"version=0.0.4" in head
    assert body == b"lantian 1\n"


@pytest.mark.parametrize(("ok", "status"), [(True, b"200 OK"), (False, b"503 Service Unavailable")])
def test_health_decides_the_status(ok: bool, status: bytes):
    head, _, body = asked(b"GET /health HTTP/1.1\r\n\r\n", ok=ok).partition(b"\r\n\r\n")
    assert status in head
    assert json.loads(body) == {"ok": ok, "frames": 3}


@pytest.mark.parametrize(
    ("request_line", "status"), [(b"GET / HTTP/1.1", b"404"), (b"POST /metrics HTTP/1.1", b"405"), (b"x", b"405")]
)
def test_other_questions_are_refused(request_line: bytes, status: bytes):
    assert asked(request_line + b"\r\n\r\n").startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("request_bytes", [b"A" * 100_000 + b"\r\n\r\n", b"GET /metrics EOF"])
def test_who_asks_for_ever_gets_nothing(request_bytes: bytes):
    assert asked(request_bytes) == b""
