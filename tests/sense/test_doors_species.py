from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.desk.intake import REASONS
from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.doors.species import SPECIES_KINDS, take_uncertainty, take_values
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.science.composition import without_dust
from lantian.terms.errors import CallerError, LantianError

ZONE = ZoneInfo("Asia/Shanghai")
LABEL = "simulated = true\nedge = start\nstation = 1727A\n"
DAY = date(2026, 3, 1)


def rows(centre, **where: object) -> pl.DataFrame:
    asked = [pl.col(name) == value for name, value in where.items()]
    return centre.lake.read("species_hours", where=pl.all_horizontal(asked) if asked else None)


def one(centre, **where: object) -> dict[str, object]:
    [row] = rows(centre, **where).to_dicts()
    return row


def hours(count: int, cells: str) -> str:
    return "".join(f"2026-03-01 {hour:02d}:00,{cells}\n" for hour in range(count))


def codes(taken) -> set[str]:
    return {finding.code for finding in taken.reports[0].findings}


def reasons(taken) -> list[str]:
    assert set(taken.reports[0].rejects["reason"]) <= set(REASONS)
    return taken.reports[0].rejects["reason"].to_list()


def whole(taken) -> bool:
    report = taken.reports[0]
    return report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped


# ------------------------------------------------------------------------------ wide files


def test_a_wide_file_becomes_a_row_for_each_species_and_hour(centre, give) -> None:
    text = LABEL + "时间,甲苯(ppb),SO42-(μg/m3),铅(ng/m3),气温\n" + hours(5, "1.5,8,30,12")
    taken = take_values(centre, give("a.csv", text))
    assert (taken.kind, taken.written, taken.corrected, taken.unchanged) == ("species_values", 15, 0, 0)
    assert whole(taken)
    assert codes(taken) == {"columns_not_read"}
    at = datetime(2026, 3, 1, 3, tzinfo=ZONE)
    toluene = one(centre, species="toluene", hour_start=at)
    assert (toluene["value"], toluene["unit"], toluene["unit_sent"], toluene["state"]) == (
        1.5, "nmol/mol", "ppb", None,
    )  # fmt: skip
    assert (toluene["station"], toluene["instrument"], toluene["period_hours"]) == ("1727A", "", 1)
    assert toluene["origin"].startswith("a.csv sha256:")
    lead = one(centre, species="el_pb", hour_start=at)
    assert (lead["kind"], lead["value"], lead["value_sent"], lead["unit"]) == ("pm_element", 0.03, 30, "µg/m³")


def test_gbk_a_row_of_units_and_columns_of_flags_and_limits_are_read(centre, give) -> None:
    text = (
        "监测时间,甲苯,甲苯检出限,甲苯标识,硫酸根\n"
        ",ppb,ppb,,μg/m3\n"
        "2026-03-01 01:00,0.5,0.02,,3\n"
        "2026-03-01 02:00,0.01,0.02,RM,4\n"
    )
    named = "voc simulated=true edge=end station=1727A.csv"
    taken = take_values(centre, give(named, text.encode("gbk")))
    assert whole(taken)
    first, second = rows(centre, species="toluene").to_dicts()
    assert first["hour_start"] == datetime(2026, 3, 1, 0, tzinfo=ZONE)
    assert (first["value"], first["mdl"], first["below_mdl"], first["flags"]) == (0.5, 0.02, False, None)
    assert (second["value"], second["mdl"], second["below_mdl"], second["flags"]) == (0.01, 0.02, True, "RM")
    assert one(centre, species="so4", value=3.0)["unit"] == "µg/m³"


def test_a_workbook_with_title_lines_is_read(centre, give, tmp_path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [
                ["单位：ppb"], ["simulated = true"], ["时间", "点位编码", "乙烯", "108-88-3", "乙烷"],
                *([f"2026-03-01 0{hour}:00", "1727A", 2.5, 1, 3] for hour in range(5)),
            ]
        ):  # fmt: skip
            sheet.write_row(row, 0, cells)
    taken = take_values(centre, give("组分.xlsx", path.read_bytes()))
    assert taken.written == 15
    assert set(rows(centre)["species"]) == {"ethylene", "toluene", "ethane"}


