"""Three levels look at doubtful hours, with reason and person; nothing is overwritten (三级审核).

The operator proposes, the city decides, a signature closes a stretch of days. From the level on that the rule
names, a decision makes an audited hour: the row as it came with its flags changed, appended beside it. What an
audited hour says is always made anew from that row and every decision that stands, so an undo is just another one.

Hours of outlets are decided about in the same way. What was sent stays as it was; the recomputed hours and days
beside it follow from the decisions when they are next recomputed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.asking import ask
from lantian.ledger.models import Device, OutletRecord, Recompute, Review
from lantian.loop.sense.acting import Act, check_person
from lantian.loop.sense.audited import (
    EVERY_CHANNEL,
    HOURS,
    RANK,
    Affected,
    ReviewLevel,
    ReviewVerdict,
    affected_tables,
    audited_hours,
    hours_to_audit,
)
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.outlet_review import affected_by_outlets, check_factor, missing_hours
from lantian.rules import QualityRule
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.pollutants import BASIC

STATION, OUTLET = "station", "outlet"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about hours of one station and pollutant, or of one outlet and factor."""

    place: str
    """Code of the station or outlet."""
    channel: str
    """A pollutant of a station, a factor of an outlet."""
    first_hour: datetime
    last_hour: datetime
    """Start of the last hour, included."""
    level: ReviewLevel
    verdict: ReviewVerdict
    reason: str
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a decision brought."""

    ids: tuple[str, ...]
    written: int
    """Audited rows that are new or different."""
    missing: int
    """Hours of the stretch of which no instrument said anything: a decision cannot make them."""
    affected: tuple[Affected, ...]
    request: str | None
    """Id of the request to compute anew; None where nothing changed, or where only outlets did."""
    outlets: tuple[str, ...] = ()
    """Outlets whose hours of the stretch are to be recomputed."""
    days: tuple[date, date] | None = None
    """First and last legal day of the stretch; None where nothing takes effect."""


def decide(centre: Centre, decision: Decision, *, by: str) -> Reviewed:
    """Write a decision about hours; from the rule's level on, their audited rows too.

    Raises
    ------
    CallerError
        No reason or name; an unknown place or channel; a stretch that is signed off (but for that level); somebody
        who may not decide there at that level, or who decided the same hours a level below.
    """
    kind = kind_of(centre, decision.place)
    _check(centre, decision, kind, by)
    first, end = centre.hour(decision.first_hour), centre.hour(decision.last_hour) + HOUR
    at, rule = centre.now(), centre.quality(centre.lake.day_of(first))
    row = _row(kind, decision.place, decision.channel, first, end, decision.level, at, rule)
    row.verdict, row.reason, row.by, row.finding = (
        decision.verdict.value, decision.reason.strip(), by.strip(), decision.finding,
    )  # fmt: skip
    with centre.ledger.write() as session:
        _check_level(session, centre, row)
        _refuse_signed(session, row)
        _refuse_same_person(session, row)
        before = _standing_below(session, row)
        row.supersedes = before.id if before else None
        session.add(row)
        _enter(session, row, f"review.{decision.verdict.value}", at)
        return _take_effect(centre, session, [row], rule)


def undo(centre: Centre, review_id: str, *, reason: str, by: str, level: ReviewLevel) -> Reviewed:
    """Undo a decision by another one; the audited hours are made anew from what still stands.

    Raises
    ------
    CallerError
        No reason or name, no such standing decision, one of a higher level, one that a signature closed, or
        somebody who may not decide at that level.
    """
    _check_words(reason, by)
    at = centre.now()
    with centre.ledger.write() as session:
        held = session.get(Review, review_id)
        if held is None or held.id not in {each.id for each in _standing(session, held.place)}:
            raise CallerError(
                "No standing decision {id!r}. `lantian sense review list` shows those that stand.", id=review_id
            )
        if RANK[level] < RANK[ReviewLevel(held.level)]:
            raise CallerError(
                "Decision {id} was taken at the level {held}; {level} cannot undo it. Ask that level.",
                id=review_id, held=held.level, level=level.value,
            )  # fmt: skip
        rule = centre.quality(centre.lake.day_of(held.first_hour))
        row = _row(held.kind, held.place, held.channel, held.first_hour, held.end, level, at, rule)
        row.verdict, row.reason, row.by, row.supersedes = (
            ReviewVerdict.UNDONE.value, reason.strip(), by.strip(), held.id,
        )  # fmt: skip
        _check_level(session, centre, row)
        if held.verdict != ReviewVerdict.SIGNED:
            _refuse_signed(session, row)
        session.add(row)
        _enter(session, row, "review.undone", at)
        return _take_effect(centre, session, [row], rule, force=_effective(held, rule))


def sign_off(centre: Centre, places: Sequence[str], first: date, last: date, *, reason: str, by: str) -> Reviewed:
    """Close days of stations or outlets, which lower levels cannot change then (签发).

    Every hour of a station becomes an audited one; the recomputed hours of an outlet say that they are signed.

    Raises
    ------
    CallerError
        No reason or name, no or an unknown place, stations and outlets mixed, proposals of the operator that the
        city has not answered, somebody who may not sign, or who decided there at a lower level.
    """
    _check_words(reason, by)
    if last < first:
        raise CallerError(
            "There are no days from {first} to {last}. Give the first one first.", first=first, last=last
        )
    at, rule = centre.now(), centre.quality(first)
    begin, end = centre.midnight(first), centre.midnight(last + timedelta(days=1))
    kinds = {kind_of(centre, place) for place in places}
    if len(kinds) != 1:
        raise CallerError("A signature closes days of stations or of outlets. Name some of one kind.")
    kind = kinds.pop()
    rows = []
    with centre.ledger.write() as session:
        for place in places:
            _refuse_unanswered(session, place, begin, end)
            row = _row(kind, place, EVERY_CHANNEL, begin, end, ReviewLevel.SIGN_OFF, at, rule)
            row.verdict, row.reason, row.by = ReviewVerdict.SIGNED.value, reason.strip(), by.strip()
            _check_level(session, centre, row)
            _refuse_same_person(session, row)
            session.add(row)
            _enter(session, row, "review.signed", at)
            rows.append(row)
        return _take_effect(centre, session, rows, rule, force=True)


def list_reviews(
    centre: Centre, *, place: str | None = None, level: ReviewLevel | None = None, standing: bool = False
) -> list[Review]:
    """List decisions in order of time; only those that nothing undid when `standing`."""
    query = select(Review).order_by(Review.at, Review.id)
    with centre.ledger.read() as session:
        rows = list(session.scalars(query))
    gone = {row.supersedes for row in rows if row.verdict == ReviewVerdict.UNDONE}
    return [
        row
        for row in rows
        if (place is None or row.place == place)
        and (level is None or row.level == level)
        and (not standing or (row.id not in gone and row.verdict != ReviewVerdict.UNDONE))
    ]


def list_waiting(centre: Centre) -> list[Review]:
    """List the operator's proposals that the city has not answered, oldest first."""
    standing = list_reviews(centre, standing=True)
    return [row for row in standing if row.level == ReviewLevel.OPERATOR and not _answered(row, standing)]


