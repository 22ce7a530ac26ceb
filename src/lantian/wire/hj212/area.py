"""The data area between ``CP=&&`` and ``&&`` (数据区): plain fields, and the fields of each factor.

Senders swap the comma and the semicolon, so both separate; a field belongs to the factor before its
dash. Text between ``//`` and ``//`` (logs) may hold any separator.
"""

import re
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

_BLANKS = (" ", "\t", "\r", "\n", "\u3000")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_TIME = 14
_HIDDEN = str.maketrans({",": "\ue000", ";": "\ue001", "=": "\ue002"})
_SHOWN = str.maketrans({"\ue000": ",", "\ue001": ";", "\ue002": "="})
_SEPARATORS = bytes.maketrans(b",", b";")
_VALUES = bytes(byte for byte in range(256) if byte not in b"=;, \t\r\n/")
"""Every byte that separates nothing, and is no blank to strip and no beginning of a log."""
_REMEMBERED, _MOST_REMEMBERED_FIELDS = 1024, 128
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
    return (_read_as_before(cp) if cp.isascii() else None) or _read_each(cp)


class _Layout:
    """Names of the fields of an area, taken apart; a device repeats them in every frame.

    Attributes
    ----------
    groups : tuple of (str, tuple of str, int, int)
        Factor, or "" for fields without one; suffixes or names; first and last place of their values.
    faults : tuple of str
        Faults of the names.
    """

    __slots__ = ("faults", "groups")

    def __init__(self, groups: tuple[tuple[str, tuple[str, ...], int, int], ...], faults: tuple[str, ...]) -> None:
        self.groups = groups
        self.faults = faults


@lru_cache(_REMEMBERED)
def _layout(names: tuple[str, ...]) -> _Layout | None:
    """Take the names of an area apart; None when a factor is scattered or a name is wrong or comes twice."""
    if len(set(names)) != len(names):
        return None
    groups: list[tuple[str, list[str], int]] = []
    for at, name in enumerate(names):
        code, dash, suffix = name.partition("-")
        if not name or (dash and not (code and suffix)):
            return None
        code, suffix = (code, suffix) if dash else ("", name)
        if groups and groups[-1][0] == code:
            groups[-1][1].append(suffix)
        else:
            groups.append((code, [suffix], at))
    codes = [code for code, _, _ in groups]
    if len(set(codes)) != len(codes):
        return None
    plain = next((set(suffixes) for code, suffixes, _ in groups if not code), set())
    return _Layout(
        tuple((code, tuple(suffixes), at, at + len(suffixes)) for code, suffixes, at in groups),
        _orphans(plain),
    )


def _read_as_before(cp: bytes) -> Area | None:
    """Read an area whose fields stand as a remembered layout has them; None when it must be read one by one."""
    shape = cp.translate(_SEPARATORS, _VALUES)
    count = (len(shape) + 1) // 2
    if not 0 < count <= _MOST_REMEMBERED_FIELDS or shape != (b"=;" * count)[:-1]:
        return None
    text = cp.decode("ascii")
    cells = text.replace("=", ";").replace(",", ";").split(";")
    layout = _layout(tuple(cells[::2]))
    if layout is None:
        return None
    values = cells[1::2]
    parameters: dict[str, str] = {}
    factors: dict[str, dict[str, str]] = {}
    for code, suffixes, start, end in layout.groups:
        fields = dict(zip(suffixes, values[start:end]))  # noqa: B905  as many, and it costs
        if code:
            factors[code] = fields
        else:
            parameters = fields
    faults = layout.faults
    if (time := parameters.get("DataTime")) is not None:
        faults += _time_faults(time)
    return Area(text, parameters, factors, faults)


def _read_each(cp: bytes) -> Area:
    """Read an area field by field."""
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
    faults += _orphans(parameters)
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


def _orphans(names: Collection[str]) -> tuple[str, ...]:
    """Faults of fields that should belong to a factor and do not."""
    faults = () if "Flag" not in names else ("orphan_Flag_in_cp",)
    return faults if SUFFIXES.isdisjoint(names) else (*faults, "orphan_value_in_cp")


@lru_cache(_REMEMBERED)
def _time_faults(time: str) -> tuple[str, ...]:
    """Faults of DataTime."""
    if len(time) == _TIME:
        return () if clock_time(time) else ("data_time_no_time",)
    readable = clock_time(time) or clock_time(time[:_TIME])
    return ("data_time_not_14",) if readable else ("data_time_not_14", "data_time_no_time")


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
