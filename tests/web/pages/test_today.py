import json
import re
from datetime import timedelta

import pytest
from tests.web.conftest import COUNTY, ClientOf

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.now import newest_hours
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.views.overviews import view_body, view_plan


@pytest.fixture
def house(web_app):
    return web_app.state.keeper.house


def test_the_city_and_its_worst_county_are_those_of_the_newest_hour(web_client: ClientOf, house):
    rows = newest_hours(house.lake, house.city_now())
    city = rows.filter(rows["kind"] == SubjectKind.CITY.value).row(0, named=True)
    counties = rows.filter(rows["kind"] == SubjectKind.COUNTY.value).sort("aqi", descending=True, nulls_last=True)
    page = web_client("t-duty").get("/today").text
    assert f">{city['aqi']}</a>" in page
    worst = house.city.name_of(SubjectKind.COUNTY, counties.item(0, "code"), "en")
    body = page[page.index("<tbody>") :]
    assert worst in body[: body.index("</tr>")]


def test_the_page_speaks_chinese_and_marks_what_is_simulated(web_client: ClientOf):
    page = web_client("t-duty", "zh_CN").get("/today").text
    assert 'lang="zh-CN"' in page
    assert "潞州区" in page
    assert "模拟数据" in page


def test_a_county_counts_its_own_duties_and_the_office_all(web_client: ClientOf, house):
    office, today = house.office(), house.lake.day_of(house.city_now())
    whole = view_plan(office, today=today).counts.words[LightWord.OVERDUE]
    own = view_body(office, COUNTY, today=today).counts.words[LightWord.OVERDUE]
    assert 0 < own < whole

    def overdue(login: str) -> str:
        page = web_client(login).get("/today").text
        found = re.search(r'href="/plan/duties\?light=overdue"><b class="task-count">(\d+)', page)
        assert found is not None
        return found.group(1)

    assert overdue("t-office") == str(whole)
    assert overdue("t-county") == str(own)


def test_the_next_edition_of_the_law_is_announced(web_client: ClientOf):
    page = web_client("t-duty").get("/today").text
    assert "1 Mar 2026" in page
    assert "HJ 633" in page


def test_map_holds_every_county_and_station_and_browsers_may_keep_it(web_client: ClientOf, house):
    browser = web_client("t-duty")
    answer = browser.get("/today/map.json")
    layers = {layer["kind"]: layer["features"] for layer in json.loads(answer.content)["layers"]}
    assert len(layers["counties"]) == len(house.city.counties)
    assert len(layers["stations"]) == len(house.city.stations)
    assert any(feature["properties"].get("colour") for feature in layers["counties"])
    again = browser.get("/today/map.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_three_days_are_drawn_hour_by_hour_in_legal_colours(web_client: ClientOf, house):
    said = web_client("t-duty").get("/today/hours.json").json()
    assert said["simulated"] is True
    assert len(said["table"]["rows"]) == 72
    first = said["option"]["series"][0]["data"][0]
    assert first["itemStyle"]["color"].startswith("#")
    assert first["value"][0] == (house.city_now() - timedelta(hours=72)).isoformat(timespec="seconds")


def test_the_table_goes_to_excel_as_it_is_seen(web_client: ClientOf):
    from io import BytesIO

    import openpyxl

    answer = web_client("t-duty").get("/today?export=counties.xlsx&sort=counties:pm25:desc")
    assert "SIMULATED-counties.xlsx" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(BytesIO(answer.content))
    texts = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    values = [row[4] for row in texts if isinstance(row[4], int | float)]
    assert len(values) == 12
    assert values == sorted(values, reverse=True)
    said = {str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row}
    assert "SIMULATED data, never measured" in said


def test_the_part_that_renews_itself_is_no_whole_page(web_client: ClientOf):
    part = web_client("t-duty").get("/today/now", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "What waits?" in part


def test_the_wall_shows_the_same_air_without_anything_to_press(web_client: ClientOf):
    page = web_client("t-duty").get("/wall").text
    body = page[page.index("<main") : page.index("</main>")]
    assert "Which county has the worst air now?" in body
    assert "<form" not in body
    assert "<button" not in body


def test_an_enterprise_sees_the_air_but_no_duties(web_client: ClientOf):
    page = web_client("t-enterprise").get("/today").text
    assert "Which county has the worst air now?" in page
    assert "/plan/duties" not in page
