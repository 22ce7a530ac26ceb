"""The yearly list of key units, whether each is on line, and greenhouse gases of stacks (重点排污单位名录)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import select

from lantian.ledger import append_entry
from lantian.ledger.models import Device, KeyUnit
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.health import Health, State
from lantian.rules import KeyUnitRule
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

READINGS = "source_readings"


@dataclass(frozen=True, slots=True)
class KeyUnitContent:
    """One line of a year's list."""

    code: str
    """Unified social credit code."""
    name: str
    county: str
    """adcode"""
    industry: str = ""
    """GB/T 4754 code."""
    permit: str = ""
    above_scale: bool = False
    criteria: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether one unit of the list is on line (联网情况)."""

    code: str
    name: str
    county: str
    outlets: tuple[str, ...]
    without_device: tuple[str, ...]
    """Outlets of the list for which no device is registered."""
    silent: tuple[str, ...]
    """Outlets whose device sends nothing, or nothing new."""

    @property
    def covered(self) -> bool:
        """Whether every outlet of the list sends."""
        return bool(self.outlets) and not self.without_device and not self.silent


def rule_of(centre: Centre, year: int) -> KeyUnitRule:
    """Return the rule by which the list of a year is made."""
    return centre.rulebook.edition(KeyUnitRule, "key_units", date(year, 1, 1), centre.choice)


def take_list(
    centre: Centre, year: int, units: Iterable[KeyUnitContent], *, source: str, by: str
) -> tuple[int, tuple[Finding, ...]]:
    """Take a year's list in whole, so that others leave it; return how many lines changed, and doubts.

    Raises
    ------
    CallerError
        No name, a unit twice, a county that the city does not have, or a criterion that the year's rule has not.
    """
    rule, rows = rule_of(centre, year), list(units)
    _check_list(centre, rule, rows, by)
    at = centre.now()
    with centre.ledger.write() as session:
        held = {row.code: row for row in session.scalars(select(KeyUnit).where(KeyUnit.year == year))}
        changed = 0
        for unit in rows:
            fields: dict[str, object] = {
                "name": unit.name, "county": unit.county, "industry": unit.industry, "permit": unit.permit,
                "above_scale": unit.above_scale, "criteria": list(unit.criteria), "outlets": list(unit.outlets),
            }  # fmt: skip
            known = held.pop(unit.code, None)
            if known is not None and all(getattr(known, name) == value for name, value in fields.items()):
                continue
            changed += 1
            if known is None:
                known = KeyUnit(id=str(uuid7(at)), year=year, code=unit.code)
                session.add(known)
            for name, value in {**fields, "source": source, "simulated": centre.simulated}.items():
                setattr(known, name, value)
            known.changed_at, known.changed_by = at, by
        gone = sorted(held)
        for row in held.values():
            session.delete(row)
        if changed or gone:
            append_entry(
                session, at=at, actor=by, kind="key_units.taken", subject=f"key_units:{year}",
                payload={
                    "units": sorted(unit.code for unit in rows), "changed": changed, "left": gone,
                    "source": source, "rules": rule.id,
                },
            )  # fmt: skip
    return changed + len(gone), tuple(_doubts(centre, rule, year, rows))


def list_units(centre: Centre, year: int) -> list[KeyUnit]:
    """List the units of a year by county and name."""
    query = select(KeyUnit).where(KeyUnit.year == year).order_by(KeyUnit.county, KeyUnit.name)
    with centre.ledger.read() as session:
        return list(session.scalars(query))


def coverage(centre: Centre, year: int, health: Iterable[Health]) -> list[Coverage]:
    """Say of each unit of a year's list whether its outlets are on line, those that are not first.

    Parameters
    ----------
    health : iterable of Health
        From `lantian.loop.sense.health.list_health`.
    """
    state = {row.code: row.state for row in health}
    with centre.ledger.read() as session:
        registered = set(session.scalars(select(Device.outlet).where(Device.state == "registered")))
    found = []
    for unit in list_units(centre, year):
        outlets = tuple(unit.outlets)
        without = tuple(code for code in outlets if code not in registered)
        silent = tuple(
            code
            for code in outlets
            if code in registered and state.get(code, State.SILENT) in {State.SILENT, State.STALE}
        )
        found.append(Coverage(unit.code, unit.name, unit.county, outlets, without, silent))
    return sorted(found, key=lambda row: (row.covered, row.county, row.name))


def coverage_findings(centre: Centre, year: int, rows: Iterable[Coverage]) -> list[Finding]:
    """Say what the law asks for and is not there; nothing where the year's rule asks for none of it."""
    if not rule_of(centre, year).must_monitor_automatically:
        return []
    return [
        Finding(
            "key_unit_not_on_line" if row.outlets else "key_unit_without_outlet",
            row.code,
            mark("A unit of the {year} list is not on line: {without} without a device, {silent} silent.")
            if row.outlets
            else mark("A unit of the {year} list has no outlet on the list that could be on line."),
            Severity.WARNING,
            evidence={
                "year": year,
                "without": ", ".join(row.without_device) or "0",
                "silent": ", ".join(row.silent) or "0",
            },
            competing_explanation=mark("It stands still, or its device is registered under another outlet."),
        )
        for row in rows
        if not row.covered
    ]


