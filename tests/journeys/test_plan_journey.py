"""A plan's whole round at the terminal: from a document to duties, a month of reports, letters, and a new edition.

Told twice: with the founding document and with a short invented plan; each on both databases.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import pytest

from lantian.cli.frame import run
from lantian.desk.language import translation

BODY = "潞州区"
ENGLISH = "People's Government of Luzhou District"
INVENTED = """长治市2024年清洁空气行动方案

一、工作目标
(一)约束性指标
1.2024年,潞城区PM2.5浓度达到40微克/立方米以下。

二、重点任务
(一)治理工业
1.治理炉窑。2024年9月底前,全市20座炉窑完成治理。(市生态环境局牵头,市工信局配合,各县区人民政府落实)
2.淘汰小锅炉。力争2024年10月底前完成。(市能源局牵头,相关县区人民政府落实)
3.管住堆场。加强巡查。(市生态环境局牵头,各县区人民政府落实)
(二)治理城乡
4.清扫道路。到2024年底,道路机械化清扫率达到85%以上。(市城管局牵头,各县区人民政府落实)
5.禁烧秸秆。加强巡查。(市农业农村局牵头,各县区人民政府落实)
6.治理油烟。加强巡查。(市城管局牵头,各县区人民政府落实)
7.管住扬尘。加强巡查。(市住建局牵头,市气象局配合,各县区人民政府落实)
"""


@dataclass(frozen=True)
class Told:
    """A document and what of it the journey touches."""

    text: str
    measures: int
    settled: str
    """Tail whose 相关县区 is settled."""
    aspired: tuple[str, str, str, str]
    """Number and title of a measure, words of a date in it that a person calls firm, and the day."""
    late: str
    """Number of the measure that is overdue since the end of September."""
    later: Mapping[str, str]
    """What the second edition says otherwise: a date two months later, a body more."""
    joined: tuple[str, str]
    """Number of the measure that the new body joins, and its id."""


SHORT = Told(
    INVENTED, 7, "2.1", ("2", "淘汰小锅炉", "2024年10月底前", "2024-10-31"), "1",
    {"2024年9月底前": "2024年11月底前", "市气象局配合": "市气象局、市水利局配合"}, ("7", "water"),
)  # fmt: skip


def founding(data: Path) -> Told:
    """Return the founding document, which stands beside the reference data."""
    path = next((data.parent / "seed").glob("*.txt"))
    text = path.read_text(encoding="utf-8")
    aspired = ("6", "全面完成超低排放改造工程", "2025年12月底前", "2025-12-31")
    later = {
        "2024年9月底前完成改造": "2024年11月底前完成改造",
        "市气象局配合": "市气象局、市水利局配合",
    }
    return Told(text, 40, "2.1", aspired, "7", later, ("29", "water"))


class Desk:
    """The air office at its terminal, in one workspace."""

    def __init__(self, capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
        self._capsys = capsys
        self.workspace = workspace

    def says(self, *arguments: object, code: int = 0, language: str = "en") -> str:
        """Run a command and return what it printed."""
        given = [str(one) for one in arguments]
        done = run([*given, "-w", str(self.workspace)], translation(language))
        said = self._capsys.readouterr()
        assert done == code, f"{given}: {said.err or said.out}"
        return said.out

    def asks(self, *arguments: object, code: int = 0):
        """Run a command and return its JSON."""
        return json.loads(self.says(*arguments, "--json", code=code))

    def compares(self, old: Path, new: Path):
        """Compare two documents, which wants no workspace."""
        done = run(["plan", "diff", str(old), str(new), "--json"], translation("en"))
        said = self._capsys.readouterr()
        assert done == 0, said.err
        return json.loads(said.out)["changes"]

    def duties(self, day: str, body: str = BODY):
        return self.asks("plan", "duties", "--body", body, "--today", day)["duties"]

    def duty(self, measure: str, day: str):
        return next(row for row in self.duties(day) if row["measure"] == measure)


@pytest.fixture(params=["invented", pytest.param("founding", marks=pytest.mark.reference)])
def told(request: pytest.FixtureRequest) -> Told:
    return SHORT if request.param == "invented" else founding(request.getfixturevalue("reference_data"))


@pytest.fixture
def desk(capsys, monkeypatch, tmp_path: Path, empty_url: str) -> Desk:
    """An empty workspace of Changzhi; its decisions stand on either database."""
    if empty_url.startswith("postgresql"):
        monkeypatch.setenv("LANTIAN_LEDGER_URL", empty_url)
    made = Desk(capsys, tmp_path / "w")
    made.says("init", "--city", "changzhi", "--simulated")
    return made


# ------------------------------------------------------------------------------------------- what a file says


def words_of(path: Path | str) -> str:
    """Every word of a Word file: headers, paragraphs, cells."""
    document = docx.Document(str(path))
    heads = [row.text for section in document.sections for row in section.header.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*heads, *(row.text for row in document.paragraphs), *cells])


def table_of(path: Path | str, head: str) -> list[dict[str, object]]:
    """Rows of the first page of a workbook below the line that holds a heading."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]
    at = next(place for place, row in enumerate(rows) if head in row)
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in rows[at + 1 :] if any(row[1:3])]


