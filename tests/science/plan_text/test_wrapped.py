"""Lines broken at one width become paragraphs again; any other text stays as it is."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.payload import draft_payload
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.wrapped import unwrapped, width_of

PLAN = "\n".join(
    (
        "某市2025年大气污染防治工作方案",
        "一、工作目标",
        "2025年，全市PM2.5年均浓度控制在35微克/立方米以内，优良天数比率达到78%以上，力争重污染天数不超过3天。",
        "二、重点任务",
        (
            "（一）整治工业源。2025年10月底前，完成全市12家水泥企业和27台工业炉窑的深度治理，治理设施同步运行率不低于95%，"
            "未按期完成的一律停产整治。（市生态环境局牵头，市工业和信息化局、市市场监管局配合，各县区人民政府落实）"
        ),
        (
            "（二）整治移动源。全年淘汰国四及以下排放标准营运柴油货车3000辆，每月开展一次联合路检路查，"
            "新能源公交车占比达到85%以上。（市公安局、市交通运输局、市商务局按职责分工负责，各县区人民政府落实）"
        ),
        (
            "（三）整治扬尘源。城市建成区道路机械化清扫率稳定在92%以上，建筑面积5000平方米及以上工地全部安装在线监测设备，"
            "并与主管部门联网。（市住房和城乡建设局牵头，市城市管理局配合，各县区人民政府落实）"
        ),
    )
)


def broken(text: str, width: int, indent: str) -> str:
    """Break each paragraph at a width; a stop may hang over the edge."""
    return "\n".join(line for paragraph in text.split("\n") for line in _lines(indent + paragraph, width))


def _lines(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for sign in paragraph:
        if width_of(line + sign) > width and sign not in "，。；、）":
            yield line
            line = ""
        line += sign
    yield line


@pytest.mark.parametrize("width", [40, 60, 78])
@pytest.mark.parametrize("indent", ["", "　　"])
def test_broken_text_is_whole_again(width: int, indent: str) -> None:
    text = broken(PLAN, width, indent)
    again, joined = unwrapped(text)
    assert [line.strip() for line in again.split("\n")] == PLAN.split("\n")
    assert joined == text.count("\n") - PLAN.count("\n")


@pytest.mark.parametrize("width", [40, 60, 78])
def test_broken_text_reads_like_the_whole_one(width: int) -> None:
    whole, again = (draft_payload(read_plan(source_of_text(text))) for text in (PLAN, broken(PLAN, width, "")))
    assert [row["title"] for row in again["measures"]] == ["整治工业源", "整治移动源", "整治扬尘源"]
    assert again["measures"] == whole["measures"]
    assert again["targets"] == whole["targets"]


def test_joining_is_told_and_every_word_stands_in_its_place() -> None:
    text = broken(PLAN, 60, "　　")
    source = source_of_text(text, "a.txt")
    joined = text.count("\n") - PLAN.count("\n")
    assert [(row.code, row.evidence["joined"]) for row in source.findings] == [("lines_joined", joined)]
    draft = read_plan(source)
    for measure in draft.measures:
        assert all(row.span.cut(source.text) == row.text for row in measure.indicators)
        assert all(row.span.cut(source.text) == row.raw for row in measure.tails)


def test_text_of_whole_paragraphs_stays_as_it_is() -> None:
    assert unwrapped(PLAN) == (PLAN, 0)
    assert source_of_text(PLAN).findings == ()


def test_short_lines_that_end_alike_by_chance_stay_apart() -> None:
    lines = "\n".join(f"{place}.完成第{place}项治理任务，责任单位逐月报送进展。" for place in range(10, 40))
    assert unwrapped(lines) == (lines, 0)


def test_words_of_two_scripts_get_no_space_and_two_english_words_do() -> None:
    rows = ["汉" * 20] * 5
    again, joined = unwrapped("\n".join([*rows, "汉" * 17 + " green", "belt 建设。", *["短。"] * 8]))
    assert joined == 6
    assert "汉汉" in again.split("\n")[0]
    assert "green belt" in again.split("\n")[0]


@given(st.lists(st.text("汉字。；1a（） \n", max_size=60), max_size=30))
def test_only_line_ends_and_space_are_ever_lost(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    again, joined = unwrapped(text)
    assert "".join(again.split()) == "".join(text.split())
    assert text.count("\n") - again.count("\n") == joined
