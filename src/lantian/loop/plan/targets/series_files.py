"""The form on which indicators are reported, and what comes back, row by row (指标填报表)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from lantian.desk.intake import ROW, read_table
from lantian.desk.language import LOCALES, Translation, translation
from lantian.desk.paper.office_table import OfficeColumn, OfficeTable, write_office_book
from lantian.loop.plan.dispatch.sheet_layout import day_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import required_plan, the_plan
from lantian.loop.plan.targets.figures import checked_number, checked_period
from lantian.loop.plan.targets.series import ReportedValue, list_series, own_series, write_value
from lantian.loop.plan.targets.series_records import SeriesView, is_share
from lantian.loop.plan.views.export_rows import date_line, named, unit_line
from lantian.science.plan_text.records import Comparator
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_HEADS: Mapping[str, tuple[str, OfficeColumn, tuple[str, ...]]] = {
    "key": (mark("Indicator code"), OfficeColumn("", 18, quiet=True), ("指标编码", "编码", "code", "key")),
    "measure": (mark("Measure"), OfficeColumn("", 7, "center"), ("条目",)),
    "name": (mark("Indicator"), OfficeColumn("", 30), ("指标", "指标名称", "name")),
    "organisation": (mark("Responsible body"), OfficeColumn("", 16), ("责任单位",)),
    "target": (mark("Target"), OfficeColumn("", 22), ("目标",)),
    "last": (mark("Last reported"), OfficeColumn("", 16), ("上期值",)),
    "unit": (mark("Unit"), OfficeColumn("", 9, "center"), ("单位",)),
    "period": (mark("Period"), OfficeColumn("", 10, "center"), ("时期", "期间", "报告期", "年度")),
    "value": (mark("Value"), OfficeColumn("", 12, "right"), ("数值", "完成值", "实际值")),
    "source": (mark("Source of the figure"), OfficeColumn("", 26), ("数据来源", "来源", "source")),
}
"""Column → message id of its head, how it looks, and other heads by which a file may call it."""
_NEEDED = ("key", "period", "value", "source")
_HEAD_WITHIN = 12
_NOISE = re.compile(r"\d+\.\d{11,}")
_NOISE_PLACES = Decimal("0.0000000001")
_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "~": "≈"}


@dataclass(frozen=True, slots=True)
class RefusedValue:
    """One row that was not taken."""

    row: int
    """As Excel numbers it."""
    column: str
    """Key of the column that is to blame."""
    text: str
    """What stands in it."""
    message: str
    """Message id: what is wrong and what to do."""
    values: Mapping[str, object]

    def line(self, language: Translation) -> str:
        """Write it for a person."""
        return language.format(
            mark("row {row}, column {column}: {value!r} — {reason}"),
            row=self.row,
            column=language.gettext(_HEADS[self.column][0]),
            value=self.text,
            reason=language.format(self.message, **self.values),
        )


@dataclass(frozen=True, slots=True)
class ImportedSeries:
    """What came of a file; every row is counted once."""

    name: str
    taken: tuple[ReportedValue, ...]
    """New values, in the order of the file."""
    same: int
    """Rows that say what was reported before."""
    empty: int
    """Rows without a value."""
    refused: tuple[RefusedValue, ...]

    @property
    def rows(self) -> int:
        """Rows that the file has."""
        return len(self.taken) + self.same + self.empty + len(self.refused)


def write_series_form(
    office: Office,
    path: Path,
    period: str,
    *,
    language: Translation,
    plan_id: str | None = None,
    organisation: str | None = None,
    today: date | None = None,
) -> int:
    """Write the form of one period as Excel; what is known stands in it already, so nobody is asked twice.

    Where a target is a change on a baseline year whose amount is not known, a row asks for that year too.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    path : Path
        File to make or replace.
    period : str
        What is asked for.
    language : Translation
        Language of the form.
    plan_id, organisation : str, optional
        By default the plan in force, and every body.
    today : date, optional
        Legal day that stands on it.

    Returns
    -------
    int
        Rows to fill in.
    """
    asked, day = checked_period(period).label, today or office.today()
    plan = the_plan(office, plan_id)
    bodies = {} if language.is_chinese else {row.id: row.name_en for row in office.city.bodies}
    rows = [
        row
        for view in list_series(office, plan_id=plan.id, today=day)
        if organisation is None or view.facts.organisation_id in (None, organisation)
        for row in _form_rows(view, asked, bodies, language)
    ]
    title = language.format(mark("Indicators to report for {period}"), period=asked)
    table = OfficeTable(
        asked, title, [replace(look, title=language.gettext(head)) for head, look, _ in _HEADS.values()], rows,
        left=unit_line(office, language), right=date_line(day, language),
        foot=(language.gettext(mark("Fill in value and source. An amount is wanted as it is, not its change.")),),
        frozen_columns=3,
    )  # fmt: skip
    made = [
        (language.gettext(mark("Title")), title),
        (language.gettext(mark("Plan")), named(plan.title, plan.title_en, language)),
        (language.gettext(mark("Source tables")), "series, series_values"),
        (
            language.gettext(mark("Made at")),
            office.now().astimezone(office.city.zone).isoformat(sep=" ", timespec="seconds"),
        ),
    ]
    write_office_book(path, [table], how_made=made, simulated=office.simulated, language=language)
    return len(rows)


def import_series(
    office: Office,
    path: Path,
    *,
    by: str,
    plan_id: str | None = None,
    organisation: str | None = None,
    today: date | None = None,
) -> ImportedSeries:
    """Bring a filled form (Excel or CSV, UTF-8 or GBK) in: good rows at once, each bad one with its reason.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    path : Path
        The file; columns are known by their heads, indicators by their codes.
    by : str
        Who acts.
    plan_id : str, optional
        By default the plan in force.
    organisation : str, optional
        Body for which they may speak; rows of others are refused.
    today : date, optional
        Legal day.

    Raises
    ------
    CallerError
        When the file cannot be read or has no such columns.
    """
    lines, day = _lines(path), today or office.today()
    taken: list[ReportedValue] = []
    refused: list[RefusedValue] = []
    same = empty = 0
    with office.ledger.write() as session:
        lock(session)
        plan = required_plan(session, plan_id)
        for number, cells in lines:
            if not cells["value"]:
                empty += 1
                continue
            column = "key"
            try:
                series = own_series(session, plan.id, cells["key"], organisation)
                column = "period"
                span = checked_period(cells["period"])
                column = "value"
                value = _value(cells["value"], share=is_share(series.name, series.unit, change=series.change))
                column = "source" if not cells["source"] else "value"
                found = write_value(
                    session, series, span.label, value, cells["source"], by=by, at=office.now(), today=day
                )
                session.flush()
            except CallerError as error:
                refused.append(RefusedValue(number, column, cells[column], error.message, error.values))
                continue
            if found.new:
                taken.append(found)
            else:
                same += 1
    return ImportedSeries(path.name, tuple(taken), same, empty, tuple(refused))


def _form_rows(
    view: SeriesView, period: str, bodies: Mapping[str, str], language: Translation
) -> list[list[object]]:
    facts, known = view.facts, {row.period: row for row in view.points}
    asked = [period]
    if facts.change and facts.baseline_year is not None and str(facts.baseline_year) not in known:
        asked.insert(0, str(facts.baseline_year))
    latest = view.standing.latest
    rows: list[list[object]] = []
    for one in asked:
        held = known.get(one)
        last = "" if latest is None else f"{latest.period}: {latest.value.normalize():f}"
        unit = language.gettext(mark("amount")) if facts.change else facts.value_unit
        rows.append(
            [
                facts.key, facts.measure, facts.name_text(language),
                bodies.get(facts.organisation_id or "") or facts.organisation or "",
                target_text(view, language), last, unit, one, None if held is None else held.value,
                "" if held is None else held.source,
            ]
        )  # fmt: skip
    return rows


def target_text(view: SeriesView, language: Translation) -> str:
    """Write what an indicator has to reach."""
    facts = view.facts
    if facts.target is None:
        words = {Comparator.RISING.value: mark("rising"), Comparator.FALLING.value: mark("falling")}
        return language.gettext(words.get(facts.comparator, mark("no value")))
    aim = f"{_SIGNS.get(facts.comparator, '')}{facts.target.normalize():f}{facts.unit}"
    if facts.change:
        aim = language.format(mark("{aim} on {year}"), aim=aim, year=facts.baseline_year or "—")
    return (
        aim
        if facts.by is None
        else language.format(mark("{aim} by {day}"), aim=aim, day=day_text(facts.by, language))
    )


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows below the heads: number of the row, column key → text."""
    table = read_table(path, header_rows=0)
    numbers, rows = table.frame.get_column(ROW).to_list(), table.frame.drop(ROW).rows()
    for place, row in enumerate(rows[:_HEAD_WITHIN]):
        columns = _columns(row)
        if all(key in columns for key in _NEEDED):
            return [
                (int(numbers[at]), {key: (rows[at][column] or "").strip() for key, column in columns.items()})
                for at in range(place + 1, len(rows))
                if (rows[at][columns["key"]] or "").strip() and len(_filled(rows[at])) > 1
            ]
    needed = ", ".join(translation().gettext(_HEADS[key][0]) for key in _NEEDED)
    raise CallerError(
        "{path} is no form of indicators: none of its first lines has the columns {needed}. Use the form that was "
        "sent out.",
        path=path.name,
        needed=needed,
    )


def _filled(row: Sequence[str | None]) -> list[str]:
    return [cell for cell in row if cell]


def _columns(heads: Sequence[str | None]) -> dict[str, int]:
    """Column key → its place, by the head in any language."""
    names = {
        name.casefold(): key
        for key, (head, _, also) in _HEADS.items()
        for name in (*also, *(translation(locale).gettext(head) for locale in LOCALES))
    }
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        key = names.get("".join((head or "").split(" ")).casefold()) or names.get((head or "").strip().casefold())
        if key is not None:
            found.setdefault(key, place)
    return found


def _value(text: str, *, share: bool) -> Decimal:
    """Read a value; a sign of per cent is taken for a share, and the noise of a binary fraction is no digit."""
    plain = text.rstrip("%％") if share else text
    if _NOISE.fullmatch(plain):
        plain = f"{Decimal(plain).quantize(_NOISE_PLACES).normalize():f}"
    return checked_number(plain)
