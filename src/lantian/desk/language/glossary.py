"""One bilingual glossary: domain names for pages, docs and translators."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the trade."""

    term: str
    """Stable key: ``mda8``, ``pm25`` …"""
    group: str
    """``pollutant``, ``statistic``, ``index``, ``level``, ``validity``, ``stage``, ``place``,
    ``data`` or ``law``."""
    zh: str
    en: str
    definition: str
    """English, one sentence."""
    definition_zh: str = ""


@cache
def glossary() -> tuple[Term, ...]:
    """Return every term in the order of the file."""
    text = (files("lantian.desk.language") / "glossary.toml").read_text(encoding="utf-8")
    return tuple(Term(**row) for row in tomllib.loads(text)["term"])


def term_named(key: str) -> Term | None:
    """Return the term with this key, or None.

    Examples
    --------
    >>> term_named("mda8").zh
    '臭氧日最大8小时平均'
    """
    return next((row for row in glossary() if row.term == key), None)


def glossary_markdown() -> str:
    """Write the glossary as a Markdown table for the docs."""
    lines = ["| term | 中文 | English | meaning |", "|---|---|---|---|"]
    lines += [f"| `{row.term}` | {row.zh} | {row.en} | {row.definition} |" for row in glossary()]
    return "\n".join(lines) + "\n"