def greenhouse_channels(centre: Centre, year: int) -> list[Mapping[str, object]]:
    """List the stacks that also measure a greenhouse gas, with the newest hour of it (CEMS二氧化碳通道)."""
    factors = list(rule_of(centre, year).greenhouse_factors)
    told = (
        centre.lake.scan(READINGS, where=pl.col("factor").is_in(factors) & (pl.col("period") == "hour"))
        .group_by("outlet", "factor")
        .agg(pl.col("period_start").max().alias("newest"), pl.len().alias("hours"), pl.col("unit").last())
        .collect()
    )
    sent = {(row["outlet"], row["factor"]): row for row in told.iter_rows(named=True)}
    with centre.ledger.read() as session:
        devices = list(session.scalars(select(Device).where(Device.state == "registered")))
    due = {(row.outlet, factor) for row in devices for factor in factors if factor in row.points}
    empty: Mapping[str, object] = {"newest": None, "hours": 0, "unit": None}
    return [
        {**empty, **sent.get(key, {}), "outlet": key[0], "factor": key[1], "registered": key in due}
        for key in sorted(due | set(sent))
    ]


# ---------------------------------------------------------------------------------------------- inside


def _check_list(centre: Centre, rule: KeyUnitRule, rows: list[KeyUnitContent], by: str) -> None:
    if not by.strip():
        raise CallerError("A list needs the name of who takes it in; it is kept as evidence.")
    codes = [row.code for row in rows]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise CallerError("{codes} stand on the list more than once. Keep one line each.", codes=", ".join(twice))
    counties = {county.adcode for county in centre.city.counties} | {centre.city.adcode}
    if strange := sorted({row.county for row in rows} - counties):
        raise CallerError("{counties} are no counties of this city. Use its adcodes.", counties=", ".join(strange))
    known = {row.key for row in rule.criteria}
    if strange := sorted({key for row in rows for key in row.criteria} - known):
        raise CallerError(
            "{criteria} are no criteria of {rule}; it has: {known}.",
            criteria=", ".join(strange), rule=rule.name, known=", ".join(sorted(known)),
        )  # fmt: skip


def _doubts(centre: Centre, rule: KeyUnitRule, year: int, rows: list[KeyUnitContent]) -> Iterable[Finding]:
    if centre.today() > rule.due(year) and centre.today().year == year:
        yield Finding(
            "key_list_late", str(year), mark("The list of {year} was taken in after {due}, when it is due."),
            evidence={"year": year, "due": rule.due(year).isoformat()},
            competing_explanation=mark("It was published in time and only brought in here later."),
        )  # fmt: skip
    listed = {row.code for row in rows}
    for unit in rows:
        fitting = [row.key for row in rule.fitting(unit.industry, unit.permit, above_scale=unit.above_scale)]
        stated = [row for key in unit.criteria if (row := rule.criterion(key)) is not None]
        if not unit.criteria:
            yield Finding(
                "key_unit_without_criterion", unit.code,
                mark("No criterion says why the unit is on the list; its own data would fit: {fitting}."),
                Severity.INFO, evidence={"fitting": ", ".join(fitting) or "0"},
                competing_explanation=mark("The published list names no reasons."),
            )  # fmt: skip
        for row in stated:
            if not row.by_decision and row.key not in fitting:
                yield Finding(
                    "key_unit_criterion_doubtful", unit.code,
                    mark("It stands on the list for {criterion}, which its industry and permit do not show."),
                    evidence={"criterion": row.key, "industry": unit.industry, "permit": unit.permit},
                    competing_explanation=mark("Industry or permit are not filled in here."),
                )  # fmt: skip
    for held in list_units(centre, year - 1):
        if held.code not in listed:
            yield Finding(
                "key_unit_left_the_list", held.code, mark("{name} stood on the list of {year} and does not now."),
                Severity.INFO, evidence={"name": held.name, "year": year - 1},
                competing_explanation=mark("It closed, moved, or no longer meets a criterion."),
            )  # fmt: skip
