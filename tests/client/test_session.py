import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
import uvicorn
from tests.web.conftest import own_web_app, own_web_workspace, web_workspace

from lantian.client import ApiError, Lantian, Patience, Unreachable
from lantian.ledger.accounts.tokens import make_token

__all__ = ["own_web_app", "own_web_workspace", "web_workspace"]  # fixtures


@pytest.fixture
def served(own_web_app) -> Iterator[tuple[str, str]]:
    """A server on the loopback with a token for the air."""
    ledger = own_web_app.state.keeper.house.ledger
    token, _ = make_token(
        ledger, "t-duty", "a test", ["read:air"], by="t-duty", at=datetime.now(UTC), lasts=timedelta(days=1)
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(own_web_app, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", token
        finally:
            server.should_exit = True
            thread.join()


def test_a_program_reads_the_city_over_a_real_connection(served):
    url, token = served
    with Lantian(url, token) as city:
        known = city.city()
        assert (known.adcode, known.simulated) == ("140400", True)
        stations = {station.code for station in city.stations()}
        hours = list(city.hours(None, date(2026, 1, 8), date(2026, 1, 9)))
        assert {hour.code for hour in hours if hour.kind == "station"} <= stations
        assert hours[0].hour_start.isoformat() == "2026-01-08T00:00:00+08:00"
        frame = city.frame("hours", first=date(2026, 1, 8), last=date(2026, 1, 9))
        assert frame.get_column("pm25").to_list() == [hour.pm25 for hour in hours]
        table = city.table("hours", first=date(2026, 1, 8), last=date(2026, 1, 9))
        assert table.num_rows == len(hours) > 1_000
        ranked = list(city.rankings("composite_index"))
        assert len({row.code for row in ranked}) == len(city.counties())
        days = list(city.days("140400", date(2026, 1, 8), date(2026, 1, 9)))
        assert [day.legal_day for day in days] == [date(2026, 1, 8), date(2026, 1, 9)]
        with pytest.raises(ApiError, match="read:plan") as refused:
            list(city.rows("duties"))
        assert (refused.value.status, len(refused.value.code)) == (403, 12)


def _answers(*answers: httpx2.Response | Exception) -> httpx2.MockTransport:
    left = list(answers)

    def answer(_request: httpx2.Request) -> httpx2.Response:
        held = left.pop(0)
        if isinstance(held, Exception):
            raise held
        return held

    return httpx2.MockTransport(answer)


def test_it_waits_as_long_as_it_is_told_and_asks_again():
    slept: list[float] = []
    page = httpx2.Response(200, json={"data": [{"a": 1}], "next": None})
    busy = httpx2.Response(429, headers={"Retry-After": "7"})
    with Lantian(
        "http://city", "lt_x", transport=_answers(busy, httpx2.Response(503), page), sleep=slept.append
    ) as it:
        assert list(it.rows("days")) == [{"a": 1}]
    assert slept[0] == 7.0
    assert 1.0 <= slept[1] <= 1.25


def test_what_is_no_json_of_ours_is_still_an_error_with_its_code():
    answer = httpx2.Response(413, text="too long", headers={"X-Request-Id": "abc"})
    with Lantian("http://city", "lt_x", transport=_answers(answer)) as it, pytest.raises(ApiError) as refused:
        it.city()
    assert (refused.value.status, refused.value.detail, refused.value.code) == (413, "too long", "abc")


def test_patience_ends():
    faults = [httpx2.ConnectError("refused"), httpx2.ConnectError("refused")]
    patience = Patience(tries=2)
    with (
        Lantian("http://city", "lt_x", patience=patience, transport=_answers(*faults), sleep=lambda _: None) as it,
        pytest.raises(Unreachable, match="2 tries"),
    ):
        it.city()
