import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, open_workspace
from lantian.city.records import SubjectKind
from lantian.loop.evaluate.queries import list_periods
from lantian.loop.evaluate.why import explain_day, explain_hour, explain_period, explain_rank
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC

CITIES = ("shizuishan", "changzhi")


@pytest.fixture(params=CITIES)
def house(request: pytest.FixtureRequest, simulated_workspaces: dict[str, Path]) -> Iterator[House]:
    opened = open_workspace(simulated_workspaces[request.param])
    yield opened
    opened.close()


def subjects(house: House) -> list[tuple[SubjectKind, str]]:
    city = house.city
    return [
        (SubjectKind.CITY, city.adcode),
        *((SubjectKind.COUNTY, county.adcode) for county in city.counties),
        *((SubjectKind.STATION, station.code) for station in city.stations),
    ]


def sample(house: House, seed: int, size: int) -> list[tuple[SubjectKind, str, date]]:
    """Draw the city and others, on days on both sides of the change of law."""
    drawn = random.Random(seed)
    days = [date(2026, 1, 16) + timedelta(days=n) for n in range(74)]
    every = subjects(house)
    chosen = [every[0], *drawn.sample(every[1:], size - 1)]
    return [(kind, code, drawn.choice(days)) for kind, code in chosen]


def test_every_day_is_made_again_from_its_hours(house: House) -> None:
    scene = house.scene()
    disagreeing = []
    for kind, code, day in sample(house, 1, 6):
        for what in ("aqi", *BASIC):
            found = explain_day(scene, kind, code, day, what)
            if not found.agrees:
                disagreeing.append((code, day, what, found.value, found.recomputed))
    assert disagreeing == []


def test_every_hour_is_made_again(house: House) -> None:
    scene = house.scene()
    disagreeing, seen = [], 0
    for number, (kind, code, day) in enumerate(sample(house, 2, 6)):
        hour = datetime(day.year, day.month, day.day, (number * 7) % 24, tzinfo=house.city.zone)
        for what in ("aqi", "pm25", "o3", "co"):
            try:
                found = explain_hour(scene, kind, code, hour, what)
            except CallerError:  # an hour that never arrived has no row
                continue
            seen += 1
            if not found.agrees:
                disagreeing.append((code, hour, what, found.value, found.recomputed))
    assert disagreeing == []
    assert seen >= 16


def test_every_period_is_made_again_on_both_sides(house: House) -> None:
    scene, drawn = house.scene(), random.Random(3)
    disagreeing = []
    periods = drawn.sample(list_periods(house.lake), 4)
    for period in periods:
        kind, code = drawn.choice(subjects(house)[: 1 + len(house.city.counties)])
        for basis in ("measured", "dust_deducted"):
            for what in ("composite_index", *BASIC):
                found = explain_period(scene, kind, code, period, what, basis=basis)
                if not found.agrees:
                    disagreeing.append((code, period.label, what, basis, found.value, found.recomputed))
    assert disagreeing == []


def test_every_rank_is_made_again(house: House) -> None:
    scene = house.scene()
    march = Period.containing(PeriodKind.MONTH, date(2026, 3, 1))
    rule = scene.rules(march.last).ranking
    for county in house.city.counties:
        for entry in rule.lists:
            found = explain_rank(scene, county.adcode, march, entry.key, basis=rule.basis)
            assert found.agrees, (county.adcode, entry.key, found.value, found.recomputed)


def test_deducted_day_says_that_dust_touched_it(simulated_workspace: Path) -> None:
    opened = open_workspace(simulated_workspace)
    scene = opened.scene()
    day = min(scene.dust_days[opened.city.adcode])
    found = explain_day(scene, SubjectKind.CITY, opened.city.adcode, day, "pm10", basis="dust_deducted")
    opened.close()
    assert found.agrees
    assert found.value is None
    assert "dust" in found.steps[0].message


def test_sentences_are_numbered_and_name_rule_source_and_confidence(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask("why", "city", "2026-03-05", "pm25", "-w", simulated_workspace)
    assert code == 0
    assert "1." in out
    assert "2." in out
    assert "confidence" in out
    assert "HJ 663-2026" in out
    assert "Made again from these steps, the number is the same." in out
    assert "Run " in out
    assert "Simulated data" in out


def test_index_is_asked_for_when_nothing_is_named(ask, simulated_workspace: Path) -> None:
    for when, what in (("2026-03-05", "aqi"), ("2026-03-05T08", "aqi"), ("2026-03", "composite_index")):
        code, out, _ = ask("why", "640202", when, "--json", "-w", simulated_workspace)
        answer = json.loads(out)
        assert code == 0
        assert (answer["what"], answer["agrees"]) == (what, True)
        assert all(step["text"] and "{" not in step["text"] for step in answer["steps"])


def test_rank_is_explained_by_the_places_before_it(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask("why", "640202", "2026-03", "rank", "--json", "-w", simulated_workspace)
    answer = json.loads(out)
    assert code == 0
    assert answer["what"] == "rank:composite_index"
    assert answer["value"] == answer["recomputed"]
    assert len(answer["steps"][0]["rows"]) == 3


def test_long_tables_are_shortened_and_shown_whole_on_demand(ask, simulated_workspace: Path) -> None:
    _, short, _ = ask("why", "SIM-640202-01", "2026-02-05", "no2", "--rows", "3", "-w", simulated_workspace)
    _, whole, _ = ask("why", "SIM-640202-01", "2026-02-05", "no2", "--rows", "0", "-w", simulated_workspace)
    assert "and 21 more" in short
    assert "more" not in whole.split("Made again")[0].split("hours of this legal day")[1]
    assert "2026-02-05 23:00" in whole
    assert "2026-02-05 23:00" not in short


def test_correction_without_evaluation_is_told(ask, writable_workspace: Path) -> None:
    opened = open_workspace(writable_workspace)
    rows = opened.lake.read(
        "ambient_hours", first=date(2026, 3, 5), last=date(2026, 3, 5), where=pl.col("station") == "SIM-640202-01"
    )
    columns = [column for column in rows.columns if column not in {"recorded_at", "legal_day", "legal_month"}]
    opened.lake.append("ambient_hours", rows.select(columns).with_columns(pl.col("pm25") + 50.0))
    opened.close()
    code, out, _ = ask("why", "SIM-640202-01", "2026-03-05", "pm25", "-w", writable_workspace)
    assert code == 0
    assert "have changed since" in out
    assert "Run `lantian evaluate`" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "2026-03-05"], "no station, county or city"),
        (["city", "yesterday"], "is no period"),
        (["city", "2026-03-05T24"], "is no hour"),
        (["city", "2026-03-05", "pollen"], "is no number of a day"),
        (["city", "2026-03-05T08", "pollen"], "is no number of an hour"),
        (["city", "2026-03", "aqi"], "is no number of a period"),
        (["city", "2027-03-05"], "Nothing was judged"),
        (["city", "2026-03-05", "--stage", "final"], "is no stage"),
        (["city", "2026-03-05", "--basis", "guessed"], "no side of the days"),
        (["city", "2026-03-05T08", "--basis", "dust_deducted"], "no dust-deducted side"),
        (["city", "2026-03", "rank"], "Nothing was judged"),
        (["640202", "2026-03", "rank:weather"], "No list"),
    ],
)
def test_wrong_question_is_answered_with_what_to_do(
    ask, simulated_workspace: Path, arguments: list[str], words: str
) -> None:
    code, _, err = ask("why", *arguments, "-w", simulated_workspace)
    assert code == 2
    assert words in " ".join(err.split())
