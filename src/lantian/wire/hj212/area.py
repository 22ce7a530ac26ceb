"""The data area between ``CP=&&`` and ``&&`` (数据区): plain fields, and the fields of each factor.

Senders swap the comma and the semicolon, so both separate; a field belongs to the factor before its
dash. Text between ``//`` and ``//`` (logs) may hold any separator.
"""

import re
from datetime import datetime

_BLANKS = (" ", "\t", "\r", "\n", "\u3000")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_TIME = 14
_HIDDEN = str.maketrans({",": "\ue000", ";": "\ue001", "=": "\ue002"})
_SHOWN = str.maketrans({"\ue000": ",", "\ue001": ";", "\ue002": "="})
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

SUFFIXES: frozenset[str] = frozenset(
    {"Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Cou", "EFlag"}
    | {"Data", "DayData", "NightData", "Info", "SN", "RS", "RT"}
)
"""Names that mean something only behind a factor and a dash; `Flag` is graded on its own."""


class Area:
    """A data area, read.

    Attributes
    ----------
    text : str
        The whole area as text.
    parameters : dict of str to str
        Fields without a factor, such as DataTime, as sent.
    factors : dict of str to dict of str to str
        Factor code → suffix → value, as sent and in the order of first appearance.
    faults : tuple of str
        Codes of `faults.FAULTS`.
    """

    __slots__ = ("factors", "faults", "parameters", "text")

    def __init__(
        self,
        text: str,
        parameters: dict[str, str],
        factors: dict[str, dict[str, str]],
        faults: tuple[str, ...],
    ) -> None:
        self.text = text
        self.parameters = parameters
        self.factors = factors
        self.faults = faults

    def fields(self) -> list[tuple[str, str]]:
        """Return every field with its whole name, in order, also those that come twice."""
        found = []
        for token in _tokens(self.text):
            name, equals, value = token.partition("=")
            if equals:
                found.append((name.strip(), _shown(value.strip())))
        return found


def read_area(cp: bytes) -> Area:
    """Read a data area as it stands between its marks.

    Examples
    --------
    >>> area = read_area(b"DataTime=20261123080000;a21026-Avg=12.3,a21026-Flag=N")
    >>> area.parameters, area.factors
    ({'DataTime': '20261123080000'}, {'a21026': {'Avg': '12.3', 'Flag': 'N'}})
    """
    text, faults = _decoded(cp)
    parameters: dict[str, str] = {}
    factors: dict[str, dict[str, str]] = {}
    blank = any(map(text.__contains__, _BLANKS))
    for token in _tokens(text):
        name, equals, value = token.partition("=")
        if blank:
            clean, worth = name.strip(), value.strip()
            if (clean, worth) != (name, value):
                faults.append("cp_blank")
            name, value = clean, worth
        if not equals or not name:
            if name or value:
                faults.append("cp_not_a_field")
            continue
        code, dash, suffix = name.partition("-")
        if suffix and code:
            held = factors.get(code)
            if held is None:
                factors[code] = {suffix: value}
                continue
        elif dash:
            faults.append("cp_not_a_field")
            continue
        else:
            held, suffix = parameters, name
        if held.setdefault(suffix, value) != value:
            faults.append("cp_twice")
            held[suffix] = value
    if "//" in text:
        parameters = {name: _shown(value) for name, value in parameters.items()}
        factors = {code: {name: _shown(value) for name, value in group.items()} for code, group in factors.items()}
    if "Flag" in parameters:
        faults.append("orphan_Flag_in_cp")
    if not SUFFIXES.isdisjoint(parameters):
        faults.append("orphan_value_in_cp")
    if (time := parameters.get("DataTime")) is not None:
        faults += _time_faults(time)
    return Area(text, parameters, factors, tuple(dict.fromkeys(faults)))


def clock_time(text: str) -> datetime | None:
    """Time of the sender's clock, without a zone, or None when the text is no time.

    Milliseconds (17 digits) are read; more is no time.

    Examples
    --------
    >>> clock_time("20261123080000")
    datetime.datetime(2026, 11, 23, 8, 0)
    >>> clock_time("20261131080000") is None
    True
    """
    if not _DIGITS.fullmatch(text) or len(text) not in {_TIME, _TIME + 3}:
        return None
    month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, _TIME, 2))
    micro = int(text[_TIME:] or 0) * 1000
    try:
        return datetime(int(text[:4]), month, day, hour, minute, second, micro)  # noqa: DTZ001  a clock without zone
    except ValueError:
        return None


def is_text(region: bytes) -> bool:
    """Whether bytes are text in UTF-8; encrypted groups are not."""
    if _CONTROL.search(region):
        return False
    if region.isascii():
        return True
    try:
        region.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def has_control(region: bytes) -> bool:
    """Whether bytes hold control characters, which no text of a sender does."""
    return _CONTROL.search(region) is not None


def _time_faults(time: str) -> list[str]:
    faults = [] if len(time) == _TIME else ["data_time_not_14"]
    if clock_time(time[: _TIME + 3] if len(time) == _TIME + 3 else time[:_TIME]) is None:
        faults.append("data_time_no_time")
    return faults


def _decoded(cp: bytes) -> tuple[str, list[str]]:
    """Text of an area: UTF-8, else GB 18030, else byte by byte."""
    try:
        return cp.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        return cp.decode("gb18030"), ["cp_not_utf8"]
    except UnicodeDecodeError:
        return cp.decode("latin-1"), ["cp_not_utf8"]


def _tokens(text: str) -> list[str]:
    """Split at both separators; what stands between ``//`` and ``//`` stays whole, its separators hidden."""
    if "//" in text:
        parts = text.split("//")
        for at in range(1, len(parts) - 1, 2):
            parts[at] = parts[at].translate(_HIDDEN)
        text = "//".join(parts)
    return text.replace(",", ";").split(";")


def _shown(value: str) -> str:
    return value.translate(_SHOWN) if "//" in value else value
