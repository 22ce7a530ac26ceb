"""A simulated outlet behind a logger (模拟排口): made-up values, a clock that can be wrong, what a host may ask.

Every value is a function of seed, factor and time, so that history says the same as the first sending. Every
factor carries ``EFlag=SIM``: nobody can take it for a measurement.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zlib import crc32

from lantian.device.identity import Identity, Obeyed
from lantian.terms.errors import CallerError
from lantian.wire.hj212.area import clock_time
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.factors import factor
from lantian.wire.hj212.keys import read_key
from lantian.wire.hj212.messages import (
    ClockRequest,
    ClockSetting,
    FieldInformationRequest,
    HistoryRequest,
    IntervalRequest,
    IntervalSetting,
    KeyIssue,
    LinkSetting,
    Message,
    NumberSetting,
    Operation,
    ParameterSetting,
    PasswordSetting,
    Start,
    Stop,
    Typed,
)

SIMULATED = "SIM"
_SYSTEM = "91"
"""System code of messages about the line itself."""
_MOST_RECORDS = 2_000
_DIGITS = "%Y%m%d%H%M%S"
_MILLISECOND = timedelta(milliseconds=1)
Clock = Callable[[], datetime]
"""The true time where the outlet stands."""
History = Callable[[str, str, str], Sequence[Message]]
"""Command, first and last DataTime → what is known of it."""


@lru_cache(4096)
def _level(seed: int, code: str) -> float:
    return random.Random(f"{seed} {code}").uniform(10, 40)  # noqa: S311 - made up, no secret


@dataclass(slots=True)
class Outlet:
    """An outlet and its logger.

    Attributes
    ----------
    identity
        Who the logger is; a host may change its password and waiting times.
    factors
        Codes of what it measures.
    clock
        The true time.
    offset
        How far its own clock is ahead; setting it (1012) mends that.
    seed
        Another seed gives other values.
    history
        Where records come from; its own values where None.
    """

    identity: Identity
    factors: tuple[str, ...]
    clock: Clock
    offset: timedelta = timedelta(0)
    seed: int = 0
    history: History | None = None
    sending: bool = True
    """Whether real-time data are wanted; 2012 ends and 2011 begins them."""
    rtd_interval: int = 30
    """[s]"""
    min_interval: int = 10
    """[min]"""
    settings: dict[tuple[str, str], str] = field(default_factory=dict)
    """Field parameters: (factor, code of the information) → value."""
    changed: Callable[[Identity], None] = lambda _identity: None
    """Told when a host has changed who the logger is: number, key, password, waiting times."""
    _last_qn: str = ""

    def now(self) -> datetime:
        """Return what its own clock says."""
        return self.clock() + self.offset

    def next_qn(self) -> str:
        """Return a number for a new exchange: its own time to the millisecond, never twice."""
        at = self.now()
        while (qn := at.strftime(f"{_DIGITS}%f")[:17]) <= self._last_qn:
            at += _MILLISECOND
        self._last_qn = qn
        return qn

    # ------------------------------------------------------------------------------------------ data

    def real_time(self) -> Message:
        """Values of this moment (2011)."""
        now = self.now()
        return self._message("2011", {"DataTime": now.strftime(_DIGITS)}, self._rtd(now))

    def period(self, cn: str, start: datetime, *, late: bool = False) -> Message:
        """Minutes (2051), an hour (2061) or a day (2031) by their start."""
        groups = {}
        for code in self.factors:
            low, middle, high = sorted(
                self.value(code, start + self.step(cn) * share) for share in (0.2, 0.5, 0.8)
            )
            values = {"Min": low, "Avg": middle, "Max": high}
            groups[code] = {name: self._text(code, value) for name, value in values.items()}
            groups[code].update(Flag="N", EFlag=SIMULATED)
        return self._message(cn, {"DataTime": start.strftime(_DIGITS)}, groups, late=late)

    def heartbeat(self) -> Message:
        """Sign of life (9015), which only the edition of 2025 knows."""
        return self._message("9015", {}, {})

    def number_wanted(self) -> Message:
        """Hardware of the logger, which asks for a number (1001): answered by 1002."""
        told = {"i23005": {"Info": self.identity.logger_id}}
        return replace(self._message("1001", {}, told), st=_SYSTEM)

    def key_wanted(self) -> Message:
        """Wish for a new key (1014)."""
        return replace(self._message("1014", {"SKCreateTime": self.now().strftime(_DIGITS)}, {}), st=_SYSTEM)

    def clock_wanted(self) -> Message:
        """Wish to have the clock set (1013): answered by 1012."""
        return self._message("1013", {}, {})

    def value(self, code: str, at: datetime) -> float:
        """Return the made-up value of a factor: a level of its own, a wave of a day, and noise."""
        level = _level(self.seed, code)
        noise = crc32(f"{self.seed} {code} {at.timestamp():.0f}".encode()) / 2**32 * 0.2 - 0.1
        share = (at.hour * 60 + at.minute) / 1440
        return level * (1 + 0.3 * math.sin(2 * math.pi * share) + noise)

    def step(self, cn: str) -> timedelta:
        """Return the time from one record of a command to the next."""
        steps = {
            "2011": timedelta(seconds=self.rtd_interval),
            "2051": timedelta(minutes=self.min_interval),
            "2061": timedelta(hours=1),
            "2031": timedelta(days=1),
        }
        if cn not in steps:
            raise CallerError("A simulated outlet has no records of {cn}. Use 2011, 2051, 2061 or 2031.", cn=cn)
        return steps[cn]

    def start_of(self, cn: str, at: datetime) -> datetime:
        """Return the start of the period in which a moment lies."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + (at - midnight) // self.step(cn) * self.step(cn)

    def _rtd(self, at: datetime) -> dict[str, dict[str, str]]:
        return {
            code: {"Rtd": self._text(code, self.value(code, at)), "Flag": "N", "EFlag": SIMULATED}
            for code in self.factors
        }

    def _text(self, code: str, value: float) -> str:
        known = factor(code, self.identity.edition)
        decimals = known.decimals if known is not None else None
        return f"{value:.{2 if decimals is None else decimals}f}"

    def _message(
        self,
        cn: str,
        fields: dict[str, str],
        factors: dict[str, dict[str, str]],
        *,
        qn: str = "",
        late: bool = False,
        answer: bool = True,
    ) -> Message:
        who = self.identity
        return Message(
            cn=cn, st=who.st, mn=who.mn, pw=who.pw, qn=qn or self.next_qn(), parameters=fields, factors=factors,
            flag=flag_of(who.edition, answer=answer), rf=late and who.edition is Edition.HJ2025,
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ asked by the host

    def obey(self, asked: Typed) -> Obeyed | None:
        """Do what a request wants; None where this outlet does not know it."""
        match asked:
            case HistoryRequest():
                return self._records(asked)
            case ClockRequest():
                return self._told(asked, {"SystemTime": self.now().strftime(_DIGITS)})
            case ClockSetting():
                wanted = clock_time(asked.system_time or "")
                if wanted is None:
                    return Obeyed(failed=True)
                self.offset = wanted.replace(tzinfo=self.clock().tzinfo) - self.clock()
                self._last_qn = ""  # a clock that was ahead must not be waited for
                return Obeyed()
            case IntervalRequest(cn="1061"):
                return self._told(asked, {"RtdInterval": str(self.rtd_interval)})
            case IntervalRequest():
                return self._told(asked, {"MinInterval": str(self.min_interval)})
            case IntervalSetting():
                self.rtd_interval = asked.rtd_interval or self.rtd_interval
                self.min_interval = asked.min_interval or self.min_interval
                return Obeyed()
            case Start() | Stop():
                self.sending = isinstance(asked, Start)
                return Obeyed()
            case FieldInformationRequest() | ParameterSetting():
                return self._information(asked)
            case Operation():
                return Obeyed()
        return self._own(asked)

    def _own(self, asked: Typed) -> Obeyed | None:
        """Change number, key, password and waiting times."""
        match asked:
            case PasswordSetting(new_pw=str(password)) if password:
                self.identity.pw = password
            case LinkSetting(overtime=int(overtime), recount=int(recount)) if overtime and recount:
                self.identity.overtime, self.identity.recount = float(overtime), recount
            case NumberSetting():
                self.identity.mn = asked.head.mn
            case KeyIssue():
                key = read_key(asked.key or "")
                if key is None:
                    return Obeyed(failed=True)
                self.identity.take_key(key)
            case _:
                return None
        self.changed(self.identity)
        return Obeyed()

    def _told(
        self, asked: Typed, fields: dict[str, str], factors: dict[str, dict[str, str]] | None = None
    ) -> Obeyed:
        """Answer under the number of the request."""
        return Obeyed((self._message(asked.cn, fields, factors or {}, qn=asked.head.qn, answer=False),))

    def _information(self, asked: FieldInformationRequest | ParameterSetting) -> Obeyed:
        """Set or tell a field parameter (3021, 3020)."""
        place = (asked.pol_id or "", asked.info_id or "")
        if isinstance(asked, ParameterSetting):
            self.settings[place] = asked.info or ""
            return Obeyed()
        value = self.settings.get(place)
        if value is None:
            return Obeyed(empty=True)
        fields = {"DataTime": self.now().strftime(_DIGITS), "PolId": place[0]}
        return self._told(asked, fields, {place[1]: {"Info": value}})

    def _records(self, asked: HistoryRequest) -> Obeyed:
        """Tell the records from one DataTime to another, both included."""
        begin, end = asked.begin_time or "", asked.end_time or ""
        found = (self.history or self._own_history)(asked.cn, begin, end)
        return Obeyed(found, empty=not found)

    def _own_history(self, cn: str, begin: str, end: str) -> list[Message]:
        first, last = clock_time(begin), clock_time(end)
        if first is None or last is None or cn not in {"2011", "2051", "2061", "2031"}:
            return []
        zone, step = self.clock().tzinfo, self.step(cn)
        at = self.start_of(cn, first.replace(tzinfo=zone))
        if at < first.replace(tzinfo=zone):
            at += step
        until = min(last.replace(tzinfo=zone), self.now() - step)
        found: list[Message] = []
        while at <= until and len(found) < _MOST_RECORDS:
            if cn == "2011":
                fields = {"DataTime": at.strftime(_DIGITS)}
                found.append(self._message(cn, fields, self._rtd(at), late=True))
            else:
                found.append(self.period(cn, at, late=True))
            at += step
        return found
