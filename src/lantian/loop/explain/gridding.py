"""An inventory on a grid: cells, what lies outside, and the city's points that spread areas (空间分配)."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lantian.city.outlines import county_outlines
from lantian.desk.intake import Limits, read_table
from lantian.loop.explain.columns import UnreadableCellError, read_number
from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.keeping import read_book
from lantian.loop.explain.queries import emissions
from lantian.loop.explain.study import Study
from lantian.science.inventory.allocation import (
    Allocator,
    Grid,
    Spread,
    Surrogates,
    grid_over,
    gridded,
    outside_county,
)
from lantian.science.inventory.records import Source
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.types import FloatArray
from lantian.terms.words import mark

SURROGATES = "surrogates.csv"
"""File of a city's folder: kind, county, longitude, latitude, weight; EPSG:4490."""
_LIMITS = Limits(bytes=256 * 1024 * 1024, rows=5_000_000, columns=20)
_NAMES = ("kind", "county", "longitude", "latitude", "weight")


@dataclass(frozen=True)
class Gridded:
    """An edition on a grid."""

    edition: str
    year: int
    grid: Grid
    pollutants: tuple[str, ...]
    sectors: tuple[str, ...]
    """First levels of the categories."""
    cells: FloatArray
    """Shape (n_sectors, n_pollutants, rows, columns), rows from the south. [t]"""
    outside: FloatArray
    """Shape (n_sectors, n_pollutants): what the grid does not cover. [t]"""
    spread_by: dict[str, float]
    """How sources were placed → share of all of them. [1]"""
    findings: tuple[Finding, ...]
    simulated: bool
    rules: str


def on_grid(study: Study, key: str | None, cell: float, *, grid: Grid | None = None) -> Gridded:
    """Put an edition on a grid of equal areas over the city.

    Parameters
    ----------
    study : Study
        The room's scene.
    key : str or None
        Edition; by default the newest.
    cell : float
        Length of a cell's side. [m]
    grid : Grid, optional
        Another grid than the one that covers the counties.

    Raises
    ------
    CallerError
        No such edition, none that was computed, or no outlines to lay a grid over.
    """
    edition = find_edition(study, key)
    rows, book = emissions(study, edition.key), read_book(study, edition.key, edition.year)
    outlines = county_outlines(study.city)
    grid = grid or grid_over(outlines.values(), cell)
    allocator = Allocator(grid, outlines, read_surrogates(study))
    rule, sources = study.book_rule(edition.year), {source.id: source for source in book.sources}
    pollutants = tuple(rows["pollutant"].unique(maintain_order=True).sort())
    placed = {name: place for place, name in enumerate(pollutants)}
    sums: dict[tuple[str, str, str], FloatArray] = defaultdict(lambda: np.zeros(len(pollutants)))
    columns = ("source", "county", "category", "pollutant", "amount")
    for name, county, category, pollutant, amount in rows.select(columns).iter_rows():
        sums[name, county, category][placed[pollutant]] += amount
    sectors = tuple(dict.fromkeys(category.partition(".")[0] for *_, category in sums))
    spreads: dict[str, list[Spread]] = {sector: [] for sector in sectors}
    amounts: dict[str, list[FloatArray]] = {sector: [] for sector in sectors}
    findings: list[Finding] = [*outside_county(book.sources, outlines)]
    by: dict[str, int] = defaultdict(int)
    for (name, county, category), amount in sums.items():
        sector = category.partition(".")[0]
        source = sources.get(name, Source(name, name, county, "area"))  # one that left the book since: its county
        spread = _placed(allocator, source, rule.surrogates_of(category), findings)
        by[spread.by] += 1
        spreads[sector].append(spread)
        amounts[sector].append(amount)
    made = [gridded(spreads[sector], np.array(amounts[sector]), grid) for sector in sectors]
    return Gridded(
        edition.key, edition.year, grid, pollutants, sectors, np.stack([cells for cells, _ in made]),
        np.stack([outside for _, outside in made]), {name: count / len(sums) for name, count in by.items()},
        tuple(findings), study.simulated, rows["rules"][0],
    )  # fmt: skip


def _placed(allocator: Allocator, source: Source, kinds: tuple[str, ...], findings: list[Finding]) -> Spread:
    """Return where a source lies; one of which nobody knows lies outside, with a finding."""
    try:
        return allocator.spread(source, kinds)
    except CallerError as fault:
        findings.append(
            Finding(
                "not_placed", source.id, mark("It was counted outside the grid: {reason}"), Severity.ERROR,
                evidence={"reason": str(fault)},
            )
        )  # fmt: skip
        return Spread(np.array([-1]), np.ones(1), "nowhere")


def read_surrogates(study: Study) -> tuple[Surrogates, ...]:
    """Read the city's points by which area sources are spread; none where it gives none.

    Raises
    ------
    CallerError
        A row that cannot be read, or a weight below zero: a lost point would shift tonnes elsewhere.
    """
    found = [Path(folder) / SURROGATES for folder in study.city.folders if (Path(folder) / SURROGATES).is_file()]
    if not found:
        return ()
    path = found[-1]
    table = read_table(path, limits=_LIMITS, header_rows=1)
    lacking = [name for name in _NAMES if name not in table.columns]
    if lacking or table.rejects.height:
        raise CallerError(
            "{path} lacks {lacking}, or has broken lines. It needs kind, county, longitude, latitude and weight.",
            path=path, lacking=", ".join(lacking),
        )  # fmt: skip
    rows: dict[str, list[tuple[str, float, float, float]]] = defaultdict(list)
    for kind, county, *texts in table.frame.select(_NAMES).iter_rows():
        try:
            longitude, latitude, weight = (read_number(text) for text in texts)
        except UnreadableCellError:
            longitude = latitude = weight = None
        if not kind or not county or longitude is None or latitude is None or weight is None or weight < 0:
            said = " ".join(map(str, (kind, county, *texts)))
            raise CallerError("{path} has a point that cannot be read ({said}). Correct it.", path=path, said=said)
        rows[kind].append((county, longitude, latitude, weight))
    return tuple(_surrogates(kind, points) for kind, points in rows.items())


def _surrogates(kind: str, points: list[tuple[str, float, float, float]]) -> Surrogates:
    values = np.array([point[1:] for point in points], dtype=np.float64)
    return Surrogates(kind, values[:, 0], values[:, 1], values[:, 2], [point[0] for point in points])


def grid_rows(made: Gridded) -> pl.DataFrame:
    """Return the cells that hold anything as rows: sector, pollutant, row, column, place, amount."""
    sector, pollutant, row, column = np.nonzero(made.cells)
    places = made.grid.centres()[row * made.grid.columns + column]
    return pl.DataFrame(
        {
            "sector": [made.sectors[n] for n in sector],
            "pollutant": [made.pollutants[n] for n in pollutant],
            "row": row,
            "column": column,
            "longitude": places[:, 0].round(6),
            "latitude": places[:, 1].round(6),
            "amount": made.cells[sector, pollutant, row, column],
        },
        schema_overrides={"sector": pl.String, "pollutant": pl.String},
    )
