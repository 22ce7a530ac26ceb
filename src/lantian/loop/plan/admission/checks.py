"""Run the checklist of an edition over one application: what applies, what passes, what is missing (准入核查)."""

from collections.abc import Callable, Mapping

from lantian.loop.plan.admission import energy, industry
from lantian.loop.plan.admission.outcome import Case, Found, Name, Outcome, Said, outcome_of
from lantian.loop.plan.admission.records import Application
from lantian.rules import AdmissionRule
from lantian.terms.pollutants import Pollutant
from lantian.terms.words import mark

_CHECKS: Mapping[str, Callable[[Case], Found | None]] = {
    "documents": industry.documents,
    "catalogue": industry.catalogue,
    "no_new_capacity": industry.no_new_capacity,
    "capacity_swap": industry.capacity_swap,
    "shut_before_start": industry.shut_before_start,
    "energy_benchmark": industry.energy_benchmark,
    "clean_transport": industry.clean_transport,
    "rail_connection": industry.rail_connection,
    "regional_reduction": energy.regional_reduction,
    "coal_replacement": energy.coal_replacement,
    "own_coal_unit": energy.own_coal_unit,
    "small_coal_boiler": energy.small_coal_boiler,
    "coal_boiler": energy.coal_boiler,
    "heat_radius": energy.heat_radius,
    "boiler_kind": energy.boiler_kind,
    "gas_producer": energy.gas_producer,
    "furnace_energy": energy.furnace_energy,
    "voc_products": industry.voc_products,
    "open_pit": industry.open_pit,
    "mine_transport": industry.mine_transport,
}


def check_application(
    application: Application, rule: AdmissionRule, air: Mapping[Pollutant, bool], air_source: Said
) -> Outcome:
    """Run every check of an edition; those that have nothing to look at are named as not applicable.

    Parameters
    ----------
    application : Application
        What the project says of itself.
    rule : AdmissionRule
        Edition of its date.
    air : mapping of Pollutant to bool
        Whether each pollutant attains, where it is known.
    air_source : Said
        Where that was taken from.
    """
    case = Case(application, rule, air)
    done, idle = [], []
    for check in rule.checks:
        found = _CHECKS[check.key](case)
        if found is None:
            idle.append(check.key)
        else:
            done.append(outcome_of(check, found, rule))
    notes = []
    if application.county in rule.stricter_counties:
        notes.append(Said(message=mark("This county may ask for more than the plan: ask it before a decision.")))
    return Outcome(
        rule=rule.id,
        rule_title=Name(zh=rule.title_zh, en=rule.title),
        checks=tuple(done),
        not_applicable=tuple(idle),
        air=dict(air),
        air_source=air_source,
        notes=tuple(notes),
    )
