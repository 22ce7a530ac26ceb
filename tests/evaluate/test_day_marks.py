from datetime import date

import polars as pl

from lantian.loop.evaluate.day_marks import DASH, day_marks

DAYS = (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2))


def rows(status: str, aqi: int | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"legal_day": DAYS, "aqi": [aqi] * 4, "aqi_status": [status] * 4, "primary": [None] * 4},
        schema={"legal_day": pl.Date, "aqi": pl.Int32, "aqi_status": pl.String, "primary": pl.String},
    )


def test_index_has_the_colour_of_the_edition_of_its_day(judged) -> None:
    marks = day_marks(judged.scene(), rows("published", 101), DAYS[0], DAYS[-1])
    assert [one.text for one in marks] == ["101"] * 4
    assert {one.colour for one in marks} == {"#FF7E00"}
    assert [one.edition for one in marks] == ["HJ 633-2012"] * 2 + ["HJ 633-2026"] * 2


def test_withheld_index_shows_the_mark_of_its_law_and_no_colour(judged) -> None:
    marks = day_marks(judged.scene(), rows("withheld", None), DAYS[0], DAYS[-1])
    assert marks[-1].text == "NA"
    assert {one.colour for one in marks} == {None}


def test_day_without_row_is_a_dash(judged) -> None:
    marks = day_marks(judged.scene(), rows("published", 50), DAYS[0], date(2026, 3, 4))
    assert [one.text for one in marks[-2:]] == [DASH, DASH]
    assert [one.status for one in marks[-2:]] == ["none", "none"]
