"""Which words tell what has been done already, and so promise nothing (已完成情况)?"""

import re

_SINCE = re.compile(
    r"截[至止]到?[^;。!?\n]{0,40}?(?:已|累计|共(?!同)|现有|实有|拥有|保有量|登记|在册|建有)[^;。!?\n]*?(?=(?:19|20)[0-9]{2}年[^,;。]{0,8}[前底],?(?:再|继续|将|要|力争|全面|全部|完成|基本)|再|[;。!?\n]|\Z)"
)
"""What has been done up to a day: 截至2023年底,已淘汰2150辆."""
_ALREADY = re.compile(
    r"(?:目前|累计|现|业)?已经?(?:累计|全部|共|基本|先后)*(?:完成|建成|淘汰|实现|关停|退出|改造|达到|新增|更新|替代|安装"
    r"|建立|拆除|取缔|整治|治理|开展|推广|纳入)(?![^,;。]{0,24}的)[^,;。!?\n]*"
)


def done_before(words: str) -> list[tuple[int, int]]:
    """Where a sentence tells what has been done already; its numbers promise nothing.

    Parameters
    ----------
    words : str
        A sentence as plain text.

    Examples
    --------
    >>> text = "截至2023年底,已淘汰2150辆,2025年底前再淘汰1300辆"
    >>> [text[start:end] for start, end in done_before(text)][0]
    '截至2023年底,已淘汰2150辆,'
    """
    return [match.span() for pattern in (_SINCE, _ALREADY) for match in pattern.finditer(words)]
