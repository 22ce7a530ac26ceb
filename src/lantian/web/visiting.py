"""A visit: who asks, in which language, at which hour of the city; and the answers that pages give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import lantian
from lantian.assembly import House
from lantian.desk.language import DEFAULT_LOCALE, LOCALES, Translation, translation
from lantian.desk.paper.provenance import EditionUse, HowMade
from lantian.ledger.accounts import Account, csrf_of
from lantian.ledger.people import Scope
from lantian.rules import Edition
from lantian.web.charts import Chart, tag_of
from lantian.web.keeping import Keeper
from lantian.web.permissions import HOLDERS, May
from lantian.web.rail import rail_of
from lantian.web.tables import DataTable, table_file
from lantian.web.templating import environment

LANGUAGE_COOKIE, THEME_COOKIE, SAID_COOKIE = "lang", "theme", "said"
THEMES = ("auto", "light", "dark")
FILE_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "json": "application/json",
    "zip": "application/zip",
}
_SAID_MOST = 1_000
"""Characters of a message that is carried to the next page."""


@dataclass(frozen=True)
class Visit:
    """One request of somebody."""

    request: Request
    keeper: Keeper
    account: Account | None
    secret: str | None
    """Secret of the session; None without a session."""
    token_scopes: frozenset[str] | None
    """What an API token may be used for; None where somebody is logged in by a session."""

    # ------------------------------------------------------------------------------------------ who and when

    @property
    def house(self) -> House:
        """The open workspace."""
        return self.keeper.house

    @property
    def scope(self) -> Scope:
        """Whose rows may be seen; somebody who is not logged in sees nobody's."""
        return Scope(frozenset()) if self.account is None else self.account.scope

    def may(self, may: May) -> bool:
        """Whether the roles hold a permission; one that is for everybody is held by all."""
        if may is May.NOTHING:
            return True
        return self.account is not None and any(role in HOLDERS[may] for role, _ in self.account.roles)

    @property
    def login(self) -> str:
        """Login under which decisions are kept."""
        return "" if self.account is None else self.account.login

    @cached_property
    def language(self) -> Translation:
        """The reader's language."""
        asked = self.request.cookies.get(LANGUAGE_COOKIE, DEFAULT_LOCALE)
        return translation(asked if asked in LOCALES else DEFAULT_LOCALE)

    @property
    def theme(self) -> str:
        """Theme that was chosen: ``auto``, ``light`` or ``dark``."""
        asked = self.request.cookies.get(THEME_COOKIE, THEMES[0])
        return asked if asked in THEMES else THEMES[0]

    @property
    def csrf(self) -> str:
        """What every form of this session has to carry."""
        return "" if self.secret is None else csrf_of(self.secret)

    @cached_property
    def now(self) -> datetime:
        """City time: the wall clock, in a simulated workspace the end of the newest hour."""
        return self.keeper.city_now()

    @property
    def today(self) -> date:
        """Legal day of the city time."""
        return self.house.lake.day_of(self.now)

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return "hx-request" in self.request.headers

    # ------------------------------------------------------------------------------------------ words

    def say(self, message: str, /, **values: object) -> str:
        """Translate a marked message and fill its places."""
        return self.language.format(message, **values)

    def named(self, chinese: str, english: str) -> str:
        """Return the name of something in the reader's language, the other where it has none."""
        return (chinese or english) if self.language.is_chinese else (english or chinese)

    def how_made(
        self,
        title: str,
        *,
        period: str = "",
        tables: Sequence[str] = (),
        editions: Sequence[Edition] = (),
        run_id: str = "—",
        notes: Sequence[str] = (),
    ) -> HowMade:
        """Say what a reader must know to make a table again."""
        house = self.house
        return HowMade(
            title=title,
            city=self.named(house.city.name_zh, house.city.name_en),
            period=period,
            source_tables=tables,
            editions=[EditionUse.of(edition, self.language) for edition in editions],
            run_id=run_id,
            code_version=lantian.__version__,
            generated_at=house.now().astimezone(house.city.zone),
            simulated=house.settings.simulated,
            notes=notes,
        )

    # ------------------------------------------------------------------------------------------ answers

    def page(
        self,
        template: str,
        *,
        title: str,
        tables: Sequence[DataTable] = (),
        status: int = 200,
        **values: object,
    ) -> Response:
        """Answer with a whole page, or with one of its tables as a file where ``?export=name.xlsx`` asks for it.

        In the template, the tables stand under ``tables`` by their names.
        """
        laid = [self._in_order(table) for table in tables]
        asked = self.request.query_params.get("export")
        if asked is not None:
            for table in laid:
                for kind in ("xlsx", "csv"):
                    if asked == f"{table.name}.{kind}":
                        return self.file(table_file(table, kind, self.language), f"{table.name}.{kind}")
        said = self.request.cookies.get(SAID_COOKIE)
        known = {"title": title, "tables": {table.name: table for table in laid}, **values}
        answer = HTMLResponse(self._rendered(template, {**known, "said": said, **self._frame()}), status)
        if said is not None:
            answer.delete_cookie(SAID_COOKIE)
        return self._private(answer)

    def fragment(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Answer with a part of a page."""
        return self._private(HTMLResponse(self._rendered(template, {**self._values(), **values}), status))

    def chart(self, chart: Chart, *key: object) -> Response:
        """Answer with a chart; `key` is all that it depends on, and lets the browser keep it."""
        return self.kept(lambda: chart.text().encode(), "json", *(key or (chart,)))

    def kept(self, make: "Any", kind: str, *key: object) -> Response:
        """Answer with bytes that depend on `key` alone; a browser that has them is told so without making them."""
        tag = tag_of(lantian.__version__, self.language.name, kind, *key)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if self.request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(make(), media_type=FILE_TYPES[kind], headers=headers)

    def file(self, content: bytes, name: str) -> Response:
        """Answer with a file to be saved."""
        prefix = "SIMULATED-" if self.house.settings.simulated else ""
        said = f"attachment; filename*=UTF-8''{quote(prefix + name)}"
        kind = FILE_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
        return self._private(Response(content, media_type=kind, headers={"Content-Disposition": said}))

    def back(self, url: str, said: str = "") -> Response:
        """Send the browser to a page of ours after a decision, with words that are shown there once."""
        if self.is_partial:
            answer = Response(status_code=204, headers={"HX-Redirect": url})
        else:
            answer = RedirectResponse(url, 303)
        if said:
            answer.set_cookie(SAID_COOKIE, quote(said[:_SAID_MOST]), max_age=60, httponly=True, samesite="lax")
        return answer

    def here(self, **changed: object) -> str:
        """Return the address of this page with some of its query changed; None takes a part out."""
        held: dict[str, object] = dict(self.request.query_params.multi_items())
        held.update(changed)
        query = urlencode([(name, str(value)) for name, value in held.items() if value is not None])
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    # ------------------------------------------------------------------------------------------ inside

    def _in_order(self, table: DataTable) -> DataTable:
        """Sort a table as ``?sort=table:column:desc`` asks."""
        name, _, rest = self.request.query_params.get("sort", "").partition(":")
        key, _, way = rest.partition(":")
        return table.sorted(key, descending=way == "desc") if name == table.name else table

    def _rendered(self, template: str, values: Mapping[str, object]) -> str:
        return environment(self.language.name).get_template(template).render(values)

    def _values(self) -> dict[str, object]:
        return {"visit": self, "house": self.house, "May": May, "csrf": self.csrf}

    def _frame(self) -> dict[str, object]:
        """Return what every page shows around itself."""
        return {**self._values(), "rail": rail_of(self)}

    def _private(self, answer: Response) -> Response:
        """Let nobody but this browser keep an answer."""
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


def visit_of(request: Request) -> Visit:
    """Return the visit that the doorkeeper has opened for a request."""
    known = request.state.known
    return Visit(request, request.app.state.keeper, known.account, known.secret, known.token_scopes)
