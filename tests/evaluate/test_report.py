import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import polars as pl
import pytest

from lantian.city.records import SubjectKind
from lantian.desk.language import translation
from lantian.desk.paper.html import number
from lantian.loop import run_days
from lantian.loop.evaluate.events import approve_dust, list_dust
from lantian.loop.evaluate.queries import find_ranking, list_days
from lantian.loop.evaluate.report import air_report
from lantian.loop.evaluate.report_days import calendar_of, daily_chart, year_figures
from lantian.loop.evaluate.report_periods import allowance_of, attainment_of, counties_of, two_laws_of
from lantian.loop.evaluate.report_view import view_of
from lantian.science.dust import ApprovedPeriod
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.twin.hours import simulate_hours

MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ENGLISH = translation("en")
VOID = {"meta", "link", "br", "hr", "img", "input"}
MARCH = Period.containing(PeriodKind.MONTH, date(2026, 3, 1))


class Page(HTMLParser):
    """Remembers elements, attributes and text, and refuses elements that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def report(house, locale: str = "en") -> str:
    other = "report.html" if locale == "en" else "report.en.html"
    return air_report(
        house.scene(), list_dust(house.ledger), translation(locale), made_at=MADE_AT, other_page=other
    )


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_page_is_whole_names_its_language_and_links_to_the_other(judged, locale: str) -> None:
    page = Page(report(judged, locale))
    html = page.elements[0]
    links = [attrs for tag, attrs in page.elements if tag == "a" and "hreflang" in attrs]
    assert html == ("html", {"lang": "zh-CN" if locale == "zh_CN" else "en"})
    assert [(link["href"], link["hreflang"]) for link in links] == [
        ("report.en.html", "en") if locale == "zh_CN" else ("report.html", "zh-CN")
    ]
    city = judged.city.name_zh if locale == "zh_CN" else judged.city.name_en
    assert city in page.text


def test_page_loads_nothing_and_runs_nothing(judged) -> None:
    text = report(judged)
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    targets = [str(attrs[name]) for _, attrs in page.elements for name in ("href", "src") if name in attrs]
    assert all(target.startswith("#") or re.fullmatch(r"report(\.en)?\.html", target) for target in targets)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_page_is_small_enough_to_mail(judged) -> None:
    assert len(report(judged, "zh_CN").encode()) < 1_500_000


def test_both_themes_and_a_printer_are_served(judged) -> None:
    text = report(judged)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "--accent-soft" in text


def test_simulated_data_is_said_on_top_and_at_the_foot(judged) -> None:
    page = Page(report(judged))
    assert page.text.count("SIMULATED data, never measured") >= 2
    assert any(attrs.get("role") == "note" for _, attrs in page.elements)


def test_calendar_shows_each_judged_day_with_its_own_number(judged) -> None:
    view = view_of(judged.scene(), ENGLISH)
    cells = [cell for month in calendar_of(view) for cell in month.cells]
    shown = [cell.text for cell in cells if cell.text != "—"]
    days = list_days(judged.lake, SubjectKind.CITY, judged.city.adcode)
    assert shown == [str(aqi) for aqi in days.get_column("aqi") if aqi is not None]
    notes = {month.name: month.note for month in calendar_of(view)}
    assert notes["March 2026"] == "HJ 633-2026"


def test_counties_stand_in_the_published_order(judged) -> None:
    view = view_of(judged.scene(), ENGLISH)
    table = counties_of(view)
    assert table is not None
    rules = view.scene.rules(MARCH.last)
    order = find_ranking(judged.lake, MARCH, "composite_index", basis=rules.ranking.basis)
    assert [row.name for row in table.rows] == [view.county(code) for code in order.get_column("code")]
    values = [number(value, rules.composite.decimals_sum) for value in order.get_column("value")]
    assert [row.composite for row in table.rows] == values
    text = Page(report(judged)).text
    assert all(value in text for value in values)
    assert len(table.maps) == 2
    assert rules.name in text


def test_limit_steps_down_where_the_law_changes(judged) -> None:
    chart = daily_chart(view_of(judged.scene(), ENGLISH))
    assert [step.text.split(" ")[0] for step in chart.limits] == ["75", "60"]
    assert chart.limits[0].right == chart.limits[1].left
    assert chart.limits[0].y < chart.limits[1].y  # higher on the page
    assert chart.exceeding == len(chart.above)
    days = list_days(judged.lake, SubjectKind.CITY, judged.city.adcode)
    by_law = pl.when(pl.col("legal_day") < date(2026, 3, 1)).then(75.0).otherwise(60.0)
    assert chart.exceeding == days.filter(pl.col("pm25") > by_law).height


def test_two_years_are_compared_under_each_law_alone(make_world) -> None:
    house = make_world()
    for first, last in ((date(2025, 1, 1), date(2025, 3, 31)), (date(2026, 1, 1), date(2026, 3, 31))):
        house.lake.append("ambient_hours", pl.concat(simulate_hours(house.city, first, last, 7)))
    run_days(house.scene(), house.jobs)
    view = view_of(house.scene(), ENGLISH)
    laws = two_laws_of(view)
    assert laws is not None
    old, new = laws.city.rows
    assert "GB 3095-2012" in str(old[0])
    assert "GB 3095-2026" in str(new[0])
    assert int(str(old[1])) >= int(str(new[1]))  # the new breakpoints are stricter
    assert float(str(new[5])) > float(str(old[5]))  # and the new limits make a larger index
    assert laws.counties is not None
    assert len(laws.counties.rows) == 3
    note = year_figures(view)[0].note
    assert note == f"by HJ 633-2026 throughout: {new[1]}, same days of last year {new[2]}"


def test_year_that_is_over_is_judged_by_both_laws_and_the_next_has_an_allowance(make_world) -> None:
    house = make_world()
    hours = pl.concat(simulate_hours(house.city, date(2025, 1, 1), date(2026, 3, 10), 7, level_pm25=45.0))
    house.lake.append("ambient_hours", hours)
    run_days(house.scene(), house.jobs)
    view = view_of(house.scene(), ENGLISH)
    own, later, counties = attainment_of(view)
    assert "GB 3095-2012" in own.caption
    assert "GB 3095-2026" in later.caption
    assert own.rows[-1][2] == "35"
    assert later.rows[-1][2] == "30"
    assert own.rows[-1][-1] == "✗ exceeds"
    assert len(counties.rows) == 3
    allowance = allowance_of(view)
    assert allowance is not None
    assert "296 days remain" in allowance.caption
    assert str(allowance.rows[0][0]) == "Shizuishan"
    assert Page(report(house)).text.count("Did 2025 meet the standards?") == 1


def test_dust_that_is_approved_is_named_with_who_and_why(open_copy) -> None:
    house = open_copy()
    zone = house.city.zone
    period = ApprovedPeriod(datetime(2026, 3, 14, 6, tzinfo=zone), datetime(2026, 3, 15, 3, tzinfo=zone))
    approve_dust(
        house.ledger,
        house.city,
        (house.city.adcode,),
        period,
        reason="<i>yellow</i> sky",
        by="Wang",
        now=house.now,
    )
    run_days(house.scene(), house.jobs)
    text = report(house)
    assert "&lt;i&gt;yellow&lt;/i&gt; sky" in text
    assert "<i>yellow" not in text
    page = Page(text)
    assert "Wang" in page.text
    marked = [
        attrs["title"] for _, attrs in page.elements if "dust" in str(attrs.get("class", "")) and "title" in attrs
    ]
    assert [title.split(" · ")[0] for title in marked if title] == ["14 March 2026", "15 March 2026"]


def test_names_of_places_are_escaped(judged) -> None:
    scene = judged.scene()
    scene = replace(scene, city=replace(scene.city, name_en="<b>X</b> & co"))
    text = air_report(scene, [], ENGLISH, made_at=MADE_AT)
    assert "&lt;b&gt;X&lt;/b&gt; &amp; co" in text
    assert "<b>X" not in text


def test_ten_days_are_reported_with_the_next_step_where_something_is_missing(make_world) -> None:
    house = make_world()
    house.lake.append(
        "ambient_hours", pl.concat(simulate_hours(house.city, date(2026, 3, 3), date(2026, 3, 12), 7))
    )
    run_days(house.scene(), house.jobs)
    text = Page(report(house)).text
    assert "No month is over yet" in text
    assert "No whole calendar year was judged yet." in text
    assert "Nothing to compare" in text
    assert "no same days of last year" in text


def test_workspace_without_judged_days_says_what_to_do(make_world) -> None:
    house = make_world()
    with pytest.raises(CallerError, match="Run `lantian evaluate`"):
        report(house)


def test_same_workspace_gives_the_same_page(judged) -> None:
    assert report(judged) == report(judged)
