"""Which edition judges a day: dates, choices, overrides and sets."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import FACTS_OF_DATA, SUBJECTS, AqiRule, Choice, CompositeRule, RankingRule, Rulebook
from lantian.terms.errors import RuleError

DAYS = st.dates(min_value=date(2013, 1, 1), max_value=date(2090, 12, 31))
OLD, NEW = date(2026, 2, 28), date(2026, 3, 1)
BOOK = Rulebook.packaged()


def city_rules(folder: Path, text: str, name: str = "own.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


SITE_SHARE = """
[[edition]]
id = "{id}"
like = "hj663-2026"
{more}
site_share = {share}
"""


# ------------------------------------------------------------------------------------------- by date


@given(DAYS)
def test_any_day_from_2013_on_has_exactly_one_default_edition_of_every_subject(day: date) -> None:
    for subject in SUBJECTS:
        holding = [
            edition.id
            for edition in BOOK.editions(subject)
            if edition.jurisdiction == "CN" and "default" in edition.variant and edition.holds_on(day)
        ]
        assert len(holding) == 1, (subject, day, holding)


CHANGES = """
2013-01-01 gb3095-2012              hj633-2012-day hj633-2012-hour-published hj663-2013 composite-default-2013
2018-08-31 gb3095-2012              hj633-2012-day hj633-2012-hour-published hj663-2013 composite-default-2013
2018-09-01 gb3095-2012-2018         hj633-2012-day hj633-2012-hour-published hj663-2013 composite-default-2013
2026-02-28 gb3095-2012-2018         hj633-2012-day hj633-2012-hour-published hj663-2013 composite-default-2013
2026-03-01 gb3095-2026-transitional hj633-2026-day hj633-2026-hour           hj663-2026 composite-default-2026
2030-12-31 gb3095-2026-transitional hj633-2026-day hj633-2026-hour           hj663-2026 composite-default-2026
2031-01-01 gb3095-2026-final        hj633-2026-day hj633-2026-hour           hj663-2026 composite-default-2031
"""


@pytest.mark.parametrize("line", CHANGES.strip().splitlines())
def test_each_side_of_every_change_has_its_own_law(rulebook: Rulebook, line: str) -> None:
    day, *expected = line.split()
    ids = rulebook.rule_set(date.fromisoformat(day)).ids
    subjects = ("ambient_limits", "aqi_day", "aqi_hour", "evaluation", "composite_index")
    assert [ids[subject] for subject in subjects] == expected


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_day_before_the_first_edition_is_an_error_that_says_what_to_do(rulebook: Rulebook, subject: str) -> None:
    with pytest.raises(RuleError) as caught:
        rulebook.edition(SUBJECTS[subject], subject, date(2012, 12, 31))
    message = str(caught.value)
    for part in (subject, "2012-12-31", "'default'", "CN", "2013-01-01", "ask for a day"):
        assert part in message


def test_a_variant_that_does_not_exist_is_an_error_that_lists_those_that_do(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError, match=r"'texts'.*as_published \(CN\), default \(CN\), text \(CN\)"):
        rulebook.aqi_hour(OLD, Choice(variants={"aqi_hour": "texts"}))


def test_a_misspelt_subject_in_a_choice_is_refused_with_the_right_one(rulebook: Rulebook) -> None:
    for choice in (Choice(variants={"aqi-hour": "text"}), Choice(editions={"aqi-hour": "hj633-2026-hour"})):
        with pytest.raises(RuleError, match="'aqi-hour'; use aqi_hour"):
            rulebook.limits(OLD, choice)
    with pytest.raises(RuleError, match="no rule has the subject 'noise'"):
        rulebook.editions("noise")


# ------------------------------------------------------------------------------------------- by choice


def test_the_most_specific_jurisdiction_decides_and_the_country_fills_in(rulebook: Rulebook) -> None:
    choice = Choice(jurisdictions=("US", "CN"))
    assert rulebook.aqi_day(date(2025, 1, 1), choice).id == "us-aqi-2024-day"
    assert rulebook.aqi_day(date(2024, 1, 1), choice).id == "hj633-2012-day"
    assert rulebook.evaluation(date(2025, 1, 1), choice).id == "hj663-2013"


def test_a_variant_that_only_the_country_has_is_found_from_a_city(rulebook: Rulebook) -> None:
    choice = Choice(jurisdictions=("140400", "14", "CN"), variants={"aqi_hour": "text"})
    assert rulebook.aqi_hour(OLD, choice).id == "hj633-2012-hour-text"


def test_the_law_of_a_day_judges_both_years_of_a_comparison(rulebook: Rulebook) -> None:
    for law_of, expected in ((NEW, "HJ 633-2026"), (OLD, "HJ 633-2012")):
        sets = [rulebook.rule_set(on, Choice(law_of=law_of)) for on in (date(2025, 7, 1), date(2026, 7, 1))]
        assert [rules.aqi_day.name for rules in sets] == [expected, expected]
        assert sets[0].ids == sets[1].ids


def test_the_law_of_another_day_never_changes_how_a_value_was_measured(rulebook: Rulebook) -> None:
    choice = Choice(law_of=NEW)
    assert rulebook.gas_state(date(2017, 1, 1), choice).id == "state-273"
    assert rulebook.low_values(date(2017, 1, 1), choice).id == "low-values-2007"
    assert rulebook.limits(date(2017, 1, 1), choice).id == "gb3095-2026-transitional"
    assert {"gas_state", "low_values", "data_flags", "species"} == FACTS_OF_DATA


def test_a_forced_edition_judges_every_date(rulebook: Rulebook) -> None:
    choice = Choice(editions={"aqi_day": "hj633-2026-day"})
    assert rulebook.aqi_day(date(2014, 1, 1), choice).id == "hj633-2026-day"
    assert rulebook.aqi_hour(date(2014, 1, 1), choice).id == "hj633-2012-hour-published"


def test_an_edition_of_another_subject_cannot_be_forced(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError, match="'hj663-2026' is about evaluation, not about aqi_day"):
        rulebook.aqi_day(NEW, Choice(editions={"aqi_day": "hj663-2026"}))
    with pytest.raises(RuleError, match="is about aqi_hour"):
        rulebook.aqi_day(NEW, Choice(editions={"aqi_day": "hj633-2026-hour"}))


def test_an_unknown_id_is_answered_with_its_neighbours(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError, match=r"did you mean .*hj633-2026-day"):
        rulebook.by_id("hj633-2026-dya")
    assert rulebook.by_id("hj633-2026-day").title_zh.startswith("环境空气质量指数")


def test_equal_choices_key_a_cache_alike() -> None:
    one = Choice(variants={"aqi_hour": "text", "dust": "default"}, law_of=NEW)
    other = Choice(variants={"dust": "default", "aqi_hour": "text"}, law_of=NEW)
    assert one == other
    assert hash(one) == hash(other)
    assert one != Choice()


def test_the_packaged_book_is_read_once() -> None:
    assert Rulebook.packaged() is Rulebook.packaged()
    assert Rulebook.load() is Rulebook.packaged()


def test_subjects_and_editions_are_listed_in_one_order(rulebook: Rulebook) -> None:
    assert rulebook.subjects() == tuple(SUBJECTS)
    listed = [edition.subject for edition in rulebook.editions()]
    assert listed == sorted(listed, key=list(SUBJECTS).index)
    assert all(isinstance(edition, CompositeRule) for edition in rulebook.editions("composite_index"))


# ------------------------------------------------------------------------------------------- sets and spans


def test_the_name_of_a_set_fits_on_one_line_and_names_what_is_uncertain(rulebook: Rulebook) -> None:
    assert rulebook.rule_set(date(2026, 3, 1)).name == (
        "GB 3095-2026 transitional · HJ 633-2026 · HJ 663-2026 · composite transitional_equal (B)"
    )
    choice = Choice(variants={"ranking": "anhui", "aqi_hour": "text", "composite_index": "transitional_weighted"})
    assert rulebook.rule_set(OLD, choice).name == (
        "GB 3095-2012 (2018 amendment) · HJ 633-2012 · HJ 663-2013 · composite transitional_weighted (C)"
        " · HJ 633-2012 by its text · ranking anhui"
    )


def test_a_set_names_every_edition_that_made_a_result(rulebook: Rulebook) -> None:
    ids = rulebook.rule_set(NEW).ids
    assert set(ids) == {
        "ambient_limits", "aqi_day", "aqi_hour", "aqi_categories", "evaluation", "composite_index", "ranking",
        "dust", "low_values", "data_flags",
    }  # fmt: skip
    assert all(rulebook.by_id(name).subject == subject for subject, name in ids.items())


@given(DAYS, st.integers(min_value=0, max_value=8000))
def test_spans_tile_the_days_and_agree_with_each_day(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    spans = BOOK.spans(first, last)
    assert (spans[0][0], spans[-1][1]) == (first, last)
    for (_, end, before), (start, _, after) in pairwise(spans):
        assert start == end + timedelta(days=1)
        assert before.ids != after.ids
    for start, end, rules in spans:
        for day in (start, start + (end - start) // 2, end):
            assert BOOK.rule_set(day) == rules


def test_spans_of_one_law_are_one_span(rulebook: Rulebook) -> None:
    spans = rulebook.spans(date(2025, 1, 1), date(2027, 12, 31), Choice(law_of=NEW))
    assert [(first, last) for first, last, _ in spans] == [(date(2025, 1, 1), date(2027, 12, 31))]


def test_a_stretch_that_ends_before_it_begins_is_refused(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError, match="exchange the two dates"):
        rulebook.spans(NEW, OLD)


# ------------------------------------------------------------------------------------------- a city's own rules


def test_an_override_without_a_reason_is_refused(tmp_path: Path) -> None:
    for reason in ("", 'reason = " "'):
        folder = city_rules(tmp_path / "rules", SITE_SHARE.format(id="own-1", share=0.5, more=reason))
        with pytest.raises(RuleError, match=r"'own-1' departs .* does not say why; add reason"):
            Rulebook.load([folder])


def test_an_override_with_a_reason_wins_for_its_own_dates_only(tmp_path: Path) -> None:
    more = 'reason = "three of five sites are rebuilt"\nin_force = 2026-06-01\nuntil = 2026-08-31'
    folder = city_rules(tmp_path / "rules", SITE_SHARE.format(id="own-1", share=0.5, more=more))
    book = Rulebook.load([folder])
    judged = [
        book.evaluation(day) for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1))
    ]
    assert [rule.id for rule in judged] == ["hj663-2026", "own-1", "own-1", "hj663-2026"]
    assert [str(rule.site_share) for rule in judged] == ["0.75", "0.5", "0.5", "0.75"]
    assert judged[1].percentiles == judged[0].percentiles
    assert judged[1].reason == "three of five sites are rebuilt"
    assert Rulebook.packaged().evaluation(date(2026, 6, 1)).id == "hj663-2026"


def test_an_override_is_named_wherever_its_set_is_printed(tmp_path: Path) -> None:
    text = """
