"""The frame of the command line: language, errors, exit codes.

Each command stands in a module of its own that imports what is heavy inside its function, so that help is fast.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
from rich.console import Console
from rich.markup import escape

import lantian
from lantian.cli.show import speaking
from lantian.desk.language import DEFAULT_LOCALE, Translation, error_text, mark, translation
from lantian.terms.errors import HouseError, LantianError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", mark("Simulate a city, judge its air and draw the picture.")),
    "serve": ("serve", mark("Serve a workspace: pages, instruments, schedule and jobs.")),
    "plan": ("plan", mark("The plan: read, confirm, who does what, sheets, status, admission.")),
    "aqi": ("aqi", mark("AQI of every row of a table file; needs no workspace.")),
    "pmf": ("pmf", mark("Factors of a table of species, with their errors; needs no workspace.")),
    "init": ("workspace", mark("Make a workspace for a city.")),
    "import": ("imports", mark("Bring station hours from a file into the workspace.")),
    "evaluate": ("evaluate", mark("Judge hours, days and periods by the law of their day.")),
    "rank": ("rank", mark("Order the counties of a period, with the change on last year.")),
    "calendar": ("calendar", mark("A year of days in the legal colours.")),
    "why": ("why", mark("Show how a number was made: rows, rule, rounding, reasons.")),
    "rules": ("rules", mark("The law as data: list, show, at a date.")),
    "gateway": ("gateway", mark("The door of the instruments: HJ 212 over TCP.")),
    "door": ("door", mark("The doors for files: give, list, show, retry, senders.")),
    "frame": ("frame_codec", mark("Frames of HJ 212: read bytes, write messages.")),
    "device": ("device", mark("A logger that speaks HJ 212 to a gateway: replays a file or simulates.")),
    "lake": ("lake", mark("Tables of the lake: list, history, compact, check.")),
    "export": ("export", mark("Write a table as CSV, Excel or Parquet.")),
    "paper": ("papers", mark("Papers of the office: daily brief, rankings, station tables, dispatch bulletin.")),
    "dust": ("dust", mark("Dust periods: list what is proposed, approve, withdraw.")),
    "sense": ("sense", mark("Instruments: health, gaps, review of data, marks, micro-stations.")),
    "inventory": (
        "inventory",
        mark("The book of sources: template, import, run, show, diff, check, trace, grid."),
    ),
    "twin": ("twin", mark("The simulated city: scenarios, sources, loggers, truth, score.")),
    "people": ("people", mark("Who may act here, with which roles, for which body.")),
    "jobs": ("jobs", mark("Runs of the schedule and of people: list, show, stop, retry.")),
    "audit": ("audit", mark("The chain of decisions: verify, print its head, list, export.")),
    "ledger": ("audit", mark("The database of decisions: what it is, bring it up to date.")),
    "settings": ("workspace", mark("Every setting, its value and where it comes from.")),
}
"""Command → module of this package that holds it in its ``APPS``, and its one-line help."""

_INTERRUPTED = 130
_COMPLETION = ("install_completion", "show_completion")
"""Options that Typer gives to every program; a command below the top is none."""


class _Commands(typer.core.TyperGroup):
    """Knows every command by its name and one line of help; imports its module only when it runs."""

    language: Translation

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # its own types are private to Typer
        """Find the command that was asked for, with a suggestion when there is none."""
        name, known, rest = super().resolve_command(ctx, args)
        return name, known if name is None else _command(name, self.language), rest


def _command(name: str, language: Translation) -> Any:
    """Import a command and put it into the reader's language."""
    module, words = COMMANDS[name]
    command: Any = typer.main.get_command(importlib.import_module(f"lantian.cli.{module}").APPS[name])
    command.name = name
    command.params = [row for row in command.params if row.name not in _COMPLETION]
    if not command.help or (language.is_chinese and language.gettext(command.help) == command.help):
        command.help = words  # a docstring that nobody marked is not in the catalogue
    _localise(command, language)
    return command


def _localise(command: Any, language: Translation) -> None:
    """Put every help text of a command and what is below it into the reader's language."""
    for name in ("help", "short_help"):
        if getattr(command, name, None):
            setattr(command, name, language.gettext(getattr(command, name)))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = language.gettext(parameter.help)
    for inner in getattr(command, "commands", {}).values():
        _localise(inner, language)


def command_line(language: Translation) -> _Commands:
    """Build the whole command line in one language."""
    app = typer.Typer(cls=_Commands, add_completion=False, no_args_is_help=True)

    @app.callback(
        help=language.gettext("Lantian runs a city's clean-air action plan."), invoke_without_command=True
    )
    def _top(
        version: bool = typer.Option(False, "--version", help=language.gettext("Print the version and stop.")),
    ) -> None:
        if version:
            typer.echo(f"lantian {lantian.__version__}")
            raise typer.Exit

    group = typer.main.get_command(app)
    if not isinstance(group, _Commands):
        msg = "Typer did not build the group of commands"
        raise TypeError(msg)
    group.language = language
    for name, (_, words) in COMMANDS.items():
        group.add_command(typer.core.TyperCommand(name, help=language.gettext(words)))
    group.context_settings = {"help_option_names": ["-h", "--help"]}
    return group


def run(arguments: Sequence[str], language: Translation) -> int:
    """Run a command in this process and return its exit code; every error becomes one clear sentence."""
    try:
        with speaking(language):
            command_line(language).main(list(arguments), prog_name="lantian", standalone_mode=True)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        if code == _INTERRUPTED:
            _errors().print(language.gettext("Stopped; what was complete is kept."))
        return code
    except LantianError as fault:
        return _said(fault, language)
    return 0


def main() -> None:
    """Run the command of this process's arguments and leave with 0, 1 (our fault) or 2 (wrong question)."""
    try:
        language = translation(os.environ.get("LANTIAN_LANGUAGE", DEFAULT_LOCALE))
    except LantianError as fault:
        sys.exit(_said(fault, translation()))
    sys.exit(run(sys.argv[1:], language))


def _said(fault: LantianError, language: Translation) -> int:
    """Print an error on the error stream and return its exit code."""
    kind = language.gettext("Our fault") if isinstance(fault, HouseError) else language.gettext("Cannot do this")
    _errors().print(f"[bold red]{kind}[/]: {escape(error_text(fault, language))}")
    return fault.exit_code


def _errors() -> Console:
    plain = Console(stderr=True, highlight=False)
    return plain if plain.is_terminal else Console(stderr=True, highlight=False, soft_wrap=True)
