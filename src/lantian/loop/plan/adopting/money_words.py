"""Amounts of money as people write them: 500万元, 1.2亿元, 3,000 元 (金额)."""

import re
import unicodedata
from decimal import Decimal

TEN_THOUSAND = Decimal(10_000)
"""万, the unit in which offices write money. [yuan]"""
_SCALES = {"": Decimal(1), "百": Decimal(100), "千": Decimal(1_000), "万": TEN_THOUSAND,
           "百万": Decimal(1_000_000), "千万": Decimal(10_000_000), "亿": Decimal(100_000_000)}  # fmt: skip
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,6})?(百万|千万|百|千|万|亿)?元")


def amount_of(text: str) -> Decimal | None:
    """Return the first amount that stands in a text, or None.

    Returns
    -------
    Decimal or None
        [yuan]

    Examples
    --------
    >>> amount_of("安排500万元补助"), amount_of("１．２亿元"), amount_of("差别化电价")
    (Decimal('5000000'), Decimal('120000000.0'), None)
    """
    found = _AMOUNT.search("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    digits = found.group(1).replace(",", "") + (found.group(2) or "")
    return Decimal(digits) * _SCALES[found.group(3) or ""]
