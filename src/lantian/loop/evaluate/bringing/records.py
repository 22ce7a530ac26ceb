"""What an import is asked, where it goes, and what became of a file."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from lantian.city.records import City
from lantian.desk.intake import Limits, Mapping, Report
from lantian.desk.intake.mapping import Edge, to_toml
from lantian.desk.jobs import Jobs
from lantian.ledger import Ledger
from lantian.loop.evaluate.bringing.registering import Registration
from lantian.loop.evaluate.importers.records import Labels
from lantian.rules.records import StateRule
from lantian.store.lake import Lake
from lantian.store.records import Appended
from lantian.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller says beside the file."""

    importer: str = "auto"
    mapping: Mapping | None = None
    edge: Edge | None = None
    """Generic files without a mapping: whether their stamps start or end the hour."""
    labels: Labels = "auto"
    stage: Literal["original", "audited"] = "original"
    encoding: str | None = None
    sheet: str | None = None
    register: Registration | None = None
    """Where stations that the city does not know are to be added; None: their rows are rejected."""
    only_known: bool = False
    """Whether the rows of unknown stations are merely counted instead of kept with the rejects."""
    again: bool = False
    """Whether a file that was taken in before is taken in once more, so that its values are the latest."""
    save_as: str | None = None
    """Name under which the mapping that was used is saved."""

    def about_the_file(self) -> dict[str, str | None]:
        """Everything that decides how the file is read, as text."""
        return {
            "importer": self.importer,
            "mapping": None if self.mapping is None else to_toml(self.mapping),
            "edge": self.edge,
            "labels": self.labels,
            "stage": self.stage,
            "encoding": self.encoding,
            "sheet": self.sheet,
        }


@dataclass(frozen=True, slots=True)
class Destination:
    """Where imports go."""

    city: City
    city_name: str
    """Key or folder by which the city is loaded again after a station was registered."""
    overlay: Path
    """The workspace's own ``city`` folder: stations and mappings."""
    rejects: Path
    """Folder of the rejects."""
    lake: Lake
    ledger: Ledger
    jobs: Jobs
    state_rules: tuple[StateRule, ...]
    limits: Limits

    @property
    def mappings(self) -> Path:
        """Folder of the workspace's saved mappings."""
        return self.overlay / "mappings"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The run that took the same file in before."""

    run_id: str
    at: datetime
    unknown: tuple[str, ...]
    """Stations whose rows it had to reject."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file."""

    path: Path
    digest: str
    run_id: str | None
    """None: nothing was to be written."""
    importer: str | None = None
    """None: the file was known already and was not read."""
    report: Report | None = None
    hours: Appended | None = None
    published: Appended | None = None
    unknown: tuple[tuple[str, int], ...] = ()
    """Stations that the city does not know, with their rows."""
    registered: tuple[str, ...] = ()
    mapping: Mapping | None = None
    saved_mapping: Path | None = None
    rejects: tuple[Path, ...] = ()
    same_as: Earlier | None = None
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    city: City | None = field(default=None, repr=False)
    """The city after the import, with the stations that were registered."""

    @property
    def took_nothing(self) -> bool:
        """Whether the file was read and not one of its rows could be taken."""
        return self.report is not None and self.report.rows_accepted == 0 and self.same_as is None
