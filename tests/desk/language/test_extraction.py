"""The catalogue tool finds every marked message, keeps translations and names what is left."""

import json
from pathlib import Path

import pytest

from lantian.desk.language import extraction
from lantian.desk.language.__main__ import main
from lantian.terms.errors import CallerError

SOURCE = """
_ = str
label = mark("Good days")
def page(t):
    t.gettext("Row {row} has no time")
    t.ngettext("{n} day", "{n} days", 2)
    t.gettext(label)
    t.format("Row {row} has no time", row=1)
    pl.format("{}-{}", 1, 2)
    return _("ozone")
"""


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, Path]:
    """A small package with marked messages, and a folder for its catalogues."""
    package, folder = tmp_path / "package", tmp_path / "language"
    package.mkdir()
    folder.mkdir()
    (package / "page.py").write_text(SOURCE, encoding="utf-8")
    (package / "page.html").write_text("<p>{{ _('From a template') }}</p>", encoding="utf-8")
    return package, folder


def test_every_message_of_the_source_is_translated_and_the_template_is_current() -> None:
    left = extraction.faults()
    assert not left, (
        f"{len(left)} to do, first {left[:5]}: run `python -m lantian.desk.language extract`, then `fill`"
    )


def test_calls_and_templates_are_found_but_variables_are_not(package: tuple[Path, Path]) -> None:
    found = {message.id for message in extraction.extract(package[0]) if message.id}
    assert found == {
        "Good days",
        "Row {row} has no time",
        ("{n} day", "{n} days"),
        "ozone",
        "From a template",
    }


def test_update_fills_glossary_names_and_lists_the_rest(package: tuple[Path, Path]) -> None:
    left = extraction.update(*package)
    assert {(row.locale, row.id, row.what) for row in left} == {
        ("zh_CN", text, "has no translation")
        for text in ("Good days", "Row {row} has no time", "{n} day", "From a template")
    }


def test_an_unchanged_source_gives_unchanged_files(package: tuple[Path, Path]) -> None:
    extraction.update(*package)
    before = {path: path.read_bytes() for path in package[1].rglob("*.po*")}
    extraction.update(*package)
    assert before == {path: path.read_bytes() for path in package[1].rglob("*.po*")}
    assert len(before) == 2


def test_translations_survive_an_update_and_return_when_their_message_returns(package: tuple[Path, Path]) -> None:
    source, folder = package
    extraction.update(source, folder)
    extraction.fill({"Good days": "优良天", "{n} day": "{n}天", "From a template": "来自模板"}, folder=folder)
    (source / "page.py").write_text(SOURCE.replace('mark("Good days")', '"nothing"'), encoding="utf-8")
    extraction.update(source, folder)
    assert "Good days" not in {row.id for row in extraction.extract(source)}
    (source / "page.py").write_text(SOURCE, encoding="utf-8")
    left = extraction.update(source, folder)
    assert [row.id for row in left] == ["Row {row} has no time"]


def test_a_translation_must_keep_the_named_places(package: tuple[Path, Path]) -> None:
    extraction.update(*package)
    extraction.fill({"Row {row} has no time": "第{rows}行没有时间"}, folder=package[1])
    complaints = {row.what for row in extraction.faults(*package) if row.id == "Row {row} has no time"}
    assert complaints == {"needs the places ['row'] and its translation has ['rows']"}


def test_a_stale_template_is_reported(package: tuple[Path, Path]) -> None:
    extraction.update(*package)
    (package[0] / "more.py").write_text('mark("A new thing")', encoding="utf-8")
    assert ("messages.pot", "A new thing") in {(row.locale, row.id) for row in extraction.faults(*package)}


def test_filling_an_unknown_id_writes_nothing_and_says_which(package: tuple[Path, Path]) -> None:
    extraction.update(*package)
    before = extraction.catalogue_path("zh_CN", package[1]).read_bytes()
    with pytest.raises(CallerError, match="No such message"):
        extraction.fill({"Good days": "优良天", "No such message": "无"}, folder=package[1])
    assert extraction.catalogue_path("zh_CN", package[1]).read_bytes() == before
    known = extraction.fill({"Good days": "优良天", "No such message": "无"}, folder=package[1], known_only=True)
    assert known == 1


def test_the_command_prints_open_ids_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["untranslated"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_the_command_refuses_a_file_that_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("[1, 2]", encoding="utf-8")
    assert main(["fill", str(tmp_path / "a.json")]) == 2
    assert "object of message id" in capsys.readouterr().err


def test_the_glossary_prints_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary"]) == 0
    assert "| `mda8` | 臭氧日最大8小时平均 |" in capsys.readouterr().out
