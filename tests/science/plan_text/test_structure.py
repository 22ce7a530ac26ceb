"""Sections, goals and measures are found whatever order of numbers a document uses."""

from pathlib import Path

import pytest
import yaml

from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import Structure, Use
from lantian.science.plan_text.structure import structure

GENERAL = (
    "某市2024年蓝天方案\n一、总体要求\n（一）指导思想。坚持精准治污。\n"
    "（二）目标指标。2024年，PM2.5浓度不高于40微克/立方米。\n"
)


def read(text: str) -> Structure:
    """Structure of a text."""
    return structure(source_of_text(text, "plan.txt"))


def measures(text: str) -> list[tuple[int | str, str, str]]:
    """Number, section and title of each measure."""
    return [(row.number, row.section, row.title) for row in read(text).measures]


def test_measures_may_be_bracketed_numerals_under_numerals() -> None:
    text = (
        GENERAL + "二、优化结构\n（三）控煤。减量替代。（市能源局负责）\n加快改造。（市工信局负责）\n"
        "三、控制面源\n（四）控尘。洒水。\n"
    )
    assert measures(text) == [("（三）", "二", "控煤"), ("（四）", "三", "控尘")]
    assert [row.title for row in read(text).sections] == ["优化结构", "控制面源"]


def test_measures_may_be_figures_that_count_on_under_bracketed_numerals() -> None:
    text = "一、任务\n（一）能源\n1．控煤。\n2．控气。\n（二）面源\n3．控尘。\n"
    assert measures(text) == [(1, "一", "控煤"), (2, "一", "控气"), (3, "二", "控尘")]
    assert [(row.label, row.level, row.parent) for row in read(text).sections] == [
        ("一", 1, None),
        ("一", 2, 0),
        ("二", 2, 0),
    ]


def test_measures_may_be_the_outermost_numbers() -> None:
    text = "某市方案\n一、总体要求\n坚持。\n二、工作目标\n优良天数300天。\n三、控煤\n减量。\n四、控尘\n洒水。\n"
    assert measures(text) == [("三、", "", "控煤"), ("四、", "", "控尘")]


def test_measures_may_be_articles_of_chapters() -> None:
    text = "某市办法\n第一章 总则\n第一条 为防治污染。\n第二章 任务\n第二条 淘汰锅炉。\n第三条 覆盖裸地。\n"
    assert measures(text) == [("第二条", "二", "淘汰锅炉"), ("第三条", "二", "覆盖裸地")]


def test_measures_may_have_decimal_numbers() -> None:
    text = "某市方案\n1. 任务\n1.1 控煤\n减量。\n1.2 控尘\n完成2.5万户。\n2. 能力\n2.1 建站。\n"
    assert measures(text) == [("1.1", "1", "控煤"), ("1.2", "1", "控尘"), ("2.1", "2", "建站")]


def test_sub_items_belong_to_their_measure() -> None:
    text = (
        "一、任务\n1.控煤。做好：\n（1）淘汰锅炉；\n（2）替代炉窑。（市能源局负责）\n2.控尘。\n①洒水。\n②覆盖。\n"
    )
    found = read(text).measures
    assert [row.number for row in found] == [1, 2]
    assert [span.cut(text) for span in found[0].sentences] == [
        "做好：",
        "淘汰锅炉；",
        "替代炉窑。",
        "（市能源局负责）",
    ]


def test_numbers_that_only_divide_a_paragraph_are_no_measures() -> None:
    text = (
        "一、产业\n（一）控煤。严格控制煤炭消费总量，有序推进替代。\n1.淘汰锅炉。\n2.替代炉窑。\n"
        "（二）控尘。压实扬尘治理责任，全面推进。\n1.洒水。\n2.覆盖。\n"
    )
    assert [row[0] for row in measures(text)] == ["（一）", "（二）"]


def test_one_tail_after_the_last_item_closes_the_whole() -> None:
    text = (
        "一、工业\n（一）控煤\n1.淘汰锅炉。\n2.替代炉窑。\n牵头单位：市能源局\n（二）控尘\n"
        "1.洒水。\n2.覆盖。\n牵头单位：市住建局\n"
    )
    assert [row[0] for row in measures(text)] == ["（一）", "（二）"]


def test_items_with_tails_of_their_own_are_measures_though_they_begin_again() -> None:
    text = (
        "一、任务\n（一）能源\n1.控煤。（市能源局负责）\n2.控气。（市住建局负责）\n（二）面源\n"
        "1.控尘。（市住建局负责）\n2.控油。（市商务局负责）\n"
    )
    assert [row[:2] for row in measures(text)] == [(1, "一"), (2, "一"), (1, "二"), (2, "二")]


