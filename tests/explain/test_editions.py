from dataclasses import replace

import pytest

from lantian.ledger.chain import verify_chain
from lantian.loop.explain.editions import (
    Opened,
    close_edition,
    draft_edition,
    find_edition,
    list_editions,
    open_edition,
)
from lantian.loop.explain.keeping import keep_book, read_book
from lantian.loop.explain.running import compute
from lantian.terms.errors import CallerError


def opened(**given) -> Opened:
    return Opened(**{"key": "2025", "year": 2025, "by": "office", "reason": "yearly update", **given})


def test_book_is_opened_with_a_reason_and_stands_in_the_chain(study):
    row = open_edition(study, opened())
    assert (row.state, row.year, row.simulated) == ("draft", 2025, True)
    assert [each.key for each in list_editions(study)] == ["2025"]
    assert verify_chain(study.ledger).sound


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"key": "Ä b"}, "cannot be the key"),
        ({"year": 1899}, "no year"),
        ({"reason": " "}, "reason"),
        ({"by": ""}, "reason"),
        ({"parent": "1999"}, "no edition 1999"),
        ({"growth": {"process": 1.1}}, "Name the one"),
        ({"closures": ("P1",)}, "Name the one"),
        ({"growth": {"no.such": 1.1}}, "no category"),
        ({"growth": {"process": -1.0}}, "growth of process"),
    ],
)
def test_book_that_cannot_be_opened_is_refused(study, given, match):
    with pytest.raises(CallerError, match=match):
        open_edition(study, opened(**given))
    assert list_editions(study) == []


def test_key_is_given_once(study):
    open_edition(study, opened())
    with pytest.raises(CallerError, match="already"):
        open_edition(study, opened())


def test_rolled_forward_sources_grow_close_and_leave_their_measurements_behind(study, fill):
    old = fill()
    open_edition(
        study,
        opened(parent="2024", growth={"combustion": 2.0, "combustion.power": 1.1}, closures=("R1",)),
    )
    new = read_book(study, "2025", 2025)
    assert [source.id for source in new.sources] == ["A1", "H1", "P1"]
    assert new.measured == ()
    assert new.statistics == ()
    amounts = {(s.id, p.id): p.activity.amount for s in new.sources for p in s.processes}
    assert amounts["P1", "B1"] == pytest.approx(600_000 * 1.1)
    assert amounts["H1", "1"] == pytest.approx(40_000)
    assert read_book(study, "2024", 2024) == old
    assert find_edition(study, "2025").carried["closures"] == ["R1"]


def test_closing_a_source_that_the_parent_has_not_is_refused(study, fill):
    fill()
    with pytest.raises(CallerError, match="no source X9"):
        open_edition(study, opened(parent="2024", closures=("X9",)))


def test_empty_parent_is_refused_and_nothing_is_opened(study):
    open_edition(study, opened(key="2024", year=2024))
    with pytest.raises(CallerError, match="no sources"):
        open_edition(study, opened(parent="2024"))
    assert [each.key for each in list_editions(study)] == ["2024"]


def test_closed_book_is_never_changed_again(study, fill, jobs):
    fill()
    with pytest.raises(CallerError, match="no results"):
        close_edition(study, "2024", by="office", because="final")
    compute(study, jobs, "2024")
    with pytest.raises(CallerError, match="reason"):
        close_edition(study, "2024", by="office", because="")
    row = close_edition(study, "2024", by="office", because="final")
    assert (row.state, row.closed_by) == ("closed", "office")
    for refused in (lambda: compute(study, jobs, "2024"), lambda: draft_edition(study, "2024")):
        with pytest.raises(CallerError, match="closed on"):
            refused()
    with pytest.raises(CallerError, match="closed on"):
        close_edition(study, "2024", by="office", because="again")


def test_newest_edition_is_found_without_a_key(study):
    with pytest.raises(CallerError, match="inventory new"):
        find_edition(study)
    open_edition(study, opened())
    open_edition(study, opened(key="2024", year=2024))
    assert find_edition(study).key == "2025"
    with pytest.raises(CallerError, match="has no edition 2030; it has: 2024, 2025"):
        find_edition(study, "2030")


def test_lake_that_refuses_the_rows_leaves_no_edition(study, fill):
    fill()
    real = replace(study, simulated=False)  # its rows do not fit a simulated lake
    with pytest.raises(CallerError, match="never mixed"):
        open_edition(real, opened(parent="2024"))
    assert [each.key for each in list_editions(study)] == ["2024"]


def test_row_that_left_the_book_is_withdrawn_not_deleted(study, fill):
    book = fill()
    keep_book(study, replace(book, sources=book.sources[1:]), origin="second")
    assert [source.id for source in read_book(study, "2024", 2024).sources] == ["H1", "P1", "R1"]
    held = study.lake.versions("inventory_sources", {"edition": "2024", "source": "A1"})
    assert held["withdrawn"].to_list() == [False, True]
