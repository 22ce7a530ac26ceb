"""What every file reader gives back, before the common checks."""

from dataclasses import dataclass, field

import polars as pl

from lantian.desk.intake.report import no_rejects
from lantian.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class RawTable:
    """Text cells with row numbers, and what is known of the file."""

    frame: pl.DataFrame
    units: dict[str, str] = field(default_factory=dict)
    preamble: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    findings: tuple[Finding, ...] = ()
