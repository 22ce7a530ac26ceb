"""What the charts of place and time share."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.desk.paper.palette import contrast
from lantian.desk.paper.science_charts import SCHEMES, Colouring, colours, plain, scale, symbols
from lantian.science.series.cutting import Cut
from lantian.science.variation.courses import course
from lantian.terms.errors import CallerError


def test_pollutants_and_units_are_written_as_people_read_them() -> None:
    assert symbols("pm25 in ug/m3, o3 in m s-1") == "PM₂.₅ in µg/m³, O₃ in m/s"


@pytest.mark.parametrize("text", ["microscope", "no2x", "_o3_", "coat", "2025-03"])
def test_letters_inside_words_stay_as_they_are(text: str) -> None:
    assert symbols(text) == text


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes_run_from_one_end_to_the_other(scheme: str) -> None:
    ends = colours(scheme, 9)
    assert len(set(ends)) == 9
    if scheme != "diverging":
        assert contrast(ends[0], ends[-1]) > 4


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(CallerError, match="no colour scheme"):
        scale("rainbow")


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9))
def test_a_diverging_scale_is_even_about_zero(values: list[float]) -> None:
    mapped = Colouring("diverging").of(np.array(values))
    low, high = mapped.get_clim()
    assert low is not None
    assert high is not None
    assert low == -high


def test_bounds_make_classes_and_must_rise() -> None:
    mapped = Colouring("heat", bounds=(0, 35, 75)).of(np.array([1.0]))
    assert len({tuple(mapped.to_rgba(np.array([value]))[0]) for value in (0.0, 34.0, 36.0, 74.0)}) == 2
    with pytest.raises(CallerError, match="make no classes"):
        Colouring(bounds=(3, 1)).of(np.array([1.0]))


def test_a_scale_of_nothing_and_of_one_value_can_be_drawn() -> None:
    for values in (np.array([np.nan]), np.array([4.0])):
        assert np.isfinite(Colouring().of(values).to_rgba(np.array([0.5]))).all()


def test_plain_data_are_json_with_none_for_missing_and_units_beside() -> None:
    found = course(np.array([1.0, 3.0, np.nan]), Cut(("a", "b"), np.array([0, 0, 1])), name="no2")
    data = plain(found, middle="µg/m³")
    assert json.loads(json.dumps(data))["middle"] == [2.0, None]
    assert data["units"] == {"middle": "µg/m³"}


def test_times_are_text_and_infinite_numbers_missing() -> None:
    times = np.array(["2025-01-01T00", "NaT"], "datetime64[h]")
    assert plain({"at": times, "day": times[0], "x": (np.inf, 1)}) == {
        "at": ["2025-01-01T00", None],
        "day": "2025-01-01T00",
        "x": [None, 1],
    }
