"""What is left of an emission behind its control devices (末端治理后的剩余量)?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lantian.science.inventory.gross import Gross, InventoryPollutant
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError

Stream: TypeAlias = InventoryPollutant | Literal["coarse"]
"""A pollutant, or ``coarse``: particles above PM2.5, of which a device removes another share than of fine ones."""

FINE: tuple[InventoryPollutant, ...] = ("pm25", "bc", "oc")
"""Pollutants that leave with the fine particles."""


@dataclass(frozen=True)
class Device:
    """One control device in the order of the flow (治理设施); build it with `device`."""

    technique: str
    """Key of the technique, or a name of the caller's own with every removal given."""
    removal: Mapping[Stream, float] = field(default_factory=dict)
    """Share of what enters that is removed while the device runs. [1]"""
    capture: float = 1.0
    """Share of what reaches this place that is led into the device; the rest escapes it and all behind it. [1]"""
    availability: float = 1.0
    """Share of the working time, by emission, in which the device runs (投运率). [1]"""
    rule: str = ""
    """Id of the edition, ``#`` and the technique, where a default was used."""
    evidence: str = ""
    """What proves a removal that is not the default."""


def device(
    rules: InventoryRules,
    technique: str,
    *,
    capture: float | None = None,
    availability: float = 1.0,
    removal: Mapping[str, float] | None = None,
    evidence: str = "",
) -> Device:
    """Return a device with the default removal of its technique, or with the one that was measured.

    Parameters
    ----------
    rules : InventoryRules
        Holds the defaults.
    technique : str
        Key of the technique. One of the group ``capture`` (a hood, an enclosure) removes nothing itself and gives
        its share as the capture of all that stands behind it.
    capture, availability : float
        Between 0 and 1. [1]
    removal : mapping, optional
        Pollutant or ``coarse`` → share removed, instead of the default. One of ``tsp`` or ``pm10`` holds for every
        particle size that is not given by itself (``pm25``, ``coarse``). [1]
    evidence : str
        What proves `removal`.

    Raises
    ------
    CallerError
        For an unknown technique or a share outside 0 … 1.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.inventory.rules import inventory_rules
    >>> rules = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
    >>> remaining([device(rules, "hood"), device(rules, "activated_carbon")], "voc")
    0.94
    """
    found = next((row for row in rules.controls.techniques if row.key == technique), None)
    if found is None:
        raise CallerError(
            "{technique!r} is no control technique of {edition}, so its removal is unknown; use one of {known}",
            technique=technique,
            edition=rules.controls.id,
            known=", ".join(row.key for row in rules.controls.techniques),
        )
    shares: dict[Stream, float] = {
        "so2": float(found.so2 / 100),
        "nox": float(found.nox / 100),
        "voc": float(found.voc / 100),
        "pm25": float(found.pm25 / 100),
        "coarse": float(found.coarse / 100),
    }
    if found.group == "capture":
        capture = shares["voc"] if capture is None else capture
        shares = {}
    shares |= _claimed(technique, removal or {})
    for name, share in (("capture", capture), ("availability", availability)):
        if share is not None:
            _between(technique, name, share)
    return Device(
        technique=technique,
        removal={stream: share for stream, share in shares.items() if share},
        capture=1.0 if capture is None else capture,
        availability=availability,
        rule=f"{rules.controls.id}#{technique}",
        evidence=evidence,
    )


def _claimed(technique: str, removal: Mapping[str, float]) -> dict[Stream, float]:
    """Check own removals; one of TSP or PM10 holds for every particle size that has none of its own."""
    known: dict[str, tuple[Stream, ...]] = {
        stream: (stream,) for stream in ("so2", "nox", "co", "voc", "nh3", "pm25", "coarse", "co2", "ch4", "n2o")
    } | {"tsp": ("pm25", "coarse"), "pm10": ("pm25", "coarse")}
    found: dict[Stream, float] = {}
    for name in sorted(removal, key=lambda name: (name not in ("tsp", "pm10"), name != "tsp")):
        if name not in known:
            raise CallerError(
                "{technique}: a removal of {name!r} cannot be used; give one of {known}; carbon leaves with PM2.5",
                technique=technique,
                name=name,
                known=", ".join(known),
            )
        _between(technique, name, removal[name])
        found |= dict.fromkeys(known[name], removal[name])
    return found


def _between(technique: str, name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise CallerError(
            "{technique}: {name} is {share}, but a share lies between 0 and 1; 95 % is written 0.95",
            technique=technique,
            name=name,
            share=share,
        )


def remaining(chain: Sequence[Device], pollutant: Stream, fine_share: float | None = None) -> float:
    """Return the share of an emission that is left behind a chain of devices (剩余比例). [1]

    What a device does not capture escapes it and every device behind it; what it captures goes on, less removal ×
    availability. So one device leaves 1 − capture × removal × availability.

    Parameters
    ----------
    chain : sequence of Device
        In the order of the flow; an empty chain leaves everything.
    pollutant : str
        ``pm10`` and ``tsp`` need `fine_share`; ``bc`` and ``oc`` are removed as PM2.5.
    fine_share : float, optional
        Share of PM2.5 in the uncontrolled PM10 or TSP. [1]

    Raises
    ------
    CallerError
        If PM10 or TSP is asked for without `fine_share`.

    Examples
    --------
    >>> bag = Device("bag_filter", {"pm25": 0.945, "coarse": 0.95})
    >>> round(remaining([bag], "pm25"), 6), round(remaining([bag], "pm10", fine_share=0.25), 6)
    (0.055, 0.05125)
    """
    if pollutant in ("pm10", "tsp"):
        if fine_share is None:
            raise CallerError(
                "what is left of {pollutant} depends on how much of it is PM2.5; give the fine share, or use "
                "remaining_shares with all particle rows of the process",
                pollutant=pollutant,
            )
        return fine_share * remaining(chain, "pm25") + (1 - fine_share) * remaining(chain, "coarse")
    stream: Stream = "pm25" if pollutant in FINE else pollutant
    escaped, inside = 0.0, 1.0
    for one in chain:
        escaped += inside * (1 - one.capture)
        inside *= one.capture * (1 - one.removal.get(stream, 0.0) * one.availability)
    return escaped + inside


def remaining_shares(gross: Sequence[Gross], chain: Sequence[Device]) -> dict[InventoryPollutant, float]:
    """Return for each row of one process what share of it is left behind the chain. [1]

    Fine and coarse particles are removed by their own shares; what is above PM10 counts as coarse. Without a row
    of PM2.5, PM10 and TSP count as wholly coarse. A row whose basis (`Gross.inputs`) is ``controlled`` already
    stands behind the control of a plant within its limits and keeps the share 1.
    """
    amounts = {row.pollutant: row.amount for row in gross}
    found: dict[InventoryPollutant, float] = {}
    for row in gross:
        if row.inputs.get("basis") == "controlled":
            found[row.pollutant] = 1.0
        elif row.pollutant in ("pm10", "tsp"):
            fine = amounts.get("pm25", 0.0) / row.amount if row.amount else 0.0
            found[row.pollutant] = remaining(chain, row.pollutant, min(fine, 1.0))
        else:
            found[row.pollutant] = remaining(chain, row.pollutant)
    return found
