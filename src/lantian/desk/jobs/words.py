"""What runs are called: every kind that stands in the records, and which of them somebody may ask for."""

from lantian.terms.words import mark

HOUR, DAY, MONTH = "hour", "day", "month"
"""The loop's rounds."""
EVALUATE, RECOMPUTES, OUTLETS, INVENTORY = "evaluate", "recomputes", "outlets", "inventory"
COMPACT, VERIFY, PAPER = "compact", "verify", "paper"
WORDS = {
    HOUR: mark("hourly round"),
    DAY: mark("daily round"),
    MONTH: mark("monthly round"),
    EVALUATE: mark("air judged"),
    RECOMPUTES: mark("days judged anew that were asked for"),
    OUTLETS: mark("emission of outlets recomputed"),
    INVENTORY: mark("inventory computed"),
    COMPACT: mark("lake compacted"),
    VERIFY: mark("decisions and frames proved"),
    PAPER: mark("paper made"),
    "import": mark("file of station hours brought in"),
    "instruments": mark("days of instruments judged"),
    "picture": mark("picture of the simulated city made"),
}
"""Kind of run → marked words."""
ASKABLE = frozenset({HOUR, DAY, MONTH, EVALUATE, RECOMPUTES, OUTLETS, INVENTORY, COMPACT, VERIFY, PAPER})
"""Kinds that the worker can do."""
