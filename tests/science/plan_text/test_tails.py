"""Responsibility tails: every grammar that was seen, the broken ones, and what is no tail."""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import load_city
from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.records import BodyMention, Measure, Span, Tail, TaskRow
from lantian.science.plan_text.tails import TailReading, read_tails

HEAD = "1.治理炉窑。"
WORDS = "完成改造。"


def measure_of(text: str, title_end: int = len(HEAD) - 1) -> Measure:
    return Measure(1, 1, "一", "", "治理炉窑", Span(0, len(text)), Span(0, title_end))


def read(words: str, names: Names | None = None, default: tuple[BodyMention, ...] = ()) -> TailReading:
    text = HEAD + WORDS + words
    return read_tails(text, measure_of(text), (), names or Names(None), default)


def shape(tail: Tail) -> tuple[str, list[str], list[str], list[str]]:
    return (
        tail.mode.value,
        [row.written for row in tail.lead],
        [row.written for row in tail.cooperate],
        [row.written for row in tail.implement],
    )


@pytest.fixture(scope="module")
def changzhi() -> Names:
    return Names(load_city("changzhi"))


GRAMMARS = [
    ("(市工信局牵头,市能源局配合;各县区人民政府落实)", "牵头", ["市工信局"], ["市能源局"], ["各县区人民政府"]),
    ("（市工信局牵头，市能源局参与）", "牵头", ["市工信局"], ["市能源局"], []),
    (
        "(市工信局、市能源局按照各自职责分别负责;各区人民政府落实)",
        "分别负责",
        ["市工信局", "市能源局"],
        [],
        ["各区人民政府"],
    ),
    ("(市工信局、市能源局按照各自职责负责)", "分别负责", ["市工信局", "市能源局"], [], []),
    ("(市工信局、市能源局等按职责分工负责)", "分别负责", ["市工信局", "市能源局"], [], []),
    ("(市工信局、市能源局按职责负责)", "分别负责", ["市工信局", "市能源局"], [], []),
    ("(市工信局、市能源局按职责分别牵头落实)", "牵头", ["市工信局", "市能源局"], [], []),
    ("(市工信局、市能源局按照职责落实)", "落实", [], [], ["市工信局", "市能源局"]),
    ("(市工信局、市能源局按照职责分别落实)", "落实", [], [], ["市工信局", "市能源局"]),
    ("(市工信局牵头,市能源局、市住建局配合落实)", "牵头", ["市工信局"], ["市能源局", "市住建局"], []),
    ("(市工信局牵头督导,各区县人民政府负责落实)", "牵头", ["市工信局"], [], ["各区县人民政府"]),
    ("(市工信局督导,各区县人民政府落实)", "牵头", ["市工信局"], [], ["各区县人民政府"]),
    ("(市工信局负责;各区人民政府落实)", "负责", ["市工信局"], [], ["各区人民政府"]),
    ("(市工信局负责，各县区政府具体负责)", "负责", ["市工信局"], [], ["各县区政府"]),
    ("(市工信局落实)", "落实", [], [], ["市工信局"]),
    ("(省能源局牵头,生态环境厅配合,市县政府负责落实)", "牵头", ["省能源局"], ["生态环境厅"], ["市县政府"]),
    ("(省生态环境厅负责,市县政府配合)", "负责", ["省生态环境厅"], ["市县政府"], []),
    ("（责任单位：市住建局、市商务局，各区人民政府）", "负责", ["市住建局", "市商务局"], [], ["各区人民政府"]),
    ("（责任单位:各区人民政府）", "负责", ["各区人民政府"], [], []),
    (
        "（牵头单位：市住建局；配合单位：市商务局；责任单位：各区人民政府）",
        "牵头",
        ["市住建局"],
        ["市商务局"],
        ["各区人民政府"],
    ),
    ("【责任部门：市住建局 市商务局】", "负责", ["市住建局", "市商务局"], [], []),
    ("（市住建局、市商务局，各市人民政府）", "负责", ["市住建局", "市商务局"], [], ["各市人民政府"]),
    ("（由市住建局牵头，会同市商务局、市公安局落实）", "牵头", ["市住建局"], ["市商务局", "市公安局"], []),
    ("（市住建局会同市商务局负责）", "负责", ["市住建局"], ["市商务局"], []),
    ("（市住建局牵头、组织实施，各县区抓好落实）", "牵头", ["市住建局"], [], ["各县区"]),
    (
        "（市住建局（含直属单位）牵头，各县（市、区）政府落实）",
        "牵头",
        ["市住建局（含直属单位）"],
        [],
        ["各县（市、区）政府"],
    ),
    ("（市住建局牵头，2024年底前完成，各区人民政府落实）", "牵头", ["市住建局"], [], ["各区人民政府"]),
    (
        "(各县区人民政府,长治高新区、经开区管委会落实)",
        "落实",
        [],
        [],
        ["各县区人民政府", "长治高新区管委会", "经开区管委会"],
    ),
]


