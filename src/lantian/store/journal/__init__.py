"""The journal (原始报文日志): what instruments sent, byte for byte, in order, hash-chained before an answer."""

from lantian.store.journal.appending import JournalWriter, lock_journal
from lantian.store.journal.checking import Damage, Verified, verify
from lantian.store.journal.reading import JournalReader, journal_id
from lantian.store.journal.records import Batch, Kind, Position, Record
from lantian.store.journal.recovery import Cut

__all__ = [
    "Batch",
    "Cut",
    "Damage",
    "JournalReader",
    "JournalWriter",
    "Kind",
    "Position",
    "Record",
    "Verified",
    "journal_id",
    "lock_journal",
    "verify",
]
