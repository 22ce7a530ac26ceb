"""What falls due when: months in order, each with its tasks, milestones and lists of projects."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.views.timeline import DateState, ItemKind, Timeline, TimelineItem, show_timeline
from lantian.terms.words import mark
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.pages.plan.measures import task_table
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, Rows, TableColumn

router = APIRouter(prefix="/plan")
DATE_STATES: Mapping[DateState, str] = {
    DateState.DONE: mark("done"),
    DateState.DONE_LATE: mark("done late"),
    DateState.OVERDUE: mark("overdue"),
    DateState.DUE_SOON: mark("due soon"),
    DateState.AHEAD: mark("still ahead"),
}
KINDS: Mapping[ItemKind, str] = {
    ItemKind.TASK: mark("task"),
    ItemKind.MILESTONE: mark("milestone"),
    ItemKind.PROJECTS: mark("project list"),
}


@router.get("/timeline")
def timeline(visit: Reader) -> Response:
    """Show the dates of the plan by month."""
    desk = Desk(visit)
    seen = visit.keeper.keep(
        ("plan", "timeline", visit.today, visit.scope), LEDGER,
        lambda: show_timeline(desk.office, today=visit.today, plan_id=desk.plan.id, scope=visit.scope),
    )  # fmt: skip
    title = visit.say(mark("What falls due when?"))
    months = [
        (month, [(item, _shown(desk, item)) for item in month.items], month.month < f"{visit.today:%Y-%m}")
        for month in seen.months
    ]
    standing = task_table(desk, [*seen.recurring, *seen.undated])
    return visit.page(
        "plan/timeline.html", title=title, tables=[_table(desk, seen, title), standing], desk=desk, seen=seen,
        months=months,
    )  # fmt: skip


def _shown(desk: Desk, item: TimelineItem) -> tuple[str, str, str]:
    """Title, word of the state, word of the kind."""
    visit = desk.visit
    return visit.named(item.title, item.title_en), visit.say(DATE_STATES[item.state]), visit.say(KINDS[item.kind])


def _table(desk: Desk, seen: Timeline, title: str) -> DataTable:
    say = desk.visit.say
    columns = [
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("measure", say(mark("Measure")), kind=NUMBER),
        TableColumn("title", say(mark("What"))),
        TableColumn("kind", say(mark("Kind"))),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("done", say(mark("Done")), kind=NUMBER),
        TableColumn("total", say(mark("Of")), kind=NUMBER),
    ]
    rows: Rows = []
    for month in seen.months:
        for item in month.items:
            name, state, kind = _shown(desk, item)
            rows.append([
                item.due, Cell(item.measure, link=f"/plan/measures/{item.measure}"), name, kind,
                Cell(state, state=item.state.value), item.done, item.total,
            ])  # fmt: skip
    empty = say(mark("The plan names no date."))
    return DataTable("timeline", title, columns, rows, desk.how_made(title), empty=empty, shown=30)
