"""Checks of a stack's hours that need no arithmetic of emission (污染源数据检查).

Arrays hold one outlet: hours in a row, one row per factor where there are several. What is recomputed from what
the device sent (converted values, amounts, means of minutes, order of extremes) is `lantian.science.emission`'s.
Every hint here has innocent causes too: low load, a detection limit, an analyser out of range.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from lantian.rules.quality_records import SourceChecks
from lantian.science.quality.runs import Evidence, Mask, Suspicion, equal_runs, said, stretches
from lantian.terms.types import FloatArray

_HIGH_FLOW = 0.9


def running(flow: FloatArray, rule: SourceChecks) -> Mask:
    """Say in which hours gas flows, measured by the outlet's own high flow (运行判定).

    Parameters
    ----------
    flow : array, shape (hours,)
        Any unit; NaN where missing, and then nothing is known to run.
    rule : SourceChecks
        The share.

    Returns
    -------
    array of bool, shape (hours,)

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import QualityRule, Rulebook
    >>> rule = Rulebook.packaged().edition(QualityRule, "quality", date(2026, 1, 1)).stack
    >>> running(np.array([0.0, 5.0, 100.0, np.nan, 110.0]), rule)
    array([False, False,  True, False,  True])
    """
    known = flow[~np.isnan(flow)]
    if not len(known) or known.max() <= 0:
        return np.zeros(flow.shape, dtype=np.bool_)
    return np.asarray(np.nan_to_num(flow) > float(rule.running_share) * np.quantile(known, _HIGH_FLOW))


def frozen(
    values: FloatArray,
    factors: Sequence[str],
    runs: Mask | None,
    rule: SourceChecks,
    *,
    minutes: int | None = None,
) -> list[Suspicion]:
    """List runs of equal values, with what the flow did meanwhile (数据恒定).

    Parameters
    ----------
    values : array, shape (n_factors, n)
        In the order of `factors`, NaN where missing.
    factors : sequence of str
        HJ 212 codes.
    runs : array of bool, shape (n,), or None
        Where gas flows; None where the outlet has no flow.
    rule : SourceChecks
        Thresholds.
    minutes : int, optional
        How many minutes a column stands for; without it, an hour. [min]

    Returns
    -------
    list of Suspicion
        ``frozen``; values at or below the rule's floor are left out, and so is a source that stands still.
    """
    found = []
    least = rule.frozen_hours if minutes is None else max(rule.frozen_minutes // minutes, 2)
    for place, first, last in equal_runs(values, least).tolist():
        value = values[place, first]
        flowing = None if runs is None else int(runs[first : last + 1].sum())
        if value <= float(rule.frozen_above) or flowing == 0:
            continue
        series = values[place][~np.isnan(values[place])]
        evidence: Evidence = {
            "value": said(value),
            "length": last - first + 1,
            "while_running": flowing,
            "distinct_share": said(len(np.unique(series)) / len(series)),
        }
        found.append(Suspicion("frozen", place, factors[place], first, last, evidence))
    return found


def oxygen_near_air(oxygen: FloatArray, runs: Mask, rule: SourceChecks) -> list[Suspicion]:
    """List running hours whose flue gas is nearly air (含氧量接近空气).

    Parameters
    ----------
    oxygen : array, shape (hours,)
        NaN where missing. [%]
    runs : array of bool, shape (hours,)
        From `running`.
    rule : SourceChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``oxygen_near_air``.
    """
    mask = (oxygen >= float(rule.oxygen_near_air)) & runs
    return [
        Suspicion(
            "oxygen_near_air", 0, "a19001", first, last,
            {"oxygen": said(float(np.nanmean(oxygen[first : last + 1]))), "hours": last - first + 1},
        )
        for _, first, last in stretches(mask[None], rule.oxygen_hours).tolist()
    ]  # fmt: skip


def stopped_but_flowing(runs: Mask, stopped: Mask) -> list[Suspicion]:
    """List hours that are marked as stopped while gas flows (停运标记期间有流量).

    Parameters
    ----------
    runs : array of bool, shape (hours,)
        From `running`.
    stopped : array of bool, shape (hours,)
        Where a mark or flag says that the source stands.

    Returns
    -------
    list of Suspicion
        ``stopped_but_flowing``.
    """
    return [
        Suspicion("stopped_but_flowing", 0, "a00000", first, last, {"hours": last - first + 1})
        for _, first, last in stretches((runs & stopped)[None]).tolist()
    ]


def copied_channels(values: FloatArray, factors: Sequence[str], rule: SourceChecks) -> list[Suspicion]:
    """List windows in which two unrelated factors move as one (通道串用、数据复制).

    Parameters
    ----------
    values : array, shape (n_factors, hours)
        In the order of `factors`, NaN where missing.
    factors : sequence of str
        HJ 212 codes.
    rule : SourceChecks
        Window, correlation, and which factors are related by nature.

    Returns
    -------
    list of Suspicion
        ``copied_channel``; `channel` is the first factor, evidence names the second. Windows in a row are one.
    """
    related = {frozenset(pair) for group in rule.related for pair in combinations(group, 2)}
    width = rule.copied_hours
    windows = values.shape[1] // width
    found: list[Suspicion] = []
    if windows == 0:
        return found
    cut = values[:, : windows * width].reshape(len(values), windows, width)
    enough = _distinct(cut) >= rule.copied_distinct
    for one, other in combinations(range(len(factors)), 2):
        if frozenset((factors[one], factors[other])) in related:
            continue
        r = _correlation(cut[one], cut[other])
        mask = (np.abs(r) >= float(rule.copied_correlation)) & enough[one] & enough[other]
        for _, first, last in stretches(mask[None]).tolist():
            evidence: Evidence = {
                "other": factors[other],
                "correlation": said(float(r[first : last + 1].mean())),
                "hours": (last - first + 1) * width,
            }
            end = (last + 1) * width - 1
            found.append(Suspicion("copied_channel", one, factors[one], first * width, end, evidence))
    return found


def repeated_stretches(values: FloatArray, factors: Sequence[str], rule: SourceChecks) -> list[Suspicion]:
    """List stretches that repeat, value for value, what stood a day or a week before (时段数据重复).

    Parameters
    ----------
    values : array, shape (n_factors, hours)
        In the order of `factors`, NaN where missing.
    factors : sequence of str
        HJ 212 codes.
    rule : SourceChecks
        Lags, least length, and how many distinct values make a repetition strange.

    Returns
    -------
    list of Suspicion
        ``repeated_stretch``.
    """
    found = []
    for lag in rule.repeat_lags:
        if values.shape[1] <= lag:
            continue
        same = np.zeros(values.shape, dtype=np.bool_)
        same[:, lag:] = values[:, lag:] == values[:, :-lag]
        for place, first, last in stretches(same, rule.repeat_hours).tolist():
            distinct = len(np.unique(values[place, first : last + 1]))
            if distinct < min(rule.copied_distinct, rule.repeat_hours):
                continue
            evidence: Evidence = {"hours_before": lag, "hours": last - first + 1, "distinct": distinct}
            found.append(Suspicion("repeated_stretch", place, factors[place], first, last, evidence))
    return found


def deliveries(delay: FloatArray, batch: FloatArray, rule: SourceChecks) -> list[Suspicion]:
    """List hours that came long after their end, together, or before it (补传、时钟异常).

    Parameters
    ----------
    delay : array, shape (hours,)
        Arrival after the end of the hour, NaN where the hour never came. [min]
    batch : array, shape (hours,)
        Which delivery brought the hour, as any number.
    rule : SourceChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``late_delivery`` for many late hours of one delivery, ``clock_ahead`` for hours that were not over yet.
    """
    late = delay > rule.late_minutes
    together = np.zeros(delay.shape, dtype=np.bool_)
    together[1:] = late[1:] & late[:-1] & (batch[1:] == batch[:-1])
    found = []
    for _, first, last in stretches(together[None], rule.burst_hours - 1).tolist():
        begin = first - 1
        evidence: Evidence = {"hours": last - begin + 1, "longest_delay_hours": said(float(delay[begin]) / 60)}
        found.append(Suspicion("late_delivery", 0, "", begin, last, evidence))
    for _, first, last in stretches((delay < -rule.ahead_minutes)[None]).tolist():
        ahead = said(-float(delay[first : last + 1].min()))
        found.append(Suspicion("clock_ahead", 0, "", first, last, {"minutes": ahead, "hours": last - first + 1}))
    return found


def _distinct(windows: FloatArray) -> FloatArray:
    """How many distinct values each window has, those with a gap none; shape (n_factors, windows)."""
    ordered = np.sort(windows, axis=-1)
    count = 1 + (np.diff(ordered, axis=-1) != 0).sum(axis=-1)
    return np.where(np.isnan(windows).any(axis=-1), 0, count).astype(np.float64)


def _correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    """Pearson's correlation of each window; 0 where a side does not move."""
    mine = one - one.mean(axis=-1, keepdims=True)
    theirs = other - other.mean(axis=-1, keepdims=True)
    spread = np.sqrt((mine**2).sum(axis=-1) * (theirs**2).sum(axis=-1))
    known = spread > 0
    return np.where(known, (mine * theirs).sum(axis=-1) / np.where(known, spread, 1.0), 0.0)
