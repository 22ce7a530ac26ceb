"""How a document was made: sources, rule editions, run and version, printed with every export (制作说明)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lantian.desk.language import Translation, mark
from lantian.rules.edition import Edition


@dataclass(frozen=True, slots=True)
class EditionUse:
    """A rule edition that judged the numbers of a document."""

    id: str
    title: str
    confidence: str
    """A two sources, B one source, C professional memory."""
    source: str

    @classmethod
    def of(cls, edition: Edition, language: Translation) -> "EditionUse":
        """Describe an edition in the reader's language."""
        title = edition.title_zh if language.is_chinese else edition.title
        return cls(edition.id, title, str(edition.confidence), edition.source)


@dataclass(frozen=True, slots=True)
class HowMade:
    """What a reader must know to make the document again."""

    title: str
    city: str
    period: str
    """First and last legal day, or the label of the period."""
    source_tables: Sequence[str]
    """Tables of the lake that were read."""
    editions: Sequence[EditionUse]
    run_id: str
    code_version: str
    generated_at: datetime
    """Wall clock, timezone-aware."""
    simulated: bool
    notes: Sequence[str] = ()

    def rows(self, language: Translation) -> list[tuple[str, str]]:
        """Pairs of heading and value for a sheet or a page, in the reader's language."""
        say = language.gettext
        rows = [
            (say(mark("Title")), self.title),
            (say(mark("City")), self.city),
            (say(mark("Period")), self.period),
            (
                say(mark("Kind of data")),
                say(mark("SIMULATED data, never measured")) if self.simulated else say(mark("Measured data")),
            ),
            (
                say(mark("Averaging hours")),
                say(mark("stamped by their start; a legal day is the 24 hours that start on it")),
            ),
            (say(mark("Units")), say(mark("µg/m³; carbon monoxide mg/m³; an empty cell is missing, never zero"))),
            (say(mark("Source tables")), ", ".join(self.source_tables)),
        ]
        rows += [
            (
                say(mark("Rule edition")),
                language.format(
                    mark("{title} ({id}), confidence {confidence}; {source}"),
                    title=row.title,
                    id=row.id,
                    confidence=row.confidence,
                    source=row.source,
                ),
            )
            for row in self.editions
        ]
        rows += [
            (say(mark("Run")), self.run_id),
            (say(mark("Program version")), self.code_version),
            (say(mark("Made at")), self.generated_at.isoformat(sep=" ", timespec="seconds")),
        ]
        rows += [(say(mark("Note")), text) for text in self.notes]
        return rows
