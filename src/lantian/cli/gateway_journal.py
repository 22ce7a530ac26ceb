"""``lantian gateway journal``: the segments of the journal, their proof, and putting old ones away."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, day, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.store.journal import Segment

journal_app = typer.Typer(help=mark("Prove every frame of the journal; leaves with 1 where one does not hold."))
_BROKEN = 1


@journal_app.callback(
    invoke_without_command=True,
    help=mark("Prove every frame of the journal; leaves with 1 where one does not hold."),
)
def journal(
    context: typer.Context, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """Prove the journal from its first frame."""
    if context.invoked_subcommand is None:
        _verify(workspace, as_json=as_json)


@journal_app.command(
    "verify", help=mark("Prove every frame of the journal; leaves with 1 where one does not hold.")
)
def verify_all(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Prove the journal from its first frame."""
    _verify(workspace, as_json=as_json)


@journal_app.command("list", help=mark("Segments of the journal, and which were put away."))
def list_all(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """List segments, oldest first."""
    import polars as pl

    from lantian.loop.sense.taking import taken_place
    from lantian.store.journal import segments

    with opened(workspace) as house:
        folder = house.folder / "journal"
        taken = taken_place(folder)
        rows = [_row(segment, taken.segment, house) for segment in segments(folder)]
    if as_json:
        show_json({"rows": rows})
    elif not rows:
        console().print(words().gettext("The journal is empty."))
    else:
        show_frame(pl.DataFrame(rows, infer_schema_length=None))


@journal_app.command("archive", help=mark("Pack old segments that the lake has, prove them, and put them away."))
def archive_old(
    before: Annotated[
        str | None,
        typer.Option("--before", help=mark("Only what was received before this day; else as the setting says.")),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--to", help=mark("Folder for the archives; by default beside the journal."))
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help=mark("Who decides: a login, or the name of the office."))
    ] = "gateway",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Put old segments away; what the lake does not have stays."""
    from lantian.loop.sense.taking import taken_place
    from lantian.store.journal import archive

    with opened(workspace) as house:
        folder = house.folder / "journal"
        limit = _limit(house, before)
        done = archive(
            folder,
            before_us=int(limit.timestamp() * 1_000_000),
            taken=taken_place(folder),
            by=by,
            at=house.now(),
            into=into,
        )
    if as_json:
        show_json({"before": limit, "archived": [{"segment": row.number, "file": row.file} for row in done]})
        return
    said = mark("{n} segments with {records} records were put away.")
    console().print(words().format(said, n=len(done), records=sum(row.records for row in done)))


def _limit(house: "House", before: str | None) -> datetime:
    """Return the instant before which segments may be put away."""
    if (first := day(before)) is not None:
        return datetime.combine(first, time(), tzinfo=house.city.zone)
    days = house.settings.journal_archive_days
    if days is None:
        raise CallerError(
            "Say before which day with --before, or set journal_archive_days. Without either nothing is put away."
        )
    return house.now() - timedelta(days=days)


def _row(segment: "Segment", taken: int, house: "House") -> dict[str, Any]:
    from lantian.store.journal.segments import head_of, path_of

    row = segment.archived
    if row is None:
        head = head_of(path_of(segment.folder, segment.number))
        opened_us = None if head is None else head.opened_us
        state = "taken" if segment.number < taken else "open"
    else:
        opened_us, state = row.opened_us, "away" if segment.away else "archived"
    since = None if opened_us is None else datetime.fromtimestamp(opened_us / 1e6, UTC).astimezone(house.city.zone)
    return {
        "segment": segment.number, "opened_at": since, "bytes": segment.size, "state": state,
        "file": None if row is None else row.file,
    }  # fmt: skip


def _verify(workspace: Path, *, as_json: bool) -> None:
    from lantian.store.journal import verify

    with opened(workspace) as house:
        found = verify(house.folder / "journal")
    if as_json:
        show_json(
            {
                "sound": found.sound, "segments": found.segments, "records": found.records, "bytes": found.size,
                "last_hash": found.last_hash, "being_written": found.live_tail, "archived": found.archived,
                "away": found.away,
                "damages": [{"place": str(each.position), "what": each.message} for each in found.damages],
            }
        )  # fmt: skip
    else:
        language, out = words(), console()
        said = language.format(
            mark("{n} records in {segments} segments, {size} MB."),
            n=found.records,
            segments=found.segments,
            size=f"{found.size / 1e6:.1f}",
        )
        out.print(said)
        if found.archived:
            said = mark("{n} segments were put away; the archives of {away} are not here and were not read.")
            out.print(language.format(said, n=found.archived, away=found.away))
        out.print(language.format(mark("Last hash: {hash}"), hash=found.last_hash), soft_wrap=True)
        for each in found.damages:
            what = language.gettext(each.message)
            out.print(
                f"[bold red]{language.format(mark('{place}: {what}'), place=str(each.position), what=what)}[/]"
            )
    if not found.sound:
        raise typer.Exit(_BROKEN)
