"""What does a returned row say of its duty or project, and which of its cells say nothing we can take? Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from lantian.loop.plan.dispatch.reporting import Objection, ReportContent, objections
from lantian.loop.plan.dispatch.sheet_cells import (
    UnreadableCellError,
    read_day,
    read_share,
    read_state,
    read_text,
    read_wan,
)
from lantian.loop.plan.dispatch.sheet_layout import CLAIMS, PROJECT_STATES, same_text
from lantian.loop.plan.dispatch.sheet_reading import ReturnedLine
from lantian.terms.words import mark

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProjectContent:
    """What a body says of one project."""

    state: str
    done_on: date | None
    spent: Decimal | None
    """[yuan]"""
    note: str

    @property
    def empty(self) -> bool:
        """Whether none of the cells was filled in."""
        return not self.state and self.done_on is None and self.spent is None and not self.note


@dataclass(slots=True)
class _Cells:
    """Reads cells of a line and remembers those that could not be read."""

    line: ReturnedLine
    faults: list[Objection] = field(default_factory=list)

    def read(self, column: str, how: Callable[[str | None], T]) -> T | None:
        try:
            return how(self.line.cells.get(column))
        except UnreadableCellError as error:
            self.faults.append(Objection(column, error.code, error.message, error.values))
            return None

    def also(self, found: Iterable[Objection]) -> list[Objection]:
        """Return all faults; of a cell that could not be read nothing more is said."""
        spoiled = {fault.column for fault in self.faults}
        return [*self.faults, *(row for row in found if row.column not in spoiled)]


def duty_meaning(line: ReturnedLine) -> tuple[ReportContent, list[Objection]]:
    """Read the row of a duty; a state of done without a share is the whole."""
    cells = _Cells(line)
    claimed = cells.read("claimed", lambda cell: read_state(cell, CLAIMS) or "")
    share = cells.read("share", lambda cell: read_share(cell, done=claimed == "done"))
    spoiled = any(fault.column == "share" for fault in cells.faults)
    if claimed == "done" and share is None and not spoiled:
        share = Decimal(100)
    content = ReportContent(
        progress=read_text(line.cells.get("progress")),
        claimed=claimed or "",
        share=share,
        problems=read_text(line.cells.get("problems")),
        next_step=read_text(line.cells.get("next_step")),
        spent=cells.read("spent", read_wan),
    )
    return content, cells.also(objections(content))


def project_meaning(line: ReturnedLine, today: date) -> tuple[ProjectContent, list[Objection]]:
    """Read the row of a project; nothing is finished after today."""
    cells = _Cells(line)
    content = ProjectContent(
        state=cells.read("state", lambda cell: read_state(cell, PROJECT_STATES) or "") or "",
        done_on=cells.read("done_on", read_day),
        spent=cells.read("spent", read_wan),
        note=read_text(line.cells.get("note")),
    )
    found: list[Objection] = []
    if not content.state:
        message = mark("The state is missing. Choose one from the list of the cell.")
        found.append(Objection("state", "no_state", message, {}))
    elif content.state == "done" and content.done_on is None:
        message = mark("It is said to be done. Write on which day.")
        found.append(Objection("done_on", "done_without_day", message, {}))
    elif content.state != "done" and content.done_on is not None:
        message = mark("A day of finishing stands beside another state. Choose done, or take the day out.")
        found.append(Objection("state", "day_without_done", message, {}))
    if content.done_on is not None and content.done_on > today:
        message = mark("{day} is in the future. Write the day on which it was finished, or leave it empty.")
        found.append(Objection("done_on", "day_in_future", message, {"day": content.done_on.isoformat()}))
    return content, cells.also(found)


def said_twice(lines: Iterable[ReturnedLine]) -> dict[str, list[int]]:
    """Codes that stand in several rows with different contents → those rows; a mere copy is no quarrel."""
    rows: dict[str, list[int]] = {}
    said: dict[str, set[str]] = {}
    for line in lines:
        if line.code is None:
            continue
        rows.setdefault(line.code, []).append(line.row)
        words = [f"{key}={same_text(value)}" for key, value in sorted(line.cells.items()) if key != "number"]
        said.setdefault(line.code, set()).add("\x1f".join(words))
    return {code: held for code, held in rows.items() if len(said[code]) > 1}