@pytest.mark.parametrize(("words", "mode", "lead", "cooperate", "implement"), GRAMMARS)
def test_a_grammar_gives_mode_and_roles(
    words: str, mode: str, lead: list[str], cooperate: list[str], implement: list[str]
) -> None:
    found = read(words)
    assert [shape(tail) for tail in found.tails] == [(mode, lead, cooperate, implement)]
    (tail,) = found.tails
    assert tail.raw == words
    assert tail.closes == Span(len(HEAD), len(HEAD + WORDS))
    assert found.findings == ()
    assert tail.open_list == ("等" in words)


@pytest.mark.parametrize(
    "words",
    [
        "降低(PM2.5)浓度。",
        "全部电厂(含自备电厂,淘汰电厂除外)改造。",
        "铁路(运距500公里以上)优先。",
        "执行《管控要求》(长政办规〔2023〕1号)。",
        "加油站(点)、集水井(池)整治。",
        "(含电动、氢能、甲醇汽车)。",
        "路段（市城管局负责的路段除外）保洁。",
        "试点（含企业、学校）先行。",
        "市生态环境局要加强统筹协调，督促各项任务落实。",
        "由市直有关单位和部门(市公安局)要配合。",
        "（，）。",
        "（）",
    ],
)
def test_a_bracket_or_sentence_that_names_nobody_in_charge_is_no_tail(words: str) -> None:
    found = read(words)
    assert found.tails == ()
    assert found.findings == ()


def test_tails_in_one_paragraph_close_the_words_since_the_one_before() -> None:
    text = HEAD + "甲事。(市工信局牵头)乙事。(市能源局负责)"
    first, second = read_tails(text, measure_of(text), (), Names(None), ()).tails
    assert [row.closes.cut(text) for row in (first, second) if row.closes] == ["甲事。", "乙事。"]


def test_a_tail_closes_paragraphs_without_one_of_their_own() -> None:
    text = HEAD + "甲事。\n乙事。(市工信局牵头)"
    (tail,) = read_tails(text, measure_of(text), (), Names(None), ()).tails
    assert tail.closes is not None
    assert tail.closes.cut(text) == "甲事。\n乙事。"


def test_a_tail_just_behind_the_title_closes_the_title() -> None:
    text = "1.治理炉窑（市工信局牵头）"
    (tail,) = read_tails(text, measure_of(text), (), Names(None), ()).tails
    assert tail.closes == Span(0, len(HEAD) - 1)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\n\n  "])
def test_lines_with_labels_are_one_tail(gap: str) -> None:
    lines = gap.join(("牵头单位：市能源局", "配合单位：市商务局等", "责任单位：各区人民政府"))
    found = read("\n" + lines)
    assert [shape(row) for row in found.tails] == [("牵头", ["市能源局"], ["市商务局"], ["各区人民政府"])]
    assert found.tails[0].raw == lines
    assert found.tails[0].open_list


def test_lines_before_the_words_close_what_follows() -> None:
    text = "1.治理炉窑\n责任单位：市能源局\n完成改造。"
    (tail,) = read_tails(text, measure_of(text, 6), (), Names(None), ()).tails
    assert tail.closes is not None
    assert tail.closes.cut(text) == "完成改造。"


