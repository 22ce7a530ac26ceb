"""``lantian calendar``: days in the legal colours of their index, in the terminal and as a picture."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.columns import Columns
from rich.console import RenderableType
from rich.text import Text

from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, console, day, opened, show_json, words
from lantian.desk.language import Translation, mark
from lantian.desk.paper.palette import ink_on
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.city.records import SubjectKind
    from lantian.loop.evaluate.day_marks import DayMark
    from lantian.loop.evaluate.scene import Scene
    from lantian.rules import AqiCategories

app = typer.Typer()
APPS = {"calendar": app}
_CELL = 4
"""Signs that a day takes."""
_MONTH = 7 * _CELL
_MOST_DAYS = 5 * 366


@app.command()
def calendar(
    subject: Annotated[
        str | None, typer.Argument(help=mark("Station, county or city by name or code; by default the city."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    year: Annotated[int | None, typer.Option(help=mark("Calendar year."))] = None,
    first: Annotated[
        str | None, typer.Option("--from", help=mark("First legal day, for instance 2026-03-01."))
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help=mark("Last legal day."))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=mark("Write a picture: .png or .svg."))] = None,
    basis: Annotated[str, typer.Option(help=mark("measured or dust_deducted."))] = "measured",
    as_json: JsonOption = False,
) -> None:
    """Show days in the legal colours of their air quality index."""
    from lantian.loop.evaluate.day_marks import day_marks
    from lantian.loop.evaluate.queries import find_subject, list_days
    from lantian.loop.evaluate.wording import worded

    language = words()
    with opened(workspace) as house:
        scene = house.scene()
        city = house.city
        kind, code = find_subject(city, subject or city.adcode)
        asked = known_basis(basis)
        begin, end = _stretch(year, day(first), day(last), _judged_bounds(house, kind, code))
        rows = list_days(house.lake, kind, code, begin, end, basis=asked)
        marks = day_marks(scene, rows, begin, end)
        name = city.name_of(kind, code, language.name)
        simulated = bool(rows.get_column("simulated").any())
        if out is not None:
            _draw(out, scene, marks, f"{name} {begin} … {end}", asked, simulated, language)
        if as_json:
            show_json(_as_json(marks, kind.value, code, name, asked, simulated, out))
            return
        screen = console()
        said = Text(f"{name}  {begin} … {end}  {language.gettext(worded(asked))}", style="bold")
        if simulated:
            said.append("  " + language.gettext("Simulated data"), style="yellow")
        screen.print(said)
        screen.print(months_of(marks, language))
        for line in legend_lines(scene, begin, end, language):
            screen.print(line)
        if out is not None:
            screen.print(language.format(mark("Picture: {file}"), file=out))


def known_basis(text: str) -> str:
    """Return the side of the days that was asked for.

    Raises
    ------
    CallerError
        It is none of the two.
    """
    if text not in {"measured", "dust_deducted"}:
        raise CallerError(
            "{text!r} is no side of the days. Ask for measured or dust_deducted.",
            text=text,
        )
    return text


def _judged_bounds(house: "House", kind: "SubjectKind", code: str) -> tuple[date, date]:
    from lantian.loop.evaluate.queries import list_days

    held = list_days(house.lake, kind, code).get_column("legal_day")
    if held.is_empty():
        raise CallerError(
            "No day of {code} was judged yet. Run `lantian evaluate` first.",
            code=code,
        )
    return held[0], held[-1]


def _stretch(
    year: int | None, first: date | None, last: date | None, judged: tuple[date, date]
) -> tuple[date, date]:
    """Choose the days to show: what was asked for, or the year up to the last judged day."""
    if year is not None and (first is not None or last is not None):
        raise CallerError("Say either --year or --from and --to, not both.")
    if year is not None:
        if not date.min.year <= year <= date.max.year:
            raise CallerError(
                "{year} is no year of our calendar. Write it as 2026.",
                year=year,
            )
        return date(year, 1, 1), date(year, 12, 31)
    end = last or judged[1]
    begin = first or max(judged[0], date(end.year if end.month > 3 else end.year - 1, 1, 1))
    if end < begin:
        raise CallerError(
            "The calendar would end on {end}, before it begins on {begin}. Exchange the two dates.",
            end=end,
            begin=begin,
        )
    if (end - begin).days >= _MOST_DAYS:
        raise CallerError(
            "{begin} … {end} is more than five years, too much to look at. Ask for fewer.",
            begin=begin,
            end=end,
        )
    return begin, end


def months_of(marks: "Sequence[DayMark]", language: Translation) -> RenderableType:
    """Put days into blocks of months beside each other."""
    by_day = {one.day: one for one in marks}
    months = list(dict.fromkeys((one.day.year, one.day.month) for one in marks))
    blocks = [_month(year, month, by_day, language) for year, month in months]
    return Columns(blocks, padding=(1, 3, 0, 0), equal=True)


def _month(year: int, month: int, by_day: "Mapping[date, DayMark]", language: Translation) -> Text:
    title = f"{year}年{month}月" if language.is_chinese else date(year, month, 1).strftime("%B %Y")
    letters = "一二三四五六日" if language.is_chinese else "MTWTFSS"
    block = Text(no_wrap=True)
    block.append(f"{title}\n", style="bold")
    wide = 2 if language.is_chinese else 1
    block.append("".join(" " * (_CELL - 1 - wide) + letter + " " for letter in letters) + "\n", style="dim")
    first_weekday, length = monthrange(year, month)
    block.append(" " * _CELL * first_weekday)
    for number in range(1, length + 1):
        one = by_day.get(date(year, month, number))
        text = "" if one is None else one.text
        style = "dim" if one is None or one.colour is None else f"{ink_on(one.colour)} on {one.colour}"
        block.append(f"{text:>3} ", style=style)
        if (first_weekday + number) % 7 == 0 and number < length:
            block.append("\n")
    return block


def legend_lines(scene: "Scene", first: date, last: date, language: Translation) -> list[Text]:
    """Levels with their colours, the marks of days without index, and the editions that judged."""
    lines: list[Text] = []
    drawn: list[tuple[str, str]] = []
    spans = scene.rulebook.spans(first, last, scene.choice)
    for _, _, rules in spans:
        looks = [(row.colour, row.name) for row in rules.categories.categories]
        if looks != drawn:
            drawn = looks
            lines.append(_levels(rules.categories, language))
    withheld = dict.fromkeys(rules.aqi_day.missing.marker_missing for _, _, rules in spans)
    said = [language.format(mark("{dash} no data or no index"), dash=MISSING)]
    said += [language.format(mark("{text} withheld by law"), text=text) for text in withheld if text != MISSING]
    said.append(language.gettext("each day judged by the edition of that day:"))
    lines.append(Text("; ".join(said), style="dim"))
    lines += [Text(f"  {begin} … {end}  {rules.name}", style="dim") for begin, end, rules in spans]
    return lines


def _levels(categories: "AqiCategories", language: Translation) -> Text:
    line = Text()
    for row in categories.categories:
        span = f">{row.low - 1}" if row.high is None else f"{row.low}–{row.high}"
        line.append("   ", style=f"on {row.colour}")
        line.append(f" {row.name_zh if language.is_chinese else row.name} {span}   ")
    return line


def _draw(
    out: Path,
    scene: "Scene",
    marks: "list[DayMark]",
    title: str,
    basis: str,
    simulated: bool,
    language: Translation,
) -> None:
    from lantian.desk.paper.figure import CalendarDay, Caption, calendar_heat_map, save
    from lantian.loop.evaluate.wording import worded

    figure = calendar_heat_map(
        [
            CalendarDay(one.day, one.aqi, one.colour, "–" if one.status == "none" else one.text)
            for one in marks
            if one.status != "none"
        ]
        or [CalendarDay(marks[0].day, None)],
        scene.rules(marks[-1].day).categories,
        Caption(
            title=title,
            subtitle=" · ".join((language.gettext("air quality index (AQI)"), language.gettext(worded(basis)))),
            note="",
            simulated=simulated,
        ),
        editions=" / ".join(dict.fromkeys(one.edition for one in marks)),
        language=language,
    )
    save(figure, out)


def _as_json(
    marks: "list[DayMark]", kind: str, code: str, name: str, basis: str, simulated: bool, out: Path | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "code": code,
        "name": name,
        "basis": basis,
        "simulated": simulated,
        "picture": out,
        "rows": [
            {
                "legal_day": one.day,
                "aqi": one.aqi,
                "level": None if one.category is None else one.category.level,
                "category": None if one.category is None else one.category.name,
                "category_zh": None if one.category is None else one.category.name_zh,
                "colour": one.colour,
                "primary": one.primary,
                "status": one.status,
                "edition": one.edition,
            }
            for one in marks
        ],
    }
