"""How does a file become rows of the lake: once, whole or not at all, with every row accounted for?

Reads the file through its importer, the runs of earlier imports, and the city. Writes ``ambient_hours`` and
``published_hours`` (one commit each), the rejects beside them, and, where the caller asks for it, stations of the
workspace's own city folder. A file that was taken in before is known by its hash and its questions, and changes
nothing: an old file never undoes a later correction unless somebody says so.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lantian.city.records import City
from lantian.desk.intake import Mapping, save_mapping
from lantian.desk.intake.mapping import load_mapping
from lantian.desk.jobs import Progress, Run, RunState
from lantian.desk.language import mark
from lantian.desk.paper.csv import write_csv
from lantian.ledger.models import Run as RunRow
from lantian.loop.evaluate.bringing.reading import READING, TYPING, Read, read_file
from lantian.loop.evaluate.bringing.records import Brought, Destination, Earlier, Question
from lantian.loop.evaluate.bringing.registering import Registration
from lantian.loop.evaluate.importers import generic
from lantian.store.tables import AMBIENT_HOURS, PUBLISHED_HOURS
from lantian.terms.errors import CallerError

__all__ = [
    "IMPORT",
    "READING",
    "TYPING",
    "WRITING",
    "Brought",
    "Destination",
    "Earlier",
    "Question",
    "Registration",
    "bring_file",
    "digest_of",
    "mapping_named",
    "try_file",
]

IMPORT = "import"
"""Name of this job in the run records."""
WRITING = mark("writing")


def bring_file(path: Path, question: Question, place: Destination, progress: Progress | None = None) -> Brought:
    """Take a file in: read, account for every row, append what is new.

    Parameters
    ----------
    path : Path
        The file.
    question : Question
        What the caller knows beside it.
    place : Destination
        Lake, city and folders.
    progress : callable, optional
        Told the share done and a word.

    Raises
    ------
    CallerError
        The file cannot be read, is not of the layout, mixes simulated and measured data, or leaves open what the
        caller has to say. Nothing was written to the lake; the run record says why.
    """
    digest = digest_of(path)
    asked = question.about_the_file()
    inputs = {"file": path.name, "sha256": digest, "asked": asked}
    with place.jobs.run(IMPORT, digest or path.name[:100], inputs, progress) as run:
        earlier = None if question.again else _earlier(place, digest, asked)
        if earlier is not None and not _now_known(earlier, question, place.city):
            run.result.update(same_as=earlier.run_id)
            return Brought(path, digest, run.id, same_as=earlier, city=place.city)
        done = read_file(path, question, place, run.progress, earlier)
        return _write(done, question, place, run)


def try_file(path: Path, question: Question, place: Destination, progress: Progress | None = None) -> Brought:
    """Read a file as `bring_file` does, and write nothing at all; stations are not registered either."""
    quiet = question if question.register is None else replace(question, register=None)
    read = read_file(path, quiet, place, progress or (lambda _share, _words: None), None)
    return Brought(
        path,
        read.table.digest,
        None,
        importer=read.imported.importer,
        report=read.imported.report,
        unknown=read.unknown,
        mapping=read.mapping,
        findings=read.imported.report.findings,
        city=place.city,
    )


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; empty where it cannot be opened, which the reader then says better."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def mapping_named(name: str, place: Destination) -> Mapping:
    """Return a saved mapping: the workspace's own first, then the packaged ones."""
    return load_mapping(name, [place.mappings, generic.MAPPINGS])


# ---------------------------------------------------------------------------------------------- known already


def _earlier(place: Destination, digest: str, asked: dict[str, Any]) -> Earlier | None:
    """Find the latest run that took this file in, if the lake still holds what it wrote."""
    query = (
        select(RunRow.id, RunRow.inputs, RunRow.result, RunRow.ended_at)
        .where(RunRow.what == IMPORT, RunRow.for_when == digest, RunRow.state == RunState.DONE)
        .order_by(RunRow.id.desc())
    )
    if not digest:
        return None
    with place.ledger.read() as session:
        rows = session.execute(query).all()
    for row in rows:
        versions = (row.result or {}).get("versions")
        if row.inputs.get("asked") != asked or versions is None:
            continue
        if all(place.lake.version(name) >= version for name, version in versions.items()):
            return Earlier(row.id, row.ended_at, tuple(row.result["unknown"]))
        return None
    return None


def _now_known(earlier: Earlier, question: Question, city: City) -> bool:
    """Whether stations whose rows were rejected then could be taken now."""
    if question.register is not None and earlier.unknown:
        return True
    known = {name for row in city.stations for name in (row.code, row.name_zh, row.name_en)}
    return bool(known & set(earlier.unknown))


# ---------------------------------------------------------------------------------------------- writing


def _write(read: Read, question: Question, place: Destination, run: Run) -> Brought:
    saved = None if question.save_as is None else _save(read, question.save_as, place)
    rejects = _keep_rejects(read, question, place, run.id)
    run.progress(0.7, WRITING)
    published = None
    if read.imported.published is not None:
        published = place.lake.append(PUBLISHED_HOURS, read.imported.published, only_changes=True)
    hours = place.lake.append(AMBIENT_HOURS, read.imported.hours, only_changes=True)
    report = read.imported.report
    run.progress(1.0, WRITING)
    run.result.update(
        importer=read.imported.importer,
        rows_read=report.rows_read,
        accepted=report.rows_accepted,
        rejected=report.rows_rejected,
        skipped=report.rows_skipped,
        cells_rejected=report.cells_rejected,
        written=hours.written,
        corrected=hours.corrected,
        unchanged=hours.unchanged,
        unknown=[code for code, _ in read.unknown],
        registered=list(read.registered),
        rejects=[path.name for path in rejects],
        findings=sorted({row.code for row in report.findings}),
        versions={
            table.name: one.version
            for table, one in ((AMBIENT_HOURS, hours), (PUBLISHED_HOURS, published))
            if one is not None
        },
    )
    return Brought(
        path=read.path,
        digest=read.table.digest,
        run_id=run.id,
        importer=read.imported.importer,
        report=report,
        hours=hours,
        published=published,
        unknown=read.unknown,
        registered=read.registered,
        mapping=read.mapping,
        saved_mapping=saved,
        rejects=rejects,
        findings=report.findings,
        city=read.city,
    )


def _save(read: Read, name: str, place: Destination) -> Path:
    """Save the mapping that was used; one of this name that says otherwise is never overwritten."""
    if read.mapping is None:
        raise CallerError(
            "{name} was read as {importer}, which needs no mapping. Leave --save-mapping out.",
            name=read.table.name,
            importer=read.imported.importer,
        )
    mapping = read.mapping.model_validate({**read.mapping.model_dump(), "name": name})
    path = place.mappings / f"{name}.toml"
    if path.is_file() and load_mapping(name, [place.mappings]) != mapping:
        raise CallerError(
            "{path} holds another mapping of this name. Save this one by another name, or remove that file.",
            path=path,
        )
    return save_mapping(mapping, place.mappings)


def _keep_rejects(read: Read, question: Question, place: Destination, run_id: str) -> tuple[Path, ...]:
    """Write what was not taken: rows and cells with their reasons, and the hours of unknown stations whole."""
    kept = [read.imported.report.write_rejects(place.rejects, run_id)]
    if read.strangers.height and not question.only_known:
        path = place.rejects / f"{run_id}.unknown-stations.csv"
        write_csv(path, read.strangers)
        kept.append(path)
    return tuple(path for path in kept if path is not None)