def test_a_label_at_the_end_of_a_paragraph_needs_no_bracket() -> None:
    found = read("责任单位：市能源局、工信局。完成时限：年底前。")
    text = HEAD + WORDS + "责任单位：市能源局、工信局。完成时限：年底前。"
    assert [shape(row) for row in found.tails] == [("负责", ["市能源局", "工信局"], [], [])]
    assert [span.cut(text) for span in found.times] == ["年底前"]


def test_lines_of_times_around_the_labels_stay_outside_the_tail() -> None:
    found = read("\n完成时限：年底前\n责任单位：市能源局\n时限：10月")
    assert [row.raw for row in found.tails] == ["责任单位：市能源局"]


def test_a_line_that_is_nothing_but_a_tail_needs_no_bracket() -> None:
    found = read("\n市能源局牵头，市工信局配合。")
    assert [shape(row) for row in found.tails] == [("牵头", ["市能源局"], ["市工信局"], [])]


def test_a_person_in_a_tail_is_left_out_and_not_repeated_in_the_finding() -> None:
    found = read("（责任领导：某某某；责任单位：市能源局）")
    assert [shape(row) for row in found.tails] == [("负责", ["市能源局"], [], [])]
    (finding,) = found.findings
    assert finding.code == "tail_person_left_out"
    assert "某某某" not in str(finding)


CLAUSE = "（市住建局牵头，各区政府负责落实。以下均需各区政府落实，不再列出）"


def test_implementers_named_once_hold_for_every_later_tail_without_its_own() -> None:
    first = read(CLAUSE)
    assert shape(first.tails[0]) == ("牵头", ["市住建局"], [], ["各区政府"])
    assert (first.tails[0].default_for_all, first.tails[0].by_default) == (True, False)
    later = read("（市工信局负责）又。（市能源局负责，市县政府落实）", default=first.default)
    assert [[row.written for row in tail.implement] for tail in later.tails] == [["各区政府"], ["市县政府"]]
    assert [tail.by_default for tail in later.tails] == [True, False]
    assert later.default == first.default


@pytest.mark.parametrize(
    "bracket", ["〔以下均需各区政府落实，不再列出〕", "（以下各项均由各区政府负责落实，不再一一列出）"]
)
def test_a_clause_in_a_bracket_of_its_own_belongs_to_the_tail_before_it(bracket: str) -> None:
    found = read(f"（市住建局牵头，工信局参与）{bracket}")
    (tail,) = found.tails
    assert shape(tail) == ("牵头", ["市住建局"], ["工信局"], ["各区政府"])
    assert tail.raw.endswith(bracket)
    assert (tail.by_default, tail.default_for_all) == (True, True)
    assert [row.written for row in found.default] == ["各区政府"]


def test_a_clause_that_names_others_than_its_own_tail_gives_those_to_later_tails() -> None:
    found = read("（市住建局牵头，甲区政府落实。以下均需乙区政府落实，不再列出）")
    assert [row.written for row in found.tails[0].implement] == ["甲区政府"]
    assert [row.written for row in found.default] == ["乙区政府"]


