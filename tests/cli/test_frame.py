"""The frame: every command is there, speaks both languages, starts light, and every error has its exit code."""

import importlib
import json
import re
import subprocess
import sys

import pytest
import typer

import lantian
from lantian.cli import frame
from lantian.cli.frame import COMMANDS, run
from lantian.cli.show import words
from lantian.desk.language import Translation, mark, translation
from lantian.terms.errors import CallerError, HouseError, LantianError, PeerError, RuleError

ENGLISH, CHINESE = translation("en"), translation("zh_CN")
HEAVY = (
    "polars",
    "numpy",
    "pandas",
    "sqlalchemy",
    "deltalake",
    "numba",
    "scipy",
    "matplotlib",
    "openpyxl",
)


def test_every_command_stands_in_its_module() -> None:
    for name, (module, _) in COMMANDS.items():
        apps = importlib.import_module(f"lantian.cli.{module}").APPS
        assert isinstance(apps[name], typer.Typer), name


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
def test_help_names_every_command_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], language: Translation
) -> None:
    assert run(["--help"], language) == 0
    said = capsys.readouterr().out
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"│ {name} +{re.escape(language.gettext(line)[:8])}", said), name


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
def test_every_command_has_help_without_the_options_of_a_shell(
    capsys: pytest.CaptureFixture[str], name: str, language: Translation
) -> None:
    assert run([name, "-h"], language) == 0
    said = capsys.readouterr().out
    assert f"lantian {name}" in said
    assert "--install-completion" not in said
    assert run([name, "--help"], language) == 0


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import json, sys\n"
        "from lantian.cli.frame import COMMANDS, run\n"
        "from lantian.desk.language import translation\n"
        "seen = {}\n"
        "for name in ['', *COMMANDS]:\n"
        "    code = run([*([name] if name else []), '--help'], translation('en'))\n"
        f"    seen[name] = [code, [m for m in {HEAVY!r} if m in sys.modules]]\n"
        "print(json.dumps(seen), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seen = json.loads(done.stderr)
    assert seen == {name: [0, []] for name in ("", *COMMANDS)}


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"], ENGLISH) == 0
    assert capsys.readouterr().out.strip() == f"lantian {lantian.__version__}"


def test_a_command_that_is_not_there_is_a_wrong_question_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["rulse"], ENGLISH) == 2
    assert "Did you mean 'rules'" in " ".join(capsys.readouterr().err.split())


def test_an_option_that_is_not_there_is_a_wrong_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list", "--nonsense"], ENGLISH) == 2
    assert "--nonsense" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command ``fail`` that raises whatever is put into the list."""
    faults: list[BaseException] = []
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise faults[0]

    module = type(sys)("lantian.cli.fail")
    module.APPS = {"fail": app}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lantian.cli.fail", module)
    monkeypatch.setitem(COMMANDS, "fail", ("fail", mark("Excellent")))
    return faults


@pytest.mark.parametrize(
    ("fault", "code", "words_before"),
    [
        (CallerError("asked [wrongly]"), 2, "Cannot do this"),
        (RuleError("no [edition]"), 2, "Cannot do this"),
        (PeerError("nonsense [sent]"), 1, "Cannot do this"),
        (HouseError("our [disk]"), 1, "Our fault"),
    ],
)
def test_every_family_of_error_is_one_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str],
    failing: list[BaseException],
    fault: LantianError,
    code: int,
    words_before: str,
) -> None:
    failing.append(fault)
    assert run(["fail"], ENGLISH) == code
    assert capsys.readouterr().err == f"{words_before}: {fault}\n"


def test_a_long_message_is_not_cut_into_lines_when_nobody_looks(
    capsys: pytest.CaptureFixture[str], failing: list[BaseException]
) -> None:
    failing.append(CallerError("word " * 200 + "end"))
    run(["fail"], ENGLISH)
    assert capsys.readouterr().err.count("\n") == 1


def test_an_interruption_leaves_with_130_and_says_what_is_kept(
    capsys: pytest.CaptureFixture[str], failing: list[BaseException]
) -> None:
    failing.append(KeyboardInterrupt())
    assert run(["fail"], ENGLISH) == 130
    assert capsys.readouterr().err.strip() == "Stopped; what was complete is kept."


def test_a_command_speaks_the_language_it_was_run_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTIAN_LANGUAGE", "zh_CN")
    arguments = ["rules", "show", "hj633-2026-day"]
    run(arguments, ENGLISH)
    english = capsys.readouterr().out
    run(arguments, CHINESE)
    chinese = capsys.readouterr().out
    assert english.index("Technical regulation") < english.index("技术规定")
    assert chinese.index("技术规定") < chinese.index("Technical regulation")
    assert words().name == "zh_CN"
    monkeypatch.delenv("LANTIAN_LANGUAGE")
    assert words().name == "zh_CN"


def test_an_unknown_language_is_a_wrong_question(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTIAN_LANGUAGE", "xx")
    with pytest.raises(SystemExit) as left:
        frame.main()
    assert left.value.code == 2
    assert "zh_CN, en" in capsys.readouterr().err
