"""Does the air of a project's county attain? As evaluated, else as the application says (环境质量现状)."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from lantian.loop.plan.admission.outcome import Name, Said
from lantian.loop.plan.admission.records import Air
from lantian.loop.plan.office import Office
from lantian.terms.pollutants import Pollutant
from lantian.terms.words import mark

_TABLE = "period_statistics"
_YEARS = 3
"""How far back an evaluated year is looked for, newest first."""
_COLUMNS = ["kind", "code", "period_kind", "stage", "basis", "pollutant", "attains", "withdrawn"]
_MIXED, _MEASURED = "mixed", "measured"


def air_of(office: Office, county: str, on: date, given: Iterable[Air] = ()) -> tuple[dict[Pollutant, bool], Said]:
    """Whether each pollutant attains, and where that was taken from.

    The newest of the last three calendar years in which the county was judged goes first, then the city's, then
    what the application says; dust is taken out where the rule of that year says so.

    Parameters
    ----------
    office : Office
        Whose lake and law.
    county : str
        adcode.
    on : date
        Day of the application: only whole years before it count.
    given : iterable of Air
        What the application says.

    Returns
    -------
    tuple
        Pollutant → whether it attains, unknown ones left out, and the source.
    """
    said = {row.pollutant: row.attains for row in given}
    for kind, code in (("county", county), ("city", office.city.adcode)):
        for year in range(on.year - 1, on.year - 1 - _YEARS, -1):
            found = _judged(office, kind, code, date(year, 12, 31))
            if found:
                missing = sorted(set(said) - set(found))
                message = mark("{place}, {year}, as evaluated")
                if missing:
                    message = mark("{place}, {year}, as evaluated; the rest as the application says")
                source = Said(
                    message=message, values={"year": str(year)}, names={"place": _name(office, kind, code)}
                )
                return {**{one: said[one] for one in missing}, **found}, source
    if said:
        return said, Said(message=mark("As the application says; nothing was evaluated"))
    return {}, Said(message=mark("Not known: nothing was evaluated, and the application does not say"))


def _judged(office: Office, kind: str, code: str, last: date) -> dict[Pollutant, bool]:
    where = (pl.col("kind") == kind) & (pl.col("code") == code) & (pl.col("period_kind") == "year")
    rows = office.lake.read(_TABLE, first=last, last=last, columns=_COLUMNS, where=where)
    rows = rows.filter(~pl.col("withdrawn") & pl.col("attains").is_not_null())
    if rows.is_empty():
        return {}
    stage = _MIXED if _MIXED in rows.get_column("stage") else rows.get_column("stage")[0]
    deduct = office.rulebook.dust(last, office.choice).deduct
    found: dict[Pollutant, bool] = {}
    for row in rows.filter(pl.col("stage") == stage).iter_rows(named=True):
        pollutant = Pollutant(row["pollutant"])
        side = deduct.get(pollutant.value, _MEASURED)
        if row["basis"] == side or pollutant not in found:
            found[pollutant] = bool(row["attains"])
    return found


def _name(office: Office, kind: str, code: str) -> Name:
    if kind == "city":
        return Name(zh=office.city.name_zh, en=office.city.name_en)
    county = office.city.county(code)
    return Name(zh=county.name_zh, en=county.name_en)
