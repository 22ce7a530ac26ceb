"""What a table file says about itself outside its rows: site, units, which edge of the sample its times are.

Many instruments write one file for one site without naming it. Such a file carries lines ``unit = ppb`` above its
header, or the same words in its name: ``voc station=1727A unit=ppb edge=start.csv``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from lantian.desk.intake import Table
from lantian.loop.sense.doors.records import Given
from lantian.terms.errors import CallerError

KEYS = ("station", "edge", "period", "unit", "instrument", "simulated", "state")
"""What may be said; ``unit`` also of one kind or species (``unit.voc``), ``mdl.`` of one species."""
_CHINESE: Mapping[str, str] = {
    "点位编码": "station", "站点编码": "station", "站点": "station", "点位": "station",
    "单位": "unit", "仪器": "instrument", "采样时长": "period",
}  # fmt: skip
_LINE = re.compile(r"^#?\s*([^\s=:：]+)\s*[=:：]\s*(\S.*?)\s*$")
_IN_NAME = re.compile(r"([A-Za-z][\w.,\-]*)=([^\s;\[\]()=]+)")
_YES = frozenset({"true", "1", "yes", "y", "是"})


@dataclass(frozen=True, slots=True)
class Label:
    """What was said, in small letters where it is no name."""

    name: str
    """Of the file."""
    said: Mapping[str, str]

    def get(self, key: str) -> str | None:
        """Return what was said of a key, or None."""
        return self.said.get(key)

    def below(self, stem: str) -> dict[str, str]:
        """Return what was said of parts of a key: ``unit.voc``, ``unit.pm`` … without the stem."""
        return {
            key.removeprefix(f"{stem}."): text for key, text in self.said.items() if key.startswith(f"{stem}.")
        }

    @property
    def edge(self) -> str | None:
        """``start`` or ``end``, where it was said."""
        edge = self.get("edge")
        if edge is not None and edge not in {"start", "end"}:
            raise CallerError(
                "{name} says edge = {edge}. It is start or end: of the sample, which its times stamp.",
                name=self.name,
                edge=edge,
            )
        return edge

    @property
    def hours(self) -> int | None:
        """Length of the samples, where it was said. [h]"""
        text = self.get("period")
        if text is None:
            return None
        words = {"hour": "1", "day": "24"}
        plain = words.get(text, re.sub(r"\s*(?:h|hours?|小时)$", "", text))
        if not plain.isdecimal() or not 1 <= int(plain) <= 24 * 31:
            raise CallerError(
                "{name} says period = {text}. It is a whole number of hours, from 1 to 744.",
                name=self.name,
                text=text,
            )
        return int(plain)


def label_of(table: Table, given: Given) -> Label:
    """Gather what the lines above the header, the name and the sender say.

    Raises
    ------
    CallerError
        Two of them say different things.
    """
    said: dict[str, str] = {}
    lines = [found.groups() for line in table.preamble if (found := _LINE.match(line))]
    names = _IN_NAME.findall(PurePath(given.name).stem)
    for key, text in (*lines, *names, *given.options.items()):
        stem, dot, part = key.partition(".")
        key = _CHINESE.get(key, f"{stem.lower()}{dot}{part}")
        if key not in KEYS and not key.startswith(("unit.", "mdl.")):
            continue
        text = text.strip() if key in {"station", "instrument"} else text.strip().lower()
        if said.setdefault(key, text) != text:
            raise CallerError(
                "{name} says both {key} = {first} and {key} = {second}. Say it once.",
                name=given.name,
                key=key,
                first=said[key],
                second=text,
            )
    return Label(given.name, said)


def refuse_mixing(label: Label, given: Given, column: Sequence[str | None] | None, *, simulated: bool) -> None:
    """Refuse a file that is simulated where the workspace is real, or that does not say so where it is simulated.

    Parameters
    ----------
    column : sequence of str, optional
        What its column ``simulated`` holds; an empty cell is answered by the label, else by the sender.
    simulated : bool
        Whether the workspace is.

    Raises
    ------
    CallerError
        A row, or the whole file, is of the other kind.
    """
    whole = given.simulated is True if label.get("simulated") is None else label.get("simulated") in _YES
    rows = [whole] if column is None else [word.strip().lower() in _YES if word else whole for word in column]
    strange = sum(row != simulated for row in rows)
    if not strange and (given.simulated is None or given.simulated == simulated):
        return
    if simulated:
        raise CallerError(
            "{name} does not say that it is simulated, and this workspace holds simulated data for ever; the two "
            "never mix. Write simulated = true above its header, or use a workspace for real data.",
            name=given.name,
        )
    raise CallerError(
        "{name} says that it is simulated, and this workspace holds real data for ever; the two never mix. Use a "
        "workspace for simulated data.",
        name=given.name,
    )
