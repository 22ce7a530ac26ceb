"""The page on factors and mass balances runs."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "pmf.md"


def test_every_example_of_the_page_runs() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("```", "")
    page = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    outcome = doctest.DocTestRunner().run(page, out=report.append)
    assert outcome.attempted > 20
    assert outcome.failed == 0, "".join(report)
