"""Rule files to editions: every fault is an error with file, edition and advice."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules.inventory_records import CoalBalance
from lantian.rules.loader import PACKAGED, build, read_file, read_folder
from lantian.rules.records import DustRule
from lantian.terms.errors import RuleError

BASE = """
[[edition]]
id = "base"
subject = "dust"
title = "Base"
title_zh = "基础"
in_force = 2020-01-01
until = 2020-12-31
source = "a test"
confidence = "C"
reference_hours = 6
pm10_ratio_start = 2.10
pm10_floor = 150
pm_ratio_share = 0.5
end_within = 0.1
longest_hours = 72
deduct = { pm10 = "measured" }
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding=encoding)
    return path


def editions(folder: Path, text: str) -> dict[str, DustRule]:
    found, _ = build(read_file(written(folder, text)), {})
    assert all(isinstance(edition, DustRule) for edition in found)
    return {edition.id: edition for edition in found if isinstance(edition, DustRule)}


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(RuleError) as caught:
        editions(folder, text)
    message = str(caught.value)
    assert "rules.toml" in message
    return message


def test_decimals_keep_the_text_they_were_written_with(tmp_path: Path) -> None:
    rule = editions(tmp_path, BASE)["base"]
    assert str(rule.pm10_ratio_start) == "2.10"
    assert rule.end_within == Decimal("0.1")


def test_an_edition_takes_from_its_like_everything_it_does_not_restate(tmp_path: Path) -> None:
    child = '[[edition]]\nid = "child"\nlike = "base"\nlongest_hours = 24\nvariant = ["short"]\n'
    found = editions(tmp_path, child + BASE)
    changed = found["child"].model_dump(exclude={"id", "like", "longest_hours", "variant"})
    assert changed == found["base"].model_dump(exclude={"id", "like", "longest_hours", "variant"})
    assert (found["child"].longest_hours, found["child"].variant, found["child"].like) == (24, ("short",), "base")


def test_like_can_be_chained_over_files(tmp_path: Path) -> None:
    first, tables = build(read_file(written(tmp_path, BASE)), {})
    child = """
[[edition]]
id = "b"
like = "a"
variant = "b"

[[edition]]
id = "a"
like = "base"
variant = "a"
reference_hours = 3
"""
    second, _ = build(read_file(written(tmp_path, child)), tables)
    assert [edition.id for edition in first + second] == ["base", "b", "a"]
    assert [edition.model_dump()["reference_hours"] for edition in second] == [3, 3]


def test_an_end_is_not_taken_over_when_the_beginning_is_restated(tmp_path: Path) -> None:
    child = '[[edition]]\nid = "child"\nlike = "base"\nin_force = 2021-01-01\n'
    assert editions(tmp_path, BASE + child)["child"].until is None


def test_a_reason_is_not_inherited(tmp_path: Path) -> None:
    child = '[[edition]]\nid = "child"\nlike = "base"\nin_force = 2021-01-01\n'
    found = editions(tmp_path, BASE + 'reason = "local"\n' + child)
    assert (found["base"].reason, found["child"].reason) == ("local", None)


def test_a_like_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    assert "leads to no edition" in refusal(tmp_path, BASE + '[[edition]]\nid = "child"\nlike = "bose"\n')


@pytest.mark.parametrize("target", ["a", "b"])
def test_a_like_that_goes_round_is_refused(tmp_path: Path, target: str) -> None:
    text = f'[[edition]]\nid = "a"\nlike = "{target}"\n[[edition]]\nid = "b"\nlike = "a"\n'
    assert "goes round in a circle" in refusal(tmp_path, text)


