"""The two layouts of composition files as one row a cell: a column for each species, or a row for each value."""

from dataclasses import dataclass

import polars as pl

from lantian.desk.intake import ROW, Table, cells, reject_rows
from lantian.desk.intake.report import no_rejects
from lantian.loop.sense.doors.labels import Label
from lantian.loop.sense.doors.species_cells import CELLS
from lantian.loop.sense.doors.species_headings import (
    LONG,
    SPECIES,
    first_of,
    is_kept,
    not_kept,
    read_headings,
    read_names,
    unit_said,
    units_of,
)
from lantian.rules import SpeciesRule
from lantian.rules.species_records import bare_unit
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class Laid:
    """Cells of a file, still texts."""

    cells: pl.DataFrame
    """With the columns of `CELLS`."""
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]


def species_column(table: Table) -> str | None:
    """Return the column that names the species of each row, where a column of values stands beside it."""
    column = first_of(table.columns, SPECIES)
    return column if first_of(table.columns, LONG["value"]) is not None else None


def wide_cells(table: Table, rule: SpeciesRule, label: Label, used: frozenset[str]) -> Laid:
    """Lay a file out that has a column for each species.

    Raises
    ------
    CallerError
        No column names a species, or none of them a unit that can be kept.
    """
    headings = read_headings(table, rule, used)
    values, spreads, limits, flags = (headings.of(role) for role in ("value", "uncertainty", "mdl", "flags"))
    if not values:
        raise CallerError(
            "{name}: none of its columns names a species: {columns}. The names are those of the rule species "
            "(lantian rules show species-2013).",
            name=table.name,
            columns=", ".join(headings.strange[:12]),
        )
    units = units_of({row.column: (row.species, row.unit) for row in values.values()}, label, rule)
    lost = [row for row in values.values() if not is_kept(row.species, units[row.column], rule)]
    told = limits_said(label, rule)
    parts = [pl.DataFrame(schema=CELLS)]
    for key, row in values.items():
        if row in lost:
            continue
        limit = pl.lit(told.get(key)) if key not in limits else pl.col(limits[key].column)
        parts.append(
            table.frame.select(
                ROW,
                pl.lit(row.column).alias("column"),
                pl.lit(key).alias("species"),
                pl.lit(units[row.column]).alias("unit_sent"),
                pl.col(row.column).alias("value_text"),
                (pl.col(spreads[key].column) if key in spreads else pl.lit(None)).alias("uncertainty_text"),
                limit.alias("mdl_text"),
                (pl.col(flags[key].column) if key in flags else pl.lit(None)).alias("flags_text"),
            ).cast(CELLS)  # type: ignore[arg-type]
        )
    if len(parts) == 1:
        raise CallerError(
            "{name}: no species can be kept in the unit that the file says: {units}. See docs/composition.md.",
            name=table.name,
            units=", ".join(sorted(set(units.values()))),
        )
    findings = (*headings.findings, *not_kept(table, [(row.column, units[row.column]) for row in lost]))
    return Laid(pl.concat(parts), no_rejects(), findings)


def long_cells(table: Table, rule: SpeciesRule, label: Label, _used: frozenset[str]) -> Laid:
    """Lay a file out that has a row for each value; a row of an unknown species or unit is rejected."""
    column = {role: first_of(table.columns, names) for role, names in LONG.items()}
    name, value = str(species_column(table)), str(column["value"])
    texts = (
        table.frame.select(cells.clean(pl.col(name)).alias("t"))
        .to_series()
        .drop_nulls()
        .unique(maintain_order=True)
    )
    keys, findings = read_names(table, texts, rule)

    def text(role: str) -> pl.Expr:
        found = column[role]
        return pl.lit(None, pl.String) if found is None else pl.col(found)

    rows = table.frame.select(
        ROW,
        pl.col(name).alias("_name"),
        cells.clean(pl.col(name)).replace_strict(keys, default=None, return_dtype=pl.String).alias("species"),
        cells.clean(text("unit")).alias("_unit"),
        pl.lit(value).alias("column"),
        pl.col(value).alias("value_text"),
        text("uncertainty").alias("uncertainty_text"),
        text("mdl").alias("mdl_text"),
        text("flags").alias("flags_text"),
    )
    told = limits_said(label, rule)
    of_label = (
        pl.col("species").replace_strict(told, default=None, return_dtype=pl.String) if told else pl.lit(None)
    )
    rows = rows.with_columns(pl.coalesce("mdl_text", of_label).alias("mdl_text"))
    pairs = rows.filter(pl.col("species").is_not_null()).select("species", "_unit").unique()
    units = [(key, said, _unit(key, said, table.units.get(value), label, rule)) for key, said in pairs.iter_rows()]
    kinds = {"species": pl.String(), "_unit": pl.String(), "unit_sent": pl.String()}
    rows = rows.join(
        pl.DataFrame(units, schema=kinds, orient="row"),
        on=["species", "_unit"], how="left", nulls_equal=True, maintain_order="left",
    )  # fmt: skip
    unknown = rows.filter(pl.col("species").is_null())
    odd = rows.filter(pl.col("species").is_not_null() & pl.col("unit_sent").is_null())
    rejects = pl.concat(
        [
            reject_rows(unknown, "unknown_species", value=pl.col("_name")),
            reject_rows(odd, "unknown_unit", value=pl.col("_unit")),
        ]
    )
    good = rows.filter(pl.col("unit_sent").is_not_null()).select(list(CELLS))
    return Laid(good, rejects, findings)


def limits_said(label: Label, rule: SpeciesRule) -> dict[str, str]:
    """Return the detection limits that the label says: species → text.

    Raises
    ------
    CallerError
        It says one of something that is no species.
    """
    found: dict[str, str] = {}
    for name, text in label.below("mdl").items():
        species = rule.named(name)
        if species is None:
            raise CallerError(
                "{name} says mdl.{species} = {text}, and {species} names no species. See lantian rules show "
                "species-2013.",
                name=label.name,
                species=name,
                text=text,
            )
        found[species.key] = text
    return found


def _unit(key: str, said: str | None, of_column: str | None, label: Label, rule: SpeciesRule) -> str | None:
    """Return the unit of a row of a long file, or None where it has none that can be kept."""
    species = rule.by_key[key]
    own = said or of_column
    unit = unit_said(species, None if own is None else bare_unit(own), label, rule)
    return unit if unit is not None and is_kept(species, unit, rule) else None
