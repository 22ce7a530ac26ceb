"""Each check with a project that passes, one that fails, and one on the edge, by hand arithmetic.

Every project, plant and enterprise here is invented.
"""

from datetime import date
from typing import Any

import pytest

from lantian.desk.language import translation
from lantian.loop.plan.admission.checks import check_application
from lantian.loop.plan.admission.outcome import Outcome, Said
from lantian.loop.plan.admission.records import Application
from lantian.rules import AdmissionRule, Choice, Rulebook
from lantian.terms.pollutants import Pollutant

CHANGZHI = Choice(jurisdictions=("140400", "14", "CN"))
CLEAN = dict.fromkeys(Pollutant, True)
PAPERS = ("industry_plan", "zoning", "plan_eia", "eia", "energy_review", "carbon", "clean_production")
NOTHING = {
    "hauls": (), "built": (), "retired": (), "emissions": (), "reductions": (), "coal": (), "coal_savings": (),
    "boilers": (), "power_units": (), "furnaces": (), "voc_products": (), "mines": (), "heat_sources": (),
    "gas_producers": 0,
}  # fmt: skip
EN = translation("en")


def project(**said: Any) -> Application:
    """A project of which only what a test says is special."""
    plain = {
        "name": "虚构示例项目", "applicant": "虚构甲公司", "county": "140404", "industry": "other", "kind": "new",
        "applied_on": date(2024, 5, 6), "starts_on": date(2025, 7, 1), "documents": PAPERS, "catalogue": "allowed",
    }  # fmt: skip
    return Application.model_validate({**NOTHING, **plain, **said})


def outcome(air: dict[Pollutant, bool] | None = None, *, choice: Choice = CHANGZHI, **said: Any) -> Outcome:
    application = project(**said)
    rule = Rulebook.packaged().edition(AdmissionRule, "admission", application.applied_on, choice)
    return check_application(application, rule, CLEAN if air is None else air, Said(message="given"))


def verdict(key: str, air: dict[Pollutant, bool] | None = None, **said: Any) -> str:
    found = outcome(air, **said)
    return "not applicable" if key in found.not_applicable else found.check(key).verdict


def figures(key: str, **said: Any) -> dict[str, str | None]:
    return {row.label.text(EN): row.value for row in outcome(**said).check(key).figures}


def test_a_project_that_says_nothing_is_asked_and_never_taken_for_none():
    bare = Application(name="a", applicant="b", county="140404", industry="mining", kind="new",
                       applied_on=date(2024, 5, 6))  # fmt: skip
    rule = Rulebook.packaged().edition(AdmissionRule, "admission", bare.applied_on, CHANGZHI)
    found = check_application(bare, rule, {}, Said(message="given"))
    assert {row.key for row in found.checks if row.verdict == "needs_documents"} == {
        "documents", "catalogue", "clean_transport", "regional_reduction", "coal_replacement", "own_coal_unit",
        "small_coal_boiler", "coal_boiler", "heat_radius", "boiler_kind", "gas_producer", "furnace_energy",
        "voc_products", "open_pit",
    }  # fmt: skip
    assert {row.key for row in found.checks} == {row.key for row in found.open()} | {"boiler_kind"}
    assert found.overall == "needs_documents"


def test_missing_papers_are_named():
    found = outcome(documents=PAPERS[1:]).check("documents")
    assert found.verdict == "needs_documents"
    assert [row.text(EN) for row in found.said] == ["Missing: Conformity with industrial planning."]
    assert verdict("documents") == "pass"


@pytest.mark.parametrize(
    ("named", "expected"),
    [("encouraged", "pass"), ("allowed", "pass"), ("restricted", "fail"), ("eliminated", "fail"),
     (None, "needs_documents")],
)  # fmt: skip
def test_the_catalogue_lets_in_what_is_encouraged_or_allowed(named, expected):
    assert verdict("catalogue", catalogue=named) == expected


# ---------------------------------------------------------------------------------------------- capacity


def steel(built: str, *retired: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"industry": "steel", "built": [{"product": "steel", "amount": built, **more}],
            "retired": [{"product": "steel", "name": "虚构老厂", "shut_on": date(2025, 6, 30), **row}
                        for row in retired]}  # fmt: skip


@pytest.mark.parametrize(
    ("retired", "expected"), [("100", "pass"), ("99.99", "fail"), ("150", "pass")]
)  # net growth is 0, 0.01 and -50
def test_steel_capacity_must_not_grow(retired: str, expected: str):
    assert verdict("no_new_capacity", **steel("100", {"amount": retired})) == expected


