"""Who answers for what: bodies down, measures across, a letter for the role and a sign for the worst light."""

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.dispatch.lights import NAMES
from lantian.loop.plan.views.matrix import WORST_FIRST, Matrix, MatrixCell, show_matrix
from lantian.loop.plan.views.tallies import NONE_COUNTED
from lantian.terms.words import mark
from lantian.web.pages.plan.looking import LEDGER, ROLES, Desk, Reader
from lantian.web.tables import NUMBER, Cell, DataTable, Rows, TableColumn

router = APIRouter(prefix="/plan")


@router.get("/matrix")
def matrix(visit: Reader) -> Response:
    """Show all bodies against all measures."""
    desk = Desk(visit)
    seen = visit.keeper.keep(
        ("plan", "matrix", visit.today, visit.scope), LEDGER,
        lambda: show_matrix(desk.office, today=visit.today, plan_id=desk.plan.id, scope=visit.scope),
    )  # fmt: skip
    title = visit.say(mark("Who has a part in which measure?"))
    chinese = visit.language.is_chinese
    letters = [
        (MatrixCell((role,), WORST_FIRST[-1], ()).letters(chinese=chinese), desk.word(ROLES, role))
        for role in ROLES
    ]
    return visit.page(
        "plan/matrix.html", title=title, tables=[_table(desk, seen, title)], desk=desk, seen=seen, letters=letters,
        lights=[(word, visit.say(NAMES[word])) for word in WORST_FIRST],
        words=dict(desk.light_words()), chinese=chinese,
    )  # fmt: skip


def _table(desk: Desk, seen: Matrix, title: str) -> DataTable:
    """Lay the matrix out for its export: letters, and the overdue duties of each body."""
    say, chinese = desk.visit.say, desk.visit.language.is_chinese
    columns = [
        TableColumn("body", say(mark("Responsible body"))),
        *(
            TableColumn(f"m{row.order}", row.number, note=desk.visit.named(row.title, row.title_en))
            for row in seen.measures
        ),
        TableColumn("total", say(mark("Duties")), kind=NUMBER),
        TableColumn("overdue", say(mark("Overdue")), kind=NUMBER),
    ]
    rows: Rows = []
    for body in seen.bodies:
        counts = seen.of_body.get(body.id, NONE_COUNTED)
        cells = [seen.cells.get((body.id, row.id)) for row in seen.measures]
        rows.append(
            [
                Cell(desk.visit.named(body.name, body.name_en)),
                *(Cell("" if cell is None else cell.letters(chinese=chinese)) for cell in cells),
                counts.total,
                counts.overdue,
            ]
        )
    return DataTable("matrix", title, columns, rows, desk.how_made(title))
