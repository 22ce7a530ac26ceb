"""Is what somebody says of a project sound, and when is it due? (清单校核)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.city.records import City
from lantian.loop.plan.adopting.plan_file import ProjectsTable, RingTable
from lantian.loop.plan.listing.records import STATES, RefusedField
from lantian.science.places import distance
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_LONGEST = {"number": 80, "name": 300, "kind": 80, "address": 300, "note": 2_000}
_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0
_METRES = 1_000


@dataclass(frozen=True, slots=True)
class ListRule:
    """What the city's plan file says of a list; empty for a list that it does not know."""

    table: ProjectsTable | None = None
    ring: RingTable | None = None

    @property
    def kinds(self) -> Mapping[str, str]:
        """Key of a kind → its Chinese title; empty where the list has one kind only."""
        return {row.key: row.title for row in self.table.kinds} if self.table is not None else {}

    def kind_named(self, text: str) -> str | None:
        """Return the kind that a word means: by key, by title, or by a part of one title only."""
        if self.table is None or not self.table.kinds or not text:
            return text
        for row in self.table.kinds:
            if text in {row.key, row.title, row.title_en}:
                return row.key
        near = [row.key for row in self.table.kinds if text in row.title or row.title in text]
        return near[0] if len(near) == 1 else None

    def inside(self, longitude: float | None, latitude: float | None) -> bool | None:
        """Whether a place lies inside the ring with the earlier date; None where its place is not known."""
        if self.ring is None:
            return False
        if longitude is None or latitude is None:
            return None
        reach = (self.ring.built_up_radius_km + self.ring.distance_km) * _METRES
        return bool(distance(self.ring.longitude, self.ring.latitude, longitude, latitude) <= reach)

    def due(self, given: date | None, longitude: float | None, latitude: float | None) -> date | None:
        """Return the day by which a project is due: the earlier date inside the ring."""
        if self.table is None or self.table.earlier is None or not self.inside(longitude, latitude):
            return given
        return self.table.earlier.due if given is None else min(given, self.table.earlier.due)


def refusals(
    fields: Mapping[str, Any], rule: ListRule, city: City, bodies: Collection[str], today: date
) -> Iterator[tuple[str, str]]:
    """Yield (column, message id) for everything that is wrong with a project as it would then stand."""
    for name in ("number", "name"):
        if not fields[name]:
            yield name, mark("A project needs a number and a name. Give both.")
    for name, most in _LONGEST.items():
        if len(fields[name]) > most:
            yield name, mark("A text is longer than the ledger takes. Shorten it.")
    if fields["state"] not in STATES:
        yield "state", mark("This is none of the states of a project. Choose one from the list of the cell.")
    if rule.kind_named(fields["kind"]) is None:
        yield "kind", mark("The list has no such kind. Choose one from the list of the cell.")
    if fields["county"] is not None and fields["county"] not in {row.adcode for row in city.counties}:
        yield "county", mark("The city has no such county. Write its name as the city does.")
    if fields["organisation_id"] is not None and fields["organisation_id"] not in bodies:
        yield "organisation_id", mark("The directory knows no such body. Write its name as the plan does.")
    yield from _place(fields)
    yield from _days(fields, today)
    for name in ("quantity", "planned", "spent"):
        value = fields[name]
        if value is not None and value < 0:
            yield name, mark("An amount is below zero. Correct it.")
    for name in ("planned", "spent"):
        value = fields[name]
        if value is not None and value * 100 != (value * 100).to_integral_value():
            yield name, mark("An amount is finer than a fen. Write at most six decimals of 10,000 yuan.")


def _place(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    longitude, latitude = fields["longitude"], fields["latitude"]
    if (longitude is None) != (latitude is None):
        missing = "longitude" if longitude is None else "latitude"
        yield missing, mark("One coordinate stands without the other. Give both or none.")
    if longitude is not None and not _WEST <= longitude <= _EAST:
        yield "longitude", mark("This is no longitude in China. Write decimal degrees; are the two swapped?")
    if latitude is not None and not _SOUTH <= latitude <= _NORTH:
        yield "latitude", mark("This is no latitude in China. Write decimal degrees; are the two swapped?")


def _days(fields: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    done_on, start = fields["done_on"], fields["start"]
    if fields["state"] == "done" and done_on is None:
        yield "done_on", mark("It is said to be done, but not when. Give the day.")
    if fields["state"] != "done" and done_on is not None:
        yield "state", mark("It has a day on which it was done, but is not said to be done. Correct one of them.")
    if done_on is not None and done_on > today:
        yield "done_on", mark("It is said to be done on a day that is yet to come. Correct it.")
    if done_on is not None and start is not None and done_on < start:
        yield "done_on", mark("It is said to be done before it was begun. Correct one of them.")


def advice(fields: Mapping[str, Any], rule: ListRule, given: date | None) -> Iterator[Finding]:
    """Yield what a person should look at in a project that is taken all the same."""
    number, spent, planned = str(fields["number"]), fields["spent"], fields["planned"]
    if rule.table is not None and rule.table.earlier is not None and rule.ring is not None:
        inside = rule.inside(fields["longitude"], fields["latitude"])
        if inside is None and fields["county"] == rule.ring.county:
            yield Finding(
                "place_missing", number,
                mark("{name} has no coordinates: whether the earlier date {due} holds for it is not known."),
                evidence={"name": fields["name"], "due": rule.table.earlier.due.isoformat()},
            )  # fmt: skip
        elif inside and given is not None and given > rule.table.earlier.due:
            yield Finding(
                "due_earlier_in_ring", number,
                mark("{name} lies within {distance} km of {ring}: it is due on {due}, not on {given}."),
                Severity.INFO,
                evidence={
                    "name": fields["name"], "distance": rule.ring.distance_km, "ring": rule.ring.title,
                    "due": rule.table.earlier.due.isoformat(), "given": given.isoformat(),
                },
            )  # fmt: skip
    if spent is not None and planned is not None and spent > planned:
        yield Finding(
            "spent_over_planned", number,
            mark("{name} has spent {spent} yuan of {planned} planned."),
            evidence={"name": fields["name"], "spent": _plain(spent), "planned": _plain(planned)},
        )  # fmt: skip


def refused(place: int, fields: Mapping[str, Any], column: str, message: str) -> RefusedField:
    """Return a reason with the value that it is about."""
    value = fields.get(column)
    return RefusedField(
        str(fields.get("number") or ""), column, "" if value is None else str(value), message, place
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
