"""Answers of the door for files: JSON, one shape for every error, one request a connection."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lantian.desk.language import Translation, error_text, mark, translation
from lantian.ledger.models import Delivery
from lantian.loop.sense.doors.deliveries import delivery_shown, error_of
from lantian.terms.errors import CallerError, LantianError

HEADERS: Mapping[str, str] = {
    "Connection": "close",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
REMEDIES: Mapping[int, str] = {
    400: mark("Mend what the message names, and send it again."),
    401: mark("Send the header Authorization: Bearer KEY with the key that the office gave out."),
    403: mark("Ask the city's office for the right."),
    404: mark("Look at the address; docs/doors.md names every one."),
    405: mark("Look at the method; docs/doors.md names every one."),
    408: mark("Send it again over a better line, or in smaller files."),
    413: mark("Split the file, and send its parts."),
    415: mark("Send the bytes as they are, without compression on the way."),
    429: mark("Wait a minute, and send it again."),
    500: mark("Send it again later; tell the city's office if it stays so."),
    503: mark("Nothing was taken. Send it again in a minute."),
}
_RETRY_SECONDS = "60"


class RefusalError(Exception):
    """A request that is not answered with what it asks for."""

    def __init__(self, status: int, code: str, error: LantianError) -> None:
        super().__init__(str(error))
        self.status = status
        self.code = code
        self.error = error


def too_large(most: int) -> RefusalError:
    """Refuse a body that is larger than is taken. [byte]"""
    return RefusalError(413, "too_large", CallerError("The body has more than {most:,} bytes.", most=most))


def language_of(request: Request) -> Translation:
    """Chinese for who asks for it, else English: these answers are read by programs first."""
    return translation("zh_CN" if request.headers.get("accept-language", "").lower().startswith("zh") else "en")


def refused(request: Request, refusal: RefusalError) -> Response:
    """Answer with the one shape of errors."""
    language = language_of(request)
    more: dict[str, str] = {}
    if refusal.status == 401:
        more["WWW-Authenticate"] = "Bearer"
    if refusal.status in {429, 503}:
        more["Retry-After"] = _RETRY_SECONDS
    said = {
        "code": refusal.code,
        "message": error_text(refusal.error, language),
        "what_to_do": language.gettext(REMEDIES[refusal.status]),
    }
    return answer({"error": said}, refusal.status, more)


def answer(content: Any, status: int = 200, more: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    body = json.dumps(content, ensure_ascii=False, default=_plain).encode() + b"\n"
    return Response(body, status, {**HEADERS, **(more or {})}, "application/json")


def delivery_said(request: Request, row: Delivery) -> dict[str, Any]:
    """Return what a sender is told of its delivery."""
    language, error = language_of(request), error_of(row)
    findings = [
        {**found, "message": language.format(found["message"], **found["evidence"])} for found in row.findings
    ]
    return {
        **delivery_shown(row),
        "findings": findings,
        "error": None if error is None else error_text(error, language),
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
