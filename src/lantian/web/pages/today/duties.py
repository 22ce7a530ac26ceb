"""What waits for somebody, and what changed: silent instruments, doubts, duties, reports, law."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from lantian.ledger.chain import list_entries
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.dispatch.reviewing import list_pending
from lantian.loop.plan.queries import find_plan
from lantian.loop.plan.views.tallies import counts_within
from lantian.loop.sense.doubtful import count_open
from lantian.loop.sense.health import State, counts, list_health
from lantian.loop.sense.knocks import list_quarantined
from lantian.rules import Edition
from lantian.terms.words import mark
from lantian.web.permissions import May
from lantian.web.visiting import Visit

HEALTH_TABLES = ("ambient_hours", "source_readings", "micro_hours", "weather_hours", "ledger")
_LAW_AHEAD = timedelta(days=200)
_LAW_BACK = timedelta(days=31)
_NEWS = timedelta(days=1)
_NEWS_MOST = 500
_LAW_SUBJECTS = frozenset({"ambient_limits", "aqi_day", "aqi_hour", "evaluation"})
"""Subjects whose change a duty officer has to know; the others stand under System."""
_KINDS = {
    "station": mark("Stations that are silent or stale"),
    "outlet": mark("Outlets that are silent or stale"),
    "micro": mark("Micro-stations that are silent or stale"),
    "weather": mark("Places with weather that are silent or stale"),
    "camera": mark("Cameras that do not answer"),
}
_BAD, _WARN, _QUIET = "bad", "warn", "quiet"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits, as a line with a number."""

    text: str
    count: int
    of: int | None
    """Of how many; None where that means nothing."""
    address: str
    tone: str


@dataclass(frozen=True, slots=True)
class News:
    """Something that changed, or will."""

    text: str
    count: int | None = None
    day: date | None = None
    address: str = ""


def tasks_of(visit: Visit) -> list[Task]:
    """List what waits for somebody who may see it, what is bad first; what is empty is left out."""
    found: list[Task] = []
    if visit.may(May.READ_SOURCES):
        found += _instruments(visit)
    if visit.may(May.READ_PLAN):
        found += _duties(visit)
    order = (_BAD, _WARN, _QUIET)
    return sorted((task for task in found if task.count), key=lambda task: order.index(task.tone))


def _instruments(visit: Visit) -> list[Task]:
    centre = visit.house.centre()
    health = visit.keeper.keep(("today", "health", visit.now), HEALTH_TABLES, lambda: counts(list_health(centre)))
    tasks = []
    for kind, states in health.items():
        silent = states[State.SILENT] + states[State.STALE]
        tone = _BAD if kind == "station" else _WARN
        address = f"/sources/health?kind={kind}"
        tasks.append(Task(visit.say(_KINDS.get(kind, kind)), silent, sum(states.values()), address, tone))
    doubts = visit.keeper.keep(("today", "doubts"), ("quality_findings",), lambda: count_open(centre))
    for severity, words, tone in (
        ("error", mark("Findings that are errors"), _BAD),
        ("warning", mark("Findings that are doubtful"), _WARN),
    ):
        address = f"/sources/findings?severity={severity}"
        tasks.append(Task(visit.say(words), doubts.get(severity, 0), None, address, tone))
    if visit.scope.is_city and visit.may(May.READ_FRAMES):
        knocks = len(list_quarantined(visit.house.ledger))
        tasks.append(Task(visit.say(mark("Strangers at the gateway")), knocks, None, "/sources/strangers", _WARN))
    return tasks


def _duties(visit: Visit) -> list[Task]:
    office = visit.house.office()
    if find_plan(office) is None:
        return []
    counted = visit.keeper.keep(
        ("today", "duties", visit.today, visit.scope), ("ledger",),
        lambda: counts_within(office, visit.scope, today=visit.today),
    )  # fmt: skip
    words = (
        (LightWord.OVERDUE, mark("Duties that are overdue"), _BAD),
        (LightWord.NO_REPORT, mark("Duties without a report"), _WARN),
        (LightWord.RETURNED, mark("Reports that were returned"), _WARN),
        (LightWord.DUE_SOON, mark("Duties that are due soon"), _QUIET),
    )
    tasks = [
        Task(visit.say(text), counted.words[word], counted.total, f"/plan/duties?light={word.value}", tone)
        for word, text, tone in words
    ]
    if visit.may(May.REVIEW_PROGRESS):
        waiting = len(list_pending(office))
        tasks.append(
            Task(visit.say(mark("Reports that wait for your review")), waiting, None, "/plan/review", _WARN)
        )
    return tasks


def news_of(visit: Visit) -> list[News]:
    """List what changed within a day of the wall clock, and law that begins soon or began lately."""
    found = [_law(visit, edition) for edition in _new_law(visit)]
    since = visit.house.now() - _NEWS
    entries = list_entries(visit.house.ledger, since=since, limit=_NEWS_MOST) if visit.scope.is_city else []
    kinds = Counter(entry.kind.partition(".")[0] for entry in entries)
    address = "/system/audit" if visit.may(May.READ_AUDIT) else ""
    for kind, words in _ENTRIES.items():
        if kinds[kind]:
            found.append(News(visit.say(words), kinds[kind], address=address))
    return found


_ENTRIES = {
    "duty": mark("decisions about duties"),
    "report": mark("reports and reviews"),
    "escalation": mark("steps of escalation"),
    "review": mark("decisions about data"),
    "mark": mark("marks of outlets"),
    "plan": mark("decisions about the plan"),
    "dust": mark("dust periods approved or withdrawn"),
    "device": mark("changes of devices"),
    "control": mark("requests to devices"),
    "inventory": mark("decisions about the inventory"),
}
"""First word of an entry's kind → what people read."""


def _new_law(visit: Visit) -> list[Edition]:
    today, choice = visit.today, visit.house.choice
    coming = [
        edition
        for edition in visit.house.rulebook.editions()
        if edition.subject in _LAW_SUBJECTS
        and choice.variant(edition.subject) in edition.variant
        and today - _LAW_BACK <= edition.in_force <= today + _LAW_AHEAD
    ]
    return sorted(coming, key=lambda edition: (edition.in_force, edition.subject))


def _law(visit: Visit, edition: Edition) -> News:
    title = visit.named(edition.title_zh, edition.title)
    words = mark("{law} begins") if edition.in_force > visit.today else mark("{law} has begun")
    return News(visit.say(words, law=title), day=edition.in_force, address=f"/system/rules/{edition.id}")