def write_cells(path: Path | str, out: Path, rows: Mapping[int, Mapping[str, object]]) -> Path:
    """Write into rows of a sheet, counted from 0, by their headings; as a person with a spreadsheet would."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    columns = {str(cell.value): cell.column for cell in page[4]}
    for place, cells in rows.items():
        for heading, value in cells.items():
            page.cell(5 + place, columns[heading]).value = value  # type: ignore[assignment]
    book.save(out)
    return out


# ------------------------------------------------------------------------------------------- the journey


def adopted(desk: Desk, told: Told, folder: Path) -> Path:
    """Read the document, settle a group, confirm one reading, put the plan in force."""
    document = folder / "plan.txt"
    document.write_text(told.text, encoding="utf-8")
    said = desk.asks("plan", "adopt", document, "--by", "office")
    assert (said["edition"], said["state"], said["measures"]) == (1, "draft", told.measures)
    doubts = desk.asks("plan", "confirm")["doubts"]
    assert told.settled in {f"{row['measure']}.{row['tail']}" for row in doubts}
    means = ("--means", BODY, "--means", "上党区")
    left = desk.asks("plan", "confirm", "--settle", told.settled, *means, "--by", "office")
    assert left["settled"] == 2
    assert len(left["doubts"]) == len(doubts) - 1

    number, title, words, day = told.aspired
    assert not firm_of(desk, number, day)
    decided = [{"kind": "deadline", "measure": title, "words": words, "decided": {"firm": True}}]
    (folder / "readings.json").write_text(json.dumps(decided, ensure_ascii=False), encoding="utf-8")
    desk.asks("plan", "confirm", "--reading", folder / "readings.json", "--by", "office")
    assert firm_of(desk, number, day)

    assert desk.asks("plan", "confirm", "--in-force", "--by", "director")["in_force"] is True
    measure, _, tail = told.settled.partition(".")
    duties = desk.asks("plan", "show", measure)["duties"]
    carrying = {row["organisation"] for row in duties if (str(row["tail"]), row["role"]) == (tail, "implement")}
    assert carrying & {"gov-140403", "gov-140404", "gov-140405"} == {"gov-140403", "gov-140404"}
    return document


def firm_of(desk: Desk, measure: str, due: str) -> bool:
    newest = desk.asks("plan", "show")["plans"][0]["id"]
    tasks = desk.asks("plan", "show", measure, "--plan", newest)["tasks"]
    return all(row["firm"] for row in tasks if row["due"] == due and row["kind"] == "deadline")


GOOD: Mapping[str, object] = {"Progress": "已完成一半", "Share done (%)": 50, "State of work": "Under way"}


def reported(desk: Desk, folder: Path) -> None:
    """Send a sheet, take it back with three mistakes in it, and the mended rows after."""
    sent = desk.asks("plan", "sheets", "--month", "2024-10", "--today", "2024-11-04", "--by", "office")
    mine = next(row for row in sent["sheets"] if row["organisation"] == "gov-140403")
    assert len(sent["sheets"]) > 10
    rows = table_of(mine["workbook"], "Report code")
    assert len([row for row in rows if str(row["Report code"]).startswith("2410-")]) == mine["duties"]
    printed = docx.Document(mine["document"]).tables[0]
    assert len(printed.rows) == mine["duties"] + 1
    assert ENGLISH in words_of(mine["document"])

    mistakes = {
        1: {**GOOD, "Share done (%)": 130},
        2: {**GOOD, "State of work": "差不多"},
        3: {**GOOD, "Spent (10,000 yuan)": "很多"},
    }
    done = {**GOOD, "Progress": "全部完成", "Share done (%)": 100, "State of work": "Done"}
    back = write_cells(mine["workbook"], folder / "back.xlsx", {0: GOOD, **mistakes, 4: done})
    (said,) = desk.asks("plan", "receive", back, "--today", "2024-11-05", "--by", "luzhou", code=2)["files"]
    assert said["taken"] == 2
    assert [(row["cell"], row["code"]) for row in said["rejected"]] == [
        ("K6", "share_out_of_range"),
        ("L7", "unknown_state"),
        ("O8", "not_money"),
    ]
    rejects = table_of(said["to_be_mended"], "Report code")
    codes = [row["Report code"] for row in rows]
    assert [row["Report code"] for row in rejects[:3]] == codes[1:4]
    assert "0 to 100" in str(rejects[0]["Why it was not taken and what to do"])
    assert rejects[0]["Progress"] == "已完成一半"

    mended = {0: {"Share done (%)": 30}, 1: {"State of work": "In difficulty"}, 2: {"Spent (10,000 yuan)": 120.5}}
    again = write_cells(said["to_be_mended"], folder / "mended.xlsx", mended)
    (said,) = desk.asks("plan", "receive", again, "--today", "2024-11-06", "--by", "luzhou")["files"]
    assert (said["taken"], said["rejected"], said["to_be_mended"]) == (3, [], None)
    (said,) = desk.asks("plan", "receive", again, "--today", "2024-11-06", "--by", "luzhou")["files"]
    assert (said["taken"], said["unchanged"]) == (0, 3)


def reviewed(desk: Desk) -> None:
    """Return one report with its reason and accept the others; the done one ends its duty."""
    waiting = desk.asks("plan", "review", "--month", "2024-10", "--body", BODY)["pending"]
    assert [row["share"] for row in waiting] == [50, 30, 50, 50, 100]
    back = next(row for row in waiting if row["share"] == 30)
    why = ("--return", back["id"], "--reason", "数字与台账不符")
    said = desk.asks("plan", "review", *why, "--accept", "all", "--today", "2024-11-07", "--by", "office")
    assert (len(said["accepted"]), len(said["duties_done"]), said["pending"]) == (4, 1, [])
    lights = [row["light"] for row in desk.duties("2024-11-07")]
    assert lights.count("done") == 1
    assert [row["review"] for row in desk.duties("2024-11-07")].count("returned") == 1


def escalated(desk: Desk, told: Told) -> None:
    """Remind the body of an overdue duty, then criticise it before all; each step with its letter."""
    steps = desk.asks("plan", "escalate", "--today", "2024-11-07")["proposed"]
    mine = desk.duty(told.late, "2024-11-07")
    if mine["light"] != "overdue":  # it reported on this one: another body did not
        mine = next(row for row in desk.duties("2024-11-07", "上党区") if row["measure"] == told.late)
    assert mine["light"] == "overdue"
    assert next(row["step"] for row in steps if row["duty"] == mine["id"]) == "remind"
    for step, day, says in (
        ("remind", "2024-11-07", "14 November 2024"),
        ("notice", "2024-11-20", "To all county and district governments"),
    ):
        taken = desk.asks(
            "plan",
            "escalate",
            mine["id"],
            "--step",
            step,
            "--reason",
            "逾期未报进展",
            "--today",
            day,
            "--by",
            "office",
        )
        letter = words_of(taken["letter"])
        assert says in letter
        assert "逾期未报进展" in letter
        assert "2024-09-30" in letter
        assert "People's Government of" in letter
        assert "SIMULATED" in letter


MEETING = """
month = "2024-10"
held_on = 2024-11-08
place = "市政府三楼会议室"
chair = "领导小组办公室主任"
present = ["潞州区", "市生态环境局"]
[[decisions]]
words = "潞州区补报深度治理进展"
organisation_id = "潞州区"
due = 2024-11-15
"""


def papers(desk: Desk, folder: Path, told: Told) -> None:
    """Minutes, bulletin, duty list, matrix and dispatch table: what each says."""
    (folder / "meeting.toml").write_text(MEETING, encoding="utf-8")
    minutes = words_of(
        desk.asks("plan", "minutes", "--record", folder / "meeting.toml", "--by", "office")["minutes"]
    )
    assert "潞州区补报深度治理进展" in minutes
    assert "15 November 2024" in minutes

    on = ("--today", "2024-11-10")
    bulletin = words_of(
        desk.asks("plan", "bulletin", "--month", "2024-10", "--number", "〔2024〕10号", *on)["file"]
    )
    assert "〔2024〕10号" in bulletin
    assert "5 reports came in, 4 were accepted, 1 returned, 0 wait for review" in bulletin
    assert ENGLISH in bulletin
    assert "Due on 2024-09-30, 41 days ago" in bulletin

    status = desk.asks("plan", "status", *on)
    duties = table_of(desk.asks("plan", "export", "duties", "--out", folder / "d.xlsx", *on)["file"], "Duty id")
    assert len([row for row in duties if row["Duty id"]]) == sum(status["lights"].values())
    mine = {row["Duty id"]: row for row in duties if row["Body id"] == "gov-140403"}
    assert {key for key, row in mine.items() if row["State of work"] == "done"} == {
        row["id"] for row in desk.duties("2024-11-10") if row["light"] == "done"
    }
    matrix = table_of(
        desk.asks("plan", "export", "matrix", "--out", folder / "m.xlsx", *on)["file"], "Responsible body"
    )
    county = next(row for row in matrix if row["Responsible body"] == ENGLISH)
    assert (county["Duties"], county["Done"]) == (len(mine), 1)

    table = ("plan", "export", "dispatch", "--month", "2024-10", "--body", BODY, *on)
    rows = table_of(desk.asks(*table, "--out", folder / "t.xlsx")["file"], "Key task")
    assert {"已完成一半", "全部完成"} <= {row["Progress"] for row in rows}
    assert "全部完成" in words_of(desk.asks(*table, "--out", folder / "t.docx")["file"])
    assert told.late in {row["measure"] for row in status["overdue"]}


def renewed(desk: Desk, told: Told, document: Path, folder: Path) -> None:
    """Take a second edition in: what it changes is told, and what was decided and reported goes on in it."""
    before = {row["id"]: row for row in desk.duties("2024-11-10")}
    text = told.text
    for old, new in told.later.items():
        assert old in text
        text = text.replace(old, new)
    second = folder / "second.txt"
    second.write_text(text, encoding="utf-8")
    changes = desk.compares(document, second)
    assert ("deadline_later", told.late) in {(row["kind"], str(row["measure"])) for row in changes}
    assert ("duty_added", *told.joined) in {(row["kind"], str(row["measure"]), row["body"]) for row in changes}

    said = desk.asks("plan", "adopt", second, "--by", "office")
    assert said["state"] == "draft"
    assert {"task.moved", "duty.added"} <= {row["kind"] for row in said["changes"]}
    desk.asks("plan", "confirm", "--plan", said["plan_id"], "--in-force", "--by", "director")
    after = {row["id"]: row for row in desk.duties("2024-11-10")}
    assert set(after) == set(before)  # every duty of the county goes on under its id
    for name in ("claimed", "share", "review", "reported_month"):
        assert {key: row[name] for key, row in after.items()} == {key: row[name] for key, row in before.items()}
    assert desk.duty(told.late, "2024-11-10")["due"] == "2024-11-30"
    assert firm_of(desk, told.aspired[0], told.aspired[3])  # the confirmed reading was kept
    states = [row["state"] for row in desk.asks("plan", "show")["plans"]]
    assert states.count("in_force") == 1


def test_from_the_document_to_a_bulletin_and_a_second_edition(desk: Desk, told: Told, tmp_path: Path) -> None:
    document = adopted(desk, told, tmp_path)
    reported(desk, tmp_path)
    reviewed(desk)
    escalated(desk, told)
    papers(desk, tmp_path, told)
    renewed(desk, told, document, tmp_path)
    proof = desk.asks("audit", "verify", "--files")
    assert proof["sound"] is True
    assert proof["damaged_files"] == []
    kinds = {row["kind"] for row in desk.asks("audit", "entries", "--limit", "1000")["rows"]}
    assert {
        "plan.adopted", "members.settled", "reading.confirmed", "plan.confirmed", "sheet.issued", "duty.reported",
    } <= kinds  # fmt: skip
