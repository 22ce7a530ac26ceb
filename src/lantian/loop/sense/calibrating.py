"""Micro-stations are made comparable, version by version, each with its days of validity (微型站校准).

What comes out stands in a table of its own: nothing of a micro-station ever enters a mean of the law.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import lantian
from lantian.ledger import append_entry
from lantian.ledger.models import Calibration
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.checks import usable
from lantian.loop.sense.quality_tables import MICRO_CALIBRATED, MICRO_HOURS
from lantian.rules import QualityRule
from lantian.science.calibration import Fit, Form, Inputs, Residuals, apply_fit, calibrate, likeness, transfer
from lantian.store.records import Appended, Taken
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray

HOURS = "ambient_hours"
PARTICLES = frozenset({Pollutant.PM10, Pollutant.PM25})
_DAY = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """Which device is calibrated, and on which days."""

    device: str
    channel: str
    """A pollutant."""
    first: date
    last: date
    reason: str
    second: str | None = None
    """Channel of a second sensor of the device."""
    form: Form | None = None
    """By default ``particle`` for particles and ``gas`` for gases."""


def bring_micro(centre: Centre, rows: pl.DataFrame, *, source: str) -> int:
    """Take hours of micro-stations in as `append_micro` does; return how many were new or different."""
    return append_micro(centre, rows, source=source).written


def append_micro(
    centre: Centre, rows: pl.DataFrame, *, source: str, origin: str | None = None, taken: Taken | None = None
) -> Appended:
    """Append hours of micro-stations that are new or different.

    Parameters
    ----------
    rows : DataFrame
        ``device, channel, hour_start`` (with a zone), ``raw``, and ``temperature``, ``humidity`` where known.
    source : str
        What brought them.
    origin : str, optional
        The document.
    taken : Taken, optional
        How far another store was read for them.

    Raises
    ------
    CallerError
        A column is missing.
    """
    if lacking := sorted({"device", "channel", "hour_start", "raw"} - set(rows.columns)):
        raise CallerError(
            "Hours of micro-stations need the columns {lacking} too. Name device, channel, hour_start, raw and, "
            "where they are measured, temperature and humidity.",
            lacking=", ".join(lacking),
        )
    whole = rows.with_columns(
        *(
            pl.lit(None, pl.Float64).alias(name)
            for name in ("temperature", "humidity")
            if name not in rows.columns
        ),
        source=pl.lit(source),
        origin=pl.lit(origin, pl.String),
        simulated=pl.lit(centre.lake.simulated),
    )
    wanted = whole.select(column.name for column in MICRO_HOURS.columns)
    return centre.lake.append(MICRO_HOURS, wanted, only_changes=True, taken=taken)


def calibrate_beside(centre: Centre, asked: Asked, station: str, *, by: str) -> Calibration:
    """Fit a device to the reference station that it stands beside, and keep it as its next version (并置校准).

    Raises
    ------
    CallerError
        No reason or name, an unknown station, too few common hours, or a fit that is worth too little.
    """
    _check_words(asked, by)
    if station not in {each.code for each in centre.city.stations}:
        raise CallerError("{station!r} is no station of this city, so it is no reference.", station=station)
    rule = centre.quality(asked.last)
    inputs, reference = device_hours(centre, asked), reference_hours(centre, station, asked)
    form: Form = asked.form or ("particle" if asked.channel in PARTICLES else "gas")
    fit = calibrate(inputs, reference, form, rule.calibration)
    if not fit.held_out.r2 >= float(rule.calibration.least_r2):
        raise CallerError(
            "On the weeks held out R² is {r2} (a plain line: {plain}); {least} is needed. Look at the device, its "
            "place and its second sensor before you try again.",
            r2=round(fit.held_out.r2, 3),
            plain=round(fit.plain.r2, 3),
            least=rule.calibration.least_r2,
        )
    with centre.ledger.write() as session:
        return _keep(centre, session, asked, fit, rule, by=by, method="co_location", reference=station, giver=None)


def calibrate_by_transfer(centre: Centre, asked: Asked, giver_id: str, *, by: str) -> Calibration:
    """Hand a neighbour's calibration on to a device that answers alike to the same air (传递校准).

    Raises
    ------
    CallerError
        No reason or name, no such standing calibration, another pollutant, or devices that are not alike.
    """
    _check_words(asked, by)
    rule = centre.quality(asked.last)
    with centre.ledger.write() as session:
        giver = session.get(Calibration, giver_id)
        if giver is None or giver.withdrawn_at is not None or giver.channel != asked.channel:
            raise CallerError(
                "No standing calibration {id!r} of {channel}. `lantian sense calibrate list` shows which stand.",
                id=giver_id, channel=asked.channel,
            )  # fmt: skip
        theirs = Asked(giver.device, giver.channel, asked.first, asked.last, asked.reason)
        alike = likeness(device_hours(centre, theirs).raw, device_hours(centre, asked).raw)
        fit = transfer(fit_of(giver), alike, rule.calibration)
        return _keep(
            centre, session, asked, fit, rule, by=by, method="transfer", reference=giver.device, giver=giver.id,
            likeness={"hours": alike.hours, "correlation": alike.correlation},
        )  # fmt: skip


def withdraw_calibration(centre: Centre, calibration_id: str, *, reason: str, by: str) -> None:
    """Withdraw a version; what it made stays readable with its id, and is made anew by the version before it.

    Raises
    ------
    CallerError
        No reason or name, or no such standing calibration.
    """
    if not reason.strip() or not by.strip():
        raise CallerError("A withdrawal needs a reason and the name of who decides it; it is kept as evidence.")
    at = centre.now()
    with centre.ledger.write() as session:
        row = session.get(Calibration, calibration_id)
        if row is None or row.withdrawn_at is not None:
            raise CallerError(
                "No standing calibration {id!r}. `lantian sense calibrate list` shows those that stand.",
                id=calibration_id,
            )
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = at, by.strip(), reason.strip()
        append_entry(
            session, at=at, actor=by.strip(), kind="calibration.withdrawn", subject=f"micro:{row.device}",
            payload={"calibration": row.id, "channel": row.channel, "version": row.version, "reason": reason},
        )  # fmt: skip


def list_calibrations(
    centre: Centre, *, device: str | None = None, on: date | None = None, withdrawn: bool = False
) -> list[Calibration]:
    """List versions by device, channel and number; those that hold on a day if one is given."""
    query = select(Calibration).order_by(Calibration.device, Calibration.channel, Calibration.version)
    if device is not None:
        query = query.where(Calibration.device == device)
    with centre.ledger.read() as session:
        rows = list(session.scalars(query))
    return [
        row
        for row in rows
        if (withdrawn or row.withdrawn_at is None) and (on is None or row.valid_from <= on <= row.valid_until)
    ]


def write_calibrated(centre: Centre, first: date, last: date) -> int:
    """Calibrate the hours of a stretch by the versions that hold on each day; return rows new or different.

    An hour of a device without a calibration in force gets no row.
    """
    rule, parts = centre.quality(last).calibration, []
    rows = centre.lake.read(MICRO_HOURS, first=first, last=last)
    for row in list_calibrations(centre):
        mine = rows.filter(
            (pl.col("device") == row.device)
            & (pl.col("channel") == row.channel)
            & pl.col("legal_day").is_between(row.valid_from, row.valid_until)
        )
        if mine.is_empty():
            continue
        second = row.fit.get("second_channel")
        inputs = _inputs(mine, None if second is None else rows.filter(pl.col("channel") == second))
        fit = fit_of(row)
        values = apply_fit(inputs, fit, rule)
        outside = (inputs.raw < fit.raw_range[0]) | (inputs.raw > fit.raw_range[1])
        parts.append(
            mine.select("device", "channel", "hour_start").with_columns(
                value=pl.Series(values).fill_nan(None),
                extrapolated=pl.Series(outside),
                calibration=pl.lit(row.id),
                simulated=pl.lit(centre.lake.simulated),
                code_version=pl.lit(lantian.__version__),
                _version=pl.lit(row.version),
            )
        )
    if not parts:
        return 0
    newest = (
        pl.concat(parts).sort("_version").unique(["device", "channel", "hour_start"], keep="last").drop("_version")
    )
    wanted = newest.select(column.name for column in MICRO_CALIBRATED.columns)
    return centre.lake.append(MICRO_CALIBRATED, wanted, only_changes=True).written


# ---------------------------------------------------------------------------------------------- reading


def device_hours(centre: Centre, asked: Asked) -> Inputs:
    """Read the raw hours of a device on every hour of the days that are asked for."""
    where = pl.col("device") == asked.device
    rows = centre.lake.read(MICRO_HOURS, first=asked.first, last=asked.last, where=where)
    grid = _grid(centre, asked)
    mine = grid.join(rows.filter(pl.col("channel") == asked.channel), on="hour_start", how="left").sort(
        "hour_start"
    )
    second = rows.filter(pl.col("channel") == asked.second) if asked.second is not None else None
    return _inputs(mine, second)


def reference_hours(centre: Centre, station: str, asked: Asked) -> FloatArray:
    """Read the reference of the same hours, audited where there is one, without what flags forbid."""
    where = pl.col("station") == station
    rows = centre.lake.read(HOURS, first=asked.first, last=asked.last, where=where)
    flags = centre.rules(asked.last).flags
    column = asked.channel
    if column not in set(BASIC):
        raise CallerError(
            "{channel!r} is none of the six pollutants, of which alone stations are a reference.", channel=column
        )
    kept = rows.with_columns(
        pl.when(usable(rows.get_column(f"{column}_flags"), flags)).then(pl.col(column)).alias("_reference")
    ).sort("hour_start", pl.col("stage") == "audited")
    newest = kept.unique("hour_start", keep="last")
    found = _grid(centre, asked).join(newest, on="hour_start", how="left").sort("hour_start")
    return found.get_column("_reference").fill_null(float("nan")).to_numpy()


def fit_of(row: Calibration) -> Fit:
    """Return the calibration that a row of the ledger holds."""
    said: Mapping[str, Any] = row.fit
    return Fit(
        form=said["form"],
        parameters=said["parameters"],
        centre=said["centre"],
        trained=said["trained"],
        held_out=Residuals(**said["held_out"]),
        plain=Residuals(**said["plain"]),
        raw_range=(said["raw_range"][0], said["raw_range"][1]),
    )


# ---------------------------------------------------------------------------------------------- inside


def _grid(centre: Centre, asked: Asked) -> pl.DataFrame:
    midnight, hours = centre.midnight(asked.first), ((asked.last - asked.first).days + 1) * _DAY
    starts = [midnight + place * HOUR for place in range(hours)]
    return pl.DataFrame({"hour_start": starts}, schema={"hour_start": pl.Datetime("us", centre.city.zone.key)})


def _inputs(rows: pl.DataFrame, second: pl.DataFrame | None) -> Inputs:
    def column(frame: pl.DataFrame, name: str) -> FloatArray:
        return np.asarray(frame.get_column(name).fill_null(float("nan")).to_numpy(), dtype=np.float64)

    beside = None
    if second is not None:
        keys = ["device", "hour_start"] if "device" in rows.columns else ["hour_start"]
        joined = rows.join(
            second.select(*keys, pl.col("raw").alias("_second")), on=keys, how="left", maintain_order="left"
        )
        beside = column(joined, "_second")
    return Inputs(column(rows, "raw"), column(rows, "temperature"), column(rows, "humidity"), beside)


def _check_words(asked: Asked, by: str) -> None:
    if not asked.reason.strip() or not by.strip():
        raise CallerError("A calibration needs a reason and the name of who makes it; it is kept as evidence.")
    if asked.last < asked.first:
        raise CallerError(
            "There are no days from {first} to {last}. Give the first one first.",
            first=asked.first,
            last=asked.last,
        )


def _keep(
    centre: Centre, session: Session, asked: Asked, fit: Fit, rule: QualityRule, *, by: str, method: str,
    reference: str, giver: str | None, likeness: Mapping[str, float] | None = None,
) -> Calibration:  # fmt: skip
    at = centre.now()
    newest = select(func.max(Calibration.version)).where(
        Calibration.device == asked.device, Calibration.channel == asked.channel
    )
    said = asdict(fit)
    said["raw_range"] = list(fit.raw_range)
    said["second_channel"] = asked.second
    if likeness is not None:
        said["likeness"] = dict(likeness)
    valid_from = asked.last + timedelta(days=1)
    row = Calibration(
        id=str(uuid7(at)), device=asked.device, channel=asked.channel, version=(session.scalar(newest) or 0) + 1,
        method=method, reference=reference, giver=giver, first_hour=centre.midnight(asked.first),
        end=centre.midnight(valid_from), fit=said, valid_from=valid_from,
        valid_until=valid_from + timedelta(days=rule.calibration.valid_days - 1), rules=rule.id,
        reason=asked.reason.strip(), made_by=by.strip(), made_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    append_entry(
        session, at=at, actor=row.made_by, kind="calibration.made", subject=f"micro:{row.device}",
        payload={
            "calibration": row.id, "channel": row.channel, "version": row.version, "method": method,
            "reference": reference, "valid_from": row.valid_from, "valid_until": row.valid_until,
            "r2": f"{fit.held_out.r2:.6f}", "rmse": f"{fit.held_out.rmse:.6f}", "reason": row.reason,
        },
    )  # fmt: skip
    return row
