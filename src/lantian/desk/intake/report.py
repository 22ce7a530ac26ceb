"""What happened to each row: read, accepted, rejected with reason; nothing is lost."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lantian.desk.language import Translation, finding_text, mark
from lantian.desk.paper.csv import write_csv
from lantian.terms.findings import Finding

ROW = "_row"
"""Column with the number of the line or sheet row, counted from 1 as an editor or Excel shows it."""

REASONS: dict[str, str] = {
    "too_many_fields": mark("more fields than the header has"),
    "too_few_fields": mark("fewer fields than the header has"),
    "unclosed_quote": mark("a quotation mark is never closed; the text from here to the end of the file"),
    "not_an_object": mark("not a record with named fields"),
    "not_a_number": mark("not a number and not a mark for a missing value"),
    "not_finite": mark("too large to be a number"),
    "no_time": mark("no time"),
    "not_a_time": mark("not a time in the expected form"),
    "not_on_the_hour": mark("not on a full hour"),
    "no_station": mark("no station"),
    "unknown_station": mark("station is not in the city"),
    "unknown_type": mark("unknown row type"),
    "unknown_value": mark("not one of the expected words"),
    "flag_not_readable": mark("flags could not be read"),
    "conflicting_versions": mark("several different rows for the same station and hour"),
    "superseded": mark("an earlier row of the same station and hour; the last one was taken"),
    "no_readable_value": mark("no value of the row could be read"),
    "not_a_place": mark("not a longitude and latitude of this Earth"),
    "no_satellite": mark("no satellite, or one that is not known"),
    "not_a_code": mark("not a code of letters and digits"),
    "unknown_species": mark("not a species that the rule about species names"),
    "unknown_unit": mark("no unit, or one that this species cannot have"),
    "negative_spread": mark("an uncertainty or a detection limit cannot be negative"),
    "no_concentration": mark("no concentration is known that this uncertainty belongs to; bring that file first"),
    "hour_incomplete": mark("its hour has too few minutes with values"),
    "unknown_outlet": mark("no device of this outlet is registered"),
    "unknown_device": mark("the device is not registered"),
    "other_outlet": mark("the device is registered at another outlet"),
    "unknown_factor": mark("neither a factor of the standard nor a point of the device"),
    "no_point": mark("no point"),
    "not_at_midnight": mark("a day that does not begin at midnight"),
    "in_the_future": mark("later than the moment at which the file came in"),
}
"""Reason code → English message id."""

REJECT_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    "text": pl.String(),
}
"""Columns of a rejects frame; `column` is null when the whole row is meant, `text` is the line as it stood."""


def no_rejects() -> pl.DataFrame:
    """Make an empty rejects frame."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


@dataclass(frozen=True, slots=True)
class Report:
    """Row-wise account of one file; ``rows_read == rows_accepted + rows_rejected + rows_skipped``."""

    name: str
    """File name."""
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_skipped: int = 0
    """Rows that this import does not want, for instance city rows in a file of stations; see `findings`."""
    cells_rejected: int = 0
    """Single unreadable cells of rows that were accepted without them."""
    rejects: pl.DataFrame = field(default_factory=no_rejects, repr=False)
    """One line for each rejected row or cell: `REJECT_SCHEMA`."""
    original: pl.DataFrame | None = field(default=None, repr=False)
    """The rejected rows with all their cells as text, keyed by `ROW`."""
    findings: tuple[Finding, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether every row and every cell was taken."""
        return self.rejects.is_empty()

    def rejects_table(self) -> pl.DataFrame:
        """Rejects beside the whole original row, so that a person can mend it and import it again."""
        head = self.rejects.rename({name: f"_{name}" for name in REJECT_SCHEMA})
        if self.original is None or self.original.width <= 1:
            return head
        return head.join(self.original, on=ROW, how="left", maintain_order="left")

    def write_rejects(self, folder: Path, name: str) -> Path | None:
        """Write the rejects beside the others as ``NAME.rejects.csv``; None when there are none.

        Parameters
        ----------
        folder : Path
            Where rejects are kept; made if it is absent.
        name : str
            Usually the name of the file with the id of the run, so that no earlier table is overwritten.
        """
        if self.rejects.is_empty():
            return None
        path = folder / f"{name}.rejects.csv"
        number = 2
        while path.exists():
            path = folder / f"{name}.rejects-{number}.csv"
            number += 1
        write_csv(path, self.rejects_table())
        return path

    def lines(self, language: Translation, most: int = 20) -> list[str]:
        """Write the account for a person: totals, the first rejects, the findings.

        Parameters
        ----------
        language : Translation
            The reader's language.
        most : int
            Rejects that are written out; the rest is counted.
        """
        said = [
            language.format(
                mark("{name}: {read} rows read, {accepted} accepted, {rejected} rejected, {skipped} left out"),
                name=self.name,
                read=self.rows_read,
                accepted=self.rows_accepted,
                rejected=self.rows_rejected,
                skipped=self.rows_skipped,
            )
        ]
        if self.cells_rejected:
            said.append(language.format(mark("{n} single cells could not be read"), n=self.cells_rejected))
        said += [self._reject_line(row, language) for row in self.rejects.head(most).iter_rows(named=True)]
        if self.rejects.height > most:
            said.append(language.format(mark("… and {n} more"), n=self.rejects.height - most))
        said += [finding_text(row, language) for row in self.findings]
        return said

    @staticmethod
    def _reject_line(row: dict[str, object], language: Translation) -> str:
        reason = language.gettext(REASONS.get(str(row["reason"]), str(row["reason"])))
        if row["column"] is None:
            return language.format(mark("row {row}: {reason}"), row=row["row"], reason=reason)
        return language.format(
            mark("row {row}, column {column}: {value!r} — {reason}"),
            row=row["row"],
            column=row["column"],
            value=row["value"],
            reason=reason,
        )
