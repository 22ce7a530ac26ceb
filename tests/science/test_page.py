"""The page about the science library: its examples run, and it names the modules that there are."""

import doctest
import re
from importlib.util import find_spec
from pathlib import Path

import lantian.science

PAGE = Path(__file__).parents[2] / "docs" / "science.md"


def test_every_example_of_the_page_runs_as_printed() -> None:
    text = "\n".join("" if line.startswith("```") else line for line in PAGE.read_text("utf-8").splitlines())
    page = doctest.DocTestParser().get_doctest(text, {}, "science.md", str(PAGE), 0)
    report: list[str] = []
    outcome = doctest.DocTestRunner().run(page, out=report.append)
    assert outcome.attempted > 40
    assert outcome.failed == 0, "".join(report)


def test_page_and_package_name_the_same_modules_and_all_of_them_exist() -> None:
    on_page = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    on_sign = re.findall(r"^``([a-z_.]+)``", lantian.science.__doc__ or "", re.MULTILINE)
    assert on_page == on_sign
    assert [name for name in on_page if find_spec(f"lantian.science.{name}") is None] == []


def test_page_names_every_module_of_the_first_floor() -> None:
    page = PAGE.read_text("utf-8")
    names = {path.stem for path in Path(lantian.science.__file__).parent.glob("*.py")} - {"__init__"}
    assert {"aqi", "ranking", "trend"} <= names
    assert [name for name in sorted(names) if f"| `{name}` |" not in page] == []
