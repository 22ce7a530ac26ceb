"""Which rows of an append say something new, and which repeat what the lake already knows."""

from dataclasses import dataclass

import polars as pl

from lantian.store.columns import RECORDED_AT, Table

_TURN = "__turn"
"""Which version of its key a row is within the frame: 0, 1, …"""
_IN_FORCE = "__in_force"
_BEFORE = "__before"


@dataclass(frozen=True, slots=True)
class Fresh:
    """Rows to write, split by whether the same frame supersedes them."""

    current: pl.DataFrame
    past: pl.DataFrame
    corrected: int
    """How many of them change a key that was known before."""


def turns(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Count the versions of each key within a frame, in the order of its rows."""
    key = list(table.key)
    repeated = rows.select(key).is_duplicated()
    if not repeated.any():
        return rows.with_columns(pl.lit(0, pl.UInt32).alias(_TURN))
    indexed = rows.with_row_index("__row")
    numbered = indexed.filter(repeated).select(
        "__row", pl.int_range(pl.len(), dtype=pl.UInt32).over(key).alias(_TURN)
    )
    return (
        indexed.join(numbered, on="__row", how="left", maintain_order="left")
        .with_columns(pl.col(_TURN).fill_null(0))
        .drop("__row")
    )


def repeated_keys(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """List the keys that stand more than once in a frame with turns."""
    return rows.filter(pl.col(_TURN) > 0).select(table.key).unique()


def only_new(table: Table, rows: pl.DataFrame, known: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Drop the rows that repeat what is known.

    Parameters
    ----------
    rows
        Incoming rows with their turns.
    known
        Latest version of each key that the frame touches.
    history
        All versions of the keys that stand more than once in the frame.

    Notes
    -----
    Let a key's versions in the frame be v0, v1, … The longest beginning that is wholly in history and ends with
    the version now in force has been brought before and is dropped; so is a version equal to the one before it.
    """
    key = list(table.key)
    same = pl.all_horizontal(
        pl.lit(value=True), *(pl.col(name).eq_missing(pl.col(f"{name} known")) for name in table.content)
    )
    renamed = [pl.col(name).alias(f"{name} known") for name in table.content]
    marked = rows.join(
        known.select(*key, pl.lit(value=True).alias("__met"), *renamed), on=key, how="left", maintain_order="left"
    ).select(*rows.columns, (pl.col("__met").fill_null(value=False) & same).alias(_IN_FORCE))
    several = repeated_keys(table, rows)
    if several.is_empty():
        return marked.filter(~pl.col(_IN_FORCE)).drop(_IN_FORCE)
    once = marked.join(several, on=key, how="anti").filter(~pl.col(_IN_FORCE)).drop(_IN_FORCE)
    return pl.concat([once, _new_versions(table, marked.join(several, on=key, how="semi"), history)])


def _new_versions(table: Table, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Do `only_new` for keys that stand more than once."""
    key = list(table.key)
    versions = history.select(*key, *table.content).unique().with_columns(pl.lit(value=True).alias(_BEFORE))
    marked = (
        rows.join(versions, on=[*key, *table.content], how="left", nulls_equal=True)
        .with_columns(pl.col(_BEFORE).fill_null(value=False))
        .sort(*key, _TURN)
    )
    unbroken = pl.col(_BEFORE).cast(pl.UInt8).cum_min().over(key) == 1
    done = pl.when(unbroken & pl.col(_IN_FORCE)).then(pl.col(_TURN).cast(pl.Int64)).max().over(key).fill_null(-1)
    repeats = pl.all_horizontal(
        pl.col(_TURN) > 0, *(pl.col(name).eq_missing(pl.col(name).shift(1).over(key)) for name in table.content)
    )
    return marked.filter((pl.col(_TURN) > done) & ~repeats).drop(_IN_FORCE, _BEFORE)


def divide(table: Table, rows: pl.DataFrame, known_keys: pl.DataFrame, stamp: pl.Expr) -> Fresh:
    """Give rows their `recorded_at`, versions of one key 1 µs apart, and split off the superseded ones."""
    key = list(table.key)
    later = pl.col(_TURN) > 0
    corrected = rows.join(known_keys, on=key, how="semi").height
    corrected += rows.filter(later).join(known_keys, on=key, how="anti").height
    stamped = rows.with_columns((stamp + pl.duration(microseconds=pl.col(_TURN))).alias(RECORDED_AT.name))
    several = repeated_keys(table, rows)
    if several.is_empty():
        current, past = stamped, stamped.clear()
    else:
        versions = stamped.join(several, on=key, how="semi")
        is_last = pl.col(_TURN) == pl.col(_TURN).max().over(key)
        current = pl.concat([stamped.join(several, on=key, how="anti"), versions.filter(is_last)])
        past = versions.filter(~is_last)
    names = [column.name for column in table.stored]
    order = [*table.order, RECORDED_AT.name]
    return Fresh(current.select(names).sort(order), past.select(names).sort(order), corrected)
