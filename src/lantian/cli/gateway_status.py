"""``lantian gateway status``: what became of everything that came, and what is wrong with the lines."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import finding_text, mark

_OUTSIDE: Mapping[str, str] = {
    "unknown_device": mark("frames of devices that are not registered"),
    "refused": mark("frames with a wrong password or key, plain ones, or from a foreign address"),
    "faulty": mark("frames whose checksum or form does not hold"),
    "noise": mark("bytes that are no frame"),
    "sent": mark("our own requests"),
}


def add_status_command(app: typer.Typer) -> None:
    """Add the command below ``lantian gateway``."""
    app.command("status", help=mark("What became of everything that came, by reason; what is wrong with lines."))(
        status
    )


def status(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Say what became of the journal since it began, and list findings about lines."""
    from lantian.gateway.writer import status_of
    from lantian.loop.sense.frame_rows import WHY_UNREAD, WITHOUT_DATA
    from lantian.loop.sense.lines import line_findings
    from lantian.loop.sense.taking import tally_of

    language, out = words(), console()
    with opened(workspace) as house:
        folder = house.folder / "journal"
        tally, writer = tally_of(folder), status_of(folder)
        findings = line_findings(house.ledger, at=house.now())
    if as_json:
        show_json(
            {
                **asdict(tally),
                "writer": None if writer is None else asdict(writer),
                "findings": [{"code": each.code, "where": each.where, **each.evidence} for each in findings],
            }
        )
        return
    said = mark("{frames} frames gave {rows} rows; {repeats} were sent again byte for byte.")
    out.print(language.format(said, frames=tally.frames, rows=tally.rows, repeats=tally.repeats))
    _say(mark("Not read into the lake:"), tally.unread, WHY_UNREAD)
    _say(mark("Frames that carry nothing for a table:"), tally.without_data, WITHOUT_DATA)
    _say(mark("Kept in the journal only:"), tally.outside, _OUTSIDE)
    if writer is not None and writer.error:
        out.print(f"[red]{language.format(mark('The writer cannot write: {error}'), error=writer.error)}[/]")
    for finding in findings:
        out.print(f"[yellow]{finding.where}[/] [dim]{finding.code}[/] {finding_text(finding, language)}")


def _say(title: str, counts: Mapping[str, int], meanings: Mapping[str, str]) -> None:
    language, out = words(), console()
    if not counts:
        return
    out.print(language.gettext(title))
    for name, number in sorted(counts.items(), key=lambda pair: -pair[1]):
        out.print(f"  {number:>10}  {language.gettext(meanings.get(name, name))}")
