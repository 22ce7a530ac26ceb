"""Two table files become samples for a factor analysis: concentrations, and uncertainties or what makes them."""

from pathlib import Path

import numpy as np
import polars as pl

from lantian.desk.intake import Table, read_table
from lantian.desk.intake.cells import clean, number
from lantian.rules.receptor_records import PmfConventions
from lantian.rules.species_records import SpeciesRule
from lantian.science.pmf import Measured, from_limits
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_FORMS = (
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)
"""Stamps of the field's files: EPA PMF writes month, day, year."""
_EQUATION_ROWS = 2
"""Rows of an uncertainty file that holds detection limits and error percentages instead of uncertainties."""


def read_samples(
    concentrations: Path, uncertainties: Path, rule: PmfConventions, species: SpeciesRule
) -> tuple[Measured, tuple[str, ...]]:
    """Read both files; returns the samples and the label of each, as it was written.

    The columns of the concentrations that hold numbers are the species; the first that does not is the label. An
    uncertainty file of two rows holds detection limits and error percentages.

    Parameters
    ----------
    concentrations, uncertainties : Path
        Text, Excel or Parquet.
    rule : PmfConventions
        What is done with values below a limit.
    species : SpeciesRule
        Numbers that mean no value.
    """
    given, spread = read_table(concentrations), read_table(uncertainties)
    fills = [str(value) for value in species.fill_values]
    label = next((name for name in given.columns if not _numeric(given, name, fills)), None)
    names = tuple(name for name in given.columns if name != label)
    labels = _labels(given, label)
    if absent := [name for name in names if name not in spread.columns]:
        raise CallerError(
            "{file} has no column {absent}, which {other} has; give both files the same species",
            file=spread.name,
            absent=", ".join(absent),
            other=given.name,
        )
    values, unsure = _numbers(given, names, fills), _numbers(spread, names, fills)
    if len(unsure) == _EQUATION_ROWS < len(values):
        values, unsure = from_limits(values, unsure[0], unsure[1] / 100, rule)
    if len(unsure) != len(values):
        raise CallerError(
            "{file} has {rows} rows and {other} has {values}: give each sample its uncertainty, or two rows with "
            "detection limits and error percentages",
            file=spread.name,
            rows=len(unsure),
            other=given.name,
            values=len(values),
        )
    return Measured(names, values, unsure, _times(labels)), labels


def _numeric(table: Table, name: str, fills: list[str]) -> bool:
    return bool(table.frame.select(number(pl.col(name), fills)[1].is_null().all()).item())


def _numbers(table: Table, names: tuple[str, ...], fills: list[str]) -> FloatArray:
    """Return the cells of columns as numbers, NaN where they are empty."""
    read = table.frame.select(
        part.alias(f"{place}{kind}")
        for place, name in enumerate(names)
        for kind, part in zip("vr", number(pl.col(name), fills), strict=True)
    )
    for place, name in enumerate(names):
        wrong = read.get_column(f"{place}r").is_not_null().arg_true()
        if len(wrong):
            raise CallerError(
                "{file}, {species}: {cell!r} in data row {row} is no number; mend it or leave it empty",
                file=table.name,
                species=name,
                cell=table.frame.get_column(name)[int(wrong[0])],
                row=int(wrong[0]) + 1,
            )
    columns = [read.get_column(f"{place}v").cast(pl.Float64).to_numpy() for place in range(len(names))]
    return np.stack(columns, axis=1) if columns else np.empty((table.frame.height, 0))


def _labels(table: Table, label: str | None) -> tuple[str, ...]:
    if label is None:
        return tuple(str(place + 1) for place in range(table.frame.height))
    cells = table.frame.select(clean(pl.col(label)).fill_null("")).to_series()
    return tuple(cells.to_list())


def _times(labels: tuple[str, ...]) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]] | None":
    """Read the labels as times of one form, or None."""
    text = pl.Series("t", labels, dtype=pl.String)
    for form in _FORMS:
        found = text.str.to_datetime(form, strict=False)
        if found.null_count() == 0 and len(found):
            return found.to_numpy().astype("datetime64[m]")
    return None
