"""What people decided survives another reading of the document."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import load_city
from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.confirmations import (
    Action,
    Confirmation,
    ConfirmedKind,
    apply_confirmations,
    confirmation_from_payload,
    confirmation_of,
    confirmation_payload,
)
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import (
    Comparator,
    Covered,
    Deadline,
    DocumentFacts,
    Draft,
    Indicator,
    IndicatorKind,
    Measure,
    Mode,
    Source,
    Span,
    Target,
    TargetKind,
    Use,
    When,
)
from lantian.science.plan_text.tails import read_tails
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

TITLE = "治理炉窑"
TEXT = (
    "2025年PM2.5降到35微克。\n1.治理炉窑。2024年底前改造12台。(市大数据局牵头,相关县区人民政府落实)"
    "2024年底前验收。（某某表）\n2.信息公开。每月公布。"
)
NAMES = Names(load_city("changzhi"))


def span_of(words: str, text: str = TEXT, occurrence: int = 1) -> Span:
    start = -1
    for _ in range(occurrence):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def reading(text: str = TEXT) -> Draft:
    """Read the small document as the whole reader would, with one deadline, one indicator and one target."""
    start, second = text.index("1.治"), text.index("2.信")
    measure = Measure(1, 1, "一", "", TITLE, Span(start, second - 1), Span(start, start + 6))
    tails = read_tails(text, measure, (), NAMES, ())
    due, count = span_of("2024年底前", text), span_of("12台", text)
    measure = replace(
        measure,
        tails=tails.tails,
        deadlines=(Deadline("2024年底前", due, When.BY, date(2024, 12, 31), what="改造"),),
        indicators=(
            Indicator("炉窑", count, "12台", IndicatorKind.COUNT, Comparator.EQUAL, Decimal(12), unit="台"),
        ),
    )
    other = Measure(2, 2, "一", "", "信息公开", Span(second, len(text)), Span(second, second + 6))
    goal = Span(0, text.index("\n"))
    doubt = Finding("target_doubtful", "goals", "doubt", evidence={"start": goal.start, "end": goal.start + 5})
    return Draft(
        Source("a.txt", text, ()),
        DocumentFacts(),
        (),
        (measure, other),
        (Target(goal.cut(text), goal, TargetKind.BINDING, metric="pm25", years=(2025,)),),
        _coverage(text, measure),
        (*tails.findings, doubt),
        goals=(goal,),
    )


def _coverage(text: str, measure: Measure) -> tuple[Covered, ...]:
    (tail,) = measure.tails
    return (
        Covered(Span(0, measure.span.start), Use.GOAL),
        Covered(measure.title_span, Use.TITLE),
        Covered(Span(measure.title_span.end, tail.span.start), Use.BODY),
        Covered(tail.span, Use.TAIL),
        Covered(Span(tail.span.end, len(text)), Use.BODY),
    )


def is_partition(draft: Draft) -> bool:
    edges = [(row.span.start, row.span.end) for row in draft.coverage]
    starts = [0, *(end for _, end in edges)]
    return all(start == before for (start, _), before in zip(edges, starts, strict=False)) and edges[-1][1] == len(
        draft.source.text
    )


LONGER = TEXT.replace("\n1.治", "\n一、任务\n1.治").replace("改造12台", "全部改造12台炉窑")


def codes(draft: Draft) -> list[str]:
    return [row.code for row in draft.findings]


def test_a_confirmation_survives_words_that_were_put_in_before_it() -> None:
    draft = reading()
    row = confirmation_of(draft, ConfirmedKind.DEADLINE, draft.measures[0].deadlines[0].span, {"firm": False})
    assert (row.measure, row.words, row.occurrence, row.number) == (TITLE, "2024年底前", 1, "1")
    again = apply_confirmations(reading(LONGER), [row])
    assert again.measures[0].deadlines[0].firm is False
    assert again.measures[0].deadlines[0].day == date(2024, 12, 31)
    assert again.measures[0].deadlines[0].span.cut(LONGER) == "2024年底前"


def test_a_person_settles_which_counties_are_concerned() -> None:
    draft = reading()
    assert codes(draft) == ["body_unknown", "members_unsettled", "target_doubtful"]
    chosen = {"相关县区人民政府": {"gov-140403": "潞州区人民政府", "gov-140406": "潞城区人民政府"}}
    row = confirmation_of(draft, ConfirmedKind.TAIL, draft.measures[0].tails[0].span, {"members": chosen})
    settled = apply_confirmations(reading(LONGER), [row])
    (mention,) = settled.measures[0].tails[0].implement
    assert mention.bodies == ("gov-140403", "gov-140406")
    assert (mention.settled, mention.collective, mention.written) == (True, True, "相关县区人民政府")
    assert codes(settled) == ["body_unknown", "target_doubtful"]


def test_a_person_says_which_body_an_unknown_name_is() -> None:
    draft = reading()
    row = confirmation_of(
        draft,
        ConfirmedKind.TAIL,
        draft.measures[0].tails[0].span,
        {"members": {"市大数据局": {"approval": "市行政审批局"}}},
    )
    settled = apply_confirmations(draft, [row])
    assert settled.measures[0].tails[0].lead[0].names == ("市行政审批局",)
    assert "body_unknown" not in codes(settled)


def test_roles_and_mode_of_a_tail_are_decided() -> None:
    draft = reading()
    decided = {
        "mode": "负责",
        "lead": [{"written": "相关县区人民政府"}],
        "cooperate": [{"written": "市大数据局", "bodies": {"approval": "市行政审批局"}}],
        "implement": [],
    }
    row = confirmation_of(draft, ConfirmedKind.TAIL, draft.measures[0].tails[0].span, decided)
    tail = apply_confirmations(draft, [row]).measures[0].tails[0]
    assert (tail.mode, tail.implement) == (Mode.RESPONSIBLE, ())
    assert [len(mention.bodies) for mention in tail.lead] == [12]
    assert tail.lead[0].settled
    assert tail.cooperate[0].bodies == ("approval",)
    assert tail.cooperate[0].span.cut(TEXT) == "市大数据局"


def test_a_reading_confirmed_as_it_stands_answers_its_findings() -> None:
    draft = reading()
    row = confirmation_of(draft, ConfirmedKind.TAIL, draft.measures[0].tails[0].span)
    settled = apply_confirmations(draft, [row])
    assert codes(settled) == ["target_doubtful"]
    assert all(mention.settled for _, mention in settled.measures[0].tails[0].mentions())


def test_what_is_no_tail_is_removed_and_becomes_body() -> None:
    draft = reading()
    row = confirmation_of(draft, ConfirmedKind.TAIL, draft.measures[0].tails[0].span, action=Action.REMOVE)
    removed = apply_confirmations(draft, [row])
    assert removed.measures[0].tails == ()
    assert Use.TAIL not in removed.covered_share()
    assert is_partition(removed)
    assert codes(removed) == ["target_doubtful"]


def test_a_tail_that_the_reader_missed_is_added_from_its_exact_words() -> None:
    draft = reading()
    decided = {"mode": "落实", "implement": [{"written": "某某表", "bodies": {"ecology": "市生态环境局"}}]}
    row = confirmation_of(draft, ConfirmedKind.TAIL, span_of("（某某表）"), decided, Action.ADD)
    added = apply_confirmations(reading(LONGER), [row])
    first, second = added.measures[0].tails
    assert (second.raw, second.implement[0].bodies) == ("（某某表）", ("ecology",))
    assert second.closes is not None
    assert second.closes.cut(LONGER) == "2024年底前验收。"
    assert second.implement[0].span.cut(LONGER) == "某某表"
    assert first.span.end <= second.span.start
    assert is_partition(added)
    assert added.covered_share()[Use.TAIL] > reading(LONGER).covered_share()[Use.TAIL]


def test_the_second_of_equal_words_is_told_from_the_first() -> None:
    draft = reading()
    decided = {"kind": "by", "date": "2024-12-31", "what": "验收"}
    row = confirmation_of(draft, ConfirmedKind.DEADLINE, span_of("2024年底前", occurrence=2), decided, Action.ADD)
    assert row.occurrence == 2
    added = apply_confirmations(reading(LONGER), [row]).measures[0].deadlines
    assert [(each.what, each.span) for each in added] == [
        ("改造", span_of("2024年底前", LONGER)),
        ("验收", span_of("2024年底前", LONGER, 2)),
    ]


def test_the_fields_of_an_indicator_are_decided_exactly() -> None:
    draft = reading()
    decided = {"value": "12.50", "unit": "台（套）", "comparator": ">=", "by": "2024-12-31", "scope": "全市"}
    row = confirmation_of(draft, ConfirmedKind.INDICATOR, draft.measures[0].indicators[0].span, decided)
    (found,) = apply_confirmations(draft, [row]).measures[0].indicators
    assert (found.value, found.unit, found.by, found.scope) == (
        Decimal("12.50"),
        "台（套）",
        date(2024, 12, 31),
        "全市",
    )
    assert (found.what, found.comparator) == ("炉窑", Comparator.AT_LEAST)


def test_a_number_that_is_no_indicator_is_removed_for_good() -> None:
    draft = reading()
    row = confirmation_of(
        draft, ConfirmedKind.INDICATOR, draft.measures[0].indicators[0].span, action=Action.REMOVE
    )
    once = apply_confirmations(reading(LONGER), [row])
    assert once.measures[0].indicators == ()
    assert apply_confirmations(once, [row]) == once


def test_a_target_is_confirmed_without_a_measure() -> None:
    draft = reading()
    decided = {"subjects": ["市区"], "value": 35, "comparator": "<=", "years": [2025]}
    row = confirmation_of(draft, ConfirmedKind.TARGET, draft.targets[0].span, decided)
    assert row.measure == ""
    settled = apply_confirmations(reading(LONGER), [row])
    assert (settled.targets[0].subjects, settled.targets[0].value) == (("市区",), Decimal(35))
    assert "target_doubtful" not in codes(settled)


@pytest.mark.parametrize(
    "row",
    [
        Confirmation(ConfirmedKind.DEADLINE, TITLE, "2026年底前", decided={"firm": False}),
        Confirmation(ConfirmedKind.DEADLINE, TITLE, "2024年底前", occurrence=3),
        Confirmation(ConfirmedKind.DEADLINE, "别的任务", "2024年底前"),
        Confirmation(ConfirmedKind.DEADLINE, TITLE, "改造12台", decided={"firm": False}),
        Confirmation(ConfirmedKind.TARGET, "", "2030年"),
    ],
)
def test_a_decision_whose_words_are_gone_is_a_finding(row: Confirmation) -> None:
    draft = reading()
    changed = apply_confirmations(draft, [row])
    assert codes(changed) == [*codes(draft), "confirmation_lost"]
    assert changed.measures == draft.measures
    assert changed.findings[-1].evidence["words"] == row.words


def test_a_later_decision_about_the_same_words_wins() -> None:
    span = reading().measures[0].deadlines[0].span
    rows = [
        confirmation_of(reading(), ConfirmedKind.DEADLINE, span, {"date": day})
        for day in ("2024-11-30", "2024-10-31")
    ]
    assert apply_confirmations(reading(), rows).measures[0].deadlines[0].day == date(2024, 10, 31)


def test_measures_of_one_title_are_told_apart_by_their_number() -> None:
    text = "1.控尘。每月报。\n2.控尘。每月报。"
    half = text.index("\n")
    first = Measure(1, 1, "", "", "控尘", Span(0, half), Span(0, 5))
    second = Measure(2, 2, "", "", "控尘", Span(half + 1, len(text)), Span(half + 1, half + 6))
    draft = Draft(Source("b.txt", text, ()), DocumentFacts(), (), (first, second), (), (), ())
    span = span_of("每月", text, 2)
    decided = {"kind": "recurring", "every": "month"}
    row = confirmation_of(draft, ConfirmedKind.DEADLINE, span, decided, Action.ADD)
    added = apply_confirmations(draft, [row])
    assert [len(measure.deadlines) for measure in added.measures] == [0, 1]


def test_settling_a_one_time_clause_settles_the_tails_that_take_from_it() -> None:
    clause = "相关县区人民政府落实。以下均需相关县区人民政府落实，不再列出）"
    text = f"1.甲。做。（市住建局牵头，{clause}\n2.乙。做。（市能源局负责）"
    half = text.index("\n")
    first = Measure(1, 1, "", "", "甲", Span(0, half), Span(0, 4))
    second = Measure(2, 2, "", "", "乙", Span(half + 1, len(text)), Span(half + 1, half + 5))
    one = read_tails(text, first, (), NAMES, ())
    other = read_tails(text, second, (), NAMES, one.default)
    measures = (replace(first, tails=one.tails), replace(second, tails=other.tails))
    draft = Draft(Source("b.txt", text, ()), DocumentFacts(), (), measures, (), (), one.findings)
    members = {"members": {"相关县区人民政府": {"gov-140403": "潞州区人民政府"}}}
    settled = apply_confirmations(draft, [confirmation_of(draft, ConfirmedKind.TAIL, one.tails[0].span, members)])
    assert settled.findings == ()
    assert [row.tails[0].implement[0].bodies for row in settled.measures] == [("gov-140403",)] * 2


@pytest.mark.parametrize(
    ("kind", "decided"),
    [
        (ConfirmedKind.DEADLINE, {"date": "2024-13-01"}),
        (ConfirmedKind.DEADLINE, {"when": "by"}),
        (ConfirmedKind.INDICATOR, {"value": 0.1}),
        (ConfirmedKind.INDICATOR, {"value": "NaN"}),
        (ConfirmedKind.INDICATOR, {"change": "yes"}),
        (ConfirmedKind.TAIL, {"mode": "主持"}),
        (ConfirmedKind.TAIL, {"lead": [{"name": "市能源局"}]}),
        (ConfirmedKind.TAIL, {"lead": "市能源局"}),
        (ConfirmedKind.TAIL, {"members": {"甲": ["a"]}}),
        (ConfirmedKind.TARGET, {"years": ["2025"]}),
    ],
)
def test_a_value_that_a_record_cannot_hold_is_refused(kind: ConfirmedKind, decided: Mapping[str, object]) -> None:
    payload = confirmation_payload(Confirmation(kind, TITLE, "2024年底前", decided=decided))
    with pytest.raises(CallerError, match="confirmed"):
        confirmation_from_payload(payload)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"kind": "deadline"},
        {"kind": "fact", "words": "甲"},
        {"kind": "tail", "words": ""},
        {"kind": "tail", "words": "甲", "occurrence": 0},
        {"kind": "tail", "words": "甲", "occurrence": True},
        {"kind": "tail", "words": "甲", "decided": []},
        {"kind": "tail", "words": "甲", "offset": 3},
        {"kind": "tail", "words": "甲", "action": "drop"},
    ],
)
def test_a_payload_that_is_no_confirmation_is_refused(payload: Mapping[str, object]) -> None:
    with pytest.raises(CallerError):
        confirmation_from_payload(payload)


def test_words_outside_every_measure_are_refused() -> None:
    with pytest.raises(CallerError, match="stands in no measure"):
        confirmation_of(reading(), ConfirmedKind.DEADLINE, span_of("2025年"))
    with pytest.raises(CallerError, match="no words"):
        confirmation_of(reading(), ConfirmedKind.DEADLINE, Span(3, 3))
    with pytest.raises(CallerError, match="outside the goals"):
        confirmation_of(reading(), ConfirmedKind.TARGET, span_of("每月"))


_DECIDED = st.fixed_dictionaries(
    {},
    optional={
        "firm": st.booleans(),
        "what": st.text(max_size=8),
        "date": st.none() | st.dates().map(date.isoformat),
        "kind": st.sampled_from([row.value for row in When]),
    },
)


@given(st.text(max_size=8), st.text(min_size=1, max_size=8), st.integers(1, 9), _DECIDED, st.sampled_from(Action))
def test_a_confirmation_comes_back_from_json_as_it_went(
    measure: str, words: str, occurrence: int, decided: Mapping[str, object], action: Action
) -> None:
    row = Confirmation(ConfirmedKind.DEADLINE, measure, words, occurrence, decided, action, "3")
    assert confirmation_from_payload(json.loads(json.dumps(confirmation_payload(row)))) == row


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 12), st.sampled_from(Action), st.sampled_from(ConfirmedKind))
def test_any_words_confirmed_as_anything_keep_the_account_whole(
    start: int, length: int, action: Action, kind: ConfirmedKind
) -> None:
    draft = reading()
    whole = {"tail": {"mode": "落实"}, "deadline": {"kind": "by"}, "target": {"kind": "binding"}}
    decided = whole.get(kind.value, {"what": "甲", "kind": "count", "comparator": "="})
    try:
        row = confirmation_of(draft, kind, Span(start, min(start + length, len(TEXT))), decided, action)
    except CallerError:
        return
    changed = apply_confirmations(draft, [row])
    assert is_partition(changed)
    assert "confirmation_lost" not in codes(changed)


@pytest.mark.reference
def test_decisions_about_the_founding_plan_hold_when_a_changed_copy_is_read(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    city = load_city("changzhi")
    draft = read_plan(source_of_text(text, "a.txt"), city)
    open_tails = [
        tail
        for row in draft.measures
        for tail in row.tails
        if not all(each.settled for _, each in tail.mentions())
    ]
    assert len(open_tails) == 5
    members = {"gov-140406": "潞城区人民政府"}
    rows = [
        confirmation_of(
            draft,
            ConfirmedKind.TAIL,
            tail.span,
            {"members": {each.written: members for _, each in tail.mentions() if not each.settled}},
        )
        for tail in open_tails
    ]
    rows.append(confirmation_of(draft, ConfirmedKind.TARGET, draft.targets[1].span, {"value": "34"}))
    longer = text.replace("二、工作目标", "补充一段话。\n\n二、工作目标", 1)
    again = read_plan(source_of_text(longer, "b.txt"), city, rows)
    assert {row.code for row in again.findings}.isdisjoint({"members_unsettled", "confirmation_lost"})
    assert again.targets[1].value == Decimal(34)
    assert all(each.settled for row in again.measures for tail in row.tails for _, each in tail.mentions())
