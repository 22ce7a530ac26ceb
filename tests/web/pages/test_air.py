import csv
import io
import json
import re
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from zipfile import ZipFile

import numpy as np
import openpyxl
import polars as pl
import pytest

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import list_hours, list_rankings, ranked_periods
from lantian.loop.evaluate.events import list_dust
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.now import newest_hours
from lantian.loop.evaluate.queries import list_days, list_periods, list_summaries
from lantian.loop.evaluate.standing import allowances
from lantian.loop.evaluate.why import explain_day
from lantian.terms.periods import PeriodKind
from lantian.terms.pollutants import BASIC
from lantian.web.pages.air.series_chart import thinned

CITY = SubjectKind.CITY
PAGES = (
    "/air",
    "/air/rankings",
    "/air/calendar",
    "/air/attainment",
    "/air/compare?now=2026-01&then=2025-12",
    "/air/dust",
    "/air/places/{city}",
    "/air/places/{city}/calendar",
    "/air/places/{city}/variation",
    "/air/places/{city}/days/newest",
    "/air/places/{station}",
    "/air/places/{station}/days/newest",
)


@pytest.fixture
def house(web_app):
    """Return the open workspace behind the pages."""
    return web_app.state.keeper.house


@pytest.fixture
def client(web_client):
    """Log somebody in who only reads."""
    return web_client("t-auditor")


@pytest.fixture
def last(house) -> date:
    """Return the last day with an index of the city."""
    days = list_days(house.lake, CITY, house.city.adcode).drop_nulls("aqi")
    return days.get_column("legal_day")[-1]


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
def test_every_page_is_whole_in_both_languages(web_client, house, page: str, language: str) -> None:
    address = page.format(city=house.city.adcode, station=house.city.stations[0].code)
    answer = web_client("t-county", language).get(address)
    assert answer.status_code == 200, text_of(answer)[:400]
    assert answer.text.count("<h1") == 1
    assert f'lang="{language.replace("_", "-")}"' in answer.text
    assert "<script>" not in answer.text
    assert set(re.findall(r'\sstyle="([^"]*)"', answer.text)) <= {
        f"--aqi:{row.colour}" for row in house.scene().rules(date(2026, 1, 15)).categories.categories
    }


@pytest.mark.parametrize("login", ["t-public", None])
def test_strangers_and_the_public_see_no_air_here(web_client, login: str | None) -> None:
    assert web_client(login).get("/air").status_code in {303, 403}


def test_rail_shows_the_citys_index_of_the_newest_hour(client, house, last) -> None:
    row = newest_hours(house.lake, house.city_now()).filter(pl.col("kind") == "city").row(0, named=True)
    assert f'<span class="room-number">{row["aqi"]}</span>' in client.get("/air/dust").text


# ---------------------------------------------------------------------------------------------- places


def test_places_hold_the_numbers_of_the_room(client, house, last) -> None:
    rows = rows_of(client, "/air?export=counties.csv")
    days = {code: list_days(house.lake, kind, code, last, last) for kind, code in _groups(house)}
    assert [row[0] for row in rows[1:]] == [house.city.name_of(kind, code, "en") for kind, code in _groups(house)]
    at = rows[0].index(f"AQI {last:%m-%d}")
    assert [row[at] for row in rows[1:]] == [_text(part.get_column("aqi")[0]) for part in days.values()]


def test_good_days_of_the_year_are_those_of_the_summary(client, house) -> None:
    rows = rows_of(client, "/air?export=counties.csv")
    period = [one for one in list_periods(house.lake) if one.kind is PeriodKind.YEAR_TO_DATE][-1]
    stored = dict(list_summaries(house.lake, period).select("code", "good_days").iter_rows())
    at = rows[0].index("Good days (d)")
    assert [row[at] for row in rows[1:]] == [_text(stored[code]) for _, code in _groups(house)]


def test_capture_of_a_station_counts_its_valid_hours(client, house) -> None:
    rows = rows_of(client, "/air?export=stations.csv")
    station = next(one for one in house.city.stations if one.level == "national")
    now = house.city_now()
    begin = house.lake.day_of(now).replace(day=1)
    days = list_days(house.lake, SubjectKind.STATION, station.code, begin)
    programme = [p for p in BASIC if p.value in station.pollutants]
    hours = (house.lake.day_of(now) - begin).days * 24 + now.hour
    valid = sum(int(days.get_column(f"{p}_hours").sum()) for p in programme)
    at = rows[0].index("Hours captured (%)")
    row = next(row for row in rows[1:] if row[0] == station.name_en)
    assert float(row[at]) == pytest.approx(100 * valid / hours / len(programme), abs=0.01)


