"""Text cells to typed values: numbers, times, flags; vectorised, with the reason where a cell cannot be read."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import polars as pl

MISSING_MARKS: frozenset[str] = frozenset(
    {
        *("", "-", "--", "---", "—", "——", "–", "−", "_", "/", "\\", "*", ".", "?", "-;", "—;", "–;", "--;", ";"),
        *("&mdash;", "&mdash", "&ndash;", "&nbsp;", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "nodata"),
        *("no data", "missing", "无", "缺", "缺测", "缺失", "空", "未监测", "无数据", "暂无", "暂无数据"),
    }
)
"""Cells that mean “no value”, after full-width signs became half-width and in small letters."""

_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$"
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_TIME = (
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
    r"(?:(?:\s*日\s*|[T\s]+)(\d{1,2})(?:\s*[:时点]\s*(\d{1,2})?\s*分?(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?"
    r"\s*[日秒]?\s*(Z|[+-]\d{2}:?\d{2})?$"
)
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:[\sT]*(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)?$"
_PREFIXED = r"^([A-Za-z]+(?:[,，;|/][A-Za-z]+)*)\s*[:：]?\s*([+-]?[\d.].*)$"
_SUFFIXED = r"^([+-]?[\d.][\d.,eE+-]*?)\s*[(\[]?\s*([A-Za-z]+(?:[,，;|/ ][A-Za-z]+)*)\s*[)\]]?$"
FLAG_SEPARATORS = r"\s*[,，;；|、]\s*"
_SHORT_FLAGS = r"^[A-Z][A-Za-z0-9]{0,3}(?:\s+[A-Z][A-Za-z0-9]{0,3})+$"
NORMAL_FLAGS: frozenset[str] = frozenset({"", "n", "ok", "normal", "valid", "正常", "有效", "-", "—", "0"})
"""Flags that say nothing against a value."""


def clean(text: pl.Expr) -> pl.Expr:
    """Half-width signs, no outer blanks, no byte order marks."""
    return text.str.normalize("NFKC").str.strip_chars(" \t\r\n\u00a0\ufeff\u200b\u3000")


def is_missing(cleaned: pl.Expr, more: Sequence[str] = ()) -> pl.Expr:
    """Whether a cleaned cell means that there is no value; `more` are further marks of this file."""
    marks = sorted(MISSING_MARKS | {unicodedata.normalize("NFKC", row).strip().lower() for row in more})
    return cleaned.is_null() | cleaned.str.to_lowercase().is_in(marks)


def number(text: pl.Expr, missing: Sequence[str] = ()) -> tuple[pl.Expr, pl.Expr]:
    """Value of a text cell and the reason where it has none though it should.

    Parameters
    ----------
    text : Expr
        A text column.
    missing : sequence of str
        Marks for a missing value that this file uses beyond `MISSING_MARKS`, for instance ``-999``.

    Returns
    -------
    tuple of Expr
        The number as Float64 (null where missing or unreadable), and the reason code (null where all is well).

    Examples
    --------
    >>> value, reason = number(pl.col("x"))
    >>> pl.DataFrame({"x": ["１２.５", "1,234", "—", "x", "1e999"]}).select(value, reason.alias("why")).rows()
    [(12.5, None), (1234.0, None), (None, None), (None, 'not_a_number'), (None, 'not_finite')]
    """
    kinds = {"value": pl.Float64(), "reason": pl.String()}
    both = _once_per_text(text, lambda cell: _number(cell, tuple(missing)), kinds)
    return both.struct.field("value"), both.struct.field("reason")


def _once_per_text(
    text: pl.Expr, read: Callable[[pl.Expr], dict[str, pl.Expr]], kinds: dict[str, pl.DataType]
) -> pl.Expr:
    """Read each distinct text once and hand the results out: columns of measurements repeat themselves."""

    def spread(column: pl.Series) -> pl.Series:
        distinct = column.unique().alias("text").to_frame()
        known = distinct.select("text", **read(pl.col("text")))
        joined = (
            column.alias("text")
            .to_frame()
            .join(known, on="text", how="left", nulls_equal=True, maintain_order="left")
        )
        return joined.select(pl.struct(list(kinds)).alias(column.name)).to_series()

    return text.cast(pl.String).map_batches(spread, return_dtype=pl.Struct(kinds))


def _number(text: pl.Expr, missing: Sequence[str]) -> dict[str, pl.Expr]:
    cleaned = clean(text)
    shaped = (
        pl.when(cleaned.str.contains(_THOUSANDS))
        .then(cleaned.str.replace_all(",", "", literal=True))
        .when(cleaned.str.contains(_NUMBER))
        .then(cleaned)
    )
    value = shaped.cast(pl.Float64, strict=False)
    absent = is_missing(cleaned, missing)
    good = ~absent & value.is_not_null() & value.is_finite()
    reason = (
        pl.when(absent | good)
        .then(pl.lit(None, pl.String))
        .when(shaped.is_null())
        .then(pl.lit("not_a_number"))
        .otherwise(pl.lit("not_finite"))
    )
    return {"value": pl.when(good).then(value), "reason": reason}


def parse_number(text: str | None, missing: Sequence[str] = ()) -> Decimal | None:
    """Read one cell the way `number` reads a column; None where it means “no value”.

    Raises
    ------
    ValueError
        With the reason code, when it is neither a number nor a mark for a missing one.

    Examples
    --------
    >>> parse_number("１，２３４．５０"), parse_number("-;")
    (Decimal('1234.50'), None)
    """
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", text).strip(" \t\r\n\u00a0\ufeff\u200b\u3000")
    marks = {unicodedata.normalize("NFKC", row).strip().lower() for row in missing}
    if plain.lower() in MISSING_MARKS or plain.lower() in marks:
        return None
    if re.match(_THOUSANDS, plain):
        plain = plain.replace(",", "")
    elif not re.match(_NUMBER, plain):
        raise ValueError("not_a_number")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only decimals
        raise ValueError("not_a_number") from error
    if abs(float(value)) == float("inf"):
        raise ValueError("not_finite")
    return value


def instant(text: pl.Expr, zone: ZoneInfo, pattern: str | None = None) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Instant of a text cell, the reason where it has none, and whether the cell said 24:00.

    Reads ``2026-03-01 05:00``, ``2026/3/1 5:00``, ``2026年3月1日5时``, ``2026030105``, ISO with or without offset,
    and 24:00, which is 00:00 of the next day. A stamp without offset is a clock time of `zone`.

    Parameters
    ----------
    text : Expr
        A text column.
    zone : ZoneInfo
        The city's zone.
    pattern : str, optional
        A strftime pattern when the file's form is none of these, for instance ``%d.%m.%Y %H:%M``.

    Examples
    --------
    >>> when, reason, _ = instant(pl.col("t"), ZoneInfo("Asia/Shanghai"))
    >>> frame = pl.DataFrame({"t": ["2026年3月1日24时", "2026-02-30 01:00"]})
    >>> frame.select(when.dt.strftime("%F %H:%M%z"), reason.alias("why")).rows()
    [('2026-03-02 00:00+0800', None), (None, 'not_a_time')]
    """
    kinds = {"found": pl.Datetime("us", zone.key), "reason": pl.String(), "midnight": pl.Boolean()}
    both = _once_per_text(text, lambda cell: _instant(cell, zone, pattern), kinds)
    return both.struct.field("found"), both.struct.field("reason"), both.struct.field("midnight")


