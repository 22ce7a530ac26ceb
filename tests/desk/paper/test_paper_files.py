"""A paper's files: the forms that were asked for, and a template found by the kind of paper."""

from pathlib import Path

import docx
import pytest

from lantian.desk.paper.paper_files import FORMATS, write_one, write_paper
from lantian.terms.errors import CallerError


def test_each_form_becomes_a_file_and_progress_is_told(make_paper, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    files = write_paper(make_paper(), tmp_path, progress=lambda share, name: told.append((round(share, 2), name)))
    assert [path.name for path in files] == ["paper.docx", "paper.xlsx", "paper.pdf"]
    assert [path.read_bytes()[:4] for path in files] == [b"PK\x03\x04", b"PK\x03\x04", b"%PDF"]
    assert told == [(0.33, "paper.docx"), (0.67, "paper.xlsx"), (1.0, "paper.pdf")]


def test_a_form_that_was_asked_for_twice_is_written_once(make_paper, tmp_path: Path) -> None:
    assert len(write_paper(make_paper(), tmp_path, ("pdf", "pdf"))) == 1


@pytest.mark.parametrize("formats", [("odt",), (), ("pdf", "exe")])
def test_a_form_that_is_none_is_refused_before_anything_is_written(make_paper, tmp_path: Path, formats) -> None:
    with pytest.raises(CallerError, match="A paper is written as"):
        write_paper(make_paper(), tmp_path / "new", formats)
    assert not (tmp_path / "new").exists()
    assert FORMATS == ("docx", "xlsx", "pdf")


def test_a_template_is_found_by_the_kind_of_paper_and_its_findings_are_told(make_paper, tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("我局自己的格式 {{aqi}}{{none}}")
    (tmp_path / "templates").mkdir()
    made.save(str(tmp_path / "templates" / "test.docx"))
    found = []
    path = write_one(make_paper(), tmp_path / "a.docx", templates=tmp_path / "templates", on_finding=found.append)
    assert docx.Document(str(path)).paragraphs[0].text == "我局自己的格式 82—"
    assert found[0].code == "paper_template_place_unknown"
    write_one(make_paper(key="other"), tmp_path / "b.docx", templates=tmp_path / "templates")
    assert "一、总体情况" in [line.text for line in docx.Document(str(tmp_path / "b.docx")).paragraphs]