def test_workbook_says_how_it_was_made(client) -> None:
    answer = client.get("/air?export=stations.xlsx")
    assert "SIMULATED-stations.xlsx" in answer.headers["content-disposition"]
    assert ZipFile(io.BytesIO(answer.content)).testzip() is None
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    said = " ".join(str(cell.value) for row in book[book.sheetnames[-1]].iter_rows() for cell in row)
    assert "HJ 633-2012" in said
    assert "original data" in said


def test_unknown_place_is_a_page_that_says_so(client) -> None:
    answer = client.get("/air/places/%3Cscript%3E")
    assert answer.status_code == 404
    assert "&lt;script&gt; is no station" in answer.text


@pytest.mark.parametrize(
    "query", ["stage=wished", "basis=half", "first=2026-02-01&last=2026-01-01", "first=yesterday", "every=minute"]
)
def test_address_that_asks_wrongly_is_told_why(client, house, query: str) -> None:
    answer = client.get(f"/air/places/{house.city.adcode}?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


# ---------------------------------------------------------------------------------------------- series


def chart_of(client, house, **query: object) -> dict:
    """Ask for the chart of a series."""
    query = {"place": house.city.adcode, "first": "2026-01-08", "last": "2026-01-19", **query}
    answer = client.get("/air/charts/series", params=query)
    assert answer.status_code == 200, text_of(answer)[:400]
    return json.loads(answer.content)


@pytest.mark.parametrize("what", ["aqi", "pm25", "co"])
def test_hours_of_a_chart_are_the_judged_hours(client, house, what: str) -> None:
    chart = chart_of(client, house, what=what)
    rows = list_hours(
        house.lake, CITY, house.city.adcode, date(2026, 1, 8), date(2026, 1, 19), Stage.ORIGINAL, [what]
    ).drop_nulls()
    held = [value for _, value in chart["option"]["series"][0]["data"] if value is not None]
    assert held == rows.get_column(what).to_list()
    assert len(chart["table"]["rows"]) == len(held)
    assert chart["simulated"] is True


def test_missing_hours_are_gaps_of_the_line(client, house) -> None:
    points = chart_of(client, house, what="o3")["option"]["series"][0]["data"]
    assert {b[0] - a[0] for a, b in pairwise(points)} == {3_600_000}
    known = list_hours(
        house.lake, CITY, house.city.adcode, date(2026, 1, 8), date(2026, 1, 19), Stage.ORIGINAL, ["o3"]
    )
    assert sum(1 for _, value in points if value is None) == len(points) - known.drop_nulls().height


def test_days_carry_the_limit_of_the_edition_in_force(client, house) -> None:
    chart = chart_of(client, house, what="pm25", every="day")
    line = chart["option"]["series"][0]
    days = list_days(house.lake, CITY, house.city.adcode, date(2026, 1, 8), date(2026, 1, 19))
    assert [value for value in line["data"] if value is not None] == days.get_column("pm25").drop_nulls().to_list()
    assert line["markLine"]["data"] == [
        {"yAxis": 75.0, "label": {"formatter": "75 GB 3095-2012 (2018 amendment)"}}
    ]


def test_limit_steps_where_the_law_changes(client, house) -> None:
    chart = chart_of(client, house, what="pm25", every="day", last="2026-03-10")
    [old, new] = chart["option"]["series"][0]["markLine"]["data"]
    assert [old[0]["coord"], old[1]["coord"]] == [["2026-01-08", 75.0], ["2026-02-28", 75.0]]
    assert [new[0]["coord"][1], new[1]["coord"]] == [60.0, ["2026-03-10", 60.0]]


def test_days_of_the_index_have_the_legal_colours(client, house) -> None:
    pieces = chart_of(client, house, what="aqi", every="day")["option"]["visualMap"]["pieces"]
    rows = house.scene().rules(date(2026, 1, 15)).categories.categories
    assert [piece["color"] for piece in pieces] == [row.colour for row in rows]


def test_hourly_values_that_flags_keep_out_are_points_of_their_own(client, house) -> None:
    station = house.city.stations[0].code
    found = [
        series
        for what in (p.value for p in BASIC)
        for series in chart_of(client, house, place=station, what=what)["option"]["series"][1:]
    ]
    assert found
    assert all(point["note"].startswith("flag ") for series in found for point in series["data"])


def test_running_means_are_of_eight_hours_and_months_are_the_rooms(client, house) -> None:
    hours = [value for _, value in chart_of(client, house, what="o3")["option"]["series"][0]["data"]]
    means = [value for _, value in chart_of(client, house, what="o3", every="8h")["option"]["series"][0]["data"]]
    whole = next(n for n in range(8, len(hours)) if None not in hours[n - 7 : n + 1])
    assert means[whole] == pytest.approx(sum(hours[whole - 7 : whole + 1]) / 8, abs=0.01)
    months = chart_of(client, house, what="aqi", every="month")
    period = [one for one in list_periods(house.lake) if one.kind is PeriodKind.MONTH][-1]
    stored = list_summaries(house.lake, period, kind=CITY).get_column("composite_index")[0]
    assert months["option"]["series"][0]["data"][-1] == stored


def test_chart_is_not_made_again_for_who_has_it(client, house) -> None:
    address = f"/air/charts/series?place={house.city.adcode}&what=pm25"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    other = client.get(address.replace("pm25", "pm10"), headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)


def test_several_years_keep_every_peak() -> None:
    values = np.random.default_rng(7).normal(50, 10, 40_000)
    values[[123, 30_500]] = 900.0
    values[5_000:5_200] = np.nan
    (places, kept), every = thinned(np.arange(40_000), values, 9_000)
    assert every == 9
    assert len(kept) <= 9_000
    assert [places[n] for n, value in enumerate(kept) if value == 900.0] == [123, 30_500]
    assert places == sorted(places)
    assert any(value != value for value in kept)


def test_hours_taken_away_are_those_of_the_stretch(client, house) -> None:
    code = house.city.adcode
    rows = rows_of(client, f"/air/places/{code}?first=2026-01-10&last=2026-01-11&export=hours.csv")
    stored = list_hours(house.lake, CITY, code, date(2026, 1, 10), date(2026, 1, 11), Stage.ORIGINAL, ["pm25"])
    assert len(rows) == stored.height + 1
    assert [row[rows[0].index("PM₂.₅ (µg/m³)")] for row in rows[1:]] == [
        _text(value) for value in stored.get_column("pm25")
    ]


# ---------------------------------------------------------------------------------------------- day and calendar


def test_day_shows_values_sub_indices_and_twenty_four_hours(client, house, last) -> None:
    station = house.city.stations[0]
    address = f"/air/places/{station.code}/days/{last}"
    values = rows_of(client, f"{address}?export=values.csv")
    hours = rows_of(client, f"{address}?export=hours.csv")
    row = list_days(house.lake, SubjectKind.STATION, station.code, last, last).row(0, named=True)
    assert [line[1] for line in values[1:]] == [_text(row[p.value]) for p in BASIC]
    assert [line[3] for line in values[1:]] == [_text(row[f"iaqi_{p}"]) for p in BASIC]
    assert [line[6] for line in values[1:]] == [_text(row[f"{p}_hours"]) for p in BASIC]
    assert len(hours) == 25
    assert hours[24][0] == "23:00–24:00"


def test_day_without_data_teaches_the_next_step(client, house) -> None:
    answer = client.get(f"/air/places/{house.city.adcode}/days/2020-01-01")
    assert answer.status_code == 200
    assert "This day was not judged" in answer.text


def test_calendar_has_a_link_a_colour_and_words_for_each_day(client, house, last) -> None:
    code = house.city.adcode
    page = client.get(f"/air/places/{code}/calendar?year=2026").text
    days = list_days(house.lake, CITY, code).drop_nulls("aqi")
    for row in days.iter_rows(named=True):
        category = house.scene().rules(last).categories.category(row["aqi"])
        linked = f'href="/air/places/{code}/days/{row["legal_day"]}"'
        assert f'level-{category.level}" style="--aqi:{category.colour}" {linked}' in page
        assert f"AQI {row['aqi']} · {category.name}" in page


def test_small_calendars_count_the_good_days_of_every_county(client, house) -> None:
    rows = rows_of(client, "/air/calendar?year=2026&export=levels.csv")
    for (kind, code), row in zip(_groups(house), rows[1:], strict=True):
        index = list_days(house.lake, kind, code).get_column("aqi").drop_nulls()
        assert int(row[-1]) == int((index <= 100).sum())
        assert sum(int(count) for count in row[1:7]) == index.len()


def test_year_without_data_is_refused(client) -> None:
    assert client.get("/air/calendar?year=2019").status_code == 400


# ---------------------------------------------------------------------------------------------- variation


def test_variation_is_the_mean_of_each_hour_of_the_day(client, house) -> None:
    code = house.city.adcode
    address = f"/air/charts/variation?place={code}&what=pm25&panel=hour"
    chart = json.loads(client.get(address).content)
    first, last = house.lake.day_of(house.city_now()) - timedelta(days=364), house.lake.day_of(house.city_now())
    hours = list_hours(house.lake, CITY, code, first, last, Stage.ORIGINAL, ["pm25"])
    means = hours.group_by(pl.col("hour_start").dt.hour().alias("hour")).agg(pl.col("pm25").mean()).sort("hour")
    drawn = chart["option"]["series"][2]["data"]
    assert drawn == pytest.approx(means.get_column("pm25").to_list(), abs=0.01)
    assert all(low <= middle <= high for _, middle, low, high, _ in chart["table"]["rows"])


def test_chosen_panel_stands_first(client, house) -> None:
    page = client.get(f"/air/places/{house.city.adcode}/variation?panel=month").text
    assert re.findall(r"panel=(\w+)", "".join(re.findall(r'data-chart="([^"]+)"', page))) == [
        "month",
        "hour",
        "weekday",
        "weekday_hour",
    ]


# ---------------------------------------------------------------------------------------------- rankings


def test_ranking_is_that_of_the_room_best_or_worst_first(client, house) -> None:
    period = ranked_periods(house.lake)[-1]
    stored = list_rankings(house.lake, period, Stage.ORIGINAL).filter(
        (pl.col("list") == "pm25")
        & (pl.col("group") == "all")
        & (pl.col("basis") == "dust_deducted")
        & (pl.col("law") == "this")
    )
    ranks = {house.city.county(code).name_en: rank for code, rank in stored.select("code", "rank").iter_rows()}
    address = f"/air/rankings?period={period.label}&list=pm25&export=ranking.csv"
    best, worst = rows_of(client, address)[1:], rows_of(client, f"{address}&order=worst")[1:]
    assert {row[1]: row[0] for row in best} == {name: _text(rank) for name, rank in ranks.items()}
    assert [int(row[0]) for row in best if row[0]] == sorted(int(row[0]) for row in best if row[0])
    assert [int(row[0]) for row in worst if row[0]] == sorted(
        (int(row[0]) for row in worst if row[0]), reverse=True
    )


def test_rule_set_is_printed_under_a_ranking(client, house) -> None:
    period = ranked_periods(house.lake)[-1]
    rules = house.scene().rules(date(2026, 1, 15))
    said = text_of(client.get(f"/air/rankings?period={period.label}"))
    assert rules.name in said
    assert f"({rules.ranking.id}, confidence {rules.ranking.confidence})" in said


def test_places_that_share_a_rank_say_so(client, house) -> None:
    period = ranked_periods(house.lake)[-1]
    rows = list_rankings(house.lake, period, Stage.ORIGINAL).filter(
        (pl.col("group") == "all") & (pl.col("basis") == "dust_deducted") & pl.col("rank").is_not_null()
    )
    shared = rows.filter(pl.struct("list", "rank").is_duplicated()).row(0, named=True)
    page = client.get(f"/air/rankings?period={period.label}&list={shared['list']}")
    assert f"{shared['rank']}=" in page.text
    assert "shares its rank" in page.text


def test_place_below_the_minimum_is_not_ranked_and_says_why(client, house) -> None:
    period = ranked_periods(house.lake)[-1]
    rows = list_rankings(house.lake, period, Stage.ORIGINAL).filter(pl.col("not_ranked").is_not_null())
    one = rows.row(0, named=True)
    page = client.get(
        f"/air/rankings?period={period.label}&list={one['list']}&group={one['group']}&basis={one['basis']}"
    )
    assert "not ranked" in page.text


@pytest.mark.parametrize("query", ["period=2019-01", "period=soon", "list=beauty"])
def test_ranking_that_was_never_made_is_refused(client, query: str) -> None:
    assert client.get(f"/air/rankings?{query}").status_code == 400


# ---------------------------------------------------------------------------------------------- two laws


def test_allowance_of_a_place_is_that_of_the_room(client, house, last) -> None:
    code = house.city.counties[0].adcode
    rows = rows_of(client, f"/air/attainment?place={code}&export=allowance.csv")
    end = list_days(house.lake, CITY, house.city.adcode).drop_nulls("aqi").get_column("legal_day")[-1]
    found = allowances(house.scene(), [(SubjectKind.COUNTY, code)], end, Stage.ORIGINAL)[code]
    rests = {one.pollutant: None if one.mean is None else one.mean.rest_mean_shown() for one in found.pollutants}
    for row, one in zip(rows[1:], found.pollutants, strict=True):
        rest = rests[one.pollutant]
        assert (float(row[3]) if row[3] else None) == (None if rest is None else float(rest))
        assert int(row[7]) == (one.days.left if one.days else 0)


def test_year_that_runs_says_up_to_when_and_both_laws(client, last) -> None:
    said = text_of(client.get("/air/attainment?target=75"))
    assert f"up to {last}" in said
    assert "2026 by GB 3095-2012 (2018 amendment)" in said
    assert "2026 by GB 3095-2026 transitional" in said
    assert "of the 75 % target" in said


@pytest.mark.parametrize("target", ["plenty", "101", "-1"])
def test_target_that_is_no_share_is_refused(client, target: str) -> None:
    assert client.get("/air/attainment", params={"target": target}).status_code == 400


def test_same_days_are_compared_under_both_laws(client) -> None:
    rows = rows_of(client, "/air/compare?now=2026H1&then=2026-01&export=compare.csv")
    assert rows[0][2:] == [
        "2026H1 (HJ 633-2012)",
        "2026-01 (HJ 633-2012)",
        "Change",
        "2026H1 (HJ 633-2026)",
        "2026-01 (HJ 633-2026)",
        "Change",
    ]
    by_name = {row[0]: row[2:] for row in rows[1:]}
    index = by_name["composite index"]
    assert float(index[0]) < float(index[3])
    assert float(index[0]) == float(index[1])
    assert float(index[2]) == 0


# ---------------------------------------------------------------------------------------------- why


@pytest.mark.parametrize("what", ["aqi", "pm25", "o3"])
def test_why_of_a_day_shows_each_step_and_that_it_leads_to_the_number(client, house, last, what: str) -> None:
    code = house.city.adcode
    said = text_of(client.get(f"/air/why/days/{code}/{last}/{what}"))
    found = explain_day(house.scene(), CITY, code, last, what)
    assert found.agrees
    assert "Made again from these steps, the number is the same." in said
    assert str(found.provenance["run_id"]) in said
    assert all(step.rule is None or step.rule.id in said for step in found.steps)


def test_why_leads_from_the_city_to_its_stations_and_their_hours(client, house, last) -> None:
    code = house.city.adcode
    index = client.get(f"/air/why/days/{code}/{last}/aqi").text
    assert f'href="/air/why/days/{code}/{last}/pm25"' in index
    value = client.get(f"/air/why/days/{code}/{last}/pm25").text
    stations = re.findall(rf'href="(/air/why/days/(\w+)/{last}/pm25)"', value)
    assert {station for _, station in stations} <= {one.code for one in house.city.stations}
    deeper = client.get(stations[0][0])
    assert deeper.status_code == 200
    assert "24 hours of this legal day are known" in deeper.text


def test_why_of_hours_periods_and_ranks_answer(client, house, last) -> None:
    code, county = house.city.adcode, house.city.counties[0].adcode
    period = ranked_periods(house.lake)[-1].label
    for address in (
        f"/air/why/hours/{code}/{last}T05/aqi",
        f"/air/why/hours/{house.city.stations[0].code}/{last}T05/pm10",
        f"/air/why/periods/{code}/2026-01/pm25",
        f"/air/why/ranks/{county}/{period}/pm25?basis=dust_deducted",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, text_of(answer)[:300]
        assert "air-steps" in answer.text


@pytest.mark.parametrize("when", ["2026-01-10T24", "2026-01-10", "now"])
def test_hour_that_is_none_is_refused(client, house, when: str) -> None:
    assert client.get(f"/air/why/hours/{house.city.adcode}/{when}/aqi").status_code == 400


def test_rows_of_a_step_can_be_taken_away(client, house, last) -> None:
    rows = rows_of(client, f"/air/why/days/{house.city.adcode}/{last}/aqi?export=step_1.csv")
    assert len(rows) > len(BASIC)


# ---------------------------------------------------------------------------------------------- dust


def test_only_who_may_decide_sees_the_forms_of_dust(web_client) -> None:
    assert 'action="/air/dust/approve"' in web_client("t-monitoring").get("/air/dust").text
    assert 'action="/air/dust/approve"' not in web_client("t-county").get("/air/dust").text


APPROVAL = {
    "first": "2026-01-10T06:00",
    "last": "2026-01-10T09:00",
    "reason": "<script>alert(1)</script> dust from the west",
    "where": "",
}


def test_approval_is_written_once_with_who_gave_it_and_why(own_web_client, own_web_app) -> None:
    house = own_web_app.state.keeper.house
    before = len(list_dust(house.ledger))
    client = own_web_client("t-office")
    answer = client.post("/air/dust/approve", data=APPROVAL)
    again = client.post("/air/dust/approve", data=APPROVAL)
    made = [event for event in list_dust(house.ledger) if event.approved_by == "t-office"]
    assert (answer.status_code, again.status_code) == (303, 303)
    assert len(list_dust(house.ledger)) == before + 1 + len(house.city.counties)
    assert {event.code for event in made} == {house.city.adcode, *(c.adcode for c in house.city.counties)}
    assert made[0].period.end - made[0].period.start == timedelta(hours=4)
    page = client.get("/air/dust")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; dust from the west" in page.text
    assert "<script>alert" not in page.text


def test_withdrawal_takes_back_the_chosen_ones_or_none(own_web_client, own_web_app) -> None:
    house = own_web_app.state.keeper.house
    client = own_web_client("t-monitoring")
    client.post("/air/dust/approve", data=APPROVAL)
    own = [event.id for event in list_dust(house.ledger) if event.approved_by == "t-monitoring"]
    wrong = client.post("/air/dust/withdraw", data={"ids": [own[0], "nothing"], "reason": "no dust"})
    assert wrong.status_code == 400
    assert own[0] in {event.id for event in list_dust(house.ledger)}
    done = client.post("/air/dust/withdraw", data={"ids": own[:2], "reason": "no dust"})
    assert done.status_code == 303
    held = {event.id: event for event in list_dust(house.ledger, withdrawn=True)}
    assert [held[one].withdrawn_by for one in own[:3]] == ["t-monitoring", "t-monitoring", None]


@pytest.mark.parametrize("login", ["t-county", "t-duty", "t-auditor", "t-admin"])
def test_others_cannot_approve_dust(own_web_client, login: str) -> None:
    assert own_web_client(login).post("/air/dust/approve", data=APPROVAL).status_code == 403


@pytest.mark.parametrize(
    "changed", [{"first": "dawn"}, {"first": "2026-01-10T06:30"}, {"reason": " "}, {"where": "999999"}]
)
def test_approval_that_says_too_little_is_refused(own_web_client, changed: dict[str, str]) -> None:
    assert own_web_client("t-office").post("/air/dust/approve", data={**APPROVAL, **changed}).status_code == 400


def test_withdrawal_of_nothing_is_refused(own_web_client) -> None:
    assert own_web_client("t-office").post("/air/dust/withdraw", data={"reason": "x"}).status_code == 400


# ---------------------------------------------------------------------------------------------- hostile names


def test_names_with_markup_stay_text(own_web_workspace, own_web_client) -> None:
    stations = own_web_workspace / "city" / "stations.csv"
    if not stations.exists():
        from importlib.resources import files

        stations.parent.mkdir(exist_ok=True)
        stations.write_bytes((files("lantian") / "cities" / "changzhi" / "stations.csv").read_bytes())
    text = stations.read_text(encoding="utf-8")
    name = next(csv.DictReader(io.StringIO(text)))["name_en"]
    stations.write_text(text.replace(name, "<script>alert(1)</script>", 1), encoding="utf-8")
    page = own_web_client("t-office").get("/air")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def _groups(house) -> list[tuple[SubjectKind, str]]:
    return [(CITY, house.city.adcode), *((SubjectKind.COUNTY, one.adcode) for one in house.city.counties)]


def _text(value: object) -> str:
    return "" if value is None else str(value)
