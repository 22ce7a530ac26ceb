"""Templates of the pages: one environment a language, everything escaped, an unknown name is an error."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jinja2

from lantian.desk.language import LOCALES, translation
from lantian.desk.paper.html import number
from lantian.web.tables import Cell, DataTable

PACKAGE = "lantian.web"


@cache
def environment(locale: str) -> jinja2.Environment:
    """Return the environment of one language."""
    language = translation(locale)
    made = jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    names: dict[str, Any] = {
        "_": language.gettext,
        "say": language.format,
        "language": language,
        "locales": LOCALES,
        "number": number,
        "asset": asset,
        "Cell": Cell,
        "DataTable": DataTable,
    }
    made.globals.update(names)
    made.filters.update(
        {"day": _day(language.is_chinese), "clock": _clock, "instant": _instant, "unquoted": unquote}
    )
    return made


@cache
def asset(name: str) -> str:
    """Return the address of one of our files, with a mark of its content so that browsers may keep it for ever."""
    from lantian.web.charts import tag_of

    file = files(PACKAGE).joinpath("static", name)
    return f"/static/{name}?v={tag_of(file.read_bytes())[1:13]}" if file.is_file() else f"/static/{name}"


def _day(is_chinese: bool) -> Any:
    def written(day: date | None) -> str:
        """Write a legal day the reader's way."""
        if day is None:
            return "–"
        return f"{day.year}年{day.month}月{day.day}日" if is_chinese else f"{day.day} {day:%b %Y}"

    return written


def _clock(at: datetime | None) -> str:
    """Write the hour and minute of an instant in its own zone."""
    return "–" if at is None else f"{at:%H:%M}"


def _instant(at: datetime | None) -> str:
    """Write an instant in its own zone."""
    return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"