def test_coking_must_not_grow_in_a_key_region_and_may_be_swapped_elsewhere():
    said = {"industry": "coking", "built": [{"product": "coking", "amount": 1}]}
    assert verdict("no_new_capacity", **said) == "fail"
    assert verdict("no_new_capacity", choice=Choice(), county="140225", **said) == "not applicable"


@pytest.mark.parametrize(("retired", "expected"), [("150", "pass"), ("149.99", "fail"), ("200", "pass")])
def test_steel_swaps_at_one_and_a_half_in_a_key_region(retired: str, expected: str):
    """100 × 1.5 = 150."""
    assert verdict("capacity_swap", **steel("100", {"amount": retired})) == expected


def test_what_is_missing_to_a_swap_is_told_at_the_ratio():
    """60 / 1.5 = 40 of 100, so that 60 × 1.5 = 90 are missing."""
    found = outcome(**steel("100", {"amount": "60"})).check("capacity_swap")
    assert [row.text(EN) for row in found.said] == ["Steel: 90 (10,000 t/a) more must retire at 1.5 to 1."]
    assert figures("capacity_swap", **steel("100", {"amount": "60"})) == {
        "Steel: built": "100", "Steel: ratio to 1": "1.5", "Steel: to be retired at it": "150",
        "Steel: retired": "60",
        "Steel: allowed by what retires": "40",
    }  # fmt: skip


@pytest.mark.parametrize(("merged", "expected"), [(True, "pass"), (False, "fail")])
def test_capacity_of_a_merger_swaps_at_one_and_a_quarter(merged: bool, expected: str):
    """125 / 1.25 = 100, but 125 / 1.5 = 83.3."""
    assert verdict("capacity_swap", **steel("100", {"amount": "125", "merged": merged})) == expected


@pytest.mark.parametrize(("retired", "expected"), [("100", "pass"), ("99.99", "fail")])
def test_electric_furnaces_for_electric_furnaces_swap_one_for_one(retired: str, expected: str):
    said = steel("100", {"amount": retired}, equal_case="eaf_to_eaf")
    assert verdict("capacity_swap", **said) == expected


@pytest.mark.parametrize(("retired", "expected"), [("130", "pass"), ("129.99", "fail")])
def test_only_the_equal_part_of_a_project_swaps_one_for_one(retired: str, expected: str):
    """40 one for one, 60 at 1.5: 40 + 90 = 130."""
    said = steel("60", {"amount": retired})
    said["built"] = [*said["built"], {"product": "steel", "amount": "40", "equal_case": "eaf_to_eaf"}]
    assert verdict("capacity_swap", **said) == expected


def test_an_equal_case_that_nobody_knows_is_weighed_at_the_usual_ratio():
    found = outcome(**steel("100", {"amount": "100"}, equal_case="because")).check("capacity_swap")
    assert found.verdict == "fail"
    assert "no equal swap is known as because" in found.said[-1].text(EN)


def clinker(retired: str, **more: Any) -> dict[str, Any]:
    return {"industry": "cement_clinker", "energy_level": "benchmark",
            "built": [{"product": "cement_clinker", "amount": 100}],
            "retired": [{"product": "cement_clinker", "name": "虚构水泥", "amount": retired,
                         "shut_on": date(2025, 1, 1), **more}]}  # fmt: skip


@pytest.mark.parametrize(("retired", "expected"), [("200", "pass"), ("199.99", "fail")])
def test_clinker_swaps_at_two_in_a_key_region(retired: str, expected: str):
    assert verdict("capacity_swap", **clinker(retired)) == expected


@pytest.mark.parametrize(
    ("retired", "inferior", "expected"),
    [("150", False, "pass"), ("149.99", False, "fail"), ("150", True, "fail"), ("200", True, "pass")],
)
def test_clinker_elsewhere_swaps_at_one_and_a_half_unless_it_is_inferior(retired, inferior, expected):
    said = clinker(retired, inferior=inferior)
    assert verdict("capacity_swap", choice=Choice(), county="140225", **said) == expected


@pytest.mark.parametrize(("retired", "expected"), [("125", "pass"), ("124.99", "fail")])
def test_glass_swaps_at_one_and_a_quarter_in_a_key_region(retired: str, expected: str):
    said = {"industry": "flat_glass", "built": [{"product": "flat_glass", "amount": 100}],
            "retired": [{"product": "flat_glass", "name": "虚构玻璃", "amount": retired}]}  # fmt: skip
    assert verdict("capacity_swap", **said) == expected


