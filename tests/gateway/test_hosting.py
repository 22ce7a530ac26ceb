"""What the host asks of devices: clocks, requests of people, histories; followed to their end, and kept."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from lantian.gateway.hosting import Hosting, HostSettings
from lantian.ledger import Ledger
from lantian.ledger.people import Role, add_person, add_user, grant_role
from lantian.loop.sense.controlling import list_requests, request_control
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.store.journal import Kind

if TYPE_CHECKING:
    from lantian.loop.sense.registry import DeviceCard

    Start = Callable[..., Any]
    MakeCard = Callable[..., DeviceCard]

ZONE = ZoneInfo("Asia/Shanghai")
MN = "010000A8900016F000169DC0"
DATA = "DataTime=20260301080000;a21026-Rtd=12.5,a21026-Flag=N"
QUICK = HostSettings(overtime=0.4, recount=2, poll_seconds=0.05, clock_look=0.0, clock_pause=3600.0)


@pytest.fixture
def ledger(tmp_path: Path, sqlite_template: Path) -> Iterator[Ledger]:
    path = tmp_path / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Ledger(path)
    at = datetime.now(UTC)
    register_device(opened, DeviceContent(mn=MN, outlet="stack-1", simulated=True), by="setup", at=at)
    with opened.write() as session:
        person = add_person(session, "duty", by="setup", at=at)
        user = add_user(session, "duty", person.id, by="setup", at=at)
        grant_role(session, user.id, Role.CITY_OFFICE, by="setup", at=at)
    yield opened
    opened.close()


@pytest.fixture
def host(start: "Start", ledger: Ledger) -> Iterator[Callable[..., Any]]:
    """A gateway that asks, and a device on line whose clock is right."""
    threads: list[ThreadPoolExecutor] = []
    tasks: list[tuple[Any, Any]] = []

    def go(settings: HostSettings = QUICK, **fields: Any) -> tuple[Any, Any, Hosting]:
        running = start()
        thread = ThreadPoolExecutor(1)
        threads.append(thread)

        async def begin() -> tuple[Hosting, Any]:
            import asyncio

            hosting = Hosting(running.gateway, ZONE, ledger, thread, settings)
            return hosting, asyncio.get_running_loop().create_task(hosting.run())

        hosting, task = running.call(begin())
        tasks.append((running, task))
        client = running.client(**fields)
        client.sent_at = datetime.now(ZONE).replace(tzinfo=None)
        return running, client, hosting

    yield go
    for running, task in tasks:
        running.loop.call_soon_threadsafe(task.cancel)
    for thread in threads:
        thread.shutdown()


def on_line(client: Any) -> None:
    client.send("2011", DATA)
    assert client.receive()["CN"] == "9014"


def answer(client: Any, to: dict[str, str], cn: str, cp: str) -> None:
    """Answer a request under its own number, as the standard's examples do."""
    import plain_hj212_client as plain

    head = f"QN={to['QN']};ST=91;CN={cn};PW={to['PW']};MN={to['MN']};Flag=4;CP=&&{cp}&&"
    client.send_bytes(plain.packet(head))


def ask(ledger: Ledger, cn: int, **fields: str) -> str:
    now = datetime.now(UTC)
    return request_control(ledger, MN, cn, fields, reason="a test", by="duty", at=now).id


def state(ledger: Ledger) -> str:
    return list_requests(ledger)[0].state


def test_a_request_goes_out_and_its_result_is_kept(host: Callable[..., Any], ledger: Ledger):
    running, client, _ = host()
    on_line(client)
    ask(ledger, 3012, PolId="a21026")
    got = client.receive()
    assert (got["CN"], got["ST"], got["Flag"], got["PolId"]) == ("3012", "31", "5", "a21026")
    answer(client, got, "9011", "QnRtn=1")
    answer(client, got, "9012", "ExeRtn=1")
    running.until(lambda: state(ledger) == "done")
    [row] = list_requests(ledger)
    assert (row.qn, row.qn_rtn, row.exe_rtn) == (got["QN"], 1, 1)
    assert [said["cn"] for said in row.answers] == ["9011", "9012"]
    assert [record.kind for record in running.records()].count(Kind.SENT) == 1


@pytest.mark.parametrize(
    ("said", "ended"), [(("9011", "QnRtn=3"), "refused"), (("9012", "ExeRtn=5"), "failed"), (None, "silent")]
)
def test_a_request_that_does_not_succeed_says_how(
    host: Callable[..., Any], ledger: Ledger, said: tuple[str, str] | None, ended: str
):
    running, client, _ = host()
    on_line(client)
    ask(ledger, 3012, PolId="a21026")
    got = client.receive()
    if said is not None:
        answer(client, got, *said)
    running.until(lambda: state(ledger) == ended)


