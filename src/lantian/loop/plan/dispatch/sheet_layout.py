"""What stands on a dispatch sheet (调度表): its columns, the words of its choices and the codes of its rows.

A sheet is written by `sheet_files` and read back by `sheet_reading`; both look here, so that what goes out can
always come back. A row is known again by its code, wherever it was moved; the hidden page only proves it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.dates import format_date, format_skeleton

from lantian.desk.language import LOCALES, Translation, translation
from lantian.terms.words import mark

HIDDEN = "_lantian"
"""Name of the hidden page with the ids."""
FORM = "lantian dispatch sheet 1"
"""First cell of the hidden page."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = re.compile(r"P?\d{4}-[0-9A-HJKMNP-TV-Z]{8}")
_SAID_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a page."""

    key: str
    heading: str
    """Message id."""
    width: float
    """Characters of Excel's measure."""
    filled_in: bool = False
    """Whether its cells are the body's to fill in."""
    also: tuple[str, ...] = ()
    """Other headings by which a returned file may call it."""


DUTY_COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn("number", mark("No."), 4.5, also=("序号",)),
    SheetColumn("code", mark("Report code"), 11, also=("填报码", "编码")),
    SheetColumn("title", mark("Key task"), 15, also=("重点任务",)),
    SheetColumn("role", mark("Role"), 6, also=("职责",)),
    SheetColumn("words", mark("What is to be done"), 20, also=("责任内容",)),
    SheetColumn("targets", mark("Dates and targets"), 21, also=("完成时限及目标",)),
    SheetColumn("projects", mark("Projects"), 11, also=("项目情况",)),
    SheetColumn("last", mark("Last accepted report"), 18, also=("上期情况",)),
    SheetColumn("remark", mark("Review remark"), 12, also=("审核意见",)),
    SheetColumn("progress", mark("Progress"), 27, True, ("进展情况", "工作进展")),
    SheetColumn("share", mark("Share done (%)"), 8.5, True, ("完成比例(%)", "完成比例")),
    SheetColumn("claimed", mark("State of work"), 8, True, ("状态", "工作状态")),
    SheetColumn("problems", mark("Problems"), 16, True, ("存在问题",)),
    SheetColumn("next_step", mark("Next step"), 16, True, ("下一步", "下一步工作", "下一步计划")),
    SheetColumn("spent", mark("Spent (10,000 yuan)"), 10, True, ("已用资金(万元)", "已用资金")),
)
PROJECT_COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn("number", mark("No."), 4.5, also=("序号",)),
    SheetColumn("code", mark("Report code"), 12, also=("填报码", "编码")),
    SheetColumn("title", mark("Key task"), 22, also=("重点任务",)),
    SheetColumn("serial", mark("List no."), 8, also=("清单编号",)),
    SheetColumn("name", mark("Project"), 26, also=("项目名称",)),
    SheetColumn("place", mark("Place"), 20, also=("地点",)),
    SheetColumn("due", mark("Due"), 11, also=("期限", "完成时限")),
    SheetColumn("planned", mark("Planned (10,000 yuan)"), 12, also=("计划资金(万元)",)),
    SheetColumn("state", mark("State of work"), 10, True, ("状态", "工作状态")),
    SheetColumn("done_on", mark("Finished on"), 11, True, ("完成日期", "完成时间")),
    SheetColumn("spent", mark("Spent (10,000 yuan)"), 12, True, ("已用资金(万元)", "已用资金")),
    SheetColumn("note", mark("Note"), 24, True, ("备注",)),
)
SAME = ("title", "role", "words")
"""Columns of a duty's row that must still stand beside its code."""
SAME_PROJECT = ("title", "serial", "name")

