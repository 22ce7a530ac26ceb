"""The journal (原始报文日志): what instruments sent, byte for byte, in order, hash-chained before an answer."""

from lantian.store.journal.appending import JournalWriter, lock_journal
from lantian.store.journal.archiving import archive
from lantian.store.journal.checking import Damage, Verified, verify
from lantian.store.journal.held import Segment, segments
from lantian.store.journal.manifest import Archived
from lantian.store.journal.reading import JournalReader, journal_id
from lantian.store.journal.records import Batch, Kind, Position, Record
from lantian.store.journal.recovery import Cut

__all__ = [
    "Archived",
    "Batch",
    "Cut",
    "Damage",
    "JournalReader",
    "JournalWriter",
    "Kind",
    "Position",
    "Record",
    "Segment",
    "Verified",
    "archive",
    "journal_id",
    "lock_journal",
    "segments",
    "verify",
]
