"""Files for an AERMOD that the user has, and its answer."""

import stat
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pyaermod.input_reader import read_aermod_input
from pyaermod.validator import Validator

from lantian.loop.explain.aermod_files import INPUT, POSTFILE, read_aermod, run_aermod, write_aermod
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.science.plume import Receptors, Sources
from lantian.terms.errors import CallerError, HouseError

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
SITE = Site(113.1, 36.2, RULE.land_class("suburb"), elevation=930.0)
ZERO = np.zeros(1)
SOURCES = (
    Sources.points(ZERO, ZERO, ZERO + 80, diameter=3.0, velocity=15.0, temperature=400.0)
    + Sources.points(ZERO + 50, ZERO, ZERO + 20)
    + Sources.areas(ZERO + 1000, ZERO, 1000.0, 500.0, 8.0, depth=3.0)
    + Sources.lines(ZERO, ZERO, ZERO + 300, ZERO + 400, 2.0, depth=2.0)
)
RECEPTORS = Receptors.of(np.array([2000.0, -500.25]), np.array([100.0, 40.0]))

ANSWER = """\
* AERMOD ( 22112): Lantian
* AERMET ( 22112):
* MODELING OPTIONS USED:   NonDFAULT  CONC  FLAT  FLGPOL
*         POST/PLOT FILE OF CONCURRENT  1-HR VALUES FOR SOURCE GROUP: ALL
*         FOR A TOTAL OF     2 RECEPTORS.
*         FORMAT: (3(1X,F13.5),3(1X,F8.2),2X,A6,2X,A8,2X,I8.8,2X,A8)
*        X             Y      AVERAGE CONC    ZELEV    ZHILL    ZFLAG    AVE     GRP       DATE     NET ID
* ____________  ____________  ____________   ______   ______   ______  ______  ________  ________  ________
    2000.00000     100.00000      12.50000     0.00     0.00     1.50    1-HR  ALL       25070101
    -500.25000      40.00000       0.25000     0.00     0.00     1.50    1-HR  ALL       25070101
    2000.00000     100.00000       7.75000     0.00     0.00     1.50    1-HR  ALL       25070124
    -500.25000      40.00000       0.00000     0.00     0.00     1.50    1-HR  ALL       25070124
"""


@pytest.fixture(scope="module")
def air() -> Boundary:
    same = np.ones(24)
    hours = np.datetime64("2025-06-30T16", "h") + np.arange(24)
    return boundary_layer(Observed(hours, 3 * same, 200 * same, 20 * same, cloud=0.2 * same), SITE, RULE)


def program(folder: Path, body: str) -> Path:
    """A user's executable that behaves in a given way."""
    path = folder / "their-aermod"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def written(folder: Path, air: Boundary) -> Path:
    return write_aermod(folder / "run", SOURCES, np.array([10.0, 1.0, 5.0, 2.0]), RECEPTORS, air, SITE)


def test_written_input_is_read_back_and_found_valid(tmp_path: Path, air: Boundary):
    path = written(tmp_path, air)
    project = read_aermod_input(path)
    assert Validator.validate(project).is_valid
    stack, vent, area, line = project.sources.sources
    assert (stack.stack_height, stack.stack_temp, stack.exit_velocity, stack.stack_diameter) == (
        80.0,
        400.0,
        15.0,
        3.0,
    )
    assert stack.emission_rate == 10.0
    assert (vent.exit_velocity, vent.stack_temp) == (0.1, pytest.approx(293.15, abs=0.01))
    assert (area.x_coord, area.y_coord) == (500.0, -250.0)
    assert area.emission_rate * 1000 * 500 == pytest.approx(5.0, rel=1e-3)
    assert (line.x_start, line.y_start, line.x_end, line.y_end) == (0.0, 0.0, 300.0, 400.0)
    assert line.emission_rate * 500 * 10 == pytest.approx(2.0, rel=1e-3)
    assert [(row.x_coord, row.y_coord) for row in project.receptors.discrete_receptors] == [
        (2000.0, 100.0), (-500.25, 40.0)
    ]  # fmt: skip
    assert {each.name for each in path.parent.iterdir()} == {INPUT, "surface.sfc", "profile.pfl"}
    assert project.output.postfile == POSTFILE


def test_heights_of_the_ground_make_it_an_elevated_run(tmp_path: Path, air: Boundary):
    hilly = Receptors.of(RECEPTORS.x, RECEPTORS.y, ground=np.array([1000.0, 930.0]))
    path = write_aermod(tmp_path / "run", SOURCES, np.ones(4), hilly, air, SITE)
    project = read_aermod_input(path)
    assert project.control.elevated_terrain
    assert project.receptors.discrete_receptors[0].z_elev == 1000.0


def test_answer_of_aermod_is_read_at_our_receptors_and_hours(tmp_path: Path, air: Boundary):
    written(tmp_path, air)
    (tmp_path / "answer").write_text(ANSWER)
    theirs = program(tmp_path, f"cp '{tmp_path / 'answer'}' {POSTFILE}")
    path = run_aermod(tmp_path / "run", theirs)
    found = read_aermod(path, RECEPTORS, air, SITE)
    assert found.shape == (2, 24)
    assert found[:, 0].tolist() == [12.5, 0.25]
    assert found[:, 23].tolist() == [7.75, 0.0]
    assert np.isnan(found[:, 1:23]).all()


def test_answer_to_another_question_is_refused(tmp_path: Path, air: Boundary):
    (tmp_path / "answer").write_text(ANSWER.replace("2000.00000", "2001.00000"))
    with pytest.raises(CallerError, match="it is of another run"):
        read_aermod(tmp_path / "answer", RECEPTORS, air, SITE)


def test_without_an_executable_it_says_what_to_do(tmp_path: Path):
    with pytest.raises(CallerError, match="LANTIAN_AERMOD"):
        run_aermod(tmp_path, None)
    with pytest.raises(CallerError, match="does not exist"):
        run_aermod(tmp_path, tmp_path / "nothing")


def test_executable_that_fails_is_told_with_what_it_said(tmp_path: Path, air: Boundary):
    written(tmp_path, air)
    with pytest.raises(HouseError, match="fatal error"):
        run_aermod(tmp_path / "run", program(tmp_path, "echo fatal error in line 3 >&2; exit 1"))
    with pytest.raises(HouseError, match="wrote no hours"):
        run_aermod(tmp_path / "run", program(tmp_path, "exit 0"))
    with pytest.raises(HouseError, match="did not run"):
        run_aermod(tmp_path / "run", program(tmp_path, "sleep 20"), timeout=0.2)


def test_folder_of_another_run_is_left_alone(tmp_path: Path, air: Boundary):
    written(tmp_path, air)
    with pytest.raises(CallerError, match="not empty"):
        written(tmp_path, air)
    with pytest.raises(CallerError, match="each needs one"):
        write_aermod(tmp_path / "other", SOURCES, np.ones(3), RECEPTORS, air, SITE)
