"""Files of readings from stacks and of power and working conditions, for outlets with a registered device."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import cast

import polars as pl

from lantian.desk.intake import ROW, Table, account, cells, read_table, reject_rows
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.peeking import bracketed, columns_of
from lantian.loop.sense.doors.reading_columns import (
    PLACES,
    POWER,
    READINGS,
    WHEN,
    columns_in,
    matched,
    period_text,
    refuse_other_world,
    timed,
    when_of,
)
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.loop.sense.frame_rows import plain_unit
from lantian.loop.sense.registry import DeviceCard, list_cards
from lantian.store import POWER_READINGS, SOURCE_READINGS
from lantian.store import Table as LakeTable
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import current_code, factor, list_factors

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".jsonl")
AHEAD = timedelta(days=1)
"""How far a time may lie after the moment at which the file came in."""
_POWER_SYSTEMS = frozenset({"44", "45"})
_NUMBERS = (
    "value", "minimum", "maximum", "converted", "converted_minimum", "converted_maximum", "amount",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sort:
    """What one of the two kinds differs in."""

    table: LakeTable
    names: Mapping[str, tuple[str, ...]]
    what: str
    """Column of the key beside the outlet."""
    numbers: tuple[str, ...]
    """Columns of which at least one has to be there."""


_SOURCE = _Sort(SOURCE_READINGS, READINGS, "factor", _NUMBERS)
_POWER = _Sort(POWER_READINGS, POWER, "point", ("value", "content"))


def take_source(centre: Centre, given: Given) -> TakenFile:
    """Take a file of readings from stacks and other outlets.

    Raises
    ------
    CallerError
        The file cannot be read, lacks a column, leaves open what its times mean, or is of the other kind.
    """
    return _take(centre, given, _SOURCE, "source_readings")


def take_power(centre: Centre, given: Given) -> TakenFile:
    """Take a file of power use, working conditions and states of treatment facilities.

    Raises
    ------
    CallerError
        As `take_source`.
    """
    return _take(centre, given, _POWER, "power_readings")


def _knows_source(name: str, head: bytes) -> bool:
    found = matched(columns_of(name, head), {**PLACES, **WHEN, **READINGS})
    times, values = {"start", "end", "time"}, {"value", "converted", "amount"}
    return "factor" in found and all(found & some for some in ({"outlet", "mn"}, times, values))


def _knows_power(name: str, head: bytes) -> bool:
    found = matched(columns_of(name, head), {**PLACES, **WHEN, **POWER})
    times = {"start", "end", "time"}
    return (
        "point" in found
        and not _knows_source(name, head)
        and all(found & some for some in ({"outlet", "mn"}, times, {"value", "content"}))
    )


READING_KINDS: tuple[FileKind, ...] = (
    FileKind("source_readings", mark("Readings of outlets"), SUFFIXES, _knows_source, take_source),
    FileKind("power_readings", mark("Power use and working conditions"), SUFFIXES, _knows_power, take_power),
)


def _take(centre: Centre, given: Given, sort: _Sort, kind: str) -> TakenFile:
    table = replace(read_table(given.path), name=given.name)
    columns = columns_in(table, {**PLACES, **WHEN, **sort.names})
    _check_columns(table, columns, sort)
    refuse_other_world(table, columns, given, simulated=centre.simulated)
    when = when_of(table, columns, given)
    period, period_reason = period_text(when)
    frame = table.frame.select(
        ROW,
        period.alias("period"),
        period_reason.alias("_period_reason"),
        *_words(columns, sort),
        *_values(columns, sort),
    )
    frame = _placed(frame, list_cards(centre.ledger), sort)
    frame = timed(table, frame, when, centre.city.zone)
    frame = _with_units(frame, table, columns, sort)
    good, rejects = _parted(frame, table, columns, sort, given.received_at.astimezone(centre.city.zone) + AHEAD)
    good, doubles, skipped = _single(good, sort)
    rows = _as_known(centre, good, columns, sort).with_columns(
        received_at=pl.lit(given.received_at),
        origin=pl.lit(given.origin),
        simulated=pl.lit(centre.simulated),
    )
    rows = rows.select(column.name for column in sort.table.columns if column.name in rows.columns)
    done = centre.lake.append(sort.table, rows, only_changes=True, taken=given.once)
    all_rejects = pl.concat([table.rejects, rejects, doubles]).sort("row", maintain_order=True)
    report = account(table, all_rejects, good.height, skipped=skipped)
    return TakenFile(kind, (report,), done.written, done.corrected, done.unchanged)


def _check_columns(table: Table, columns: Mapping[str, str], sort: _Sort) -> None:
    lacking = []
    if not {"outlet", "mn"} & set(columns):
        lacking.append("outlet (排放口编码) / mn")
    if sort.what not in columns:
        lacking.append(f"{sort.what} ({sort.names[sort.what][1]})")
    if not set(sort.numbers) & set(columns):
        lacking.append(f"value ({sort.names['value'][1]})")
    if lacking:
        raise CallerError(
            "{name} has no column for {lacking}; it has {columns}. Name its columns as docs/doors.md says.",
            name=table.name,
            lacking=", ".join(lacking),
            columns=", ".join(table.columns[:20]),
        )


# ---------------------------------------------------------------------------------------------- cells


def _words(columns: Mapping[str, str], sort: _Sort) -> list[pl.Expr]:
    """Text columns as they stand, null where they say nothing."""
    names = ["outlet", "mn", sort.what, "unit", "amount_unit", "flag", "mark"]
    found = []
    for name in names:
        text = pl.col(columns[name]).str.strip_chars() if name in columns else pl.lit(None, pl.String)
        found.append(pl.when(~cells.is_missing(cells.clean(text))).then(text).alias(name))
    return found


def _values(columns: Mapping[str, str], sort: _Sort) -> list[pl.Expr]:
    """Numbers with a reason where a cell is none; of power a value that is no number is content."""
    found: list[pl.Expr] = []
    for name in (each for each in sort.numbers if each != "content"):
        text = pl.col(columns[name]) if name in columns else pl.lit(None, pl.String)
        number, reason = cells.number(text)
        if sort is _POWER:
            said = pl.col(columns["content"]) if "content" in columns else pl.lit(None, pl.String)
            words = pl.when(reason.is_not_null()).then(text).otherwise(said).str.strip_chars()
            words = pl.when(~cells.is_missing(cells.clean(words))).then(words)
            found += [words.alias("content"), pl.lit(None, pl.String).alias("_value_reason"), number.alias(name)]
        else:
            found += [number.alias(name), reason.alias(f"_{name}_reason")]
    return found


# ---------------------------------------------------------------------------------------------- places and factors


def _placed(frame: pl.DataFrame, cards: Mapping[str, DeviceCard], sort: _Sort) -> pl.DataFrame:
    """Give each row its outlet, device, system and interval, and today's code of its factor."""
    asked = frame.select(said_outlet="outlet", said_mn="mn", said_what=sort.what).unique(maintain_order=True)
    taken = [card for card in cards.values() if card.taken]
    answers = [_resolved(row, taken, sort) for row in asked.iter_rows(named=True)]
    schema = {
        "outlet": pl.String, "mn": pl.String, "system": pl.String, "minutes": pl.Int64, "what": pl.String,
        "_unit": pl.String, "_amount_unit": pl.String, "_place_reason": pl.String,
    }  # fmt: skip
    known = pl.concat([asked, pl.DataFrame(answers, schema=schema)], how="horizontal")
    rows = frame.rename({"outlet": "said_outlet", "mn": "said_mn", sort.what: "said_what"})
    return rows.join(
        known, on=["said_outlet", "said_mn", "said_what"], how="left", nulls_equal=True, maintain_order="left"
    ).rename({"what": sort.what})