def test_a_coal_washery_closes_twice_what_it_adds():
    said: dict[str, Any] = {"industry": "coal_washing", "built": [{"product": "coal_washing", "amount": 60}]}
    rows = [{"product": "coal_washing", "name": "虚构洗煤厂", "amount": amount} for amount in ("119.9", "120")]
    assert [verdict("capacity_swap", **said, retired=[row]) for row in rows] == ["fail", "pass"]


@pytest.mark.parametrize(("day", "expected"), [(date(2024, 8, 22), "pass"), (date(2024, 8, 23), "fail")])
def test_no_steel_swap_passes_while_swaps_are_suspended(day: date, expected: str):
    said = steel("100", {"amount": "150"})
    assert verdict("capacity_swap", applied_on=day, **said) == expected


@pytest.mark.parametrize(
    ("shut_on", "starts_on", "expected"),
    [
        (date(2025, 6, 30), date(2025, 7, 1), "pass"),
        (date(2025, 7, 1), date(2025, 7, 1), "fail"),
        (date(2025, 8, 1), date(2025, 7, 1), "fail"),
        (None, date(2025, 7, 1), "needs_documents"),
        (date(2025, 6, 30), None, "needs_documents"),
    ],
)
def test_old_capacity_closes_before_the_new_one_runs(shut_on, starts_on, expected):
    said = steel("100", {"amount": "150", "shut_on": shut_on})
    assert verdict("shut_before_start", starts_on=starts_on, **said) == expected


def test_coal_power_need_not_close_first():
    said = {"industry": "coal_power", "retired": [{"product": "coal_power", "name": "虚构机组", "amount": 10}]}
    assert verdict("shut_before_start", **said) == "not applicable"


@pytest.mark.parametrize(
    ("level", "expected"),
    [("benchmark", "pass"), ("between", "fail"), ("below_baseline", "fail"), (None, "needs_documents")],
)
def test_coking_reaches_the_benchmark_of_energy_use(level, expected):
    assert verdict("energy_benchmark", industry="coking", energy_level=level) == expected


# ---------------------------------------------------------------------------------------------- transport


def hauls(clean: int, dirty: int) -> list[dict[str, Any]]:
    return [{"material": "煤", "mode": "rail", "amount": clean}, {"material": "焦", "mode": "diesel_truck",
                                                                "amount": dirty}]  # fmt: skip


@pytest.mark.parametrize(
    ("clean", "dirty", "expected", "binding"),
    [
        (1_200_000, 300_000, "pass", "must"),  # 1.5 Mt, 80 %
        (1_199_999, 300_001, "fail", "must"),  # 1.5 Mt, 79.99 %
        (1_199_000, 300_999, "fail", "principle"),  # 1 t below 1.5 Mt
        (0, 1_499_999, "fail", "principle"),
        (1_500_000, 0, "pass", "must"),
    ],
)
def test_clean_transport_binds_from_one_and_a_half_million_tonnes(clean, dirty, expected, binding):
    found = outcome(hauls=hauls(clean, dirty)).check("clean_transport")
    assert (found.verdict, found.binding) == (expected, binding)


def test_clean_transport_is_a_principle_where_no_threshold_was_laid_down():
    found = outcome(choice=Choice(), hauls=hauls(0, 9_000_000)).check("clean_transport")
    assert (found.verdict, found.binding) == ("fail", "principle")


def test_a_project_without_bulk_goods_passes():
    assert outcome().check("clean_transport").verdict == "pass"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"rail_siding": True}, "pass"),
        ({"rail_siding": False}, "fail"),
        ({}, "needs_documents"),
        ({"kind": "rebuilt"}, "not applicable"),
        ({"site": "other"}, "not applicable"),
        ({"hauls": hauls(0, 1_499_999), "rail_siding": False}, "not applicable"),
        ({"hauls": None}, "needs_documents"),
    ],
)
def test_a_large_bulk_site_is_joined_to_a_siding(more, expected):
    said = {"site": "coal_storage", "hauls": hauls(0, 1_500_000), **more}
    assert verdict("rail_connection", **said) == expected


def test_a_pipeline_stands_for_a_siding():
    piped = [{"material": "气", "mode": "pipeline", "amount": 1_500_000}]
    assert verdict("rail_connection", site="industrial_mining", hauls=piped, rail_siding=False) == "pass"


