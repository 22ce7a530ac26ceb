"""What a document's measures take over from the city's own plan, and what stays the document's word."""

from collections.abc import Callable
from datetime import date

import pytest

from lantian.city.loader import load_city
from lantian.loop.plan.adopting.contents import MeasureContent, TaskContent
from lantian.loop.plan.adopting.document_content import content_of_draft
from lantian.loop.plan.adopting.structured import load_structured
from lantian.loop.plan.adopting.structured_content import content_of_structured
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.structure import source_of_text

TREATMENT = """长治市落实《空气质量持续改善行动计划》实施方案

二、持续推动工业领域污染减排
7.加快重点行业污染深度治理。{words}(市生态环境局牵头,各县区人民政府落实)
"""
FARM = """长治市落实《空气质量持续改善行动计划》实施方案

三、深入推进能源结构优化调整
17.全面开展农业领域散煤治理。{words}(市农业农村局牵头,各县区人民政府落实)
"""


@pytest.fixture(scope="module")
def taken() -> Callable[[str], MeasureContent]:
    """Read a document of one measure beside the city's own plan."""
    city = load_city("changzhi")
    structured = load_structured(city)
    assert structured is not None
    twin = content_of_structured(structured.file, city, structured.digest)

    def read(text: str) -> MeasureContent:
        draft = read_plan(source_of_text(text, "plan.txt"), city)
        return content_of_draft(draft, city, key="changzhi-2024", twin=twin).measures[0]

    return read


def task(measure: MeasureContent, key: str) -> TaskContent:
    return next(row for row in measure.tasks if row.key == key)


def test_a_list_keeps_its_day_where_the_document_says_the_same(taken):
    treatment = task(taken(TREATMENT.format(words="全市2家玻璃企业2024年9月底前完成改造。")), "deep-treatment")
    assert treatment.due == date(2024, 9, 30)
    assert [step.due for step in treatment.steps] == [date(2024, 4, 15), date(2024, 9, 30)]


def test_a_list_gets_the_new_day_of_what_it_counts_and_so_does_its_last_step(taken):
    measure = taken(TREATMENT.format(words="全市2家玻璃企业2024年11月底前完成改造。"))
    treatment = task(measure, "deep-treatment")
    assert treatment.due == date(2024, 11, 30)
    assert [step.due for step in treatment.steps] == [date(2024, 4, 15), date(2024, 11, 30)]
    assert measure.title_en == "Faster deep treatment in key industries"
    assert [row.kind for row in measure.tasks] == ["projects"]  # nobody is asked twice


def test_a_list_without_counts_gets_the_one_new_day_of_its_tail(taken):
    measure = taken(FARM.format(words="2025年3月底前,完成农业用煤设施替代。"))
    assert task(measure, "farm-coal").due == date(2025, 3, 31)


def test_where_two_new_days_are_said_the_list_keeps_its_own(taken):
    measure = taken(FARM.format(words="2025年3月底前完成大棚替代。2025年6月底前完成烤房替代。"))
    assert task(measure, "farm-coal").due == date(2024, 12, 31)
    assert {row.due for row in measure.tasks if row.kind == "deadline"} == {date(2025, 3, 31), date(2025, 6, 30)}