# ---------------------------------------------------------------------------------------------- taking effect


def _take_effect(
    centre: Centre, session: Session, rows: Sequence[Review], rule: QualityRule, *, force: bool = False
) -> Reviewed:
    """Write the audited hours of some decisions, and ask for what follows from them to be computed anew."""
    ids = tuple(row.id for row in rows)
    first, end = min(row.first_hour for row in rows), max(row.end for row in rows)
    days = centre.lake.day_of(first), centre.lake.day_of(end - HOUR)
    if not (force or any(_effective(row, rule) for row in rows)):
        return Reviewed(ids, 0, 0, (), None)
    session.flush()
    places = sorted({row.place for row in rows})
    if rows[0].kind == OUTLET:
        missing = sum(missing_hours(centre, row.place, row.channel, row.first_hour, row.end) for row in rows)
        return Reviewed(ids, 0, missing, affected_by_outlets(centre, *days), None, tuple(places), days)
    base = hours_to_audit(centre, places, first, end)
    standing = [each for place in places for each in _standing(session, place) if _effective(each, rule)]
    flags = centre.rules(days[1]).flags
    audited = audited_hours(base, sorted(standing, key=_order), flags, rule)
    expected = len(places) * int((end - first) / HOUR)
    missing = expected - base.height
    if audited.is_empty():
        return Reviewed(ids, 0, missing, (), None)
    written = centre.lake.append(HOURS, audited, only_changes=True).written
    if not written:
        return Reviewed(ids, 0, missing, (), None)
    affected = affected_tables(*days)
    request = ask(
        session, Recompute, "sense", "hours_reviewed", f"days:{days[0]}..{days[1]}",
        {
            "reviews": list(ids), "stations": places, "first": days[0], "last": days[1],
            "tables": [row.table for row in affected],
        },
        centre.now(),
    )  # fmt: skip
    return Reviewed(ids, written, missing, affected, request.id, days=days)


