"""Which row of one edition is which row of another? (对应关系)."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Row = TypeVar("Row")
_ENOUGH = 0.45
"""Rows that are less alike than this are two different things. [1]"""
_LONGEST = 200
"""Longer words are compared by their beginning. [character]"""


def similarity(one: str, other: str) -> float:
    """Return how alike two short texts are, the same in both directions.

    Parameters
    ----------
    one, other : str
        Titles or short names.

    Returns
    -------
    float
        1 for equal texts, 0 for texts without a common character. [1]

    Examples
    --------
    >>> similarity("治理炉窑", "治理炉窑"), similarity("甲", "乙")
    (1.0, 0.0)
    """
    first, second = sorted((one[:_LONGEST], other[:_LONGEST]))
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def closeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that two sets have in common.

    Examples
    --------
    >>> closeness(frozenset("ab"), frozenset("bc"))
    0.3333333333333333
    """
    return len(one & other) / len(one | other) if one or other else 0.0


def matched(
    old: Sequence[Row], new: Sequence[Row], score: Callable[[Row, Row], float], enough: float = _ENOUGH
) -> tuple[tuple[int, int], ...]:
    """Pair the rows of two editions, the surest pairs first.

    Parameters
    ----------
    old, new : sequence
        Rows of both editions.
    score : callable
        How alike two rows are; must not depend on which comes first.
    enough : float, optional
        Least score of a pair. [1]

    Returns
    -------
    tuple of (int, int)
        Places in `old` and `new`, by place in `new`; every row in one pair at most. Swapping the editions swaps
        the pairs.

    Examples
    --------
    >>> matched(["甲乙", "丙丁"], ["丙丁戊"], similarity)
    ((1, 0),)
    """
    scored = [
        (value, left, right)
        for left, before in enumerate(old)
        for right, after in enumerate(new)
        if (value := round(score(before, after), 9)) >= enough
    ]
    scored.sort(key=lambda row: (-row[0], abs(row[1] - row[2]), min(row[1:]), max(row[1:])))
    lefts: set[int] = set()
    rights: set[int] = set()
    pairs = []
    for _, left, right in scored:
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            pairs.append((left, right))
    return tuple(sorted(pairs, key=lambda pair: pair[1]))
