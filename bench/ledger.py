"""How fast are the heaviest views of a plan? 100 bodies × 1,000 duties × months of reports, on both databases.

The rival is the driver itself: the very statements of a view, with their values, run again through the bare
driver's cursor and fetched as plain tuples. Prints one JSON line. ``--full``: 24 months (2.4 million).
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from lantian.city.loader import load_city
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.ledger.models import (
    Duty,
    Escalation,
    Measure,
    Organisation,
    Plan,
    Report,
    Row,
    Sheet,
    Task,
)
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import list_reports
from lantian.loop.plan.views.changes import changes_of_month
from lantian.loop.plan.views.duty_views import list_duty_views
from lantian.loop.plan.views.matrix import show_matrix
from lantian.loop.plan.views.overviews import view_body, view_measure, view_plan
from lantian.rules import Choice, Rulebook
from lantian.store.lake import Lake

Figures = dict[str, Any]
TODAY = date(2026, 4, 10)
AT = datetime(2024, 4, 1, 2, tzinfo=UTC)
MEASURES = 40
PLAN = "019ca6b1-dc00-7000-8000-000000000000"
GOAL_MS = 50.0
RUNS = 15


def measure_id(number: int) -> str:
    """Make an id as long as the real ones."""
    return f"019ca6b1-dc00-7000-8000-{number:012d}"


def months(count: int) -> list[str]:
    """Name the months up to March 2026."""
    last = 2026 * 12 + 2
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(last - count + 1, last + 1)]


def rows_of(
    model: type[Row], records: Iterator[dict[str, Any]], ledger: Ledger
) -> tuple[list[str], Iterator[Any]]:
    """Turn records into tuples as the driver stores them."""
    columns = list(model.__table__.columns)  # type: ignore[attr-defined]
    dialect = ledger.engine.dialect
    binders = [(c.name, c.type.dialect_impl(dialect).bind_processor(dialect)) for c in columns]
    names = [name for name, _ in binders]

    def stored() -> Iterator[Any]:
        for record in records:
            yield tuple(bind(record[name]) if bind else record[name] for name, bind in binders)

    return names, stored()


def fill(ledger: Ledger, model: type[Row], records: Iterator[dict[str, Any]]) -> None:
    """Write many rows the fast way: executemany on SQLite, COPY on PostgreSQL."""
    names, rows = rows_of(model, records, ledger)
    listed = ", ".join(f'"{name}"' for name in names)
    raw = ledger.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if ledger.engine.dialect.name == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("BEGIN")
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO {model.__tablename__} ({listed}) VALUES ({marks})", rows)
            cursor.execute("COMMIT")
        else:
            with cursor.copy(f"COPY {model.__tablename__} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            raw.commit()
    finally:
        raw.close()


def build(ledger: Ledger, bodies: int, duties: int, reported: Sequence[str]) -> int:
    """Fill a ledger with one plan; return how many rows it has."""
    tails = max(1, duties // MEASURES)
    ledger.make("changzhi", True, AT)
    organisations = [f"body-{n:03d}" for n in range(bodies)]
    fill(ledger, Organisation, map(organisation_row, organisations))
    fill(ledger, Plan, iter([PLAN_ROW]))
    fill(ledger, Measure, map(measure_row, range(MEASURES)))
    fill(ledger, Task, (task_row(n, t) for n in range(MEASURES) for t in range(1, tails + 1)))
    made = list(duty_rows(organisations, tails, reported[-1], random.Random(7)))
    fill(ledger, Duty, iter(made))
    fill(ledger, Sheet, (sheet_row(body, month) for body in organisations for month in reported))
    fill(ledger, Report, report_rows(made, reported))
    late = [duty for duty in made if duty["step"]]
    fill(ledger, Escalation, map(escalation_row, late))
    if ledger.engine.dialect.name != "sqlite":  # SQLite as people have it: nobody ever analyses their ledger
        with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as the server's own autovacuum does
    return len(made) * (1 + len(reported)) + len(late) + len(organisations) * len(reported)


PLAN_ROW: Figures = {
    "id": PLAN, "key": "p", "edition": 1, "title": "方案", "title_en": "Plan", "issuer": "", "number": "",
    "issued_on": None, "year": 2024, "origin": "structured", "state": "in_force", "source_name": "",
    "source_sha256": "", "file_id": None, "reading": {}, "read_at": AT, "confirmed_by": "x", "confirmed_at": AT,
}  # fmt: skip


def organisation_row(key: str) -> Figures:
    return {
        "id": key, "kind": "department", "name_zh": f"第{key}局", "full_name_zh": f"长治市第{key}局",
        "name_en": f"Bureau {key}", "county": None, "made_at": AT,
    }  # fmt: skip


def measure_row(number: int) -> Figures:
    return {
        "id": measure_id(number), "plan_id": PLAN, "order": number, "number": str(number),
        "section": str(number // 5), "section_title": f"第{number // 5}章", "title": f"第{number}项重点任务的标题",
        "title_en": f"Measure {number}", "text": None,
    }  # fmt: skip


def due_of(measure: int, tail: int) -> date:
    return date(2024, 6, 1) + timedelta(days=(measure * 37 + tail * 61) % 900)


def task_row(measure: int, tail: int) -> Figures:
    return {
        "id": f"t{measure:04d}-{tail}", "plan_id": PLAN, "measure_id": measure_id(measure), "tail": tail,
        "key": f"k{tail}", "kind": "deadline", "title": "按期完成", "title_en": "In time", "start": None,
        "due": due_of(measure, tail), "every": None, "firm": True, "comparator": None, "value": None, "unit": "",
        "scope": "", "amount": None, "done_on": None, "proposed_by": None,
    }  # fmt: skip


def sheet_row(body: str, month: str) -> Figures:
    return {
        "id": f"s{body}{month}", "plan_id": PLAN, "month": month, "organisation_id": body, "issued_at": AT,
        "due": date(int(month[:4]), int(month[5:]), 25), "received_at": AT, "reminded_at": None,
    }  # fmt: skip


def escalation_row(duty: Figures) -> Figures:
    return {
        "id": f"e{duty['id'][1:]}", "duty_id": duty["id"], "step": duty["step"], "at": AT, "by": "x",
        "reason": "逾期", "answer_due": TODAY, "rule": "dispatch-monthly", "file_id": None, "lifted_at": None,
        "lifted_by": None, "lifted_because": None,
    }  # fmt: skip


def duty_rows(organisations: Sequence[str], tails: int, newest: str, chance: random.Random) -> Iterator[Figures]:
    """Make every body answer for every tail, in states as an office knows them."""
    for place, organisation in enumerate(organisations):
        for number in range(MEASURES):
            for tail in range(1, tails + 1):
                done = chance.random() < 0.3
                due = due_of(number, tail)
                yield {
                    "id": f"{place:03d}-{number:04d}-{tail:03d}-0000-000000000000", "plan_id": PLAN,
                    "measure_id": measure_id(number), "tail": tail, "organisation_id": organisation,
                    "role": chance.choice(["lead", "cooperate", "implement"]), "mode": "牵头", "via": "",
                    "settled": chance.random() < 0.98, "words": "按要求完成年度目标任务并建立长效机制", "due": due,
                    "reported_month": newest if chance.random() < 0.95 else "2025-12",
                    "claimed": "done" if done else chance.choice(["under_way", "not_started", "difficult"]),
                    "share": 100 if done else chance.randrange(100),
                    "review": chance.choice(["accepted", "pending"]), "done_on": due if done else None,
                    "step": "remind" if chance.random() < 0.01 else None,
                }  # fmt: skip


def report_rows(duties: Sequence[Figures], reported: Sequence[str]) -> Iterator[Figures]:
    """Make one accepted report a duty and month."""
    times = {month: datetime(int(month[:4]), int(month[5:]), 26, 2, tzinfo=UTC) for month in reported}
    for duty in duties:
        for month, at in times.items():
            yield {
                "id": f"{duty['id'][:13]}{month}", "duty_id": duty["id"], "month": month, "version": 1,
                "progress": "已完成方案编制和招标，正在按计划实施，累计完成投资三百万元。",
                "share": duty["share"], "claimed": duty["claimed"], "problems": "", "next_step": "加快进度",
                "spent": None, "reported_by": "x", "reported_at": at, "source_sha256": None, "digest": "0" * 64,
                "review": "accepted", "review_reason": None, "reviewed_by": "y", "reviewed_at": at,
            }  # fmt: skip


def views(office: Office) -> dict[str, Callable[[], object]]:
    """Name the views that a person opens."""
    body = "body-007"
    duty = "007-0010-001-0000-000000000000"
    return {
        "body": lambda: view_body(office, body, today=TODAY),
        "plan": lambda: view_plan(office, today=TODAY, listed=50),
        "matrix": lambda: show_matrix(office, today=TODAY),
        "measure": lambda: view_measure(office, "10", today=TODAY),
        "overdue_page": lambda: list_duty_views(
            office, today=TODAY, words=[LightWord.OVERDUE], limit=50, offset=100
        ),
        "changes": lambda: changes_of_month(office, "2026-03"),
        "history": lambda: list_reports(office, duty),
    }


def said_by(ledger: Ledger, work: Callable[[], object]) -> list[tuple[str, Any]]:
    """Run a view once and keep what it asked of the driver."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        said.append((statement, values))

    event.listen(ledger.engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(ledger.engine, "before_cursor_execute", hear)
    return [row for row in said if row[0].lstrip().upper().startswith(("SELECT", "WITH"))]


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    work()
    found: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def measure(ledger: Ledger, folder: Path) -> Figures:
    """Time every view, and the driver with the same statements; they take turns."""
    city = load_city("changzhi")
    lake = Lake(folder / "lake", (), zone=city.zone, now=lambda: AT, simulated=True)
    files = FileStore(folder / "files", ledger)
    office = Office(city, Rulebook.packaged(), Choice(), lake, ledger, files, lambda: AT, True)
    figures: Figures = {}
    raw = ledger.engine.raw_connection()
    try:
        for name, work in views(office).items():
            asked = said_by(ledger, work)

            def plain(asked: list[tuple[str, Any]] = asked) -> int:
                cursor = raw.cursor()
                rows = 0
                for statement, values in asked:
                    cursor.execute(statement, values)
                    rows += len(cursor.fetchall())
                return rows

            ours, theirs = milliseconds(work), milliseconds(plain)
            figures |= {f"{name}_ms": round(ours, 1), f"{name}_driver_ms": round(theirs, 1)}
            figures |= {f"{name}_to_driver": round(ours / theirs, 2), f"{name}_rows": plain()}
    finally:
        raw.close()
    return figures


@contextmanager
def postgresql() -> Iterator[str | None]:
    """Start a PostgreSQL of our own on a socket, or say that there is none."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found or not shutil.which("setpriv"):
        yield None
        return
    programs = max(found, key=lambda path: path.parent.name.rjust(4))
    place = Path(tempfile.mkdtemp(prefix="lantian-pg-", dir="/tmp"))
    user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    subprocess.run(
        [*user, programs / "initdb", "-D", place / "data", "-U", "lantian", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=place,
    )  # fmt: skip
    server = subprocess.Popen(
        [*(user or ["setpriv"]), "--pdeathsig", "INT", programs / "postgres", "-D", place / "data", "-k", place,
         "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_wal_size=4GB"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place,
    )  # fmt: skip
    try:
        wait_for(place)
        yield f"postgresql://lantian@/postgres?host={place}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
        shutil.rmtree(place)


def wait_for(place: Path) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(f"postgresql://lantian@/postgres?host={place}").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("PostgreSQL did not start")


def on(place: Path | str, folder: Path, options: argparse.Namespace) -> Figures:
    ledger = Ledger(place)
    start = time.perf_counter()
    rows = build(ledger, options.bodies, options.duties, months(options.months))
    built = time.perf_counter() - start
    if options.explain:
        explain(ledger, folder)
    figures = {"rows": rows, "build_s": round(built, 1), **measure(ledger, folder)}
    ledger.close()
    return figures


def explain(ledger: Ledger, folder: Path) -> None:
    """Show how the database answers each statement."""
    city = load_city("changzhi")
    lake = Lake(folder / "lake", (), zone=city.zone, now=lambda: AT, simulated=True)
    office = Office(
        city, Rulebook.packaged(), Choice(), lake, ledger, FileStore(folder / "f", ledger), lambda: AT, True
    )
    word = "EXPLAIN QUERY PLAN " if ledger.engine.dialect.name == "sqlite" else "EXPLAIN ANALYZE "
    raw = ledger.engine.raw_connection()
    for name, work in views(office).items():
        for statement, values in said_by(ledger, work):
            cursor = raw.cursor()
            start = time.perf_counter()
            cursor.execute(statement, values)
            rows = len(cursor.fetchall())
            spent = (time.perf_counter() - start) * 1000
            cursor.execute(word + statement, values)
            print(f"## {name}: {spent:.1f} ms, {rows} rows\n{statement[:300]}", file=sys.stderr)
            for row in cursor.fetchall():
                print("   ", row[-1], file=sys.stderr)
    raw.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bodies", type=int, default=100)
    options.add_argument("--duties", type=int, default=1000, help="of each body")
    options.add_argument("--months", type=int, default=2, help="of reports")
    options.add_argument("--full", action="store_true", help="24 months of reports")
    options.add_argument("--explain", action="store_true", help="print the plans of all statements")
    options.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = options.parse_args()
    if chosen.full:
        chosen.months = 24
    figures: Figures = {"benchmark": "ledger", "bodies": chosen.bodies, "duties": chosen.bodies * chosen.duties}
    figures |= {"months": chosen.months, "cpus": os.cpu_count(), "goal_ms": GOAL_MS}
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only != "postgresql":
            figures["sqlite"] = on(Path(folder) / "ledger.db", Path(folder), chosen)
        if chosen.only != "sqlite":
            with postgresql() as url:
                figures["postgresql"] = "not here" if url is None else on(url, Path(folder), chosen)
    for name in ("sqlite", "postgresql"):
        found = figures.get(name)
        if isinstance(found, dict):
            slowest = max((found[key], key) for key in found if key.endswith("_ms") and "driver" not in key)
            figures[f"{name}_slowest_ms"], figures[f"{name}_slowest"] = slowest[0], slowest[1].removesuffix("_ms")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
