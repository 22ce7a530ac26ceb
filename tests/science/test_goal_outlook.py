"""Chance of a running year: what is settled, what is sure, what the seed does, and how good on real years."""

import warnings
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.goal_outlook import LevelPrior, NoOutlook, Outlook, on_calendar, year_end_outlook
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


def season(level: float, scatter: float, seed: int, days: int = 365) -> FloatArray:
    """A year with a dirty winter and weather of its own."""
    random = np.random.default_rng(seed)
    course = level * (1 + 0.5 * np.cos(np.arange(days) / days * 2 * np.pi))
    return course * np.exp(scatter * random.standard_normal(days) - scatter**2 / 2)


def outlook(so_far: FloatArray, past: FloatArray, bound: float, **more: object) -> Outlook:
    found = year_end_outlook(so_far, past, bound, seed=7, **more)
    assert isinstance(found, Outlook)
    return found


PAST = np.array([season(40, 0.4, n) for n in range(4)])


def test_years_without_scatter_give_a_sure_answer() -> None:
    past = np.array([season(40, 0.0, 0), season(40, 0.0, 1), season(40, 0.0, 2)])
    assert outlook(past[0][:150], past, 40.01).chance == 1.0
    assert outlook(past[0][:150], past, 39.99).chance == 0.0
    assert outlook(past[0][:150], past, 40.01).chance_analytic == 1.0


def test_a_lost_year_needs_no_past_and_has_no_chance() -> None:
    found = outlook(np.full(300, 60.0), np.zeros((0, 365)), 35.0)
    assert (found.chance, found.years, found.mean_median, found.remaining) == (0.0, 0, None, 65)


def test_a_year_that_is_over_is_judged_as_it_is() -> None:
    held = outlook(np.full(365, 35.0), np.zeros((0, 365)), 35.0)
    assert (held.chance, held.mean_low, held.mean_high) == (1.0, 35.0, 35.0)
    assert outlook(np.full(365, 35.0), np.zeros((0, 365)), 35.0, bound_attains=False).chance == 0.0


def test_a_year_that_is_over_without_a_day_has_no_outlook() -> None:
    assert year_end_outlook(np.full(365, np.nan), np.zeros((0, 365)), 35.0, seed=1) is NoOutlook.NO_DAY


def test_one_past_year_is_too_few() -> None:
    assert year_end_outlook(PAST[0][:100], PAST[:1], 35.0, seed=1) is NoOutlook.TOO_FEW_YEARS


def test_a_past_year_without_the_season_to_come_does_not_count() -> None:
    holed = PAST[:2].copy()
    holed[1, 200:] = np.nan
    assert year_end_outlook(PAST[2][:100], holed, 35.0, seed=1) is NoOutlook.TOO_FEW_YEARS


def test_the_same_seed_gives_the_same_chance() -> None:
    first, second = (year_end_outlook(PAST[3][:120], PAST[:3], 40.0, seed=3) for _ in range(2))
    assert first == second
    assert isinstance(first, Outlook)
    assert 0.0 < first.chance < 1.0


def test_before_the_first_day_the_past_alone_speaks() -> None:
    found = outlook(np.zeros(0), PAST, 40.0)
    assert found.weight == 0.0
    assert found.level == 1.0
    assert found.mean_median == pytest.approx(PAST.mean(), rel=0.02)
    assert 0.2 < found.chance < 0.8


def test_a_dirtier_year_so_far_lowers_the_chance() -> None:
    clean, dirty = (outlook(PAST[3][:180] * factor, PAST[:3], 40.0) for factor in (0.9, 1.15))
    assert clean.chance > dirty.chance
    assert clean.level < 1.0 < dirty.level


def test_a_departure_is_believed_more_the_longer_it_has_lasted() -> None:
    short, long = (outlook(PAST[3][:days] * 1.2, PAST[:3], 40.0) for days in (20, 250))
    assert 0.0 < short.weight < long.weight < 1.0


