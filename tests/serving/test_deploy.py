"""Unit and container files are documentation: they have to be well-formed and to name commands that there are."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

import lantian
from lantian.cli.serve import app

ROOT = Path(lantian.__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
INSTRUCTIONS = {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN"} | {
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"
}  # fmt: skip


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "lantian.service", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Instructions of the container file, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def check_serves(words: list[str]) -> None:
    """See that the command line takes these words."""
    name, *options = words
    assert name == "serve"
    command = typer.main.get_command(app)
    with command.make_context("serve", options) as context:
        assert context.params["behind_proxy"] in {True, False}
        assert context.params["gateway_port"] == 9212


def test_the_unit_starts_a_command_that_there_is_and_hardens_it(unit: configparser.ConfigParser):
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert Path(program).name == "lantian"
    check_serves(words)
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["User"] != "root"
    assert service["UMask"] == "0077"


def test_the_unit_holds_for_systemd(tmp_path: Path):
    program = shutil.which("systemd-analyze")
    if program is None:
        assert "[Service]" in (DEPLOY / "lantian.service").read_text("utf-8")  # a machine without systemd
        return
    text = (DEPLOY / "lantian.service").read_text("utf-8")
    own = tmp_path / "lantian.service"
    own.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), "utf-8")  # it is not installed here
    done = subprocess.run(
        [program, "verify", "--man=no", "--recursive-errors=no", own], capture_output=True, text=True, check=False
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "lantian.service" in line]
    assert ours == []


def test_the_container_file_is_made_of_instructions_and_runs_as_nobody_in_particular(lines: list[str]):
    for line in lines:
        assert line.split()[0] in INSTRUCTIONS, line
    words = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    check_serves(json.loads(words["CMD"]))
    assert json.loads(words["ENTRYPOINT"]) == ["lantian"]
    assert json.loads(words["HEALTHCHECK"].split("CMD")[1])[0] == "python"
    assert words["USER"] != "root"
    assert [line.split()[0] for line in lines].index("USER") < [line.split()[0] for line in lines].index("CMD")


def test_files_that_it_copies_and_installs_are_there(lines: list[str]):
    for name in re.findall(r"--requirement (\S+)", " ".join(lines)):
        assert (ROOT / name).exists(), name


def test_the_composition_shows_the_pages_to_this_machine_alone():
    held = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["lantian"]
    assert [each for each in held["ports"] if each.endswith(":8080")] == ["127.0.0.1:8080:8080"]
    assert held["cap_drop"] == ["ALL"]
    assert (DEPLOY / held["build"]["context"]).resolve() == ROOT
    assert (ROOT / held["build"]["dockerfile"]).exists()


@pytest.mark.parametrize("name", ["lantian.service", "Containerfile", "compose.yaml"])
def test_no_file_names_a_registry(name: str):
    text = (DEPLOY / name).read_text("utf-8")
    urls = set(re.findall(r"\w+://[^\s'\"]+", text))
    assert all(url.startswith(("file:///opt/lantian", "http://127.0.0.1")) for url in urls)
    assert "index-url" not in text
    assert not re.search(r"FROM \S+\.\S+/", text)
