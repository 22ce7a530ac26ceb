"""How was this tonne made: everything that went into a row, as plain data that makes it again (溯源)."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from lantian.science.inventory.estimating import KILOGRAMS, Estimate
from lantian.science.inventory.methods import full_year
from lantian.science.inventory.records import Measured

Trace = Mapping[str, Any]


def trace_of(row: Estimate) -> dict[str, Any]:
    """Return all that a row was made of, ready for JSON.

    Parameters
    ----------
    row : Estimate
        Row of the inventory.

    Returns
    -------
    dict
        ``activity``, ``factor``, ``controls``, ``measured`` and ``methods``; amounts in t, factors in kg per unit.
    """
    trace: dict[str, Any] = {
        "method": row.method,
        "activity": None
        if row.activity is None
        else {"amount": row.activity, "unit": row.unit, "gsd": row.activity_gsd},
        "factor": None,
        "controls": [
            {
                "technology": control.technique,
                "capture": control.capture,
                "availability": control.availability,
                "removal": {str(stream): share for stream, share in control.removal.items()},
                "rule": control.rule,
                "evidence": control.evidence,
            }
            for control in row.controls
        ],
        "left": row.left,
        "share": row.share,
        "measured": [
            {
                "method": one.method, "process": one.process, "amount": one.amount, "coverage": one.coverage,
                "outlet": one.outlet, "evidence": one.evidence, "pollutant": one.pollutant,
            }
            for one in row.measured
        ],
        "methods": [
            {
                "method": each.method, "amount": each.amount, "used": each.used, "reason": each.reason,
                "values": dict(each.values or {}),
            }
            for each in row.alternatives
        ],
    }  # fmt: skip
    if row.gross is not None:
        trace["factor"] = {
            "value": row.gross.factor,
            "rule": row.gross.rule,
            "formula": row.gross.formula,
            "confidence": str(row.gross.confidence),
            "gsd": row.gross.gsd,
            "inputs": dict(row.gross.inputs),
            "gross": row.gross.amount,
        }
    return trace


def made_again(trace: Trace) -> float | None:
    """Make an amount again from its trace: measured share, or activity × factor × what devices leave.

    Parameters
    ----------
    trace : mapping
        From `trace_of`.

    Returns
    -------
    float or None
        None where the trace does not say enough. [t]
    """
    if trace["measured"]:
        total = sum(
            full_year(Measured("", each["pollutant"], each["method"], each["amount"], coverage=each["coverage"]))
            for each in trace["measured"]
        )
        return float(total * trace["share"])
    if trace["activity"] is None or trace["factor"] is None:
        return None
    return float(trace["activity"]["amount"] * trace["factor"]["value"] / KILOGRAMS * trace["left"])


def agrees(amount: float, trace: Trace) -> bool:
    """Whether a trace leads to an amount, to nine digits."""
    again = made_again(trace)
    return again is not None and isclose(again, amount, rel_tol=1e-9, abs_tol=1e-12)