@pytest.mark.parametrize(
    ("day", "state", "temperature"),
    [("2018-08-31", "273.15 K, 1013.25 hPa", 273.15), ("2018-09-01", "298.15 K, 1013.25 hPa", 298.15)],
)
def test_mass_of_a_gas_becomes_a_mixing_ratio_at_the_state_of_its_day(
    centre, give, day: str, state: str, temperature: float
) -> None:
    text = LABEL + "时间,甲苯(µg/m³),甲苯不确定度,甲苯mdl\n" + f"{day} 05:00,10,1,0.1\n" * 4
    take_values(centre, give("a.csv", text))
    row = one(centre)
    per_ppb = 92.14 * 101.325 / (8.314462618 * temperature)
    assert row["value"] == pytest.approx(10 / per_ppb, rel=1e-11)
    assert row["uncertainty"] == pytest.approx(1 / per_ppb, rel=1e-11)
    assert row["mdl"] == pytest.approx(0.1 / per_ppb, rel=1e-11)
    assert (row["state"], row["value_sent"], row["unit_sent"]) == (state, 10, "ug/m3")


def test_a_file_may_say_the_state_of_its_masses(centre, give) -> None:
    text = "state = 273.15\n" + LABEL + "时间,甲苯(µg/m³),a,b\n" + hours(5, "10,,")
    take_values(centre, give("a.csv", text))
    assert set(rows(centre)["state"]) == {"273.15 K, 1013.25 hPa"}
    with pytest.raises(CallerError, match="kelvins"):
        take_values(centre, give("b.csv", text.replace("273.15", "25")))


@settings(max_examples=200)
@given(digits=st.integers(0, 999_999), places=st.integers(0, 6))
def test_moving_the_decimal_point_leaves_no_dust(digits: int, places: int) -> None:
    sent = Decimal(digits).scaleb(-places)
    assert without_dust(np.array([float(sent) * 0.001]))[0] == float(sent / 1000)


def test_fill_values_and_dashes_are_missing_and_not_stored(centre, give) -> None:
    text = LABEL + "时间,甲苯(ppb),苯(ppb),OC(ug/m3)\n"
    text += hours(3, "-999,-99.00,—") + "2026-03-01 05:00,1,2,\n"
    taken = take_values(centre, give("a.csv", text))
    assert (taken.written, taken.reports[0].cells_rejected) == (2, 0)
    assert taken.reports[0].rows_accepted == 4


def test_below_the_limit_a_value_stays_as_it_was_sent(centre, give) -> None:
    text = (
        "mdl.toluene = 0.05\n" + LABEL + "时间,甲苯(ppb),苯(ppb),二甲苯\n"
        "2026-03-01 00:00,0.01,<0.02,\n2026-03-01 01:00,-0.004,未检出,\n2026-03-01 02:00,0.05,1,\n"
        "2026-03-01 03:00,-5,1,\n"
    )
    take_values(centre, give("a.csv", text))
    toluene = rows(centre, species="toluene")
    assert toluene["value"].to_list() == [0.01, -0.004, 0.05, -5]
    assert toluene["below_mdl"].to_list() == [True, True, False, True]
    benzene = rows(centre, species="benzene").select("value", "mdl", "below_mdl").rows()
    assert benzene == [(None, 0.02, True), (None, None, True), (1.0, None, None), (1.0, None, None)]


def test_a_cell_that_is_no_number_is_rejected_alone_and_a_row_of_them_whole(centre, give) -> None:
    text = LABEL + "时间,甲苯(ppb),苯(ppb),甲苯不确定度\n" + hours(3, "1,x,-0.5") + "2026-03-01 05:00,x,y,\n"
    taken = take_values(centre, give("a.csv", text))
    report = taken.reports[0]
    assert (report.rows_accepted, report.rows_rejected, taken.written) == (3, 1, 3)
    assert sorted(set(reasons(taken))) == ["negative_spread", "no_readable_value", "not_a_number"]
    assert rows(centre)["uncertainty"].null_count() == 3


def test_times_off_the_hour_and_unknown_sites_are_rejects(centre, give) -> None:
    text = (
        "simulated = true\nedge = start\n站点编码,时间,甲苯(ppb)\n1727A,2026-03-01 00:30,1\n"
        "9999A,2026-03-01 01:00,1\n,2026-03-01 01:00,1\n1727A,x,1\n1727A,2026-03-01 02:00,1\n"
    )
    taken = take_values(centre, give("a.csv", text))
    assert reasons(taken) == ["not_on_the_hour", "unknown_station", "no_station", "not_a_time"]
    assert taken.written == 1
    assert whole(taken)


