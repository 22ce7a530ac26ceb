"""One paper, its files: which forms it can take, where they go, and what an office's template left open."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lantian.desk.paper.office_paper import OfficePaper
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

FORMATS = ("docx", "xlsx", "pdf")
"""Forms that a paper can take."""
TEMPLATES = "templates"
"""Folder of a workspace where an office puts its own Word documents, named by kind: ``daily_brief.docx``."""


def write_paper(
    paper: OfficePaper,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    *,
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[Path, ...]:
    """Write a paper in each of the forms, and return the files.

    Parameters
    ----------
    paper : OfficePaper
        What it says.
    folder : Path
        Where its files go; made if absent.
    formats : sequence of str
        Some of `FORMATS`.
    templates : Path, optional
        Folder with an office's own Word documents.
    on_finding : callable, optional
        Told what a template left open.
    progress : callable, optional
        Told the share that is done, 0 … 1, and the name of the last file.

    Raises
    ------
    CallerError
        A form that is none.
    HouseError
        When the disk refuses.
    """
    check_formats(formats)
    kinds = list(dict.fromkeys(formats))
    files = []
    for done, kind in enumerate(kinds, start=1):
        path = folder / f"{paper.stem}.{kind}"
        files.append(write_one(paper, path, templates=templates, on_finding=on_finding))
        if progress is not None:
            progress(done / len(kinds), path.name)
    return tuple(files)


def write_one(
    paper: OfficePaper,
    path: Path,
    *,
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> Path:
    """Write a paper in the form that the ending of the file names."""
    kind = path.suffix.lower().removeprefix(".")
    check_formats([kind])
    if kind == "pdf":
        from lantian.desk.paper.typst_pdf import write_pdf

        write_pdf(paper, path)
    elif kind == "xlsx":
        from lantian.desk.paper.excel_paper import write_excel

        write_excel(paper, path)
    else:
        from lantian.desk.paper.word_paper import write_word

        template = None if templates is None else templates / f"{paper.key}.docx"
        for finding in write_word(paper, path, template):
            if on_finding is not None:
                on_finding(finding)
    return path


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a form that is none.

    Raises
    ------
    CallerError
        If there is one, or none was asked for.
    """
    wrong = [kind for kind in formats if kind not in FORMATS]
    if wrong or not formats:
        raise CallerError(
            "A paper is written as {known}, not as {wrong!r}. Choose among them.",
            known=", ".join(FORMATS),
            wrong=", ".join(wrong),
        )
