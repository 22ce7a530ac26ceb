import io
import json
from datetime import datetime

import polars as pl
import pytest
from tests.web.conftest import COUNTY, ClientOf

from lantian.loop.evaluate.tables import DAILY_INDEX
from lantian.loop.plan.views.duty_views import count_duties

LISTS = (
    "city", "stations", "counties", "hours", "days", "statistics", "summaries", "rankings", "rules", "plans",
    "measures", "duties", "outlets", "outlet-hours", "findings", "runs",
)  # fmt: skip


@pytest.fixture
def house(web_app):
    return web_app.state.keeper.house


@pytest.fixture
def described(web_client: ClientOf):
    return web_client().get("/api/v1/openapi.json").json()


def test_every_list_answers_rows_that_its_description_promises(web_client: ClientOf, described):
    client = web_client("t-admin")
    for name in LISTS:
        answer = client.get(f"/api/v1/{name}", params={"limit": 5}).json()
        content = described["paths"][f"/api/v1/{name}"]["get"]["responses"]["200"]["content"]
        row = content["application/json"]["schema"]["properties"]["data"]["items"]
        assert answer["about"]["resource"] == name
        assert answer["about"]["simulated"] is True
        for held in answer["data"]:
            assert list(held) == list(row["properties"])
            nulls = {key for key, value in held.items() if value is None}
            assert all("null" in row["properties"][key]["type"] for key in nulls), (name, nulls)


def test_the_description_is_openapi_3_1_with_units_and_one_error(described):
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {f"/api/v1/{name}" for name in LISTS} | {"/api/v1/rules/{edition_id}"}
    hours = described["paths"]["/api/v1/hours"]["get"]
    columns = hours["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"]["items"]
    assert columns["properties"]["pm25"]["x-unit"] == "µg/m³"
    assert columns["properties"]["co"]["x-unit"] == "mg/m³"
    assert hours["x-scope"] == "read:air"
    assert set(described["components"]["schemas"]) == {"Error"}


def test_people_can_read_the_description(web_client: ClientOf):
    page = web_client(None, "zh_CN").get("/api/v1").text
    assert "GET /api/v1/outlet-hours" in page
    assert "µg/m³" in page