def test_a_site_is_a_station_by_code_or_name_or_a_registered_device(centre, give) -> None:
    register_device(
        centre.ledger,
        DeviceContent(mn="VOC1", outlet="super-1", name="超级站", system="27", simulated=True),
        by="test", at=centre.now(),
    )  # fmt: skip
    register_device(
        centre.ledger, DeviceContent(mn="STACK1", outlet="stack-1", simulated=True), by="test", at=centre.now()
    )
    station = centre.city.station("1727A")
    names = [station.name_zh, "super-1", "超级站", "VOC1", "stack-1"]
    lines = "".join(f"{name},2026-03-01 0{at}:00,1\n" for at, name in enumerate(names))
    taken = take_values(centre, give("a.csv", "simulated=true\nedge=start\n站点,时间,甲苯(ppb)\n" + lines))
    assert rows(centre)["station"].to_list() == ["1727A", "super-1", "super-1", "super-1"]
    assert reasons(taken) == ["unknown_station"]


# ------------------------------------------------------------------------------ long files


LONG = (
    "simulated,station,hour_start,species,value,unit,unc,mdl,flag,period_hours\n"
    "yes,1727A,2026-03-01 10:00,SO42-,8,ug/m3,0.4,0.1,,24\n"
    "yes,1727A,2026-03-01 10:00,Toluene,2,ppb,,0.05,H,24\n"
    "yes,1727A,2026-03-01 10:00,phlogiston,2,ppb,,,,24\n"
    "yes,1727A,2026-03-01 10:00,OC,2,ppb,,,,24\n"
    "yes,1727A,2026-03-01 10:00,EC,2,,,,,24\n"
)


def test_a_long_file_becomes_rows_and_unknown_species_and_units_are_rejects(centre, give) -> None:
    taken = take_values(centre, give("a.csv", LONG))
    assert reasons(taken) == ["unknown_species", "unknown_unit", "unknown_unit"]
    assert whole(taken)
    sulphate = one(centre, species="so4")
    assert (sulphate["period_hours"], sulphate["uncertainty"], sulphate["mdl"], sulphate["below_mdl"]) == (
        24, 0.4, 0.1, False,
    )  # fmt: skip
    assert one(centre, species="toluene")["flags"] == "H"


def test_a_limit_of_the_label_serves_rows_too_and_must_name_a_species(centre, give) -> None:
    text = "simulated,station,hour_start,species,value,unit\n"
    text += "yes,1727A,2026-03-01 10:00,Toluene,2,ppb\nyes,1727A,2026-03-01 11:00,Toluene,5,ppb\n"
    take_values(centre, give("a mdl.toluene=3.csv", text))
    assert rows(centre).select("value", "mdl", "below_mdl").rows() == [(2, 3, True), (5, 3, False)]
    with pytest.raises(CallerError, match="phlogiston names no species"):
        take_values(centre, give("a mdl.phlogiston=3.csv", text))


def test_a_long_json_is_read_like_a_table(centre, give) -> None:
    import json

    head, *lines = LONG.splitlines()
    records = [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines[:2]]
    data = json.dumps({"rows": records})
    assert [kind.key for kind in SPECIES_KINDS if kind.recognises("a.json", data.encode())] == ["species_values"]
    assert take_values(centre, give("a.json", data)).written == 2


# ------------------------------------------------------------------------------ symbols and units


def test_symbols_of_two_are_ions_beside_ions_and_elements_beside_elements(centre, give) -> None:
    text = LABEL + "时间,SO4(ug/m3),NO3(ug/m3),K(ug/m3)\n" + hours(4, "1,2,3")
    taken = take_values(centre, give("a.csv", text))
    assert "symbol_of_two" in codes(taken)
    assert set(rows(centre)["species"]) == {"so4", "no3", "k_ion"}
    text = LABEL + "时间,SO4(ug/m3),Fe(ug/m3),K(ug/m3)\n" + hours(4, "1,2,4")
    taken = take_values(centre, give("b.csv", text))
    assert "symbol_of_two" not in codes(taken)
    assert rows(centre, species="el_k")["value"].to_list() == [4, 4, 4, 4]


def test_carbon_monoxide_is_no_cobalt(centre, give) -> None:
    take_values(centre, give("a.csv", LABEL + "时间,Co(ng/m3),CO(mg/m3),Fe(ng/m3)\n" + hours(4, "2,1,3")))
    assert rows(centre, species="el_co")["value"].to_list() == [0.002] * 4


