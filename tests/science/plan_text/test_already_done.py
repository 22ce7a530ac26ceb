"""What has been done already promises nothing."""

import pytest

from lantian.science.plan_text.already_done import done_before


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("截至2023年底,已淘汰20台;2024年再淘汰10台", ["截至2023年底,已淘汰20台"]),
        ("截至目前,全市登记机械1.2万台,2025年底前全部淘汰", ["截至目前,全市登记机械1.2万台,"]),
        ("目前已建成12座,年底前建成3座", ["目前已建成12座"]),
    ],
)
def test_stretch_that_tells_what_is_done_is_found(words: str, done: list[str]) -> None:
    assert [words[start:end] for start, end in done_before(words)][: len(done)] == done


@pytest.mark.parametrize(
    "words", ["已建成的35蒸吨锅炉", "截至2025年底,完成30台", "对已完成改造的12家企业复核", "共同治理12家"]
)
def test_condition_and_promise_are_not_done(words: str) -> None:
    assert done_before(words) == []
