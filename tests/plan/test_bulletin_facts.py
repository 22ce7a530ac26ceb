"""Which counties does a bulletin name at either end? Nobody who is level with one that is not named."""

from lantian.loop.plan.views.bulletin_facts import CountyPlace, county_ends


def order(*ranks: int) -> list[CountyPlace]:
    return [CountyPlace(rank, str(place), str(place), 4, 0, 0, None) for place, rank in enumerate(ranks, start=1)]


def names(*ranks: int) -> tuple[list[str], list[str]]:
    best, worst = county_ends(order(*ranks), 3)
    return [row.name for row in best], [row.name for row in worst]


def test_three_are_named_at_either_end():
    assert names(1, 2, 3, 4, 5, 6, 7, 8) == (["1", "2", "3"], ["6", "7", "8"])


def test_who_is_level_with_the_next_is_not_named():
    assert names(1, 2, 2, 2, 5, 6, 7, 8) == (["1"], ["6", "7", "8"])
    assert names(1, 2, 3, 4, 4, 4, 4, 4) == (["1", "2", "3"], [])
    assert names(1, 1, 1, 1, 1, 1, 1, 8) == ([], ["8"])


def test_level_counties_that_fit_are_named_together():
    assert names(1, 1, 1, 4, 5, 6, 6, 6) == (["1", "2", "3"], ["6", "7", "8"])


def test_of_equals_and_of_few_nobody_is_named_twice():
    assert names(1, 1, 1, 1) == ([], [])
    assert names(1, 2, 3) == (["1"], ["3"])
    assert names(1) == ([], [])
    assert names() == ([], [])