# ---------------------------------------------------------------------------------------------- emissions


def emitted(**amounts: str) -> list[dict[str, str]]:
    all_four = {"so2": "0", "nox": "0", "pm": "0", "voc": "0", **amounts}
    return [{"pollutant": key, "amount": amount} for key, amount in all_four.items()]


def set_off(pollutant: str, amount: str, **more: Any) -> list[dict[str, Any]]:
    return [{"pollutant": pollutant, "source": "虚构减排工程", "amount": amount, **more}]


@pytest.mark.parametrize(
    ("bad", "offered", "expected"),
    [
        ((), "12.5", "pass"),
        ((), "12.49", "fail"),
        (("pm25",), "25", "pass"),
        (("pm25",), "24.99", "fail"),
        (("o3",), "25", "pass"),
        (("o3",), "12.5", "fail"),
        (("pm10",), "12.5", "pass"),  # PM10 drives no NOx
    ],
)
def test_nox_is_set_off_doubly_where_what_it_drives_exceeds(bad, offered, expected):
    air = {**CLEAN, **{Pollutant(one): False for one in bad}}
    assert verdict("regional_reduction", air, emissions=emitted(nox="12.5"),
                   reductions=set_off("nox", offered)) == expected  # fmt: skip


@pytest.mark.parametrize(
    ("offered", "expected"), [("25", "pass"), ("24.99", "needs_documents"), ("12.5", "needs_documents"),
                              ("12.49", "fail")],
)  # fmt: skip
def test_where_the_air_is_not_known_both_ratios_are_tried(offered: str, expected: str):
    said = {"emissions": emitted(nox="12.5"), "reductions": set_off("nox", offered)}
    assert verdict("regional_reduction", {}, **said) == expected


def test_one_pollutant_that_is_not_given_is_asked_for():
    said = [row for row in emitted() if row["pollutant"] != "voc"]
    found = outcome(emissions=said).check("regional_reduction")
    assert found.verdict == "needs_documents"
    assert [row.text(EN) for row in found.said] == ["Volatile organic compounds: the emission is not given."]


def test_a_reduction_that_comes_too_late_does_not_count():
    said = {"emissions": emitted(so2="1"), "reductions": set_off("so2", "5", done_on=date(2025, 7, 1))}
    assert verdict("regional_reduction", **said) == "fail"
    said["reductions"] = set_off("so2", "5", done_on=date(2025, 6, 30))
    assert verdict("regional_reduction", **said) == "pass"


# ---------------------------------------------------------------------------------------------- coal


def coal(saved: str, by: str = "electricity", **more: Any) -> dict[str, Any]:
    return {"coal": [{"fuel": "raw_coal", "amount": 10_000}],
            "coal_savings": [{"fuel": "raw_coal", "amount": saved, "by": by, "source": "虚构锅炉房"}],
            **more}  # fmt: skip


@pytest.mark.parametrize(("saved", "expected"), [("10000.1", "pass"), ("10000", "fail"), ("9999", "fail")])
def test_in_a_key_region_more_coal_is_saved_than_used(saved: str, expected: str):
    assert verdict("coal_replacement", **coal(saved)) == expected


def test_elsewhere_as_much_is_enough():
    assert verdict("coal_replacement", choice=Choice(), county="140225", **coal("10000")) == "pass"


@pytest.mark.parametrize("by", ["petroleum_coke", "coke", "semicoke"])
def test_dirty_fuels_are_no_way_to_save_coal(by: str):
    found = outcome(**coal("90000", by)).check("coal_replacement")
    assert found.verdict == "fail"
    assert "is no way to save coal" in found.said[0].text(EN)


def test_figures_of_coal_are_those_of_the_factors():
    """10,000 × 0.7143 = 7143; 9,000 × 0.9 = 8100."""
    said = coal("10000")
    said["coal"] = [*said["coal"], {"fuel": "gangue", "amount": 1000}, {"fuel": "washed_coal", "amount": 100,
                                                                       "use": "raw_material"}]  # fmt: skip
    said["coal_savings"] = [{"fuel": "washed_coal", "amount": 9000, "by": "biomass", "source": "a"}]
    assert figures("coal_replacement", **said) == {
        "Coal newly used": "7143", "Not counted (gangue, raw material)": "268.6", "At least to be saved": "7143",
        "Coal saved": "8100", "Saved in ways that do not count": "0",
    }  # fmt: skip
    assert verdict("coal_replacement", **said) == "pass"