@pytest.mark.parametrize(
    ("words", "code", "lead", "cooperate", "implement"),
    [
        ("(市工信局牵头,各区人民政府落实", "tail_unclosed", ["市工信局"], [], ["各区人民政府"]),
        (
            "(市工信局牵头,各县（市、区）人民政府落实",
            "tail_unclosed",
            ["市工信局"],
            [],
            ["各县（市、区）人民政府"],
        ),
        ("市工信局牵头,各区人民政府落实)", "tail_unopened", ["市工信局"], [], ["各区人民政府"]),
        ("(牵头,市能源局配合)", "tail_without_bodies", [], ["市能源局"], []),
        ("(市能源局配合)", "tail_without_leader", [], ["市能源局"], []),
        ("(责任单位：)", "tail_without_bodies", [], [], []),
        ("(市工信局统管,各区人民政府落实)", "tail_unknown_verb", ["市工信局"], [], ["各区人民政府"]),
        (
            "(市工信局牵头,市能源局,各区人民政府)",
            "tail_without_verb",
            ["市工信局"],
            ["市能源局"],
            ["各区人民政府"],
        ),
        ("(项目业主落实)", "tail_doubtful", [], [], ["项目业主"]),
        ("(市工信局牵头,市委督查室督导)", "tail_supervisor_beside_leader", ["市工信局"], ["市委督查室"], []),
    ],
)
def test_a_broken_tail_is_a_finding_and_read_as_far_as_possible(
    words: str, code: str, lead: list[str], cooperate: list[str], implement: list[str]
) -> None:
    found = read(words)
    assert code in [row.code for row in found.findings]
    assert [shape(row)[1:] for row in found.tails] == [(lead, cooperate, implement)]
    text = HEAD + WORDS + words
    assert all(text[row.evidence["start"] : row.evidence["end"]] for row in found.findings)  # type: ignore[misc]


def test_an_unclosed_tail_does_not_swallow_the_next_one() -> None:
    found = read("(市工信局牵头,相关区政府落实 又改造。(市能源局负责)")
    assert [tail.raw for tail in found.tails] == ["(市工信局牵头,相关区政府落实", "(市能源局负责)"]


def test_a_bare_list_in_the_midst_of_a_sentence_is_doubtful() -> None:
    found = read("名单报有关部门（市生态环境局）。")
    assert [row.code for row in found.findings] == ["tail_bare_list"]


def test_a_body_that_the_city_does_not_know_is_a_finding(changzhi: Names) -> None:
    found = read("（市大数据局牵头，相关县区人民政府落实）", changzhi)
    assert [(row.code, row.evidence["words"]) for row in found.findings] == [
        ("body_unknown", "市大数据局"),
        ("members_unsettled", "相关县区人民政府"),
    ]


def test_the_level_of_the_first_name_holds_for_the_whole_tail(changzhi: Names) -> None:
    (tail,) = read("（市生态环境局牵头，工信局、能源局配合）", changzhi).tails
    assert [row.bodies for row in tail.cooperate] == [("industry",), ("energy",)]
    assert [row.written for row in tail.cooperate] == ["工信局", "能源局"]


TABLE = "序号\t任务\t{lead}\t配合单位\n1\t治理炉窑\t市工信局、能源局\t市住建局，各区人民政府"


def row_of(text: str) -> tuple[Measure, TaskRow]:
    cells = [text.index(word) for word in ("治理炉窑", "市工信局、能源局", "市住建局，各区人民政府")]
    title = Span(cells[0], cells[0] + 4)
    row = TaskRow(0, lead=Span(cells[1], cells[1] + 8), cooperate=Span(cells[2], len(text)))
    return Measure(1, 1, "", "", "治理炉窑", Span(text.index("1\t治"), len(text)), title, (title,)), row


@pytest.mark.parametrize(("header", "mode"), [("牵头部门", "牵头"), ("责任单位", "负责"), ("主责单位", "负责")])
def test_a_row_of_a_table_is_one_tail_whose_mode_its_header_gives(header: str, mode: str) -> None:
    text = TABLE.format(lead=header)
    measure, row = row_of(text)
    for each in (row, replace(row, headers={"lead": header})):
        (tail,) = read_tails(text, measure, [each], Names(None), ()).tails
        assert shape(tail) == (mode, ["市工信局", "能源局"], ["市住建局", "各区人民政府"], [])
        assert tail.raw == "市工信局、能源局；市住建局，各区人民政府"
        assert tail.closes == measure.title_span


def test_verbs_in_a_cell_stand_over_its_header() -> None:
    text = "市住建局牵头，市商务局配合\t2024年底前"
    row = TaskRow(0, lead=Span(0, 13), due=Span(14, len(text)), headers={"lead": "责任单位"})
    measure = Measure(1, 1, "", "", "", Span(0, len(text)), Span(0, 0))
    (tail,) = read_tails(text, measure, [row], Names(None), ()).tails
    assert shape(tail) == ("牵头", ["市住建局"], ["市商务局"], [])


