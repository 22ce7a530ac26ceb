"""Find, merge and check the plan files of a city's folders: what is doubtful in them becomes findings."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lantian.city.files import Limits, record_of, toml_of
from lantian.city.records import City
from lantian.loop.plan.adopting.plan_file import (
    FILE,
    Answered,
    MeasureTable,
    PlanFile,
    ProjectsTable,
    RingTable,
)
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_KEYS = {"measures": "number", "targets": "key", "rings": "key", "sections": "label"}
"""By what an overlay's table replaces one of the city's."""


@dataclass(frozen=True, slots=True)
class StructuredPlan:
    """A city's plan file, checked."""

    file: PlanFile
    digest: str
    """SHA-256 of what it says, whatever its spelling."""
    paths: tuple[str, ...]
    findings: tuple[Finding, ...]

    def projects(self, key: str) -> ProjectsTable | None:
        """Return the list of projects with this key."""
        return next((row for measure in self.file.measures for row in measure.projects if row.key == key), None)

    def ring(self, key: str) -> RingTable | None:
        """Return the ring with this key."""
        return next((row for row in self.file.rings if row.key == key), None)


def load_structured(city: City, limits: Limits | None = None) -> StructuredPlan | None:
    """Read the plan file of a city's folders; None where it has none.

    A workspace's file replaces the tables of the same number, key or label, or is a plan of its own where its
    ``[plan]`` names another key.

    Raises
    ------
    CallerError
        When a file cannot be read or a field is wrong; what is readable but doubtful becomes a finding.
    """
    content: dict[str, Any] = {}
    paths: list[Path] = []
    for folder in city.folders:
        path = Path(folder) / FILE
        if path.is_file():
            above = toml_of(path, limits or Limits())
            other = above.get("plan", {}).get("key", content.get("plan", {}).get("key"))
            content = _merged(content, above) if other == content.get("plan", {}).get("key") else above
            paths.append(path)
    if not paths:
        return None
    file = record_of(paths[-1], content, PlanFile)
    text = json.dumps(file.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return StructuredPlan(file, digest, tuple(str(path) for path in paths), tuple(_check(file, city, paths[-1])))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = dict(below)
    for name, value in above.items():
        if name in _KEYS and isinstance(value, list) and isinstance(merged.get(name), list):
            merged[name] = _merged_tables(merged[name], value, _KEYS[name])
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = {**merged[name], **value}
        else:
            merged[name] = value
    return merged


def _merged_tables(below: Sequence[Any], above: Sequence[Any], key: str) -> list[Any]:
    """Put tables over those of the same key; a table that is not there yet is added."""
    rows = {str(row.get(key)) if isinstance(row, dict) else str(n): row for n, row in enumerate(below)}
    for n, row in enumerate(above):
        name = str(row.get(key)) if isinstance(row, dict) else f"+{n}"
        rows[name] = {**rows[name], **row} if isinstance(row, dict) and isinstance(rows.get(name), dict) else row
    return list(rows.values())


# ---------------------------------------------------------------------------------------------- checks


def _check(file: PlanFile, city: City, path: Path) -> Iterator[Finding]:
    """List what the classes cannot see: names that nothing answers to, and doubled keys."""
    bodies = {row.id for row in city.bodies}
    places = {"city", city.adcode, *(row.adcode for row in city.counties)}
    labels, rings = {row.label for row in file.sections}, {row.key for row in file.rings}
    if file.plan.issuer not in bodies:
        yield _unknown(path, "plan.issuer", file.plan.issuer, _BODY)
    for ring in file.rings:
        if not ring.confirmed:
            yield Finding(
                "ring_not_confirmed", f"{path.name}: rings.{ring.key}",
                mark("The centre and the radius of the built-up area are ours; the city has to confirm them."),
                Severity.INFO, evidence={"longitude": ring.longitude, "latitude": ring.latitude,
                                         "radius_km": ring.built_up_radius_km},
            )  # fmt: skip
    for target in file.targets:
        for code in (*target.subjects, *target.except_subjects):
            if code not in places:
                yield _unknown(path, f"targets.{target.key}", code, _PLACE)
    numbers = [str(row.number) for row in file.measures]
    yield from _doubled(path, "measures", numbers)
    yield from _doubled(path, "targets", [row.key for row in file.targets])
    lists = [row.key for measure in file.measures for row in measure.projects]
    yield from _doubled(path, "projects", lists)
    for measure in file.measures:
        where = f"measures.{measure.number}"
        if labels and measure.section not in labels:
            yield _unknown(path, where, measure.section, mark("The section {value} is not in the file."))
        yield from _check_measure(path, where, measure, bodies, rings)


def _check_measure(
    path: Path, where: str, measure: MeasureTable, bodies: set[str], rings: set[str]
) -> Iterator[Finding]:
    for number, tail in enumerate(measure.tails, start=1):
        for _, body in tail.bodies():
            if body not in bodies:
                yield _unknown(path, f"{where}.tails.{number}", body, _BODY)
    yield from _doubled(path, f"{where}.indicators", [row.key for row in measure.indicators])
    yield from _doubled(path, f"{where}.deadlines", [row.key for row in measure.deadlines])
    answered: list[Answered] = [*measure.deadlines, *measure.indicators, *measure.projects, *measure.money]
    for row in answered:
        if row.tail is not None and row.tail > len(measure.tails):
            yield _unknown(path, f"{where}.{row.key}", str(row.tail), mark("There is no tail number {value}."))
    for projects in measure.projects:
        if projects.body is not None and projects.body not in bodies:
            yield _unknown(path, f"{where}.{projects.key}", projects.body, _BODY)
        if projects.earlier is not None and projects.earlier.ring not in rings:
            yield _unknown(path, f"{where}.{projects.key}", projects.earlier.ring, mark("No ring {value} here."))
        counted = [row.count for row in projects.kinds if row.count is not None]
        if counted and len(counted) == len(projects.kinds) and sum(counted) != projects.count:
            yield _unknown(
                path, f"{where}.{projects.key}", str(sum(counted)),
                mark("The kinds of this list make {value}, which is not its count."),
            )  # fmt: skip


_BODY = mark("The directory of bodies does not know {value}.")
_PLACE = mark("{value} is neither the city nor one of its counties.")


def _unknown(path: Path, where: str, value: str, message: str) -> Finding:
    return Finding(
        "plan_file_unknown", f"{path.name}: {where}", message, Severity.ERROR, evidence={"value": value}
    )


def _doubled(path: Path, where: str, keys: Sequence[str]) -> Iterator[Finding]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Finding(
            "plan_file_doubled", f"{path.name}: {where}", mark("{value} stands twice."), Severity.ERROR,
            evidence={"value": key},
        )  # fmt: skip
