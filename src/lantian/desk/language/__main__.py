"""Tool for the catalogues: ``extract``, ``check``, ``untranslated``, ``fill FILE`` and ``glossary``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from lantian.desk.language import extraction
from lantian.desk.language.glossary import glossary_markdown
from lantian.terms.errors import CallerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when the catalogues are complete, 1 when something is left to do."""
    parser = argparse.ArgumentParser(prog="python -m lantian.desk.language", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract", help="bring .pot and .po up to date, keep translations, list what is left")
    commands.add_parser("check", help="write nothing; fail when something is stale or untranslated")
    commands.add_parser("untranslated", help="print the open ids as JSON, ready to be filled")
    filling = commands.add_parser("fill", help="put a JSON object of id to translation into the catalogue")
    filling.add_argument("file", type=Path, help="JSON file, or - for standard input")
    filling.add_argument("--known-only", action="store_true", help="pass over ids that are no longer used")
    commands.add_parser("glossary", help="print the glossary as a Markdown table")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except CallerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command == "untranslated":
        sys.stdout.write(json.dumps(extraction.untranslated(), ensure_ascii=False, indent=1) + "\n")
        return 0
    if chosen.command == "glossary":
        sys.stdout.write(glossary_markdown())
        return 0
    if chosen.command == "fill":
        filled = extraction.fill(_translations(chosen.file), known_only=chosen.known_only)
        sys.stdout.write(f"{filled} translations written\n")
        left = extraction.faults()
    elif chosen.command == "extract":
        left = extraction.update()
    else:
        left = extraction.faults()
    for fault in left:
        sys.stdout.write(f"{fault.locale}: {fault.id!r} {fault.what}\n")
    sys.stdout.write(f"{len(left)} to do\n" if left else "catalogues are complete\n")
    return 1 if left and chosen.command == "check" else 0


def _translations(file: Path) -> dict[str, str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        rows = json.loads(text)
    except (OSError, ValueError) as error:
        raise CallerError(
            "{file} cannot be read as JSON ({error}). Give an object of message id to translation.",
            file=file,
            error=error,
        ) from error
    if not isinstance(rows, dict) or not all(isinstance(row, str) for row in rows.values()):
        raise CallerError(
            "{file} is not an object of message id to translation. See `untranslated` for the form.",
            file=file,
        )
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
