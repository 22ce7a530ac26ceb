"""What a reported figure has to say of itself: a period, a source, a plain number (填报数值)."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind, period_named
from lantian.terms.words import mark

_KINDS = (PeriodKind.YEAR, PeriodKind.HALF_YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)
_CHINESE = (
    (re.compile(r"((?:19|20)\d{2})年?(?:度|全年)?"), r"\1"),
    (re.compile(r"((?:19|20)\d{2})年?(?:第?([1-4])季度?|[qQ]([1-4]))"), r"\1Q\2\3"),
    (re.compile(r"((?:19|20)\d{2})年?(?:第?一季度)"), r"\1Q1"),
    (re.compile(r"((?:19|20)\d{2})年?(?:第?二季度)"), r"\1Q2"),
    (re.compile(r"((?:19|20)\d{2})年?(?:第?三季度)"), r"\1Q3"),
    (re.compile(r"((?:19|20)\d{2})年?(?:第?四季度)"), r"\1Q4"),
    (re.compile(r"((?:19|20)\d{2})年?上半年"), r"\1H1"),
    (re.compile(r"((?:19|20)\d{2})年?下半年"), r"\1H2"),
)
_MONTH = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})月?")
_MONTH_CELL = re.compile(r"((?:19|20)\d{2})-(\d{2})-01(?:T?00:00(?::00(?:\.0+)?)?)?")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_MOST_DIGITS = 20
_LONGEST = 300

NOT_A_PERIOD = mark("{text!r} is no period. Write a year 2024, a quarter 2024Q3 or a month 2024-07.")
NOT_A_NUMBER = mark("{text!r} is no plain number. Write it without its unit.")


def checked_period(text: str) -> Period:
    """Read a period as people write it.

    Raises
    ------
    CallerError
        When it is none, or a day.

    Examples
    --------
    >>> [checked_period(text).label for text in ("2024", "2024年", "2024年三季度", "2024-7", "2024H1")]
    ['2024', '2024', '2024Q3', '2024-07', '2024H1']
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if month := _MONTH_CELL.fullmatch(plain) or _MONTH.fullmatch(plain):
        plain = f"{month[1]}-{int(month[2]):02d}"
    for pattern, label in _CHINESE:
        if found := pattern.fullmatch(plain):
            plain = found.expand(label)
            break
    try:
        period = period_named(plain)
    except ValueError:
        raise CallerError(NOT_A_PERIOD, text=text[:40]) from None
    if period.kind not in _KINDS:
        raise CallerError(NOT_A_PERIOD, text=text[:40])
    return period


def checked_number(text: str) -> Decimal:
    """Read a number as people write it: full width, with thousands, never with letters.

    Raises
    ------
    CallerError
        When it is none.

    Examples
    --------
    >>> str(checked_number("１,234.50")), str(checked_number("-3"))
    ('1234.50', '-3')
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not _NUMBER.fullmatch(plain) or len(plain) > _MOST_DIGITS:
        raise CallerError(NOT_A_NUMBER, text=text[:40])
    try:
        return Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise CallerError(NOT_A_NUMBER, text=text[:40]) from None


def checked_text(text: str, what: str) -> str:
    """Return words without outer blanks, refusing none and too many."""
    plain = text.strip()
    if not plain or len(plain) > _LONGEST:
        raise CallerError(
            "A reported figure needs its {what}, in 1 to {most} characters: without it nobody can check it.",
            what=what,
            most=_LONGEST,
        )
    return plain
