"""What an outlet is by law from a day on: its body, kind of source, marks, reference oxygen (排放口登记)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Device, Organisation, OutletRecord
from lantian.loop.sense.acting import Act, check_person
from lantian.loop.sense.centre import Centre
from lantian.rules import EmissionLimits, MarkRule, ReferenceOxygen, SourceDataRule
from lantian.rules.edition import Edition
from lantian.science.emission.recompute import Basis
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.ids import uuid7

E = TypeVar("E", bound=Edition)
BASES: tuple[Basis, ...] = ("dry_standard", "wet_standard", "wet_working")
DEFAULT_INDUSTRY = "default"


@dataclass(frozen=True, slots=True)
class OutletContent:
    """What is said of an outlet."""

    outlet: str
    from_day: date
    name: str = ""
    organisation: str | None = None
    source_kind: str = ""
    industry: str = DEFAULT_INDUSTRY
    reference_oxygen: Decimal | None = None
    """Of its permit, where that names another one than its kind of source has. [%]"""
    gas_basis: Basis = "dry_standard"
    basis: str = ""
    """Permit or clause that says so."""


@dataclass(frozen=True, slots=True)
class LegalOxygen:
    """Reference oxygen of an outlet on a day."""

    oxygen: float | None
    """None where the standard names none, or where nobody knows it. [%]"""
    known: bool
    """Whether anything says so: then None means that the measured value stands for itself."""
    source: str
    """Id of the edition, or of the record or device that names it; empty where nothing does."""


_UNKNOWN = LegalOxygen(None, known=False, source="")


def record_outlet(centre: Centre, content: OutletContent, *, by: str, reason: str) -> OutletRecord:
    """Say what an outlet is from a day on; what was said before stays readable (登记).

    Raises
    ------
    CallerError
        No reason, somebody who may not, an unknown body, kind of source, industry or gas, or an oxygen without the
        permit that names it.
    """
    _check(centre, content, reason)
    at = centre.now()
    with centre.ledger.write() as session:
        check_person(session, centre, by, Act.OUTLET_RECORD, content.outlet)
        if content.organisation is not None and session.get(Organisation, content.organisation) is None:
            raise CallerError(
                "There is no body {body!r} in the ledger. `lantian people bodies` lists them; add it first.",
                body=content.organisation,
            )
        return put_record(session, content, simulated=centre.simulated, by=by, reason=reason, at=at)


def put_record(
    session: Session, content: OutletContent, *, simulated: bool, by: str, reason: str, at: datetime
) -> OutletRecord:
    """Write a record that was checked, and its entry in the chain, in the caller's transaction."""
    row = OutletRecord(
        id=str(uuid7(at)), outlet=content.outlet, from_day=content.from_day, name=content.name,
        organisation_id=content.organisation, source_kind=content.source_kind, industry=content.industry,
        reference_oxygen=content.reference_oxygen, gas_basis=content.gas_basis, basis=content.basis,
        simulated=simulated, reason=reason.strip(), by=by.strip(), at=at,
    )  # fmt: skip
    session.add(row)
    append_entry(
        session, at=at, actor=by, kind="outlet.recorded", subject=f"outlet:{content.outlet}",
        payload={
            "record": row.id, "from_day": content.from_day, "organisation": content.organisation,
            "source_kind": content.source_kind, "industry": content.industry,
            "reference_oxygen": content.reference_oxygen, "gas_basis": content.gas_basis,
            "basis": content.basis, "reason": reason,
        },
    )  # fmt: skip
    return row


def list_records(centre: Centre, outlet: str | None = None) -> list[OutletRecord]:
    """List what was said of outlets, in the order in which it holds."""
    query = select(OutletRecord).order_by(OutletRecord.outlet, OutletRecord.from_day, OutletRecord.at)
    if outlet is not None:
        query = query.where(OutletRecord.outlet == outlet)
    with centre.ledger.read() as session:
        return list(session.scalars(query))


def record_on(records: Sequence[OutletRecord], day: date) -> OutletRecord | None:
    """Return which of one outlet's records holds on a day; None before the first.

    Parameters
    ----------
    records : sequence of OutletRecord
        As `list_records` orders them.
    """
    held = [row for row in records if row.from_day <= day]
    return held[-1] if held else None