def test_a_file_without_units_is_refused_with_the_columns(centre, give) -> None:
    with pytest.raises(CallerError, match=r"says no unit of 甲苯, OC"):
        take_values(centre, give("a.csv", LABEL + "时间,甲苯,OC,bsp\n" + hours(4, "1,2,3")))


def test_units_may_be_said_for_all_for_a_kind_and_for_a_species(centre, give) -> None:
    label = "unit = ug/m3\nunit.voc = ppb\nunit.methane = ppm\n" + LABEL
    take_values(centre, give("a.csv", label + "时间,甲苯,CH4,OC,bsp,NH3\n" + hours(8, "1,2,3,4,5")))
    found = {row["species"]: (row["value"], row["unit"]) for row in rows(centre).to_dicts()}
    assert found["toluene"] == (1, "nmol/mol")
    assert found["methane"] == (2000, "nmol/mol")
    assert found["oc"] == (3, "µg/m³")
    assert found["scattering"] == (4, "Mm⁻¹")
    assert found["nh3"] == (pytest.approx(5 / (17.031 * 101.325 / (8.314462618 * 298.15))), "nmol/mol")


def test_carbon_may_be_given_as_mass_of_carbon(centre, give) -> None:
    take_values(centre, give("a.csv", LABEL + "时间,OC(µgC/m³),EC(μgC/m3)\n" + hours(4, "3,1")))
    assert set(rows(centre)["value"]) == {3, 1}


def test_what_stands_beside_no_value_and_a_second_column_of_a_species_are_told(centre, give) -> None:
    text = LABEL + "时间,甲苯(ppb),toluene(ppb),苯 unc,OC(ug/m3)\n" + hours(4, "1,2,3,4")
    [aside] = take_values(centre, give("a.csv", text)).reports[0].findings
    assert (aside.code, aside.evidence["columns"]) == ("columns_not_read", "toluene(ppb), 苯 unc")
    assert aside.evidence["cells"] == 8
    assert rows(centre, species="toluene")["value"].to_list() == [1, 1, 1, 1]


def test_a_sum_of_voc_in_ppb_stays_out_and_says_so(centre, give) -> None:
    taken = take_values(centre, give("a.csv", "unit = ppb\n" + LABEL + "时间,甲苯,TVOC\n" + hours(5, "1,2")))
    assert "unit_not_kept" in codes(taken)
    assert set(rows(centre)["species"]) == {"toluene"}
    with pytest.raises(CallerError, match="no species can be kept"):
        take_values(centre, give("b.csv", "unit = ppb\n" + LABEL + "时间,TVOC,x\n" + hours(5, "1,2")))


def test_a_file_without_species_site_or_of_the_other_kind_is_refused(centre, give) -> None:
    with pytest.raises(CallerError, match="names a species"):
        take_values(centre, give("a.csv", LABEL + "时间,气温,风速\n" + hours(4, "1,2")))
    with pytest.raises(CallerError, match="names no site"):
        take_values(centre, give("a.csv", "simulated = true\n时间,甲苯(ppb)\n" + hours(4, "1")))
    with pytest.raises(CallerError, match="does not say that it is simulated"):
        take_values(centre, give("a.csv", "station = 1727A\n时间,甲苯(ppb)\n" + hours(4, "1")))
    assert rows(centre).is_empty()


def test_samples_hours_apart_of_unknown_length_are_asked_about(centre, give) -> None:
    lines = "".join(f"2026-03-{day:02d},1\n" for day in range(1, 8))
    taken = take_values(centre, give("a.csv", LABEL + "时间,OC(ug/m3)\n" + lines))
    assert "period_unknown" in codes(taken)
    taken = take_values(centre, give("b.csv", "period = day\n" + LABEL + "时间,OC(ug/m3)\n" + lines))
    assert "period_unknown" not in codes(taken)
    assert set(rows(centre)["period_hours"]) == {1, 24}


# ------------------------------------------------------------------------------ versions


WIDE = LABEL + "时间,甲苯(ppb),甲苯 unc,OC(ug/m3)\n"


