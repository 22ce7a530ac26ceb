"""What holds guessing up: failures are counted per login and per address, and waits grow (登录失败锁定)."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lantian.ledger.accounts.rules import AccountRules, Waiting
from lantian.ledger.entries import append_entry
from lantian.ledger.models import LoginFailure

_DOUBLED_AT_MOST = 30
_ACTOR = "lantian"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to log in: what it is counted under."""

    login: str
    address: str
    user_id: str | None
    """Of the open user with that login, if there is one."""

    def counted(self, rules: AccountRules) -> list[tuple[str, Waiting, str]]:
        """List key, waits and subject in the chain of what it counts for."""
        about = "login:unknown" if self.user_id is None else f"user:{self.user_id}"
        counted = [(_key("login", self.login), rules.login_waits, about)]
        if self.address:
            counted.append((_key("address", _network(self.address)), rules.address_waits, "login:address"))
        return counted


def begin(session: Session, attempt: Attempt, at: datetime, rules: AccountRules) -> timedelta | None:
    """Count an attempt as failed before it is tried, so that many at once count too; or say how long it waits."""
    session.execute(delete(LoginFailure).where(LoginFailure.last_at < at - rules.forgets_after))
    keys = [key for key, _, _ in attempt.counted(rules)]
    held = [row for key in keys if (row := session.get(LoginFailure, key)) is not None]
    waits = [row.waits_until - at for row in held if row.waits_until is not None and row.waits_until > at]
    if waits:
        return max(waits)
    for key, waiting, _ in attempt.counted(rules):
        row = session.get(LoginFailure, key)
        if row is None:
            row = LoginFailure(key=key, failures=0, last_at=at)
            session.add(row)
        row.failures, row.last_at = row.failures + 1, at
        row.waits_until = _until(row.failures, waiting, at)
    return None


def failed(session: Session, attempt: Attempt, at: datetime, rules: AccountRules) -> None:
    """Say in the chain when this failure is the one that made somebody wait first."""
    for key, waiting, subject in attempt.counted(rules):
        row = session.get(LoginFailure, key)
        if row is not None and row.failures == waiting.free:
            payload = {"failures": row.failures}
            append_entry(session, at=at, actor=_ACTOR, kind="login.locked", subject=subject, payload=payload)


def succeeded(session: Session, attempt: Attempt, rules: AccountRules) -> None:
    """Forget the failures of the login; of the address this attempt alone, or one account would free it."""
    forget_failures(session, attempt.login)
    for key, _, _ in attempt.counted(rules)[1:]:
        row = session.get(LoginFailure, key)
        if row is not None:
            row.failures, row.waits_until = max(0, row.failures - 1), None


def forget_failures(session: Session, login: str) -> None:
    """Let a login try at once again."""
    session.execute(delete(LoginFailure).where(LoginFailure.key == _key("login", login)))


def _until(failures: int, waiting: Waiting, at: datetime) -> datetime | None:
    if failures < waiting.free:
        return None
    doubled = min(failures - waiting.free, _DOUBLED_AT_MOST)
    wait: timedelta = waiting.first * 2**doubled
    return at + min(wait, waiting.longest)


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()


def _network(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or the /64 of an IPv6 one.

    Examples
    --------
    >>> _network("::ffff:192.0.2.7"), _network("2001:db8:1:2:3::4"), _network("testclient")
    ('192.0.2.7', '2001:db8:1:2::', 'testclient')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)).network_address)
