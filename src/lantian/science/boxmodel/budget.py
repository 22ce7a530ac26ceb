"""How much ozone is made and lost, and by what are radicals lost (臭氧与自由基收支)?"""

from dataclasses import dataclass

import numpy as np

from lantian.rules.voc_records import OzoneChemistry, Reaction
from lantian.science.boxmodel.mechanism import air_density, rate_constants
from lantian.science.boxmodel.running import Course
from lantian.science.composition import AVOGADRO
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class Budget:
    """Rates at the end of each hour; every array has the shape (hours, boxes). [nmol mol-1 h-1]"""

    ozone_made: FloatArray
    """NO that peroxy radicals turn to NO2."""
    ozone_lost: FloatArray
    """Ozone and what holds it that goes to water, radicals, alkenes and nitric acid."""
    radicals_made: FloatArray
    """Q: radicals from light and from ozone."""
    radicals_lost_to_nitrogen: FloatArray
    """L_N: radicals that NOx takes, less those that its reservoirs give back."""
    radicals_lost_otherwise: FloatArray
    """L_R: radicals that take each other."""

    @property
    def net_ozone(self) -> FloatArray:
        """Net chemical production of ozone. [nmol mol-1 h-1]"""
        return self.ozone_made - self.ozone_lost

    @property
    def nitrogen_share(self) -> FloatArray:
        """L_N/Q: radicals lost to nitrogen over all that are lost; NaN in the dark. [1]"""
        lost = self.radicals_lost_to_nitrogen + self.radicals_lost_otherwise
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.radicals_made > 0, self.radicals_lost_to_nitrogen / lost, np.nan)


def budget(course: Course) -> Budget:
    """Account for ozone and radicals (臭氧生成速率、L_N/Q).

    Parameters
    ----------
    course : Course
        Result of a run.

    Returns
    -------
    Budget
        [nmol mol-1 h-1]

    References
    ----------
    Kleinman 2005, Atmos. Environ. 39, 575-586 (L_N/Q); net production of ozone as NO turned by peroxy radicals
    less O1D + H2O, ozone with OH, HO2 and alkenes, and OH + NO2.
    """
    chemistry = course.chemistry
    rates = reaction_rates(course)
    weights = np.array([_weights(row, chemistry) for row in chemistry.reactions])
    made, lost, radicals, by_nitrogen, otherwise = (rates @ weights).transpose(2, 0, 1)
    return Budget(made, lost, radicals, by_nitrogen, otherwise)


def reaction_rates(course: Course) -> FloatArray:
    """How often each reaction happens at the end of each hour.

    Parameters
    ----------
    course : Course
        Result of a run.

    Returns
    -------
    array, shape (hours, boxes, reactions)
        [nmol mol-1 h-1]
    """
    chemistry, day = course.chemistry, course.day
    air = air_density(day.temperature, day.pressure) * AVOGADRO / 1e6
    constants = rate_constants(day.temperature, air, course.light, chemistry)
    amounts = course.mixing * 1e-9 * air[:, None, None]
    rates = np.empty((*course.mixing.shape[:2], len(chemistry.reactions)))
    for place, reaction in enumerate(chemistry.reactions):
        rate = np.broadcast_to(constants[place][:, None], rates.shape[:2]).copy()
        for name, count in reaction.reactants.items():
            rate *= amounts[:, :, chemistry.species.index(name)] ** count
        rates[:, :, place] = rate / air[:, None] * 1e9 * 3600
    return rates


def _weights(reaction: Reaction, chemistry: OzoneChemistry) -> tuple[float, float, float, float, float]:
    """How much one event of a reaction counts in each column of the budget."""
    reactants, products = reaction.reactants, reaction.products
    peroxy = {*chemistry.radicals, *chemistry.operators}
    made = products.get("NO2", 0.0) if "NO" in reactants and peroxy & set(reactants) else 0.0
    gained = sum(products.get(name, 0.0) - reactants.get(name, 0.0) for name in chemistry.radicals)
    if set(reactants) & set(chemistry.reservoirs) and set(products) & set(chemistry.nitrogen):
        return made, 0.0, 0.0, -gained, 0.0
    if set(reactants) & set(chemistry.nitrogen) and gained < 0:
        return made, _ozone_taken(reaction, chemistry), 0.0, -gained, 0.0
    return made, _ozone_taken(reaction, chemistry), max(gained, 0.0), 0.0, max(-gained, 0.0)


def _ozone_taken(reaction: Reaction, chemistry: OzoneChemistry) -> float:
    names = set(reaction.reactants)
    if names in ({"O1D", "H2O"}, {"OH", "NO2"}):
        return 1.0
    partners = names - {"O3"}
    return 1.0 if "O3" in names and partners and not partners & {*chemistry.nitrogen, "O"} else 0.0
