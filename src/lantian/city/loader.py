"""Load a city from its folder, with a workspace's overlay on top (城市文件夹)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from lantian.city.crosscheck import Placed, check_placed
from lantian.city.datums import CGCS2000, to_cgcs2000
from lantian.city.files import Limits, record_of, rows_of, toml_of
from lantian.city.records import (
    Body,
    City,
    County,
    CountyGroup,
    EvaluationGroup,
    OutlineSource,
    Station,
)
from lantian.city.rows import BodyRow, CityFile, CountyRow, GroupRow, StationRow
from lantian.terms.errors import CallerError

Keyed = TypeVar("Keyed", CountyRow, BodyRow, StationRow, GroupRow)

SETTINGS = "city.toml"
OUTLINES = "outlines.geojson"


@dataclass(frozen=True, slots=True)
class _Table(Generic[Keyed]):
    """One file of the folder and the class of its lines."""

    name: str
    model: type[Keyed]


_COUNTIES = _Table("counties.csv", CountyRow)
_BODIES = _Table("bodies.csv", BodyRow)
_STATIONS = _Table("stations.csv", StationRow)
_GROUPS = _Table("groups.csv", GroupRow)


def list_cities() -> tuple[str, ...]:
    """List the keys of the packaged cities, in order.

    Examples
    --------
    >>> list_cities()
    ('changzhi', 'shizuishan')
    """
    return tuple(sorted(folder.name for folder in _packaged().iterdir() if (folder / SETTINGS).is_file()))


def load_city(key_or_folder: str | Path, overlay: Path | None = None, limits: Limits | None = None) -> City:
    """Load a city by its key, or from any folder of the same shape.

    Parameters
    ----------
    key_or_folder : str or Path
        Key of a packaged city (``changzhi``) or a folder that holds ``city.toml`` and its tables.
    overlay : Path, optional
        A workspace's ``city/`` folder. A line there replaces the line of the same key or adds one; a setting
        there replaces that setting; its ``rules/`` are read after the city's own. A folder that is not there
        overlays nothing.
    limits : Limits, optional
        How large a file may be.

    Returns
    -------
    City
        With every place in EPSG:4490.

    Raises
    ------
    CallerError
        If the city is not there or a file is at fault; the message lists every fault with its line, column and
        value, and what to do.

    Examples
    --------
    >>> city = load_city("changzhi")
    >>> city.name_zh, len(city.counties), city.jurisdictions
    ('长治市', 12, ('140400', '14', 'CN'))
    """
    limits = limits or Limits()
    base = _folder_of(key_or_folder)
    folders = [base]
    if overlay is not None and overlay.is_dir() and overlay.resolve() != base.resolve():
        folders.append(overlay.resolve())
    settings, datums = _settings(folders, limits)
    counties = _merged(_COUNTIES, folders, limits)
    bodies = _merged(_BODIES, folders, limits)
    stations = _merged(_STATIONS, folders, limits)
    groups = _merged(_GROUPS, folders, limits)
    check_placed(settings, counties, bodies, stations, groups, limits)
    return City(
        adcode=settings.adcode,
        key=base.name,
        name_zh=settings.name_zh,
        name_en=settings.name_en,
        province_zh=settings.province.name_zh,
        province_en=settings.province.name_en,
        zone=ZoneInfo(settings.zone),
        datum=CGCS2000,
        counties=tuple(County(**_fields(item.row)) for item in counties),
        bodies=tuple(Body(**_fields(item.row)) for item in bodies),
        stations=tuple(_station(item.row, datums[item.path.parent]) for item in stations),
        groups=tuple(EvaluationGroup(**_fields(item.row)) for item in groups),
        rule_variants=dict(settings.rule_variants),
        rule_folders=tuple(str(folder / "rules") for folder in folders if (folder / "rules").is_dir()),
        jurisdictions=settings.jurisdictions,
        county_groups=tuple(
            CountyGroup(key=key, **_fields(table)) for key, table in settings.county_groups.items()
        ),
        folders=tuple(str(folder) for folder in folders),
        outlines=_outlines(settings, folders),
    )


def _packaged() -> Path:
    return Path(str(files("lantian.cities")))


def _folder_of(key_or_folder: str | Path) -> Path:
    known = ", ".join(list_cities())
    if isinstance(key_or_folder, str) and key_or_folder in list_cities():
        return _packaged() / key_or_folder
    folder = Path(key_or_folder)
    if isinstance(key_or_folder, str) and len(folder.parts) < 2 and not folder.is_dir():
        raise CallerError(
            "no city is called {key_or_folder!r}; packaged are {known}, or name a folder that holds {SETTINGS}",
            key_or_folder=key_or_folder,
            known=known,
            SETTINGS=SETTINGS,
        )
    if not (folder / SETTINGS).is_file():
        raise CallerError(
            "{folder} is not a city: it holds no {SETTINGS}; packaged are {known} (docs/recipes/add-a-city.md)",
            folder=folder,
            SETTINGS=SETTINGS,
            known=known,
        )
    return folder.resolve()


def _settings(folders: Sequence[Path], limits: Limits) -> tuple[CityFile, dict[Path, str]]:
    """Read city.toml of every folder, later ones on top, and the datum of each folder's coordinates."""
    content: dict[str, Any] = {}
    datums: dict[Path, str] = {}
    checked = None
    for folder in folders:
        path = folder / SETTINGS
        if path.is_file():
            content = _deep_merged(content, toml_of(path, limits))
            checked = record_of(path, content, CityFile)
            _check_zone(path, checked.zone)
            _check_datum(path, checked.datum)
        if checked is None:
            raise CallerError(
                "{path} is missing: without it nothing is known of the city",
                path=path,
            )
        datums[folder] = checked.datum
    if checked is None:
        raise CallerError(
            "a city needs at least one folder",
        )
    return checked, datums