def _instant(text: pl.Expr, zone: ZoneInfo, pattern: str | None) -> dict[str, pl.Expr]:
    cleaned = clean(text)
    absent = is_missing(cleaned)
    if pattern is not None:
        plain = cleaned.str.strptime(pl.Datetime("us"), pattern, strict=False)
        midnight = pl.lit(False)
        found = plain.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
    else:
        found, midnight = _instant_of_parts(cleaned, zone)
    reason = (
        pl.when(absent)
        .then(pl.lit("no_time"))
        .when(found.is_null())
        .then(pl.lit("not_a_time"))
        .otherwise(pl.lit(None, pl.String))
    )
    return {"found": found, "reason": reason, "midnight": midnight & found.is_not_null()}


def _instant_of_parts(cleaned: pl.Expr, zone: ZoneInfo) -> tuple[pl.Expr, pl.Expr]:
    compact = cleaned.str.contains(_COMPACT)
    shaped = (
        pl.when(compact).then(cleaned.str.replace(_COMPACT, "${1}-${2}-${3} ${4}:${5}:${6}")).otherwise(cleaned)
    )
    shaped = shaped.str.replace(r"\s?:+$", "").str.replace(r"\s+:+", "")
    parts = shaped.str.extract_groups(_TIME)
    year, month, day, hour, minute, second = (
        parts.struct.field(str(n)).cast(pl.Int64, strict=False) for n in range(1, 7)
    )
    fraction = parts.struct.field("7").fill_null("").str.pad_end(6, "0").str.head(6).cast(pl.Int64, strict=False)
    offset = parts.struct.field("8")
    hour, minute, second = hour.fill_null(0), minute.fill_null(0), second.fill_null(0)
    lawful = (minute < 60) & (second < 60) & ((hour < 24) | ((hour == 24) & (minute == 0) & (second == 0)))
    date = pl.format("{}-{}-{}", year, month, day).str.to_date("%Y-%m-%d", strict=False)
    since = pl.duration(hours=hour, minutes=minute, seconds=second, microseconds=fraction.fill_null(0))
    clock = pl.when(lawful & year.is_between(1900, 2200)).then(date.cast(pl.Datetime("us")) + since)
    local = clock.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
    digits = offset.str.replace_all(r"\D", "")
    minutes = digits.str.head(2).cast(pl.Int64, strict=False) * 60 + digits.str.tail(2).cast(
        pl.Int64, strict=False
    )
    signed = pl.when(offset.str.starts_with("-")).then(-minutes).otherwise(minutes)
    east = pl.when(offset == "Z").then(0).otherwise(signed)
    absolute = (clock - pl.duration(minutes=east)).dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key)
    found = pl.when(offset.is_not_null()).then(absolute).otherwise(local)
    return found, (hour == 24)


