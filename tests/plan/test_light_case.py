"""The light in SQL says the same word as the light in Python, for every state there is."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, literal, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Measure, Organisation, Plan, Row, Sheet
from lantian.loop.plan.dispatch.light_case import asked_months_in, light_of, situation_in
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.queries import duties_in
from lantian.loop.plan.views.tallies import count_lights, light_cells, total_of
from lantian.rules import DispatchRule, Rulebook

TODAY = date(2024, 11, 5)
RULE = Rulebook.packaged().edition(DispatchRule, "dispatch", TODAY)
AT = datetime(2024, 4, 1, tzinfo=UTC)
STEPS = (-60, -1, 0, 1, RULE.due_soon_days, RULE.due_soon_days + 1)
DUES = (None, *(TODAY + timedelta(days=step) for step in STEPS))
EVERY_STATE = list(
    product(
        DUES,
        (True, False),
        (None, TODAY),
        (None, "2024-08", "2024-09", "2024-10"),
        (None, "not_started", "under_way", "done", "difficult"),
        (None, "pending", "accepted", "returned"),
        ("asked", "unasked"),
    )
)


def write(session: Session, states, rule: DispatchRule = RULE) -> None:
    """Write one duty a state; the body `asked` had a sheet for September that should be back."""
    session.execute(
        insert(Plan).values(
            id="p", key="k", edition=1, title="t", title_en="", issuer="", number="", issued_on=None, year=None,
            origin="structured", state="in_force", source_name="", source_sha256="", file_id=None, reading={},
            read_at=AT, confirmed_by=None, confirmed_at=None,
        )
    )  # fmt: skip
    session.execute(
        insert(Measure).values(
            id="m", plan_id="p", order=1, number="1", section="1", section_title="", title="t", title_en=""
        )
    )
    for key in ("asked", "unasked"):
        session.execute(
            insert(Organisation).values(
                id=key, kind="other", name_zh=key, full_name_zh=key, name_en=key, county=None, made_at=AT
            )
        )
    back = TODAY - timedelta(days=rule.sheet_grace_days)
    late = back - timedelta(days=1)
    for body, month, due in (("asked", "2024-09", late), ("asked", "2024-10", back), ("unasked", "2024-09", back)):
        session.execute(
            insert(Sheet).values(
                id=f"{body}{month}", plan_id="p", month=month, organisation_id=body, issued_at=AT, due=due,
                received_at=None, reminded_at=None,
            )
        )  # fmt: skip
    rows = [
        {
            "id": str(place), "plan_id": "p", "measure_id": "m", "tail": place, "organisation_id": body,
            "role": "lead", "mode": "", "via": "", "settled": settled, "words": "", "due": due,
            "reported_month": reported, "claimed": claimed, "share": None, "review": review, "done_on": done,
            "step": None,
        }
        for place, (due, settled, done, reported, claimed, review, body) in enumerate(states)
    ]  # fmt: skip
    session.execute(insert(Duty), rows)


def words_of(session: Session, today: date, rule: DispatchRule) -> dict[str, str]:
    """Ask the database."""
    word = situation_in(session, "p", today, rule).case({word: literal(word.value) for word in LightWord})
    return {row[0]: row[1] for row in session.execute(select(Duty.id, word))}


def test_every_state_has_the_same_word_in_sql_and_in_python(ledger) -> None:
    with ledger.write() as session:
        write(session, EVERY_STATE)
    with ledger.read() as session:
        said = words_of(session, TODAY, RULE)
        asked = asked_months_in(session, "p", TODAY, RULE)
        duties = duties_in(session, "p")
        counts = total_of(light_cells(session, situation_in(session, "p", TODAY, RULE)))
    assert asked == {"asked": "2024-09"}
    expected = {duty.id: light_of(duty, asked, TODAY, RULE).word for duty in duties}
    assert len(expected) == len(EVERY_STATE) == 7 * 2 * 2 * 4 * 5 * 4 * 2
    assert said == {key: word.value for key, word in expected.items()}
    assert set(expected.values()) == set(LightWord)  # nothing is left untried
    assert counts == count_lights(expected.values())


@given(
    today=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    grace=st.integers(0, 40),
    soon=st.integers(0, 90),
    states=st.lists(
        st.tuples(
            st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            st.booleans(),
            st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            st.none() | st.sampled_from(["2023-12", "2024-09", "2025-01"]),
            st.none() | st.sampled_from(["not_started", "under_way", "done", "difficult"]),
            st.none() | st.sampled_from(["pending", "accepted", "returned"]),
            st.sampled_from(["asked", "unasked"]),
        ),
        min_size=1,
        max_size=30,
    ),
)
def test_any_rule_on_any_day_gives_the_same_word_in_sql_and_in_python(today, grace, soon, states) -> None:
    rule = RULE.model_copy(update={"grace_days": grace, "due_soon_days": soon})
    engine = create_engine("sqlite://")
    Row.metadata.create_all(engine)
    with Session(engine) as session:
        write(session, states)
        said = words_of(session, today, rule)
        asked = asked_months_in(session, "p", today, rule)
        found = {duty.id: light_of(duty, asked, today, rule).word.value for duty in duties_in(session, "p")}
    engine.dispose()
    assert said == found


@pytest.mark.parametrize("word", LightWord)
def test_counts_name_every_word_even_where_none_is(word) -> None:
    assert count_lights([]).words[word] == 0
