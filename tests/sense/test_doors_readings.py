"""Files of readings: every row is accounted for, nothing is guessed, and what was known is not undone."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.assembly import House, make_workspace
from lantian.loop.sense.doors.readings import READING_KINDS, take_power, take_source
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.registry import DeviceContent, Point, change_state, register_device
from lantian.store.records import Taken
from lantian.terms.errors import CallerError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"
METER = "010000A8900016F000169DC4"
HEAD = "排放口编码,监测因子,数据周期,开始时间,浓度,是否模拟\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "workspace", "shizuishan", simulated=True, now=lambda: NOW)
    points = {"a21026": Point(unit="µg/m³"), "x99999": Point()}
    for content in (
        DeviceContent(mn=MN, outlet="stack-1", simulated=True, points=points, minute_interval=10),
        DeviceContent(mn=METER, outlet="stack-1", system="44", simulated=True),
        DeviceContent(mn="C" * 24, outlet="stack-2", edition=2005, simulated=True),
        DeviceContent(mn="D" * 24, outlet="stack-3", simulated=True),
    ):
        register_device(made.ledger, content, by="test", at=NOW)
    change_state(made.ledger, "D" * 24, "retired", by="test", at=NOW, reason="sold")
    yield made
    made.close()


Take = Callable[..., TakenFile]


@pytest.fixture
def take(house: House, tmp_path: Path) -> Take:
    def taken(content: str | bytes, name: str = "a.csv", *, power: bool = False, **more: Any) -> TakenFile:
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(data)
        file = Given(path, name, sha256(data).hexdigest(), NOW, "command", **more)
        return (take_power if power else take_source)(house.centre(), file)

    return taken


def rows(house: House, table: str = "source_readings", **read: Any) -> pl.DataFrame:
    return house.lake.read(table, **read)


def reasons(taken: TakenFile) -> list[str]:
    return taken.reports[0].rejects["reason"].to_list()


def test_chinese_headings_in_gbk_are_read_and_every_row_is_accounted_for(house: House, take: Take):
    text = (
        "排放口编码,监测因子,数据周期,开始时间,浓度（mg/m3）,折算浓度,排放量（kg）,数据标记,是否模拟\n"
        "stack-1,二氧化硫,小时,2026-03-01 08:00,12.5,13.1,0.4,N,是\n"
        "stack-1,a34013,小时,2026年3月1日9时,x,1.5,,D,是\n"
        "stack-1,a34013,小时,2026-03-01 10:30,1,1,,N,是\n"
        "stack-9,a34013,小时,2026-03-01 08:00,3,1,,N,是\n"
        "stack-3,a34013,小时,2026-03-01 08:00,3,1,,N,是\n"
        "stack-1,茶,小时,2026-03-01 08:00,3,1,,N,是\n"
        "stack-1,a21002,小时,2026-03-09 08:00,3,1,,N,是\n"
        "stack-1,a21002,周,2026-03-01 08:00,3,1,,N,是\n"
        "stack-1,a21002,日,2026-03-01 08:00,3,1,,N,是\n"
    )
    taken = take(text.encode("gbk"))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.cells_rejected) == (9, 2, 7, 1)
    assert reasons(taken) == [
        "not_a_number", "not_on_the_hour", "unknown_outlet", "unknown_outlet", "unknown_factor", "in_the_future",
        "unknown_value", "not_at_midnight",
    ]  # fmt: skip
    known = {row["factor"]: row for row in rows(house).iter_rows(named=True)}
    first, second = known["a21026"], known["a34013"]
    assert (first["value"], first["converted"], first["amount"], first["flag"]) == (12.5, 13.1, 0.4, "N")
    assert (first["unit"], first["amount_unit"], first["mn"], first["system"]) == (
        "mg/m3".replace("m3", "m³"),
        "kg",
        MN,
        "31",
    )
    assert (second["value"], second["converted"], second["flag"]) == (None, 1.5, "D")
    assert str(first["period_start"]) == "2026-03-01 08:00:00+08:00"
    assert first["origin"].startswith("a.csv sha256:")
    assert taken.written == 2


def test_a_unit_comes_from_the_point_where_the_file_has_none(house: House, take: Take):
    take(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,12,1\nstack-1,a21002,小时,2026-03-01 08:00,9,1\n")
    assert rows(house).select("factor", "unit").rows() == [("a21002", "mg/m³"), ("a21026", "µg/m³")]


def test_a_point_of_the_device_and_a_code_of_2005_are_known(house: House, take: Take):
    take(HEAD + "stack-1,x99999,小时,2026-03-01 08:00,1,1\nstack-2,02,小时,2026-03-01 08:00,2,1\n")
    assert rows(house).select("outlet", "factor").rows() == [("stack-1", "x99999"), ("stack-2", "a21026")]


def test_the_mn_names_the_outlet_and_must_not_contradict_it(house: House, take: Take):
    text = (
        "mn,outlet,factor,period,start,value,simulated\n"
        f"{MN},,a21026,hour,2026-03-01 08:00,1,true\n"
        f"{MN},stack-2,a21026,hour,2026-03-01 09:00,1,true\n"
        "E,,a21026,hour,2026-03-01 09:00,1,true\n"
        ",,a21026,hour,2026-03-01 09:00,1,true\n"
    )
    assert reasons(take(text)) == ["other_outlet", "unknown_device", "unknown_outlet"]
    assert rows(house)["outlet"].to_list() == ["stack-1"]


def test_an_end_is_moved_by_the_length_of_its_period(house: House, take: Take):
    text = (
        "outlet,factor,period,end_time,value,simulated\n"
        "stack-1,a21026,hour,2026-03-01 24:00,1,true\n"
        "stack-1,a21026,minute,2026-03-01 08:10,2,true\n"
        "stack-1,a21026,day,2026-03-02 00:00,3,true\n"
        "stack-1,a21002,day,2026-03-01,4,true\n"
        "stack-1,a21026,realtime,2026-03-01 08:11:30,5,true\n"
    )
    assert reasons(take(text)) == []
    starts = {(row["value"], f"{row['period_start']:%m-%d %H:%M:%S}") for row in rows(house).iter_rows(named=True)}
    assert starts == {
        (1.0, "03-01 23:00:00"), (2.0, "03-01 08:00:00"), (3.0, "03-01 00:00:00"), (4.0, "03-01 00:00:00"),
        (5.0, "03-01 08:11:30"),
    }  # fmt: skip


TIMED = "outlet,factor,period,time,value,simulated\nstack-1,a21026,hour,{},1,true\n"


def test_nobody_guesses_which_edge_a_stamp_is(house: House, take: Take):
    with pytest.raises(CallerError, match="nothing in it says whether time is the start or the end"):
        take(TIMED.format("2026-03-01 08:00"))
    take(TIMED.format("2026-03-01 08:00"), options={"edge": "end"})
    take(TIMED.format("2026-03-01 24:00"))  # only an end can be that
    assert [start.hour for start in rows(house)["period_start"]] == [7, 23]
    with pytest.raises(CallerError, match="24:00"):
        take(TIMED.format("2026-03-01 24:00"), options={"edge": "start"})


def test_moments_and_bare_days_need_no_edge(house: House, take: Take):
    take(TIMED.format("2026-03-01 08:00").replace(",hour,", ",realtime,"))
    take(TIMED.format("2026-03-01").replace(",hour,", ",day,"))
    assert rows(house)["period"].to_list() == ["day", "realtime"]


def test_a_period_is_said_by_a_column_by_the_heading_or_beside_the_file(house: House, take: Take):
    text = "outlet,factor,{},value,simulated\nstack-1,a21026,2026-03-01 0{}:00,1,true\n"
    with pytest.raises(CallerError, match="does not say whether its values are"):
        take(text.format("start", 1))
    take(text.format("start", 1), options={"period": "minute"})
    take(text.format("hour_start", 2))
    assert rows(house)["period"].to_list() == ["hour", "minute"]


def test_a_file_without_a_needed_column_is_told_which(take: Take):
    with pytest.raises(CallerError, match=r"no column for outlet .* factor .* value"):
        take("a,b\n1,2\n")
    with pytest.raises(CallerError, match="no column of times"):
        take("outlet,factor,value,simulated\n1,2,3,1\n")


def test_equal_rows_are_one_and_contradicting_rows_are_none(house: House, take: Take):
    line = "stack-1,a21026,小时,2026-03-01 0{}:00,{},1\n"
    taken = take(HEAD + line.format(1, 5) + line.format(1, 5) + line.format(2, 5) + line.format(2, 6))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_skipped, report.rows_rejected) == (4, 1, 1, 2)
    assert reasons(taken) == ["conflicting_versions"] * 2
    assert rows(house)["value"].to_list() == [5.0]


def test_a_missing_value_is_null_and_never_zero(house: House, take: Take):
    take(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,—,1\n")
    assert rows(house)["value"].to_list() == [None]


def test_a_file_twice_says_nothing_new_and_another_value_is_the_next_version(house: House, take: Take):
    line = HEAD + "stack-1,a21026,小时,2026-03-01 08:00,{},1\n"
    assert take(line.format(5)).written == 1
    again = take(line.format("5.0"))
    assert (again.written, again.unchanged) == (0, 1)
    other = take(line.format(6))
    assert (other.written, other.corrected) == (1, 1)
    assert rows(house, latest=False)["value"].to_list() == [5.0, 6.0]


def test_a_file_with_values_alone_does_not_undo_what_came_with_the_same_values(house: House, take: Take):
    full = (
        "outlet,factor,period,start,value,converted,amount,flag,simulated\n"
        "stack-1,a21026,hour,2026-03-01 08:00,5,6,7,N,1\n"
    )
    take(full)
    assert take(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,5,1\n").unchanged == 1
    take(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,5.5,1\n")
    row = rows(house).row(0, named=True)
    assert (row["value"], row["converted"], row["amount"], row["flag"]) == (5.5, None, None, None)


def test_an_interrupted_file_does_not_undo_a_correction_that_came_between(house: House, take: Take):
    line, once = HEAD + "stack-1,a21026,小时,2026-03-01 08:00,{},1\n", Taken("lantian-door:source_readings", 7)
    take(line.format(5), once=once)
    take(line.format(6))
    take(line.format(5), once=once)
    assert rows(house)["value"].to_list() == [6.0]


def test_simulated_and_measured_never_mix(house: House, take: Take, tmp_path: Path):
    plain = HEAD.replace(",是否模拟", "") + "stack-1,a21026,小时,2026-03-01 08:00,5\n"
    with pytest.raises(CallerError, match="do not say that they are simulated"):
        take(plain)
    with pytest.raises(CallerError, match="1 rows do not say"):
        take(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,5,1\nstack-1,a21026,小时,2026-03-01 09:00,5,否\n")
    assert take(plain, simulated=True).written == 1
    real = make_workspace(tmp_path / "real", "shizuishan", simulated=False, now=lambda: NOW)
    register_device(real.ledger, DeviceContent(mn=MN, outlet="stack-1"), by="test", at=NOW)
    path = tmp_path / "b.csv"
    path.write_text(HEAD + "stack-1,a21026,小时,2026-03-01 08:00,5,是\n", "utf-8")
    with pytest.raises(CallerError, match="say that they are simulated"):
        take_source(real.centre(), Given(path, "b.csv", "0" * 64, NOW, "command"))
    path.write_text(plain, "utf-8")
    assert take_source(real.centre(), Given(path, "b.csv", "0" * 64, NOW, "command")).written == 1
    real.close()


def test_power_keeps_numbers_and_words_apart(house: House, take: Take):
    text = (
        "outlet,point,period,start,value,unit,simulated\n"
        "stack-1,e20101,minute,2026-03-01 08:00,12.5,kW,1\n"
        "stack-1,g101,minute,2026-03-01 08:00,St,,1\n"
        "stack-1,,minute,2026-03-01 08:00,1,,1\n"
    )
    taken = take(text, power=True)
    assert reasons(taken) == ["no_point"]
    found = rows(house, "power_readings").select("point", "value", "content", "unit", "mn", "system").rows()
    assert found == [("e20101", 12.5, None, "kW", METER, "44"), ("g101", None, "St", None, METER, "44")]


def test_json_and_excel_hold_the_same_rows(house: House, take: Take):
    record = {"outlet": "stack-1", "factor": "a21026", "period": "hour", "start": "2026-03-01T08:00:00+08:00",
              "value": 1.25, "simulated": True}  # fmt: skip
    assert take(json.dumps({"readings": [record]}), "a.json").written == 1
    book = io.BytesIO()
    pl.DataFrame([{**record, "start": "2026-03-01 08:00"}]).write_excel(book)
    again = take(book.getvalue(), "a.xlsx")
    assert (again.written, again.unchanged) == (0, 1)
    utc = {**record, "start": "2026-03-01T01:00:00Z"}
    take(json.dumps([utc]), "b.json")
    assert [start.hour for start in rows(house)["period_start"]] == [8, 9]


@pytest.mark.parametrize(
    ("name", "head", "known"),
    [
        ("a.csv", HEAD.encode("gbk") + b"1,2,3,4,5,6\n", ["source_readings"]),
        ("a.json", b'[{"MN":"1","factor":"a","time":"x","value":3}]', ["source_readings"]),
        ("a.csv", "用电点位,MN,监测时间,读数\n1,2,3,4\n".encode(), ["power_readings"]),
        ("a.csv", "点位编码,时间,SO2,NO2\n1,2,3,4\n".encode(), []),
        ("a.pdf", b"%PDF-1.4", []),
        ("a.xlsx", b"PK\x03\x04 nothing", []),
        ("a.csv", b"", []),
        ("a.json", b"{", []),
    ],
)
def test_a_kind_knows_its_files_by_their_columns(name: str, head: bytes, known: list[str]):
    assert [kind.key for kind in READING_KINDS if kind.recognises(name, head)] == known


@given(st.binary(max_size=300), st.sampled_from([".csv", ".json", ".xlsx", ".xls", ".txt"]))
@settings(max_examples=200)
def test_no_bytes_make_a_kind_stumble_over_knowing_them(head: bytes, suffix: str):
    assert not any(kind.recognises("a" + suffix, head) for kind in READING_KINDS)


WORDS = ("stack-1", "a21026", "小时", "2026-03-01 08:00", "5", "1", "", "—", "x", "24:00", "1e999", "日", '"')
CELLS = st.lists(st.sampled_from(WORDS), min_size=6, max_size=7)


@given(st.lists(CELLS, min_size=1, max_size=6))
@settings(max_examples=40)
def test_rows_of_garbage_are_accounted_for(lines: list[list[str]]):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        house = _house(Path(folder))
        path = Path(folder) / "a.csv"
        path.write_text(HEAD + "".join(",".join(cells) + "\n" for cells in lines), "utf-8")
        try:
            taken = take_source(house.centre(), Given(path, "a.csv", "0" * 64, NOW, "command", simulated=True))
        except CallerError:
            return
        finally:
            house.close()
        report = taken.reports[0]
        assert report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped
        assert taken.written == report.rows_accepted


def _house(folder: Path) -> House:
    house = make_workspace(folder / "w", "shizuishan", simulated=True, now=lambda: NOW + timedelta(0))
    register_device(house.ledger, DeviceContent(mn=MN, outlet="stack-1", simulated=True), by="test", at=NOW)
    return house
