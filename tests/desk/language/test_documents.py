"""The pages about language and intake say what the code does."""

from pathlib import Path

from lantian.desk.intake import REASONS
from lantian.desk.language.glossary import glossary_markdown
from lantian.loop.evaluate.importers import IMPORTERS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_glossary_of_the_docs_is_the_glossary() -> None:
    assert glossary_markdown() in (DOCS / "language.md").read_text(encoding="utf-8")


def test_every_reason_and_every_importer_is_documented() -> None:
    page = (DOCS / "intake.md").read_text(encoding="utf-8")
    assert [code for code in REASONS if f"`{code}`" not in page] == []
    assert [name for name in IMPORTERS if f"| `{name}` |" not in page] == []
