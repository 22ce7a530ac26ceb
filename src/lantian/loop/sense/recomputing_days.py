"""Amounts that count, with gaps filled where the rule allows it, and days out of hours (排放量核算、替代)."""

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from lantian.loop.sense.emission_tables import ORIGINS
from lantian.loop.sense.outlet_units import decimals_of
from lantian.loop.sense.recomputing_differences import differences
from lantian.rules import SourceDataRule
from lantian.science.emission.amounts import substitute, sum_of_hours
from lantian.science.emission.explaining import within_rounding
from lantian.science.emission.means import day_mean, period_flags
from lantian.science.emission.rates import capture_rate
from lantian.science.emission.reasons import Reason, ReasonArray, reason_names, reasons_where
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.types import FloatArray

_DAY = 24
RuleOf = Callable[[date], SourceDataRule]
"""Legal day → how its readings become means and amounts."""


def look_back(rule: SourceDataRule) -> timedelta:
    """Return how far before a gap hours may lie that a substitute is taken from."""
    hours = max((row.last_valid_hours for row in rule.substitution), default=0)
    return timedelta(days=math.ceil(hours / _DAY / float(rule.capture_required)))


def quarter_of(day: date) -> Period:
    """Return the quarter of a day: capture rates are those of quarters."""
    return Period.containing(PeriodKind.QUARTER, day)


def with_amounts(hours: pl.DataFrame, first: date, rule_of: RuleOf) -> pl.DataFrame:
    """Say which amount counts for each hour of one outlet and factor: measured, substituted or none.

    Parameters
    ----------
    hours : DataFrame
        Rows of ``outlet_hours`` with their ``legal_day``, in order of time, from far enough before `first` on.
    first : date
        Only hours of the quarter of this day and later ones come back; their capture rate is that of the hours of
        their quarter that are here.
    rule_of : callable
        Each quarter goes by the rule of its last day that is here.

    Returns
    -------
    DataFrame
        With ``amount_used``, ``amount_origin`` and ``capture_rate``.
    """
    days = hours.get_column("legal_day")
    amounts = _floats(hours, "amount")
    stopped = (hours.get_column("validity") == "stopped").to_numpy()
    start = quarter_of(first).first
    parts = [hours.clear().with_columns(capture_rate=pl.lit(None, pl.Float64))]
    for quarter in dict.fromkeys(quarter_of(day) for day in days.filter(days >= start).unique().sort()):
        inside = ((days >= quarter.first) & (days <= quarter.last)).to_numpy()
        last = days.filter(pl.Series(inside)).max()
        rule = rule_of(last if isinstance(last, date) else quarter.last)
        stood = int((stopped & inside).sum())
        valid = int((~np.isnan(amounts) & ~stopped & inside).sum())
        rate = capture_rate(np.array([valid]), np.array([int(inside.sum())]), np.array([stood]))
        filled = substitute(amounts, float(rate[0]), rule, stopped=stopped)
        parts.append(
            hours.filter(pl.Series(inside)).with_columns(
                amount_used=pl.Series(filled.values[inside]).fill_nan(None),
                amount_origin=pl.Series(
                    [ORIGINS[each] for each in filled.origin[inside].tolist()], dtype=pl.String
                ),
                capture_rate=pl.Series(np.full(int(inside.sum()), rate[0])).fill_nan(None),
            )
        )
    return pl.concat(parts, how="diagonal_relaxed")


def day_rows(
    hours: pl.DataFrame, sent: pl.DataFrame, rule_of: RuleOf, inputs: Mapping[tuple[str, date], str]
) -> pl.DataFrame:
    """Make the days of one outlet and factor out of its hours that have their amounts.

    Parameters
    ----------
    hours : DataFrame
        From `with_amounts`; every hour of a day that is over.
    sent : DataFrame
        What the logger sent for whole days, in common units: ``legal_day, value, converted, amount``.
    rule_of : callable
        Legal day → rule.
    inputs : mapping
        Outlet and day → digest of what its hours were made of.
    """
    told = {row["legal_day"]: row for row in sent.iter_rows(named=True)}
    made = []
    for (day,), rows in hours.partition_by("legal_day", as_dict=True, maintain_order=True).items():
        if isinstance(day, date):
            made.append(_day_row(rows, day, told.get(day, {}), rule_of(day), inputs))
    return pl.DataFrame(made, infer_schema_length=None)


# ---------------------------------------------------------------------------------------------- inside


