"""Whether a station slowly leaves its neighbours (漂移)."""

import numpy as np
from scipy.stats import theilslopes

from lantian.rules.quality_records import DriftChecks, NeighbourChecks
from lantian.science.quality.neighbours import log_ratio
from lantian.science.quality.runs import Suspicion, median_along, said
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration

_HOURS = 24


def drifts(
    hours: Concentration, peers: Concentration, rule: DriftChecks, neighbours: NeighbourChecks
) -> list[Suspicion]:
    """List stations whose ratio to their neighbours changes steadily over the whole stretch.

    The slope is Theil and Sen's through the daily medians of the logarithm of the ratio; it counts where its
    interval leaves zero out and the change over the stretch is large.

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_days, 24, 6)
        Of the stations and of their neighbours. [ug m-3, CO mg m-3]
    rule : DriftChecks
        Thresholds.
    neighbours : NeighbourChecks
        The offsets of the ratio.

    Returns
    -------
    list of Suspicion
        ``drift``; ``change`` is the relative change from the first to the last day.

    References
    ----------
    Sen, P. K. (1968), J. Am. Stat. Assoc. 63, 1379-1389.
    """
    stations, days = hours.shape[:2]
    ratio = log_ratio(hours.reshape(stations, -1, len(BASIC)), peers.reshape(stations, -1, len(BASIC)), neighbours)
    daily = median_along(ratio.reshape(stations, days, _HOURS, len(BASIC)), 2, rule.day_hours)
    bound = np.log1p(float(rule.change))
    found = []
    for place in range(stations):
        for column, pollutant in enumerate(BASIC):
            there = np.flatnonzero(~np.isnan(daily[place, :, column]))
            if len(there) < rule.days:
                continue
            fit = theilslopes(daily[place, there, column], there, float(rule.confidence))
            span = int(there[-1] - there[0])
            change = float(fit.slope) * span
            if abs(change) < bound or fit.low_slope <= 0 <= fit.high_slope:
                continue
            evidence: dict[str, str | float | int | None] = {
                "change": said(np.expm1(change)),
                "days": len(there),
                "low": said(np.expm1(float(fit.low_slope) * span)),
                "high": said(np.expm1(float(fit.high_slope) * span)),
            }
            first, last = int(there[0]) * _HOURS, int(there[-1] + 1) * _HOURS - 1
            found.append(Suspicion("drift", place, pollutant, first, last, evidence))
    return found
