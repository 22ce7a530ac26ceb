"""Five runs of Prairie Grass (Barad 1958) and the AGA Texas stacks (GRAL validation, after the EPA's AERMOD set).

The Prairie Grass arcs are a secondary transcription: 5 runs × 5 arcs. Nothing was fitted to them. Each run goes
the whole way from routine observations to concentrations: wind at 2 m, temperature, roughness, and the sky that
its class stands for in Pasquill's table. What the sky was is not in the file.
"""

import csv
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.science.plume import Options, Receptors, Sources, hourly

pytestmark = pytest.mark.reference

ARCS = np.array([50.0, 100.0, 200.0, 400.0, 800.0])
SKY = {"B": (0.1, 18), "C": (0.1, 18), "D": (1.0, 18), "E": (0.2, 4), "E, weak wind": (0.7, 4)}
"""Class → cloud and hour of UTC (local noon 18, night 4): strong sun for B and C, overcast for D; by night
Pasquill's table has E at 3 to 5 m/s under a clear sky, and at 2 to 3 m/s (run 35 at 10 m) under a cloudy one."""


@dataclass(frozen=True)
class Scores:
    """How predictions stand beside observations."""

    fac2: float
    bias: float
    geometric_mean: float
    geometric_variance: float
    error: float

    def __str__(self) -> str:
        return (
            f"FAC2 {self.fac2:.2f}  FB {self.bias:+.2f}  MG {self.geometric_mean:.2f}  "
            f"VG {self.geometric_variance:.2f}  NMSE {self.error:.2f}"
        )


def scores(observed: np.ndarray, predicted: np.ndarray) -> Scores:
    ratio, mean, other = predicted / observed, observed.mean(), predicted.mean()
    logs = np.log(observed / np.maximum(predicted, 1e-3 * observed))
    return Scores(
        float(np.mean((ratio >= 0.5) & (ratio <= 2))),
        float(2 * (mean - other) / (mean + other)),
        float(np.exp(logs.mean())),
        float(np.exp((logs**2).mean())),
        float(((observed - predicted) ** 2).mean() / (mean * other)),
    )


@pytest.fixture(scope="module")
def rule() -> PlumeRule:
    return Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))


def prairie_air(row: dict[str, str], rule: PlumeRule) -> Boundary:
    """The hour of a run, with the half-day before it for the mixing layer to grow."""
    land = rule.land_class("grassland").model_copy(update={"roughness": (Decimal(row["z0_m"]),) * 4})
    place = Site(-98.57, 42.49, land, wind_height=2.0, elevation=600.0, utc_hours=-6.0)
    weak = float(row["u2m_m_s"]) < 3
    cloud, hour = SKY[row["stability"] + (", weak wind" if weak else "")]
    same = np.ones(48)
    observed = Observed(
        np.datetime64("1956-07-15T00", "h") + np.arange(48),
        float(row["u2m_m_s"]) * same,
        270 * same,
        (float(row["T_K"]) - 273.15) * same,
        cloud=cloud * same,
    )
    air = boundary_layer(observed, place, rule)
    chosen = np.flatnonzero(air.inverse_length == 0)[-1] if row["stability"] == "D" else 24 + hour
    return air.at(np.array([chosen]))