[[edition]]
id = "own-dust"
like = "dust-2017"
short = "dust of our valley"
reason = "agreed locally"
longest_hours = 48
"""
    book = Rulebook.load([city_rules(tmp_path / "rules", text)])
    assert book.rule_set(NEW).name.endswith(" · dust of our valley")
    assert book.rule_set(NEW).ids["dust"] == "own-dust"


def test_a_citys_own_jurisdiction_leaves_other_cities_alone(tmp_path: Path) -> None:
    more = 'jurisdiction = "640200"\nreason = "an example"'
    book = Rulebook.load([city_rules(tmp_path / "rules", SITE_SHARE.format(id="own-1", share=0.6, more=more))])
    assert book.evaluation(NEW).id == "hj663-2026"
    assert book.evaluation(NEW, Choice(jurisdictions=("640200", "64", "CN"))).id == "own-1"


def test_the_later_folder_wins_over_the_earlier(tmp_path: Path) -> None:
    first = city_rules(tmp_path / "a", SITE_SHARE.format(id="own-a", share=0.5, more='reason = "a"'))
    second = city_rules(
        tmp_path / "b", '[[edition]]\nid = "own-b"\nlike = "own-a"\nreason = "b"\nin_force = 2026-07-01\n'
    )
    book = Rulebook.load([first, second])
    assert [book.evaluation(day).id for day in (date(2026, 6, 30), date(2026, 7, 1))] == ["own-a", "own-b"]
    assert str(book.evaluation(date(2026, 7, 1)).site_share) == "0.5"


def test_two_editions_of_one_key_in_one_folder_are_refused(tmp_path: Path) -> None:
    text = SITE_SHARE.format(id="own-1", share=0.5, more='reason = "a"')
    folder = city_rules(tmp_path / "rules", text + SITE_SHARE.format(id="own-2", share=0.6, more='reason = "b"'))
    with pytest.raises(RuleError, match=r"two editions of evaluation \(CN, variant 'default'\).*own-1 and own-2"):
        Rulebook.load([folder])


def test_two_overlapping_layers_of_the_same_rank_are_refused_even_when_one_is_short() -> None:
    rule = BOOK.aqi_day(OLD)
    inside = rule.model_copy(update={"id": "inside", "in_force": date(2020, 1, 1), "until": date(2020, 1, 1)})
    with pytest.raises(RuleError, match="hold on 2020-01-01"):
        Rulebook([[rule, inside]])


def test_a_city_may_add_a_variant_of_its_own(tmp_path: Path) -> None:
    text = """
[[edition]]
id = "ranking-valley"
like = "ranking-national-2017"
variant = "valley"
reason = "the city's own scheme"
tie_style = "1-1-2"
"""
    book = Rulebook.load([city_rules(tmp_path / "rules", text)])
    rule = book.edition(RankingRule, "ranking", NEW, Choice(variants={"ranking": "valley"}))
    assert (rule.id, rule.tie_style, rule.variant) == ("ranking-valley", "1-1-2", ("valley",))
    assert book.ranking(NEW).id == "ranking-national-2017"


def test_a_rule_can_key_a_cache() -> None:
    rule = BOOK.aqi_day(OLD)
    again = AqiRule.model_validate(rule.model_dump())
    assert rule == again
    assert {rule: 1}[again] == 1
