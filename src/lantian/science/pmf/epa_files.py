"""Files as EPA PMF 5.0 writes them: profiles and contributions of a base run, as text (PMF5文件)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.science.pmf.fitting import Fit
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_PROFILES, _CONTRIBUTIONS = "Factor Profiles (conc. of species)", "Factor Contributions (avg = 1)"


@dataclass(frozen=True, slots=True)
class EpaTable:
    """One table of a file of EPA PMF."""

    title: str
    run: int | None
    factors: tuple[str, ...]
    labels: tuple[str, ...]
    """Species, or dates as they were written."""
    values: FloatArray
    """Shape (n_labels, n_factors)."""


def profiles_text(fit: Fit, run: int = 1, names: Sequence[str] | None = None) -> str:
    """Write the profiles as a ``_profiles.csv``: concentration, share of the species, share of the total variable.

    Parameters
    ----------
    fit : Fit
        To be written.
    run : int
        Number of the base run.
    names : sequence of str or None
        Of the factors.
    """
    heads = _heads(fit, names)
    shares = fit.species_shares * 100
    tables = [
        (_PROFILES, fit.profiles),
        ("Factor Profiles (% of species sum)", shares),
    ]
    if fit.data.total is not None:
        total = fit.profiles[:, [fit.data.total]]
        part = np.divide(fit.profiles, total, out=np.zeros_like(fit.profiles), where=total > 0)
        tables.append(("Factor Profiles (% of total variable)", part * 100))
    return _written(
        (f"{title} from Base Run #{run} (Convergent Run)", heads, fit.data.species, values.T, f"Base_{run}")
        for title, values in tables
    )


def contributions_text(fit: Fit, run: int = 1, names: Sequence[str] | None = None) -> str:
    """Write the contributions as a ``_contributions.csv``: mean 1, and in the unit of a total variable."""
    heads = _heads(fit, names)
    if fit.data.times is None:
        labels: tuple[str, ...] = tuple(str(place + 1) for place in range(fit.data.size[0]))
    else:
        labels = tuple(_epa_date(str(each)) for each in fit.data.times.astype("datetime64[m]").astype(str))
    tables = [(_CONTRIBUTIONS, fit.contributions)]
    if fit.data.total is not None:
        tables.append(("Factor Contributions (conc. units)", fit.mass))
    return _written(
        (f"{title} from Base Run #{run} (Convergent Run)", heads, labels, values, f"Base_{run}")
        for title, values in tables
    )


def _epa_date(text: str) -> str:
    day, _, time = text.partition("T")
    year, month, date = day.split("-")
    return f"{month}/{date}/{year} {time}"


def _heads(fit: Fit, names: Sequence[str] | None) -> tuple[str, ...]:
    heads = tuple(names or (f"Factor {place + 1}" for place in range(fit.factors)))
    if len(heads) != fit.factors:
        raise CallerError(
            "{count} names for {factors} factors; give one for each", count=len(heads), factors=fit.factors
        )
    return heads


def _written(tables: Iterable[tuple[str, Sequence[str], Sequence[str], FloatArray, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for title, heads, labels, values, run in tables:
        writer.writerow([title])
        writer.writerow([])
        writer.writerow(["", "", *heads])
        for label, row in zip(labels, values.tolist(), strict=True):
            writer.writerow([run, label, *(repr(value) for value in row)])
        writer.writerow([])
    return out.getvalue()


def read_tables(text: str) -> tuple[EpaTable, ...]:
    r"""Read every table of a profiles or contributions file of EPA PMF (导入PMF5结果).

    Parameters
    ----------
    text : str
        The whole file: comma- or tab-separated.

    Raises
    ------
    CallerError
        Where there is no such table, or a row is not as wide as its heading.

    Examples
    --------
    >>> read_tables("Factor Profiles (conc. of species) from Base Run #3\n\n,,Factor 1\n18,oc,2.5\n")[0].values
    array([[2.5]])
    """
    lines = text.lstrip("\ufeff").splitlines()
    cut = "\t" if sum("\t" in line for line in lines) > sum("," in line for line in lines) else ","
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=cut)]
    starts = [
        place for place, row in enumerate(rows) if row and re.match(r"Factor (Profiles|Contributions)", row[0])
    ]
    if not starts:
        raise CallerError(
            "no table of EPA PMF is in this text: none of its lines begins with Factor Profiles or Factor "
            "Contributions. Give a _profiles or a _contributions file."
        )
    return tuple(_table(rows, start) for start in starts)


def _table(rows: list[list[str]], start: int) -> EpaTable:
    title = rows[start][0]
    place = start + 1
    while place < len(rows) and not any(rows[place]):
        place += 1
    heads = tuple(cell for cell in rows[place] if cell) if place < len(rows) else ()
    labels, values = [], []
    for line, row in enumerate(rows[place + 1 :], start=place + 2):
        if not any(row):
            break
        cells = row[: 2 + len(heads)]
        try:
            numbers = [float(cell) for cell in cells[2:]]
        except ValueError as fault:
            raise CallerError(
                "line {line} of the table is not made of numbers: {fault}", line=line, fault=fault
            ) from None
        if len(numbers) != len(heads):
            raise CallerError(
                "line {line} has {count} numbers under {heads} factors",
                line=line,
                count=len(numbers),
                heads=len(heads),
            )
        labels.append(cells[1])
        values.append(numbers)
    run = re.search(r"#\s*(\d+)", title)
    table = np.array(values, dtype=np.float64).reshape(len(labels), len(heads))
    return EpaTable(title, None if run is None else int(run[1]), heads, tuple(labels), table)
