"""Frames as they came → rows of the lake: nothing is judged; what cannot be read is counted with its reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from lantian.loop.sense.registry import DeviceCard
from lantian.store import POWER_READINGS, SOURCE_READINGS
from lantian.store.journal import Record
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import current_code, factor
from lantian.wire.hj212.frame import Frame, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame

PERIOD_OF: Mapping[str, str] = {
    "2011": "realtime",
    "2051": "minute",
    "2061": "hour",
    "2031": "day",
    "2111": "five_minutes",
    "2021": "realtime",
    "2041": "day",
}
"""Command → what its values stand for."""
_FACILITIES = frozenset({"2021", "2041"})
_POWER_SYSTEMS = frozenset({"44", "45"})
_EDITIONS = {int(edition): edition for edition in Edition}
_VALUES: Mapping[str, tuple[str, ...]] = {
    "value": ("Avg", "Rtd", "Data"),
    "minimum": ("Min",),
    "maximum": ("Max",),
    "converted": ("ZsAvg", "ZsRtd"),
    "converted_minimum": ("ZsMin",),
    "converted_maximum": ("ZsMax",),
    "amount": ("Cou",),
}
_UNITS = {"ug/m3": "µg/m³", "μg/m³": "µg/m³", "μg/m3": "µg/m³", "mg/m3": "mg/m³", "ng/m3": "ng/m³", "m3": "m³"}


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """How far a time in a frame may lie from the moment it was received; beyond, the logger's clock is wrong."""

    ahead: timedelta = timedelta(days=1)
    behind: timedelta = timedelta(days=1100)


@dataclass(slots=True)
class Sheaf:
    """Rows of some frames."""

    readings: pl.DataFrame
    power: pl.DataFrame
    frames: int = 0
    repeats: int = 0
    """Frames that stood in it twice, byte for byte."""
    unread: Counter[str] = field(default_factory=Counter)
    """Why frames or values gave no row → how many."""
    information: list[tuple[Record, DeviceCard, Frame]] = field(default_factory=list)
    """Frames of field information (3020), for the ledger."""


def read_frame(record: Record, card: DeviceCard) -> Frame | None:
    """Read the frame of a record as its device writes; None where the bytes are none."""
    framer = Framer(FrameLimits())
    pieces = framer.feed(record.raw) or framer.flush()
    if not pieces or not isinstance(pieces[0], RawFrame):
        return None
    return parse_frame(pieces[0], edition=_EDITIONS[card.edition], key=card.key)


class _Heads:
    """What the rows of one frame share."""

    def __init__(self) -> None:
        self.columns: dict[str, list[object]] = {
            name: []
            for name in (
                "outlet",
                "mn",
                "system",
                "cn",
                "data_time",
                "qn",
                "received_us",
                "number",
                "late",
                "parts",
            )
        }

    def add(self, record: Record, card: DeviceCard, frame: Frame) -> int:
        given = self.columns
        given["outlet"].append(card.outlet)
        given["mn"].append(card.mn)
        given["system"].append(frame.st or card.system)
        given["cn"].append(frame.cn)
        given["data_time"].append(frame.data_time)
        given["qn"].append(frame.qn or None)
        given["received_us"].append(record.received_us)
        given["number"].append(record.position.number)
        given["late"].append(frame.rf)
        given["parts"].append(frame.pnum or 1)
        return len(given["mn"]) - 1

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(
            self.columns,
            schema={
                "outlet": pl.String, "mn": pl.String, "system": pl.String, "cn": pl.String, "data_time": pl.String,
                "qn": pl.String, "received_us": pl.Int64, "number": pl.Int64, "late": pl.Boolean,
                "parts": pl.Int64,
            },
        )  # fmt: skip


_READING = ("head", "factor", *_VALUES, "unit", "amount_unit", "flag", "mark", "sampled_at")
_POWER = ("head", "point", "content", "unit", "flag")


def rows_of(
    records: Iterable[Record],
    cards: Mapping[str, DeviceCard],
    zone: ZoneInfo,
    *,
    simulated: bool,
    clocks: ClockBounds | None = None,
) -> Sheaf:
    """Read frames into rows.

    Parameters
    ----------
    records
        Frames of registered devices, in order; of others they are counted as unread.
    cards
        MN → device.
    zone
        Zone of the loggers' clocks.

    Notes
    -----
    Both tables have the columns of the lake and, for whoever takes them, ``number`` (place in the journal), ``cn``
    and ``parts`` (of a split message).
    """
    heads = _Heads()
    readings: dict[str, list[object]] = {name: [] for name in _READING}
    power: dict[str, list[object]] = {name: [] for name in _POWER}
    found = Sheaf(pl.DataFrame(), pl.DataFrame())
    met: set[bytes] = set()
    for record in records:
        found.frames += 1
        if record.raw in met:
            found.repeats += 1
            continue
        met.add(record.raw)
        card = cards.get(record.mn)
        frame = None if card is None else read_frame(record, card)
        if card is None or frame is None or not frame.crc_ok:
            found.unread["not_registered" if card is None else "not_a_frame"] += 1
        elif frame.cn == "3020":
            found.information.append((record, card, frame))
        elif frame.cn in PERIOD_OF and frame.factors:
            if frame.data_time is None:
                found.unread["no_data_time"] += 1
            elif frame.cn in _FACILITIES or frame.st in _POWER_SYSTEMS:
                _add_power(power, heads.add(record, card, frame), frame, card)
            else:
                _add_readings(readings, heads.add(record, card, frame), frame, card)
    shared, bounds = heads.frame(), clocks or ClockBounds()
    found.readings = _table(_reading_frame(readings), shared, zone, bounds, found.unread, simulated=simulated)
    found.power = _table(_power_frame(power), shared, zone, bounds, found.unread, simulated=simulated)
    return found


