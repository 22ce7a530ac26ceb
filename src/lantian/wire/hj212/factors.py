"""What a factor, a system and a data flag mean, by edition (因子编码, 系统编码, 数据标记)."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.tables import editions_of, rows

Confidence = Literal["A", "B", "C"]

_PROCESS = re.compile(r"([g]\d{3})\w{2}")
"""A process code ends with the number of the equipment."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor code of the standard."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    """Unit of the standard; a point may send another. Empty where the standard leaves it open."""
    amount_unit: str
    """Unit of -Cou, empty when there is no amount."""
    type: str
    """N5.2: up to five digits before and two behind the point. Empty where the standard leaves it open."""
    editions: tuple[Edition, ...]
    legacy: str
    """Code of the edition of 2005, empty when it had none."""
    confidence: Confidence

    @property
    def decimals(self) -> int | None:
        """Digits behind the point, None where the type is open or no number."""
        if not self.type.startswith("N"):
            return None
        return int(self.type.partition(".")[2] or 0)


@dataclass(frozen=True, slots=True)
class System:
    """A system code (ST)."""

    code: str
    name_zh: str
    name_en: str
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class DataFlag:
    """A data flag (xxxxxx-Flag)."""

    code: str
    name_zh: str
    name_en: str
    valid: bool
    """Whether a value with this flag counts as a measurement."""
    hint: str
    """What a value that does not count may still tell, such as "exceedance"; else empty."""
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """How the flag of a period follows from the flags inside it."""

    systems: tuple[str, ...]
    share: str
    """Least share of normal values, as decimal text."""
    normal: str
    other: str


def factor(code: str, edition: Edition = Edition.HJ2017) -> Factor | None:
    """Return what a factor code means in this edition, or None when the standard does not know it.

    Codes of 2005 are read by their own table (``02`` is sulphur dioxide), process codes of any equipment too.

    Examples
    --------
    >>> factor("a21026").name_en, factor("a21026").unit, factor("02", Edition.HJ2005).code
    ('sulphur dioxide', 'mg/m³', 'a21026')
    >>> factor("a34013", Edition.HJ2025).type
    'N4.1'
    >>> factor("g11003").name_en
    'wet desulphurisation: slurry flow'
    """
    known = _factors(edition)
    found = known.get(code)
    if found is None and edition is Edition.HJ2005:
        found = known.get(_legacy().get(code, ""))
    if found is None and (process := _PROCESS.fullmatch(code)):
        found = known.get(f"{process[1]}xx")
    return found


def current_code(code: str) -> str:
    """Code of 2017 for one of 2005; any other code as it is.

    Examples
    --------
    >>> current_code("B02"), current_code("a21026"), current_code("011")
    ('a00000', 'a21026', 'w01018')
    """
    return _legacy().get(code, code)


def list_factors(edition: Edition = Edition.HJ2017) -> tuple[Factor, ...]:
    """Every factor of an edition."""
    return tuple(_factors(edition).values())


def system(code: str, edition: Edition = Edition.HJ2017) -> System | None:
    """Return what a system code means in this edition, or None.

    Examples
    --------
    >>> system("22").name_en, system("44"), system("44", Edition.HJ2025).name_en
    ('ambient air quality', None, 'electricity of facilities')
    """
    found = next((row for row in rows("systems", "system") if row["code"] == code), None)
    if found is None or edition not in editions_of(found):
        return None
    return System(code, found["zh"], found["en"], editions_of(found))


@cache
def data_flag(code: str, edition: Edition = Edition.HJ2017) -> DataFlag | None:
    """Return what a data flag means, or None when the standard does not know it.

    The flags of 2025 are carried over from 2017 with confidence B.

    Examples
    --------
    >>> data_flag("N").valid, data_flag("T").hint
    (True, 'exceedance')
    """
    found = next((row for row in rows("flags", "flag") if row["code"] == code), None)
    if found is None:
        return None
    confidence: Confidence = "B" if edition is not Edition.HJ2017 else found.get("confidence", "A")
    return DataFlag(code, found["zh"], found["en"], found["valid"], found.get("hint", ""), confidence)


def period_rule(st: str) -> PeriodRule | None:
    """Rule by which a logger of this system flags its periods, or None where there is none.

    Examples
    --------
    >>> period_rule("31").share
    '0.75'
    """
    for row in rows("flags", "period"):
        if st in row["systems"]:
            return PeriodRule(tuple(row["systems"]), row["share"], row["normal"], row["other"])
    return None


@cache
def _factors(edition: Edition) -> dict[str, Factor]:
    """Factors of an edition by code."""
    new = edition is Edition.HJ2025
    found = {}
    for row in rows("factors", "factor"):
        editions = editions_of(row)
        if edition is Edition.HJ2005 and "legacy" not in row:
            continue
        changed = new and ("type_2025" in row or "zh_2025" in row)
        if changed:
            row = {**row, "type": row.get("type_2025", row["type"]), "zh": row.get("zh_2025", row["zh"])}
        found[row["code"]] = Factor(
            code=row["code"],
            name_zh=row["zh"],
            name_en=row["en"],
            unit=row["unit"],
            amount_unit=row.get("amount", ""),
            type=row.get("type", ""),
            editions=editions if "legacy" in row else tuple(e for e in editions if e is not Edition.HJ2005),
            legacy=row.get("legacy", ""),
            confidence="B" if changed else row.get("confidence", "A"),
        )
    return found


@cache
def _legacy() -> dict[str, str]:
    """Code of 2005 → code of 2017."""
    return {row["legacy"]: row["code"] for row in rows("factors", "factor") if "legacy" in row}
