"""Asks the interface: one connection, pages that follow each other, retries with growing pauses."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx2

from lantian.client.faults import ApiError, Unreachable
from lantian.client.rows import City, County, Day, Hour, Ranked, Station, row_of

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

Row = TypeVar("Row")
Asked = str | int | date | None
_API = "/api/v1/"
_AGAIN = frozenset({429, 502, 503, 504})
"""Answers after which the same question may be asked again."""
_FAULT = 400


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often it is tried."""

    tries: int = 5
    first_pause: float = 0.5
    """Before the second try; it doubles each time. [s]"""
    longest_pause: float = 60.0
    """Also bounds what ``Retry-After`` asks for. [s]"""
    timeout: float = 60.0
    """Of one answer. [s]"""


class Lantian:
    """A city's interface.

    Parameters
    ----------
    url : str
        Where Lantian answers, such as ``https://air.example.cn``.
    token : str
        Token with the scopes that are needed (``read:air``).
    patience : Patience
        How long and how often it is tried.
    transport : httpx2.BaseTransport, optional
        Another way to reach it.
    sleep : callable
        Pauses for some seconds.

    Examples
    --------
    ``with Lantian(url, token) as city: hours = list(city.hours("1401A", date(2026, 1, 1), date(2026, 1, 31)))``
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._patience = patience or Patience()
        self._sleep = sleep
        self._http = httpx2.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}", "User-Agent": f"lantian-client/{version('lantian')}"},
            timeout=self._patience.timeout,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    # ------------------------------------------------------------------------------------------ typed rows

    def city(self) -> City:
        """Return the city."""
        return next(self._typed(City, "city"))

    def stations(self, county: str | None = None) -> list[Station]:
        """List stations, of one county where its adcode is given."""
        return list(self._typed(Station, "stations", county=county))

    def counties(self) -> list[County]:
        """List counties."""
        return list(self._typed(County, "counties"))

    def hours(self, code: str | None, first: date, last: date, *, stage: str | None = None) -> Iterator[Hour]:
        """Go through judged hours of a place, or of all, page by page.

        Parameters
        ----------
        code : str, optional
            Code of a station, or adcode of a county or the city.
        first, last : date
            Legal days, both included.
        stage : str, optional
            ``original`` or ``mixed``; by default what people look at.
        """
        return self._typed(Hour, "hours", code=code, first=first, last=last, stage=stage)

    def days(
        self, code: str | None, first: date, last: date, *, stage: str | None = None, basis: str = "measured"
    ) -> Iterator[Day]:
        """Go through judged days of a place, or of all, page by page; parameters as in `hours`."""
        return self._typed(Day, "days", code=code, first=first, last=last, stage=stage, basis=basis)

    def rankings(self, list_key: str, period: str = "month", group: str = "all") -> Iterator[Ranked]:
        """Go through one list of counties in all periods of a kind, page by page."""
        return self._typed(Ranked, "rankings", list=list_key, period=period, group=group)

    # ------------------------------------------------------------------------------------------ any list

    def rows(self, resource: str, **asked: Asked) -> Iterator[dict[str, Any]]:
        """Go through the rows of any list as they come, page by page: ``rows("duties", light="overdue")``."""
        cursor: str | None = None
        while True:
            page = self._ask(resource, {**asked, "cursor": cursor}).json()
            yield from page["data"]
            cursor = page["next"]
            if cursor is None:
                return

    def table(self, resource: str, **asked: Asked) -> "pa.Table":
        """Return all rows of a list as an Arrow table, whose fields hold their units; needs pyarrow."""
        import pyarrow as pa

        content = self._ask(resource, {**asked, "format": "arrow"}).content
        return pa.ipc.open_stream(content).read_all()

    def frame(self, resource: str, **asked: Asked) -> "pl.DataFrame":
        """Return all rows of a list as a data frame; needs polars."""
        import polars as pl

        return pl.read_ipc_stream(self._ask(resource, {**asked, "format": "arrow"}).content)

    # ------------------------------------------------------------------------------------------ inside

    def _typed(self, kind: type[Row], resource: str, **asked: Asked) -> Iterator[Row]:
        return (row_of(kind, row) for row in self.rows(resource, **asked))

    def _ask(self, resource: str, asked: Mapping[str, Asked]) -> httpx2.Response:
        """Ask until there is an answer, or patience ends."""
        query = {name: str(value) for name, value in asked.items() if value is not None}
        fault: httpx2.TransportError | None = None
        for place in range(self._patience.tries):
            try:
                answer = self._http.get(_API + resource, params=query)
            except httpx2.TransportError as error:
                fault, answer = error, None
            if answer is not None and (answer.status_code not in _AGAIN or place + 1 == self._patience.tries):
                return _checked(answer)
            if place + 1 < self._patience.tries:
                self._sleep(self._pause(place, answer))
        raise Unreachable(
            f"{self._http.base_url} did not answer in {self._patience.tries} tries ({fault}). "
            "See that it runs and that the address is right."
        ) from fault

    def _pause(self, place: int, answer: httpx2.Response | None) -> float:
        """Take what the interface asks for, else a pause that grows; a little chance keeps programs apart."""
        asked = "" if answer is None else answer.headers.get("Retry-After", "")
        grown = self._patience.first_pause * 2**place * random.uniform(1.0, 1.25)  # noqa: S311 # no secret
        return min(float(asked) if asked.isdigit() else grown, self._patience.longest_pause)


def _checked(answer: httpx2.Response) -> httpx2.Response:
    if answer.status_code < _FAULT:
        return answer
    try:
        said = answer.json()["error"]
        raise ApiError(int(said["status"]), said["title"], said["detail"], said["code"])
    except (ValueError, KeyError, TypeError):
        code = answer.headers.get("X-Request-Id", "—")
        raise ApiError(answer.status_code, answer.reason_phrase, answer.text[:200], code) from None