# ---------------------------------------------------------------------------------------------- inside


def _check(centre: Centre, decision: Decision, kind: str, by: str) -> None:
    _check_words(decision.reason, by)
    if kind == OUTLET:
        check_factor(centre, decision.place, decision.channel)
    elif decision.channel not in set(BASIC):
        raise CallerError(
            "{channel!r} is none of the six pollutants. Decide about one of {known}.",
            channel=decision.channel, known=", ".join(BASIC),
        )  # fmt: skip
    if decision.verdict in {ReviewVerdict.SIGNED, ReviewVerdict.UNDONE}:
        raise CallerError(
            "{verdict} is no verdict about hours. Use sign-off or undo.", verdict=decision.verdict.value
        )
    if centre.hour(decision.last_hour) < centre.hour(decision.first_hour):
        raise CallerError(
            "There are no hours from {first} to {last}. Give the first one first.",
            first=decision.first_hour, last=decision.last_hour,
        )  # fmt: skip


def _check_words(reason: str, by: str) -> None:
    if not reason.strip() or not by.strip():
        raise CallerError("A decision needs a reason and the name of who takes it; both are kept as evidence.")


def kind_of(centre: Centre, place: str) -> str:
    """Return whether a code is that of a station or of an outlet.

    Raises
    ------
    CallerError
        It is neither.
    """
    if place in {each.code for each in centre.city.stations}:
        return STATION
    with centre.ledger.read() as session:
        registered = session.scalars(select(Device.mn).where(Device.outlet == place)).first()
        recorded = session.scalars(select(OutletRecord.id).where(OutletRecord.outlet == place)).first()
    if registered is None and recorded is None:
        raise CallerError(
            "{place!r} is no station of {city}, and no outlet with a device or a record. Use the code of one.",
            place=place, city=centre.city.name_zh,
        )  # fmt: skip
    return OUTLET


def _check_level(session: Session, centre: Centre, row: Review) -> None:
    check_person(session, centre, row.by, Act(f"{row.kind}_{row.level}"), row.place)


def _row(
    kind: str,
    place: str,
    channel: str,
    first: datetime,
    end: datetime,
    level: ReviewLevel,
    at: datetime,
    rule: QualityRule,
) -> Review:
    return Review(
        id=str(uuid7(at)), kind=kind, place=place, channel=channel, first_hour=first, end=end,
        level=level.value, verdict="", reason="", by="", at=at, finding=None, supersedes=None, rules=rule.id,
    )  # fmt: skip


