"""Rows go out as they came in: text, numbers, dashes, codes; formulas cannot run; files are whole or not there."""

from pathlib import Path

import polars as pl
import pytest

from lantian.cli.rows_out import check_target, free_names, typed, write_csv, write_parquet
from lantian.terms.errors import CallerError, HouseError


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20", None], pl.Int64),
        (["0.1", "2", "1e3"], pl.Float64),
        (["007"], pl.String),
        (["1234567890123456"], pl.String),
        (["0.12345678901234567"], pl.String),
        (["1", "NA"], pl.String),
        (["+1"], pl.String),
        (["1,000"], pl.String),
        ([None, None], pl.String),
    ],
)
def test_text_becomes_numbers_only_where_nothing_is_lost(cells: list[str | None], kind: type[pl.DataType]) -> None:
    assert typed(pl.Series(cells, dtype=pl.String)).dtype == kind


def test_numbers_and_dashes_stay_bare_and_formulas_are_guarded(tmp_path: Path) -> None:
    cells = ["-5", "+3.2", "-", "-;", "—", "1,5", "-1+1", "=A1", "@x", "\tx", "-x", None, "'=1"]
    path = tmp_path / "deep" / "a.csv"
    write_csv(path, pl.DataFrame({"=x": cells, "-1": [1.5] * len(cells)}))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf'=x,-1\r\n-5,1.5\r\n")
    back = pl.read_csv(path, infer_schema=False).to_series().to_list()
    guarded = ["-5", "+3.2", "-", "-;", "—", "1,5", "'-1+1", "'=A1", "'@x", "'\tx", "'-x", None, "''=1"]
    assert back == guarded
    assert not list(path.parent.glob("*.part"))


def test_a_disk_that_refuses_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for write in (write_csv, write_parquet):
        with pytest.raises(HouseError, match="could not be written"):
            write(tmp_path / "file" / "a.csv", pl.DataFrame({"a": [1]}))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_new_columns_never_take_the_name_of_an_old_one() -> None:
    assert free_names(["aqi", "judged_aqi"], ("aqi", "level")) == {"aqi": "judged_aqi_2", "level": "level"}


def test_the_input_is_never_overwritten_even_by_another_name(tmp_path: Path) -> None:
    source, link = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text("x")
    link.hardlink_to(source)
    with pytest.raises(CallerError, match="is the input itself"):
        check_target(link, source)
    check_target(tmp_path / "c.CSV", source)
    with pytest.raises(CallerError, match="endings"):
        check_target(tmp_path / "c.ods", source)
