"""Checks of a station's hours by themselves and beside what its neighbours did (环境空气数据检查).

All take one dense array of hourly means, columns as in `BASIC`, and thresholds from rule ``quality``.
"""

import numpy as np

from lantian.rules.quality_records import AmbientChecks
from lantian.science.quality.runs import Evidence, Mask, Suspicion, equal_runs, said, stretches
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, FloatArray, MicrogramsPerM3

_PM10, _PM25 = BASIC.index(Pollutant.PM10), BASIC.index(Pollutant.PM25)


def out_of_range(hours: Concentration, rule: AmbientChecks) -> list[Suspicion]:
    """List hours below the noise about zero and above what can be (负值、超量程).

    Parameters
    ----------
    hours : array, shape (n_stations, n_hours, 6)
        Hourly means, NaN where missing. [ug m-3, CO mg m-3]
    rule : AmbientChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``negative`` and ``above_range``.
    """
    found = []
    for column, pollutant in enumerate(BASIC):
        values = hours[..., column]
        low, high = float(rule.lowest[pollutant]), float(rule.highest[pollutant])
        for code, mask, bound in (("negative", values < low, low), ("above_range", values > high, high)):
            extreme = np.fmin.reduce if code == "negative" else np.fmax.reduce
            for place, first, last in stretches(mask).tolist():
                value = said(extreme(values[place, first : last + 1]))
                found.append(Suspicion(code, place, pollutant, first, last, {"value": value, "bound": bound}))
    return found


def inversions(hours: Concentration, rule: AmbientChecks) -> list[Suspicion]:
    """List hours with more PM2.5 than PM10, of which it is a part (PM2.5与PM10倒挂).

    Parameters
    ----------
    hours : array, shape (n_stations, n_hours, 6)
        Hourly means, NaN where missing. [ug m-3, CO mg m-3]
    rule : AmbientChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``pm_inversion``.
    """
    coarse, fine = hours[..., _PM10], hours[..., _PM25]
    excess = fine - coarse
    mask = (excess > float(rule.inversion_margin)) & (excess > float(rule.inversion_share) * coarse)
    found = []
    for place, first, last in stretches(mask).tolist():
        worst = first + int(np.argmax(excess[place, first : last + 1]))
        evidence: Evidence = {"pm25": said(fine[place, worst]), "pm10": said(coarse[place, worst])}
        found.append(Suspicion("pm_inversion", place, Pollutant.PM25, first, last, evidence))
    return found


def nitrogen_inversions(no2: MicrogramsPerM3, nox: MicrogramsPerM3, rule: AmbientChecks) -> list[Suspicion]:
    """List hours with more NO2 than NOx, of which it is a part (NO2大于NOx).

    Parameters
    ----------
    no2, nox : array, shape (n_stations, n_hours)
        NOx stated as NO2; NaN where it is not measured. [ug m-3]
    rule : AmbientChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``no2_above_nox``.
    """
    excess = no2 - nox
    mask = (excess > float(rule.nox_margin)) & (excess > float(rule.nox_share) * nox)
    found = []
    for place, first, last in stretches(mask).tolist():
        worst = first + int(np.argmax(excess[place, first : last + 1]))
        evidence: Evidence = {"no2": said(no2[place, worst]), "nox": said(nox[place, worst])}
        found.append(Suspicion("no2_above_nox", place, Pollutant.NO2, first, last, evidence))
    return found


def constants(hours: Concentration, peers: Concentration, rule: AmbientChecks) -> list[Suspicion]:
    """List runs of equal hours that are too long (数据恒值).

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_hours, 6)
        Of the stations and, as evidence, of their neighbours. [ug m-3, CO mg m-3]
    rule : AmbientChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``constant``; ``neighbours_span`` is how far the neighbours' median moved meanwhile.
    """
    found = []
    for column, pollutant in enumerate(BASIC):
        values = hours[..., column]
        runs = equal_runs(values, rule.constant_hours[pollutant])
        moving = runs[values[runs[:, 0], runs[:, 1]] > float(rule.constant_above[pollutant])]
        for place, first, last in moving.tolist():
            around = peers[place, first : last + 1, column]
            around = around[~np.isnan(around)]
            evidence: Evidence = {
                "value": said(values[place, first]),
                "hours": last - first + 1,
                "neighbours_span": said(np.ptp(around)) if len(around) > 1 else None,
            }
            found.append(Suspicion("constant", place, pollutant, first, last, evidence))
    return found


def spikes(hours: Concentration, peers: Concentration, rule: AmbientChecks) -> list[Suspicion]:
    """List single hours that stand high above the hours beside them while the neighbours do not (突变).

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_hours, 6)
        Of the stations and of their neighbours. [ug m-3, CO mg m-3]
    rule : AmbientChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``spike``; ``neighbours_rise`` is None where no neighbour spoke.
    """
    if hours.shape[1] < 3:  # one hour before and one after
        return []
    beside = np.fmax(hours[:, :-2], hours[:, 2:])
    rise = _with_edges(hours[:, 1:-1] - beside)
    peer_rise = _with_edges(peers[:, 1:-1] - np.fmax(peers[:, :-2], peers[:, 2:]))
    least = np.array([float(rule.spike_rise[pollutant]) for pollutant in BASIC])
    high = _with_edges(hours[:, 1:-1] - float(rule.spike_ratio) * np.maximum(beside, 0.0)) >= 0
    alone: Mask = ~(peer_rise >= float(rule.spike_peer_share) * rise)
    places = np.argwhere((rise >= least) & high & alone)
    return [
        Suspicion(
            "spike", place, BASIC[column], hour, hour,
            {
                "value": said(hours[place, hour, column]),
                "before": said(hours[place, hour - 1, column]),
                "after": said(hours[place, hour + 1, column]),
                "neighbours_rise": said(peer_rise[place, hour, column]),
            },
        )
        for place, hour, column in places.tolist()
    ]  # fmt: skip


def _with_edges(inner: FloatArray) -> FloatArray:
    """Put the first and the last hour back, about which nothing can be said."""
    return np.pad(inner, ((0, 0), (1, 1), (0, 0)), constant_values=np.nan)
