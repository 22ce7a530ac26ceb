"""Why a value could not be had, or may not be believed: bits that travel beside an array (原因码)."""

from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from lantian.terms.words import mark

ReasonArray = NDArray[np.uint32]


class Reason(IntFlag):
    """One bit a reason; a row may have several."""

    MISSING = 1 << 0
    OXYGEN_NOT_BELOW_AIR = 1 << 1
    OXYGEN_NEGATIVE = 1 << 2
    OXYGEN_NEAR_AIR = 1 << 3
    NO_REFERENCE_OXYGEN = 1 << 4
    HUMIDITY_IMPOSSIBLE = 1 << 5
    STATE_IMPOSSIBLE = 1 << 6
    FLOW_NEGATIVE = 1 << 7
    CONCENTRATION_NEGATIVE = 1 << 8
    TOO_FEW_VALUES = 1 << 9
    NOT_NORMAL = 1 << 10
    SENT_MISSING = 1 << 11
    SENT_THOUGH_NOT_COMPUTABLE = 1 << 12
    MEAN_DIFFERS = 1 << 13
    CONVERTED_DIFFERS = 1 << 14
    NOT_CONVERTED = 1 << 15
    OTHER_REFERENCE_OXYGEN = 1 << 16
    FLOW_DIFFERS = 1 << 17
    AMOUNT_DIFFERS = 1 << 18
    AMOUNT_FROM_CONVERTED = 1 << 19
    AMOUNT_OTHER_POWER_OF_TEN = 1 << 20
    ORDER_BROKEN = 1 << 21
    MINUTES_MISSING = 1 << 22
    MINUTES_LEFT_OUT = 1 << 23
    WET_FOR_DRY = 1 << 24
    ROUNDED = 1 << 25
    UNIT_UNKNOWN = 1 << 26
    REFERENCE_UNKNOWN = 1 << 27
    SETTING_CHANGED = 1 << 28


WORDS: dict[Reason, str] = {
    Reason.MISSING: mark("a value that is needed is missing"),
    Reason.OXYGEN_NOT_BELOW_AIR: mark("oxygen is not below that of air, so nothing can be converted"),
    Reason.OXYGEN_NEGATIVE: mark("oxygen is negative, so nothing can be converted"),
    Reason.OXYGEN_NEAR_AIR: mark("oxygen is near that of air, so the converted value is doubtful"),
    Reason.NO_REFERENCE_OXYGEN: mark("no reference oxygen is laid down: the measured value stands for itself"),
    Reason.HUMIDITY_IMPOSSIBLE: mark("humidity is negative or not below 100 %"),
    Reason.STATE_IMPOSSIBLE: mark("temperature or pressure is impossible"),
    Reason.FLOW_NEGATIVE: mark("flow is negative"),
    Reason.CONCENTRATION_NEGATIVE: mark("concentration is negative"),
    Reason.TOO_FEW_VALUES: mark("too few valid values in the period"),
    Reason.NOT_NORMAL: mark("the data flag is not that of a normal measurement"),
    Reason.SENT_MISSING: mark("the device did not send the value"),
    Reason.SENT_THOUGH_NOT_COMPUTABLE: mark("the device sent a converted value that cannot be computed"),
    Reason.MEAN_DIFFERS: mark("the mean sent differs from the mean of the values"),
    Reason.CONVERTED_DIFFERS: mark("the converted value sent differs from the recomputed one"),
    Reason.NOT_CONVERTED: mark("the converted value sent is the measured one"),
    Reason.OTHER_REFERENCE_OXYGEN: mark("the device converts to another reference oxygen"),
    Reason.FLOW_DIFFERS: mark("the flow sent differs from the recomputed one"),
    Reason.AMOUNT_DIFFERS: mark("the amount sent differs from the recomputed one"),
    Reason.AMOUNT_FROM_CONVERTED: mark("the amount sent was made from the converted concentration"),
    Reason.AMOUNT_OTHER_POWER_OF_TEN: mark("the amount sent is off by a power of ten"),
    Reason.ORDER_BROKEN: mark("minimum, mean and maximum are out of order"),
    Reason.MINUTES_MISSING: mark("minutes of the hour did not come here"),
    Reason.MINUTES_LEFT_OUT: mark("minutes were left out for their flag or a mark"),
    Reason.WET_FOR_DRY: mark("the value sent fits one of wet gas where dry gas is meant, or the other way round"),
    Reason.ROUNDED: mark("the difference is within what rounding and the rule leave open"),
    Reason.UNIT_UNKNOWN: mark("the unit is none from which an amount can be made"),
    Reason.SETTING_CHANGED: mark("a setting of the analyser changed in this hour"),
    Reason.REFERENCE_UNKNOWN: mark("no reference oxygen of the outlet is known, so nothing is converted"),
}
"""What to say to a person; English message ids."""


def reason_names(bits: int) -> tuple[str, ...]:
    """List the reasons that some bits hold, in the order of the bits, as stable lower-case codes.

    Examples
    --------
    >>> reason_names(Reason.MISSING | Reason.NOT_NORMAL)
    ('missing', 'not_normal')
    """
    return tuple(str(reason.name).lower() for reason in Reason if int(bits) & reason)


def reasons_where(reason: Reason, condition: NDArray[np.bool_]) -> ReasonArray:
    """Give the bit of a reason where a condition holds, and 0 elsewhere.

    Examples
    --------
    >>> reasons_where(Reason.MISSING, np.array([True, False]))
    array([1, 0], dtype=uint32)
    """
    return np.where(condition, np.uint32(int(reason)), np.uint32(0))