def prairie_grass(reference_data: Path, rule: PlumeRule, minutes: float) -> tuple[np.ndarray, np.ndarray]:
    with (reference_data / "dispersion" / "prairie_grass_5runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    observed = np.array([[float(row[f"c{arc:.0f}_kg_m3"]) * 1e9 for arc in ARCS] for row in rows])
    predicted = np.array(
        [
            hourly(
                Sources.points(np.zeros(1), np.zeros(1), np.array([float(row["release_h_m"])])),
                Receptors.of(ARCS, np.zeros(5), height=float(row["receptor_h_m"])),
                prairie_air(row, rule),
                rule,
                np.array([float(row["Q_kg_s"]) * 1000]),
                options=Options(minutes=minutes),
            )[:, 0]
            for row in rows
        ]
    )
    return observed, predicted


def test_prairie_grass_arcs_are_met_within_a_factor_of_two(reference_data: Path, rule: PlumeRule, capsys):
    observed, predicted = prairie_grass(reference_data, rule, 10.0)
    found = scores(observed, predicted)
    with capsys.disabled():
        print("\nPrairie Grass, 25 arcs, ten minutes:", found)
        print((predicted / observed).round(2))
    assert found.fac2 >= 0.72
    assert abs(found.bias) <= 0.1
    assert found.error <= 0.4
    assert 0.7 <= found.geometric_mean <= 1.4
    assert found.geometric_variance <= 1.75


def test_prairie_grass_fails_where_the_page_says_so(reference_data: Path, rule: PlumeRule):
    observed, predicted = prairie_grass(reference_data, rule, 10.0)
    ratio = predicted / observed
    outside = (ratio < 0.5) | (ratio > 2)
    assert outside.sum(axis=1).tolist() == [4, 0, 0, 1, 1]
    assert ratio[0, -1] == pytest.approx(6.4, abs=0.3)
    assert np.all(ratio[outside] > 2)


def test_prairie_grass_as_if_it_had_been_sampled_an_hour_is_worse(reference_data: Path, rule: PlumeRule):
    """The arcs were sampled for ten minutes; the spread of an hour is too wide for them, as it should be."""
    shorter = scores(*prairie_grass(reference_data, rule, 10.0))
    whole = scores(*prairie_grass(reference_data, rule, 60.0))
    assert whole.fac2 == pytest.approx(0.52, abs=0.001)
    assert whole.bias > shorter.bias


# ---------------------------------------------------------------------------------------------- AGA Texas

RADII = (50.0, 100.0, 150.0, 200.0)
LOW_STACK_EXPERIMENTS = 12
"""The sheet lists the experiments of the 9.75 m stack first, then those of the 14.5 m one."""


def sheet_rows(path: Path) -> list[list[str]]:
    """Text of the first table of an OpenDocument sheet."""
    table, text = ("urn:oasis:names:tc:opendocument:xmlns:" + name for name in ("table:1.0", "text:1.0"))
    with zipfile.ZipFile(path) as archive:
        content = ET.fromstring(archive.read("content.xml"))
    rows = []
    for row in next(content.iter(f"{{{table}}}table")).iter(f"{{{table}}}table-row"):
        cells: list[str] = []
        for cell in row:
            words = " ".join("".join(p.itertext()) for p in cell.iter(f"{{{text}}}p"))
            cells += [words] * min(int(cell.get(f"{{{table}}}number-columns-repeated", "1")), 12)
        rows.append(cells)
    return rows


def aga_texas(folder: Path, rule: PlumeRule, *, as_volume: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observed highest hours per experiment and radius, ours, and those of GRAL; NaN where none was measured."""
    number = [[np.nan if not cell else float(cell.replace(",", ".")) for cell in row[1:9]]
              for row in sheet_rows(folder / "Texas GRAL V21 09.ods")[2:25]]  # fmt: skip
    table = np.array(number)
    weather = list(csv.reader((folder / "Texas.met").read_text(encoding="utf-8").split()))
    receptors = [row.split(",") for row in (folder / "Receptor.dat").read_text(encoding="utf-8").split()[1:]]
    stacks = list(csv.reader((folder / "point.dat").read_text(encoding="utf-8").splitlines()[2:]))
    ours = np.full((len(table), 4), np.nan)
    for place, (_, _, wind, direction, kind) in enumerate(weather):
        row = stacks[0 if place < LOW_STACK_EXPERIMENTS else 1]
        origin, height = np.zeros(1), float(row[2])
        if as_volume:  # the wake of the house, 29.3 m by 13.5 m and 11.4 m high, as the source's own extent
            source = Sources.areas(origin + 8.85, origin + 10.05, 29.3, 13.5, height, depth=11.4 / 2.15)
        else:
            source = Sources.points(
                origin, origin, origin + height, diameter=float(row[8]), velocity=float(row[7]),
                temperature=float(row[9]),
            )  # fmt: skip
        # the classes of the file are two to four, for B to D, all by day
        cloud = {"2": 0.1, "3": 0.5, "4": 1.0}[kind]
        same = np.ones(24)
        observed = Observed(
            np.datetime64("2020-05-01T06", "h") + np.arange(24), float(wind) * same, float(direction) * same,
            25 * same, cloud=cloud * same,
        )  # fmt: skip
        air = boundary_layer(observed, Site(-100.0, 32.0, rule.land_class("grassland"), utc_hours=-6.0), rule)
        found = hourly(
            source,
            Receptors.of(*(np.array([float(each[axis]) for each in receptors]) for axis in (1, 2)), height=1.0),
            air.at(np.array([13])), rule, np.ones(1),
        )[:, 0]  # fmt: skip
        for column, radius in enumerate(RADII):
            ours[place, column] = max(
                value for value, each in zip(found, receptors, strict=True) if each[4] == f"R{radius:.0f}"
            )
    return table[:, :4], ours, table[:, 4:]


@pytest.mark.parametrize("as_volume", [False, True], ids=["a stack in the open", "a volume in the wake"])
def test_aga_texas_shows_what_a_building_does(reference_data: Path, rule: PlumeRule, capsys, *, as_volume: bool):
    """A second look: the stacks stand beside a house higher than the first of them. Its wake is not claimed."""
    folder = reference_data / "dispersion" / "aga_texas"
    observed, ours, theirs = aga_texas(folder, rule, as_volume=as_volume)
    there = ~np.isnan(observed)
    found = scores(observed[there], ours[there])
    by_radius = [scores(observed[known, place], ours[known, place]) for place, known in enumerate(there.T)]
    with capsys.disabled():
        print("\nAGA Texas,", "volume:" if as_volume else "stack:", found)
        for radius, each in zip(RADII, by_radius, strict=True):
            print(f"  {radius:.0f} m:", each)
        print("  GRAL, which resolves the house:", scores(observed[there], theirs[there]))
    assert there.sum() == 61
    if as_volume:
        assert found.fac2 >= 0.5
        assert abs(found.bias) <= 0.3
        assert found.error <= 1.0
        assert by_radius[-1].fac2 >= 0.8
    else:  # the air downwind of a house carries the plume down; without it nothing reaches the ground so near
        assert found.bias > 1.5
        missed = [each.geometric_mean for each in by_radius]
        assert missed == sorted(missed, reverse=True)
        assert missed[-1] < 2
