"""Rows of tables are measures like those of running text."""

from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import Use
from lantian.science.plan_text.structure import structure

TEXT = (
    "某市2024年任务清单\n序号\t重点任务\t工作内容\t牵头单位\t目标值\t联系电话\n一、能源\n"
    "1\t控煤\t减量替代。逐月报送。\t市能源局\t27个\t3012345\n"
)


def test_words_of_a_row_are_its_sentences_without_who_and_telephone() -> None:
    found = structure(source_of_text(TEXT)).measures[0]
    assert [span.cut(TEXT) for span in found.sentences] == ["减量替代。", "逐月报送。", "27个"]
    assert (found.title_span.cut(TEXT), found.section_title) == ("控煤", "能源")


def test_every_cell_of_a_task_table_is_read() -> None:
    assert Use.UNREAD not in {row.use for row in structure(source_of_text(TEXT)).uses}


def test_text_and_table_in_one_document_are_found() -> None:
    text = "某市方案\n一、任务\n1.控煤。（甲局负责）\n2.控尘。（乙局负责）\n" + TEXT.partition("\n")[2]
    found = structure(source_of_text(text))
    assert len(found.measures) == 3
    assert "text_and_table" in {row.code for row in found.findings}
