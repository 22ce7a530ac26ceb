"""``lantian frame``: what bytes of HJ 212 say, and messages as bytes; needs no workspace."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.frame_build import EditionOption, KeyFileOption, edition_of, key_of, write_frame
from lantian.cli.show import MISSING, console, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.wire.hj212.frame import Frame
    from lantian.wire.hj212.framing import Noise, Piece

frame_app = typer.Typer(help=mark("Frames of HJ 212: read bytes, write messages."), no_args_is_help=True)
APPS = {"frame": frame_app}
frame_app.command("build", help=mark("Write one frame, exact to the byte, as its edition demands."))(write_frame)

_CHUNK = 65_536
_STYLES = {"accept": "green", "accept_with_warning": "yellow", "reject_crc": "bold red", "reject": "bold red"}
_SEVERITIES = {"note": "dim", "warning": "yellow", "reject": "bold red"}
_NOISE = "noise"
_HIDDEN = "***"
_SECRETS = frozenset({"NewPW", "NewSK"})
_SECRET_TEXT = re.compile(r"\b((?:New)?PW|NewSK)=[^;,&]*", re.IGNORECASE)
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029]")
"""What JSON leaves as it is although a terminal obeys it or a reader of lines ends a line there."""
_SHOWN_NOISE = 200


@frame_app.command("decode", help=mark("Say what each frame says and what is wrong with it; leaves with 2 where "
                                       "one is rejected or none is found."))  # fmt: skip
def decode(
    file: Annotated[Path, typer.Argument(help=mark("Bytes as they came; - reads the standard input."))] = Path(
        "-"
    ),
    edition: EditionOption = None,
    key_file: KeyFileOption = None,
    accept_modbus: Annotated[
        bool, typer.Option("--accept-modbus", help=mark("Take the checksum of Modbus too."))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Print one JSON object a line and frame."))] = False,
) -> None:
    """Read frames from a file or a stream, one after the other as they come."""
    from lantian.wire.hj212.frame import parse_frame
    from lantian.wire.hj212.framing import Noise

    registered, key = edition_of(edition), key_of(key_file)
    frames = rejected = at = 0
    with _opened(file) as source:
        for piece in _pieces(source):
            start, at = at, at + len(piece.raw)
            if isinstance(piece, Noise):
                if piece.raw.strip():  # blanks and line ends between frames are how files are kept
                    _show(noise_row(piece, start), 0, as_json=as_json)
                continue
            frame = parse_frame(piece, edition=registered, key=key, accept_modbus=accept_modbus)
            frames += 1
            row = frame_row(frame, start)
            rejected += row["verdict"].startswith("reject")
            _show(row, frames, as_json=as_json)
    if not as_json:
        said = words().format(mark("{n} frames, {rejected} of them rejected."), n=frames, rejected=rejected)
        console().print(said)
    if rejected or not frames:
        raise typer.Exit(2)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """Open a file of bytes, or the standard input."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise CallerError("{path} cannot be read: {error}. Name a file.", path=file, error=error) from error
    with source:
        yield source


def _pieces(source: IO[bytes]) -> Iterator["Piece"]:
    """Cut a stream into frames and noise while it comes."""
    from lantian.wire.hj212.framing import FrameLimits, Framer

    framer = Framer(FrameLimits())
    read: Any = getattr(source, "read1", source.read)
    while chunk := read(_CHUNK):
        yield from framer.feed(chunk)
    yield from framer.close()


# ---------------------------------------------------------------------------------------------- rows


def frame_row(frame: "Frame", offset: int) -> dict[str, Any]:
    """Say everything about a frame in one row; passwords and keys are hidden."""
    from lantian.wire.hj212.crc import crc16

    area, edition = frame.area, frame.edition
    return {
        "verdict": frame.verdict.value,
        "edition": edition.value if edition else None,
        "qn": frame.qn or None,
        "st": frame.st or None,
        "cn": frame.cn or None,
        "pw": _HIDDEN if frame.pw else None,
        "mn": frame.mn or None,
        "flag": frame.flag.value if frame.flag else None,
        "pnum": frame.pnum,
        "pno": frame.pno,
        "rf": frame.rf,
        "crc_ok": frame.crc_ok,
        "crc_sent": frame.raw_frame.crc_sent.decode("ascii"),
        "crc_calculated": f"{crc16(frame.segment):04X}",
        "encrypted": frame.encrypted,
        "data_time": frame.data_time,
        "faults": list(frame.faults),
        "parameters": {name: _HIDDEN if name in _SECRETS else value for name, value in area.parameters.items()},
        "factors": area.factors,
        "declared": frame.raw_frame.declared,
        "segment_length": len(frame.raw_frame.segment),
        "raw_length": len(frame.raw),
        "offset": offset,
    }


