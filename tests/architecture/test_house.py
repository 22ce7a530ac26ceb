"""The laws of the house that the import contracts cannot see."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import lantian

ROOT = Path(lantian.__file__).parents[2]
SOURCE = ROOT / "src" / "lantian"
MODULES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def calls(tree: ast.AST) -> set[str]:
    """Dotted names of everything that a module calls."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_named_after_nothing(path: Path):
    assert path.stem not in FORBIDDEN_NAMES
    assert path.parent.name not in FORBIDDEN_NAMES


def modules_of(*floors: str) -> list[Path]:
    return [path for path in MODULES if name_of(path).split("/")[0] in floors]


@pytest.mark.parametrize("path", modules_of("science", "rules", "terms"), ids=name_of)
def test_pure_floors_read_no_clock(path: Path):
    called = calls(ast.parse(path.read_text("utf-8")))
    clocks = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.datetime.now"}
    assert not called & clocks
    assert "os.environ" not in path.read_text("utf-8")


LABELS_NOT_INSTANTS = {"loop/evaluate/given_rows.py"}
"""Dates of a stranger's table, as its labels write them; they never reach the lake."""


@pytest.mark.parametrize("path", modules_of("cli", "assembly.py", "loop", "desk", "ledger"), ids=name_of)
def test_only_the_store_takes_a_date_from_an_instant(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    taken = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
    ]
    assert taken == [] or name_of(path) in LABELS_NOT_INSTANTS


@pytest.mark.parametrize("path", modules_of("cli"), ids=name_of)
def test_doors_open_no_table_and_no_session(path: Path):
    text = path.read_text("utf-8")
    assert "import deltalake" not in text
    assert "from deltalake" not in text
    assert "sqlalchemy" not in text
    assert "read_parquet(" not in text or path.stem in {"aqi", "rows_out"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_works_while_it_is_imported(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    opened = [
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"open", "print", "Path.cwd", "datetime.now"}
    ]
    assert opened == []


def test_every_room_has_a_sign():
    for room in (SOURCE / "loop").iterdir():
        if (room / "__init__.py").exists():
            sign = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
            assert "?" in sign.splitlines()[0], room.name
            assert "eads" in sign, room.name
            assert "writes" in sign, room.name


def test_every_setting_says_what_it_means():
    from lantian.settings import Settings

    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_every_room_has_a_page_in_the_docs():
    for room in (SOURCE / "loop").iterdir():
        if (room / "__init__.py").exists():
            assert (ROOT / "docs" / f"{room.name}.md").exists(), room.name


def test_every_command_is_documented():
    from lantian.cli.frame import COMMANDS

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for command in COMMANDS:
        assert f"lantian {command}" in page, command


def test_locks_pin_every_dependency_with_hashes_and_name_no_host():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [re.split(r"[\[<>=\s]", name)[0] for name in project["project"]["dependencies"]]
    for file in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / file).read_text("utf-8")
        assert "://" not in text
        pinned = set(re.findall(r"^([A-Za-z0-9_.\-]+)==", text, re.M))
        assert set(wanted) <= pinned, file
        for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_file_names_this_machine_or_a_registry():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    hosts = re.compile(r"://(files|registry|deb|security)[.]|index.url\s*=|/simple/")
    here = str(ROOT.parent) + "/"
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.suffix in {".png", ".parquet", ".xlsx", ".mo"} or not path.is_file() or path == Path(__file__):
            continue
        text = path.read_text("utf-8", errors="ignore")
        assert not hosts.search(text), name
        assert here not in text, name
