"""What can measured VOC do in the air, how old are they, and may they be believed (VOCs光化学反应活性)?

``coefficients`` looks up reactivities of two scales, ``potential`` gives ozone, OH loss and aerosol as arrays,
``tables`` as frames by species and group, ``ageing`` tells hours in the sun from ratios, ``checks`` judges a
month.
"""

from lantian.science.reactivity.ageing import age_hours, exposure_of_product, exposure_of_ratio, source_hint
from lantian.science.reactivity.checks import below_background, isomers_apart, mostly_below, wrong_day_shape
from lantian.science.reactivity.coefficients import Coefficients, Scale, reactivity_group
from lantian.science.reactivity.group_weights import GroupWeight, group_weights
from lantian.science.reactivity.potential import (
    aerosol_potential,
    oh_loss_rate,
    ozone_formation_potential,
    ozone_of_sources,
)
from lantian.science.reactivity.tables import QUANTITIES, by_group, ranked, reactivity_of

__all__ = [
    "QUANTITIES",
    "Coefficients",
    "GroupWeight",
    "Scale",
    "aerosol_potential",
    "age_hours",
    "below_background",
    "by_group",
    "exposure_of_product",
    "exposure_of_ratio",
    "group_weights",
    "isomers_apart",
    "mostly_below",
    "oh_loss_rate",
    "ozone_formation_potential",
    "ozone_of_sources",
    "ranked",
    "reactivity_group",
    "reactivity_of",
    "source_hint",
    "wrong_day_shape",
]
