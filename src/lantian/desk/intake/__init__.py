"""What does this table file say? Files become rows, rejects and a row-wise report; mappings are saved by name.

Reads CSV, TSV, TXT (UTF-8, GB18030), Excel, Parquet, JSON and XML rows, and mappings (TOML) from the workspace.
Writes rejects and mappings where the caller says. Nothing that was in a file is lost: what cannot be taken in
stands in the rejects with its row, column, value and reason.
"""

from lantian.desk.intake.applying import Applied, account, apply_mapping, reject_rows
from lantian.desk.intake.guessing import Guess, guess_mapping
from lantian.desk.intake.limits import Limits, Progress, no_progress
from lantian.desk.intake.mapping import (
    Mapping,
    StationColumn,
    TextColumn,
    TimeColumns,
    ValueColumn,
    list_mappings,
    load_mapping,
    save_mapping,
)
from lantian.desk.intake.report import REASONS, REJECT_SCHEMA, ROW, Report
from lantian.desk.intake.tables import Table, read_table

__all__ = [
    "REASONS",
    "REJECT_SCHEMA",
    "ROW",
    "Applied",
    "Guess",
    "Limits",
    "Mapping",
    "Progress",
    "Report",
    "StationColumn",
    "Table",
    "TextColumn",
    "TimeColumns",
    "ValueColumn",
    "account",
    "apply_mapping",
    "guess_mapping",
    "list_mappings",
    "load_mapping",
    "no_progress",
    "read_table",
    "reject_rows",
    "save_mapping",
]
