"""The one place that builds settings, clocks, city, rulebook, lake and ledger for the doors."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lantian.city.loader import load_city
from lantian.city.records import City
from lantian.desk.intake import Limits
from lantian.desk.jobs import Jobs
from lantian.ledger import Ledger
from lantian.ledger.chain import day_head
from lantian.ledger.files import FileLimits, FileStore
from lantian.ledger.vault import Vault, new_secret
from lantian.loop.evaluate.bringing import Destination
from lantian.loop.evaluate.events import dust_days, list_dust
from lantian.loop.evaluate.queries import newest_hour
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import TABLES as EVALUATE_TABLES
from lantian.loop.explain.receptor_tables import RECEPTOR_TABLES
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_TABLES
from lantian.loop.plan.office import Office
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.quality_tables import QUALITY_TABLES
from lantian.rules import Choice, Rulebook
from lantian.rules.records import StateRule
from lantian.settings import (
    FILE_NAME,
    Settings,
    add_secret,
    check_database,
    read_settings,
    write_secrets,
    write_settings,
)
from lantian.store.lake import Lake
from lantian.store.tables import AMBIENT_HOURS, FACT_TABLES
from lantian.terms.errors import CallerError, HouseError

FOLDERS = ("city", "lake", "journal", "files", "exports", "models", "logs")
LEDGER_FILE = "ledger.db"
REJECTS = Path("files", "rejects")
"""Folder of a workspace for rows that could not be taken."""
OWN_CITY = "own"
"""Name of a city whose files stand in the workspace itself."""


def wall_clock() -> datetime:
    """Return the instant of the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """An open workspace with everything a door needs to ask its rooms."""

    folder: Path
    settings: Settings
    city_base: str
    """Packaged city by its key, or the folder with its files, below the workspace's own ``city/``."""
    city: City
    rulebook: Rulebook
    choice: Choice
    """Which jurisdictions and variants the city judges by."""
    lake: Lake
    ledger: Ledger
    files: FileStore
    jobs: Jobs
    now: Callable[[], datetime]
    """Wall clock."""
    _newest: dict[int, datetime | None] = field(default_factory=dict, repr=False)
    """Version of the hours' table → end of its newest hour."""

    def city_now(self) -> datetime:
        """Clock of the data in the city's zone: the wall's, or of a simulated city the end of the newest hour."""
        if not self.settings.simulated:
            return self.now().astimezone(self.city.zone)
        version = self.lake.version(AMBIENT_HOURS)
        if version not in self._newest:
            held = newest_hour(self.lake)
            self._newest.clear()
            self._newest[version] = None if held is None else held + timedelta(hours=1)
        return (self._newest[version] or self.now()).astimezone(self.city.zone)

    def chain_head(self) -> str:
        """Head of the chain of decisions at this moment, to be printed on papers."""
        return str(day_head(self.ledger, self.lake.day_of(self.now()), self.city.zone))

    def scene(self) -> Scene:
        """Place, law, store and approved dust days, as the room `evaluate` wants them now."""
        days = dust_days(list_dust(self.ledger), self.city.zone)
        return Scene(self.city, self.rulebook, self.choice, self.lake, days)

    def office(self) -> Office:
        """Place, law, stores and clock, as the room `plan` wants them."""
        return Office(
            self.city,
            self.rulebook,
            self.choice,
            self.lake,
            self.ledger,
            self.files,
            self.now,
            simulated=self.settings.simulated,
            city_now=self.city_now,
        )

    def centre(self) -> Centre:
        """Place, law, stores and clock, as the room `sense` wants them for what data are worth."""
        return Centre(
            self.city,
            self.rulebook,
            self.choice,
            self.lake,
            self.ledger,
            self.now,
            simulated=self.settings.simulated,
            city_now=self.city_now,
        )

    def destination(self) -> Destination:
        """Where files of station hours go."""
        states = [rule for rule in self.rulebook.editions("gas_state") if isinstance(rule, StateRule)]
        most = self.settings
        return Destination(
            city=self.city,
            city_name=self.city_base,
            overlay=self.folder / "city",
            rejects=self.folder / REJECTS,
            lake=self.lake,
            ledger=self.ledger,
            jobs=self.jobs,
            state_rules=tuple(states),
            limits=Limits(
                bytes=most.import_max_bytes,
                rows=most.import_max_rows,
                columns=most.import_max_columns,
                cells=max(Limits().cells, 20 * most.import_max_rows),
            ),
        )

    def study(self) -> Study:
        """Place, law, stores and clock, as the room `explain` wants them."""
        return Study(
            self.city,
            self.rulebook,
            self.choice,
            self.lake,
            self.ledger,
            self.now,
            simulated=self.settings.simulated,
        )

    def close(self) -> None:
        """Give files and connections back."""
        self.ledger.close()