def legal_oxygen(centre: Centre, record: OutletRecord | None, device: Device | None, day: date) -> LegalOxygen:
    """Return the reference oxygen of an outlet on a day: of its permit, its limits, its kind, else of its device.

    Parameters
    ----------
    record : OutletRecord or None
        The one that holds on the day.
    device : Device or None
        Registered for the outlet; what it says has no day, so that a record goes before it.
    """
    if record is not None and record.reference_oxygen is not None:
        return LegalOxygen(float(record.reference_oxygen), known=True, source=f"outlet-record-{record.id}")
    if record is not None and record.source_kind:
        return _of_kind(centre, record.source_kind, day)
    if device is not None and device.reference_oxygen is not None:
        return LegalOxygen(device.reference_oxygen, known=True, source=f"device-{device.mn}")
    return _UNKNOWN


def legal_limits(centre: Centre, record: OutletRecord | None, day: date) -> EmissionLimits | None:
    """Return the limits of an outlet's kind of source on a day; None where no rule names one (排放限值)."""
    if record is None or not record.source_kind:
        return None
    return _edition(centre, EmissionLimits, record.source_kind, day)


def known_oxygens(centre: Centre, day: date) -> tuple[float, ...]:
    """List the reference oxygens of every kind of source on a day, rising: what a device may have taken. [%]."""
    found = {
        float(edition.oxygen)
        for edition in centre.rulebook.editions("reference_oxygen")
        if isinstance(edition, ReferenceOxygen) and edition.oxygen is not None and edition.holds_on(day)
    }
    return tuple(sorted(found))


# ---------------------------------------------------------------------------------------------- inside


def _of_kind(centre: Centre, kind: str, day: date) -> LegalOxygen:
    """Ask the limits of a kind of source first: they are read with the oxygen that they state."""
    limits = _edition(centre, EmissionLimits, kind, day)
    if limits is not None and limits.reference_oxygen is not None:
        return LegalOxygen(float(limits.reference_oxygen), known=True, source=limits.id)
    rule = _edition(centre, ReferenceOxygen, kind, day)
    if rule is None:
        return _UNKNOWN
    return LegalOxygen(None if rule.oxygen is None else float(rule.oxygen), known=True, source=rule.id)


def _edition(centre: Centre, subject: type[E], kind: str, day: date) -> E | None:
    name = subject.subject_name
    choice = replace(centre.choice, variants={**centre.choice.variants, name: kind})
    try:
        return centre.rulebook.edition(subject, name, day, choice)
    except RuleError:
        return None


def _check(centre: Centre, content: OutletContent, reason: str) -> None:
    if not content.outlet.strip() or not reason.strip():
        raise CallerError("What an outlet is needs its code and a reason; the reason is kept as evidence.")
    if content.gas_basis not in BASES:
        raise CallerError(
            "{basis!r} is no gas that concentrations are stated in. Use one of {known}.",
            basis=content.gas_basis, known=", ".join(BASES),
        )  # fmt: skip
    oxygen = content.reference_oxygen
    air = centre.rulebook.edition(SourceDataRule, "source_data", content.from_day, centre.choice).oxygen_in_air
    if oxygen is not None and (not 0 <= oxygen < air or not content.basis.strip()):
        raise CallerError(
            "A reference oxygen of {oxygen} % must lie from 0 to below {air} and needs the permit or clause that "
            "names it: give its basis.",
            oxygen=oxygen, air=air,
        )  # fmt: skip
    kinds = {*_variants(centre, ReferenceOxygen), *_variants(centre, EmissionLimits)}
    if content.source_kind and content.source_kind not in kinds:
        raise CallerError(
            "{kind!r} is no kind of source that a rule knows. Use one of {known}.",
            kind=content.source_kind, known=", ".join(sorted(kinds)),
        )  # fmt: skip
    industries = _variants(centre, MarkRule)
    if content.industry not in industries:
        raise CallerError(
            "{industry!r} is no industry of the mark rules. Use one of {known}.",
            industry=content.industry, known=", ".join(sorted(industries)),
        )  # fmt: skip


def _variants(centre: Centre, subject: type[Edition]) -> set[str]:
    return {name for row in centre.rulebook.editions(subject.subject_name) for name in row.variant}