def test_gangue_and_raw_material_alone_need_no_saving():
    rows = [{"fuel": "gangue", "amount": 50_000}, {"fuel": "raw_coal", "amount": 90_000, "use": "raw_material"}]
    assert verdict("coal_replacement", coal=rows) == "pass"


@pytest.mark.parametrize(("said", "expected"), [(True, "pass"), (False, "fail"), (None, "needs_documents")])
def test_coal_of_a_power_project_may_be_guaranteed(said, expected):
    assert verdict("coal_replacement", industry="coal_power", coal_guaranteed=said, **coal("1")) == expected


def test_a_coal_without_factor_is_asked_for():
    assert verdict("coal_replacement", coal=[{"fuel": "lignite", "amount": 1}]) == "needs_documents"


@pytest.mark.parametrize(
    ("own", "fuel", "expected"), [(True, "coal", "fail"), (False, "coal", "pass"), (True, "gas", "pass")]
)
def test_no_self_owned_coal_unit(own: bool, fuel: str, expected: str):
    unit = {"name": "虚构机组", "capacity": 50, "fuel": fuel, "self_owned": own}
    found = outcome(power_units=[unit]).check("own_coal_unit")
    assert (found.verdict, found.binding) == (expected, "principle")


# ---------------------------------------------------------------------------------------------- boilers


def boiler(capacity: str | None = "40", **more: Any) -> dict[str, Any]:
    return {"boilers": [{"name": "虚构锅炉", "capacity": capacity, "fuel": "coal", "purpose": "central_heating",
                         **more}]}  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [("35", "fail"), ("35.1", "pass"), ("10", "fail"), (None, "needs_documents")],
)
def test_coal_boilers_up_to_35_tonnes_are_kept_at_zero(capacity, expected):
    assert verdict("small_coal_boiler", **boiler(capacity)) == expected


@pytest.mark.parametrize(("purpose", "expected"), [("central_heating", "pass"), ("industrial", "fail")])
def test_coal_is_burnt_for_central_heating_only(purpose: str, expected: str):
    found = outcome(**boiler(purpose=purpose)).check("coal_boiler")
    assert (found.verdict, found.binding) == (expected, "principle")


def test_a_gas_boiler_is_no_coal_boiler():
    found = outcome(**boiler(fuel="gas"))
    assert {"small_coal_boiler", "coal_boiler", "heat_radius"} <= set(found.not_applicable)


@pytest.mark.parametrize(
    ("capacity", "kind", "expected"),
    [
        ("10", "other", "fail"), ("10", "storage_electric", "pass"), ("10", "condensing_gas", "pass"),
        ("10.1", "other", "not applicable"),
    ],
)  # fmt: skip
def test_small_industrial_boilers_are_electric_or_condensing_by_preference(capacity, kind, expected):
    said = boiler(capacity, fuel="gas", purpose="industrial", kind=kind)
    assert verdict("boiler_kind", **said) == expected
    assert outcome(**said).overall != "fail"


PLANT = {"name": "虚构热电厂", "capacity": 300, "longitude": 113.0, "latitude": 36.0}


@pytest.mark.parametrize(
    ("latitude", "capacity", "expected"),
    [
        (36.2703, 300, "fail"),  # 29.9929 km (Vincenty, GRS80)
        (36.2704, 300, "pass"),  # 30.0040 km
        (36.1, 299.9, "pass"),
    ],
)
def test_no_coal_boiler_within_30_km_of_a_300_mw_plant(latitude: float, capacity: float, expected: str):
    said = boiler(longitude=113.0, latitude=latitude)
    assert verdict("heat_radius", heat_sources=[{**PLANT, "capacity": capacity}], **said) == expected


def test_the_plant_and_the_distance_are_named():
    said = {**boiler(), "longitude": 113.0, "latitude": 36.27, "heat_sources": [PLANT]}
    found = outcome(**said).check("heat_radius")
    assert [row.text(EN) for row in found.said] == [
        "虚构锅炉 would stand 29.96 km from 虚构热电厂 (300 MW): its heat is to be used."
    ]


def test_places_and_plants_are_asked_for():
    assert verdict("heat_radius", **boiler(), heat_sources=[PLANT]) == "needs_documents"
    assert verdict("heat_radius", **{**boiler(), "heat_sources": None}) == "needs_documents"
    assert verdict("heat_radius", longitude=113.0, latitude=36.0, **boiler()) == "pass"


