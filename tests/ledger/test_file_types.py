"""A file is what its bytes are, not what its name says."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
import xlsxwriter

from lantian.ledger.file_types import FILE_TYPES, PDF, PNG, TEXT, check_type, sniff
from lantian.terms.errors import CallerError

ALL = frozenset(FILE_TYPES)


def word() -> bytes:
    made = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("调度表")
    document.save(made)
    return made.getvalue()


def excel() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("调度表").write("A1", "进展")
    return made.getvalue()


def packed(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, held in parts.items():
            file.writestr(name, held)
    return made.getvalue()


SAMPLES = {
    "pdf": b"%PDF-1.7\n1 0 obj",
    "docx": word(),
    "xlsx": excel(),
    "csv": "月份,进展\n2024-07,完成".encode(),
    "txt": "进展：完成".encode("gb18030"),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "jpg": b"\xff\xd8\xff\xe0" + bytes(20),
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "zip": packed(a="1"),
    "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(20),
}


def check(tmp_path: Path, data: bytes, name: str, limit: int = 10**9):
    path = tmp_path / "incoming"
    path.write_bytes(data)
    return check_type(path, name, ALL, limit)


@pytest.mark.parametrize("extension", SAMPLES)
def test_each_type_is_told_by_its_bytes(tmp_path: Path, extension: str):
    assert check(tmp_path, SAMPLES[extension], f"附件.{extension.upper()}") is FILE_TYPES[extension]


@pytest.mark.parametrize("said", SAMPLES)
@pytest.mark.parametrize("is_really", SAMPLES)
def test_no_type_passes_for_another(tmp_path: Path, said: str, is_really: str):
    if FILE_TYPES[said] is FILE_TYPES[is_really] or {said, is_really} == {"csv", "txt"}:
        assert check(tmp_path, SAMPLES[is_really], f"a.{said}") is FILE_TYPES[said]
        return
    with pytest.raises(CallerError, match="not what its name says"):
        check(tmp_path, SAMPLES[is_really], f"a.{said}")


@pytest.mark.parametrize("name", ["a.exe", "a", "a.pdf.exe", ".pdf", "a.docm", "a.html"])
def test_a_type_that_is_not_taken_is_refused(tmp_path: Path, name: str):
    with pytest.raises(CallerError, match="not taken"):
        check(tmp_path, SAMPLES["pdf"], name)


@pytest.mark.parametrize("data", [b"MZ\x90\x00", b"\x00\x01\x02", b"text\x00text", b"\xff\xfe\xff\xff\xff\xff"])
def test_bytes_of_no_known_type_are_no_text(tmp_path: Path, data: bytes):
    with pytest.raises(CallerError, match="no known type"):
        check(tmp_path, data, "a.txt")


def test_a_sign_cut_by_a_chunk_is_still_text(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" + "进".encode() * 400_000)
    assert sniff(path) is TEXT


def test_a_bomb_and_a_macro_are_refused(tmp_path: Path):
    bomb = packed(**{"[Content_Types].xml": "", "xl/workbook.xml": "0" * 100_000})
    with pytest.raises(CallerError, match="unpack to more than 50,000"):
        check(tmp_path, bomb, "a.xlsx", limit=50_000)
    macro = packed(**{"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": ""})
    with pytest.raises(CallerError, match="macros"):
        check(tmp_path, macro, "a.docx")


def test_a_broken_archive_is_of_no_type(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(SAMPLES["zip"][:20])
    assert sniff(path) is None
    path.write_bytes(b"\n\n%PDF-1.4")
    assert sniff(path) is PDF
    path.write_bytes(SAMPLES["png"])
    assert sniff(path) is PNG
