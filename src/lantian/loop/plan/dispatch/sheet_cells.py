"""What does a cell of a returned sheet say? Shares, states, money and days as people write them.

Every function gives the value, or None for an empty cell; what it cannot read it raises as `UnreadableCellError`
with the reason and what to do.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from lantian.loop.plan.dispatch.sheet_layout import CLAIMS, PROJECT_STATES, state_named
from lantian.terms.words import mark

_EMPTY = frozenset({"", "-", "--", "—", "——", "/", "无", "n/a", "na", "none"})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_COMPACT_DAY = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_SERIAL_DAYS = (36_526, 73_050)
"""1 January 2000 to 1 January 2100 as Excel counts days."""
_EPOCH = date(1899, 12, 30)
_FEN_OF_WAN = Decimal("0.000001")
_NOISE = Decimal("0.0000001")
"""A binary fraction that a spreadsheet wrote out; not a part of a fen that somebody meant."""


class UnreadableCellError(Exception):
    """A cell that says nothing we can take.

    Parameters
    ----------
    code : str
        Stable name of the reason.
    message : str
        Message id: what is wrong and what to do.
    **values : object
        What stands in its places.
    """

    def __init__(self, code: str, message: str, /, **values: str | float | int | None) -> None:
        self.code = code
        self.message = message
        self.values = values
        super().__init__(code)


def read_text(cell: str | None) -> str:
    r"""Read words: outer blanks away, line ends as one, a lone dash as nothing.

    Examples
    --------
    >>> read_text("  已开工\r\n两台 "), read_text("无")
    ('已开工\n两台', '')
    """
    text = "" if cell is None else cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000\xa0\ufeff")
    return "" if _plain(text) in _EMPTY else text


def read_share(cell: str | None, *, done: bool = False) -> Decimal | None:
    """Read how much is done, 0 to 100 [%]: ``80``, ``80%``, ``８０％``, ``0.8`` and ``80.5`` all do.

    A number below one without a sign is a fraction of the whole, as a cell in percent format gives it; a lone 1 is
    the whole where the work is said to be done, else one per cent.

    Examples
    --------
    >>> [str(read_share(text)) for text in ("80", "0.8", "80%", "８０％", "0.5%", "1", "百分之八十", "80.0")]
    ['80', '80', '80', '80', '0.5', '1', '80', '80']
    >>> str(read_share("1", done=True))
    '100'
    """
    text = _plain(cell)
    if text in _EMPTY:
        return None
    text = _chinese_percent(text)
    percent = text.endswith("%")
    value = _number(text.rstrip("%"), "not_a_share", mark("Write how much is done as a number from 0 to 100."))
    if not percent and (0 < value < 1 or (value == 1 and done)):
        value *= 100
    if not 0 <= value <= 100:
        raise UnreadableCellError(
            "share_out_of_range", mark("{value} is no share of a whole. Write a number from 0 to 100."), value=cell
        )
    return _tidy(value)


def read_state(cell: str | None, states: Mapping[str, str]) -> str | None:
    """Read a state by its word in either language, or one of its usual other words."""
    text = _plain(cell)
    if text in _EMPTY:
        return None
    state = state_named(text, states)
    if state is None:
        raise UnreadableCellError(
            "unknown_state",
            mark("{value} is none of the states. Choose one from the list of the cell."),
            value=cell,
        )
    return state


def read_wan(cell: str | None) -> Decimal | None:
    """Read money in units of 10,000 yuan and give it in yuan, whole fen: ``1,234.5``, ``１２``, ``3万元``.

    Examples
    --------
    >>> [str(read_wan(text)) for text in ("1,234.5", "１２", "3万元", "0.1")]
    ['12345000', '120000', '30000', '1000']
    """
    text = _plain(cell)
    if text in _EMPTY:
        return None
    text = re.sub(r"(万元|万)$", "", text)
    ask = mark("Write the money spent so far as a number in units of 10,000 yuan.")
    value = _number(text, "not_money", ask)
    if value < 0:
        raise UnreadableCellError(
            "negative_money", mark("{value} is below zero. Write what was spent."), value=cell
        )
    fen = value.quantize(_FEN_OF_WAN)
    if abs(fen - value) > _NOISE:
        raise UnreadableCellError(
            "part_of_a_fen", mark("{value} is finer than a fen. Write at most six decimals."), value=cell
        )
    return _tidy(fen * 10_000)


def read_day(cell: str | None) -> date | None:
    """Read a day: ``2024-10-31``, ``2024/10/31``, ``2024年10月31日``, ``20241031``, or Excel's count of days.

    Examples
    --------
    >>> {read_day(text) for text in ("2024-10-31 00:00:00", "２０２４年１０月３１日", "45596", "2024.10.31")}
    {datetime.date(2024, 10, 31)}
    """
    text = unicodedata.normalize("NFKC", cell or "").strip()
    if text.lower() in _EMPTY:
        return None
    found = _DAY.fullmatch(re.sub(r"\s*([-/.年月日号])\s*", r"\1", text)) or _COMPACT_DAY.fullmatch(text)
    serial = re.fullmatch(r"(\d{5})(?:\.0+)?", text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if serial and _SERIAL_DAYS[0] <= int(serial[1]) <= _SERIAL_DAYS[1]:
            return _EPOCH + timedelta(days=int(serial[1]))
    except ValueError:
        pass
    raise UnreadableCellError("not_a_day", mark("{value} is no day. Write it as 2024-10-31."), value=cell)


def input_checksum(cells: Mapping[str, object], *, project: bool) -> str:
    """Return the checksum of the cells that a body fills in, as they mean; empty where one of them means nothing.

    The hidden page keeps it for each row, so that a row that came back as it went out is known, whatever program
    wrote its numbers and days anew.
    """
    said = {key: None if value is None else str(value) for key, value in cells.items()}
    try:
        if project:
            state = read_state(said.get("state"), PROJECT_STATES)
            meant = [
                state,
                read_day(said.get("done_on")),
                read_wan(said.get("spent")),
                read_text(said.get("note")),
            ]
        else:
            claimed = read_state(said.get("claimed"), CLAIMS)
            share = read_share(said.get("share"), done=claimed == "done")
            words = [read_text(said.get(key)) for key in ("progress", "problems", "next_step")]
            meant = [claimed, share, read_wan(said.get("spent")), *words]
    except UnreadableCellError:
        return ""
    text = "\x1f".join("" if value is None else str(value) for value in meant)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(cell: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", cell or "").split()).lower()


def _number(text: str, code: str, ask: str) -> Decimal:
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", text) or len(text) > 40:
        raise UnreadableCellError(code, ask, value=text[:40])
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only decimals
        raise UnreadableCellError(code, ask, value=text[:40]) from error


def _tidy(value: Decimal) -> Decimal:
    """Give the number its shortest text: 80.0 and 80 are one report, not two."""
    return Decimal(f"{value.normalize():f}")


_DIGITS = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def _chinese_percent(text: str) -> str:
    """百分之八十 → 80%; anything else stays."""
    said = text.removeprefix("百分之")
    if said == text or not said:
        return text
    if said in {"百", "一百"}:
        return "100%"
    tens, ten, ones = said.partition("十")
    if ten and all(part == "" or part in _DIGITS for part in (tens, ones)):
        return f"{(_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)}%"
    return f"{_DIGITS[said]}%" if said in _DIGITS else f"{said}%"
