"""Answers of the interface: a page as JSON, or everything as Arrow, Parquet or CSV, month by month."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import polars as pl
from fastapi import Header, Query
from starlette.responses import Response, StreamingResponse

import lantian
from lantian.web.api.paging import Question, page_of
from lantian.web.api.resources import Resource
from lantian.web.charts import tag_of
from lantian.web.visiting import Visit

PAGE_MOST = 10_000
"""Rows of a page of JSON."""
_STARTS = frozenset({"hour_start", "period_start"})
"""Columns that name an averaging time by its start."""
_INSTANT = "%Y-%m-%dT%H:%M:%S%:z"


class Format(StrEnum):
    """How rows are written."""

    JSON = "json"
    ARROW = "arrow"
    PARQUET = "parquet"
    CSV = "csv"


MEDIA = {
    Format.JSON: "application/json",
    Format.ARROW: "application/vnd.apache.arrow.stream",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the answer is wanted; parameters that every list takes."""

    format: Annotated[
        Format | None,
        Query(
            description="json is a page of rows; arrow, parquet and csv are all rows. Else the Accept header says."
        ),
    ] = None
    limit: Annotated[int, Query(ge=1, le=PAGE_MOST, description="Rows of a page of JSON.")] = 1_000
    cursor: Annotated[str | None, Query(max_length=2_000, description="`next` of the page before.")] = None
    accept: Annotated[str | None, Header(include_in_schema=False)] = None

    @property
    def kind(self) -> Format:
        """The format by its parameter, else by the header, else JSON."""
        if self.format is not None:
            return self.format
        asked = [part.partition(";")[0].strip() for part in (self.accept or "").split(",")]
        return next((kind for kind, media in MEDIA.items() if media.partition(";")[0] in asked), Format.JSON)


def rows_answer(visit: Visit, question: Question, wanted: Wanted, tables: Iterable[str] | None = None) -> Response:
    """Answer with the rows of a question.

    Parameters
    ----------
    tables : iterable of str, optional
        Tables of the lake that the rows depend on: their versions make the ETag, before anything is read. Without
        them the rows are few, and the ETag is made of the answer.
    """
    kind = wanted.kind
    if tables is None:
        body = b"".join(_body(visit, question, wanted, kind))
        return kept(visit, (hashlib.sha256(body).hexdigest(),), kind, lambda: Response(body), question.resource)
    key = (question.mark, wanted.limit, wanted.cursor, visit.keeper.versions(tables))
    return kept(visit, key, kind, lambda: _streamed(_body(visit, question, wanted, kind)), question.resource)


def kept(
    visit: Visit, key: tuple[object, ...], kind: Format, make: Callable[[], Response], resource: Resource
) -> Response:
    """Answer unless whoever asks has it already."""
    headers = {
        "ETag": tag_of(lantian.__version__, kind.value, *key),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }
    if visit.request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    answer = make()
    answer.headers.update(headers)
    answer.headers["Content-Type"] = MEDIA[kind]
    if kind is not Format.JSON:
        name = f"{'SIMULATED-' if visit.house.settings.simulated else ''}{resource.name}.{kind.value}"
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def _streamed(parts: Iterator[bytes]) -> Response:
    """Begin to answer once the first part is made, so that what goes wrong there is still told properly."""
    first = next(parts, b"")

    def every() -> Iterator[bytes]:
        yield first
        yield from parts

    return StreamingResponse(every())


def _body(visit: Visit, question: Question, wanted: Wanted, kind: Format) -> Iterator[bytes]:
    if kind is Format.JSON:
        return _json(visit, question, wanted)
    if kind is Format.CSV:
        return _csv(question)
    return _columns(question, kind, about=_about(visit, question.resource))


def _json(visit: Visit, question: Question, wanted: Wanted) -> Iterator[bytes]:
    import json

    page = page_of(question, wanted.cursor, wanted.limit)
    rows = _written(page.rows).write_json() if page.rows.height else "[]"
    about, following = json.dumps(_about(visit, question.resource)), json.dumps(page.cursor)
    yield f'{{"about":{about},"data":{rows},"next":{following}}}'.encode()


def _csv(question: Question) -> Iterator[bytes]:
    for place, part in enumerate(question.parts()):
        yield _written(part).write_csv(include_header=place == 0).encode()


def _written(rows: pl.DataFrame) -> pl.DataFrame:
    """Write instants with their offset."""
    instants = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime)]
    return rows.with_columns(pl.col(name).dt.strftime(_INSTANT) for name in instants)


class _Sink:
    """A file that is read away while it is written."""

    def __init__(self) -> None:
        self.closed = False
        self._held = bytearray()
        self._told = 0

    def write(self, content: Any) -> int:
        """Take bytes."""
        self._held += content
        self._told += len(content)
        return len(content)

    def tell(self) -> int:
        """Say how much was written in all."""
        return self._told

    def flush(self) -> None:
        """Have nothing to do."""

    def taken(self) -> bytes:
        """Give what was written since it was asked last."""
        held = bytes(self._held)
        self._held.clear()
        return held


def _columns(question: Question, kind: Format, about: dict[str, Any]) -> Iterator[bytes]:
    """Write Arrow's stream or Parquet, one batch or row group a month; units stand in the fields' metadata."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    sink = _Sink()
    file = pa.PythonFile(sink, mode="w")
    schema, writer = None, None
    for part in question.parts():
        rows = part.to_arrow(compat_level=pl.CompatLevel.oldest())
        if writer is None:
            schema = _described(rows.schema, question.resource, about)
            is_arrow = kind is Format.ARROW
            writer = pa.ipc.new_stream(file, schema) if is_arrow else parquet.ParquetWriter(file, schema)
        writer.write_table(rows.cast(schema))
        yield sink.taken()
    if writer is not None:
        writer.close()
    file.flush()
    yield sink.taken()


def _described(schema: Any, resource: Resource, about: dict[str, Any]) -> Any:
    import pyarrow as pa

    fields = [
        pa.field(held.name, held.type, metadata={"unit": field.unit, "meaning": field.meaning})
        for held, field in zip(schema, resource.fields, strict=True)
    ]
    return pa.schema(fields, metadata={name: str(value) for name, value in about.items()})


def _about(visit: Visit, resource: Resource) -> dict[str, Any]:
    """Say what a reader of the rows must know."""
    house = visit.house
    said = {"resource": resource.name, "city": house.city.adcode, "zone": house.city.zone.key}
    if _STARTS & set(resource.columns):
        said["hours_named_by"] = "start"
    return {**said, "simulated": house.settings.simulated}
