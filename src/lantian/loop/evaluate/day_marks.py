"""What a calendar shows of each day: the index in the legal colour of the edition of that day (日历)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from lantian.loop.evaluate.indices import NO_DATA, WITHHELD
from lantian.loop.evaluate.scene import Scene
from lantian.rules.records import Category

DASH = "—"


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day of a calendar."""

    day: date
    aqi: int | None
    text: str
    """The index, the mark of one withheld by law, or a dash."""
    category: Category | None
    """Level with its names and legal colour, under the edition of the day."""
    primary: str | None
    status: str
    """``published``, ``withheld`` or ``none``."""
    edition: str
    """Short name of the edition that judged the day."""

    @property
    def colour(self) -> str | None:
        """Legal colour, None for a day without index."""
        return None if self.category is None else self.category.colour


def day_marks(scene: Scene, rows: pl.DataFrame, first: date, last: date) -> list[DayMark]:
    """Lay judged days out as one mark per calendar day; a day that was not judged is a dash.

    Parameters
    ----------
    scene : Scene
        For the editions of each day.
    rows : DataFrame
        Days of one subject, from `queries.list_days`.
    first, last : date
        Days to show, both included.
    """
    known: Mapping[date, dict[str, Any]] = {row["legal_day"]: row for row in rows.iter_rows(named=True)}
    found: list[DayMark] = []
    for begin, end, rules in scene.rulebook.spans(first, last, scene.choice):
        withheld = rules.aqi_day.missing.marker_missing
        for number in range((end - begin).days + 1):
            at = begin + timedelta(days=number)
            row = known.get(at)
            index = None if row is None else row["aqi"]
            status = NO_DATA if row is None else row["aqi_status"]
            text = str(index) if index is not None else withheld if status == WITHHELD else DASH
            found.append(
                DayMark(
                    day=at,
                    aqi=index,
                    text=text,
                    category=None if index is None else rules.categories.category(index),
                    primary=None if row is None else row["primary"],
                    status=status,
                    edition=rules.aqi_day.name,
                )
            )
    return found