def test_a_second_column_of_responsible_bodies_carries_out() -> None:
    text = "市住建局\t各区人民政府\t市商务局"
    row = TaskRow(
        0, lead=Span(0, 4), cooperate=Span(12, 16), others={"主责单位": Span(5, 11)}, headers={"lead": "牵头部门"}
    )
    measure = Measure(1, 1, "", "", "", Span(0, len(text)), Span(0, 0))
    (tail,) = read_tails(text, measure, [row], Names(None), ()).tails
    assert shape(tail) == ("牵头", ["市住建局"], ["市商务局"], ["各区人民政府"])


def _numbered(text: str, first: str, label: str) -> list[Measure]:
    """Cut a plan at its numbered paragraphs, for these tests only."""
    starts = list(re.finditer(label, text[text.index(first) :], re.MULTILINE))
    base = text.index(first)
    ends = [base + row.start() for row in starts[1:]] + [len(text)]
    return [
        Measure(
            row[1],
            place,
            "",
            "",
            row[2],
            Span(base + row.start(), end),
            Span(base + row.start(), base + row.end()),
        )
        for place, (row, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


def _all_tails(text: str, measures: list[Measure], names: Names) -> list[tuple[Measure, Tail]]:
    default: tuple[BodyMention, ...] = ()
    rows = []
    for measure in measures:
        found = read_tails(text, measure, (), names, default)
        default = found.default
        rows.extend((measure, tail) for tail in found.tails)
    return rows


@pytest.mark.reference
def test_the_founding_plan_has_62_tails_in_35_measures(reference_data: Path, changzhi: Names) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    tails = _all_tails(text, _numbered(text, "三、重点任务", r"^(\d+)\.([^。]+)。"), changzhi)
    assert len(tails) == 62
    assert Counter(tail.mode.value for _, tail in tails) == {"牵头": 39, "落实": 9, "负责": 8, "分别负责": 6}
    per_measure = Counter(measure.order for measure, _ in tails)
    assert len(per_measure) == 35
    assert (per_measure[22], per_measure[9], per_measure[15]) == (8, 4, 4)
    assert sum(tail.open_list for _, tail in tails) == 2
    assert all(tail.span.cut(text) == tail.raw for _, tail in tails)
    names = {(row.written, row.settled) for _, tail in tails for _, row in tail.mentions()}
    assert {name for name, settled in names if not settled} == {"相关县区人民政府", "各相关县区人民政府"}
    assert all(row.bodies for _, tail in tails for _, row in tail.mentions())


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "first", "label"),
    [
        ("01-national-2018-style", "（四）", r"^(（[一二三四五六七八九十]+）)([^。]+)。"),
        ("04-responsible-units-2022-style", "1．", r"^(\d+)．([^。]+)。"),
    ],
)
def test_the_pattern_texts_give_the_tails_of_their_truth(
    file: str, first: str, label: str, reference_data: Path
) -> None:
    text = (reference_data / "plans" / f"{file}.txt").read_text(encoding="utf-8")
    truth = yaml.safe_load((reference_data / "plans" / f"{file}.truth.yaml").read_text(encoding="utf-8"))
    wanted = [
        (str(row["number"]), tail["raw"], tail["mode"], tail["lead"], tail["cooperate"], tail["implement"])
        for row in truth["measures"]
        for tail in row["tails"]
    ]
    tails = _all_tails(text, _numbered(text, first, label), Names(None))
    found = [
        (str(measure.number), tail.raw, *shape(tail)[:3], [] if tail.by_default else shape(tail)[3])
        for measure, tail in tails
    ]
    assert found == wanted
    assert [tail.open_list for _, tail in tails] == [
        tail.get("open_list", False) for row in truth["measures"] for tail in row["tails"]
    ]


_SIGNS = (
    "市工信局各县区人民政府牵头配合负责落实等、，,；;。：:（）()〔〕 \n以下均需不再列出责任单位按职责2024年底前"
)


