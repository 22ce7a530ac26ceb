"""The door by HTTP, on a real server and a real socket: yes is said after the disk, and nobody can hurt it."""

import asyncio
import http.client
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lantian.gateway.web_door import WebDoor, WebDoorParts
from lantian.gateway.web_limits import WebLimits
from lantian.gateway.web_server import WebServer
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.ledger.models import Delivery
from lantian.loop.sense.doors.deliveries import list_deliveries
from lantian.loop.sense.doors.delivering import FileDoor
from lantian.loop.sense.doors.records import FileKind
from lantian.loop.sense.doors.senders import SenderContent, add_sender, close_sender, list_senders

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
LIMITS = {"max_bytes": 100_000, "requests_a_minute": 10_000, "wrong_keys_a_minute": 10_000}


def never(*_given: object) -> Any:
    raise AssertionError("nothing is taken here")


def kind(key: str) -> FileKind:
    return FileKind(key, key, (".csv",), lambda _name, head: head.startswith(key.encode()), never)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        error = self.json["error"]
        assert set(error) == {"code", "message", "what_to_do"}
        assert all(error.values())
        return str(error["code"])


class Door:
    """A server in a thread, with two senders."""

    def __init__(self, folder: Path, ledger: Ledger, *, tls: ssl.SSLContext | None = None, **limits: Any) -> None:
        files = FileStore(folder / "files", ledger)
        self.door = FileDoor(ledger, files, (kind("a"), kind("b")), folder / "rejects")
        self.spool = folder / "uploads"
        self.ledger, self.healthy = ledger, True
        bounds = WebLimits(**{**LIMITS, **limits})
        parts = WebDoorParts(self.door, lambda: NOW, self.spool, lambda: "lantian 1\n", self.health, bounds)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = WebServer(WebDoor(parts).app, bounds)
        self.port: int = self.call(self.server.start("127.0.0.1", 0, tls=tls))
        self.keys = {name: self.add(name, *kinds) for name, kinds in (("one", ()), ("two", ("b",)))}

    def health(self) -> dict[str, object]:
        return {"ok": self.healthy}

    def add(self, name: str, *kinds: str) -> str:
        for row in list_senders(self.ledger, closed=True):
            name += "-next" if row.name == name else ""
        content = SenderContent(name, "plant", kinds, simulated=True)
        return add_sender(self.ledger, content, ["a", "b"], by="duty", at=NOW, reason="test").key

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def stop(self) -> None:
        self.call(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def ask(
        self, method: str, path: str, body: Any = None, *, sender: str | None = "one", **headers: str
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if sender is not None:
            given["Authorization"] = f"Bearer {self.keys.get(sender, sender)}"
        try:
            line.request(method, path, body, given, encode_chunked="Transfer-Encoding" in given)
            answer = line.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            line.close()

    def post(self, body: Any, query: str = "name=x.csv", **more: Any) -> Answer:
        return self.ask("POST", f"/v1/deliveries?{query}", body, **more)

    def raw(self, *pieces: bytes, pause: float = 0.0, seconds: float = 20.0) -> bytes:
        """Send bytes as they are; return what came until the line was closed."""
        with socket.create_connection(("127.0.0.1", self.port), seconds) as wire:
            for piece in pieces:
                try:
                    wire.sendall(piece)
                except OSError:  # it has been answered and closed
                    break
                time.sleep(pause)
            got = b""
            while more := wire.recv(65_536):
                got += more
            return got

    def head(self, length: int | str, query: str = "name=x.csv") -> bytes:
        return (
            f"POST /v1/deliveries?{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.keys['one']}\r\n"
            f"Content-Length: {length}\r\n\r\n"
        ).encode()

    def rows(self) -> list[Delivery]:
        return list_deliveries(self.ledger)


@pytest.fixture
def doors(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[..., Door]]:
    (tmp_path / "ledger.db").write_bytes(sqlite_template.read_bytes())
    ledger = Ledger(tmp_path / "ledger.db")
    opened: list[Door] = []

    def start(**given: Any) -> Door:
        opened.append(Door(tmp_path, ledger, **given))
        return opened[-1]

    yield start
    for each in opened:
        each.stop()
    ledger.close()


@pytest.fixture
def door(doors: Callable[..., Door]) -> Door:
    return doors()


def test_a_body_is_in_the_queue_and_on_the_disk_when_its_sender_hears_202(door: Door):
    answer = door.post(b"a,b\n1,2\n", "name=%E5%8E%82%E4%B8%80.csv&edge=end")
    assert answer.status == 202
    [row] = door.rows()
    told = answer.json
    assert (told["id"], told["sha256"], told["state"], told["known"]) == (row.id, row.sha256, "waiting", False)
    assert (row.name, row.brought_by, row.door, row.options) == ("厂一.csv", "one", "http", {"edge": "end"})
    assert door.door.files.read(row.file_id) == b"a,b\n1,2\n"
    assert answer.headers["location"] == f"/v1/deliveries/{row.id}"
    assert list(door.spool.iterdir()) == []


def test_a_json_body_is_a_file_and_a_form_holds_one(door: Door):
    body = json.dumps([{"a": 1}]).encode()
    assert door.post(body, "", Content_Type="application/json").status == 202
    form = (
        b'--X\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--X\r\n'
        b'Content-Disposition: form-data; name="file"; filename="form.csv"\r\nContent-Type: text/csv\r\n\r\n'
        + b"b" * 70_000
        + b"\r\n--X--\r\n"
    )
    assert door.post(form, "", Content_Type="multipart/form-data; boundary=X").status == 202
    found = {row.name: row.size for row in door.rows()}
    assert found == {"delivery.json": len(body), "form.csv": 70_000}


def test_a_chunked_body_without_a_length_is_taken(door: Door):
    assert door.post(iter([b"a" * 1000] * 50), Transfer_Encoding="chunked").status == 202
    assert door.rows()[0].size == 50_000


def test_the_same_bytes_are_told_as_the_same_delivery(door: Door):
    first, again = door.post(b"a1"), door.post(b"a1", "name=other.csv")
    assert (again.status, again.json["id"], again.json["known"]) == (202, first.json["id"], True)


def test_eight_who_post_the_same_at_once_make_one_delivery(doors: Callable[..., Door]):
    door = doors(uploads_a_sender=8)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: door.post(b"a" * 90_000), range(8)))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(door.rows()) == 1


