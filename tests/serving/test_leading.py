import time
from pathlib import Path

from lantian.ledger import Ledger
from lantian.serving.leading import Leader


def test_one_leads_and_the_next_one_when_it_is_gone(ledger_url: str, tmp_path: Path):
    one, two = (Ledger(ledger_url) for _ in range(2))
    first, second = Leader(tmp_path, one), Leader(tmp_path, two)
    assert first.leads()
    assert not second.leads()
    assert first.leads()
    first.close()
    until = time.monotonic() + 10
    while not second.leads():  # a server hears of the end of a connection a moment later
        assert time.monotonic() < until
        time.sleep(0.01)
    assert not first.leads()
    second.close()
    one.close()
    two.close()
