"""Which boilers stand within reach of a large heat and power plant and have to go? (供热半径内燃煤锅炉清单)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from lantian.ledger.models import Project, Task
from lantian.loop.plan.admission.applications import admission_rule
from lantian.loop.plan.admission.records import HeatSource
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan
from lantian.science.admission import within_heat_radius
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

LISTS = ("small-boilers", "heat-radius-boilers")
"""Keys of the plan's lists that hold standing coal boilers; their quantity is the capacity. [t/h]"""
_GONE = ("done", "dropped")
REASONS = {
    "heat_radius": mark("within the heat radius of a large heat and power plant"),
    "small": mark("small coal boilers are kept at zero"),
}


@dataclass(frozen=True, slots=True)
class StandingBoiler:
    """A coal boiler that stands."""

    name: str
    capacity: Decimal | None
    """[t/h]"""
    longitude: float | None
    """[deg], EPSG:4490"""
    latitude: float | None
    """[deg], EPSG:4490"""
    county: str | None = None
    """adcode"""
    project_id: str | None = None


@dataclass(frozen=True, slots=True)
class BoilerInReach:
    """Where a boiler stands and why it has to go."""

    boiler: StandingBoiler
    plant: str | None
    """Nearest plant that is large enough."""
    distance: float | None
    """[km]"""
    inside: bool | None
    """None where its place is not known."""
    must_go: tuple[str, ...]
    """Keys of `REASONS`; empty where it may stay, or where nobody knows."""


def boilers_in_reach(
    office: Office,
    plants: Sequence[HeatSource],
    boilers: Sequence[StandingBoiler] | None = None,
    *,
    on: date | None = None,
    plan_id: str | None = None,
) -> tuple[BoilerInReach, ...]:
    """Say of every standing boiler how far the nearest large plant is, and whether it has to go; nearest first.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    plants : sequence of HeatSource
        Heat and power plants; those below the rule's size do not count.
    boilers : sequence of StandingBoiler, optional
        By default the boilers on the plan's lists that are neither done nor dropped.
    on : date, optional
        Day whose rule holds; by default today.
    plan_id : str, optional
        Plan whose lists are read; by default the one in force.

    Raises
    ------
    CallerError
        No boilers are known.
    """
    rule = admission_rule(office, on or office.today())
    known = list(standing_boilers(office, plan_id=plan_id) if boilers is None else boilers)
    if not known:
        raise CallerError(
            "No standing boiler is known. Import the list {lists} of the plan, or name a file.",
            lists=", ".join(LISTS),
        )
    reach = within_heat_radius(
        ([_or_nan(row.longitude) for row in known], [_or_nan(row.latitude) for row in known]),
        ([row.longitude for row in plants], [row.latitude for row in plants]),
        [float(row.capacity) for row in plants],
        least_capacity=float(rule.heat_plant_from),
        radius=float(rule.heat_radius),
    )
    found = []
    for row, nearest, away, inside in zip(known, reach.nearest, reach.distance, reach.inside, strict=True):
        placed = row.longitude is not None and row.latitude is not None
        reasons = ["heat_radius"] if placed and inside == 1 else []
        if row.capacity is not None and row.capacity <= rule.small_boiler_up_to:
            reasons.append("small")
        found.append(
            BoilerInReach(
                boiler=row,
                plant=plants[int(nearest)].name if nearest >= 0 else None,
                distance=float(away) if nearest >= 0 else None,
                inside=bool(inside) if placed else None,
                must_go=tuple(reasons),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.distance is None, one.distance or 0.0, one.boiler.name)))


def standing_boilers(office: Office, *, plan_id: str | None = None) -> tuple[StandingBoiler, ...]:
    """Read the boilers of the plan's lists that still stand; one that is on both lists is read once."""
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        asked = (
            select(Project)
            .join(Task, Task.id == Project.task_id)
            .where(Task.plan_id == plan.id, Task.key.in_(LISTS), Project.state.not_in(_GONE))
            .order_by(Task.key, Project.number)
        )
        rows = {
            (row.name, row.longitude, row.latitude): StandingBoiler(
                row.name, row.quantity, row.longitude, row.latitude, row.county, row.id
            )
            for row in session.scalars(asked)
        }
    return tuple(rows.values())


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
