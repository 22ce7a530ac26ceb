"""Message catalogues: read from .po once a process, kept as gettext tables."""

import io
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from lantian.desk.language.glossary import glossary
from lantian.terms.errors import CallerError, HouseError, LantianError
from lantian.terms.findings import Finding

LOCALES: tuple[str, ...] = ("zh_CN", "en")
"""Languages that every page and every export speaks; the first is the default."""
DEFAULT_LOCALE = LOCALES[0]
DOMAIN = "lantian"


@dataclass(frozen=True, slots=True)
class Translation:
    """One reader's language; `gettext` falls back to the glossary and then to the English id."""

    name: str
    """Locale name: ``zh_CN`` or ``en``."""
    _messages: NullTranslations
    _terms: Mapping[str, str]

    def gettext(self, message: str) -> str:
        """Return the message in this language.

        Examples
        --------
        >>> translation("zh_CN").gettext("ozone")
        '臭氧'
        >>> translation("en").gettext("ozone")
        'ozone'
        """
        if not message:
            return ""
        found = str(self._messages.gettext(message))
        return self._terms.get(message, message) if found == message else found

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return the form of a counted message; `count` is not put in, format it yourself."""
        return str(self._messages.ngettext(singular, plural, count))

    def format(self, message: str, /, **values: object) -> str:
        """Translate a message id with ``{named}`` places and fill them; a place without value stays as it is.

        Examples
        --------
        >>> translation("en").format("row {row}: {what}", row=3)
        'row 3: {what}'
        """
        return _SafeFormatter().vformat(self.gettext(message), (), values)

    def term(self, key: str) -> str:
        """Return the name of a glossary term by its key, for instance ``pm25`` or ``composite_index``."""
        for row in glossary():
            if row.term == key:
                return row.zh if self.name.startswith("zh") else row.en
        return self.gettext(key)

    @property
    def is_chinese(self) -> bool:
        """Whether names and dates should be written the Chinese way."""
        return self.name.startswith("zh")


class _SafeFormatter(string.Formatter):
    """`str.format` that leaves a place it has no value for, because a message must never break a page."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:  # noqa: ARG002 # its shape
        if isinstance(key, str) and key in kwargs:
            return kwargs[key]
        return _Unfilled(str(key))


class _Unfilled:
    """Prints as the place it came from, whatever its format says."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __format__(self, spec: str) -> str:
        return "{" + self._key + "}"

    def __str__(self) -> str:
        return "{" + self._key + "}"

    def __getattr__(self, name: str) -> "_Unfilled":
        return self


def finding_text(finding: Finding, language: Translation) -> str:
    """Write a finding for a person: its message id translated, the places filled from its evidence."""
    return language.format(finding.message, **finding.evidence)


def error_text(error: LantianError, language: Translation) -> str:
    """Write an error for a person: its message id translated, its values put in."""
    if not error.values:
        return language.gettext(error.message)
    return language.format(error.message, **error.values)


def translation(locale: str = DEFAULT_LOCALE) -> Translation:
    """Return the language that a locale name means: ``zh``, ``zh-CN``, ``zh_Hans_CN``, ``en_GB`` …

    Raises
    ------
    CallerError
        When we do not speak it.

    Examples
    --------
    >>> translation("zh-Hans").name, translation("en-GB").name
    ('zh_CN', 'en')
    """
    return _load(_known(locale))


def _known(locale: str) -> str:
    if locale in LOCALES:
        return locale
    try:
        parsed = Locale.parse(locale.replace("-", "_").split(".")[0])
    except (UnknownLocaleError, ValueError):
        parsed = None
    for name in LOCALES:
        if parsed is not None and name.split("_")[0] == parsed.language:
            return name
    raise CallerError(
        "No language {locale!r} here: pages and exports speak {LOCALES}. Choose one of these.",
        locale=locale,
        LOCALES=", ".join(LOCALES),
    )


@cache
def _load(name: str) -> Translation:
    if name == "en":
        return Translation(name, NullTranslations(), {})
    source = files("lantian.desk.language") / name / "LC_MESSAGES" / f"{DOMAIN}.po"
    try:
        text = source.read_bytes()
    except OSError as error:
        raise HouseError(
            "The {name} catalogue is missing from the installation ({error}). Install lantian again.",
            name=name,
            error=error,
        ) from error
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=name, domain=DOMAIN))
    compiled.seek(0)
    terms = {row.en: row.zh for row in glossary()}
    return Translation(name, Translations(compiled, domain=DOMAIN), terms)
