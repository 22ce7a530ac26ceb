"""``lantian frame build``: one frame from what is named on the command line, checked by its edition."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from lantian.desk.language import mark
from lantian.terms.errors import CallerError, PeerError

if TYPE_CHECKING:
    from lantian.wire.hj212.editions import Edition, FlagBits
    from lantian.wire.hj212.message import Message

EditionOption = Annotated[
    int | None,
    typer.Option("--edition", help=mark("Edition the device is registered with: 2005, 2017 or 2025.")),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--key-file", help=mark("File with the SM4 key: 16 characters, or 32 hexadecimal digits.")),
]
_KEY_BYTES = 16


def edition_of(year: int | None) -> "Edition | None":
    """Return the edition of a year."""
    from lantian.wire.hj212.editions import Edition

    try:
        return None if year is None else Edition(year)
    except ValueError as error:
        raise CallerError("There is no edition {year} of HJ 212. Use 2005, 2017 or 2025.", year=year) from error


def key_of(file: Path | None) -> bytes | None:
    """Read the SM4 key of a device; the key itself never stands on a command line."""
    if file is None:
        return None
    try:
        key = file.read_bytes()
    except OSError as error:
        raise CallerError("{path} cannot be read: {error}. Name a file.", path=file, error=error) from error
    if len(key) != _KEY_BYTES:
        key = key.strip()
    if len(key) == 2 * _KEY_BYTES:
        try:
            return bytes.fromhex(key.decode("ascii"))
        except ValueError:
            pass
    if len(key) != _KEY_BYTES:
        raise CallerError(
            "{path} holds {size} bytes, but a key has {wanted}. Write 16 characters or 32 hexadecimal digits.",
            path=file,
            size=len(key),
            wanted=_KEY_BYTES,
        )
    return key


def write_frame(
    cn: Annotated[str | None, typer.Option("--cn", help=mark("Command, four digits."))] = None,
    st: Annotated[str | None, typer.Option("--st", help=mark("System code, two characters."))] = None,
    mn: Annotated[str, typer.Option("--mn", help=mark("Number of the device (MN)."))] = "",
    pw: Annotated[str, typer.Option("--pw", help=mark("Password of the device."))] = "123456",
    qn: Annotated[
        str | None, typer.Option("--qn", help=mark("Number of the exchange, 17 digits; by default now."))
    ] = None,
    flag: Annotated[
        int | None,
        typer.Option(
            "--flag", min=0, max=255, help=mark("Flag; by default that of the edition, wants an answer.")
        ),
    ] = None,
    edition: EditionOption = None,
    pnum: Annotated[int | None, typer.Option("--pnum", help=mark("Number of parts."))] = None,
    pno: Annotated[int | None, typer.Option("--pno", help=mark("Number of this part."))] = None,
    rf: Annotated[bool, typer.Option("--rf", help=mark("Mark the data as sent late (2025)."))] = False,
    fields: Annotated[
        list[str] | None, typer.Option("--set", help=mark("Field without a factor: DataTime=20260301080000"))
    ] = None,
    factors: Annotated[
        list[str] | None, typer.Option("--factor", help=mark("Field of a factor: a21026-Avg=12.3"))
    ] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", help=mark("The whole data segment instead of its fields."))
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help=mark("Take the segment as it is, to test what others do with it."))
    ] = False,
    key_file: KeyFileOption = None,
    out: Annotated[Path | None, typer.Option("--out", help=mark("File; by default the standard output."))] = None,
) -> None:
    """Write one frame to the standard output or a file."""
    from lantian.wire.hj212.writing import build, write

    key = key_of(key_file)
    if segment is None:
        if cn is None or st is None:
            raise CallerError("A frame needs its command and system. Give --cn and --st, or a whole --segment.")
        if unchecked:
            raise CallerError("Only a whole segment goes out unchecked. Give it with --segment.")
        data = write(
            _message(cn, st, mn, pw, qn, _flag(flag, edition, pnum), pnum, pno, rf, fields, factors), key=key
        )
    else:
        if given := [
            name for name, value in _beside(cn, st, mn, qn, flag, pnum, pno, rf, fields, factors) if value
        ]:
            raise CallerError(
                "--segment is the whole segment, and {names} were given too. Leave them out.",
                names=", ".join(given),
            )
        text = segment.encode("utf-8", "surrogateescape")
        if not unchecked:
            _check_segment(text, edition_of(edition), key)
        data = build(text, key=key)
    if out is None:
        typer.echo(data, nl=False)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise CallerError(
            "{path} cannot be written: {error}. Name another file.", path=out, error=error
        ) from error


def _beside(*values: object) -> list[tuple[str, object]]:
    names = ("--cn", "--st", "--mn", "--qn", "--flag", "--pnum", "--pno", "--rf", "--set", "--factor")
    return [
        (name, value is not None and value not in ("", False, []))
        for name, value in zip(names, values, strict=True)
    ]


def _flag(value: int | None, year: int | None, pnum: int | None) -> "FlagBits":
    """Return the Flag that was given, or the one of the edition for a message that wants an answer."""
    from lantian.wire.hj212.editions import Edition, flag_bits, flag_of

    edition = edition_of(year)
    if value is None:
        return flag_of(edition or Edition.HJ2017, answer=True, split=pnum is not None)
    bits = flag_bits(value)
    if edition is not None and bits.edition is not edition:
        raise CallerError(
            "Flag {flag} does not belong to {edition}. Give one of the two.", flag=value, edition=edition.title
        )
    return bits


def _message(
    cn: str,
    st: str,
    mn: str,
    pw: str,
    qn: str | None,
    flag: "FlagBits",
    pnum: int | None,
    pno: int | None,
    rf: bool,
    fields: Sequence[str] | None,
    factors: Sequence[str] | None,
) -> "Message":
    from lantian.wire.hj212.message import Message

    groups: dict[str, dict[str, str]] = {}
    for name, value in _pairs(factors, "a21026-Avg=12.3").items():
        code, dash, suffix = name.partition("-")
        if not dash:
            raise CallerError("{field!r} is no field. Write it as {form}.", field=name, form="a21026-Avg=12.3")
        groups.setdefault(code, {})[suffix] = value
    now = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y%m%d%H%M%S%f")[:17]
    parameters = _pairs(fields, "DataTime=20260301080000")
    return Message(
        cn=cn, st=st, mn=mn, pw=pw, qn=qn or now, flag=flag, parameters=parameters, factors=groups, pnum=pnum,
        pno=pno, rf=rf,
    )  # fmt: skip


def _pairs(given: Sequence[str] | None, form: str) -> dict[str, str]:
    """Take ``NAME=VALUE`` apart; a name that comes twice is refused."""
    found: dict[str, str] = {}
    for field in given or ():
        name, equals, value = field.partition("=")
        if not equals:
            raise CallerError("{field!r} is no field. Write it as {form}.", field=field, form=form)
        if name in found:
            raise CallerError("{name} is given twice. Give it once.", name=name)
        found[name] = value
    return found


def _check_segment(segment: bytes, edition: "Edition | None", key: bytes | None) -> None:
    """Refuse a segment that a strict reader would find fault with, or a strict writer would not write."""
    from lantian.wire.hj212.editions import Edition
    from lantian.wire.hj212.faults import FAULTS
    from lantian.wire.hj212.frame import parse
    from lantian.wire.hj212.message import generic
    from lantian.wire.hj212.writing import build, write

    try:
        raw = build(segment)
        flag = parse(raw).flag
        named = flag.edition if flag else Edition.HJ2017  # a writer guesses nothing
        frame = parse(raw, edition=edition or named)
    except PeerError as error:
        raise CallerError(
            "The segment makes more or less than one frame. Leave ## and line ends out, or use --unchecked."
        ) from error
    if frame.faults:
        raise CallerError(
            "The segment has these faults: {faults}. {meaning} Mend it, or use --unchecked.",
            faults=", ".join(frame.faults),
            meaning=FAULTS[frame.faults[0]].meaning,
        )
    write(generic(frame), key=key)