def test_task_that_is_not_divided_like_the_others_is_a_measure_too() -> None:
    text = (
        "一、任务\n（一）能源\n1.控煤。（市能源局负责）\n2.控气。（市住建局负责）\n"
        "（二）面源。每月洒水。（市住建局负责）\n"
    )
    assert [row[0] for row in measures(text)] == [1, 2, "（二）"]


def test_goals_and_general_requirements_are_never_measures() -> None:
    text = GENERAL + "（三）重点区域范围。覆盖全市。\n二、任务\n（四）控尘。洒水。\n"
    assert measures(text) == [("（四）", "二", "控尘")]
    assert [(heading, span.cut(text)) for span, heading in read(text).goals] == [
        ("目标指标", "2024年，PM2.5浓度不高于40微克/立方米。")
    ]


def test_goals_begin_with_their_year_not_with_a_decimal() -> None:
    text = (
        "一、工作目标\n（一）约束性指标\n1.2024年，市区达标。其余另行分解。\n（二）力争性指标\n"
        "2025年全市达标。\n二、任务\n1.控尘。\n"
    )
    assert [(heading, span.cut(text)) for span, heading in read(text).goals] == [
        ("约束性指标", "2024年，市区达标。其余另行分解。"),
        ("力争性指标", "2025年全市达标。"),
    ]


def test_safeguards_numbered_like_the_measures_are_measures() -> None:
    text = "一、控煤\n（一）减煤。（市能源局负责）\n二、保障措施\n（二）加强领导。各县负总责。\n"
    assert measures(text) == [("（一）", "一", "减煤"), ("（二）", "二", "加强领导")]


def test_safeguards_numbered_otherwise_are_general_words_with_a_finding() -> None:
    text = (
        "一、任务\n（一）能源\n1.控煤。（市能源局负责）\n二、保障措施\n"
        "（一）加强领导。各县负总责。\n（二）强化考核。\n"
    )
    found = read(text)
    assert [row.number for row in found.measures] == [1]
    assert [(row.code, row.evidence["count"]) for row in found.findings] == [("safeguards_not_measures", 2)]


def test_measure_keeps_its_paragraphs_and_lines_of_responsibility() -> None:
    text = "一、任务\n1．控尘。洒水。\n覆盖裸地。\n牵头单位：市住建局\n2．控煤。\n"
    first = read(text).measures[0]
    assert first.span.cut(text) == "1．控尘。洒水。\n覆盖裸地。\n牵头单位：市住建局"
    assert first.title_span.cut(text) == "控尘"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("严控“两高”行业产能。从严。", "严控“两高”行业产能"),
        ("做好“应收尽收。”工作。从严。", "做好“应收尽收。”工作"),
        ("优化产业布局：严禁新增产能。", "优化产业布局"),
        ("推动升级　加快淘汰。", "推动升级"),
        ("加快清洁能源替代（市发改委牵头）", "加快清洁能源替代"),
        ("推进替代（含生物质）。从严。", "推进替代（含生物质）"),
        ("2024年底前完成改造，并逐月报送", "2024年底前完成改造，并逐月报送"),
    ],
)
def test_title_ends_where_the_document_ends_it(line: str, title: str) -> None:
    assert measures(f"一、任务\n1．{line}\n2．控煤。\n")[0][2] == title


def test_heading_that_names_who_is_responsible_is_found() -> None:
    text = "一、任务\n（一）能源（市能源局牵头）\n1.控煤。减量。（市工信局负责）\n2.控气。（市住建局负责）\n"
    assert [row.code for row in read(text).findings] == ["tail_of_heading"]


def test_gap_in_the_numbers_is_found() -> None:
    found = read("一、任务\n1.控煤。\n2.控气。\n4.控尘。\n").findings
    assert [(row.code, row.evidence["before"], row.evidence["after"]) for row in found] == [
        ("numbering_gap", 2, 4)
    ]


def test_text_without_numbers_has_no_measures_and_says_so() -> None:
    found = read("今天天气很好。")
    assert found.measures == ()
    assert [row.code for row in found.findings] == ["no_measures"]


def test_annex_is_unread_and_found() -> None:
    text = "某市方案\n一、任务\n1.控煤。减量替代，逐月报送。\n2.控尘。\n附件：评分办法\n一、总则\n1.公平。\n"
    found = read(text)
    assert [row.number for row in found.measures] == [1, 2]
    assert "annex_unread" in {row.code for row in found.findings}
    assert Use.UNREAD in {row.use for row in found.uses}