@pytest.mark.parametrize("sender", [None, "", "wrong", "ключ".encode().decode("latin-1")])
def test_an_unknown_key_is_401(door: Door, sender: str | None):
    answer = door.post(b"a", sender=sender)
    assert (answer.status, answer.code, answer.headers["www-authenticate"]) == (401, "unknown_key", "Bearer")
    assert door.rows() == []


def test_a_closed_sender_is_unknown(door: Door):
    close_sender(door.ledger, "one", by="duty", at=NOW, reason="ended")
    assert door.post(b"a").status == 401


def test_another_kind_than_allowed_is_403_said_or_recognised(door: Door):
    said, seen = door.post(b"b", "name=x.csv&kind=a", sender="two"), door.post(b"a", sender="two")
    assert [(each.status, each.code) for each in (said, seen)] == [(403, "may_not_send")] * 2
    assert "only b" in said.json["error"]["message"]
    assert door.rows() == []
    assert door.post(b"b", sender="two").status == 202


@pytest.mark.parametrize(
    "query",
    ["", "name=", "name=..%2Fa.csv", "name=%2Fetc%2Fpasswd", "name=a%5Cb.csv", "name=a%0Ab.csv", "name=..",
     "name=x.csv&kind=tea", "name=x.csv&edge=middle"],
)  # fmt: skip
def test_wrong_names_kinds_and_options_are_400(door: Door, query: str):
    answer = door.post(b"a", query)
    assert (answer.status, answer.code) == (400, "refused")
    assert door.rows() == []


