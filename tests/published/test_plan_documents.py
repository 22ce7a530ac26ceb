# Source: the founding plan read by hand, the reference's two pattern texts, twenty-six plans of invented places.
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import pytest
import xlsxwriter

from lantian.city import City, load_city
from lantian.desk.intake.documents import read_source
from lantian.science.plan_text.payload import draft_payload
from lantian.science.plan_text.reading import read_plan

PLANS = Path(__file__).with_name("plans")
Folders = pytest.TempPathFactory


def _scoring() -> ModuleType:
    spec = spec_from_file_location("plan_score", Path(__file__).with_name("plan_score.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["plan_score"] = module
    spec.loader.exec_module(module)
    return module


SCORE = _scoring()


def _as_text(name: str, encoding: str, line_end: str = "\n") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / name
        text = (PLANS / name).read_text(encoding="utf-8")
        path.write_bytes(text.replace("\n", line_end).encode(encoding))
        return path

    return build


def _paragraphs_in_word(folder: Path) -> Path:
    document = docx.Document()
    for line in (PLANS / "unit-lines.txt").read_text(encoding="utf-8").splitlines():
        if line:
            document.add_paragraph(line)
    path = folder / "unit-lines.docx"
    document.save(str(path))
    return path


def _table_in_word(folder: Path) -> Path:
    plan = SCORE.truth_of(PLANS / "task-table.toml")
    document = docx.Document()
    document.add_paragraph(plan["title"], style="Title")
    for text in plan["paragraphs"]:
        document.add_paragraph(text)
    grid = document.add_table(rows=0, cols=len(plan["header"]))
    for row in (plan["header"], *plan["rows"]):
        cells = grid.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[-1]).text = row[0]
            continue
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    path = folder / "task-table.docx"
    document.save(str(path))
    return path


def _sheet(folder: Path) -> Path:
    plan = SCORE.truth_of(PLANS / "task-sheet.toml")
    path = folder / "task-sheet.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("任务表")
        sheet.merge_range(0, 0, 0, len(plan["header"]) - 1, plan["title"])
        for at, row in enumerate((plan["header"], *plan["rows"]), start=1):
            sheet.write_row(at, 0, row)
    return path


def _word(name: str) -> Callable[[Path], Path]:
    """A Word file of headings, paragraphs and tables; an empty cell of a merged column belongs above."""

    def build(folder: Path) -> Path:
        document = docx.Document()
        for block in SCORE.truth_of(PLANS / f"{name}.toml")["blocks"]:
            if "header" in block:
                _grid(document, block)
            else:
                style = "Title" if "heading" in block else None
                document.add_paragraph(block.get("heading") or block["text"], style=style)
        path = folder / f"{name}.docx"
        document.save(str(path))
        return path

    return build


def _grid(document: docx.document.Document, block: dict[str, Any]) -> None:
    rows = (block["header"], *block["rows"])
    grid = document.add_table(rows=len(rows), cols=len(block["header"]))
    for at, row in enumerate(rows):
        for cell, text in zip(grid.rows[at].cells, row, strict=True):
            cell.text = text
    for column in block.get("merge", ()):
        top = 1
        for at in range(2, len(rows)):
            if rows[at][column]:
                top = at
            else:
                grid.cell(top, column).merge(grid.cell(at, column)).text = rows[top][column]


def _book(name: str) -> Callable[[Path], Path]:
    """A workbook with one table a sheet, the title in a merged row above the first."""

    def build(folder: Path) -> Path:
        path = folder / f"{name}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            for plan in SCORE.truth_of(PLANS / f"{name}.toml")["sheets"]:
                sheet = book.add_worksheet(plan["name"])
                if "title" in plan:
                    sheet.merge_range(0, 0, 0, len(plan["header"]) - 1, plan["title"])
                for at, row in enumerate((plan["header"], *plan["rows"]), start="title" in plan):
                    sheet.write_row(at, 0, row)
        return path

    return build


FILES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "unit-lines": ("unit-lines", _as_text("unit-lines.txt", "utf-8")),
    "unit-lines-word": ("unit-lines", _paragraphs_in_word),
    "bare-lists": ("bare-lists", _as_text("bare-lists.txt", "utf-8-sig")),
    "supervised-gbk": ("supervised", _as_text("supervised.txt", "gbk")),
    "provincial-lead": ("provincial-lead", _as_text("provincial-lead.txt", "gb18030")),
    "without-tails": ("without-tails", _as_text("without-tails.txt", "utf-8")),
    "one-time-clause": ("one-time-clause", _as_text("one-time-clause.txt", "utf-8")),
    "page-gbk": ("page", _as_text("page.html", "gbk")),
    "wide-area": ("wide-area", _as_text("wide-area.txt", "utf-8")),
    "county-notice": ("county-notice", _as_text("county-notice.txt", "utf-8", "\r\n")),
    "task-table-word": ("task-table", _table_in_word),
    "task-sheet": ("task-sheet", _sheet),
    "national-2023": ("national-2023", _as_text("national-2023.txt", "utf-8")),
    "provincial-levels-gbk": ("provincial-levels", _as_text("provincial-levels.txt", "gb18030")),
    "yearly-leaders-gbk": ("yearly-leaders", _as_text("yearly-leaders.txt", "gbk", "\r\n")),
    "district-square": ("district-square", _as_text("district-square.txt", "utf-8")),
    "one-line-labels": ("one-line-labels", _as_text("one-line-labels.txt", "utf-8")),
    "first-second-third": ("first-second-third", _as_text("first-second-third.txt", "utf-8")),
    "ascii-gbk": ("ascii", _as_text("ascii.txt", "gbk")),
    "numerals-gbk": ("numerals", _as_text("numerals.txt", "gb18030")),
    "decimals": ("decimals", _as_text("decimals.txt", "utf-8-sig")),
    "chapters": ("chapters", _as_text("chapters.txt", "utf-8")),
    "town-mail-gbk": ("town-mail", _as_text("town-mail.txt", "gbk", "\r\n")),
    "plain-lines": ("plain-lines", _as_text("plain-lines.txt", "utf-8")),
    "autumn-winter-word": ("autumn-winter", _word("autumn-winter")),
    "company-annex-word": ("company-annex", _word("company-annex")),
    "workbook": ("workbook", _book("workbook")),
}
REFERENCE = {
    "changzhi-2024": None,
    "pattern-2018": "01-national-2018-style",
    "pattern-2022": "04-responsible-units-2022-style",
}


