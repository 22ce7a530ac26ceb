"""The plan is told from the page, the notice, the contents and the annexes around it."""

from lantian.science.plan_text.lines import lines_of
from lantian.science.plan_text.numbering import accepted, label_at
from lantian.science.plan_text.parts import Parts, is_annex, parts
from lantian.science.plan_text.plain_sources import source_of_text

PLAN = "一、任务\n1.控煤。减量替代，逐月报送进展情况。\n2.控尘。每月洒水，覆盖裸地。\n"


def cut(text: str) -> Parts:
    """Parts of a text."""
    lines = lines_of(source_of_text(text))
    return parts(list(zip(lines, accepted([label_at(row.text) for row in lines]), strict=True)))


def body(text: str) -> str:
    """Lines of the plan itself."""
    return "".join(f"{line.text}\n" for line, _ in cut(text).body)


def test_page_around_the_document_is_furniture() -> None:
    found = cut(
        f"返回首页\n某地频道\n某市蓝天方案\n{PLAN}（此件公开发布）\n【打印】【关闭】\n上一篇：别的\n某某网络公司\n"
    )
    assert [row.text for row in found.furniture] == [
        "返回首页",
        "某地频道",
        "【打印】【关闭】",
        "上一篇：别的",
        "某某网络公司",
    ]
    assert [row.text for row in found.before] == ["某市蓝天方案"]
    assert [row.text for row in found.closing] == ["（此件公开发布）"]


def test_page_number_within_the_plan_is_furniture() -> None:
    found = cut(PLAN.replace("2.", "— 2 —\n2."))
    assert [row.text for row in found.furniture] == ["— 2 —"]
    assert len(found.body) == 3


def test_numbered_notice_before_the_plan_is_not_the_plan() -> None:
    text = f"各县：\n要求如下：\n一、提高认识。\n二、抓好落实。\n某市人民政府\n2024年3月8日\n某市蓝天方案\n{PLAN}"
    assert body(text) == PLAN


def test_table_of_contents_is_not_the_plan() -> None:
    assert body(f"某市蓝天规划\n目录\n一、任务1\n1.控煤1\n2.控尘2\n{PLAN}") == PLAN


def test_signature_and_distribution_close_the_plan() -> None:
    text = f"某市蓝天方案\n{PLAN}某市生态环境局\n2024年3月8日\n抄送：某省生态环境厅。\n"
    assert body(text) == PLAN
    assert len(cut(text).closing) == 3


def test_numbered_annex_is_not_the_plan() -> None:
    text = f"某市蓝天方案\n{PLAN}附件：任务分解\n一、甲\n二、乙\n"
    assert body(text) == PLAN
    assert is_annex("附件1")
    assert not is_annex("附近居民")


def test_every_line_stands_in_one_part() -> None:
    text = f"首页\n目录\n一、任务1\n1.控煤1\n2.控尘2\n某市方案\n{PLAN}附件：表\n一、甲\n关闭\n"
    found = cut(text)
    rows = [*found.furniture, *found.before, *(line for line, _ in found.body), *found.closing, *found.annexes]
    assert sorted(row.span for row in rows) == [row.span for row in lines_of(source_of_text(text))]
