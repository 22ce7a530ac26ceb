"""What makes ozone on a day: runs of a box with a chemical mechanism, many at once (臭氧盒模型).

``mechanism`` turns measured VOC into the species of the mechanism and says how fast reactions go, ``day`` holds
what was measured, ``solver`` is the only module that touches the solver (extra ``chem``), ``running`` goes through
the hours, ``budget`` accounts for ozone and radicals, ``regime`` says which precursor limits ozone, ``surface``
what other amounts of VOC and NOx would make.
"""

from lantian.science.boxmodel.budget import Budget, budget, reaction_rates
from lantian.science.boxmodel.day import Day, light_of_radiation, without_short_gaps
from lantian.science.boxmodel.mechanism import Lumped, lumped, photolysis
from lantian.science.boxmodel.regime import Reactivities, Regime, cuts_of_groups, cuts_of_species, reactivities
from lantian.science.boxmodel.running import Course, run
from lantian.science.boxmodel.surface import Path, Surface, paths, surface

__all__ = [
    "Budget",
    "Course",
    "Day",
    "Lumped",
    "Path",
    "Reactivities",
    "Regime",
    "Surface",
    "budget",
    "cuts_of_groups",
    "cuts_of_species",
    "light_of_radiation",
    "lumped",
    "paths",
    "photolysis",
    "reaction_rates",
    "reactivities",
    "run",
    "surface",
    "without_short_gaps",
]
