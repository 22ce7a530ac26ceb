# Sources: CNEMC real-time feed as saved by public repositories; UCI repository no. 501 (CC BY 4.0).
"""Real files of the feed, of a collector and of UCI come in whole: every row, every value, every label."""

import csv
import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.loop.evaluate.importers import Imported, ImportOptions, import_file
from lantian.rules import Rulebook
from lantian.rules.records import StateRule
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.reference
CITY = ZoneInfo("Asia/Shanghai")
VALUES = ("so2", "no2", "co", "o3", "pm10", "pm25")


@pytest.fixture(scope="module")
def options(rulebook: Rulebook) -> ImportOptions:
    """Measured data of a city in UTC+8."""
    rules = tuple(row for row in rulebook.editions("gas_state") if isinstance(row, StateRule))
    return ImportOptions(zone=CITY, simulated=False, state_rules=rules)


@pytest.fixture(scope="module")
def feed(reference_data: Path, options: ImportOptions) -> Imported:
    """Five saved answers of the national feed."""
    return import_file(reference_data / "cnemc_national_hours" / "as_published.parquet", options)


@pytest.fixture(scope="module")
def uci(reference_data: Path, options: ImportOptions) -> Imported:
    """Twelve stations of Beijing over four years."""
    return import_file(reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet", options)


def found(imported: Imported, code: str) -> dict[str, str | float | int | None]:
    """Evidence of the first finding of a code."""
    return next(row.evidence for row in imported.report.findings if row.code == code)


def test_every_row_of_five_saved_answers_comes_in(feed: Imported) -> None:
    assert feed.importer == "national_feed"
    assert feed.hours.height == feed.report.rows_read == feed.report.rows_accepted == 7441
    assert feed.report.is_clean
    assert feed.published is not None
    assert feed.published.get_column("aqi").count() == 7441 - 254


def test_crossed_labels_put_right_equal_the_columns_that_were_named_truly(
    feed: Imported, reference_data: Path, options: ImportOptions
) -> None:
    true = import_file(reference_data / "cnemc_national_hours" / "station_hours.csv", options)
    assert true.hours.height == 7367
    columns = ["station", "hour_start", *VALUES]
    crossed = feed.hours.select(columns).join(
        true.hours.select("station", "hour_start"), on=["station", "hour_start"]
    )
    key = ["station", "hour_start"]
    assert crossed.sort(key).equals(true.hours.select(columns).sort(key))


def test_labels_at_face_value_are_refused(reference_data: Path, options: ImportOptions) -> None:
    with pytest.raises(CallerError, match="with crossed labels"):
        import_file(
            reference_data / "cnemc_national_hours" / "as_published.parquet", replace(options, labels="right")
        )


def test_no_current_hour_exceeds_its_maximum_once_the_labels_are_put_right(feed: Imported) -> None:
    assert not [row for row in feed.report.findings if row.code == "ozone_above_maximum"]


def test_inverted_and_low_values_are_counted_and_kept(feed: Imported) -> None:
    inverted = feed.hours.filter(pl.col("pm25") > pl.col("pm10")).height
    assert found(feed, "pm_inversion")["count"] == inverted == 228
    assert feed.hours.filter(pl.col("pm25") <= 0).height == 27


def test_two_of_the_answers_mix_two_hours_in_74_rows(feed: Imported) -> None:
    """The copy holds one version of every station-hour; its mixed answers hold 38 and 36 rows of the next hour."""
    assert feed.hours.select(pl.struct("station", "hour_start").is_duplicated().sum()).item() == 0
    counts = dict(feed.hours.group_by("hour_start").len().rows())
    assert counts[datetime(2019, 7, 18, 12, tzinfo=CITY)] == 1438
    assert counts[datetime(2019, 7, 18, 13, tzinfo=CITY)] == 38
    assert counts[datetime(2019, 7, 18, 15, tzinfo=CITY)] == 36


def test_a_second_answer_minutes_later_keeps_both_versions_of_its_74_station_hours(
    reference_data: Path, options: ImportOptions, tmp_path: Path
) -> None:
    """The change of 2019-07-18 as observed: gases by 273.15/298.15, PM10 by 12 %, other stations unchanged."""
    first = pl.read_parquet(reference_data / "cnemc_national_hours" / "as_published.parquet")
    early = pl.col("timepoint").is_in([datetime(2019, 7, 18, 14), datetime(2019, 7, 18, 16)])  # noqa: DTZ001 - naive column
    gases = [(pl.col(name) * (273.15 / 298.15)).round(0) for name in ("o3", "o3_24h", "so2", "no2")]
    second = first.filter(early).with_columns(*gases, (pl.col("pm10") * 0.88).round(0))
    path = tmp_path / "answers.parquet"
    pl.concat([first, second]).write_parquet(path)
    made = import_file(path, options)
    several = made.hours.filter(pl.struct("station", "hour_start").is_duplicated())
    changed = several.select(pl.struct("station", "hour_start").n_unique()).item()
    assert second.height == 74
    assert made.report.rows_accepted == 7441 + 74
    unchanged = made.report.rows_accepted - made.hours.height
    assert changed + unchanged == 74
    assert changed >= 60
    assert several.height == 2 * changed
    ends = several.group_by("station", "hour_start", maintain_order=True).agg(pl.col("o3"))
    falls = [first > last for first, last in ends.get_column("o3").to_list() if first and last and first > 20]
    assert falls
    assert all(falls)
    assert found(made, "revised")["count"] == changed
    assert 0.90 < float(str(found(made, "revised")["median_ratio_o3"])) < 0.93


def test_the_layout_of_2022_is_still_crossed(reference_data: Path, options: ImportOptions) -> None:
    made = import_file(reference_data / "cnemc_2022_format_sample" / "2022-01-01T00_rows.csv", options)
    assert made.hours.height == 28
    assert made.hours.get_column("hour_start").unique().to_list() == [datetime(2021, 12, 31, 23, tzinfo=CITY)]
    assert made.hours.filter(pl.col("station") == "1001A").select(VALUES).row(0) == (
        7.0,
        82.0,
        1.2,
        0.0,
        68.0,
        36.0,
    )
    assert made.published is not None
    assert made.published.filter(pl.col("station") == "1011A").item(0, "primary") == "颗粒物(PM10),细颗粒物(PM2.5)"


def test_a_collectors_file_gives_its_stations_and_leaves_its_city_rows(
    reference_data: Path, options: ImportOptions
) -> None:
    path = reference_data / "cnemc_zhangjiakou_hourly" / "hourly.parquet"
    made = import_file(path, options)
    raw = pl.read_parquet(path).filter(pl.col("level") == "station")
    assert made.importer == "cnemc_collected"
    assert made.report.rows_read == 90_466
    assert made.hours.height == raw.height == 51_455
    assert made.report.rows_skipped == 39_011
    assert made.report.is_clean
    assert made.hours.get_column("o3").count() == raw.get_column("O3").count()
    assert made.hours.get_column("hour_start").min() == datetime(2017, 10, 12, 23, tzinfo=CITY)


def test_all_420768_rows_of_uci_come_in_and_no_binary_dust_with_them(uci: Imported, reference_data: Path) -> None:
    made = uci
    raw = pl.read_parquet(reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet")
    assert made.importer == "uci_beijing"
    assert made.hours.height == made.report.rows_accepted == 420_768
    assert len(made.stations) == 12
    for name, column in zip(VALUES, ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5"), strict=True):
        assert made.hours.get_column(name).count() == raw.get_column(column).count()
    assert made.hours.item(0, "co") == 0.3
    thousandths = {value: int(value * 1000 + 0.5) for value in made.hours.get_column("co").drop_nulls().unique()}
    assert [value for value, whole in thousandths.items() if value != whole / 1000] == []  # Python divides exactly
    shortest = made.hours.get_column("so2").cast(pl.String).str.len_chars().max()
    assert isinstance(shortest, int)
    assert shortest <= 8
    first, last = datetime(2013, 3, 1, 0, tzinfo=CITY), datetime(2017, 2, 28, 23, tzinfo=CITY)
    assert (made.hours["hour_start"].min(), made.hours["hour_start"].max()) == (first, last)


def test_a_station_of_uci_as_csv_equals_the_same_station_of_the_parquet(
    uci: Imported, reference_data: Path, options: ImportOptions, tmp_path: Path
) -> None:
    path = reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet"
    rows = pl.read_parquet(path).filter(pl.col("station") == "Dingling").head(2000)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    names = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "wd", "WSPM", "station"]
    writer.writerow(["No", "year", "month", "day", "hour", *names])
    for number, row in enumerate(rows.with_columns(pl.col(names).cast(pl.String)).iter_rows(named=True), start=1):
        time = row["time"]
        cells = ["NA" if row[name] is None else row[name] for name in names]
        writer.writerow([number, time.year, time.month, time.day, time.hour, *cells])
    (tmp_path / "Dingling.csv").write_text(out.getvalue(), encoding="utf-8")
    one = import_file(tmp_path / "Dingling.csv", options).hours
    all_of_them = uci.hours.filter(pl.col("station") == "Dingling").head(2000)
    assert one.drop("origin").equals(all_of_them.drop("origin"))
