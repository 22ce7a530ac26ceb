"""Bytes to text: byte order mark, then strict UTF-8, then strict GB18030; never a guess that hides damage."""

import codecs
from dataclasses import dataclass

from lantian.desk.language import mark
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXPECTED_TWO_BYTE = frozenset("µμ°±×÷·²³¹½¼¾§ΔΣαβγδλρσ\u00a0éèêëäöüßñçáíóúàâîôû©®")
"""Characters of two UTF-8 bytes that tables here do hold: units, signs and letters of western names."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with how it was read."""

    text: str
    encoding: str
    findings: tuple[Finding, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Decode the bytes of a text table.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        File name for messages.
    encoding : str, optional
        Encoding that the caller knows; nothing is detected then, and a byte that does not fit is an error.

    Raises
    ------
    CallerError
        When the bytes are no text in UTF-8, UTF-16 with mark or GB18030.

    Examples
    --------
    >>> decode("时间,站点".encode("gbk"), "a.csv").encoding
    'gb18030'
    """
    if encoding is not None:
        return _as_told(data, name, encoding)
    for sign, codec in _MARKS:
        if data.startswith(sign):
            return _as_told(data, name, codec)
    if b"\x00" in data[:65536]:
        raise CallerError(
            "{name} holds zero bytes: it is not a text table. If it is UTF-16 without a mark, name "
            "the encoding (utf-16-le); else save it as CSV or Excel again.",
            name=name,
        )
    text, cut = _utf8(data)
    if text is None:
        return _as_gb18030(data, name)
    found = (_cut_off(name),) if cut else ()
    doubtful = {c for c in text if "\x7f" < c <= "\u07ff"} - _EXPECTED_TWO_BYTE
    if doubtful and not any(c > "\u07ff" for c in text):
        chinese = _gb18030(data)
        if chinese is not None and _mostly_common_chinese(chinese):
            return Decoded(chinese, "gb18030", (_ambiguous(name, chinese), *found))
    return Decoded(text, "utf-8", found)


def _as_told(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
        text = data.decode(encoding)
    except LookupError as error:
        raise CallerError(
            "No encoding {encoding!r} is known. Use utf-8, gb18030, gbk or utf-16.",
            encoding=encoding,
        ) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CallerError(
            "{name} is not {encoding}: byte {start} on line {line} ({hex}) does not fit. Leave the "
            "encoding out to have it detected, or save the file as UTF-8.",
            name=name,
            encoding=encoding,
            start=error.start,
            line=line,
            hex=data[error.start : error.start + 4].hex(" "),
        ) from error
    return Decoded(text.removeprefix("\ufeff"), "utf-8" if codec == "utf-8-sig" else codec)


def _utf8(data: bytes) -> tuple[str | None, bool]:
    """Text if the bytes are UTF-8, and whether the last character is cut off."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        text = decoder.decode(data, final=False)
    except UnicodeDecodeError:
        return None, False
    rest = decoder.getstate()[0]
    if rest and text.isascii():
        return None, False  # a lone high byte at the end says nothing about UTF-8
    return text, bool(rest)


def _gb18030(data: bytes) -> str | None:
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.end >= len(data):
            return data[: error.start].decode("gb18030")
        return None


def _as_gb18030(data: bytes, name: str) -> Decoded:
    text = _gb18030(data)
    if text is None or any("\ue000" <= c <= "\uf8ff" for c in text):
        raise CallerError(
            "{name} is neither UTF-8 nor GB18030 (GBK), so its words cannot be read without damage. "
            "Name its encoding, or save it as UTF-8 again.",
            name=name,
        )
    found = (_cut_off(name),) if len(text.encode("gb18030")) < len(data) else ()
    if not _mostly_common_chinese(text):
        found = (*found, _doubtful(name))
    return Decoded(text, "gb18030", found)


def _mostly_common_chinese(text: str) -> bool:
    """Whether the words outside ASCII are those of everyday Chinese (level 1 of GB 2312) and its signs."""
    foreign = [c for c in text[:200_000] if c > "\x7f"]
    common = sum(1 for c in foreign if _is_common(c))
    return bool(foreign) and common >= 0.7 * len(foreign)


def _is_common(character: str) -> bool:
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xA1 <= row <= 0xA9 or 0xB0 <= row <= 0xD7


def _cut_off(name: str) -> Finding:
    return Finding(
        "file_cut_off",
        name,
        mark("The last character is incomplete: the file was probably cut off while it was copied."),
        Severity.ERROR,
    )


def _doubtful(name: str) -> Finding:
    return Finding(
        "encoding_doubtful",
        name,
        mark("Read as GB18030, but many characters are rare ones: check a few names, or name the encoding."),
    )


def _ambiguous(name: str, text: str) -> Finding:
    sample = next((line for line in text.splitlines() if not line.isascii()), "")[:40]
    return Finding(
        "encoding_ambiguous",
        name,
        mark(
            "The bytes are valid in UTF-8 and in GB18030; read as GB18030, where they are common words: {sample}"
        ),
        Severity.INFO,
        evidence={"sample": sample},
    )