def _day_row(
    rows: pl.DataFrame,
    day: date,
    told: Mapping[str, object],
    rule: SourceDataRule,
    inputs: Mapping[tuple[str, date], str],
) -> dict[str, object]:
    """Make one day."""
    outlet, factor = rows["outlet"][0], rows["factor"][0]
    stopped = (rows.get_column("validity") == "stopped").to_numpy()
    mean = _mean(rows, "mean", rule)
    converted = _mean(rows, "converted", rule)
    flow = sum_of_hours(np.where(np.isnan(_floats(rows, "mean")), np.nan, _floats(rows, "flow")), stopped=stopped)
    measured = sum_of_hours(_floats(rows, "amount"), stopped=stopped)
    is_substitute = (rows.get_column("amount_origin") == "substituted").to_numpy()
    substituted = sum_of_hours(np.where(is_substitute, _floats(rows, "amount_used"), np.nan))
    used = sum_of_hours(_floats(rows, "amount_used"), stopped=stopped)
    sent = {f"sent_{name}": _sent(told, column) for name, column in _SENT.items()}
    compared = {
        "mean": (sent["sent_mean"], mean),
        "converted": (sent["sent_converted"], converted),
        "amount": (sent["sent_amount"], float(measured.values)),
    }
    bits = _reasons(compared, rule, spoken=bool(told), enough=not math.isnan(mean))
    numbers: dict[str, float] = {
        "mean": mean,
        "converted": converted,
        "flow": float(flow.values),
        "amount": float(measured.values),
        "amount_substituted": float(substituted.values),
        "amount_used": float(used.values),
        **sent,
    }
    for name, (given, right) in compared.items():
        told_apart = differences(name, np.array([given]), np.array([right]))
        numbers |= {key: float(value[0]) for key, value in told_apart.items()}
    return {
        "outlet": outlet,
        "factor": factor,
        "legal_day": day,
        **{name: None if math.isnan(value) else value for name, value in numbers.items()},
        "hours": rows.height,
        "valid_hours": int(rows.get_column("mean").is_not_null().sum()),
        "stopped_hours": int(stopped.sum()),
        "excluded_hours": int(rows.get_column("excluded").sum()),
        "substituted_hours": int(is_substitute.sum()),
        "open_hours": int((rows.get_column("amount_used").is_null().to_numpy() & ~stopped).sum()),
        "flag": _flag(rows, rule),
        "capture_rate": rows["capture_rate"][0],
        "inputs": inputs.get((outlet, day), ""),
        "reasons": ",".join(reason_names(bits)) or None,
        "rules": ",".join(sorted({name for said in rows["rules"] for name in said.split(",")})),
        "withdrawn": False,
    }


_SENT = {"mean": "value", "converted": "converted", "amount": "amount"}
"""What a day's row is called → the column of what was sent."""


def _sent(told: Mapping[str, object], name: str) -> float:
    value = told.get(name)
    return value if isinstance(value, float) else float("nan")


def _mean(rows: pl.DataFrame, name: str, rule: SourceDataRule) -> float:
    """Mean of the valid hours of a day; the hours that are not over yet are missing."""
    values = np.full(_DAY, np.nan)
    values[: rows.height] = _floats(rows, name)
    return float(day_mean(values, rule).values)


def _flag(rows: pl.DataFrame, rule: SourceDataRule) -> str | None:
    """Flag of a day by the share of its normal hours; None on a day of which nothing came, or that is not over."""
    flags = [
        rule.normal_flags[0] if valid in {"valid", "doubtful"} else flag or ""
        for valid, flag in rows.select("validity", "flag").iter_rows()
    ]
    if rows.height < _DAY or not any(flags):
        return None
    return str(period_flags(np.array(flags), rule).flags)


def _reasons(
    compared: Mapping[str, tuple[float, float]], rule: SourceDataRule, *, spoken: bool, enough: bool
) -> int:
    """Say why values of a day are missing or differ: beyond their rounding and the share that the rule leaves."""
    names = {
        "mean": Reason.MEAN_DIFFERS,
        "converted": Reason.CONVERTED_DIFFERS,
        "amount": Reason.AMOUNT_DIFFERS,
    }
    bits: ReasonArray = np.zeros(1, dtype=np.uint32)
    unequal = []
    for name, reason in names.items():
        given, right = (np.array([value]) for value in compared[name])
        slack = 0.5 * 10.0 ** -decimals_of(given) + float(rule.difference_share) * np.abs(right)
        bits |= reasons_where(reason, np.abs(given - right) > slack)
        unequal.append(differences(name, given, right)[f"{name}_difference"])
    bits |= reasons_where(Reason.ROUNDED, within_rounding(*unequal, differs=bits != 0))
    return (
        int(bits[0]) | (0 if enough else int(Reason.TOO_FEW_VALUES)) | (0 if spoken else int(Reason.SENT_MISSING))
    )


def _floats(rows: pl.DataFrame, name: str) -> FloatArray:
    found: FloatArray = rows.get_column(name).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return found