def test_the_interval_narrows_towards_the_end_of_the_year() -> None:
    widths = []
    for days in (30, 150, 270, 350):
        found = outlook(PAST[3][:days], PAST[:3], 40.0)
        assert found.mean_low is not None
        assert found.mean_high is not None
        widths.append(found.mean_high - found.mean_low)
    assert widths == sorted(widths, reverse=True)


def test_the_draw_agrees_with_the_formula() -> None:
    for bound in (34.0, 38.0, 40.0, 42.0, 46.0):
        found = outlook(PAST[3][:120], PAST[:3], bound)
        assert found.chance == pytest.approx(found.chance_analytic, abs=0.05)


def test_shares_of_days_stay_within_their_highest() -> None:
    random = np.random.default_rng(1)
    past = np.where(random.random((3, 365)) < 0.9, 100.0, 0.0)
    found = outlook(np.full(100, 100.0), past, 99.0, highest=100.0)
    assert found.mean_high is not None
    assert found.mean_high <= 100.0


def test_a_past_in_which_nothing_happened_promises_nothing_new() -> None:
    found = outlook(np.zeros(100), np.zeros((3, 365)), 0.0)
    assert (found.chance, found.mean_high) == (1.0, 0.0)


def test_missing_days_are_left_out_and_never_zero() -> None:
    holed = PAST.copy()
    holed[:, ::7] = np.nan
    so_far = PAST[3][:120].copy()
    so_far[::5] = np.nan
    assert outlook(so_far, holed[:3], 40.0).mean_median == pytest.approx(
        outlook(PAST[3][:120], PAST[:3], 40.0).mean_median, rel=0.06
    )


def test_a_wider_prior_widens_the_interval() -> None:
    narrow, wide = (outlook(PAST[3][:60], PAST[:3], 40.0, prior=LevelPrior(spread)) for spread in (0.02, 0.3))
    assert narrow.mean_low is not None
    assert wide.mean_low is not None
    assert wide.mean_low < narrow.mean_low


@given(
    days=st.integers(0, 365),
    factor=st.floats(0.2, 4.0),
    bounds=st.lists(st.floats(5.0, 120.0), min_size=2, max_size=2),
)
def test_a_looser_target_is_never_less_likely(days: int, factor: float, bounds: list[float]) -> None:
    low, high = (
        year_end_outlook(PAST[3][:days] * factor, PAST[:3], bound, seed=5, draws=200) for bound in sorted(bounds)
    )
    assert isinstance(low, Outlook)
    assert isinstance(high, Outlook)
    assert 0.0 <= low.chance <= high.chance <= 1.0


@pytest.mark.parametrize(
    ("so_far", "past", "more"),
    [
        (np.zeros(366), np.zeros((2, 365)), {}),
        (np.zeros((2, 2)), np.zeros((2, 365)), {}),
        (np.full(3, -1.0), np.zeros((2, 365)), {}),
        (np.full(3, np.inf), np.zeros((2, 365)), {}),
        (np.zeros(3), np.zeros((2, 365)), {"block": 0}),
        (np.zeros(3), np.zeros((2, 365)), {"interval": 1.0}),
    ],
)
def test_a_wrong_question_is_refused(so_far: FloatArray, past: FloatArray, more: dict[str, float]) -> None:
    with pytest.raises(CallerError):
        year_end_outlook(so_far, past, 35.0, seed=1, **more)


def test_a_leap_day_is_left_out_or_missing() -> None:
    leap = np.arange(366.0)
    assert on_calendar(leap, common_year=True)[59] == 60.0
    back = on_calendar(np.arange(365.0), common_year=False)
    assert np.isnan(back[59])
    assert back[60] == 59.0
    with pytest.raises(CallerError, match="365 or 366"):
        on_calendar(np.zeros(364), common_year=True)


# ---------------------------------------------------------------------------------------------- real years

DAYS_SO_FAR = (60, 120, 180, 240, 300)
TARGETS = (0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1)