def test_lines_with_tabs_are_rows_of_a_task_table() -> None:
    text = (
        "某市2024年任务清单\n序号\t重点任务\t牵头单位\t完成时限\n一、能源\n"
        "1\t控煤\t市能源局\t6月底前\n\t控气\t市住建局\t7月底前\n2\t控油\t市商务局\t\n"
    )
    found = read(text)
    assert [(row.number, row.section, row.title) for row in found.measures] == [
        (1, "一", "控煤"),
        (2, "一", "控油"),
    ]
    assert [(row.measure, row.lead.cut(text) if row.lead else None) for row in found.task_rows] == [
        (0, "市能源局"),
        (0, "市住建局"),
        (1, "市商务局"),
    ]


def test_line_ends_of_other_systems_change_nothing() -> None:
    text = GENERAL + "二、任务\n（三）控尘。洒水。\n"
    assert read(text.replace("\n", "\r\n")) == read(text) == read(text.replace("\n", "\r"))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["01-national-2018-style", "04-responsible-units-2022-style"])
def test_pattern_texts_have_the_numbers_sections_and_titles_of_their_truth(
    reference_data: Path, name: str
) -> None:
    folder = reference_data / "plans"
    truth = yaml.safe_load((folder / f"{name}.truth.yaml").read_text(encoding="utf-8"))
    found = measures((folder / f"{name}.txt").read_text(encoding="utf-8"))
    assert found == [(row["number"], row["section"], row["title"]) for row in truth["measures"]]


@pytest.mark.reference
def test_founding_plan_has_forty_measures_in_nine_sections(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    found = read(text)
    assert [row.number for row in found.measures] == list(range(1, 41))
    assert len({row.section_title for row in found.measures}) == 9
    assert [heading for _, heading in found.goals] == ["约束性指标"] * 2 + ["力争性指标"] * 2
    assert found.findings == ()
    nineteenth = found.measures[18].span.cut(text)
    assert nineteenth.count("\n\n") == 1


def test_headings_over_articles_hold_them() -> None:
    text = "某市办法\n一、目标\n2025年达标。\n二、任务\n第一条 控煤。（甲局负责）\n第二条 控尘。（乙局负责）\n"
    assert measures(text) == [("第一条", "二", "控煤"), ("第二条", "二", "控尘")]


def test_goals_and_tasks_in_one_heading_are_tasks_where_items_say_who() -> None:
    text = "某市任务\n一、总体目标\n2025年达标。\n二、目标任务\n1.控煤。（甲局负责）\n2.控尘。（乙局负责）\n"
    assert measures(text) == [(1, "二", "控煤"), (2, "二", "控尘")]


def test_half_width_stops_end_titles_and_commas_number_headings() -> None:
    text = (
        "某市方案\n一,主要措施\n1.控煤. 完成20家.(甲局负责)\n2.控尘.每日洒水.(乙局负责)\n二,保障措施\n各局上报.\n"
    )
    assert measures(text) == [(1, "一", "控煤"), (2, "一", "控尘")]


def test_bare_figures_are_headings_over_decimals_only() -> None:
    text = (
        "某县措施\n1 目标\n1.1 浓度\n下降5%。\n2 控煤\n2.1 供暖\n完成改造。\n2.2 散煤\n清零。\n14 个乡镇参加。\n"
    )
    assert measures(text) == [("2.1", "2", "供暖"), ("2.2", "2", "散煤")]


def test_year_of_the_plan_is_that_of_its_goals_where_title_and_date_name_none() -> None:
    text = "某市方案\n一、攻坚目标\n2025年5月至9月，臭氧超标天数减少。\n二、任务\n1.控煤。\n"
    assert read(text).facts.year == 2025
    assert read(text.replace("2025年5月至9月", "到2027年")).facts.year is None


def test_list_in_an_annex_that_names_nobody_is_no_table_of_tasks() -> None:
    plan = "某市方案\n一、任务\n1.控煤。（甲局负责）\n2.控尘。（乙局负责）\n附件：1.企业名单\n附件1\n企业名单\n"
    named = read(plan + "序号\t企业名称\t治理内容\t完成时限\n1\t甲厂\t脱硝改造\t2025年底前\n")
    assert [row.title for row in named.measures] == ["控煤", "控尘"]
    assert "annex_list" in {row.code for row in named.findings}
    assert Use.UNREAD not in {row.use for row in named.uses}
    tasks = read(plan + "序号\t任务\t责任单位\t完成时限\n1\t脱硝改造\t丙局\t2025年底前\n")
    assert [row.title for row in tasks.measures] == ["控煤", "控尘", "脱硝改造"]


def test_safeguards_after_a_table_of_tasks_are_no_measures() -> None:
    text = "某市方案\n一、任务\n序号\t任务\t责任单位\n1\t控煤\t甲局\n二、保障措施\n各局每周上报。\n"
    assert [row.title for row in read(text).measures] == ["控煤"]
