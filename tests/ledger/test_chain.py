"""Whoever touches the past is found out."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text

import lantian
from lantian.ledger import Ledger, append_entry
from lantian.ledger.chain import (
    WORDS,
    BreakKind,
    ChainHead,
    count_rows,
    day_head,
    export_chain,
    list_entries,
    verify_chain,
)
from lantian.ledger.entries import FIRST, said_hash
from lantian.ledger.models import Entry, Lead
from lantian.terms.errors import CallerError

ZONE = timezone(timedelta(hours=8))
NOON = datetime(2024, 4, 8, 12, tzinfo=ZONE)


def decide(ledger: Ledger, number: int, at: datetime = NOON, actor: str = "office") -> None:
    """One decision: a row and its entry."""
    with ledger.write() as session:
        session.add(
            Lead(
                id=f"{actor}{number}",
                made_at=at,
                made_by="plan",
                kind="k",
                subject=f"s:{number}",
                payload={},
                state="open",
            )
        )
        append_entry(
            session, at=at, actor=actor, kind="lead.made", subject=f"lead:{number}", payload={"n": number}
        )


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    for number in range(1, 6):
        decide(ledger, number, NOON + timedelta(hours=6 * number))
    return ledger


def tamper(ledger: Ledger, *commands: str) -> None:
    """Change the past as somebody could who may do everything in the database."""
    with ledger.write() as session:
        if ledger.url.get_backend_name() == "sqlite":
            for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
            session.execute(text("ALTER TABLE entry_head DISABLE TRIGGER USER"))
        for command in commands:
            session.connection().exec_driver_sql(command)


def test_an_empty_chain_is_sound(ledger: Ledger):
    report = verify_chain(ledger)
    assert (report.sound, report.entries, report.head) == (True, 0, ChainHead(0, FIRST))


def test_a_whole_chain_is_sound_and_told_as_it_goes(filled: Ledger):
    heard: list[float] = []
    report = verify_chain(filled, lambda share, _words: heard.append(share))
    assert (report.sound, report.entries, report.broken, report.missing_guards) == (True, 5, None, ())
    assert all(0 <= share <= 1 for share in heard)


@pytest.mark.parametrize(
    ("commands", "kind", "number"),
    [
        (["UPDATE entries SET payload = '{\"n\":99}' WHERE number = 3"], BreakKind.HASH, 3),
        (["UPDATE entries SET actor = 'somebody' WHERE number = 1"], BreakKind.HASH, 1),
        (["UPDATE entries SET at = '2020-01-01 00:00:00.000000' WHERE number = 2"], BreakKind.HASH, 2),
        (["UPDATE entries SET hash = previous WHERE number = 4"], BreakKind.HASH, 4),
        (["UPDATE entries SET previous = hash WHERE number = 4"], BreakKind.PREVIOUS, 4),
        (["DELETE FROM entries WHERE number = 3"], BreakKind.GAP, 3),
        (["DELETE FROM entries WHERE number = 1"], BreakKind.GAP, 1),
        (["DELETE FROM entries WHERE number = 5"], BreakKind.HEAD, 5),
        (["DELETE FROM entries"], BreakKind.HEAD, 5),
        (["DELETE FROM entry_head"], BreakKind.HEAD, 6),
        (
            [
                "UPDATE entries SET number = 99 WHERE number = 2",
                "UPDATE entries SET number = 2 WHERE number = 3",
                "UPDATE entries SET number = 3 WHERE number = 99",
            ],
            BreakKind.PREVIOUS,
            2,
        ),
        (["UPDATE entries SET number = 0 WHERE number = 1"], BreakKind.GAP, 1),
    ],
)  # fmt: skip
def test_tampering_is_found_where_it_begins(filled: Ledger, commands: list[str], kind: BreakKind, number: int):
    tamper(filled, *commands)
    report = verify_chain(filled)
    assert report.broken is not None
    assert (report.broken.kind, report.broken.number) == (kind, number)
    assert not report.sound
    assert "entries_never_changed" in report.missing_guards


def test_an_instant_that_is_none_is_found(sqlite_filled: Ledger):
    tamper(sqlite_filled, "UPDATE entries SET at = 'yesterday' WHERE number = 2")
    report = verify_chain(sqlite_filled)
    assert report.broken is not None
    assert report.broken.kind is BreakKind.UNREADABLE


@pytest.fixture
def sqlite_filled(sqlite_template: Path, tmp_path: Path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'chain.db'}")
    ledger.make("changzhi", simulated=True, at=NOON)
    for number in (1, 2, 3):
        decide(ledger, number)
    yield ledger
    ledger.close()


def test_a_payload_in_other_words_is_found_even_with_its_hash(filled: Ledger):
    [last] = list_entries(filled, limit=1)
    digest = said_hash(*last.said()[:6], '{"n": 5}', last.previous)
    tamper(
        filled,
        f"UPDATE entries SET payload = '{{\"n\": 5}}', hash = '{digest}' WHERE number = 5",
        f"UPDATE entry_head SET hash = '{digest}'",
    )
    broken = verify_chain(filled).broken
    assert broken is not None
    assert (broken.kind, broken.number) == (BreakKind.PAYLOAD, 5)


def test_a_tail_cut_off_with_its_head_is_found_by_a_head_that_was_given_out(filled: Ledger):
    given_out = day_head(filled, date(2024, 4, 30), ZONE)
    [kept] = list_entries(filled, subject="lead:4")
    tamper(
        filled,
        "DELETE FROM entries WHERE number = 5",
        f"UPDATE entry_head SET number = 4, hash = '{kept.hash}'",
    )
    assert verify_chain(filled).broken is None
    broken = verify_chain(filled, given_out=[given_out]).broken
    assert broken is not None
    assert (broken.kind, broken.number) == (BreakKind.GIVEN_OUT, 5)


def test_a_chain_made_anew_is_found_by_a_head_that_was_given_out(filled: Ledger):
    given_out = ChainHead.parse(str(day_head(filled, date(2024, 4, 9), ZONE)))
    entries = [*reversed(list_entries(filled))]
    previous, commands = FIRST, []
    for entry in entries:
        said = [*entry.said()[:3], "somebody", *entry.said()[4:7], previous]
        digest = said_hash(*said)
        commands.append(
            f"UPDATE entries SET actor = 'somebody', previous = '{previous}', hash = '{digest}' "
            f"WHERE number = {entry.number}"
        )
        previous = digest
    tamper(filled, *commands, f"UPDATE entry_head SET hash = '{previous}'")
    assert verify_chain(filled).broken is None
    broken = verify_chain(filled, given_out=[given_out]).broken
    assert broken is not None
    assert (broken.kind, broken.number) == (BreakKind.GIVEN_OUT, given_out.number)


def test_the_head_of_a_day_is_its_last_decision_in_the_citys_zone(filled: Ledger):
    heads = [day_head(filled, date(2024, 4, day), ZONE).number for day in (7, 8, 9, 10)]
    assert heads == [0, 1, 5, 5]  # 18:00 on the 8th; 00:00 … 18:00 on the 9th
    with filled.read() as session:
        digest = session.scalars(select(Entry.hash).where(Entry.number == 1)).one()
    assert day_head(filled, date(2024, 4, 8), ZONE) == ChainHead(1, digest)


@pytest.mark.parametrize("said", ["", "12", "12:abc", "x:" + "0" * 64, "1:" + "g" * 64, "-1:" + "0" * 64])
def test_a_head_that_is_none_is_refused(said: str):
    with pytest.raises(CallerError, match="no head"):
        ChainHead.parse(said)


def test_decisions_are_listed_newest_first_by_what_is_asked(filled: Ledger):
    decide(filled, 6, NOON + timedelta(days=9), actor="另一人")
    assert [entry.number for entry in list_entries(filled)] == [6, 5, 4, 3, 2, 1]
    assert [entry.number for entry in list_entries(filled, limit=2)] == [6, 5]
    assert [entry.number for entry in list_entries(filled, subject="lead:3")] == [3]
    assert [entry.number for entry in list_entries(filled, subject="lead:", actor="另一人")] == [6]
    assert [entry.number for entry in list_entries(filled, since=NOON + timedelta(hours=24))] == [6, 5, 4]
    assert len(list_entries(filled, kind="lead.")) == 6
    assert list_entries(filled, kind="lead") == []
    assert list_entries(filled, subject="l_ad:") == []


def test_every_kind_of_break_has_words():
    assert set(WORDS) == set(BreakKind)


def test_rows_are_counted_by_table(filled: Ledger):
    assert count_rows(filled) == {"entries": 5, "entry_head": 1, "leads": 5, "workspace": 1}


def recipe() -> str:
    """The program that `docs/ledger.md` gives to a third party."""
    page = (Path(lantian.__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")
    [found] = re.findall(r"```python\n(# verify_chain\.py.*?)```", page, re.S)
    assert len(found.strip().splitlines()) <= 25
    return str(found)


def test_a_third_party_verifies_an_export_with_the_documented_recipe(filled: Ledger, tmp_path: Path):
    path = tmp_path / "chain.jsonl"
    head = export_chain(filled, path, NOON)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (lines[0]["city"], lines[0]["simulated"], lines[0]["entries"]) == ("changzhi", True, 5)
    assert lines[0]["head"] == head.hash

    program = tmp_path / "verify_chain.py"
    program.write_text(recipe(), "utf-8")

    def verdict() -> tuple[int, str]:
        done = subprocess.run([sys.executable, program, path], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    assert verdict() == (0, f"5 entries hold; head {head}\n")
    whole = path.read_text("utf-8")
    path.write_text(whole.replace('\\"n\\":3', '\\"n\\":4'), "utf-8")
    assert verdict() == (1, "entry 3 does not hold\n")
    path.write_text("".join(whole.splitlines(keepends=True)[:-1]), "utf-8")
    assert verdict() == (1, "the chain ends at entry 4, not at its head\n")


# ---------------------------------------------------------------------------------------------- many at once


def work(url: str, name: str, count: int) -> None:
    """Decide `count` times with a ledger of one's own."""
    ledger = Ledger(url)
    for number in range(count):
        decide(ledger, number, actor=name)
    ledger.close()


