"""Places in the journal are read back from what a row says of its origin."""

import polars as pl

from lantian.loop.sense.row_frames import number_of


def test_a_row_of_a_frame_says_its_place_and_a_row_of_a_file_says_none() -> None:
    rows = pl.DataFrame({"origin": ["3:17", "0:5", "hours.csv sha256:0011", "twin", "12:x", "", None]})
    found = rows.select(number_of(pl.col("origin")).alias("number"))["number"].to_list()
    assert found == [3 * (1 << 40) + 17, 5, None, None, None, None, None]