CLAIMS: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "difficult": mark("in difficulty"),
}
"""State of a report → message id."""
PROJECT_STATES: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "stopped": mark("stopped"),
}
"""State of a project that its body may choose → message id; only the office drops one."""
ROLES: Mapping[str, str] = {
    "lead": mark("leads"),
    "cooperate": mark("cooperates"),
    "implement": mark("carries out"),
}
_CLAIM_WORDS: Mapping[str, tuple[str, ...]] = {
    "not_started": ("未启动", "未开始", "未开工", "尚未启动"),
    "under_way": ("推进中", "进行中", "正在推进", "在建", "实施中", "正常推进"),
    "done": ("已完成", "完成", "完工", "已完工", "completed", "finished"),
    "difficult": ("有困难", "困难", "滞后", "受阻"),
    "stopped": ("已停止", "停止", "停建", "已停建"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row of a page: what it is about, what its cells say, and which of them are marked as wrong."""

    code: str
    id: str
    """Of the duty or the project; empty where nobody knows the code."""
    cells: Mapping[str, Any]
    marks: Mapping[str, str] = field(default_factory=dict)
    """Column → why its cell was not taken, in the reader's words."""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """All that one body's sheet of one month says."""

    sheet_id: str
    plan_id: str
    plan: str
    """Title of the plan, in the reader's language."""
    month: str
    organisation_id: str
    organisation: str
    due: date
    duties: Sequence[SheetLine]
    projects: Sequence[SheetLine]
    finished: int
    """Duties accepted as done, which are not asked for again."""
    simulated: bool


def report_code(kind: str, identifier: str, month: str) -> str:
    """Return the code of a row: month and eight signs that belong to one duty (or project, ``P``) only.

    Examples
    --------
    >>> report_code("duty", "019ca6b1-dc00-7000-8000-000000000000", "2024-10")
    '2410-VEP1RSZC'
    """
    digest = int.from_bytes(hashlib.sha256(f"{kind}:{identifier}:{month}".encode()).digest()[:5], "big")
    signs = "".join(_ALPHABET[digest >> 5 * place & 31] for place in range(8))
    return f"{'P' if kind == 'project' else ''}{month[2:4]}{month[5:7]}-{signs}"


def read_code(text: str) -> str | None:
    """Read a code as people may have retyped it: full-width, small, with blanks, O for 0; None where it is none.

    Examples
    --------
    >>> read_code(" ２４１０—68yx8ck3 "), read_code("合计")
    ('2410-68YX8CK3', None)
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    plain = re.sub("[‐‑‒–—―−_]+", "-", plain)
    code = plain.translate(_SAID_ALIKE)
    return code if _CODE.fullmatch(code) else None


def month_of_code(code: str) -> str:
    """Return the month that a code is for.

    Examples
    --------
    >>> month_of_code("P2410-68YX8CK3")
    '2024-10'
    """
    digits = code.removeprefix("P")
    return f"20{digits[:2]}-{digits[2:4]}"


def same_text(text: object) -> str:
    r"""Text for comparing: half-width, no blanks at all.

    Examples
    --------
    >>> same_text(" Ａ 级（甲）\n") == same_text("A级(甲)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", "" if text is None else str(text)).split())


def row_checksum(line: SheetLine, keys: Sequence[str]) -> str:
    """Return the checksum that the hidden page keeps of a row's id and of the cells that must stay beside it."""
    said = "\x1f".join([line.code, line.id, *(same_text(line.cells.get(key)) for key in keys)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def head_checksum(sheet_id: str, plan_id: str, month: str, organisation_id: str) -> str:
    """Return the checksum of what the hidden page says of the whole sheet."""
    said = "\x1f".join([FORM, sheet_id, plan_id, month, organisation_id])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def column_named(heading: str, columns: Sequence[SheetColumn]) -> SheetColumn | None:
    """Return the column that a heading means, in either language and by its other names.

    Examples
    --------
    >>> column_named("完成比例（％）", DUTY_COLUMNS).key, column_named("share done (%)", DUTY_COLUMNS).key
    ('share', 'share')
    """
    wanted = same_text(heading).lower().rstrip("*")
    for column in columns:
        names = {
            column.heading,
            *column.also,
            *(translation(locale).gettext(column.heading) for locale in LOCALES),
        }
        if wanted in {same_text(name).lower() for name in names}:
            return column
    return None


def state_named(text: str, states: Mapping[str, str]) -> str | None:
    """Return the state that a word means, in either language and by its usual other words.

    Examples
    --------
    >>> state_named(" 已完成 ", CLAIMS), state_named("Under way", CLAIMS), state_named("好", CLAIMS)
    ('done', 'under_way', None)
    """
    wanted = same_text(text).lower()
    for key, message in states.items():
        spoken = [translation(locale).gettext(message) for locale in LOCALES]
        if wanted in {same_text(word).lower() for word in (key, message, *spoken, *_CLAIM_WORDS[key])}:
            return key
    return None


def day_text(day: date, language: Translation) -> str:
    """Write a day as an office does: 2024年10月31日.

    Examples
    --------
    >>> day_text(date(2024, 10, 31), translation("zh")), day_text(date(2024, 10, 31), translation("en"))
    ('2024年10月31日', '31 October 2024')
    """
    return format_date(day, "long" if language.is_chinese else "d MMMM y", locale=language.name)


def month_text(month: str, language: Translation) -> str:
    """Write a month as an office does: 2024年10月.

    Examples
    --------
    >>> month_text("2024-10", translation("zh")), month_text("2024-10", translation("en"))
    ('2024年10月', 'October 2024')
    """
    first = date(int(month[:4]), int(month[5:7]), 1)
    if language.is_chinese:
        return f"{first.year}年{first.month}月"
    return format_skeleton("yMMMM", first, locale=language.name)