def _check_zone(path: Path, name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CallerError(
            "{path}: zone = {name!r} is no time zone; write one of the IANA names, for instance Asia/Shanghai",
            path=path,
            name=name,
        ) from error


def _check_datum(path: Path, name: str) -> None:
    try:
        to_cgcs2000(name)
    except CallerError as error:
        raise CallerError(
            "{path}: datum: {error}",
            path=path,
            error=error,
        ) from error


def _merged(table: _Table[Keyed], folders: Sequence[Path], limits: Limits) -> list[Placed[Keyed]]:
    """Read a table of every folder; a line replaces the earlier folder's line of the same key."""
    merged: dict[tuple[str, ...], Placed[Keyed]] = {}
    found = False
    for folder in folders:
        path = folder / table.name
        if not path.is_file():
            continue
        found = True
        seen: dict[tuple[str, ...], int] = {}
        for line, row in rows_of(path, table.model, limits):
            key = row.key()
            if key in seen:
                raise CallerError(
                    "{path}, line {line}: {key} stands already on line {seen}; keep one of them",
                    path=path,
                    line=line,
                    key=" ".join(key),
                    seen=seen[key],
                )
            seen[key] = line
            merged[key] = Placed(path, line, row)
    if not found:
        raise CallerError(
            "{folders} is missing; a city needs it (docs/city.md says what it holds)",
            folders=folders[0] / table.name,
        )
    return list(merged.values())


def _station(row: StationRow, datum: str) -> Station:
    longitude, latitude = to_cgcs2000(datum)(row.longitude, row.latitude)
    fields = _fields(row)
    fields["longitude"], fields["latitude"] = longitude, latitude
    fields["pollutants"] = tuple(str(pollutant) for pollutant in row.pollutants)
    return Station(**fields)


def _outlines(settings: CityFile, folders: Iterable[Path]) -> OutlineSource | None:
    holders = [folder for folder in folders if (folder / OUTLINES).is_file()]
    if not holders:
        return None
    path = holders[-1] / OUTLINES
    if settings.outlines is None:
        raise CallerError(
            "{path} has no [outlines] in {SETTINGS}; say its datum, origin and licence there",
            path=path,
            SETTINGS=SETTINGS,
        )
    return OutlineSource(name=str(path), **_fields(settings.outlines))


def _fields(row: Any) -> dict[str, Any]:
    """Return the fields of a checked row without turning its parts into text."""
    return {name: getattr(row, name) for name in type(row).model_fields}


def _deep_merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _deep_merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