def test_a_form_is_no_way_around(door: Door):
    head = b'--X\r\nContent-Disposition: form-data; name="f"; filename="'
    forms = [
        head + b'../a.csv"\r\n\r\na\r\n--X--\r\n',
        b'--X\r\nContent-Disposition: form-data; name="f"\r\n\r\na\r\n--X--\r\n',
        head + b'a.csv"\r\n\r\na\r\n' + head + b'b.csv"\r\n\r\na\r\n--X--\r\n',
        b"no form at all",
        head + b'a.csv"\r\n\r\ncut off',
    ]
    for form in forms:
        answer = door.post(form, "", Content_Type="multipart/form-data; boundary=X")
        assert (answer.status, answer.code) == (400, "refused"), form
    assert door.post(b"x", "", Content_Type="multipart/form-data").status == 400
    assert door.rows() == []


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 and so on", b"Rar!"])
def test_nothing_and_archives_are_400(door: Door, body: bytes):
    assert door.post(body).code == "refused"


def test_a_body_that_says_it_is_too_large_is_413_before_it_is_read(door: Door):
    said = door.raw(door.head(100_001))  # not one byte of the body is sent
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in said
    assert door.raw(door.head("9" * 18)).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_large_is_413(door: Door):
    pieces = b"".join(b"2710\r\n" + b"a" * 10_000 + b"\r\n" for _ in range(11))
    head = door.head(1).replace(b"Content-Length: 1", b"Transfer-Encoding: chunked")
    assert door.raw(head + pieces).startswith(b"HTTP/1.1 413 ")
    form = b'--X\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n' + b"a" * 100_001
    large = door.post(form + b"\r\n--X--\r\n", "", Content_Type="multipart/form-data; boundary=X")
    assert (large.status, large.code) == (413, "too_large")
    assert door.rows() == []
    assert list(door.spool.iterdir()) == []


def test_a_compressed_body_is_415(door: Door):
    assert door.post(b"a", Content_Encoding="gzip").code == "encoding_not_taken"


def test_a_body_that_pauses_or_drags_on_is_408(doors: Callable[..., Door]):
    pausing = doors(chunk_seconds=0.3)
    assert pausing.raw(pausing.head(10) + b"a").startswith(b"HTTP/1.1 408 ")
    dragging = doors(upload_seconds=0.5)
    pieces = [dragging.head(1000), *[b"a"] * 9]
    assert dragging.raw(*pieces, pause=0.1).startswith(b"HTTP/1.1 408 ")
    assert dragging.rows() == []
    assert list(dragging.spool.iterdir()) == []


def test_a_head_that_does_not_end_is_sent_away(doors: Callable[..., Door]):
    door = doors(head_seconds=0.3)
    assert door.raw(b"POST /v1/deliveries HTTP/1.1\r\nHost:") == b""
    assert door.post(b"a").status == 202


def test_a_body_that_breaks_off_leaves_nothing(door: Door):
    with socket.create_connection(("127.0.0.1", door.port), 10) as wire:
        wire.sendall(door.head(1000) + b"half")
        time.sleep(0.2)
    end = time.monotonic() + 10
    while list(door.spool.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert door.rows() == []


def test_too_many_requests_of_one_sender_are_429_and_do_not_touch_another(doors: Callable[..., Door]):
    door = doors(requests_a_minute=3)
    answers = [door.ask("GET", "/v1/deliveries") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].code, answers[3].headers["retry-after"]) == ("too_many_requests", "60")
    assert door.ask("GET", "/v1/deliveries", sender="two").status == 200


def test_too_many_wrong_keys_close_the_door_to_their_address(doors: Callable[..., Door]):
    door = doors(wrong_keys_a_minute=2)
    assert [door.post(b"a", sender="wrong").status for _ in range(3)] == [401, 401, 429]


def test_uploads_at_a_time_are_counted(doors: Callable[..., Door]):
    door = doors(uploads_a_sender=1)
    with socket.create_connection(("127.0.0.1", door.port), 10) as wire:
        wire.sendall(door.head(2) + b"a")
        end = time.monotonic() + 10
        while not list(door.spool.iterdir()):
            assert time.monotonic() < end
            time.sleep(0.01)
        assert door.post(b"a2").code == "too_many_uploads"
        assert door.post(b"b3", sender="two").status == 202
        wire.sendall(b"4")
        assert wire.recv(4096).startswith(b"HTTP/1.1 202 ")
    assert door.post(b"a2").status == 202


def test_a_disk_that_fails_is_503_and_nothing_is_acknowledged(door: Door):
    place = door.door.files.folder
    place.write_text("where the folder should be")
    answer = door.post(b"a")
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "house_failing", "60")
    assert door.rows() == []
    place.unlink()
    assert door.post(b"a").status == 202


