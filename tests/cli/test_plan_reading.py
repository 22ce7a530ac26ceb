"""`lantian plan read` and `lantian plan diff`: documents, no workspace."""

import json
from datetime import date
from pathlib import Path

import docx
import pytest
import yaml

TEXT = """长治市2025年蓝天行动方案

一、工作目标
(一)约束性指标
1.2025年,市区PM2.5浓度达到38微克/立方米以下。

二、重点任务
(一)治理工业
1.治理炉窑。2025年6月底前,全市20座炉窑完成治理。(市生态环境局牵头,市工信局配合;各县区人民政府落实)继续淘汰小锅炉。(市能源局牵头,相关县区人民政府落实)
2.提高清扫率。到2025年底,道路机械化清扫率达到85%以上。(市城管局负责)
3.加强宣传。广泛宣传蓝天行动。
"""
LATER = TEXT.replace("2025年6月底前,全市20座", "2025年9月底前,全市20座").replace(
    "市工信局配合", "市工信局、市财政局配合"
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def read(ask, *arguments: object):
    code, out, _ = ask("plan", "read", *arguments, "--json")
    assert code == 0
    return json.loads(out)


def heart(said) -> list[tuple[object, ...]]:
    """What a reading says, without where in its file it stands."""
    return [
        (
            row["number"], row["section"], row["title"], [one["raw"] for one in row["tails"]],
            [one["date"] for one in row["deadlines"]],
            [(one["what"], one["value"], one["unit"]) for one in row["indicators"]],
        )
        for row in said["measures"]
    ]  # fmt: skip


def test_a_document_is_read_without_a_workspace_and_its_city_is_guessed_from_its_text(ask, plan: Path):
    said = read(ask, plan)
    assert said["city"] == "changzhi"
    assert said["title"] == "长治市2025年蓝天行动方案"
    assert [row["number"] for row in said["measures"]] == [1, 2, 3]
    first = said["measures"][0]
    assert [row["lead"] for row in first["tails"]] == [["市生态环境局"], ["市能源局"]]
    assert first["tails"][0]["implement"] == ["各县区人民政府"]
    assert len(first["tails"][0]["expanded"]["implement"]) == 12
    assert first["deadlines"][0]["date"] == "2025-06-30"
    assert [(row["value"], row["unit"]) for row in first["indicators"]] == [(20, "座")]
    (target,) = said["targets"]
    assert (target["metric"], target["value"], target["years"]) == ("pm25", 38, [2025])
    assert said["characters"] == len(TEXT)
    text = TEXT[first["tails"][0]["start"] : first["tails"][0]["end"]]
    assert text == first["tails"][0]["raw"]


def test_one_page_shows_measures_targets_coverage_and_what_is_doubtful(ask, plan: Path):
    code, out, _ = ask("plan", "read", plan)
    assert code == 0
    assert "3 measures, 3 tails" in out
    assert "2025年6月底前 → 2025-06-30" in out
    assert "≤ 38" in out
    assert "100.0% of all characters accounted for" in out
    assert "2 readings are doubtful" in out
    code, out, _ = ask("plan", "read", plan, language="zh_CN")
    assert code == 0
    assert "治理炉窑" in out
    assert "2025-06-30" in out


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig", "utf-16"])
def test_the_usual_encodings_of_an_office_are_read_alike(ask, plan: Path, tmp_path: Path, encoding: str):
    path = tmp_path / "other.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read(ask, path)["measures"] == read(ask, plan)["measures"]


def test_a_word_file_gives_the_same_measures(ask, plan: Path, tmp_path: Path):
    document = docx.Document()
    for line in filter(None, TEXT.splitlines()):
        document.add_paragraph(line)
    document.save(str(tmp_path / "plan.docx"))
    words, text = read(ask, tmp_path / "plan.docx"), read(ask, plan)
    assert heart(words) == heart(text)


def test_what_a_file_is_its_first_bytes_say_not_its_name(ask, plan: Path, tmp_path: Path):
    (tmp_path / "plan").write_bytes(plan.read_bytes())
    assert heart(read(ask, tmp_path / "plan")) == heart(read(ask, plan))


def test_a_document_of_no_known_city_keeps_its_names_as_written(ask, tmp_path: Path):
    path = tmp_path / "strange.txt"
    path.write_text(TEXT.replace("长治市", "青澜市"), encoding="utf-8")
    said = read(ask, path)
    assert said["city"] is None
    tail = said["measures"][0]["tails"][0]
    assert tail["lead"] == ["市生态环境局"]
    assert tail["expanded_ids"]["lead"] == []
    assert "names stay as written" in ask("plan", "read", path)[1]
    named = read(ask, path, "--city", "changzhi")
    assert named["city"] == "changzhi"
    assert named["measures"][0]["tails"][0]["expanded_ids"]["lead"] == ["ecology"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("absent.txt", None, "does not exist"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(40), "picture.txt"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc"),
        ("empty.txt", b"", "empty"),
        ("text.docx", TEXT.encode(), "text.docx"),
        ("torn.docx", b"PK\x03\x04 no archive", "torn.docx"),
        ("torn.pdf", b"%PDF-1.7 nothing", "torn.pdf"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_wrong_question(ask, tmp_path: Path, name: str, content, says: str):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = ask("plan", "read", tmp_path / name)
    assert (code, out) == (2, "")
    assert says in " ".join(err.split())
    assert "Traceback" not in err


def test_an_unknown_city_is_a_wrong_question_in_both_languages(ask, plan: Path):
    code, _, err = ask("plan", "read", plan, "--city", "atlantis")
    assert code == 2
    assert "Cannot do this" in err
    assert "atlantis" in err
    code, _, err = ask("plan", "read", plan, "--city", "atlantis", language="zh_CN")
    assert code == 2
    assert "无法执行" in err


def test_a_text_without_measures_gives_an_empty_draft_that_says_so(ask, tmp_path: Path):
    path = tmp_path / "poem.txt"
    path.write_text("白日依山尽。\n黄河入海流。\n", encoding="utf-8")
    said = read(ask, path)
    assert said["measures"] == []
    assert said["findings"]


# ------------------------------------------------------------------------------------------------- diff


def test_two_editions_are_compared_duty_by_duty(ask, plan: Path, tmp_path: Path):
    later = tmp_path / "later.txt"
    later.write_text(LATER, encoding="utf-8")
    code, out, _ = ask("plan", "diff", plan, later, "--json")
    changes = json.loads(out)["changes"]
    assert code == 0
    moved = next(row for row in changes if row["kind"] == "deadline_later")
    assert (moved["measure"], moved["was"], moved["now"]) == (1, "by 2025-06-30", "by 2025-09-30")
    added = next(row for row in changes if row["kind"] == "duty_added")
    assert (added["body"], added["name"], added["now"]) == ("finance", "市财政局", "cooperate")
    assert {row["kind"] for row in changes} <= {"deadline_later", "duty_added", "indicator_changed"}
    code, out, _ = ask("plan", "diff", plan, later)
    assert code == 0
    assert "date later" in out
    assert "cooperates" in out


def test_a_plan_does_not_differ_from_itself(ask, plan: Path):
    assert json.loads(ask("plan", "diff", plan, plan, "--json")[1]) == {"changes": []}
    code, out, _ = ask("plan", "diff", plan, plan)
    assert code == 0
    assert "Both say the same" in out
    assert ask("plan", "diff", plan, plan.with_name("absent.txt"))[0] == 2


# ---------------------------------------------------------------------------------- the reference's truths


@pytest.mark.reference
@pytest.mark.parametrize("name", ["01-national-2018-style", "04-responsible-units-2022-style"])
def test_the_pattern_texts_say_what_their_truths_hold_under_the_same_names(ask, reference_data: Path, name: str):
    truth = yaml.safe_load((reference_data / "plans" / f"{name}.truth.yaml").read_text(encoding="utf-8"))
    said = read(ask, reference_data / "plans" / f"{name}.txt")
    assert said["measures_count"] == truth["measures_count"]
    assert said["tails_count"] == truth["tails_count"]
    for row, true in zip(said["measures"], truth["measures"], strict=True):
        assert str(row["number"]) == str(true["number"])
        assert (row["section"], row["title"]) == (true["section"], true["title"])
        for tail, wanted in zip(row["tails"], true["tails"], strict=True):
            assert {key: tail[key] for key in wanted} == wanted
        dated = [(one["text"], one["date"]) for one in row["deadlines"] if one["date"] is not None]
        for one in true.get("deadlines", ()):
            day = one["date"].isoformat() if isinstance(one["date"], date) else one["date"]
            assert day is None or (one["text"], day) in dated