def _order(row: Review) -> tuple[datetime, str]:
    return row.at, row.id


def _effective(row: Review, rule: QualityRule) -> bool:
    return RANK[ReviewLevel(row.level)] >= RANK[ReviewLevel(rule.review.takes_effect)]


def _standing(session: Session, place: str) -> list[Review]:
    """List the decisions on a place that nothing undid, in the order in which they were taken."""
    rows = list(session.scalars(select(Review).where(Review.place == place).order_by(Review.at, Review.id)))
    gone = {row.supersedes for row in rows if row.verdict == ReviewVerdict.UNDONE}
    return [row for row in rows if row.verdict != ReviewVerdict.UNDONE and row.id not in gone]


def _overlap(one: Review, other: Review) -> bool:
    return (
        one.place == other.place
        and one.first_hour < other.end
        and other.first_hour < one.end
        and (one.channel == other.channel or EVERY_CHANNEL in (one.channel, other.channel))
    )


def _answered(proposal: Review, standing: Sequence[Review]) -> bool:
    """Whether a higher level has spoken about every hour of a proposal after it."""
    open_from = proposal.first_hour
    higher = [
        row
        for row in standing
        if row.level != ReviewLevel.OPERATOR and _overlap(proposal, row) and _order(row) > _order(proposal)
    ]
    for row in sorted(higher, key=lambda each: each.first_hour):
        if row.first_hour <= open_from:
            open_from = max(open_from, row.end)
    return open_from >= proposal.end


def _refuse_signed(session: Session, row: Review) -> None:
    if row.level == ReviewLevel.SIGN_OFF:
        return
    for held in _standing(session, row.place):
        if held.verdict == ReviewVerdict.SIGNED and _overlap(held, row):
            raise CallerError(
                "{place} was signed off for these hours by {by} at {at}. Only that level can still decide, or "
                "undo signature {id}.",
                place=row.place, by=held.by, at=f"{held.at:%Y-%m-%d %H:%M} UTC", id=held.id,
            )  # fmt: skip


def _refuse_same_person(session: Session, row: Review) -> None:
    for held in _standing(session, row.place):
        below = RANK[ReviewLevel(held.level)] < RANK[ReviewLevel(row.level)]
        if below and held.by == row.by and _overlap(held, row):
            raise CallerError(
                "{by} decided about these hours at the level {level} already ({id}). Another person looks at them "
                "at the next one.",
                by=row.by, level=held.level, id=held.id,
            )  # fmt: skip


def _refuse_unanswered(session: Session, station: str, first: datetime, end: datetime) -> None:
    standing = _standing(session, station)
    waiting = [
        row
        for row in standing
        if row.level == ReviewLevel.OPERATOR and row.first_hour < end and first < row.end
        and not _answered(row, standing)
    ]  # fmt: skip
    if waiting:
        raise CallerError(
            "{count} proposals of the operator for {station} have no answer of the city yet, the first is {id}. "
            "Decide them before you sign.",
            count=len(waiting), station=station, id=waiting[0].id,
        )  # fmt: skip


def _standing_below(session: Session, row: Review) -> Review | None:
    """Return the newest standing decision about exactly these hours, which this one answers or replaces."""
    same = [
        held
        for held in _standing(session, row.place)
        if (held.channel, held.first_hour, held.end) == (row.channel, row.first_hour, row.end)
    ]
    return same[-1] if same else None


def _enter(session: Session, row: Review, kind: str, at: datetime) -> None:
    session.flush()
    append_entry(
        session, at=at, actor=row.by, kind=kind, subject=f"{row.kind}:{row.place}",
        payload={
            "review": row.id, "channel": row.channel, "first_hour": row.first_hour, "end": row.end,
            "level": row.level, "verdict": row.verdict, "reason": row.reason, "finding": row.finding,
            "supersedes": row.supersedes, "rules": row.rules,
        },
    )  # fmt: skip
