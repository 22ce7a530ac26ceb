"""Bodies of the city's directory, and those that only a document names, in the ledger (责任主体)."""

import hashlib
import unicodedata
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.city.records import Body, City
from lantian.ledger import append_entry
from lantian.ledger.models import EntryHead, Organisation
from lantian.loop.plan.office import Office

UNKNOWN = "unknown-"
"""How the id of a body begins that the city's directory does not know."""
_KINDS = {"department": "department", "finance": "department", "zone": "zone", "company": "enterprise"}


def register_bodies(office: Office, *, by: str) -> int:
    """Bring every body of the city's directory into the ledger; again changes nothing.

    A collective (各县区人民政府) is no organisation: its members are. A body whose names changed in the directory
    is brought up to date.

    Returns
    -------
    int
        How many organisations were added or changed.
    """
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        changed = write_bodies(session, office)
        if changed:
            append_entry(
                session, at=at, actor=by, kind="bodies.registered", subject=f"city:{office.city.adcode}",
                payload={"bodies": changed},
            )  # fmt: skip
    return len(changed)


def write_bodies(session: Session, office: Office) -> list[str]:
    """Bring the directory into the ledger within the caller's transaction; return the ids that changed."""
    at = office.now()
    known = {row.id: row for row in session.execute(select(Organisation)).scalars()}
    changed = []
    for body in office.city.bodies:
        if body.kind == "collective":
            continue
        facts = {
            "kind": _kind(body, office.city),
            "name_zh": body.name,
            "full_name_zh": body.full_name,
            "name_en": body.name_en,
            "county": body.county,
        }
        row = known.get(body.id)
        if row is None:
            session.add(Organisation(id=body.id, made_at=at, **facts))
        elif any(getattr(row, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(row, name, value)
        else:
            continue
        changed.append(body.id)
    session.flush()
    return changed


def write_unknown(session: Session, office: Office, names: Mapping[str, str]) -> None:
    """Keep bodies that the directory does not know, by `unknown_id` and the name as written."""
    for identifier, name in names.items():
        if session.get(Organisation, identifier) is None:
            session.add(
                Organisation(
                    id=identifier, kind="other", name_zh=name, full_name_zh=name, name_en=name, county=None,
                    made_at=office.now(),
                )
            )  # fmt: skip
    session.flush()


def unknown_id(name: str) -> str:
    """Return the id of a body that only a document names.

    Examples
    --------
    >>> unknown_id("省能源局") == unknown_id(" 省能源局 ")
    True
    """
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    return UNKNOWN + hashlib.sha256(plain.encode()).hexdigest()[:12]


def lock(session: Session) -> None:
    """Let one command at a time decide: hold the head of the chain until the transaction ends."""
    session.execute(select(EntryHead.id).where(EntryHead.id == 1).with_for_update()).scalar_one()


def _kind(body: Body, city: City) -> str:
    if body.kind == "government":
        if body.county is not None:
            return "county"
        return "office" if body.full_name.startswith(city.name_zh) else "other"
    return _KINDS.get(body.kind, "other")