def test_the_same_file_twice_changes_nothing_and_a_correction_is_a_new_version(centre, give) -> None:
    assert take_values(centre, give("a.csv", WIDE + hours(4, "1,0.1,3"))).written == 8
    again = take_values(centre, give("b.csv", WIDE + hours(4, "1,0.1,3")))
    assert (again.written, again.corrected, again.unchanged) == (0, 0, 8)
    later = take_values(centre, give("c.csv", WIDE + hours(4, "1.2,0.1,3")))
    assert (later.written, later.corrected, later.unchanged) == (0, 4, 4)
    assert centre.lake.read("species_hours", latest=False).height == 12


def test_an_uncertainty_stays_while_its_value_stands_and_goes_with_it(centre, give) -> None:
    take_values(centre, give("a.csv", WIDE + hours(4, "1,0.1,3")))
    short = WIDE.replace(",甲苯 unc", "")
    assert take_values(centre, give("b.csv", short + hours(4, "1,3"))).unchanged == 8
    take_values(centre, give("c.csv", short + hours(4, "2,3")))
    assert rows(centre, species="toluene").select("value", "uncertainty").unique().rows() == [(2, None)]


def test_an_empty_cell_takes_a_known_value_back(centre, give) -> None:
    take_values(centre, give("a.csv", WIDE + hours(4, "1,,3")))
    taken = take_values(centre, give("b.csv", WIDE + hours(4, ",,3")))
    assert (taken.corrected, taken.unchanged) == (4, 4)
    assert rows(centre, species="toluene")["value"].null_count() == 4


def test_of_two_rows_of_one_hour_the_later_one_stands_and_both_are_kept(centre, give) -> None:
    text = (
        LABEL + "时间,甲苯(ppb)\n2026-03-01 00:00,1\n2026-03-01 00:00,2\n2026-03-01 00:00,2\n2026-03-01 01:00,5\n"
    )
    taken = take_values(centre, give("a.csv", text))
    assert whole(taken)
    assert rows(centre)["value"].to_list() == [2, 5]
    assert centre.lake.read("species_hours", latest=False).height == 3


def test_two_instruments_of_one_species_stand_beside_each_other(centre, give) -> None:
    for name, value in (("AE33", 1), ("MAAP", 2)):
        label = f"instrument = {name}\n" + LABEL
        take_values(centre, give(f"{name}.csv", label + "时间,BC(ug/m3),x\n" + hours(5, f"{value},")))
    assert rows(centre, hour_start=datetime(2026, 3, 1, tzinfo=ZONE)).select("instrument", "value").rows() == [
        ("AE33", 1), ("MAAP", 2),
    ]  # fmt: skip


def test_a_file_of_uncertainties_corrects_the_rows_of_its_concentrations(centre, give) -> None:
    head = LABEL + "时间,甲苯(µg/m³),OC(ug/m3)\n"
    take_values(centre, give("x-con.csv", head + hours(4, "10,3")))
    taken = take_uncertainty(centre, give("x-unc.csv", head + hours(4, "1,-999") + "2026-03-02 00:00,1,1\n"))
    assert (taken.kind, taken.written, taken.corrected) == ("species_uncertainty", 0, 4)
    assert reasons(taken) == ["no_concentration", "no_concentration", "no_readable_value"]
    assert whole(taken)
    toluene = one(centre, species="toluene", hour_start=datetime(2026, 3, 1, tzinfo=ZONE))
    assert toluene["uncertainty"] == pytest.approx(toluene["value"] / 10, rel=1e-11)
    assert (toluene["value_sent"], toluene["source"]) == (10, "species_uncertainty")
    assert take_uncertainty(centre, give("x-unc.csv", head + hours(4, "1,-999"))).corrected == 0
    assert take_values(centre, give("x-con.csv", head + hours(4, "10,3"))).corrected == 0


def test_a_negative_uncertainty_is_a_reject(centre, give) -> None:
    head = LABEL + "时间,甲苯(ppb),OC(ug/m3)\n"
    take_values(centre, give("x-con.csv", head + hours(4, "10,3")))
    taken = take_uncertainty(centre, give("x-unc.csv", head + hours(4, "-1,0.3")))
    assert reasons(taken) == ["negative_spread"] * 4
    assert taken.corrected == 4
    assert taken.reports[0].rows_accepted == 4


def test_uncertainties_before_any_concentration_are_kept_out_whole(centre, give) -> None:
    taken = take_uncertainty(centre, give("x-unc.csv", LABEL + "时间,甲苯(ppb),OC(ug/m3)\n" + hours(4, "1,1")))
    assert taken.corrected == taken.written == 0
    assert taken.reports[0].rows_rejected == 4
    assert rows(centre).is_empty()


