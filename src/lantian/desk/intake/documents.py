"""A plan document as text with its blocks: which kind of file it is, and how it is read (方案文件)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lantian.desk.intake.document_parts import DocumentLimits
from lantian.desk.intake.encodings import decode
from lantian.desk.intake.limits import megabytes
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import Source
from lantian.terms.errors import CallerError

__all__ = ["READABLE", "DocumentLimits", "read_source"]

READABLE = "text (.txt, UTF-8 or GBK), a web page (.html), Word (.docx), a text PDF or a workbook (.xlsx)"
_Reader = Callable[[bytes, str, str, DocumentLimits], Source]


def read_source(path: Path, limits: DocumentLimits | None = None) -> Source:
    """Read a document file; what it is, its first bytes say.

    Parameters
    ----------
    path : Path
        Text, web page, Word document, text PDF or workbook.
    limits : DocumentLimits, optional
        Largest document that is read.

    Returns
    -------
    Source
        Its text with the place of every paragraph and cell.

    Raises
    ------
    CallerError
        When the file is absent, empty, damaged, locked, too large, a scan without text, or of another kind.
    """
    allowed = limits or DocumentLimits()
    data = _bytes(path, allowed)
    digest = hashlib.sha256(data).hexdigest()
    return _reader(data, path)(data, path.name, digest, allowed)


def _bytes(path: Path, limits: DocumentLimits) -> bytes:
    try:
        if path.is_dir():
            raise CallerError("{path} is a folder, not a document. Name one of its files.", path=path)
        with path.open("rb") as file:
            data = file.read(limits.bytes + 1)
    except FileNotFoundError as error:
        raise CallerError("{path} does not exist. Check the name and the folder.", path=path) from error
    except (OSError, ValueError) as error:
        raise CallerError(
            "{path} cannot be opened: {error}. Check who may read it.",
            path=path,
            error=getattr(error, "strerror", None) or error,
        ) from error
    if len(data) > limits.bytes:
        raise CallerError(
            "{path} has more than {most}. Split it, or raise the limit.", path=path, most=megabytes(limits.bytes)
        )
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise CallerError(
            "{path} is empty ({size} bytes). Ask for the file again; nothing was read.", path=path, size=len(data)
        )
    return data


def _reader(data: bytes, path: Path) -> _Reader:
    """Choose the reader by the first bytes; readers of heavy formats are imported only when needed."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data, path)
    if b"%PDF-" in data[:1024]:
        from lantian.desk.intake.document_pdf import read_pdf

        return read_pdf
    for sign, what, advice in _FOREIGN:
        if data.startswith(sign):
            raise CallerError(
                "{name} is {what}, which cannot be read as a plan. {advice}; readable are {readable}.",
                name=path.name,
                what=what,
                advice=advice,
                readable=READABLE,
            )
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if path.suffix.lower() in (".html", ".htm", ".xhtml", ".shtml") or head.startswith(_PAGE_SIGNS):
        from lantian.desk.intake.document_page import read_page

        return read_page
    for suffix in (".pdf", ".docx", ".xlsx", ".doc", ".xls", ".wps"):
        if path.suffix.lower() == suffix:
            raise CallerError(
                "{name} should be a {suffix} file, but its beginning is damaged or something else. Copy it again "
                "from where it came.",
                name=path.name,
                suffix=suffix,
            )
    return _read_text


_PAGE_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<div", b"<p>", b"<p ", b"<table")
_SAVE_AS = "Open it in Word or WPS and save it as .docx"
_PICTURE = "Run it through text recognition, or ask for the Word file"
_UNPACK = "Unpack it and give the file in it"
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old or locked Office file",
        f"{_SAVE_AS} (or .xlsx), without password",
    ),
    (b"{\\rtf", "a rich text file", _SAVE_AS),
    (b"\x89PNG", "a picture", _PICTURE),
    (b"\xff\xd8\xff", "a picture", _PICTURE),
    (b"GIF8", "a picture", _PICTURE),
    (b"II*\x00", "a picture", _PICTURE),
    (b"MM\x00*", "a picture", _PICTURE),
    (b"BM", "a picture", _PICTURE),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
)


def _packed(data: bytes, path: Path) -> _Reader:
    if b"word/" in data:
        from lantian.desk.intake.document_word import read_word

        return read_word
    if b"xl/" in data:
        from lantian.desk.intake.document_book import read_book

        return read_book
    raise CallerError(
        "{name} is a zip archive or a half Office file, and holds neither a Word document nor a workbook. Copy it "
        "again, or unpack it; readable are {readable}.",
        name=path.name,
        readable=READABLE,
    )


def _read_text(data: bytes, name: str, digest: str, limits: DocumentLimits) -> Source:
    decoded = decode(data, name)
    if len(decoded.text) > limits.characters:
        raise CallerError(
            "{name} has {length:,} characters; at most {most:,} are read. Split it, or raise the limit.",
            name=name,
            length=len(decoded.text),
            most=limits.characters,
        )
    source = source_of_text(decoded.text, name)
    return replace(
        source, encoding=decoded.encoding, digest=digest, findings=(*decoded.findings, *source.findings)
    )
