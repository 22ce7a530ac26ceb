"""``lantian aqi``: the index of every row of a table file, by the law of its date; needs no workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import JsonOption, speaking, words
from lantian.desk.language import mark, translation
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantian.cli.aqi_answer import Answer
    from lantian.loop.evaluate.given_rows import Averaging
    from lantian.rules import AqiRule, Choice, Rulebook

app = typer.Typer()
APPS = {"aqi": app}
ZONE = "Asia/Shanghai"
"""Zone of stamps without offset: the law's own, without summer time today."""


@app.command(
    help=mark(
        "AQI of every row of a table file; needs no workspace.\n\n"
        "The law is the one in force on the date as it is written: 2026-02-28 24:00 belongs to the 28th, "
        "2026-03-01 00:00 to the 1st. NA stands where the edition publishes no index; an empty cell is no value."
    )
)
def aqi(
    file: Annotated[
        Path,
        typer.Argument(
            help=mark(
                "CSV, Excel or Parquet with columns time, so2, no2, co, o3, pm10, pm25 (CO mg/m³, else µg/m³)."
            )
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=mark("Same rows with their index: .csv, .xlsx or .parquet."))
    ] = None,
    averaging: Annotated[
        str, typer.Option(help=mark("hour or day; auto: day if the times are dates or whole days apart."))
    ] = "auto",
    edition: Annotated[
        str,
        typer.Option(help=mark("auto: the edition in force on the date of each row; or the id of one for all.")),
    ] = "auto",
    variant: Annotated[
        str | None,
        typer.Option(
            help=mark("Reading of the rule, for hours before 2026-03-01: as_published (default) or text.")
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help=mark("Which column is which, where its name does not say so: pm25=NAME. May be repeated.")
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help=mark("Sheet of a workbook."))] = None,
    encoding: Annotated[
        str | None, typer.Option(help=mark("Encoding of a text file, if it is not found."))
    ] = None,
    language: Annotated[
        str | None, typer.Option(help=mark("zh_CN or en: names of the levels, and all words."))
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=0, help=mark("Rows that are shown; by default 20, with --json all of them."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """AQI of every row of a table file; needs no workspace."""
    from lantian.cli import aqi_files, aqi_report
    from lantian.cli.rows_out import check_target

    if averaging not in ("auto", "hour", "day"):
        raise CallerError(
            "--averaging {averaging!r}: say hour, day or auto",
            averaging=averaging,
        )
    if out is not None:
        check_target(out, file)
    with speaking(words() if language is None else translation(language)):
        answer = _judge(file, averaging, edition, variant, _named(column or []), sheet, encoding)
        written = () if out is None else aqi_files.write(answer, file, out)
        if as_json:
            aqi_report.print_json(answer, file, written, rows)
        else:
            aqi_report.print_report(answer, file, written, rows)


def _named(pairs: list[str]) -> dict[str, str]:
    """Read ``key=column`` pairs."""
    for pair in pairs:
        if "=" not in pair:
            raise CallerError(
                "--column {pair!r}: write the pollutant, an equals sign and the column: pm25=NAME",
                pair=pair,
            )
    return {key.strip().lower(): name for key, _, name in (pair.partition("=") for pair in pairs)}


def _judge(
    file: Path,
    averaging: str,
    edition: str,
    variant: str | None,
    named: dict[str, str],
    sheet: str | None,
    encoding: str | None,
) -> "Answer":
    """Read, find the columns, pick the law, judge."""
    from zoneinfo import ZoneInfo

    from lantian.cli.aqi_answer import Answer
    from lantian.desk.intake import read_table
    from lantian.loop.evaluate.given_columns import doubts_of_columns, find_columns, find_time
    from lantian.loop.evaluate.given_rows import averaging_of, judge_rows
    from lantian.rules import Choice, Rulebook

    book, zone = Rulebook.packaged(), ZoneInfo(ZONE)
    forced = None if edition == "auto" else _forced(book, edition, averaging, variant)
    table = read_table(file, sheet=sheet, encoding=encoding)
    time, has_hours = find_time(table.columns, named)
    guessed = averaging == "auto" and forced is None
    if forced is not None:
        period = forced.averaging
    elif averaging == "auto":
        period = "hour" if time is None else averaging_of(table.frame, time, zone, has_hours=has_hours)
    else:
        period = "day" if averaging == "day" else "hour"
    choice = Choice(variants={} if variant is None else {f"aqi_{period}": variant})
    rules = [forced] if forced is not None else _candidates(book, period, choice)
    given = find_columns(table.columns, table.units, rules, named)
    judged = judge_rows(
        table.frame,
        given.values,
        book,
        averaging=period,
        zone=zone,
        time=time,
        choice=choice,
        edition=forced,
        factors=given.factors,
    )
    _check_running([use.rule for use in judged.uses], given.values, table.name)
    findings = (*table.findings, *doubts_of_columns(table.frame, given, table.units, table.name))
    return Answer(table, time, given, judged, period, guessed, findings)


def _forced(book: "Rulebook", edition: str, averaging: str, variant: str | None) -> "AqiRule":
    """Find the one edition that is to judge every row."""
    from lantian.rules import AqiRule

    rule = book.by_id(edition)
    if not isinstance(rule, AqiRule):
        ids = ", ".join(row.id for subject in ("aqi_day", "aqi_hour") for row in book.editions(subject))
        raise CallerError(
            "{edition} is about {subject} and gives no index; choose one of {ids}",
            edition=edition,
            subject=rule.subject,
            ids=ids,
        )
    if averaging not in ("auto", rule.averaging):
        raise CallerError(
            "{edition} judges the {averaging}, and --averaging says {averaging_2}: leave one of the two out",
            edition=edition,
            averaging=rule.averaging,
            averaging_2=averaging,
        )
    if variant is not None and variant not in rule.variant:
        raise CallerError(
            "{edition} is not the variant {variant!r}: leave --variant or --edition out",
            edition=edition,
            variant=variant,
        )
    return rule


def _candidates(book: "Rulebook", averaging: "Averaging", choice: "Choice") -> list["AqiRule"]:
    """Editions that a date may pick."""
    from lantian.rules import AqiRule

    subject = f"aqi_{averaging}"
    editions = [row for row in book.editions(subject) if row.jurisdiction in choice.jurisdictions]
    wanted = choice.variant(subject)
    found = [row for row in editions if wanted in row.variant and isinstance(row, AqiRule)]
    if not found:
        known = ", ".join(sorted({name for row in editions for name in row.variant}))
        raise CallerError(
            "the rule of the {averaging} has no variant {wanted!r}; it has {known}",
            averaging=averaging,
            wanted=wanted,
            known=known,
        )
    return found


def _check_running(rules: list["AqiRule"], values: "Mapping[str, str]", name: str) -> None:
    """Refuse rows under a rule of running means when the file has none of them."""
    for rule in rules:
        absent = [
            row.key for row in rule.indicators if row.statistic.startswith("running") and row.key not in values
        ]
        if absent:
            raise CallerError(
                "{name} has no column {absent}, and {id} judges running means. Add them, name them with "
                "--column {absent_2}=NAME, or leave --variant out (as_published).",
                name=name,
                absent=", ".join(absent),
                id=rule.id,
                absent_2=absent[0],
            )