class Reading:
    """One document read, with its truth and its scores."""

    def __init__(self, name: str, path: Path, truth: dict[str, Any], city: City | None) -> None:
        self.name = name
        self.truth = truth
        self.source = read_source(path)
        self.draft = read_plan(self.source, city)
        self.payload = draft_payload(self.draft)
        self.scores = SCORE.score(self.payload, truth)


@pytest.fixture(scope="module")
def readings() -> Iterator[dict[str, Reading]]:
    """Every document read once; their scores are printed together at the end."""
    done: dict[str, Reading] = {}
    yield done
    print("\n" + SCORE.table({name: row.scores for name, row in done.items()}))


@pytest.fixture(params=[*FILES, *(pytest.param(name, marks=pytest.mark.reference) for name in REFERENCE)])
def reading(request: pytest.FixtureRequest, readings: dict[str, Reading], tmp_path_factory: Folders) -> Reading:
    """One document, read."""
    name = str(request.param)
    if name not in readings:
        if name in FILES:
            stem, build = FILES[name]
            path = build(tmp_path_factory.mktemp("plans"))
            readings[name] = Reading(name, path, SCORE.truth_of(PLANS / f"{stem}.truth.toml"), None)
        else:
            readings[name] = _reference_reading(name, request.getfixturevalue("reference_data"))
    return readings[name]


@pytest.fixture
def seed(readings: dict[str, Reading], reference_data: Path) -> Reading:
    """The founding plan, read."""
    if "changzhi-2024" not in readings:
        readings["changzhi-2024"] = _reference_reading("changzhi-2024", reference_data)
    return readings["changzhi-2024"]


def _reference_reading(name: str, data: Path) -> Reading:
    file = REFERENCE[name]
    if file is None:
        path = next((data.parent / "seed").glob("*.txt"))
        return Reading(name, path, SCORE.truth_of(PLANS / f"{name}.truth.toml"), load_city("changzhi"))
    truth = SCORE.reference_truth(data / "plans" / f"{file}.truth.yaml", PLANS / f"{name}.more.toml")
    return Reading(name, data / "plans" / f"{file}.txt", truth, None)


