import io
import json
import re

import polars as pl
import pytest
from tests.web.conftest import ClientOf

from lantian.assembly import House
from lantian.loop.explain.editions import Opened, open_edition
from lantian.loop.explain.queries import (
    changes,
    confidence_shares,
    hours_of_day,
    method_shares,
    places,
    totals,
    tree,
)
from lantian.loop.explain.running import compute
from lantian.loop.explain.why import trace
from lantian.web.pages.inventory.looking import tonnes

PAGES = ("", "/tree", "/places", "/known", "/hours", "/changes", "/editions")
LINK = re.compile(r'(?:href|data-chart|data-map)="(/inventory[^"#]*)')
CHARTS = (
    "/charts/sector",
    "/charts/county",
    "/tree/chart",
    "/known/method.json",
    "/known/confidence.json",
    "/hours/chart",
)


@pytest.fixture
def house(web_app) -> House:
    return web_app.state.keeper.house


def test_every_page_speaks_both_languages_and_links_to_nothing_dead(web_client: ClientOf):
    links: set[str] = set()
    for language, word in (("en", "Inventory"), ("zh_CN", "清单")):
        browser = web_client("t-science", language)
        for path in PAGES:
            page = browser.get(f"/inventory{path}")
            assert page.status_code == 200, path
            assert page.text.count("<h1>") == 1
            assert word in page.text
            links |= {each.replace("&amp;", "&") for each in LINK.findall(page.text)}

    browser = web_client("t-science")
    others = {
        link
        for link in links
        if not link.startswith("/inventory/why/") and "sort=" not in link and "export=" not in link
    }
    traced = sorted(links - others)[:5]
    assert {link: browser.get(link).status_code for link in [*sorted(others), *traced]} == dict.fromkeys(
        [*sorted(others), *traced], 200
    )


def test_sums_are_those_of_the_room(web_client: ClientOf, house: House):
    browser = web_client("t-auditor")
    page = browser.get("/inventory").text
    for row in totals(house.study()).iter_rows(named=True):
        assert tonnes(row["amount"]) in page, row["pollutant"]
    drawn = browser.get("/inventory/charts/county?pollutant=so2").json()
    wanted = totals(house.study(), kind="county", pollutant="so2").select("low", "amount", "high").rows()
    assert [tuple(row[1:]) for row in drawn["table"]["rows"]] == wanted
    assert drawn["simulated"] is True


def test_an_export_holds_every_figure_and_says_how_it_was_made(web_client: ClientOf, house: House):
    browser = web_client("t-science")
    answer = browser.get("/inventory?export=city.csv")
    assert "SIMULATED" in answer.headers["content-disposition"]
    amounts = pl.read_csv(io.BytesIO(answer.content), columns=[1]).to_series().to_list()
    assert sorted(amounts) == pytest.approx(sorted(totals(house.study())["amount"].to_list()), rel=1e-12)
    assert browser.get("/inventory/tree?export=tree.xlsx").content[:2] == b"PK"


def test_the_tree_is_drawn_with_the_same_sums_as_its_table(web_client: ClientOf, house: House):
    drawn = web_client("t-science").get("/inventory/tree/chart?pollutant=nox").json()
    top = {node["value"] for node in drawn["option"]["series"][0]["data"]}
    wanted = tree(house.study(), None, "nox", depth=1)["amount"].to_list()
    assert sorted(top) == pytest.approx(sorted(wanted), abs=0.001)


def test_points_stand_where_the_book_says_and_the_largest_is_the_largest(web_client: ClientOf, house: House):
    drawn = web_client("t-science").get("/inventory/places/map.json?pollutant=so2").json()
    points = next(layer for layer in drawn["layers"] if layer["kind"] == "plants")["features"]
    wanted = places(house.study(), None, "so2").filter(pl.col("longitude").is_not_null()).row(0, named=True)
    assert points[0]["geometry"]["coordinates"] == [wanted["longitude"], wanted["latitude"]]
    sizes = [point["properties"]["size"] for point in points]
    assert sizes == sorted(sizes, reverse=True)
    assert wanted["source"] in points[0]["properties"]["link"]
    assert (
        f"The {len(points)} largest points are drawn"
        in web_client("t-science").get("/inventory/places?pollutant=so2").text
    )


