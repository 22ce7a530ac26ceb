"""What each kind of hint means to a person, and what would make the value right after all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lantian.science.quality.runs import Suspicion
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class Doubt:
    """One kind of hint in words."""

    message: str
    """Message id; its places are filled from the evidence."""
    innocent: str
    """Message id of the competing explanation."""
    severity: Severity = Severity.WARNING


DOUBTS: Mapping[str, Doubt] = {
    "negative": Doubt(
        mark("{channel} lies at {value}, below the noise about zero ({bound})"),
        mark("The zero of the analyser has drifted a little; the next zero check tells."),
    ),
    "above_range": Doubt(
        mark("{channel} reached {value}, above what is plausible here ({bound})"),
        mark("A real episode: dust, fireworks, a fire close by. Neighbours and pictures tell."),
    ),
    "pm_inversion": Doubt(
        mark("PM2.5 {pm25} exceeds PM10 {pm10}, of which it is a part"),
        mark("Two instruments with different heating, in damp air or at low concentrations."),
        Severity.INFO,
    ),
    "no2_above_nox": Doubt(
        mark("NO2 {no2} exceeds NOx {nox}, of which it is a part"),
        mark("Rounding of a derived channel at low concentrations."),
    ),
    "constant": Doubt(
        mark("{channel} stayed at exactly {value} for {hours} h while the neighbours moved by {neighbours_span}"),
        mark("Stable air at a coarse resolution of the instrument."),
    ),
    "spike": Doubt(
        mark("{channel} {value} stands alone between {before} and {after}"),
        mark("A short source beside the station: traffic, barbecue, works, fireworks."),
    ),
    "below_neighbours": Doubt(
        mark("{channel} {mean} lies far below its usual relation to the neighbours ({neighbours}; z {robust_z})"),
        mark("Local rain, clean air from a side valley, or smoke that only the neighbours had."),
    ),
    "above_neighbours": Doubt(
        mark("{channel} {mean} lies far above its usual relation to the neighbours ({neighbours}; z {robust_z})"),
        mark("A real local source, or a plume that missed the neighbours."),
    ),
    "drift": Doubt(
        mark("{channel} has changed by a factor of 1 + {change} against the neighbours over {days} days"),
        mark("Season, heating or a works beside the station changed the real difference."),
    ),
    "clock_shift": Doubt(
        mark("The hours follow the neighbours best when {add_hours} h are added to their time"),
        mark("Winds that carry the same air over both at different hours; rare for many hours."),
    ),
    "label_day_shift": Doubt(
        mark("The hour that starts at {hour}:00 follows the neighbours best {add_days} day later"),
        mark("A local source that works at this hour only."),
    ),
    "frozen": Doubt(
        mark(
            "{channel} stayed at exactly {value} for {length} values in a row while gas flowed in {while_running}"
        ),
        mark("Steady load, a value at the detection limit or at the end of the range."),
    ),
    "oxygen_near_air": Doubt(
        mark("Oxygen {oxygen} % is nearly that of air for {hours} h of running"),
        mark("Start-up, stop, banked fire, or a process that runs with much air."),
    ),
    "stopped_but_flowing": Doubt(
        mark("Gas flows for {hours} h that are marked as stopped"),
        mark("The fan cools or purges the plant after a stop."),
    ),
    "copied_channel": Doubt(
        mark("{channel} and {other} move as one for {hours} h (r = {correlation})"),
        mark("Both follow the load of a plant with very steady conversion."),
    ),
    "repeated_stretch": Doubt(
        mark("{hours} h of {channel} repeat value for value what stood {hours_before} h before"),
        mark("Few distinct values of a coarse instrument in steady running."),
    ),
    "late_delivery": Doubt(
        mark("{hours} h came together, the first of them {longest_delay_hours} h late"),
        mark("The line was down and the logger sent what it had kept."),
        Severity.INFO,
    ),
    "clock_ahead": Doubt(
        mark("Values arrived {minutes} min before their period was over"),
        mark("The clock of the host was slow, not that of the logger."),
    ),
    "rewritten": Doubt(
        mark("{channel} was sent again with another value: {before}, then {after}"),
        mark("The logger recomputed the hour after late minutes had come."),
    ),
    "ion_imbalance": Doubt(
        mark(
            "Cations are {ratio} of the anions in equivalents in {samples} samples; from {low} to {high} is usual"
        ),
        mark("An ion that was not measured: hydrogen in acid particles, carbonate in dust, organic acids."),
    ),
    "sum_above_mass": Doubt(
        mark("The species of {samples} samples weigh {sum} µg/m³ together, the particles {mass} µg/m³"),
        mark("Gases that a filter took up, another inlet, or samples of unlike times."),
    ),
    "carbon_ratio": Doubt(
        mark("OC is {ratio} of EC in {samples} samples; from {low} to {high} is usual"),
        mark("Smoke of straw or wood close by, or fresh diesel exhaust beside the inlet."),
    ),
    "below_zero": Doubt(
        mark("{channel} lies at {value} in {samples} samples, below the noise about zero ({bound})"),
        mark("The blank of the filter or the baseline was taken a little too high."),
        Severity.INFO,
    ),
    "arithmetic": Doubt(
        mark("{channel}: sent {sent}, recomputed {recomputed}: {reasons}"),
        mark("The logger averages minutes or rounds differently; the difference is shown."),
    ),
}


def finding_of(one: Suspicion, place: str, hours: Mapping[int, datetime] | list[datetime]) -> Finding:
    """Say a hint in words.

    Parameters
    ----------
    one : Suspicion
        From a check.
    place : str
        Code of the station or outlet.
    hours : list of datetime
        Start of the hour of each column.
    """
    doubt = DOUBTS[one.code]
    evidence = {
        **one.evidence,
        "channel": str(one.channel),
        "last_hour": hours[one.last].isoformat(),
    }
    return Finding(one.code, place, doubt.message, doubt.severity, hours[one.first], evidence, doubt.innocent)
