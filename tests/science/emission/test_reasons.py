"""Reasons: one bit each, each with words."""

import numpy as np

from lantian.science.emission.reasons import WORDS, Reason, reason_names, reasons_where


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)
    assert len(set(WORDS.values())) == len(Reason)


def test_names_come_in_the_order_of_the_bits() -> None:
    bits = reasons_where(Reason.AMOUNT_DIFFERS, np.array([True])) | reasons_where(Reason.MISSING, np.array([True]))
    assert reason_names(int(bits[0])) == ("missing", "amount_differs")
    assert reason_names(0) == ()
