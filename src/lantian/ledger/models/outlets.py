"""What an outlet is by law from a day on: whose it is, which limits and marks it has, its reference oxygen."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class OutletRecord(Row):
    """A statement about an outlet that holds from a legal day on (排放口登记).

    Rows are never changed. On a day the row with the latest `from_day` up to it holds; of two with one `from_day`
    the later.
    """

    __tablename__ = "outlet_records"
    __table_args__ = (Index("ix_outlet_records_outlet", "outlet", "from_day"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    outlet: Mapped[str] = mapped_column(KEY)
    from_day: Mapped[date]
    name: Mapped[str] = mapped_column(NAME)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    """Whose it is; None where that is not known yet."""
    source_kind: Mapped[str] = mapped_column(KEY)
    """Kind of source: variant of the rules about reference oxygen and limits; empty where it is not known."""
    industry: Mapped[str] = mapped_column(KEY)
    """Variant of the rule about marks."""
    reference_oxygen: Mapped[Decimal | None]
    """Of its permit, where that names another one than its kind of source has. [%]"""
    gas_basis: Mapped[str] = mapped_column(String(20))
    """Gas in which its analyser states concentrations: ``dry_standard``, ``wet_standard`` or ``wet_working``."""
    basis: Mapped[str] = mapped_column(Text)
    """Permit or clause that says so."""
    simulated: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
