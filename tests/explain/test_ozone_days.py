from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from lantian.loop.explain.ozone_days import ozone_days, regimes_of, season_of
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_TABLES
from lantian.loop.sense.emission_tables import OUTLET_DAYS
from lantian.science.boxmodel import Regime
from lantian.store import AMBIENT_HOURS, WEATHER_HOURS
from lantian.store.columns import Table
from lantian.store.lake import Lake
from lantian.store.species_tables import SPECIES_HOURS
from lantian.terms.errors import CallerError

SITE, FIRST, LAST = "SIM-140406-02", date(2025, 6, 20), date(2025, 6, 21)
VOC = {
    "ethylene": 3.0, "propylene": 1.0, "ethane": 4.0, "propane": 4.0, "n-butane": 3.0, "isopentane": 2.0,
    "n-pentane": 1.0, "toluene": 2.0, "benzene": 1.0, "m_p_xylene": 1.0, "o-xylene": 0.4, "formaldehyde": 4.0,
    "acetaldehyde": 2.0, "isoprene": 0.5, "methanol": 5.0, "chloroform": 0.1,
}  # fmt: skip

Change = Callable[[str, list[dict[str, object]]], list[dict[str, object]]]


def framed(table: Table, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {column.name: column.dtype for column in table.columns}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def observed(zone: object, no2: float) -> dict[str, list[dict[str, object]]]:
    """Two days of VOC, gases and weather of one site."""
    common = {"origin": "test", "source": "test", "simulated": True}
    found: dict[str, list[dict[str, object]]] = {"species": [], "gases": [], "weather": []}
    for number in range(48):
        hour = datetime(2025, 6, 20, tzinfo=zone) + timedelta(hours=number)  # type: ignore[arg-type]
        up = max(np.sin((hour.hour - 6) / 12 * np.pi), 0.0)
        found["species"] += [
            {"station": SITE, "species": key, "instrument": "", "hour_start": hour, "period_hours": 1,
             "kind": "voc", "value": value, "unit": "nmol/mol", **common}
            for key, value in VOC.items()
        ]  # fmt: skip
        found["gases"].append(
            {"station": SITE, "hour_start": hour, "stage": "original", "so2": 8.0, "no2": no2, "co": 0.6,
             "o3": 60 + 80 * up, "state": "reference", **common}
        )  # fmt: skip
        found["weather"].append(
            {"place": "W", "hour_start": hour, "kind": "observed", "longitude": 113.2, "latitude": 36.3,
             "temperature": 20 + 8 * up, "humidity": 55.0, "pressure": 905.0, "radiation": 800 * up, **common}
        )  # fmt: skip
    return found


def kept(study: Study, folder: object, rows: dict[str, list[dict[str, object]]]) -> Study:
    """Return the study with a lake of these rows."""
    tables = (*INVENTORY_TABLES, OUTLET_DAYS, AMBIENT_HOURS, WEATHER_HOURS, SPECIES_HOURS)
    lake = Lake(folder, tables, zone=study.city.zone, now=study.now, simulated=True)  # type: ignore[arg-type]
    for table, name in ((SPECIES_HOURS, "species"), (AMBIENT_HOURS, "gases"), (WEATHER_HOURS, "weather")):
        if rows[name]:
            lake.append(table, framed(table, rows[name]))
    return replace(study, lake=lake)


@pytest.fixture
def seen(study: Study, tmp_path) -> Callable[..., Study]:
    def make(change: Change | None = None, no2: float = 30.0) -> Study:
        rows = observed(study.city.zone, no2)
        changed = rows if change is None else {name: change(name, each) for name, each in rows.items()}
        return kept(study, tmp_path / "seen", changed)

    return make


def test_day_is_what_was_measured_in_the_words_of_the_mechanism(seen) -> None:
    days, findings = ozone_days(seen(), SITE, FIRST, LAST)
    assert [each.day for each in days] == [FIRST, LAST]
    assert findings == []
    box = days[0].box
    assert box.mixing["XYL"] == pytest.approx(np.full(24, 1.4))
    assert box.mixing["NO2"] == pytest.approx(np.full(24, 30 / 1.88), rel=1e-3)
    assert box.mixing["CO"] == pytest.approx(np.full(24, 0.6 / 1.145 * 1000), rel=1e-3)
    assert "O3" not in box.held
    assert days[0].left_out == ("benzene", "chloroform")
    assert box.light[12] == pytest.approx(0.8, abs=0.15)
    assert box.elevations(1)[12, 0] > 70, "the first hour is midnight in the city"


def test_short_gap_is_closed_and_a_species_with_a_long_one_is_left_out(seen) -> None:
    def gaps(name: str, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        holes = {"toluene": range(4, 6), "ethane": range(4, 12)}
        return [
            row for row in rows
            if name != "species" or row["hour_start"].hour not in holes.get(row["species"], ())  # type: ignore[attr-defined]
        ]  # fmt: skip

    (day, *_), findings = ozone_days(seen(gaps), SITE, FIRST, FIRST)
    assert findings == []
    assert np.isfinite(day.voc["toluene"]).all()
    assert "ethane" in day.left_out
    assert "ETHA" not in day.box.mixing


def test_day_with_few_species_or_without_nitrogen_dioxide_says_why(seen, tmp_path, study) -> None:
    few = seen(lambda name, rows: rows[: 48 * 16 : 2] if name == "species" else rows)
    days, findings = ozone_days(few, SITE, FIRST, FIRST)
    assert days == []
    assert [finding.code for finding in findings] == ["few_species"]
    rows = observed(study.city.zone, 30.0)
    rows["gases"] = [{**row, "no2": None} for row in rows["gases"]]
    _, findings = ozone_days(kept(study, tmp_path / "other", rows), SITE, FIRST, FIRST)
    assert findings[0].evidence["names"] == "NO2"


def test_days_without_observations_are_findings_and_no_weather_is_an_error(seen, tmp_path, study) -> None:
    _, findings = ozone_days(seen(), SITE, FIRST, date(2025, 6, 23))
    assert [(finding.code, finding.where) for finding in findings] == [
        ("no_observations", "2025-06-22"), ("no_observations", "2025-06-23"),
    ]  # fmt: skip
    rows = observed(study.city.zone, 30.0) | {"weather": []}
    with pytest.raises(CallerError, match="no weather"):
        ozone_days(kept(study, tmp_path / "calm", rows), SITE, FIRST, FIRST)


def test_regime_of_a_day_follows_its_nitrogen(seen, study, tmp_path) -> None:
    much, little = seen(no2=40.0), kept(study, tmp_path / "little", observed(study.city.zone, 0.8))
    for where, regime in ((much, "voc"), (little, "nox")):
        days, _ = ozone_days(where, SITE, FIRST, LAST)
        rows, findings = regimes_of(where, days)
        assert findings == []
        assert rows["regime"].to_list() == [regime] * 2
        assert rows["regime_of_radicals"].to_list() == [regime] * 2
        assert (rows["ozone_production"] > 5).all()


def test_season_has_the_regime_of_most_of_its_days() -> None:
    assert season_of(pl.DataFrame({"regime": ["nox", "voc", "nox"]}), 3) is Regime.NOX
    assert season_of(pl.DataFrame({"regime": ["nox", "voc"]}), 2) is Regime.TRANSITION
    with pytest.raises(CallerError, match="2 days have a regime, 5 are needed"):
        season_of(pl.DataFrame({"regime": ["nox", "voc"]}), 5)
