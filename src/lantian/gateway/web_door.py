"""The door for files by HTTP: a body is on the disk before its sender hears 202."""

import asyncio
import hmac
import ipaddress
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from lantian.desk.language import mark
from lantian.gateway.web_answers import HEADERS, RefusalError, answer, delivery_said, refused
from lantian.gateway.web_bodies import MULTIPART, Bodies
from lantian.gateway.web_limits import Pace, WebLimits
from lantian.ledger.models import Delivery, Sender
from lantian.loop.sense.doors.deliveries import find_delivery, list_deliveries, reject_files
from lantian.loop.sense.doors.delivering import (
    OPTIONS,
    Delivered,
    FileDoor,
    MayNotSendError,
    Parcel,
    check_kind,
    check_name,
    deliver,
)
from lantian.loop.sense.doors.senders import find_by_key
from lantian.terms.errors import CallerError, HouseError, LantianError

_NAME_OF_JSON = "delivery.json"
"""Name of a JSON body that is sent without one."""


@dataclass(frozen=True, slots=True)
class WebDoorParts:
    """What the door is built of."""

    door: FileDoor
    now: Callable[[], datetime]
    spool: Path
    """Folder for bodies on their way; what an earlier process left in it is of no worth."""
    metrics: Callable[[], str]
    health: Callable[[], dict[str, object]]
    """``ok`` decides between 200 and 503."""
    limits: WebLimits


