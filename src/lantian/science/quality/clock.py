"""Whether a station's hours stand under the right time: a clock that is off, a wrong date (时钟、时标).

A station follows its neighbours best at no shift. Where it follows them clearly better some hours earlier or
later, its clock, its zone or its labels are wrong. If every station of a place is wrong alike, nothing here can
see it.
"""

import numpy as np

from lantian.rules.quality_records import ClockChecks
from lantian.science.quality.runs import Suspicion, said
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray

_HOURS = 24
_FLOOR = 1.0
"""Added before the logarithm. [ug m-3]; for CO, which is in mg/m³, a hundredth of it."""


def clock_shifts(hours: Concentration, peers: Concentration, rule: ClockChecks) -> list[Suspicion]:
    """List stretches of days in which a station follows its neighbours at another hour (时钟偏移).

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_hours, 6)
        Of the stations and of their neighbours. [ug m-3, CO mg m-3]
    rule : ClockChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``clock_shift``; ``add_hours`` must be added to the station's time to be in step. A stretch that is shorter
        than a window at the end is looked at with the window before it.
    """
    window = rule.window_days * _HOURS
    own, theirs = _logarithm(hours), _logarithm(peers)
    total = hours.shape[1]
    found: list[Suspicion] = []
    for start in range(0, max(total - window, 0) + 1, window):
        end = total if total - start < 2 * window else start + window
        part = slice(start, end)
        by_lag = _correlation_by_lag(own[:, part], theirs, start, rule)
        for place, correlations in enumerate(by_lag):
            found += _shift(place, correlations, start, end - 1, rule)
    return _joined(found)


def label_faults(hours: Concentration, peers: Concentration, rule: ClockChecks) -> list[Suspicion]:
    """List hours of the day that stand under the date before or after (24时时标错位).

    The commonest: a label ``24:00`` read as ``00:00`` of the same date puts the day's last hour a day too early.

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_days, 24, 6)
        Of the stations and of their neighbours; the first hour of a day is that which starts at midnight.
        [ug m-3, CO mg m-3]
    rule : ClockChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``label_day_shift`` over all days; ``hour`` starts at that hour, ``add_days`` must be added to its date.
    """
    days = hours.shape[1]
    if days < rule.label_days:
        return []
    own, theirs = _logarithm(hours), _logarithm(peers)
    floor, gain = float(rule.correlation), float(rule.label_gain)
    straight = _mean_correlation(own, theirs, axis=1, least=rule.label_days)
    found = []
    for add_days, mine, others in ((1, own[:, :-1], theirs[:, 1:]), (-1, own[:, 1:], theirs[:, :-1])):
        shifted = _mean_correlation(mine, others, axis=1, least=rule.label_days - 1)
        wrong = (shifted >= floor) & (shifted - straight >= gain)
        for place, hour in np.argwhere(wrong).tolist():
            if wrong[place].sum() > 2:  # a whole day off is a matter of the clock
                continue
            evidence: dict[str, str | float | int | None] = {
                "hour": hour,
                "add_days": add_days,
                "correlation": said(shifted[place, hour]),
                "correlation_unshifted": said(straight[place, hour]),
            }
            found.append(Suspicion("label_day_shift", place, "", hour, (days - 1) * _HOURS + hour, evidence))
    return found


def _logarithm(values: Concentration) -> FloatArray:
    floor = np.array([_FLOOR / 100 if pollutant == "co" else _FLOOR for pollutant in BASIC])
    return np.asarray(np.log(np.maximum(values, 0.0) + floor))


def _correlation_by_lag(own: FloatArray, theirs: FloatArray, start: int, rule: ClockChecks) -> FloatArray:
    """Mean correlation over the pollutants at every lag, shape (n_stations, 2 · most_hours + 1)."""
    lags = range(-rule.most_hours, rule.most_hours + 1)
    length, total = own.shape[1], theirs.shape[1]
    found = np.full((own.shape[0], len(lags)), np.nan)
    for place, lag in enumerate(lags):
        first, last = max(start + lag, 0), min(start + lag + length, total)
        mine = own[:, first - start - lag : last - start - lag]
        found[:, place] = _mean_correlation(mine, theirs[:, first:last], axis=1, least=rule.pairs)
    return found


def _mean_correlation(own: FloatArray, theirs: FloatArray, axis: int, least: int) -> FloatArray:
    """Pearson's correlation along an axis where enough pairs are, averaged over the pollutants (last axis)."""
    both = ~np.isnan(own) & ~np.isnan(theirs)
    count = both.sum(axis=axis)
    enough = np.maximum(count, 1)

    def centred(values: FloatArray) -> FloatArray:
        kept = np.where(both, values, 0.0)
        mean = kept.sum(axis=axis) / enough
        return np.where(both, values - np.expand_dims(mean, axis), 0.0)

    mine, others = centred(own), centred(theirs)
    spread = np.sqrt((mine**2).sum(axis=axis) * (others**2).sum(axis=axis))
    known = (count >= least) & (spread > 0)
    correlation = np.where(known, (mine * others).sum(axis=axis) / np.where(known, spread, 1.0), 0.0)
    pollutants = known.sum(axis=-1)
    return np.where(pollutants > 0, correlation.sum(axis=-1) / np.maximum(pollutants, 1), np.nan)


def _shift(place: int, correlations: FloatArray, first: int, last: int, rule: ClockChecks) -> list[Suspicion]:
    if np.isnan(correlations[rule.most_hours]):
        return []
    best = int(np.argmax(np.nan_to_num(correlations, nan=-1.0)))
    straight, highest = correlations[rule.most_hours], correlations[best]
    if best == rule.most_hours or highest < float(rule.correlation) or highest - straight < float(rule.gain):
        return []
    evidence: dict[str, str | float | int | None] = {
        "add_hours": best - rule.most_hours,
        "correlation": said(highest),
        "correlation_unshifted": said(straight),
    }
    return [Suspicion("clock_shift", place, "", first, last, evidence)]


def _joined(found: list[Suspicion]) -> list[Suspicion]:
    """Make one of windows that follow each other with the same shift."""
    joined: list[Suspicion] = []
    for one in sorted(found, key=lambda row: (row.place, row.first)):
        before = joined[-1] if joined else None
        if (
            before is not None
            and (before.place, before.last + 1) == (one.place, one.first)
            and before.evidence["add_hours"] == one.evidence["add_hours"]
        ):
            joined[-1] = Suspicion(one.code, one.place, "", before.first, one.last, before.evidence)
        else:
            joined.append(one)
    return joined
