import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest

from lantian.ledger.people import Scope
from lantian.loop.sense.checks import keep_findings
from lantian.loop.sense.doubts import DOUBTS
from lantian.loop.sense.frames import list_frames, read_card
from lantian.loop.sense.health import State, list_health
from lantian.loop.sense.outlets import OutletContent, record_outlet
from lantian.loop.sense.standing import list_outlets, outlet_series
from lantian.store.journal import JournalWriter
from lantian.store.journal.records import Kind
from lantian.terms.findings import Finding, Severity

PAGES = ("/sources", "/sources/outlets", "/sources/outlets/{outlet}", "/sources/findings", "/sources/frames")
SEGMENT = b"QN=20260118080000001;ST=31;CN=2061;PW=654321;MN=NEWMN;Flag=5;CP=&&DataTime=20260118070000&&"
FRAME = b"##%04d%s0000\r\n" % (len(SEGMENT), SEGMENT)


@pytest.fixture
def house(web_app):
    """Return the open workspace behind the pages."""
    return web_app.state.keeper.house


@pytest.fixture
def outlet(house):
    """Return an outlet with a limit."""
    rows = list_outlets(house.centre(), Scope(None), at=house.city_now())
    return next(row for row in rows if any(one.limit is not None for one in row.measured))


def text_of(page) -> str:
    """What a reader reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


def rows_of(client, address: str) -> list[list[str]]:
    """Take a table away as CSV."""
    answer = client.get(address)
    assert answer.status_code == 200, text_of(answer)[:400]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_whole_in_both_languages(web_client, outlet, page: str, language: str) -> None:
    answer = web_client("t-monitoring", language).get(page.format(outlet=outlet.code))
    assert answer.status_code == 200, text_of(answer)[:400]
    assert answer.text.count("<h1") == 1
    assert f'lang="{"zh" if language == "zh_CN" else "en"}' in answer.text


def test_instruments_are_listed_as_the_room_judges_them(web_client, house) -> None:
    told = list_health(house.centre(), at=house.city_now())
    rows = rows_of(web_client("t-auditor"), "/sources?export=instruments.csv")
    assert [row[0] for row in rows[1:]] == [row.code for row in told]


def test_a_city_that_was_brought_in_at_once_is_not_called_late(house) -> None:
    told = list_health(house.centre(), at=house.city_now())
    assert {row.state for row in told if row.kind == "station"} == {State.WELL}
    assert State.LATE not in {row.state for row in told}


def test_meters_of_power_are_judged_by_their_own_readings(house) -> None:
    meters = [row for row in list_outlets(house.centre(), Scope(None), at=house.city_now()) if row.is_meter]
    day = house.centre().today()
    heard = set(house.lake.read("power_readings", first=day - timedelta(days=1), last=day)["outlet"])
    speaking = {row.code for row in meters if row.health is not None and row.health.state is not State.SILENT}
    assert heard
    assert heard & {row.code for row in meters} <= speaking


def test_the_hours_of_an_outlet_are_those_of_the_lake(web_client, house, outlet) -> None:
    factor = next(one.factor for one in outlet.measured if one.limit is not None)
    day = f"{house.city_now():%Y-%m-%d}"
    address = f"/sources/outlets/{outlet.code}?factor={factor}&first={day}&last={day}&export=hours.csv"
    rows = rows_of(web_client("t-monitoring"), address)
    today = house.centre().today()
    held = outlet_series(house.centre(), outlet.code, factor, today, today)
    assert [float(row[1]) for row in rows[1:]] == held["value"].reverse().to_list()


def test_the_chart_draws_the_limit_of_its_kind_and_is_kept_by_the_browser(web_client, outlet) -> None:
    limited = next(one for one in outlet.measured if one.limit is not None)
    client = web_client("t-duty")
    address = f"/sources/outlets/{outlet.code}/charts/{limited.factor}"
    answer = client.get(address)
    series = answer.json()["option"]["series"]
    assert series[0]["markLine"]["data"][0]["yAxis"] == limited.limit
    assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_outlets_of_others_are_not_there(web_client, outlet) -> None:
    for login in ("t-county", "t-enterprise"):
        client = web_client(login)
        assert outlet.code not in client.get("/sources/outlets").text
        assert client.get(f"/sources/outlets/{outlet.code}").status_code == 404
        assert outlet.code not in client.get("/sources?kind=outlet").text


def test_a_plant_and_its_county_see_the_outlets_that_are_its_own(own_web_client, own_web_app) -> None:
    house = own_web_app.state.keeper.house
    centre = house.centre()
    code = next(row.code for row in list_outlets(centre, Scope(None), at=house.city_now()) if not row.is_meter)
    content = OutletContent(
        code, house.city_now().date(), "<script>alert(1)</script>", organisation="sim-enterprise"
    )
    record_outlet(centre, content, by="t-office", reason="the permit says so")
    for login in ("t-enterprise", "t-county"):
        page = own_web_client(login).get("/sources/outlets")
        assert code in page.text
        assert "<script>alert(1)" not in page.text
        assert own_web_client(login).get(f"/sources/outlets/{code}").status_code == 200
    assert code not in own_web_client("t-other-county").get("/sources/outlets").text


def test_a_frame_shows_its_bytes_and_fields_but_no_password(own_web_client, own_web_app) -> None:
    house = own_web_app.state.keeper.house
    folder = house.folder / "journal"
    writer = JournalWriter(folder, lambda: 1_768_694_400_000_000)
    writer.append(Kind.FAULTY, 1_768_694_400_000_000, b"10.0.0.7", b"NEWMN", FRAME)
    for group in writer.take():
        writer.write(group)
    writer.commit()
    writer.close()
    line = list_frames(folder, house.city.zone, mn="NEWMN")[0]
    card = read_card(folder, house.ledger, house.city.zone, line.position)
    page = own_web_client("t-inspection").get(f"/sources/frames/{line.position}")
    assert page.status_code == 200, text_of(page)[:300]
    assert card.crc_calculated != card.crc_sent == "0000"
    assert card.crc_calculated in text_of(page)
    assert "20260118070000" in text_of(page)
    assert "654321" not in page.text
    assert line.position in own_web_client("t-inspection").get("/sources/frames?mn=NEWMN").text


@pytest.mark.parametrize("position", ["1:7", "x", "99:104", "1:99999999"])
def test_a_place_where_no_frame_begins_is_not_there(web_client, position: str) -> None:
    assert web_client("t-operator").get(f"/sources/frames/{position}").status_code == 404


def test_frames_are_for_engineers(web_client) -> None:
    assert web_client("t-enterprise").get("/sources/frames").status_code == 403
    assert "/sources/frames" not in web_client("t-enterprise").get("/sources").text


def test_findings_are_told_with_what_would_make_them_right_to_whom_they_concern(
    own_web_client, own_web_app
) -> None:
    house, kept = own_web_app.state.keeper.house, []
    centre, last = house.centre(), house.city_now().replace(minute=0, second=0, microsecond=0)
    for place, channel in (("1727A", "pm25"), ("NOT-YOURS", "a21026")):
        kept.append(
            Finding(
                "negative", place, DOUBTS["negative"].message, Severity.WARNING, last,
                {"channel": channel, "value": -9.0, "bound": -5.0, "last_hour": last.isoformat()},
                DOUBTS["negative"].innocent,
            )
        )  # fmt: skip
    day = centre.today()
    keep_findings(centre, "station", kept[:1], day, day)
    keep_findings(centre, "outlet", kept[1:], day, day)
    told = rows_of(own_web_client("t-monitoring"), "/sources/findings?export=findings.csv&code=negative")
    assert {row[0] for row in told[1:]} == {"1727A", "NOT-YOURS"}
    assert all("lies at -9.0" in row[4] and "zero of the analyser" in row[5] for row in told[1:])
    theirs = rows_of(own_web_client("t-enterprise"), "/sources/findings?export=findings.csv&code=negative")
    assert [row[0] for row in theirs[1:]] == ["1727A"]