def _resolved(row: Mapping[str, str | None], cards: list[DeviceCard], sort: _Sort) -> dict[str, object]:
    outlet, mn, what = row["said_outlet"], row["said_mn"], row["said_what"]
    here = [card for card in cards if (mn is None or card.mn == mn) and (outlet is None or card.outlet == outlet)]
    if mn is None and outlet is not None:
        fitting = [card for card in here if (card.system in _POWER_SYSTEMS) == (sort is _POWER)]
        here = fitting or here
    if not here or (mn is None and outlet is None):
        return {"_place_reason": _why_nowhere(outlet, mn, cards)}
    card = here[0] if len(here) == 1 else None
    code = what if what is None or sort is _POWER else _code(what, here)
    if code is None:
        return {"_place_reason": "no_point" if sort is _POWER else "unknown_factor"}
    point = next((each.points[code] for each in here if code in each.points), None)
    standard = factor(code) if sort is _SOURCE else None
    return {
        "outlet": here[0].outlet,
        "mn": None if card is None else card.mn,
        "system": None if card is None else card.system,
        "minutes": here[0].minute_interval,
        "what": code,
        "_unit": (point and point.unit) or (standard and standard.unit) or None,
        "_amount_unit": (point and point.amount_unit) or (standard and standard.amount_unit) or None,
    }


def _why_nowhere(outlet: str | None, mn: str | None, cards: list[DeviceCard]) -> str:
    if mn is None:
        return "unknown_outlet"
    return "other_outlet" if any(card.mn == mn for card in cards) and outlet is not None else "unknown_device"