def make_workspace(
    folder: Path,
    city: str,
    *,
    simulated: bool,
    ledger_url: str | None = None,
    now: Callable[[], datetime] = wall_clock,
) -> House:
    """Make a workspace in an empty or new folder and open it; a city of one's own is copied into it.

    Raises
    ------
    CallerError
        If the folder is already a workspace, or holds something else, or the database is another workspace's.
    """
    if (folder / FILE_NAME).exists():
        raise CallerError(
            "{folder} is already a workspace. Use it with --workspace, or choose another folder.",
            folder=folder,
        )
    if folder.exists() and any(folder.iterdir()):
        raise CallerError(
            "{folder} is not empty, and a workspace wants a folder of its own. Choose another one.",
            folder=folder,
        )
    load_city(city)
    source = Path(city) if Path(city).is_dir() else None
    name = city if source is None else OWN_CITY
    server = _server_of(ledger_url, read_settings(folder))
    if server is not None:  # before a folder is made: it may say no
        _make_ledger(server, name, simulated=simulated, at=now())
    folder.mkdir(parents=True, exist_ok=True)
    for part in FOLDERS:
        (folder / part).mkdir(exist_ok=True)
    if source is not None:  # the workspace can be moved and backed up as a whole
        shutil.copytree(source, folder / "city", dirs_exist_ok=True)
    write_secrets(folder, ledger_url, new_secret())
    if server is None:
        _make_ledger(Ledger(folder / LEDGER_FILE), name, simulated=simulated, at=now())
    write_settings(folder, Settings(city=name, simulated=simulated))
    return open_workspace(folder, now=now)


def _make_ledger(ledger: Ledger, city: str, *, simulated: bool, at: datetime) -> None:
    try:
        ledger.make(city, simulated=simulated, at=at)
        held = ledger.identity()
    finally:
        ledger.close()
    if held != (city, simulated):
        raise CallerError(
            "The database {path} already is the ledger of {city!r}, simulated={simulated}, and that is for ever. "
            "Name an empty one.",
            path=ledger.name,
            city=held[0],
            simulated=held[1],
        )


def _server_of(given: str | None, settings: Settings) -> Ledger | None:
    """Return the ledger on a database server, where one is given or set."""
    if given is not None:
        check_database(given)
        return Ledger(given)
    if settings.ledger_url is None:
        return None
    return Ledger(settings.ledger_url.get_secret_value(), _vault_of(settings))


def _ledger_of(folder: Path, settings: Settings) -> Ledger:
    return _server_of(None, settings) or Ledger(folder / LEDGER_FILE, _vault_of(settings))


def _vault_of(settings: Settings) -> Vault | None:
    secret = settings.workspace_secret
    return None if secret is None else Vault(secret.get_secret_value())


def ensure_secret(folder: Path) -> bool:
    """Give a workspace of an older Lantian the secret that keys are sealed with; say whether it had none."""
    return add_secret(folder, new_secret())


def ledger_alone(folder: Path) -> Ledger:
    """Open the ledger of a workspace by itself, of whatever edition it is, for its upkeep.

    Raises
    ------
    CallerError
        If the folder is no workspace.
    """
    _check_workspace(folder)
    return _ledger_of(folder, read_settings(folder))


def _check_workspace(folder: Path) -> None:
    if not (folder / FILE_NAME).exists():
        raise CallerError(
            "{folder} is not a workspace: it has no {FILE_NAME}. Make one with `lantian init`, or "
            "name another with --workspace.",
            folder=folder,
            FILE_NAME=FILE_NAME,
        )


def open_workspace(folder: Path, now: Callable[[], datetime] = wall_clock) -> House:
    """Open a workspace.

    Raises
    ------
    CallerError
        If the folder is no workspace.
    HouseError
        If its settings say another city or kind than its ledger.
    """
    _check_workspace(folder)
    settings = read_settings(folder)
    ledger = _ledger_of(folder, settings)
    city_key, simulated = ledger.identity()
    if (settings.city, settings.simulated) != (city_key, simulated):
        ledger.close()
        raise HouseError(
            "{folder} was made for city {city_key!r}, simulated={simulated}, and that is for ever; "
            "its settings now say city {city!r}, simulated={simulated_2}. Put them back or make a "
            "new one.",
            folder=folder,
            city_key=city_key,
            simulated=simulated,
            city=settings.city,
            simulated_2=settings.simulated,
        )
    overlay = folder / "city"
    base = str(overlay) if settings.city == OWN_CITY else settings.city
    city = load_city(base, overlay)
    lake = Lake(
        folder / "lake",
        (*FACT_TABLES, *EVALUATE_TABLES, *QUALITY_TABLES, *INVENTORY_TABLES, *RECEPTOR_TABLES),
        zone=city.zone,
        now=now,
        simulated=simulated,
        wait=settings.lock_wait_seconds,
    )
    return House(
        folder=folder,
        settings=settings,
        city_base=base,
        city=city,
        rulebook=Rulebook.load([Path(each) for each in city.rule_folders]),
        choice=choice_of(city),
        lake=lake,
        ledger=ledger,
        files=FileStore(folder / "files", ledger, FileLimits(max_bytes=settings.file_max_bytes)),
        jobs=Jobs(ledger, now),
        now=now,
    )


def choice_of(city: City, variants: Mapping[str, str] | None = None) -> Choice:
    """Return the law that a city judges by: its jurisdictions, most specific first, and its variants."""
    return Choice(jurisdictions=city.jurisdictions, variants={**city.rule_variants, **(variants or {})})