def test_pages_follow_each_other_and_together_are_the_whole(web_client: ClientOf, house):
    client, cursor, rows = web_client("t-duty"), None, []
    asked = {"kind": "county", "first": "2026-01-07", "last": "2026-01-18", "limit": 17}
    while True:
        page = client.get("/api/v1/days", params={**asked, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["data"]) <= 17
        rows += page["data"]
        cursor = page["next"]
        if cursor is None:
            break
    where = (pl.col("kind") == "county") & (pl.col("basis") == "measured") & (pl.col("stage") == rows[0]["stage"])
    held = house.lake.read(DAILY_INDEX, where=where & ~pl.col("withdrawn"))
    held = held.sort("legal_day", "kind", "code")
    assert [(row["legal_day"], row["code"], row["aqi"], row["pm25"]) for row in rows] == [
        (str(day), code, aqi, pm25)
        for day, code, aqi, pm25 in held.select("legal_day", "code", "aqi", "pm25").rows()
    ]


def test_newest_runs_come_first_on_every_page(web_client: ClientOf):
    client = web_client("t-admin")
    whole = client.get("/api/v1/runs").json()["data"]
    first = client.get("/api/v1/runs", params={"limit": 1}).json()
    second = client.get("/api/v1/runs", params={"limit": 1, "cursor": first["next"]}).json()
    assert [row["id"] for row in whole] == sorted((row["id"] for row in whole), reverse=True)
    assert first["data"] + second["data"] == whole[:2]


def test_a_cursor_of_another_question_or_of_nobody_is_refused(web_client: ClientOf):
    client = web_client("t-duty")
    cursor = client.get("/api/v1/hours", params={"limit": 1}).json()["next"]
    for params in ({"cursor": cursor, "code": "140403"}, {"cursor": "?"}, {"cursor": "bnVsbA"}):
        answer = client.get("/api/v1/hours", params=params)
        assert answer.status_code == 400
        assert set(answer.json()["error"]) == {"status", "title", "detail", "code"}


def test_arrow_parquet_and_csv_hold_what_json_holds(web_client: ClientOf, house):
    client = web_client("t-duty")
    asked = {"code": house.city.adcode, "first": "2026-01-08", "last": "2026-01-09"}
    rows = client.get("/api/v1/hours", params=asked).json()["data"]
    content = {kind: client.get("/api/v1/hours", params={**asked, "format": kind}).content for kind in
               ("arrow", "parquet", "csv")}  # fmt: skip
    arrow = pl.read_ipc_stream(io.BytesIO(content["arrow"]))
    assert arrow.equals(pl.read_parquet(io.BytesIO(content["parquet"])))
    assert arrow.get_column("pm25").to_list() == [row["pm25"] for row in rows]
    said = [datetime.fromisoformat(row["hour_start"]) for row in rows]
    assert arrow.get_column("hour_start").to_list() == said
    assert said[0].isoformat() == "2026-01-08T00:00:00+08:00"
    csv = pl.read_csv(io.BytesIO(content["csv"]), infer_schema=False)
    assert csv.get_column("hour_start").to_list() == [row["hour_start"] for row in rows]


def test_the_header_may_choose_the_format_and_fields_keep_their_units(web_client: ClientOf):
    import pyarrow as pa

    answer = web_client("t-duty").get("/api/v1/hours", headers={"Accept": "application/vnd.apache.arrow.stream"})
    schema = pa.ipc.open_stream(answer.content).schema
    assert schema.field("co").metadata[b"unit"] == "mg/m³".encode()
    assert schema.metadata[b"simulated"] == b"True"


def test_nothing_is_sent_twice_to_who_has_it(web_client: ClientOf):
    client = web_client("t-duty")
    for address in ("/api/v1/hours", "/api/v1/stations"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def test_a_county_reads_its_own_duties_and_outlets_alone(web_client: ClientOf, house):
    rows = web_client("t-county").get("/api/v1/duties", params={"limit": 10_000}).json()["data"]
    assert {row["organisation_id"] for row in rows} == {COUNTY}
    today = house.lake.day_of(house.city_now())
    whole = web_client("t-office").get("/api/v1/duties", params={"limit": 10_000}).json()["data"]
    assert len(whole) == count_duties(house.office(), today=today) > len(rows)
    assert web_client("t-enterprise").get("/api/v1/outlets").json()["data"] == []
    assert web_client("t-enterprise").get("/api/v1/outlet-hours").json()["data"] == []
    assert web_client("t-monitoring").get("/api/v1/outlet-hours", params={"limit": 1}).json()["next"] is not None


@pytest.mark.parametrize(("login", "address", "status"), [
    (None, "/api/v1/hours", 401), ("t-enterprise", "/api/v1/duties", 403), ("t-county", "/api/v1/runs", 403),
    ("t-duty", "/api/v1/duties?plan=none", 404), ("t-duty", "/api/v1/rules/none", 404),
    ("t-duty", "/api/v1/hours?limit=0", 422), ("t-duty", "/api/v1/hours?first=2026-01-09&last=2026-01-08", 400),
])  # fmt: skip
def test_every_refusal_has_one_shape(web_client: ClientOf, login, address, status):
    answer = web_client(login).get(address)
    assert answer.status_code == status
    assert answer.json()["error"]["status"] == status
    assert answer.json()["error"]["code"]


def test_an_edition_is_given_whole_with_exact_decimals(web_client: ClientOf):
    client = web_client("t-duty")
    known = client.get("/api/v1/rules", params={"subject": "ambient_limits", "on": "2026-01-10"}).json()["data"]
    held = client.get(f"/api/v1/rules/{known[0]['id']}").json()["data"]
    assert held["id"] == known[0]["id"]
    assert json.dumps(held)