def test_a_sender_sees_its_own_deliveries_and_their_rejects(door: Door):
    made = door.post(b"a1").json["id"]
    with door.ledger.write() as session:
        row = session.get_one(Delivery, made)
        row.state, row.rejects, row.counts = "taken", ["r.csv", "../../ledger.db"], {"read": 2, "rejected": 1}
        row.error, row.error_values = "{name} is strange.", {"name": "x"}
    door.door.rejects.mkdir()
    (door.door.rejects / "r.csv").write_text("row 1", "utf-8")
    told = door.ask("GET", f"/v1/deliveries/{made}").json
    assert (told["state"], told["counts"]["rejected"], told["error"]) == ("taken", 1, "x is strange.")
    assert [row["id"] for row in door.ask("GET", "/v1/deliveries?state=taken").json["deliveries"]] == [made]
    rejects = door.ask("GET", f"/v1/deliveries/{made}/rejects")
    assert (rejects.status, rejects.body) == (200, b"row 1")
    assert door.ask("GET", f"/v1/deliveries/{made}/rejects?part=2").code == "no_rejects"
    assert door.ask("GET", f"/v1/deliveries/{made}", sender="two").code == "no_such_delivery"
    assert door.ask("GET", f"/v1/deliveries/{made}/rejects", sender="two").status == 404
    assert door.ask("GET", "/v1/deliveries", sender="two").json == {"deliveries": []}
    assert door.ask("GET", "/v1/deliveries?state=tea").status == 400
    assert door.ask("GET", "/v1/deliveries?most=0").status == 400


def test_errors_have_one_shape_and_speak_chinese_where_asked(door: Door):
    assert door.ask("GET", "/nothing").code == "not_found"
    assert door.ask("DELETE", "/v1/deliveries").code == "method_not_allowed"
    assert door.ask("GET", "/v1/deliveries/").status == 404
    answer = door.ask("GET", "/v1/deliveries", sender=None, Accept_Language="zh-CN")
    assert answer.code == "unknown_key"


def test_each_answer_ends_its_connection(door: Door):
    assert door.ask("GET", "/health").headers["connection"] == "close"
    assert door.post(b"a").headers["connection"] == "close"


def test_metrics_and_health_are_told_to_this_machine(door: Door):
    metrics = door.ask("GET", "/metrics", sender=None)
    assert (metrics.status, metrics.body) == (200, b"lantian 1\n")
    assert "version=0.0.4" in metrics.headers["content-type"]
    assert door.ask("GET", "/health", sender=None).json == {"ok": True}
    door.healthy = False
    assert door.ask("GET", "/health", sender=None).status == 503


def test_metrics_are_told_to_nobody_else(door: Door):
    from starlette.requests import Request

    parts = WebDoorParts(door.door, lambda: NOW, door.spool, lambda: "", door.health, WebLimits())
    app, told = WebDoor(parts).app, []

    async def ask() -> None:
        scope = {
            "type": "http", "method": "GET", "path": "/metrics", "raw_path": b"/metrics", "query_string": b"",
            "headers": [], "client": ("10.0.0.1", 1), "server": ("x", 1), "scheme": "http", "http_version": "1.1",
        }  # fmt: skip

        async def send(message: Any) -> None:
            told.append(message)

        await app(scope, Request(scope).receive, send)

    asyncio.run(ask())
    assert told[0]["status"] == 403


def test_what_an_earlier_process_left_on_its_way_is_removed(doors: Callable[..., Door], tmp_path: Path):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "half").write_bytes(b"half")
    assert list(doors().spool.iterdir()) == []


def test_the_line_can_be_encrypted(doors: Callable[..., Door], tmp_path: Path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    door = doors(tls=tls)
    trusted = ssl.create_default_context(cafile=str(tmp_path / "cert"))
    line = http.client.HTTPSConnection("127.0.0.1", door.port, timeout=20, context=trusted)
    line.request("POST", "/v1/deliveries?name=x.csv", b"a", {"Authorization": f"Bearer {door.keys['one']}"})
    assert line.getresponse().status == 202
    line.close()
