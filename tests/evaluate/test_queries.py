"""Reads that every door uses."""

import pytest

from lantian.assembly import House
from lantian.city.records import SubjectKind
from lantian.loop.evaluate.queries import find_ranking, find_subject, list_statistics, list_summaries
from lantian.terms.errors import CallerError
from lantian.terms.periods import period_named

MARCH = period_named("2026-03")


def test_subjects_are_found_by_code_or_name_in_either_language(judged: House):
    county = judged.city.counties[0]
    for name in (county.adcode, county.name_zh, county.name_en, county.name_en.upper()):
        assert find_subject(judged.city, name) == (SubjectKind.COUNTY, county.adcode)
    assert find_subject(judged.city, "city") == (SubjectKind.CITY, judged.city.adcode)
    station = judged.city.stations[0]
    assert find_subject(judged.city, station.code.lower()) == (SubjectKind.STATION, station.code)


def test_an_ambiguous_name_lists_what_it_could_be(judged: House):
    with pytest.raises(CallerError, match="could be"):
        find_subject(judged.city, "Simulated")
    with pytest.raises(CallerError, match="no station, county or city"):
        find_subject(judged.city, "Atlantis")


def test_every_list_of_the_rule_stands_for_every_group(judged: House):
    rules = judged.rulebook.rule_set(MARCH.last, judged.choice)
    groups = {county.group for county in judged.city.counties} | {"all"}
    for entry in rules.ranking.lists:
        counted = 0
        for group in groups:
            counted += find_ranking(judged.lake, MARCH, entry.key, group=group).height
        assert counted == 2 * len(judged.city.counties)


def test_an_unknown_list_names_the_known_ones(judged: House):
    with pytest.raises(CallerError, match="composite_index"):
        find_ranking(judged.lake, MARCH, "beauty")
    with pytest.raises(CallerError, match="No ranking of 2019-03"):
        find_ranking(judged.lake, period_named("2019-03"), "composite_index")


def test_ranks_order_the_published_values(judged: House):
    rows = find_ranking(judged.lake, MARCH, "composite_index")
    ranked = rows.drop_nulls("rank")
    assert ranked.height > 0
    values, ranks = ranked.get_column("value").to_list(), ranked.get_column("rank").to_list()
    assert values == sorted(values)
    assert ranks == [1 + sum(other < value for other in values) for value in values]


def test_the_composite_index_is_the_sum_of_the_single_ones(judged: House):
    statistics = list_statistics(judged.lake, MARCH, kind=SubjectKind.COUNTY)
    for row in list_summaries(judged.lake, MARCH, kind=SubjectKind.COUNTY).iter_rows(named=True):
        singles = statistics.filter(code=row["code"]).get_column("single_index")
        if row["composite_index"] is None:
            assert row["composite_reason"]
        else:
            assert round(singles.sum(), 2) == row["composite_index"]