@given(st.text(alphabet=_SIGNS, max_size=80))
def test_any_text_gives_tails_or_none_and_offsets_that_cut_them(words: str) -> None:
    text = HEAD + WORDS + words
    found = read_tails(text, measure_of(text), (), Names(None), ())
    assert all(tail.span.cut(text) == tail.raw for tail in found.tails)
    spans = [tail.span for tail in found.tails]
    assert all(one.end <= other.start for one, other in pairwise(spans))
    for tail in found.tails:
        own = [row for role, row in tail.mentions() if not (role == "implement" and tail.by_default)]
        assert all(tail.span.holds(row.span) for row in own)


_NAMES = ["市工信局", "市能源局", "市规划和自然资源局", "各县区人民政府", "市电力公司", "长治海关"]
_VERBS = ["牵头", "配合", "参与", "落实", "负责", "按职责分别负责", "督导", "负责落实"]
_GROUPS = st.tuples(st.permutations(_NAMES), st.integers(1, 4), st.sampled_from(_VERBS))


@given(
    st.lists(
        st.tuples(st.permutations(_NAMES), st.integers(1, 4), st.sampled_from(_VERBS)), min_size=1, max_size=4
    ),
    st.sampled_from([",", "，", ";", "；"]),
)
def test_every_name_between_separators_has_exactly_one_role(
    groups: list[tuple[list[str], int, str]], separator: str
) -> None:
    named = [(names[:count], verb) for names, count, verb in groups]
    words = separator.join("、".join(names) + verb for names, verb in named)
    (tail,) = read(f"（{words}）").tails
    assert Counter(row.written for _, row in tail.mentions()) == Counter(
        name for names, _ in named for name in names
    )
    spans = [row.span for _, row in tail.mentions()]
    assert len(spans) == len(set(spans))


@pytest.mark.parametrize(
    "unit", ["分别", "（", "）", "按照职责", "、", "牵头", "各", "（牵头", "责任单位：", "以下均需"]
)
def test_a_hundred_thousand_hostile_characters_are_read_in_one_pass(unit: str) -> None:
    text = HEAD + WORDS + "（" + unit * (20_000 // len(unit)) + "）"
    found = read_tails(text, measure_of(text), (), Names(None), ())
    assert all(tail.span.cut(text) == tail.raw for tail in found.tails)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("（市生态环境局负责指导，各镇街负责落实）", ("牵头", ["市生态环境局"], [], ["各镇街"])),
        ("（市生态环境局统筹，各镇办落实）", ("牵头", ["市生态环境局"], [], ["各镇办"])),
        ("【责任单位：市住建局，各乡镇（街道）】", ("负责", ["市住建局"], [], ["各乡镇（街道）"])),
        ("（责任单位：镇农办、各村（社区））", ("负责", ["镇农办"], [], ["各村（社区）"])),
        ("（省能源局牵头，各市、县级政府负责落实）", ("牵头", ["省能源局"], [], ["各市、县级政府"])),
        (
            "（市财政局牵头，各县（市、区）党委和政府落实）",
            ("牵头", ["市财政局"], [], ["各县（市、区）党委和政府"]),
        ),
        ("（市发改局、市交通局，市财政局配合）", ("负责", ["市发改局", "市交通局"], ["市财政局"], [])),
        ("（责任单位：市住建局，市公安局配合）", ("负责", ["市住建局"], ["市公安局"], [])),
        ("（市甲局、市乙局、市丙局配合）", ("牵头", [], ["市甲局", "市乙局", "市丙局"], [])),
        (
            "（市农业农村局负责综合利用，市生态环境局负责巡查抽查，各县区落实）",
            ("分别负责", ["市农业农村局", "市生态环境局"], [], ["各县区"]),
        ),
        ("\n责任单位：市住建局、市工信局（按职责分工）", ("负责", ["市住建局", "市工信局"], [], [])),
    ],
)
def test_tail_of_an_unseen_manner_is_read(
    words: str, expected: tuple[str, list[str], list[str], list[str]]
) -> None:
    (tail,) = read(words).tails
    assert shape(tail) == expected
