"""Two editions of a plan, compared duty by duty."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import load_city
from lantian.science.plan_text.difference import Change, ChangeKind, difference
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import (
    BodyMention,
    Comparator,
    Deadline,
    DocumentFacts,
    Draft,
    Indicator,
    IndicatorKind,
    Measure,
    Mode,
    Source,
    Span,
    Tail,
    Target,
    TargetKind,
    When,
)

NOWHERE = Span(0, 0)


def body(name: str, *ids: str, settled: bool = True) -> BodyMention:
    return BodyMention(name, NOWHERE, ids, ids or (name,), collective=len(ids) > 1, settled=settled)


def tail(
    lead: Sequence[BodyMention] = (), cooperate: Sequence[BodyMention] = (), implement: Sequence[BodyMention] = ()
) -> Tail:
    return Tail("", NOWHERE, Mode.LEAD, tuple(lead), tuple(cooperate), tuple(implement))


def measure(number: int, title: str, *tails: Tail) -> Measure:
    return Measure(number, number, "一", "", title, NOWHERE, NOWHERE, tails=tails)


def by(day: date, what: str, firm: bool = True) -> Deadline:
    return Deadline(day.isoformat(), NOWHERE, When.BY, day, firm=firm, what=what)


def share(what: str, value: str, **fields: object) -> Indicator:
    plain = Indicator(what, NOWHERE, what, IndicatorKind.GOAL, Comparator.AT_LEAST, Decimal(value), unit="%")
    return replace(plain, **fields)  # type: ignore[arg-type]


def draft(*measures: Measure, targets: Sequence[Target] = ()) -> Draft:
    return Draft(Source("a.txt", "", ()), DocumentFacts(), (), measures, tuple(targets), (), ())


def kinds(changes: Sequence[Change]) -> list[ChangeKind]:
    return [row.kind for row in changes]


KILNS = measure(1, "治理工业炉窑", tail([body("市工信局")], [body("市能源局")]))
STRAW = measure(2, "加强秸秆禁烧", tail([body("市农业局")]))


def test_equal_editions_have_no_difference() -> None:
    assert difference(draft(KILNS, STRAW), draft(KILNS, STRAW)) == ()


def test_a_body_that_led_and_now_helps_has_changed_its_role() -> None:
    now = replace(KILNS, tails=(tail([body("市能源局")], [body("市工信局")]),))
    changes = difference(draft(KILNS), draft(now))
    assert kinds(changes) == [ChangeKind.ROLE_CHANGED, ChangeKind.ROLE_CHANGED]
    assert [(row.body, row.was, row.now) for row in changes] == [
        ("市工信局", "lead", "cooperate"),
        ("市能源局", "cooperate", "lead"),
    ]
    assert changes[0].old is not None
    assert changes[0].old.title == "治理工业炉窑"


def test_duties_come_and_go_by_body_and_role() -> None:
    now = replace(KILNS, tails=(tail([body("市工信局")], [body("市商务局")]),))
    changes = difference(draft(KILNS), draft(now))
    assert {(row.kind, row.body) for row in changes} == {
        (ChangeKind.DUTY_ADDED, "市商务局"),
        (ChangeKind.DUTY_REMOVED, "市能源局"),
    }


def test_another_wording_of_the_same_members_is_no_change() -> None:
    one = measure(1, "治理工业炉窑", tail(implement=[body("各县区人民政府", "a", "b")]))
    other = measure(1, "治理工业炉窑", tail(implement=[body("各县（市、区）人民政府", "a", "b")]))
    assert difference(draft(one), draft(other)) == ()


def test_a_collective_that_shrinks_takes_duties_from_its_other_members() -> None:
    one = measure(1, "治理工业炉窑", tail(implement=[body("各县区人民政府", "a", "b", "c")]))
    other = measure(1, "治理工业炉窑", tail(implement=[body("乙县人民政府", "b")]))
    changes = difference(draft(one), draft(other))
    assert [(row.kind, row.body) for row in changes] == [
        (ChangeKind.DUTY_REMOVED, "a"),
        (ChangeKind.DUTY_REMOVED, "c"),
    ]


def test_those_concerned_stay_one_duty_until_a_person_settles_them() -> None:
    open_row = measure(1, "治理工业炉窑", tail(implement=[body("相关县区人民政府", "a", "b", settled=False)]))
    closed = measure(1, "治理工业炉窑", tail(implement=[body("相关县区人民政府", "a")]))
    changes = difference(draft(open_row), draft(closed))
    assert [(row.kind, row.body) for row in changes] == [
        (ChangeKind.DUTY_ADDED, "a"),
        (ChangeKind.DUTY_REMOVED, "相关县区人民政府"),
    ]


def test_a_body_that_leads_one_tail_less_has_lost_a_duty() -> None:
    twice = replace(KILNS, tails=(*KILNS.tails, tail([body("市工信局")])))
    assert kinds(difference(draft(twice), draft(KILNS))) == [ChangeKind.DUTY_REMOVED]


def test_a_new_measure_brings_its_duties_and_deadlines() -> None:
    new = replace(STRAW, deadlines=(by(date(2025, 12, 31), "建成"),), indicators=(share("秸秆综合利用率", "90"),))
    changes = difference(draft(KILNS), draft(KILNS, new))
    assert kinds(changes) == [
        ChangeKind.MEASURE_ADDED,
        ChangeKind.DUTY_ADDED,
        ChangeKind.DEADLINE_ADDED,
        ChangeKind.INDICATOR_ADDED,
    ]
    assert all(row.old is None and row.new is not None and row.new.number == 2 for row in changes)


def test_a_measure_that_moved_and_was_reworded_is_still_the_same() -> None:
    moved = replace(KILNS, number=7, order=7, title="深入治理工业炉窑")
    assert kinds(difference(draft(KILNS, STRAW), draft(STRAW, moved))) == [
        ChangeKind.MEASURE_RENUMBERED,
        ChangeKind.MEASURE_RENAMED,
    ]


def test_measures_that_share_only_a_number_are_two() -> None:
    changes = difference(draft(KILNS), draft(replace(STRAW, number=1, order=1)))
    assert ChangeKind.MEASURE_ADDED in kinds(changes)
    assert ChangeKind.MEASURE_REMOVED in kinds(changes)


def test_a_deadline_moves_later_or_earlier() -> None:
    old = replace(KILNS, deadlines=(by(date(2024, 9, 30), "完成改造"), by(date(2024, 4, 15), "制定方案")))
    new = replace(KILNS, deadlines=(by(date(2024, 10, 31), "完成改造"), by(date(2024, 3, 31), "制定方案")))
    assert [(row.kind, row.was, row.now) for row in difference(draft(old), draft(new))] == [
        (ChangeKind.DEADLINE_LATER, "by 2024-09-30", "by 2024-10-31"),
        (ChangeKind.DEADLINE_EARLIER, "by 2024-04-15", "by 2024-03-31"),
    ]


def test_a_deadline_that_is_only_aspired_to_has_changed() -> None:
    old = replace(KILNS, deadlines=(by(date(2024, 9, 30), "完成改造"),))
    new = replace(KILNS, deadlines=(by(date(2024, 9, 30), "完成改造", firm=False),))
    (change,) = difference(draft(old), draft(new))
    assert (change.kind, change.now) == (ChangeKind.DEADLINE_CHANGED, "by 2024-09-30 力争")


def test_an_indicator_with_another_value_has_changed_and_an_equal_number_has_not() -> None:
    old = replace(STRAW, indicators=(share("秸秆综合利用率", "90"), share("火点下降", "5.0")))
    new = replace(STRAW, indicators=(share("秸秆综合利用率", "93"), share("火点下降", "5")))
    assert [(row.kind, row.name, row.was, row.now) for row in difference(draft(old), draft(new))] == [
        (ChangeKind.INDICATOR_CHANGED, "秸秆综合利用率", ">= 90 %", ">= 93 %")
    ]


def test_a_target_that_tightens_is_one_change() -> None:
    plain = Target("市区PM2.5", NOWHERE, TargetKind.BINDING, ("市区",), "pm25", years=(2025,))
    old = replace(plain, comparator=Comparator.AT_MOST, value=Decimal(35), unit="微克/立方米")
    (change,) = difference(draft(targets=[old]), draft(targets=[replace(old, value=Decimal(33))]))
    assert (change.kind, change.name) == (ChangeKind.TARGET_CHANGED, "市区 pm25")
    assert ("<= 35" in change.was, "<= 33" in change.now) == (True, True)


_OPPOSITE = {
    kind: ChangeKind(kind.value.replace(*pair))
    for kind in ChangeKind
    for pair in (("added", "removed"), ("removed", "added"), ("earlier", "later"), ("later", "earlier"))
    if pair[0] in kind.value
}
_NAMES = st.sampled_from(["市工信局", "市能源局", "市商务局", "各县区人民政府"]).map(body)
_TAILS = st.builds(tail, *[st.lists(_NAMES, max_size=2, unique_by=lambda row: row.written)] * 3)
_DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))
_MEASURES = st.builds(
    lambda number, title, tails, days, values: replace(
        measure(number, title, *tails),
        deadlines=tuple(by(day, what) for day, what in days),
        indicators=tuple(share(what, str(value)) for what, value in values),
    ),
    st.integers(1, 9),
    st.sampled_from(["治理工业炉窑", "深入治理炉窑", "加强秸秆禁烧", "强化扬尘治理", "强化信息公开"]),
    st.lists(_TAILS, max_size=2),
    st.lists(st.tuples(_DAYS, st.sampled_from(["完成改造", "制定方案", ""])), max_size=3),
    st.lists(st.tuples(st.sampled_from(["利用率", "清扫率"]), st.integers(0, 100)), max_size=3),
)
_DRAFTS = st.lists(_MEASURES, max_size=4).map(lambda rows: draft(*rows))


@given(_DRAFTS, _DRAFTS)
def test_what_was_added_one_way_was_removed_the_other(one: Draft, other: Draft) -> None:
    forth, back = difference(one, other), difference(other, one)
    turned = sorted((_OPPOSITE.get(row.kind, row.kind), row.body, row.now, row.was) for row in back)
    assert turned == sorted((row.kind, row.body, row.was, row.now) for row in forth)


@given(_DRAFTS)
def test_a_draft_does_not_differ_from_itself(one: Draft) -> None:
    assert difference(one, one) == ()


@pytest.mark.reference
def test_two_editions_of_the_founding_plan_differ_where_they_were_changed(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    later = text.replace("(市能源局负责)\n", "(市能源局负责,市工信局配合)\n")
    later = later.replace("2024年10月底前,中宝", "2024年9月底前,中宝")
    city = load_city("changzhi")
    old, new = (read_plan(source_of_text(each, "a.txt"), city) for each in (text, later))
    assert difference(old, old) == ()
    assert [(row.kind, row.new.number, row.body, row.was, row.now) for row in difference(old, new) if row.new] == [
        (ChangeKind.DEADLINE_EARLIER, 6, "", "by 2024-10-31", "by 2024-09-30"),
        (ChangeKind.DUTY_ADDED, 12, "industry", "", "cooperate"),
    ]
