"""Factors of places: county times station, from the city's own file or an overlay's."""

from pathlib import Path

import pytest

from lantian.city import City, load_city
from lantian.terms.errors import CallerError
from lantian.twin.places import Factors, place_factors

HEADER = "place,particles,gases,ozone\n"


def test_station_without_a_line_takes_those_of_its_county(changzhi: City) -> None:
    factors = place_factors(changzhi)
    assert factors["SIM-140425-01"] == Factors(0.72, 0.62, 1.04)
    assert set(factors) == {row.code for row in changzhi.stations}


def test_station_line_multiplies_that_of_its_county(changzhi: City) -> None:
    assert place_factors(changzhi)["SIM-140425-T2"].particles == pytest.approx(0.72 * 0.70)


def test_overlay_line_replaces_the_citys(tmp_path: Path) -> None:
    (tmp_path / "twin.csv").write_text(HEADER + "140425,1.5,1,1\n", encoding="utf-8")
    factors = place_factors(load_city("changzhi", tmp_path))
    assert factors["SIM-140425-01"] == Factors(1.5, 1.0, 1.0)
    assert factors["SIM-140406-01"].particles == 1.14


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("140499,1,1,1\n", "line 2, column place: '140499' is no county and no station"),
        ("140425,0,1,1\n", "line 2, column particles, value '0'"),
        ("140425,1,nan,1\n", "line 2, column gases, value 'nan'"),
    ],
)
def test_faulty_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "twin.csv").write_text(HEADER + line, encoding="utf-8")
    with pytest.raises(CallerError, match=message):
        place_factors(load_city("changzhi", tmp_path))
