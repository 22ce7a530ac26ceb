"""What a file is by its own bytes, whatever its name says."""

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lantian.terms.errors import CallerError

_LOOK = 4096
_CHUNK = 1 << 20
_TEXTS = ("utf-8-sig", "gb18030")
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True, slots=True)
class FileType:
    """One type that can be told by its bytes."""

    name: str
    media_type: str


PDF = FileType("PDF", "application/pdf")
DOCX = FileType("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileType("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ZIP = FileType("ZIP", "application/zip")
CSV = FileType("CSV", "text/csv")
TEXT = FileType("text", "text/plain")
PNG = FileType("PNG", "image/png")
JPEG = FileType("JPEG", "image/jpeg")
WEBP = FileType("WebP", "image/webp")
MP4 = FileType("MP4", "video/mp4")
UNKNOWN = FileType("unknown", "application/octet-stream")

FILE_TYPES: dict[str, FileType] = {
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": XLSX,
    "csv": CSV,
    "txt": TEXT,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "webp": WEBP,
    "zip": ZIP,
    "mp4": MP4,
}
"""Extension → the type that its bytes have to be."""
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MACROS = "vbaproject.bin"


def check_type(path: Path, name: str, extensions: frozenset[str], max_unpacked_bytes: int) -> FileType:
    """Return the type of a file, refusing one that is not taken or is not what its name says.

    Parameters
    ----------
    path : Path
        The bytes.
    name : str
        What people call it.
    extensions : frozenset of str
        Extensions that are taken, without the dot.
    max_unpacked_bytes : int
        Most that a packed file may unpack to. [byte]
    """
    extension = Path(name).suffix.lower().removeprefix(".")
    if extension not in extensions or extension not in FILE_TYPES:
        raise CallerError(
            "{name} is of a type that is not taken. Send one of: {known}.",
            name=name,
            known=", ".join(sorted(extensions & set(FILE_TYPES))),
        )
    said, found = FILE_TYPES[extension], sniff(path)
    if found is TEXT and said in {CSV, TEXT}:
        found = said  # a table as text is text; only its name tells
    if found is not said:
        raise CallerError(
            "{name} is not what its name says: its bytes are {found}. Send it under its own extension.",
            name=name,
            found="of no known type" if found is None else found.name,
        )
    if said in {DOCX, XLSX, ZIP}:
        _check_packed(path, name, max_unpacked_bytes)
    return said


def sniff(path: Path) -> FileType | None:
    """Tell the type by the bytes; None where they are of no type that is known here."""
    with path.open("rb") as file:
        head = file.read(_LOOK)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return MP4
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _packed(path)
    return TEXT if _is_text(path) else None


def _packed(path: Path) -> FileType | None:
    try:
        with zipfile.ZipFile(path) as packed:
            held = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if "[Content_Types].xml" in held:
        return next((kind for part, kind in _PARTS.items() if part in held), None)
    return ZIP


def _check_packed(path: Path, name: str, max_unpacked_bytes: int) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    if sum(part.file_size for part in parts) > max_unpacked_bytes:
        raise CallerError(
            "{name} would unpack to more than {limit:,} bytes. Send its parts one by one.",
            name=name,
            limit=max_unpacked_bytes,
        )
    if any(part.filename.lower().endswith(_MACROS) for part in parts):
        raise CallerError(
            "{name} holds macros, which are not taken. Save it without them and send it again.", name=name
        )


def _is_text(path: Path) -> bool:
    """Whether a file is UTF-8 or GB 18030 text to its last byte, without control signs."""
    return any(_decodes(path, encoding) for encoding in _TEXTS)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if not _CONTROL.isdisjoint(chunk):
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