def _code(said: str, cards: list[DeviceCard]) -> str | None:
    """Today's code of a factor that stands by its code, by its old one, or by its name."""
    if any(said in card.points for card in cards) or factor(said) is not None:
        return said
    if all(card.edition == int(Edition.HJ2005) for card in cards) and current_code(said) != said:
        return current_code(said)
    return _codes_by_name().get(said.lower())


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Name in both languages → code, for names that one factor alone has."""
    owners: dict[str, set[str]] = {}
    for each in list_factors():
        for name in (each.name_zh, each.name_en.lower()):
            owners.setdefault(name, set()).add(each.code)
    return {name: next(iter(codes)) for name, codes in owners.items() if len(codes) == 1}


def _with_units(frame: pl.DataFrame, table: Table, columns: Mapping[str, str], sort: _Sort) -> pl.DataFrame:
    """Give each row its unit: its own, else of the heading, else of the point, else of the standard."""
    named = {"unit": "value", "amount_unit": "amount"}
    units = []
    for name, number in named.items() if sort is _SOURCE else [("unit", "value")]:
        column = columns.get(number, "")
        heading = table.units.get(column) or bracketed(column)
        units.append(pl.coalesce(name, pl.lit(heading, pl.String), f"_{name}").alias(name))
    written = frame.with_columns(units)
    texts = {text: plain_unit(text) for name in named for text in written[name].drop_nulls().unique().to_list()}
    return written.with_columns(pl.col(name).replace(texts) for name in named)


# ---------------------------------------------------------------------------------------------- rows and rejects


def _parted(
    frame: pl.DataFrame, table: Table, columns: Mapping[str, str], sort: _Sort, newest: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part good rows from rejected ones, with one reject a row or unreadable cell."""
    numbers = [name for name in sort.numbers if name != "content"]
    bad = [pl.col(f"_{name}_reason").is_not_null() for name in numbers]
    none_left = pl.any_horizontal(bad) & pl.all_horizontal([pl.col(name).is_null() for name in numbers])
    late = pl.col("period_start") > pl.lit(newest)
    reason = (
        pl.coalesce("_place_reason", "_period_reason", "_time_reason")
        .fill_null(pl.when(late).then(pl.lit("in_the_future")))
        .fill_null(pl.when(none_left).then(pl.lit("no_readable_value")))
    )
    judged = frame.with_columns(_reason=reason)
    rejected = judged.filter(pl.col("_reason").is_not_null())
    said = {
        "_place_reason": pl.concat_str("said_outlet", "said_mn", "said_what", separator=" ", ignore_nulls=True),
        "_time_reason": pl.col("_time"),
    }
    value = (
        pl.when(pl.col("_place_reason").is_not_null()).then(said["_place_reason"]).otherwise(said["_time_reason"])
    )
    rejects = [reject_rows(rejected, pl.col("_reason"), value=value)]
    good = judged.filter(pl.col("_reason").is_null())
    for name in numbers:
        wrong = good.filter(pl.col(f"_{name}_reason").is_not_null())
        if wrong.is_empty():
            continue
        texts = table.frame.select(ROW, pl.col(columns[name]).alias("_text"))
        wrong = wrong.join(texts, on=ROW, how="left", maintain_order="left")
        rejects.append(reject_rows(wrong, pl.col(f"_{name}_reason"), column=columns[name], value=pl.col("_text")))
    return good, pl.concat(rejects)


def _single(frame: pl.DataFrame, sort: _Sort) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Keep one of equal rows, and refuse rows that say different things of one moment."""
    key = list(sort.table.key)
    content = [column.name for column in sort.table.columns if column.name in frame.columns]
    conflicting = pl.struct(content).n_unique().over(key) > 1
    good, bad = frame.filter(~conflicting), frame.filter(conflicting)
    one = good.unique(key, keep="first", maintain_order=True)
    return one, reject_rows(bad, "conflicting_versions"), good.height - one.height


def _as_known(centre: Centre, rows: pl.DataFrame, columns: Mapping[str, str], sort: _Sort) -> pl.DataFrame:
    """Leave what a file has no column for as it is known, where the file repeats the value that is known.

    A file with the values alone says nothing against amounts and flags that a frame brought with the same values.
    A row with another value is a new version by itself: the old companions belong to the old value.
    """
    table, lake = sort.table, centre.lake
    if rows.is_empty() or lake.version(table) < 0:
        return rows
    first, last = (cast("datetime", rows["period_start"].min()), cast("datetime", rows["period_start"].max()))
    known = lake.read(
        table,
        first=lake.day_of(first),
        last=lake.day_of(last),
        where=pl.col("outlet").is_in(rows["outlet"].unique().to_list()),
    )
    absent = [
        name for name in (*sort.numbers, "flag", "mark", "late") if name not in columns and name in known.columns
    ]
    absent += ["sampled_at"] if "sampled_at" in known.columns else []
    own = [name for name in ("unit", "amount_unit", "mn", "system") if name in known.columns]
    kept = known.select(*table.key, *(pl.col(name).alias(f"known_{name}") for name in {*absent, *own, "value"}))
    joined = rows.join(kept, on=list(table.key), how="left", maintain_order="left")
    anchor = "value" if "value" in columns else None
    same = pl.lit(value=True) if anchor is None else pl.col("value").eq_missing(pl.col("known_value"))
    fills = [pl.when(same).then(pl.col(f"known_{name}")).alias(name) for name in absent]
    fills += [pl.coalesce(name, f"known_{name}").alias(name) for name in own]
    return joined.with_columns(fills)
