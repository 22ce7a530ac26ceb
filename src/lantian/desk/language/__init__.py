"""In which words do we speak to this reader? English message ids, a complete zh_CN catalogue, one glossary.

Reads the catalogue and the glossary that are packaged beside this module; writes nothing at run time.
``python -m lantian.desk.language extract`` brings the catalogue up to date (see ``docs/language.md``).
"""

from lantian.desk.language.catalogue import (
    DEFAULT_LOCALE,
    LOCALES,
    Translation,
    error_text,
    finding_text,
    translation,
)
from lantian.desk.language.glossary import Term, glossary, term_named
from lantian.terms.words import mark

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "Term",
    "Translation",
    "error_text",
    "finding_text",
    "glossary",
    "mark",
    "term_named",
    "translation",
]
