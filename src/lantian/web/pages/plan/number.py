"""The one number of the plan that matters today: overdue duties of those that the reader may see."""

from typing import TYPE_CHECKING

from lantian.loop.plan.queries import find_plan
from lantian.loop.plan.views.tallies import counts_within

if TYPE_CHECKING:
    from lantian.web.visiting import Visit


def overdue(visit: "Visit") -> str | None:
    """Return how many duties are overdue; None where nothing is, or no plan stands."""

    def count() -> int:
        office = visit.house.office()
        return 0 if find_plan(office) is None else counts_within(office, visit.scope, today=visit.today).overdue

    return str(visit.keeper.keep(("plan", "overdue", visit.today, visit.scope), ("ledger",), count) or "") or None
