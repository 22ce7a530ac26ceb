"""The office's papers by their names: what somebody asks for becomes a paper of the room that knows it (公文)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, period_named

if TYPE_CHECKING:
    from lantian.desk.language import Translation
    from lantian.desk.paper.office_paper import OfficePaper
    from lantian.loop.evaluate.scene import Scene
    from lantian.loop.plan.office import Office


class PaperKind(StrEnum):
    """Papers that can be asked for."""

    BRIEF = "brief"
    RANKING = "ranking"
    STATION = "station"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """What somebody asks for."""

    kind: PaperKind
    of: str = ""
    """Day of a brief, by default the last judged one; month of the others, a ranking also of a quarter or year."""
    station: str = ""
    """Code or name, for a station's month."""
    group: str = "all"
    letterhead: str = ""
    """Issuing office of the red head; empty: none."""
    number: str = ""
    """Document number below it."""
    today: date | None = None
    """Legal day that a dispatch bulletin is asked for; by default the city's."""

    @classmethod
    def of_inputs(cls, inputs: Mapping[str, object]) -> "PaperOrder":
        """Read an order as the records of runs keep it."""
        of, station, letterhead, number = (
            str(inputs.get(name) or "") for name in ("of", "station", "letterhead", "number")
        )
        group = str(inputs.get("group") or "all")
        return cls(PaperKind(str(inputs["kind"])), of, station, group, letterhead, number)


def paper_of(
    scene: "Scene",
    office: "Office",
    order: PaperOrder,
    language: "Translation",
    *,
    made_at: datetime,
    chain_head: str,
) -> "OfficePaper":
    """Make a paper.

    Raises
    ------
    CallerError
        The day, the month or the station is none, or there is nothing to say of it.
    """
    from lantian.desk.paper.office_paper import Letterhead

    head = Letterhead(order.letterhead, order.number) if order.letterhead else None
    if order.kind is PaperKind.BRIEF:
        from lantian.loop.evaluate.papers.daily_brief import daily_brief
        from lantian.loop.evaluate.report_view import view_of
        from lantian.loop.promises import city_targets

        on = _day(order.of) or view_of(scene, language).last
        return daily_brief(
            scene, on, language, made_at=made_at, letterhead=head, targets=city_targets(office, on),
            chain_head=chain_head,
        )  # fmt: skip
    if order.kind is PaperKind.RANKING:
        from lantian.loop.evaluate.papers.ranking_bulletin import ranking_bulletin

        return ranking_bulletin(
            scene, _period(order.of), language, made_at=made_at, letterhead=head, group=order.group,
            chain_head=chain_head,
        )  # fmt: skip
    if order.kind is PaperKind.STATION:
        from lantian.loop.evaluate.papers.station_month import station_month

        code = _station(scene, order.station)
        return station_month(scene, code, _period(order.of), language, made_at=made_at, chain_head=chain_head)
    from lantian.loop.plan.dispatch.sheets import checked_month
    from lantian.loop.plan.targets.goals import judge_goals
    from lantian.loop.plan.views.bulletin import bulletin_paper, gather_bulletin

    month, on = checked_month(order.of), order.today or office.today()
    said = gather_bulletin(office, month, today=on, judged=judge_goals(office, today=on))
    return bulletin_paper(office, said, language, number=order.number, letterhead=head)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CallerError("{text!r} is no day. Write it as 2026-01-18.", text=text) from None


def _period(text: str) -> Period:
    try:
        return period_named(text)
    except ValueError as fault:
        raise CallerError(str(fault)) from fault


def _station(scene: "Scene", name: str) -> str:
    from lantian.city.records import SubjectKind
    from lantian.loop.evaluate.queries import find_subject

    kind, code = find_subject(scene.city, name)
    if kind is not SubjectKind.STATION:
        raise CallerError("{name!r} is no station. Use a code from `lantian export stations`.", name=name)
    return code
