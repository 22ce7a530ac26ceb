"""What do quantities in a row share: a last word, or one direction (并列指标)?"""

import re
from collections.abc import Sequence

from lantian.science.plan_text.clauses import subject

_SHARED = re.compile(
    r"(?:排放|货运|客运|运输|消费|减排|装机|年均|平均|发电)*(?:浓度|总量|量|比[例重]|占比|率|装机|容量|面积|规模)\Z"
)


def shared_end(names: Sequence[str]) -> str:
    """Return what the last of several names says for all of them: the 货运量 of 铁路、水路货运量.

    Examples
    --------
    >>> shared_end(["铁路", "水路货运量"]), shared_end(["风电", "光伏装机"]), shared_end(["甲", "乙"])
    ('货运量', '装机', '')
    """
    *others, last = names
    for sign in dict.fromkeys(name[-1:] for name in reversed(others)):
        place = last.find(sign, 1, -1) if sign else -1
        if place > 0 and subject(last, 0, len(last)).measured:
            return last[place + 1 :]
    found = _SHARED.search(last)
    return found[0] if found is not None and found.start() and not others[-1].endswith(found[0]) else ""


def parts_of(what: str, start: int, words: str) -> list[tuple[str, int]]:
    """Split two quantities that share a direction (A比重和B比重逐年上升)."""
    for joint in ("和", "与", "及", "、"):
        first, _, second = what.rpartition(joint)
        if (
            first
            and second
            and subject(first, 0, len(first)).measured
            and subject(second, 0, len(second)).measured
        ):
            at = words.find(second, start)
            return [(first, start), (second, max(at, start))]
    return [(what, start)]