def _add_readings(rows: dict[str, list[object]], head: int, frame: Frame, card: DeviceCard) -> None:
    for sent, fields in frame.factors.items():
        code, unit, amount_unit = _meaning(sent, card.edition)
        point = card.points.get(code)
        if point is not None:
            unit, amount_unit = point.unit or unit, point.amount_unit or amount_unit
        rows["head"].append(head)
        rows["factor"].append(code)
        get = fields.get
        rows["value"].append(get("Avg") or get("Rtd") or get("Data"))
        rows["minimum"].append(get("Min"))
        rows["maximum"].append(get("Max"))
        rows["converted"].append(get("ZsAvg") or get("ZsRtd"))
        rows["converted_minimum"].append(get("ZsMin"))
        rows["converted_maximum"].append(get("ZsMax"))
        rows["amount"].append(get("Cou"))
        rows["unit"].append(unit)
        rows["amount_unit"].append(amount_unit)
        rows["flag"].append(get("Flag"))
        rows["mark"].append(get("EFlag"))
        rows["sampled_at"].append(get("SampleTime"))


def _add_power(rows: dict[str, list[object]], head: int, frame: Frame, card: DeviceCard) -> None:
    for code, fields in frame.factors.items():
        point = card.points.get(code)
        content = next(
            (fields[name] for name in ("Rtd", "Avg", "RS", "RT", "Data", "Info") if name in fields), None
        )
        rows["head"].append(head)
        rows["point"].append(code)
        rows["content"].append(content)
        rows["unit"].append(None if point is None or point.unit is None else plain_unit(point.unit))
        rows["flag"].append(fields.get("Flag"))


@cache
def _meaning(code: str, edition: int) -> tuple[str, str | None, str | None]:
    """Return today's code of a factor, and its units in the standard."""
    known = factor(code, _EDITIONS[edition])
    today = current_code(code) if edition == int(Edition.HJ2005) else code
    if known is None:
        return today, None, None
    return known.code if edition == int(Edition.HJ2005) else code, known.unit or None, known.amount_unit or None


def plain_unit(unit: str) -> str:
    """Return a unit as it is written here.

    Examples
    --------
    >>> plain_unit("ug/m3"), plain_unit("kg")
    ('µg/m³', 'kg')
    """
    return _UNITS.get(unit, unit)


# ---------------------------------------------------------------------------------------------- frames of rows


def _reading_frame(rows: dict[str, list[object]]) -> pl.DataFrame:
    schema = {name: pl.String for name in _READING if name != "head"}
    frame = pl.DataFrame(rows, schema={"head": pl.Int64, **schema})
    return frame.with_columns(pl.col(list(_VALUES)).str.strip_chars().cast(pl.Float64, strict=False))


def _power_frame(rows: dict[str, list[object]]) -> pl.DataFrame:
    schema = {name: pl.String for name in _POWER if name != "head"}
    frame = pl.DataFrame(rows, schema={"head": pl.Int64, **schema})
    number = pl.col("content").str.strip_chars().cast(pl.Float64, strict=False)
    return frame.with_columns(value=number, content=pl.when(number.is_null()).then(pl.col("content")))


def _table(
    rows: pl.DataFrame,
    heads: pl.DataFrame,
    zone: ZoneInfo,
    bounds: ClockBounds,
    unread: Counter[str],
    *,
    simulated: bool,
) -> pl.DataFrame:
    """Join rows with what their frames say, and leave out what stands at an impossible time."""
    whole = pl.concat([rows.drop("head"), heads[rows["head"]]], how="horizontal")
    received = pl.from_epoch("received_us", time_unit="us").dt.replace_time_zone("UTC")
    whole = whole.with_columns(
        period_start=_instant("data_time", zone),
        received_at=received,
        period=pl.col("cn").replace_strict(dict(PERIOD_OF), return_dtype=pl.String),
        origin=_place(pl.col("number")),
        simulated=pl.lit(simulated),
    )
    if "sampled_at" in whole.columns:
        whole = whole.with_columns(sampled_at=_instant("sampled_at", zone))
    when = pl.col("period_start")
    good = when.is_between(pl.col("received_at") - bounds.behind, pl.col("received_at") + bounds.ahead)
    kept = whole.filter(good)
    if kept.height < whole.height:
        unread["clock"] += whole.height - kept.height
    finite = [name for name, kind in kept.schema.items() if kind == pl.Float64]
    return kept.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in finite)


def _instant(name: str, zone: ZoneInfo) -> pl.Expr:
    local = pl.col(name).str.slice(0, 14).str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")
    return local.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null").dt.convert_time_zone(
        "UTC"
    )


def _place(number: pl.Expr) -> pl.Expr:
    """Write a journal place as ``segment:offset``."""
    low = 1 << 40
    return pl.concat_str([(number // low).cast(pl.String), pl.lit(":"), (number % low).cast(pl.String)])


def number_of(origin: pl.Expr) -> pl.Expr:
    """Read the number of a journal place back from its text."""
    parts = origin.str.split(":")
    return parts.list.get(0).cast(pl.Int64) * (1 << 40) + parts.list.get(1).cast(pl.Int64)


def lake_columns(rows: pl.DataFrame, power: bool = False) -> pl.DataFrame:
    """Return only what the lake wants of rows."""
    table = POWER_READINGS if power else SOURCE_READINGS
    return rows.select(column.name for column in table.columns if column.name in rows.columns)