def reliability(
    name: str, cases: list[tuple[FloatArray, FloatArray]], capsys: pytest.CaptureFixture[str]
) -> tuple[float, float, float]:
    """Brier score of the chance, of climatology, and the share of years inside their 90 % interval."""
    chances: list[float] = []
    happened: list[bool] = []
    climate: list[float] = []
    inside: list[bool] = []
    for past, year in cases:
        before, end = np.nanmean(past, axis=1), float(np.nanmean(year))
        for days in DAYS_SO_FAR:
            for factor in TARGETS:
                bound = float(before.mean()) * factor
                found = outlook(year[:days], past, bound, draws=1000)
                chances.append(found.chance)
                happened.append(end <= bound)
                climate.append((int((before <= bound).sum()) + 1) / (len(before) + 2))
            assert found.mean_low is not None
            assert found.mean_high is not None
            inside.append(found.mean_low <= end <= found.mean_high)
    p, o, c = np.array(chances), np.array(happened), np.array(climate)
    brier, reference = float(((p - o) ** 2).mean()), float(((c - o) ** 2).mean())
    with capsys.disabled():
        print(f"\n{name}: {len(p)} chances, Brier {brier:.3f}, climatology {reference:.3f}, "
              f"skill {1 - brier / reference:.2f}, 90 % interval holds {np.mean(inside):.0%}")  # fmt: skip
        for low in (0.0, 0.2, 0.4, 0.6, 0.8):
            here = (p >= low) & (p < low + 0.2 if low < 0.8 else p <= 1.0)
            if here.any():
                print(f"  said {p[here].mean():.2f}, came true {o[here].mean():.2f} ({here.sum()})")
    return brier, reference, float(np.mean(inside))


@pytest.mark.reference
def test_chances_of_shanxi_cities_beat_climatology(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five cities have both 2014 and 2015: each year is foretold from the other, at the city's own level, with the
    courses of all five as analogues. They share the weather of one year, so the interval is too narrow here; with
    years of its own, as in Beijing below, it holds."""
    rows = pl.read_csv(reference_data / "shanxi_city_daily" / "city_daily_2013_2015.csv")
    days = rows.with_columns(pl.col("date").str.slice(0, 10).str.to_date())
    held: dict[tuple[str, int], FloatArray] = {}
    for (city, year), part in days.group_by(["city", pl.col("date").dt.year().alias("year")]):
        if part.height == 365:
            held[str(city), int(str(year))] = part.sort("date").get_column("pm2_5").to_numpy()
    cities = sorted({city for city, _ in held if {(city, 2014), (city, 2015)} <= held.keys()})
    assert cities == ["临汾", "大同", "太原", "长治", "阳泉"]
    cases = []
    for city in cities:
        for year, other in ((2014, 2015), (2015, 2014)):
            own = held[city, other].mean()
            cases.append((np.array([held[one, other] * own / held[one, other].mean() for one in cities]),
                          held[city, year]))  # fmt: skip
    brier, climate, _ = reliability("Shanxi, PM2.5", cases, capsys)
    assert brier < 0.10
    assert brier < 0.6 * climate


@pytest.mark.reference
def test_chances_of_beijing_stations_are_reliable(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve stations, years from March to February: the third and fourth are foretold from those before."""
    rows = pl.read_parquet(reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet")
    value = pl.col("PM2.5").cast(pl.Float64).fill_nan(None)
    days = (
        rows.group_by("station", pl.col("time").dt.date().alias("day"))
        .agg(value.mean().alias("mean"), value.count().alias("hours"))
        .filter(pl.col("hours") >= 20)
    )
    cases = []
    for (_,), part in days.group_by(["station"]):
        years = np.full((4, 365), np.nan)
        for day, mean in part.select("day", "mean").iter_rows():
            start = date(day.year if day.month > 2 else day.year - 1, 3, 1)
            place = (day - start).days
            if start.year < 2017 and place < 365:
                years[start.year - 2013, place] = mean
        cases += [(years[:before], years[before]) for before in (2, 3)]
    assert len(cases) == 24
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        brier, climate, inside = reliability("Beijing, PM2.5", cases, capsys)
    assert brier < 0.11
    assert brier < 0.65 * climate
    assert 0.75 < inside < 0.99