@pytest.mark.parametrize(("by", "room"), [("method", method_shares), ("confidence", confidence_shares)])
def test_shares_are_those_of_the_room_and_make_a_whole(web_client: ClientOf, house: House, by: str, room):
    drawn = web_client("t-science").get(f"/inventory/known/{by}.json").json()
    for row in drawn["table"]["rows"]:
        assert sum(row[1:]) == pytest.approx(100, abs=0.01)
    shares = room(house.study()).filter(pollutant="nox")["share"].to_list()
    nox = next(row for row in drawn["table"]["rows"] if row[0] == "NOₓ")
    assert sorted(value for value in nox[1:] if value) == pytest.approx(
        sorted(100 * share for share in shares if share), abs=0.001
    )


def test_the_hours_of_a_day_add_up_to_the_year(web_client: ClientOf, house: House):
    drawn = web_client("t-science").get("/inventory/hours/chart?pollutant=nox").json()
    assert len(drawn["table"]["rows"]) == 24
    whole = totals(house.study(), pollutant="nox")["amount"][0]
    assert sum(sum(row[1:]) for row in drawn["table"]["rows"]) * 365 / 1000 == pytest.approx(whole, rel=1e-3)
    assert hours_of_day(house.study(), None, "nox")["hour"].to_list() == list(range(24))


def test_a_tonne_is_traced_to_factor_activity_device_and_law(web_client: ClientOf, house: House):
    source = totals(house.study(), kind="source", pollutant="so2")["code"][0]
    found = trace(house.study(), None, source, "so2")
    page = web_client("t-science").get(f"/inventory/why/{found.edition}/{source}/so2").text
    assert f"SO₂ = {tonnes(found.amount)} t" in page
    assert not re.search(r"\de\+\d", page)
    assert "Made again from these steps, the number is the same." in page
    rules = {step.rule.partition("#")[0] for row in found.rows for step in row.steps if step.rule}
    assert rules
    for rule in rules:
        assert f'href="/system/rules/{rule}"' in page


def test_one_edition_teaches_how_to_get_another(web_client: ClientOf):
    assert "lantian inventory new" in web_client("t-science").get("/inventory/changes").text


def test_two_editions_differ_by_their_causes(own_web_client: ClientOf, own_web_app):
    house = own_web_app.state.keeper.house
    study = house.study()
    gone = totals(study, "2025", kind="source", pollutant="so2")["code"][0]
    name = "<script>alert(1)</script>"
    growth = {"process.steel": 1.1}
    open_edition(study, Opened("2025b", 2025, "t-science", name, name, "2025", growth, (gone,)))
    browser = own_web_client("t-science")
    assert browser.get("/inventory?edition=2025b").status_code in {400, 404, 409}  # not computed: said, not broken
    compute(study, house.jobs, "2025b", number=100)
    rows = changes(study, "2025", "2025b", pollutant="so2")
    drawn = browser.get("/inventory/changes/chart?edition=2025b&against=2025&pollutant=so2").json()
    amounts = [row[1] for row in drawn["table"]["rows"]]
    assert amounts[0] + sum(amounts[1:-1]) == pytest.approx(amounts[-1])
    assert amounts[-2] == pytest.approx(rows["closed"].sum())
    assert amounts[-2] < 0 < amounts[1]
    page = browser.get("/inventory/changes?edition=2025b&against=2025&pollutant=so2").text
    assert gone in page
    assert name not in page
    assert name not in browser.get("/inventory/editions").text


@pytest.mark.parametrize("name", ["report.xlsx", "book.xlsx", "grid.csv", "hours.csv"])
def test_files_of_an_edition_can_be_taken_away(web_client: ClientOf, name: str):
    answer = web_client("t-auditor").get(f"/inventory/files/{name}?pollutant=so2")
    assert answer.status_code == 200
    assert "SIMULATED-inventory-2025-" in answer.headers["content-disposition"]
    assert answer.content[:2] == b"PK" if name.endswith("xlsx") else answer.content.count(b"\n") > 100


def test_a_chart_that_the_browser_has_is_not_sent_again(web_client: ClientOf):
    browser = web_client("t-science")
    for path in CHARTS:
        first = browser.get(f"/inventory{path}")
        assert json.loads(first.text)["option"], path
        again = browser.get(f"/inventory{path}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304, path


@pytest.mark.parametrize(
    "path", ["?pollutant=gold", "?edition=1999", "/charts/none", "/files/none.zip", "/why/2025/none/so2"]
)
def test_what_does_not_exist_is_said_plainly(web_client: ClientOf, path: str):
    answer = web_client("t-science").get(f"/inventory{path}")
    assert answer.status_code in {400, 404}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("login", ["t-county", "t-enterprise", "t-department", "t-public"])
def test_the_inventory_is_for_the_city(web_client: ClientOf, login: str):
    assert web_client(login).get("/inventory").status_code == 403
