"""Plain text of one width, and the value of numbers in Chinese numerals (全角转半角、中文数字)."""

import re
from decimal import Decimal

from lantian.science.plan_text.lines import ASCII_STOP

_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= {0x3000: 0x20, 0xA0: 0x20, 0x9: 0x20, ord("µ"): ord("μ"), ord("³"): ord("3"), ord("²"): ord("2")}
_PLAIN |= {ord(dash): ord("-") for dash in "‐‑‒–—―−"}
_PLAIN |= {ord("〇"): ord("零"), ord("○"): ord("零"), ord("～"): ord("~"), ord("∶"): ord(":")}
_PLAIN |= {ord(dot): ord("·") for dot in "•・⋅‧∙●"}
_HAN_YEAR = re.compile(r"(?<![零一二三四五六七八九十百千万])[一二][零一二三四五六七八九]{3}(?=年|〕|\]|\))")
_YEAR_FIGURES = str.maketrans("零一二三四五六七八九", "0123456789")

DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}


def plain(text: str) -> str:
    """Return the text with full-width letters, digits, dashes and punctuation as ASCII, of the same length.

    A year in Chinese numerals becomes figures, and a full stop in ASCII the Chinese one.

    Examples
    --------
    >>> plain("２０２５年（ＰＭ２．５）")
    '2025年(PM2.5)'
    >>> plain("较二〇二〇年下降.加强监测.")
    '较2020年下降。加强监测。'
    """
    words = text.translate(_PLAIN)
    if "." in words:
        words = ASCII_STOP.sub("。", words)
    return _HAN_YEAR.sub(lambda found: found[0].translate(_YEAR_FIGURES), words)


def han_number(text: str) -> Decimal | None:
    """Value of a number in Chinese numerals, or None where it is none (中文数字).

    Examples
    --------
    >>> han_number("十二万"), han_number("三分之一").quantize(Decimal("0.01")), han_number("百分之五点五")
    (Decimal('120000'), Decimal('0.33'), Decimal('0.055'))
    >>> han_number("二〇二五")
    Decimal('2025')
    >>> han_number("万一十百") is None
    True
    """
    text = plain(text)
    if "分之" in text:
        below, _, above = text.partition("分之")
        under = Decimal(100) if below == "百" else han_number(below)
        over = han_number(above)
        return None if not under or over is None else over / under
    whole, point, fraction = text.partition("点")
    value = _han_whole(whole)
    if value is None or not point:
        return value
    if not fraction or any(word not in DIGITS for word in fraction):
        return None
    return value + Decimal("0." + "".join(str(DIGITS[word]) for word in fraction))


def _han_whole(text: str) -> Decimal | None:
    if not text or len(text) > 30:
        return None
    if len(text) > 1 and all(word in DIGITS for word in text):
        return Decimal("".join(str(DIGITS[word]) for word in text))
    total, part, digit, last = 0, 0, None, 10**12
    for word in text:
        if word in DIGITS:
            if digit:
                return None
            digit = DIGITS[word]
        elif word in TENS:
            if digit is None and (part or word != "十"):
                return None
            part, digit = part + (1 if digit is None else digit) * TENS[word], None
        elif word in MYRIADS:
            size = part + (digit or 0)
            if not size or MYRIADS[word] >= last:
                return None
            total, part, digit, last = total + size * MYRIADS[word], 0, None, MYRIADS[word]
        else:
            return None
    return Decimal(total + part + (digit or 0))
