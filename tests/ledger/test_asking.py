"""A room asks, another answers, each request ends once."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lantian.ledger import Ledger
from lantian.ledger.asking import ask, end, list_open, take
from lantian.ledger.models import Draft, Lead, Message, Proposal, Recompute, RequestState
from lantian.terms.errors import CallerError

AT = datetime(2024, 4, 8, tzinfo=UTC)
ALL = [Draft, Lead, Message, Proposal, Recompute]
PAYLOAD = {"first": date(2024, 1, 1), "value": Decimal("1.50"), "why": "改正"}


@pytest.mark.parametrize("model", ALL)
def test_a_request_is_left_taken_and_ended(ledger: Ledger, model):
    with ledger.write() as session:
        made = ask(session, model, "evaluate", "late_rows", "days:2024-01", PAYLOAD, AT)
    with ledger.read() as session:
        [row] = list_open(session, model)
        assert (row.id, row.payload) == (made.id, {"first": "2024-01-01", "value": "1.50", "why": "改正"})
    with ledger.write() as session:
        assert take(session, model, made.id).state == RequestState.TAKEN
        assert list_open(session, model) == []
    with ledger.write() as session:
        row = end(session, model, made.id, done=True, result="task:7", by="office", at=AT)
        assert (row.state, row.result, row.ended_at) == (RequestState.DONE, "task:7", AT)


def test_asking_the_same_while_it_is_open_is_asking_once(ledger: Ledger):
    with ledger.write() as session:
        one = ask(session, Recompute, "sense", "late_rows", "days:2024-01", PAYLOAD, AT)
        assert (
            ask(session, Recompute, "sense", "late_rows", "days:2024-01", dict(reversed(PAYLOAD.items())), AT)
            is one
        )
        assert ask(session, Recompute, "sense", "late_rows", "days:2024-01", {}, AT) is not one
        assert ask(session, Recompute, "explain", "late_rows", "days:2024-01", PAYLOAD, AT) is not one
        take(session, Recompute, one.id)
        assert ask(session, Recompute, "sense", "late_rows", "days:2024-01", PAYLOAD, AT) is not one


def test_open_requests_are_listed_oldest_first_by_what_is_asked(ledger: Ledger):
    with ledger.write() as session:
        for day in (3, 1, 2):
            ask(session, Lead, "sense", "frozen", f"outlet:{day}", {}, AT.replace(day=day))
        ask(session, Lead, "sense", "drift", "outlet:1", {}, AT)
    with ledger.read() as session:
        assert [row.subject for row in list_open(session, Lead, kind="frozen")] == [
            "outlet:1",
            "outlet:2",
            "outlet:3",
        ]
        assert [row.kind for row in list_open(session, Lead, subject="outlet:1")] == ["frozen", "drift"]


def test_a_request_ends_once_and_with_words(ledger: Ledger):
    with ledger.write() as session:
        made = ask(session, Proposal, "respond", "task", "measure:1", {}, AT)
        with pytest.raises(CallerError, match="why not"):
            end(session, Proposal, made.id, done=False, result=" ", by="office", at=AT)
        end(session, Proposal, made.id, done=False, result="not in this plan", by="office", at=AT)
        with pytest.raises(CallerError, match="declined already"):
            end(session, Proposal, made.id, done=True, result="task:1", by="office", at=AT)
        with pytest.raises(CallerError, match="declined already"):
            take(session, Proposal, made.id)
        with pytest.raises(CallerError, match="no request"):
            take(session, Lead, made.id)


def test_two_who_reach_for_one_request_do_not_both_get_it(ledger: Ledger, ledger_url: str):
    with ledger.write() as session:
        made = ask(session, Lead, "sense", "frozen", "outlet:1", {}, AT)
    got: list[bool] = []

    def reach() -> None:
        own = Ledger(ledger_url)
        try:
            with own.write() as session:
                take(session, Lead, made.id)
            got.append(True)
        except CallerError:
            got.append(False)
        finally:
            own.close()

    threads = [threading.Thread(target=reach) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]
