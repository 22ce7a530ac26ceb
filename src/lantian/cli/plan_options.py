"""What the commands of ``lantian plan`` share: who acts, which plan, which day, and how a deed is told."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import console, day, show_json
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House

By = Annotated[str, typer.Option("--by", help=mark("Who decides; kept in the chain of decisions."))]
PlanOption = Annotated[str | None, typer.Option(help=mark("Id of the plan; by default the one in force."))]
TodayOption = Annotated[
    str | None, typer.Option("--today", help=mark("Legal day that it is asked for; by default today."))
]
Month = Annotated[str, typer.Option("--month", help=mark("Month that is reported on, 2024-10."))]


def asked_day(house: "House", text: str | None) -> date:
    """Return the legal day that was asked for, by default the clock's."""
    return day(text) or house.office().today()


def default_actor() -> str:
    """Return who acts where nobody is named: the account of this machine."""
    import getpass

    return getpass.getuser()


def checked_file(path: Path, endings: Sequence[str]) -> None:
    """Refuse a file to be made whose name says another kind.

    Raises
    ------
    CallerError
        With the endings that do.
    """
    if path.suffix.lower() not in endings:
        raise CallerError(
            "{path} is made as {endings} only, and its name says otherwise. Give it that ending.",
            path=path, endings=" / ".join(endings),
        )  # fmt: skip


def tell(said: str, record: dict[str, Any], *, as_json: bool) -> None:
    """Print what was done, as words or as JSON."""
    if as_json:
        show_json(record)
    else:
        console().print(said, soft_wrap=True)