def test_an_id_used_twice_is_refused_with_both_files(tmp_path: Path) -> None:
    assert refusal(tmp_path, BASE + BASE).count("rules.toml") == 2
    _, tables = build(read_folder(PACKAGED), {})
    packaged = BASE.replace('"base"', '"dust-2017"')
    with pytest.raises(RuleError, match=r"'dust-2017' is already used in .*dust\.toml"):
        build(read_file(written(tmp_path, packaged)), tables)


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('id = "base"', "", "has no id"),
        ('id = "base"', "id = 7", "has no id"),
        ('id = "base"', 'id = "GB 3095"', "id: String should match pattern"),
        ('subject = "dust"', 'subject = "sand"', "'sand', which nobody reads; use one of ambient_limits"),
        ('subject = "dust"', "subject = 3", "which nobody reads"),
        ("longest_hours = 72", "", "longest_hours: Field required"),
        ("longest_hours = 72", "longest_hour = 72", "longest_hour: Extra inputs"),
        ('confidence = "C"', 'confidence = "D"', "confidence: Input should be 'A', 'B' or 'C'"),
        ("end_within = 0.1", "end_within = inf", "end_within"),
        ("until = 2020-12-31", "until = 2019-12-31", "ends on 2019-12-31, before it begins on 2020-01-01"),
        ("reference_hours = 6", "reference_hours = 6\nvariant = []", "variant must name each"),
        ("reference_hours = 6", 'reference_hours = 6\nuncertain = { luck = "C" }', "uncertain names 'luck'"),
        ("[[edition]]", "[edition]", "holds [[edition]] tables only"),
        ("[[edition]]", "[[editions]]", "holds [[edition]] tables only, found 'editions'"),
        ("in_force = 2020-01-01", "in_force = 2020-13-01", "not readable as TOML"),
    ],
)
def test_a_faulty_edition_is_refused_with_its_fault(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    assert wrong in BASE
    assert says in refusal(tmp_path, BASE.replace(wrong, right))


def test_an_index_rule_must_average_over_what_its_subject_says(tmp_path: Path) -> None:
    text = (
        (PACKAGED / "aqi_hour.toml").read_text(encoding="utf-8").replace('averaging = "hour"', 'averaging = "day"')
    )
    assert "averages over a day but its subject is aqi_hour" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("[0, 150, 500, 650, 800]", "[0, 150, 500, 500, 800]", "breakpoints of so2 do not rise"),
        ("[0, 150, 500, 650, 800]", "[0, 1, 2, 3, 4, 5, 6, 7, 8]", "so2 has more breakpoints than the index"),
        ('key = "no2"', 'key = "so2"', "each indicator stands once"),
    ],
)
def test_a_breakpoint_table_that_cannot_be_is_refused(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    text = (PACKAGED / "aqi_hour.toml").read_text(encoding="utf-8").replace(wrong, right)
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("low = 51", "low = 50", "level 2 does not follow on level 1"),
        ("low = 301", "low = 301, high = 500", "the last level must be open above"),
    ],
)
def test_levels_with_a_gap_or_an_end_are_refused(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    text = (PACKAGED / "aqi_categories.toml").read_text(encoding="utf-8").replace(wrong, right)
    assert says in refusal(tmp_path, text)


def test_composite_limits_must_name_all_six_pollutants(tmp_path: Path) -> None:
    text = (PACKAGED / "composite_index.toml").read_text(encoding="utf-8").replace("pm10 = 70, ", "")
    assert "all six pollutants" in refusal(tmp_path, text)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert len(read_file(written(tmp_path, BASE, encoding="utf-8-sig"))) == 1


def test_a_file_in_gbk_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"rules\.toml: not readable as TOML"):
        read_file(written(tmp_path, BASE, encoding="gbk"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="is not a folder of rule files"):
        read_folder(tmp_path / "absent")
    assert read_folder(tmp_path) == []


LINES = BASE.strip().splitlines()


@given(st.integers(min_value=0, max_value=len(LINES) - 1), st.sampled_from(["", "= =", "x = 1", "id = []"]))
def test_any_damaged_line_gives_a_rule_or_a_rule_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = written(folder, "\n".join([*LINES[:at], put, *LINES[at + 1 :]]))
    outcome = ""
    try:
        found, _ = build(read_file(path), {})
        outcome = found[0].id
    except RuleError as refused:
        outcome = str(refused)
    assert outcome == "base" or outcome.startswith(str(path))


# ---------------------------------------------------------------------------------------------- tables beside

TABLED = """
[[edition]]
id = "tabled"
subject = "coal_balance"
title = "Tabled"
title_zh = "表格"
in_force = 2020-01-01
source = "a test"
confidence = "C"
sulphur_ratio = 2
sulphur_to_ash = 0.15
sources = [{ key = "own", title = "own", published = true }]
boilers = { csv = "boilers.csv" }
"""
HEADING = "key,bottom_ash,pm10,pm25,bc,oc,grade,sulphur_grade,source,note\n"
ROW = "grate,0.850,0.2,0.07,0.2,0.04,high,low,own,\n"


def tabled(folder: Path, table: str | bytes, text: str = TABLED) -> CoalBalance:
    content = table if isinstance(table, bytes) else table.encode("utf-8")
    (folder / "boilers.csv").write_bytes(content)
    found = build(read_file(written(folder, text)), {})[0][0]
    assert isinstance(found, CoalBalance)
    return found


@pytest.mark.parametrize("table", [HEADING + ROW, (HEADING + ROW).replace("\n", "\r\n"), "\ufeff" + HEADING + ROW])
def test_a_table_beside_the_rule_file_is_rows_of_a_field(tmp_path: Path, table: str) -> None:
    rule = tabled(tmp_path, table)
    assert [row.key for row in rule.boilers] == ["grate"]
    assert str(rule.boilers[0].bottom_ash) == "0.850"
    assert rule.boilers[0].note == "", "an empty cell is a field that is not stated"


def test_a_table_is_inherited_as_it_was_read(tmp_path: Path) -> None:
    (tmp_path / "boilers.csv").write_text(HEADING + ROW, encoding="utf-8")
    child = '[[edition]]\nid = "child"\nlike = "tabled"\nsulphur_to_ash = 0.1\n'
    found, _ = build(read_file(written(tmp_path, TABLED + child)), {})
    assert [edition.boilers[0].key for edition in found if isinstance(edition, CoalBalance)] == ["grate", "grate"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (HEADING + ROW + "grate\n", "line 3: 1 cells under a heading of 10"),
        ("key,key\n", "line 1"),
        ("key,\n", "line 1"),
        (HEADING + '"grate', "not readable as CSV"),
        (HEADING.encode() + b"\xff\xfe", "not readable as CSV"),
        (HEADING.replace("note", "colour") + ROW.replace("own,", "own,red"), "colour"),
        (HEADING + ROW.replace("0.850", "much"), "bottom_ash"),
        (HEADING + ROW + ROW, "grate twice"),
        (HEADING + ROW.replace("own", "other"), "sources other"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, table: str | bytes, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        tabled(tmp_path, table)


def test_a_table_that_is_not_there_or_elsewhere_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "rules"
    inside.mkdir()
    (tmp_path / "boilers.csv").write_text(HEADING + ROW, encoding="utf-8")
    with pytest.raises(RuleError, match="not readable as CSV"):
        build(read_file(written(inside, TABLED)), {})
    for elsewhere in ("../boilers.csv", str(tmp_path / "boilers.csv")):
        with pytest.raises(RuleError, match="outside the folder"):
            read_file(written(inside, TABLED.replace("boilers.csv", elsewhere)))
