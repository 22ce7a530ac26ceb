"""The inventory of a simulated city comes in as a real one does: counties fill in workbooks (模拟排放清单).

What they report is made in `lantian.twin.reported`; the workbook, its reading row by row, amounts of monitors and
the calculation are those of the room `explain`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.desk.language import translation
from lantian.desk.paper.whole import whole_file
from lantian.loop.explain.cems import take_cems
from lantian.loop.explain.editions import DRAFT, Opened, list_editions, open_edition
from lantian.loop.explain.files import ReadPage, import_book, read_pages
from lantian.loop.explain.form import BookForm, write_book
from lantian.loop.explain.gridding import SURROGATES, read_surrogates
from lantian.loop.explain.keeping import book_of, of_edition, rows_of
from lantian.loop.explain.running import Computed, compute
from lantian.loop.explain.tables import INVENTORY_TOTALS
from lantian.science.inventory.records import Book
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.findings import Finding
from lantian.terms.words import mark
from lantian.twin.files import FOLDER
from lantian.twin.recipes import Recipes, read_recipes
from lantian.twin.registering import BY
from lantian.twin.reported import book_of_city, book_of_county, surrogates_of

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.explain.study import Study
    from lantian.twin.making import Making

Progress = Callable[[float, str], None]
_REASON = "inventory of the simulated city"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of bringing an inventory."""

    edition: str
    files: tuple[Path, ...] = ()
    """Workbooks of the counties and the city's that was joined of them; none where the book was there already."""
    written: int = 0
    """Rows of the book that are new, different or withdrawn."""
    measured: int = 0
    """Amounts of automatic monitors that are new, different or withdrawn."""
    computed: Computed | None = None
    """None where nothing had changed since it was computed."""
    findings: tuple[Finding, ...] = ()
    """Of monitors and of the run."""


def bring_inventory(
    house: "House",
    making: "Making",
    year: int = 2025,
    *,
    progress: Progress = lambda _share, _said: None,
) -> Brought | None:
    """Bring a year's inventory into a simulated workspace as offices do, and compute it; it stays a draft.

    Each county's workbook is filled in and read row by row; what they say is joined into the city's, which is
    imported. Amounts of automatic monitors are taken where the lake has days of outlets. An edition that was
    computed before is not imported again, so what a person has changed in it stays; one that was closed, or that
    somebody else opened, is left alone. Invented points that spread a county's sources on a grid come into the
    workspace's city folder.

    Parameters
    ----------
    house : House
        A simulated workspace of the city.
    making : Making
        Its catalogue and seed.
    year : int
        Of the inventory; its edition has the same key.
    progress : callable
        Told the share that is done, and what is being done.

    Returns
    -------
    Brought or None
        None for a city without ``twin_inventory.toml``.

    Raises
    ------
    CallerError
        The workspace is not simulated, or the city's file is faulty.
    HouseError
        A workbook of the twin itself was refused, which would be a fault of this program.
    """
    study, key = house.study(), str(year)
    if not study.simulated:
        raise CallerError(
            "{folder} is no simulated workspace, and invented sources must never stand beside real ones. Make one "
            "with `lantian init --simulated`.",
            folder=house.folder,
        )
    recipes = read_recipes(making.city, making.book)
    if recipes is None:
        return None
    held = next((row for row in list_editions(study) if row.key == key), None)
    if held is not None and (held.state != DRAFT or held.made_by != BY):
        return Brought(key)
    _give_surrogates(house, study, making)
    if held is None:
        open_edition(study, Opened(key, year, BY, _REASON))
    known = not study.lake.read(INVENTORY_TOTALS, columns=["edition"], where=of_edition(key)).is_empty()
    files: tuple[Path, ...] = ()
    written = 0
    if not known:
        files, written = _import(house, study, making, recipes, year, progress)
    progress(0.5, mark("amounts of automatic monitors"))
    measured, strange = take_cems(study, key)
    if known and not measured:
        progress(1.0, "")
        return Brought(key, findings=strange)
    said = mark("computing the inventory")
    made = compute(study, house.jobs, key, progress=lambda share, _said: progress(0.55 + 0.45 * share, said))
    return Brought(key, files, written, measured, made, (*strange, *made.findings))


def _import(
    house: "House", study: "Study", making: "Making", recipes: Recipes, year: int, progress: Progress
) -> tuple[tuple[Path, ...], int]:
    """Let the counties fill in their workbooks, join them, and import what came of it."""
    folder = house.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    rules = study.rules(year)
    book = book_of_city(making, recipes, rules, year)
    empty = rows_of(Book(book.edition, year, ()))
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in empty}
    reporting = {source.county for source in book.sources}
    counties = [county for county in making.city.counties if county.adcode in reporting]
    files: list[Path] = []
    for number, county in enumerate(counties):
        progress(0.35 * number / len(counties), mark("workbooks of the counties"))
        path = folder / f"inventory {year} {county.adcode}.xlsx"
        _fill(study, path, book_of_county(book, county.adcode), county.name_zh)
        for page in _clean(path, read_pages(making.city, path, rules, empty)):
            rows[page.table] += page.rows
        files.append(path)
    progress(0.35, mark("workbook of the city"))
    joined = replace(book_of(book.edition, year, rows), statistics=book.statistics)
    path = folder / f"inventory {year}.xlsx"
    _fill(study, path, joined, making.city.name_zh)
    done = import_book(study, book.edition, path)
    _clean(path, done.pages)
    return (*files, path), sum(done.written.values())


def _give_surrogates(house: "House", study: "Study", making: "Making") -> None:
    """Write the points that spread a county's sources into the workspace's city, where the city has none.

    They are invented, so they never stand in the packaged city that real workspaces share.
    """
    if not read_surrogates(study):
        with whole_file(house.folder / "city" / SURROGATES) as temporary:
            surrogates_of(making.catalogue).write_csv(temporary)


def _fill(study: "Study", path: Path, book: Book, place: str) -> None:
    """Fill the workbook of the room `explain` in."""
    speak = translation()
    title = speak.format(mark("{city} emission inventory {name}"), city=place, name=str(book.year))
    made_at = study.now().astimezone(study.city.zone)
    form = BookForm(book, title, study.city, study.rules(book.year), made_at, study.simulated)
    write_book(path, form, speak)


def _clean(path: Path, pages: Sequence[ReadPage]) -> Sequence[ReadPage]:
    """Return the pages of a workbook of which every row was taken."""
    for page in pages:
        if page.report.rows_rejected:
            raise HouseError(
                "{file}, which the twin wrote, was refused: {count} rows of {page}, for instance {row}.",
                file=path.name,
                count=page.report.rows_rejected,
                page=page.report.name,
                row=page.report.rejects.row(0),
            )
    return pages
