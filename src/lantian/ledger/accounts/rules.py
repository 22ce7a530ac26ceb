"""How strict logging in is: lengths, delays, costs; an argument of whatever judges by them (登录规则)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long somebody waits who fails again and again."""

    free: int
    """Failures before the first wait."""
    first: timedelta
    """The first wait; each further failure doubles it."""
    longest: timedelta


@dataclass(frozen=True, slots=True)
class AccountRules:
    """What holds for every account."""

    shortest: int = 12
    """Fewest characters of a password; nothing else is asked of its form, so that it can be a sentence."""
    longest: int = 200
    distinct: int = 5
    """Fewest different characters."""
    time_cost: int = 3
    """Passes of Argon2id."""
    memory_kib: int = 65_536
    """Memory of Argon2id. [KiB]"""
    parallelism: int = 4
    """Lanes of Argon2id; with the two above the second recommended set of RFC 9106."""
    login_waits: Waiting = Waiting(5, timedelta(seconds=30), timedelta(hours=1))
    address_waits: Waiting = Waiting(30, timedelta(seconds=30), timedelta(minutes=15))
    """More is free than for a login: a whole office may have one address."""
    forgets_after: timedelta = timedelta(days=1)
    """After so long without a failure the count begins anew."""
    idle: timedelta = timedelta(hours=1)
    """A session that is not used ends after so long."""
    session_lasts: timedelta = timedelta(hours=12)
    """A session ends after so long however busy it is."""
    seen_every: timedelta = timedelta(minutes=1)
    """How often it is written down that a session is used."""
    session_kept: timedelta = timedelta(days=30)
    """How long an ended session can still be looked at."""
    token_lasts: timedelta = timedelta(days=366)
    """Longest life of an API token."""
    token_used_every: timedelta = timedelta(hours=1)
    """How often it is written down that a token is used."""
    first_code_lasts: timedelta = timedelta(hours=1)
    """Life of the code for the first administrator."""


RULES = AccountRules()
"""What holds where nobody says otherwise."""