def noise_row(noise: "Noise", offset: int) -> dict[str, Any]:
    """Say what bytes that are no frame were, escaped where they are no text."""
    text = noise.raw.decode("utf-8", "backslashreplace")
    return {
        "verdict": _NOISE,
        "raw": _SECRET_TEXT.sub(rf"\1={_HIDDEN}", text),
        "raw_length": len(noise.raw),
        "offset": offset,
    }


def json_line(row: dict[str, Any]) -> str:
    r"""Write a row as one line of JSON that holds no line end of any kind.

    Examples
    --------
    >>> json_line({"raw": "a" + chr(0x2028)})
    '{"raw": "a\\u2028"}'
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(row, ensure_ascii=False))


def _show(row: dict[str, Any], number: int, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json_line(row))
    elif row["verdict"] == _NOISE:
        said = words().format(mark("{n} bytes at {at} are no frame:"), n=row["raw_length"], at=row["offset"])
        console().print(f"[dim]{said} {printable(row['raw'][:_SHOWN_NOISE])}[/]")
    else:
        _page(row, number)


# ---------------------------------------------------------------------------------------------- page


def printable(text: str) -> str:
    r"""Write text of a stranger so that a terminal shows it and obeys nothing in it.

    Examples
    --------
    >>> printable("a" + chr(27) + "[31m")
    'a\\x1b[31m'
    """
    shown = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
    return escape(shown)


def _page(row: dict[str, Any], number: int) -> None:
    """Print one frame for a reader: head, fields, factors, and each fault with its remedy."""
    language, out, verdict = words(), console(), row["verdict"]
    title = f"{row['edition'] or MISSING} · CN {printable(row['cn'] or MISSING)} {_command_name(row)}"
    out.print(f"[bold]{number}[/]  [{_STYLES[verdict]}]{language.gettext(verdict)}[/]  {title}")
    parts = f"PNO {row['pno']}/{row['pnum']}" if row["pno"] is not None else ""
    late = "RF=1" if row["rf"] else ""
    head = [f"{name} {printable(str(row[name.lower()] or MISSING))}" for name in ("QN", "ST", "MN")]
    flag = MISSING if row["flag"] is None else row["flag"]
    crc = row["crc_sent"] if row["crc_ok"] else f"{row['crc_sent']} ≠ {row['crc_calculated']}"
    out.print("   " + " · ".join(filter(None, [*head, f"Flag {flag}", parts, late, f"CRC {crc}"])))
    for name, value in row["parameters"].items():
        out.print(f"   {printable(name)} = {printable(value)}")
    if row["factors"]:
        out.print(_factors(row))
    if row["faults"]:
        out.print(_faults(row["faults"]))
    out.print()


def _command_name(row: dict[str, Any]) -> str:
    from lantian.wire.hj212.commands import command
    from lantian.wire.hj212.editions import Edition

    known = command(row["cn"] or "", Edition(row["edition"] or Edition.HJ2017))
    return "" if known is None else known.name_zh if words().is_chinese else known.name_en


def _factors(row: dict[str, Any]) -> Table:
    from lantian.wire.hj212.editions import Edition
    from lantian.wire.hj212.factors import factor

    language, table = words(), Table()
    suffixes = list(dict.fromkeys(suffix for group in row["factors"].values() for suffix in group))
    for name in (language.gettext("factor"), "", *suffixes):
        table.add_column(printable(name))
    for code, group in row["factors"].items():
        known = factor(code, Edition(row["edition"] or Edition.HJ2017))
        name = "" if known is None else known.name_zh if language.is_chinese else known.name_en
        table.add_row(printable(code), escape(name), *(printable(group.get(suffix, "")) for suffix in suffixes))
    return table


def _faults(codes: list[str]) -> Table:
    from lantian.wire.hj212.faults import FAULTS

    language, table = words(), Table()
    for heading in (mark("Fault"), mark("How bad"), mark("Rule"), mark("What it means"), mark("What to do")):
        table.add_column(language.gettext(heading))
    for code in codes:
        fault = FAULTS[code]
        severity = fault.severity.value
        table.add_row(
            code,
            f"[{_SEVERITIES[severity]}]{language.gettext(severity)}[/]",
            f"{fault.edition}: {escape(language.gettext(fault.rule))}",
            escape(language.gettext(fault.meaning)),
            escape(language.gettext(fault.remedy)),
        )
    return table