def flag_set(text: pl.Expr, codes: Mapping[str, str] | None = None) -> pl.Expr:
    """Read flags as a sorted set joined by commas; null when they say nothing (数据标识).

    Several flags may sit on one value, in any order; they are never searched for as text: ``HSp`` contains ``H``.

    Words of two parts become one code (``sudden change`` → ``sudden_change``); `codes` turns words of the file
    into codes of the rule, for instance ``{"故障": "B"}``.

    Examples
    --------
    >>> frame = pl.DataFrame({"f": ["HSp;H", "N", None, "ＲＭ", "H, H"]})
    >>> frame.select(flag_set(pl.col("f"))).to_series().to_list()
    ['H,HSp', None, None, 'RM', 'H']
    """
    cleaned = clean(text)
    short = cleaned.str.contains(_SHORT_FLAGS)
    spaced = pl.when(short).then(cleaned.str.replace_all(r"\s+", ",")).otherwise(cleaned)
    parts = spaced.str.replace_all(FLAG_SEPARATORS, ",").str.split(",")
    parts = parts.list.eval(
        pl.when(pl.element().str.contains(r"\s"))
        .then(pl.element().str.replace_all(r"\s+", "_").str.to_lowercase())
        .otherwise(pl.element())
    )
    if codes:
        parts = parts.list.eval(pl.element().replace(dict(codes)))
    kept = parts.list.filter(~pl.element().str.to_lowercase().is_in(sorted(NORMAL_FLAGS)))
    joined = kept.list.unique().list.sort().list.join(",")
    return pl.when(joined != "").then(joined)


def parse_flags(text: str | None, codes: Mapping[str, str] | None = None) -> frozenset[str]:
    """Read one cell of flags as a set.

    Examples
    --------
    >>> sorted(parse_flags("HSp,H")), sorted(parse_flags("sudden change; 故障", {"故障": "B"}))
    (['H', 'HSp'], ['B', 'sudden_change'])
    """
    found = pl.DataFrame({"f": [text]}, schema={"f": pl.String}).select(flag_set(pl.col("f"), codes)).item()
    return frozenset(found.split(",")) if isinstance(found, str) else frozenset()


def split_flagged(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Part cells such as ``H 12``, ``12(RM)`` or ``H,HSp12`` into the value's text and the flags' text.

    Examples
    --------
    >>> value, flags = split_flagged(pl.col("x"))
    >>> pl.DataFrame({"x": ["H 12", "12(RM)", "7.5", "NA"]}).select(value.alias("v"), flags.alias("f")).rows()
    [('12', 'H'), ('12', 'RM'), ('7.5', None), ('NA', None)]
    """
    cleaned = clean(text)
    before, after = cleaned.str.extract_groups(_PREFIXED), cleaned.str.extract_groups(_SUFFIXED)
    is_number = cleaned.str.contains(_NUMBER)
    leading, trailing = before.struct.field("1").is_not_null(), after.struct.field("2").is_not_null()
    value = (
        pl.when(is_number)
        .then(cleaned)
        .when(leading)
        .then(before.struct.field("2"))
        .when(trailing)
        .then(after.struct.field("1"))
        .otherwise(cleaned)
    )
    flags = pl.when(is_number).then(None).when(leading).then(before.struct.field("1")).when(trailing)
    return value, flags.then(after.struct.field("2")).otherwise(pl.lit(None, pl.String))


def parse_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """Read one stamp the way `instant` reads a column; None where it is no time."""
    found, _, _ = instant(pl.col("t"), zone)
    value = pl.DataFrame({"t": [text]}).select(found.alias("t")).item()
    return value if isinstance(value, datetime) else None
