"""Rule files to editions: read, inherit, check; every fault names its file, its edition and what to do."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lantian.rules.edition import Edition
from lantian.rules.records import SUBJECTS, AqiRule
from lantian.terms.errors import RuleError

PACKAGED = Path(__file__).parent
"""Folder of the packaged rule files."""

_OWN = ("id", "like", "reason")
"""What an edition never takes from the one it is like."""

RawEdition = dict[str, Any]


def read_folder(folder: Path) -> list[RawEdition]:
    """Read every ``*.toml`` of a folder, sorted by name, as unchecked tables that remember their file."""
    if not folder.is_dir():
        raise RuleError(
            "{folder} is not a folder of rule files; name the folder that holds the city's *.toml rules",
            folder=folder,
        )
    return [raw for path in sorted(folder.glob("*.toml")) for raw in read_file(path)]


def read_file(path: Path) -> list[RawEdition]:
    """Read the ``[[edition]]`` tables of one rule file; decimals keep the text they were written with."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise RuleError(
            "{path}: not readable as TOML ({fault}); no rule of this file can be used until it is mended",
            path=path,
            fault=fault,
        ) from fault
    editions = content.pop("edition", [])
    if content or not isinstance(editions, list) or not all(isinstance(raw, dict) for raw in editions):
        stray = ", ".join(content) or "edition"
        raise RuleError(
            "{path}: a rule file holds [[edition]] tables only, found {stray!r}; docs/rules.md shows their form",
            path=path,
            stray=stray,
        )
    return [{**{field: _tabled(value, path) for field, value in raw.items()}, "_file": path} for raw in editions]


def _tabled(value: object, path: Path) -> object:
    """Read the rows of a field that is written ``{ csv = "tables/name.csv" }``; anything else stays as it is."""
    if not isinstance(value, dict) or set(value) != {"csv"}:
        return value
    table = path.parent / str(value["csv"])
    if not table.resolve().is_relative_to(path.parent.resolve()):
        raise RuleError(
            "{path}: the table {table} lies outside the folder of the rule file, so a copy of the rules "
            "would lack it; put it beside the rule file",
            path=path,
            table=value["csv"],
        )
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise RuleError(
            "{path}: the table {table} is not readable as CSV ({fault}); no rule of this file can be used "
            "until it is mended",
            path=path,
            table=table,
            fault=fault,
        ) from fault
    header = rows[0] if rows else []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header) or (number == 1 and (not all(row) or len(set(row)) < len(row))):
            raise RuleError(
                "{table}, line {number}: {count} cells under a heading of {wide}; give every line one cell for "
                "each heading, and every heading a name of its own",
                table=table,
                number=number,
                count=len(row),
                wide=len(header),
            )
    return [{name: cell for name, cell in zip(header, row, strict=True) if cell != ""} for row in rows[1:]]


def build(
    raws: Iterable[RawEdition], known: Mapping[str, RawEdition]
) -> tuple[list[Edition], dict[str, RawEdition]]:
    """Turn unchecked tables into editions, and return them with all tables by id (`known` and new).

    Parameters
    ----------
    raws : iterable of dict
        Tables from `read_folder`.
    known : mapping of str to dict
        Tables that stand below, by id: an edition may be `like` one of them.

    Raises
    ------
    RuleError
        For an id that is missing or used twice, a `like` that leads nowhere or round, or a table that does not fit
        its subject.
    """
    new: dict[str, RawEdition] = {}
    for raw in raws:
        name = raw.get("id")
        if not isinstance(name, str) or not name:
            raise RuleError(
                "{raw}: an edition has no id; every result names its edition, so give it one",
                raw=raw["_file"],
            )
        if name in new or name in known:
            first = (new.get(name) or known[name])["_file"]
            raise RuleError(
                "{raw}: the id {name!r} is already used in {first}; results name their edition by its "
                "id, so choose another",
                raw=raw["_file"],
                name=name,
                first=first,
            )
        new[name] = raw
    tables = {**known, **new}
    return [_check(_inherit(raw, tables)) for raw in new.values()], tables


def _inherit(raw: RawEdition, tables: Mapping[str, RawEdition], seen: tuple[str, ...] = ()) -> RawEdition:
    """Fill in what an edition takes from the one it is like; the two dates go together."""
    parent = raw.get("like")
    if parent is None:
        return raw
    if parent not in tables or parent == raw["id"] or parent in seen:
        chain = " → ".join((*seen, raw["id"], str(parent)))
        problem = "goes round in a circle" if parent in tables else "leads to no edition"
        raise RuleError(
            "{raw}: like = {parent!r} of {raw_2!r} {problem} ({chain}); name another edition's id",
            raw=raw["_file"],
            parent=parent,
            raw_2=raw["id"],
            problem=problem,
            chain=chain,
        )
    whole = _inherit(tables[parent], tables, (*seen, raw["id"]))
    taken = {key: value for key, value in whole.items() if key not in _OWN}
    if "in_force" in raw:
        taken.pop("until", None)
    return {**taken, **raw}


def _check(raw: RawEdition) -> Edition:
    """Check one whole table against the record of its subject."""
    path, subject = raw["_file"], raw.get("subject")
    kind = SUBJECTS.get(subject) if isinstance(subject, str) else None
    if kind is None:
        known = ", ".join(SUBJECTS)
        raise RuleError(
            "{path}: edition {raw!r} has the subject {subject!r}, which nobody reads; use one of {known}",
            path=path,
            raw=raw["id"],
            subject=subject,
            known=known,
        )
    try:
        edition = kind.model_validate({key: value for key, value in raw.items() if key != "_file"})
    except ValidationError as fault:
        found = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'edition'}: {error['msg']}"
            for error in fault.errors(include_url=False)
        )
        raise RuleError(
            "{path}: edition {raw!r} does not fit {subject}: {found}; docs/rules.md shows the form",
            path=path,
            raw=raw["id"],
            subject=subject,
            found=found,
        ) from fault
    if isinstance(edition, AqiRule) and edition.subject != f"aqi_{edition.averaging}":
        raise RuleError(
            "{path}: edition {id!r} averages over a {averaging} but its subject is {subject}, so it "
            "would judge the wrong data; make the two agree",
            path=path,
            id=edition.id,
            averaging=edition.averaging,
            subject=subject,
        )
    return edition
