"""The report of an edition as an office would make it: sums, sectors, counties, methods, doubts (清单报告)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

import lantian
from lantian.desk.language import Translation, finding_text, translation
from lantian.desk.paper.office_table import OfficeColumn, OfficeTable, write_office_book
from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.queries import emissions, method_shares, totals, tree
from lantian.loop.explain.running import estimated
from lantian.loop.explain.study import Study
from lantian.loop.explain.wording import worded
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.science.inventory.checks import check_book
from lantian.science.inventory.speciation import speciated
from lantian.terms.findings import Severity
from lantian.terms.words import mark

_MAIN = ("so2", "nox", "voc", "pm25")
_WEAK = 0.5
"""From this share of confidence C on a cell is coloured. [1]"""
_DOUBTFUL = "#FFF4D6"
_FILLS = {Severity.ERROR: "#FBE3E0", Severity.WARNING: _DOUBTFUL, Severity.INFO: "#FFFFFF"}
_AMOUNT, _SHARE = "#,##0.00", "0.0%"


def write_report(study: Study, path: Path, key: str | None = None, *, language: Translation | None = None) -> Path:
    """Write the report of an edition as a workbook, with a sheet that says how it was made.

    Parameters
    ----------
    study : Study
        The room's scene.
    path : Path
        File to make or replace.
    key : str, optional
        Edition; by default the newest.
    language : Translation, optional
        By default Chinese.

    Raises
    ------
    CallerError
        No such edition, or none that was computed.
    """
    speak = language or translation()
    edition = find_edition(study, key)
    rows = emissions(study, edition.key)
    maker = _Report(
        study,
        edition.key,
        speak,
        edition.name if str(edition.year) in edition.name else f"{edition.name} · {edition.year}",
    )
    tables = [
        maker.sums(),
        maker.sectors(),
        maker.counties(),
        maker.methods(),
        maker.compounds(),
        maker.findings(),
    ]
    first = rows.row(0, named=True)
    how_made = [
        (speak.gettext(mark("Edition")), f"{edition.key} ({edition.state}) · {edition.made_by}: {edition.reason}"),
        (speak.gettext(mark("Units")), speak.gettext(mark(
            "t in the year; NOx as NO2; VOC as mass of the compounds; an empty cell is not known, never zero"))),
        (speak.gettext(mark("Intervals")), speak.gettext(mark(
            "log-normal errors, drawn together for all sources that share a factor; amounts are expectations"))),
        (speak.gettext(mark("Source tables")), "inventory_emissions, inventory_totals"),
        (speak.gettext(mark("Rule edition")), first["rules"]),
        (speak.gettext(mark("Run")), first["run_id"]),
        (speak.gettext(mark("Program version")), lantian.__version__),
        (speak.gettext(mark("Made at")), f"{study.now().astimezone(study.city.zone):%Y-%m-%d %H:%M}"),
    ]  # fmt: skip
    write_office_book(path, tables, how_made=how_made, simulated=study.simulated, language=speak)
    return path


class _Report:
    """One report at work."""

    def __init__(self, study: Study, key: str, language: Translation, title: str) -> None:
        self._study, self._key, self._language = study, key, language
        self._say = language.gettext
        self._title = title
        self._book, self._made = estimated(study, key)
        self._rules = study.rules(self._book.year)

    def _table(
        self, title: str, columns: Sequence[OfficeColumn], rows: Sequence[Sequence[object]],
        fills: Mapping[tuple[int, int], str] | None = None, unit: str = "t", foot: Sequence[str] = (),
    ) -> OfficeTable:  # fmt: skip
        day = self._study.lake.day_of(self._study.now())
        city = self._study.city.name_zh if self._language.is_chinese else self._study.city.name_en
        rows = [[self._cell(value) for value in row] for row in rows]
        return OfficeTable(
            name=title, title=f"{city} {self._title} · {title}", columns=columns, rows=rows,
            left=f"{self._say(mark('Unit'))}: {unit}", right=day.isoformat(), fills=fills or {}, foot=foot,
        )  # fmt: skip

    def _cell(self, value: object) -> object:
        """Write keys as words, and numbers with as many digits as they are worth."""
        if isinstance(value, float):
            return float(f"{value:.6g}")
        return worded(value, self._language) if isinstance(value, str) else value

    def _columns(self, *heads: tuple[str, float, str]) -> list[OfficeColumn]:
        return [
            OfficeColumn(self._say(title), width, "right" if number else "left", number)
            for title, width, number in heads
        ]

    def sums(self) -> OfficeTable:
        """Write sums of the city with intervals, and how much rests on confidence C."""
        rows = totals(self._study, self._key)
        columns = self._columns(
            (mark("Pollutant"), 12, ""), (mark("Amount (t)"), 16, _AMOUNT), (mark("Low"), 16, _AMOUNT),
            (mark("High"), 16, _AMOUNT), (mark("Confidence C"), 14, _SHARE),
        )  # fmt: skip
        picked = _in_order(rows).select("pollutant", "amount", "low", "high", "low_confidence").rows()
        foot = [self._say(mark("Coloured: more than half rests on numbers of confidence C."))]
        return self._table(self._say(mark("Sums of the city")), columns, picked, _weak(picked, 4), foot=foot)

    def sectors(self) -> OfficeTable:
        """Write the tree of the sectors for the main pollutants."""
        columns = self._columns(
            (mark("Pollutant"), 10, ""), (mark("Category"), 44, ""), (mark("Amount (t)"), 16, _AMOUNT),
            (mark("Share"), 10, _SHARE), (mark("Confidence C"), 14, _SHARE),
        )  # fmt: skip
        rows = [
            (pollutant, "　" * (level - 1) + self._name(code), amount, share, weak)
            for pollutant in _MAIN
            for code, level, amount, share, weak in tree(self._study, self._key, pollutant, depth=2).rows()
        ]
        return self._table(self._say(mark("Sectors")), columns, rows, _weak(rows, 4))

    def counties(self) -> OfficeTable:
        """Write sums of the counties."""
        rows = totals(self._study, self._key, kind="county").pivot("pollutant", index="code", values="amount")
        held = [pollutant for pollutant in INVENTORY_POLLUTANTS if pollutant in rows.columns]
        named = {each.adcode: each for each in self._study.city.counties}
        columns = self._columns(
            (mark("County or zone"), 18, ""), *((worded(name, self._language), 12, _AMOUNT) for name in held)
        )
        picked = []
        for code, *amounts in rows.sort("code").select("code", *held).rows():
            county = named.get(code)
            name = code if county is None else county.name_zh if self._language.is_chinese else county.name_en
            picked.append((name, *amounts))
        return self._table(self._say(mark("Counties")), columns, picked)

    def methods(self) -> OfficeTable:
        """Write which method each pollutant is known by."""
        columns = self._columns(
            (mark("Pollutant"), 12, ""), (mark("Method"), 24, ""), (mark("Amount (t)"), 16, _AMOUNT),
            (mark("Share"), 12, _SHARE),
        )  # fmt: skip
        rows = _in_order(method_shares(self._study, self._key))
        return self._table(self._say(mark("Methods")), columns, rows.select(rows.columns[:4]).rows())

    def compounds(self) -> OfficeTable:
        """Write VOC by groups that react alike."""
        groups, unknown = speciated(self._made.rows, self._rules)
        whole = sum(groups.values()) + unknown
        rows = [(name, amount, amount / whole if whole else None) for name, amount in groups.items()]
        rows.append((self._say(mark("no profile")), unknown, unknown / whole if whole else None))
        columns = self._columns(
            (mark("Group"), 34, ""), (mark("Amount (t)"), 16, _AMOUNT), (mark("Share"), 12, _SHARE)
        )
        foot = [f"{self._rules.voc.id}: {self._rules.voc.source}"]
        return self._table(self._say(mark("VOC by reactivity groups")), columns, rows, foot=foot)

    def findings(self) -> OfficeTable:
        """Write what a person should look at."""
        found = check_book(self._book, self._made.rows, self._rules, self._study.book_rule(self._book.year))
        every = [*self._made.findings, *found]
        columns = self._columns(
            (mark("Where"), 18, ""), (mark("Finding"), 90, ""), (mark("It may be right because"), 60, "")
        )
        rows = [
            (each.where, finding_text(each, self._language), self._say(each.competing_explanation or ""))
            for each in every
        ]
        fills = {(n, 0): _FILLS[each.severity] for n, each in enumerate(every)}
        return self._table(self._say(mark("Findings")), columns, rows, fills, unit="—")

    def _name(self, code: str) -> str:
        row = self._rules.categories.get(code)
        return code if row is None else row.name_zh if self._language.is_chinese else row.name


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("pollutant").replace_strict({name: n for n, name in enumerate(INVENTORY_POLLUTANTS)})
    return rows.sort(order, pl.col("amount"), descending=[False, True])


def _weak(rows: Sequence[Sequence[object]], place: int) -> dict[tuple[int, int], str]:
    """Colour shares of confidence C that are more than half."""
    return {
        (n, place): _DOUBTFUL
        for n, row in enumerate(rows)
        if isinstance(row[place], float) and row[place] > _WEAK  # type: ignore[operator]
    }
