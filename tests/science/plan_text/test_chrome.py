"""The page around a document is told from the document."""

import pytest

from lantian.science.plan_text.chrome import is_furniture, is_page_number


@pytest.mark.parametrize(
    "line",
    [
        "返回首页",
        "【打印】【关闭】",
        "分享到：微信 微博 QQ空间",
        "当前位置：首页 > 政务公开 > 政策文件",
        "来源:长治市人民政府",
        "发布日期:2024-05-14 浏览次数：123",
        "摘要:现将某方案印发给你们,请认真贯彻落实。",
        "上一篇：某方案解读",
        "下一篇：无",
        "版权所有：某市人民政府 晋ICP备05000000号",
        "网站标识码：1404000001",
        "|",
        "字号：大 中 小",
        "# source: a note",
        "关注官方公众号",
    ],
)
def test_words_of_the_page_are_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "加强监测。",
        "三、重点任务",
        "各县、区人民政府：",
        "某市人民政府",
        "2024年3月28日",
        "来源解析要每年更新，并向社会公开。",
        "牵头单位：市生态环境局",
        "责任单位：各县区人民政府",
        "（此件公开发布）",
    ],
)
def test_words_of_the_document_are_not(line: str) -> None:
    assert not is_furniture(line)


def test_long_sentence_is_never_furniture() -> None:
    assert not is_furniture("来源：" + "推进大气污染来源解析，" * 20)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("— 3 —", True),
        ("- 12 -", True),
        ("第 2 页 共 12 页", True),
        ("3/12", True),
        ("7", True),
        ("2024年", False),
        ("3台", False),
    ],
)
def test_page_numbers_are_known(line: str, expected: bool) -> None:
    assert is_page_number(line) is expected
