"""Settings: each with where it comes from; they are changed in files, never here."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.desk.jobs.standing import standing
from lantian.settings import settings_with_sources
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.tables import DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system/settings")

Reader = Annotated[Visit, visit(May.READ_SYSTEM)]


@router.get("")
def settings(visit: Reader) -> Response:
    """Show every setting and how the house stands."""
    title = visit.say(mark("How is this system set?"))
    columns = [
        TableColumn("name", visit.say(mark("Setting"))),
        TableColumn("value", visit.say(mark("Value"))),
        TableColumn("source", visit.say(mark("Comes from"))),
        TableColumn("meaning", visit.say(mark("Meaning"))),
    ]
    folder = str(visit.house.folder)
    rows = [
        [name, None if value is None else str(value), source.replace(folder, "…"), visit.language.gettext(meaning)]
        for name, value, source, meaning in settings_with_sources(visit.house.folder)
    ]
    table = DataTable(
        "settings", title, columns, rows, visit.how_made(title),
        note=visit.say(
            mark(
                "Settings are changed in lantian.toml of the workspace or by LANTIAN_ variables, then read at the "
                "next start."
            )
        ),
    )  # fmt: skip
    return visit.page(
        "system/settings.html", title=title, tabs=tabs_of(visit), tables=[table],
        standing=standing(visit.house.folder),
    )  # fmt: skip