def test_eight_people_who_decide_at_once_lose_nothing(ledger: Ledger, ledger_url: str):
    threads = [threading.Thread(target=work, args=(ledger_url, f"u{n}-", 50)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify_chain(ledger)
    assert (report.sound, report.entries) == (True, 400)
    assert count_rows(ledger)["leads"] == 400
    with ledger.read() as session:
        made = [tuple(row) for row in session.execute(select(Entry.actor, Entry.subject))]
    assert sorted(made) == sorted((f"u{n}-", f"lead:{m}") for n in range(8) for m in range(50))


def test_processes_that_decide_at_once_lose_nothing(ledger: Ledger, ledger_url: str):
    program = (
        "import sys; from datetime import UTC, datetime\n"
        "from lantian.ledger import Ledger, append_entry as append\n"
        "ledger = Ledger(sys.argv[1])\n"
        "for number in range(25):\n"
        "    with ledger.write() as session:\n"
        "        append(session, at=datetime.now(UTC), actor='p', kind='k', subject=f's:{number}', payload={})\n"
        "ledger.close()\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, ledger_url]) for _ in range(2)]
    work(ledger_url, "here-", 25)
    assert [process.wait() for process in processes] == [0, 0]
    report = verify_chain(ledger)
    assert (report.sound, report.entries) == (True, 75)


def test_a_decision_that_fails_leaves_neither_row_nor_entry(filled: Ledger):
    with pytest.raises(RuntimeError, match="power cut"), filled.write() as session:
        session.add(Lead(id="x", made_at=NOON, made_by="plan", kind="k", subject="s", payload={}, state="open"))
        append_entry(session, at=NOON, actor="a", kind="lead.made", subject="lead:x", payload={})
        raise RuntimeError("power cut")
    decide(filled, 6)
    report = verify_chain(filled)
    assert (report.sound, report.entries) == (True, 6)
    assert count_rows(filled)["leads"] == 6


def test_two_who_read_and_then_write_one_row_do_not_overwrite_each_other(ledger: Ledger, ledger_url: str):
    decide(ledger, 0)

    def count_up() -> None:
        own = Ledger(ledger_url)
        for _ in range(20):
            with own.write() as session:
                row = session.get_one(Lead, "office0")
                row.payload = {"n": row.payload.get("n", 0) + 1}
        own.close()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as session:
        assert session.get_one(Lead, "office0").payload == {"n": 80}


def test_the_hash_is_plain_sha256_of_plain_json(filled: Ledger):
    [entry] = list_entries(filled, subject="lead:1")
    said = json.dumps(list(entry.said()), separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(said.encode()).hexdigest() == entry.hash
    assert entry.said()[2] == "2024-04-08T10:00:00.000000+00:00"
    assert entry.at == datetime(2024, 4, 8, 10, tzinfo=UTC)
