"""Keep the catalogues current: extract marked messages, keep translations, say what is left to translate."""

import io
import os
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from lantian.desk.language.catalogue import DOMAIN, LOCALES
from lantian.desk.language.glossary import glossary
from lantian.terms.errors import CallerError

PACKAGE = Path(__file__).resolve().parents[2]
"""Folder whose Python files and templates are searched."""
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "mark": None,
    "gettext": None,
    **dict.fromkeys(
        ("CallerError", "HouseError", "PeerError", "RuleError", "Refused", "Stranger", "Forbidden", "NotFound")
    ),
    "format": None,  # Translation.format; patterns of other formatters have bare {} and are no messages
    "say": None,  # of a visit and of templates
    "ngettext": (1, 2),
}
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.j2", "jinja2.ext:babel_extract")]
_NOISE = "Generated-By|POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

Id = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one message of one catalogue."""

    locale: str
    id: str
    what: str


def catalogue_path(locale: str, folder: Path | None = None) -> Path:
    """Where the .po of a locale stands."""
    return (folder or Path(__file__).parent) / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def template_path(folder: Path | None = None) -> Path:
    """Where the .pot stands."""
    return (folder or Path(__file__).parent) / "messages.pot"


def extract(package: Path = PACKAGE) -> Catalog:
    """Collect every marked message of the package, with the files that use it."""
    found = Catalog(
        project="lantian", version="0", domain=DOMAIN, charset="utf-8", creation_date=_EPOCH, fuzzy=False
    )
    found.header_comment = "# Messages of Lantian 蓝天; made by `python -m lantian.desk.language extract`."
    messages = extract_from_dir(
        package,
        method_map=_METHODS,
        keywords=KEYWORDS,
        comment_tags=("translators:",),
        directory_filter=lambda folder: os.path.basename(folder) not in {"__pycache__", "zh_CN"},
    )
    for file, _, message, comments, context in sorted(
        messages, key=lambda row: (row[0].replace(os.sep, "/"), row[1])
    ):
        if not _is_pattern(message):
            found.add(message, None, [(file.replace(os.sep, "/"), 0)], auto_comments=comments, context=context)
    return found


def _is_pattern(message: str | tuple[str, ...]) -> bool:
    """Whether a text is a pattern of another formatter: our own messages name each of their places."""
    texts = (message,) if isinstance(message, str) else message
    try:
        return any("" in places(text) for text in texts if text)
    except ValueError:
        return False


def read_catalogue(path: Path, locale: str | None = None) -> Catalog:
    """Read a .po or .pot; an absent one is empty."""
    if not path.exists():
        return Catalog(locale=locale, domain=DOMAIN, project="lantian", charset="utf-8", creation_date=_EPOCH)
    return read_po(io.BytesIO(path.read_bytes()), locale=locale, domain=DOMAIN)


def update(package: Path = PACKAGE, folder: Path | None = None) -> list[Fault]:
    """Write .pot and every .po anew, keeping translations; names of the glossary are filled in.

    Returns
    -------
    list of Fault
        What is left to translate or to mend.
    """
    template = extract(package)
    _write(template_path(folder), template)
    terms = {row.en: row.zh for row in glossary()}
    for locale in LOCALES:
        if locale == "en":
            continue
        catalogue = read_catalogue(catalogue_path(locale, folder), locale)
        for message in list(catalogue.obsolete.values()):  # a message that returns brings its translation along
            if message.id in template and message.id not in catalogue:
                catalogue[message.id] = message
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.header_comment = "# Chinese messages of Lantian 蓝天."
        catalogue.revision_date = catalogue.creation_date = _EPOCH
        catalogue.version = "0"
        catalogue.fuzzy = False
        for message in _real(catalogue):
            if isinstance(message.id, str) and not message.string and message.id in terms:
                message.string = terms[message.id]
        _write(catalogue_path(locale, folder), catalogue)
    return faults(package, folder)


def fill(
    translations: Mapping[str, str],
    locale: str = LOCALES[0],
    folder: Path | None = None,
    *,
    known_only: bool = False,
) -> int:
    """Put translations into a catalogue by message id (a counted message by its singular); return how many.

    Parameters
    ----------
    translations : mapping
        Message id → translation; an empty one is passed over.
    locale : str
        Catalogue to fill.
    folder : Path, optional
        Folder of the catalogues; by default the packaged one.
    known_only : bool
        Pass over ids that are not in the catalogue, because the source has moved on, instead of refusing.

    Raises
    ------
    CallerError
        When an id is not in the catalogue: run ``extract`` first, or mend the spelling.
    """
    path = catalogue_path(locale, folder)
    catalogue = read_catalogue(path, locale)
    by_id = {_first(message): message for message in _real(catalogue)}
    unknown = sorted(set(translations) - set(by_id))
    if known_only:
        translations = {key: text for key, text in translations.items() if key in by_id}
    elif unknown:
        raise CallerError(
            "{n_unknown} ids are not in the {locale} catalogue, the first is {unknown!r}; nothing "
            "was written. Run `extract` first, and copy ids from `untranslated`.",
            n_unknown=len(unknown),
            locale=locale,
            unknown=unknown[0],
        )
    written = 0
    for key, text in translations.items():
        if not text:
            continue
        message = by_id[key]
        message.string = text if isinstance(message.id, str) else (text,) * catalogue.num_plurals
        message.flags.discard("fuzzy")
        written += 1
    _write(path, catalogue)
    return written


def untranslated(locale: str = LOCALES[0], folder: Path | None = None) -> dict[str, str]:
    """Return the ids without translation, each with an empty string: the form that `fill` takes back."""
    catalogue = read_catalogue(catalogue_path(locale, folder), locale)
    return {_first(message): "" for message in _real(catalogue) if _is_empty(message)}


def faults(package: Path = PACKAGE, folder: Path | None = None) -> list[Fault]:
    """List what keeps the catalogues from being current and complete."""
    template = extract(package)
    wanted = {message.id for message in _real(template)}
    written = {message.id for message in _real(read_catalogue(template_path(folder)))}
    found = [Fault("messages.pot", _text(key), "is not in the template: run extract") for key in wanted - written]
    found += [Fault("messages.pot", _text(key), "is no longer used: run extract") for key in written - wanted]
    for locale in LOCALES:
        if locale == "en":
            continue
        catalogue = read_catalogue(catalogue_path(locale, folder), locale)
        present = {message.id: message for message in _real(catalogue)}
        found += [
            Fault(locale, _text(key), "is not in the catalogue: run extract") for key in wanted - set(present)
        ]
        for key in wanted & set(present):
            found += [Fault(locale, _text(key), what) for what in _complaints(present[key])]
    return sorted(found, key=lambda row: (row.locale, row.id, row.what))


def places(text: str) -> set[str]:
    """Names of the ``{named}`` places in a message.

    Examples
    --------
    >>> sorted(places("row {row}: {value:.1f}"))
    ['row', 'value']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _complaints(message: Message) -> Iterator[str]:
    if _is_empty(message):
        yield "has no translation"
        return
    if message.fuzzy:
        yield "is marked fuzzy"
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    try:
        wanted = set().union(*(places(text) for text in ids))
    except ValueError:
        return  # braces that are no places: nothing to compare
    for text in strings:
        try:
            given = places(str(text))
        except ValueError:
            yield "has broken braces in its translation"
            continue
        if given != wanted:
            yield f"needs the places {sorted(wanted)} and its translation has {sorted(given)}"


def _is_empty(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return not strings or any(not str(text or "").strip() for text in strings)


def _real(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _text(key: object) -> str:
    return key if isinstance(key, str) else str(key[0]) if isinstance(key, (tuple, list)) else str(key)


def _write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue so that an unchanged one gives an unchanged file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, include_lineno=False, include_previous=False)
    text = re.sub(rf'^"({_NOISE}):.*\n', "", out.getvalue().decode("utf-8"), flags=re.MULTILINE)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")