def test_a_small_coal_set_counts_like_a_boiler():
    unit = {"name": "虚构小热电", "capacity": 25, "fuel": "coal", "self_owned": False}
    said = {"power_units": [unit], "longitude": 113.0, "latitude": 36.1, "heat_sources": [PLANT]}
    assert verdict("heat_radius", **said) == "fail"
    said["power_units"] = [{**unit, "capacity": 300}]
    assert verdict("heat_radius", **said) == "not applicable"


# ---------------------------------------------------------------------------------------------- the rest


@pytest.mark.parametrize(("number", "expected"), [(0, "not applicable"), (1, "fail"), (None, "needs_documents")])
def test_no_new_gas_producer(number, expected):
    assert verdict("gas_producer", gas_producers=number) == expected


@pytest.mark.parametrize(
    ("energy", "kind", "expected"),
    [
        ("electricity", "melting", "pass"), ("desulphurised_coke_oven_gas", "heating", "pass"),
        ("coal", "drying", "fail"), ("producer_gas", "heating", "fail"), ("coal", "other", "not applicable"),
    ],
)  # fmt: skip
def test_furnaces_use_clean_energy_in_principle(energy: str, kind: str, expected: str):
    assert verdict("furnace_energy", furnaces=[{"name": "a", "kind": kind, "energy": energy}]) == expected


@pytest.mark.parametrize(("high", "expected"), [(True, "fail"), (False, "pass"), (None, "needs_documents")])
def test_products_with_much_voc_are_held_down(high, expected):
    found = outcome(voc_products=[{"name": "虚构涂料", "kind": "coating", "high": high}]).check("voc_products")
    assert (found.verdict, found.binding) == (expected, "principle")


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        ({"kind": "open_pit"}, "fail"),
        ({"kind": "open_pit", "exception": "planned_area"}, "needs_documents"),
        ({"kind": "open_pit", "exception": "unsafe_underground", "proof": True}, "pass"),
        ({"kind": "underground"}, "not applicable"),
    ],
)
def test_no_open_pit_without_a_proved_exception(mine, expected):
    said = {"industry": "mining", "mines": [{"name": "虚构矿", **mine}]}
    assert verdict("open_pit", **said) == expected
    assert Rulebook.packaged().by_id("admission-changzhi-2024").firm == ("clean_transport", "rail_connection",
                                                                        "open_pit")  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"rail_siding": True}, "pass"),
        ({"hauls": hauls(80, 20)}, "pass"),
        ({"hauls": hauls(79, 21)}, "fail"),
        ({"hauls": None}, "needs_documents"),
        ({"kind": "extended"}, "not applicable"),
    ],
)
def test_a_new_mine_carries_clean(more, expected):
    assert verdict("mine_transport", mines=[{"name": "虚构矿", "kind": "underground"}], **more) == expected


def test_lucheng_may_ask_for_more():
    assert [row.text(EN) for row in outcome(county="140406").notes] == [
        "This county may ask for more than the plan: ask it before a decision."
    ]
    assert outcome(county="140404").notes == ()


def test_what_follows_from_all_checks():
    whole = {"emissions": emitted()}
    assert outcome(**whole).overall == "pass"
    assert outcome(**whole, hauls=hauls(0, 5)).overall == "needs_reason"
    assert outcome(**whole, documents=()).overall == "needs_documents"
    assert outcome(**whole, documents=(), gas_producers=1).overall == "fail"


def test_every_check_of_every_edition_runs():
    for edition in Rulebook.packaged().editions("admission"):
        assert isinstance(edition, AdmissionRule)
        found = check_application(project(), edition, CLEAN, Said(message="given"))
        assert {row.key for row in found.checks} | set(found.not_applicable) == {row.key for row in edition.checks}


def test_a_figure_says_its_unit_in_the_readers_language():
    (kept, *_) = outcome(**boiler("20")).check("small_coal_boiler").figures
    assert kept.text(EN) == "虚构锅炉: 20 t/h"
    unknown = outcome(**boiler(None)).check("coal_boiler").figures[0]
    assert unknown.text(EN) == "虚构锅炉: —"


def test_an_outcome_comes_back_from_the_ledger_as_it_was():
    found = outcome(**coal("10000", "coke"), hauls=hauls(1, 2))
    assert Outcome.model_validate(found.model_dump(mode="json")) == found
