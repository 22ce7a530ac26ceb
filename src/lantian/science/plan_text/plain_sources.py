"""A plain text as a source: its paragraphs, and the cells of its tables (纯文本)."""

import hashlib

from lantian.science.plan_text.lines import paragraphs_of
from lantian.science.plan_text.records import Source
from lantian.science.plan_text.text_tables import cells_of
from lantian.science.plan_text.wrapped import unwrapped
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark


def source_of_text(text: str, name: str = "") -> Source:
    r"""Return a plain text as a source: one block for each line, cells where lines are rows of a task table.

    Parameters
    ----------
    text : str
        The words; line ends of other systems become ``\n``, and paragraphs broken at one width are joined.
    name : str
        For people.

    Examples
    --------
    >>> [row.span.start for row in source_of_text("甲\r\n乙").blocks]
    [0, 2]
    """
    plain_ends = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    whole, joined = unwrapped(plain_ends)
    findings = (_joined(name, joined),) if joined else ()
    return Source(name, whole, cells_of(whole, paragraphs_of(whole)), digest=digest, findings=findings)


def _joined(name: str, joined: int) -> Finding:
    return Finding(
        "lines_joined",
        name or "text",
        mark(
            "The lines of this text are broken at one width: {joined} line ends inside paragraphs were taken out, "
            "and places count without them."
        ),
        Severity.INFO,
        evidence={"joined": joined},
    )