class WebDoor:
    """Takes files of senders with a key, and tells those on this machine how the gateway is."""

    def __init__(self, parts: WebDoorParts) -> None:
        self._parts = parts
        self._limits = parts.limits
        self._pace = Pace(parts.limits.requests_a_minute, time.monotonic)
        self._wrong_keys = Pace(parts.limits.wrong_keys_a_minute, time.monotonic)
        self._uploads: Counter[str] = Counter()
        self._bodies = Bodies(parts.limits, parts.spool)
        self.app = Starlette(
            routes=[
                Route("/v1/deliveries", self._guarded(self._post), methods=["POST"]),
                Route("/v1/deliveries", self._guarded(self._list), methods=["GET"]),
                Route("/v1/deliveries/{id}", self._guarded(self._one), methods=["GET"]),
                Route("/v1/deliveries/{id}/rejects", self._guarded(self._rejects), methods=["GET"]),
                Route("/metrics", self._local(self._metrics), methods=["GET"]),
                Route("/health", self._local(self._health), methods=["GET"]),
            ],
            exception_handlers={HTTPException: _not_here, RefusalError: _refused, Exception: _our_fault},
        )
        self.app.router.redirect_slashes = False

    # ------------------------------------------------------------------------------------------ who asks

    def _guarded(
        self, work: Callable[[Request, Sender], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            sender = await self._sender(request)
            if not self._pace.allows(sender.id):
                raise RefusalError(
                    429,
                    "too_many_requests",
                    CallerError(
                        "Sender {name} asks more than {most} times a minute.",
                        name=sender.name,
                        most=self._limits.requests_a_minute,
                    ),
                )
            try:
                return await work(request, sender)
            except MayNotSendError as fault:
                raise RefusalError(403, "may_not_send", fault) from fault
            except CallerError as fault:
                raise RefusalError(400, "refused", fault) from fault
            except (HouseError, OSError) as fault:
                known = fault if isinstance(fault, HouseError) else HouseError("{fault}", fault=fault)
                raise RefusalError(503, "house_failing", known) from fault

        return endpoint

    async def _sender(self, request: Request) -> Sender:
        address = _address(request)
        if self._wrong_keys.spent(address):
            raise RefusalError(
                429, "too_many_wrong_keys", CallerError(mark("Too many wrong keys came from this address."))
            )
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        sender = None
        if scheme.lower() == "bearer" and key.strip():
            try:
                sender = await asyncio.to_thread(find_by_key, self._parts.door.ledger, key.strip())
            except HouseError as fault:
                raise RefusalError(503, "house_failing", fault) from fault
        if sender is None:
            self._wrong_keys.allows(address)
            raise RefusalError(
                401, "unknown_key", CallerError(mark("The key is missing, not known, or was closed."))
            )
        return sender

    def _local(self, work: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not _is_local(_address(request)):
                raise RefusalError(403, "only_local", CallerError(mark("Only this machine itself is told that.")))
            return work()

        return endpoint

    # ------------------------------------------------------------------------------------------ a file comes

    async def _post(self, request: Request, sender: Sender) -> Response:
        asked = request.query_params
        kind = asked.get("kind") or None
        options = {name: asked[name] for name in OPTIONS if asked.get(name)}
        if kind is not None:
            self._parts.door.kind(kind)
            check_kind(sender, kind)
        if request.headers.get("content-encoding", "identity") != "identity":
            fault = CallerError(mark("Bodies that are compressed on the way are not taken."))
            raise RefusalError(415, "encoding_not_taken", fault)
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        name = asked.get("name") or (_NAME_OF_JSON if media == "application/json" else "")
        if name or media != MULTIPART:
            check_name(name)
        self._bodies.check_length(request, media)
        async with self._slot(sender), self._bodies.spooled(request, media, name) as (path, called):
            parcel = Parcel(path, called, "http", sender.name, sender, kind, options)
            done: Delivered = await asyncio.to_thread(deliver, self._parts.door, parcel, at=self._parts.now())
        row = done.delivery
        said = {
            "id": row.id, "sha256": row.sha256, "size": row.size, "state": row.state, "kind": row.kind,
            "known": not done.fresh,
        }  # fmt: skip
        return answer(said, 202, {"Location": f"/v1/deliveries/{row.id}"})

    @asynccontextmanager
    async def _slot(self, sender: Sender) -> AsyncIterator[None]:
        """Hold one of the places for uploads."""
        limits = self._limits
        if self._uploads.total() >= limits.uploads or self._uploads[sender.id] >= limits.uploads_a_sender:
            fault = CallerError(
                "{own} uploads of sender {name} and {all} in all are under way, and no more are taken at a time.",
                own=self._uploads[sender.id],
                name=sender.name,
                all=self._uploads.total(),
            )
            raise RefusalError(429, "too_many_uploads", fault)
        self._uploads[sender.id] += 1
        try:
            yield
        finally:
            self._uploads[sender.id] -= 1
            self._uploads = +self._uploads

    # ------------------------------------------------------------------------------------------ what became of it

    async def _list(self, request: Request, sender: Sender) -> Response:
        most = request.query_params.get("most", "100")
        state = request.query_params.get("state") or None
        if not most.isascii() or not most.isdigit() or not 0 < int(most) <= self._limits.listed:
            raise CallerError(
                "most={most!r} is no number from 1 to {limit}.", most=most, limit=self._limits.listed
            )
        rows = await asyncio.to_thread(
            list_deliveries, self._parts.door.ledger, state=state, sender_id=sender.id, most=int(most)
        )
        return answer({"deliveries": [delivery_said(request, row) for row in rows]})

    async def _one(self, request: Request, sender: Sender) -> Response:
        return answer(delivery_said(request, await self._own(request, sender)))

    async def _rejects(self, request: Request, sender: Sender) -> Response:
        row = await self._own(request, sender)
        files = reject_files(self._parts.door, row)
        number = request.query_params.get("part", "1")
        if number not in {str(each) for each in range(1, len(files) + 1)}:
            gone = CallerError("Delivery {id} has {n} files of rejects.", id=row.id, n=len(files))
            raise RefusalError(404, "no_rejects", gone)
        path = files[int(number) - 1]
        return FileResponse(path, headers=dict(HEADERS), media_type="text/csv; charset=utf-8", filename=path.name)

    async def _own(self, request: Request, sender: Sender) -> Delivery:
        asked = request.path_params["id"]
        row = await asyncio.to_thread(find_delivery, self._parts.door.ledger, asked)
        if row is None or row.sender_id is None or not hmac.compare_digest(row.sender_id, sender.id):
            fault = CallerError("Sender {name} has no delivery {id!r}.", name=sender.name, id=asked[:80])
            raise RefusalError(404, "no_such_delivery", fault)
        return row

    def _metrics(self) -> Response:
        return PlainTextResponse(
            self._parts.metrics(), headers=dict(HEADERS), media_type="text/plain; version=0.0.4"
        )

    def _health(self) -> Response:
        health = self._parts.health()
        return answer(health, 200 if health.get("ok") else 503)


# ---------------------------------------------------------------------------------------------- what goes wrong


async def _refused(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, RefusalError):
        raise fault
    return refused(request, fault)


async def _not_here(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    code = "method_not_allowed" if status == 405 else "not_found"
    what: LantianError = CallerError(
        "{method} {path} is nothing here.", method=request.method, path=request.url.path
    )
    return refused(request, RefusalError(405 if status == 405 else 404, code, what))


async def _our_fault(request: Request, fault: Exception) -> Response:
    del fault  # the server logs it
    return refused(request, RefusalError(500, "our_fault", HouseError(mark("Something here went wrong."))))


def _address(request: Request) -> str:
    return "" if request.client is None else request.client.host


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