def _misses(reading: Reading, *kinds: str) -> str:
    return SCORE.table({reading.name: {kind: reading.scores[kind] for kind in kinds if kind in reading.scores}})


def test_every_measure_has_its_number_title_and_section(reading: Reading) -> None:
    kinds = [kind for kind in ("measures", "sections") if kind in reading.scores]
    assert all(reading.scores[kind].perfect for kind in kinds), _misses(reading, *kinds)


def test_every_tail_is_read_as_written(reading: Reading) -> None:
    assert reading.scores["tails"].perfect, _misses(reading, "tails")


def test_every_deadline_is_read(reading: Reading) -> None:
    assert reading.scores["deadlines"].perfect, _misses(reading, "deadlines")


def test_nearly_every_indicator_is_read_with_all_its_fields(reading: Reading) -> None:
    found = reading.scores["indicators"]
    assert found.precision >= 0.97, _misses(reading, "indicators")
    assert found.recall >= 0.97, _misses(reading, "indicators")


def test_every_target_is_read(reading: Reading) -> None:
    assert reading.scores["targets"].perfect, _misses(reading, "targets")


def test_document_says_what_it_is(reading: Reading) -> None:
    assert reading.scores["facts"].perfect, _misses(reading, "facts")


def test_names_and_document_numbers_are_no_indicators(reading: Reading) -> None:
    words = reading.truth.get("not_indicators", ())
    assert SCORE.taken_for_numbers(reading.payload, reading.source.text, words) == []


def test_one_time_clause_names_the_implementers_of_all(reading: Reading) -> None:
    wanted = reading.truth.get("default_implement", [])
    assert list(reading.payload["default_implement"]) == list(wanted)


def test_each_tail_closes_the_words_since_the_last_one(reading: Reading) -> None:
    for measure in reading.draft.measures:
        end = measure.title_span.start
        for tail in measure.tails:
            if tail.closes is None:
                continue
            assert end <= tail.closes.start <= tail.closes.end, (measure.title, tail.raw)
            assert measure.span.holds(tail.closes), (measure.title, tail.raw)
            end = tail.closes.end


@pytest.mark.reference
def test_truth_of_the_founding_plan_has_the_counts_of_its_description(seed: Reading) -> None:
    measures = seed.truth["measures"]
    tails = [tail for row in measures for tail in row.get("tails", ())]
    times = [time for row in measures for time in row["deadlines"]]
    modes = {mode: sum(tail["mode"] == mode for tail in tails) for mode in ("牵头", "落实", "负责", "分别负责")}
    assert (len(measures), len(seed.truth["sections"]), len(tails)) == (40, 9, 62)
    assert modes == {"牵头": 39, "落实": 9, "负责": 8, "分别负责": 6}
    assert (len(times), sum("date" in time for time in times)) == (24, 22)
    assert [row["number"] for row in measures for time in row["deadlines"] if "date" not in time] == [33, 38]
    assert sum(len(row["indicators"]) for row in measures) == 39
    assert (len(seed.truth["targets"]), len(seed.truth["not_indicators"])) == (8, 16)
    assert sum(tail.get("open_list", False) for tail in tails) == 2
    assert sum(bool(row.get("tails")) for row in measures) == 35


@pytest.mark.reference
def test_truth_of_the_founding_plan_stands_in_its_text(seed: Reading) -> None:
    text, at = seed.source.text, 0
    for row in seed.truth["measures"]:
        at = text.index(f"{row['number']}.{row['title']}", at)
        for tail in row.get("tails", ()):
            at = text.index(tail["raw"], at) + len(tail["raw"])
    for word in seed.truth["not_indicators"]:
        assert word in text


@pytest.mark.reference
def test_every_county_of_a_collective_stands_beside_it(seed: Reading) -> None:
    counties = {f"gov-{row.adcode}" for row in load_city("changzhi").counties}
    collective = [
        tail for row in seed.payload["measures"] for tail in row["tails"] if "各县区人民政府" in tail["implement"]
    ]
    assert len(collective) == 36
    assert all(counties <= set(tail["expanded_ids"]["implement"]) for tail in collective)