def test_a_request_without_answer_is_repeated_under_its_number(host: Callable[..., Any], ledger: Ledger):
    running, client, _ = host()
    on_line(client)
    ask(ledger, 3012, PolId="a21026")
    numbers = [client.receive()["QN"] for _ in range(3)]
    assert len(set(numbers)) == 1
    running.until(lambda: state(ledger) == "silent")


def test_history_comes_between_the_answers_and_each_record_is_acknowledged(
    host: Callable[..., Any], ledger: Ledger
):
    running, client, _ = host()
    on_line(client)
    ask(ledger, 2061, BeginTime="20260301080000", EndTime="20260301090000")
    got = client.receive()
    assert (got["BeginTime"], got["EndTime"]) == ("20260301080000", "20260301090000")
    answer(client, got, "9011", "QnRtn=1")
    for hour in ("08", "09"):
        sent = client.send("2061", f"DataTime=20260301{hour}0000;a21026-Avg=1.0")
        assert client.receive()["QN"] == sent["QN"]
        time.sleep(0.25)  # each record gives the device time again
    answer(client, got, "9012", "ExeRtn=1")
    running.until(lambda: state(ledger) == "done")


def test_a_history_that_the_device_does_not_have_ends_empty(host: Callable[..., Any], ledger: Ledger):
    running, client, _ = host()
    on_line(client)
    ask(ledger, 2061, BeginTime="20260301080000", EndTime="20260301090000")
    got = client.receive()
    answer(client, got, "9011", "QnRtn=1")
    answer(client, got, "9012", "ExeRtn=100")
    running.until(lambda: state(ledger) == "empty")


def test_requests_of_one_device_go_out_one_after_the_other(host: Callable[..., Any], ledger: Ledger):
    running, client, _ = host(HostSettings(overtime=30, poll_seconds=0.05, clock_look=0))
    on_line(client)
    for factor in ("a21026", "a21002"):
        ask(ledger, 3012, PolId=factor)
        time.sleep(0.01)
    first = client.receive()
    assert client.silent(0.4)
    answer(client, first, "9012", "ExeRtn=1")
    second = client.receive()
    assert (first["PolId"], second["PolId"]) == ("a21026", "a21002")
    answer(client, second, "9012", "ExeRtn=1")
    running.until(lambda: {row.state for row in list_requests(ledger)} == {"done"})


def test_a_request_waits_until_its_device_is_on_line(host: Callable[..., Any], ledger: Ledger):
    _, client, _ = host()
    ask(ledger, 3012, PolId="a21026")
    assert client.silent(0.3)
    on_line(client)
    assert client.receive()["CN"] == "3012"


# ---------------------------------------------------------------------------------------------- clocks


def test_a_device_that_asks_gets_the_time(host: Callable[..., Any]):
    _, client, hosting = host()
    client.send("1013")
    said = [client.receive(), client.receive()]
    assert sorted(each["CN"] for each in said) == ["1012", "9013"]
    setting = next(each for each in said if each["CN"] == "1012")
    at = datetime.strptime(setting["SystemTime"], "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
    assert abs(at - datetime.now(ZONE)) < timedelta(seconds=10)
    answer(client, setting, "9011", "QnRtn=1")
    answer(client, setting, "9012", "ExeRtn=1")
    end = time.monotonic() + 5
    while hosting.asked:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_wrong_clock_is_seen_and_set_once(host: Callable[..., Any]):
    _, client, hosting = host()
    client.sent_at -= timedelta(hours=2)
    on_line_and_set = {"9014": 0, "1012": 0}
    client.send("2011", DATA)
    for _ in range(2):
        got = client.receive()
        on_line_and_set[got["CN"]] += 1
        if got["CN"] == "1012":
            answer(client, got, "9012", "ExeRtn=1")
    assert on_line_and_set == {"9014": 1, "1012": 1}
    assert hosting.clocks[MN].offset == pytest.approx(-7200, abs=30)
    client.send("2011", DATA)
    assert client.receive()["CN"] == "9014"
    assert client.silent(0.2)


def test_a_right_clock_is_left_alone(host: Callable[..., Any]):
    _, client, hosting = host()
    on_line(client)
    assert client.silent(0.2)
    assert abs(hosting.clocks[MN].offset) < 30


def test_clocks_are_left_where_the_settings_say_so(host: Callable[..., Any]):
    _, client, _ = host(HostSettings(set_clocks=False, clock_look=0))
    client.send("1013")
    assert client.receive()["CN"] == "9013"
    assert client.silent(0.2)