# ------------------------------------------------------------------------------ findings


def test_what_cannot_be_is_a_finding_with_an_innocent_explanation(centre, give) -> None:
    text = LABEL + "时间,SO42-(ug/m3),NO3-(ug/m3),NH4+(ug/m3),PM2.5(ug/m3)\n"
    take_values(centre, give("a.csv", text + hours(6, "9.6,6.2,20,30")))
    found = {row.code: row for row in list_findings(centre, DAY, DAY, kind="composition")}
    assert set(found) == {"ion_imbalance"}
    assert found["ion_imbalance"].evidence["samples"] == 6
    assert found["ion_imbalance"].competing_explanation
    take_values(centre, give("b.csv", text + hours(6, "9.6,6.2,5.4,30")))
    assert list_findings(centre, DAY, DAY, kind="composition") == []


def test_findings_of_other_months_and_other_kinds_stay(centre, give, fill) -> None:
    head = LABEL + "时间,OC(ug/m3),EC(ug/m3)\n"
    march = "".join(f"2026-03-{day:02d} 05:00,1,9\n" for day in (1, 30))
    take_values(centre, give("a.csv", head + march.replace("-03-", "-02-").replace("30 05", "27 05")))
    take_values(centre, give("b.csv", head + march))
    found = list_findings(centre, date(2026, 2, 1), date(2026, 3, 31))
    assert [row.when.date() for row in found if row.when] == [date(2026, 2, 1), date(2026, 3, 1)]
    take_values(centre, give("c.csv", head + march.replace(",1,9", ",9,3")))
    assert len(list_findings(centre, date(2026, 2, 1), date(2026, 3, 31))) == 1


# ------------------------------------------------------------------------------ being recognised


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.csv", "时间,甲苯,苯,乙烷\n", ["species_values"]),
        ("a.csv", "Date,SO42-,NO3-,NH4+\n", ["species_values"]),
        ("a.csv", "time,Fe,Zn,Pb,Cu,Mn,As\n", ["species_values"]),
        ("Dataset-X-unc.csv", "Date,Benzene,Toluene,Styrene\n", ["species_uncertainty"]),
        ("x_unc.csv", "Date,Benzene,Toluene,Styrene\n", ["species_uncertainty"]),
        ("function.csv", "Date,Benzene,Toluene,Styrene\n", ["species_values"]),
        ("a.csv", "点位编码,时间,SO2,NO2,CO,O3,PM10,PM2.5\n", []),
        ("a.csv", "outlet,factor,period,time,value,flag\n", []),
        ("a.csv", "甲苯,苯,乙烷\n", []),
        ("a.pdf", "时间,甲苯,苯,乙烷\n", []),
    ],
)
def test_a_file_is_known_by_its_headings(name: str, head: str, kind: list[str]) -> None:
    data = (head + "2026-03-01 00:00" + ",1" * head.count(",") + "\n").encode("gbk")
    assert [row.key for row in SPECIES_KINDS if row.recognises(name, data)] == kind


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.binary(max_size=300))
def test_no_bytes_make_it_stumble(centre, give, data: bytes) -> None:
    for kind in SPECIES_KINDS:
        assert kind.recognises("a.csv", data) in {True, False}
        try:
            kind.take(centre, give("a.csv", data))
        except LantianError:
            continue


CELL = st.sampled_from(
    ["1", "-999", "", "x", "<0.1", "1e400", "nan", "未检出", "＜1", "1,2", '"', "2026-03-01 05:00", "-1", "٣"]
)
HEAD = st.sampled_from(
    ["时间", "station", "甲苯(ppb)", "SO42-(ug/m3)", "甲苯 unc", "K", "flag", "species", "value", "小时", ""]
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    head=st.lists(HEAD, min_size=1, max_size=6), body=st.lists(st.lists(CELL, max_size=7), min_size=1, max_size=5)
)
def test_every_row_of_any_table_is_accounted_for(centre, give, head: list[str], body: list[list[str]]) -> None:
    text = "\n".join([",".join(["hour_start", *head]), *(",".join(["2026-03-01 01:00", *row]) for row in body)])
    try:
        taken = take_values(centre, give("a simulated=1 station=1727A unit=ug_m3.csv", text))
    except LantianError:
        return
    assert whole(taken)
    assert set(taken.reports[0].rejects["reason"]) <= set(REASONS)
