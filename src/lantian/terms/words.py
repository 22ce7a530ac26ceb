"""Words for people are English message ids; marked here, translated at the door."""


def mark(message: str) -> str:
    """Return the message unchanged: it is translated later, and the extractor finds it here.

    Examples
    --------
    >>> mark("too few hours")
    'too few hours'
    """
    return message
