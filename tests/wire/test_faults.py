import doctest
import re
from pathlib import Path

import pytest

import lantian
from lantian.wire.hj212.faults import FAULTS, Severity, verdict_of

ROOT = Path(lantian.__file__).parents[2]
SOURCES = ROOT / "src" / "lantian" / "wire" / "hj212"
BEGIN = "<!-- faults: made from lantian.wire.hj212.faults, a test compares -->\n"


def table() -> str:
    """The table that docs/wire.md prints."""
    lines = ["| fault | how bad | editions | rule | what it means | what to do |", "|---|---|---|---|---|---|"]
    lines += [
        f"| `{it.code}` | {it.severity} | {it.edition} | {it.rule} | {it.meaning} | {it.remedy} |"
        for it in FAULTS.values()
    ]
    return "\n".join(lines) + "\n"


def test_the_page_prints_every_fault():
    page = (ROOT / "docs" / "wire.md").read_text("utf-8")
    assert page.partition(BEGIN)[2].partition("<!-- end -->")[0] == table()


def test_the_examples_of_the_page_run():
    assert doctest.testfile(str(ROOT / "docs" / "wire.md"), module_relative=False).failed == 0


def test_the_reader_names_the_faults_of_the_table_and_no_others():
    texts = [(SOURCES / f"{name}.py").read_text("utf-8") for name in ("framing", "frame", "head", "area")]
    named = {word for text in texts for word in re.findall(r'"([A-Za-z0-9_]+)"', text)}
    assert set(FAULTS) <= named
    added = {word for text in texts for word in re.findall(r'(?:append\(|\+= \()"([a-z0-9_A-Z]+)"', text)}
    assert added <= set(FAULTS)


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ((), "accept"),
        (("edition_differs",), "accept"),
        (("no_crlf", "edition_differs"), "accept_with_warning"),
        (("no_cn", "no_crlf"), "reject"),
        (("no_cn", "crc_mismatch"), "reject_crc"),
        (("crc_is_modbus",), "reject_crc"),
        (("cp_still_encrypted",), "reject"),
    ],
)
def test_the_worst_fault_decides(codes: tuple[str, ...], verdict: str):
    assert verdict_of(codes) == verdict


def test_every_severity_is_used():
    assert {fault.severity for fault in FAULTS.values()} == set(Severity)
