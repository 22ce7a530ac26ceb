"""Passwords: which are taken, how they are kept, whether one is right (口令; Argon2id)."""

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.terms.errors import CallerError

_AT_ONCE = threading.BoundedSemaphore(4)
"""Each needs the memory of the rules while it is computed: a crowd at the door must not need all there is."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is easily misread."""
_COMMON = frozenset({
    "password", "passw0rd", "pa$$word", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedc",
    "1qaz2wsx3edc", "administrator", "admin", "root", "letmein", "iloveyou", "welcome", "changeme", "woaini",
    "mima", "lantian", "changzhi", "huanbao", "shengtaihuanjing", "bluesky",
})  # fmt: skip
"""What everybody tries first, whatever stands around it."""
_TELLING = 4
"""Characters from which a login inside a password gives it away; a shorter one stands in many words."""
_RUNS = ("0123456789" * 3, "9876543210" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def random_password(groups: int = 4) -> str:
    """Make a password of groups of five letters and digits, about 25 bits each, to be read out and typed.

    Examples
    --------
    >>> [len(group) for group in random_password().split("-")]
    [5, 5, 5, 5]
    """
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(groups))


def check_password(password: str, login: str, rules: AccountRules = RULES) -> None:
    """Refuse a password that is too short, the login itself, or among what everybody tries first.

    Raises
    ------
    CallerError
        With what is wrong; never with the password.

    Examples
    --------
    >>> check_password("four quiet chimneys", "desk")
    >>> check_password("Password2026!", "desk")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    lantian.terms.errors.CallerError: This password is among the first that anybody would try. ...
    """
    said = _folded(password)
    if not rules.shortest <= len(said) <= rules.longest:
        raise CallerError(
            "A password has {shortest} to {longest} characters; a sentence of several words is good and easy to "
            "keep in mind.",
            shortest=rules.shortest,
            longest=rules.longest,
        )
    if len(login.strip()) >= _TELLING and _folded(login.strip()).casefold() in said.casefold():
        raise CallerError("A password must not contain the login. Take several words that nobody expects.")
    if len(set(said)) < rules.distinct or _is_expected(said.casefold()):
        raise CallerError(
            "This password is among the first that anybody would try. Take several words that nobody expects."
        )


def _is_expected(said: str) -> bool:
    bare = said.strip("0123456789!@#$%^&*()_-+=.,;:?~ ")
    return bare in _COMMON or not bare or any(said in run for run in _RUNS)


def _folded(password: str) -> str:
    """Make one text of what looks the same, whichever keyboard wrote it."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str, rules: AccountRules = RULES) -> str:
    """Return what is kept of a password (Argon2id, encoded with its parameters and salt)."""
    with _AT_ONCE:
        return _hasher(rules).hash(_folded(password))


def is_right(kept: str | None, password: str, rules: AccountRules = RULES) -> bool:
    """Whether it is the password; where none is kept it takes as long to say no."""
    if len(password) > rules.longest * 4:
        return False
    try:
        with _AT_ONCE:
            right = _hasher(rules).verify(_nobodys(rules) if kept is None else kept, _folded(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return right and kept is not None


def is_outdated(kept: str, rules: AccountRules = RULES) -> bool:
    """Whether it was kept under other parameters than today's."""
    return _hasher(rules).check_needs_rehash(kept)


@cache
def _hasher(rules: AccountRules) -> PasswordHasher:
    return PasswordHasher(rules.time_cost, rules.memory_kib, rules.parallelism)


@cache
def _nobodys(rules: AccountRules) -> str:
    return _hasher(rules).hash(secrets.token_hex())
