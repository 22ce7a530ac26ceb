"""How strongly does the air near the ground mix, hour by hour, told from routine observations (边界层参数)?

======================  ===================================================================================
module                  question
======================  ===================================================================================
``records``             what was observed where, and what is the boundary layer of each hour?
``sun``                 how high does the sun stand?
``energy``              how much heat leaves the ground for the air?
``surface_layer``       what are friction velocity and Obukhov length, and which stability class is that?
``mixing``              how high does the air mix, remembering the hours before?
``layer``               all of that together: `boundary_layer`
``profiles``            wind, its fluctuations and the stratification at any height
``terrain``             does the flow go over the hill or around it?
======================  ===================================================================================

Constants come with the rule of subject ``plume``. Local hours are the city's, instants are UTC.
"""

from lantian.science.boundary.layer import boundary_layer
from lantian.science.boundary.profiles import Profiles, profiles_of
from lantian.science.boundary.records import Boundary, Observed, Site

__all__ = ["Boundary", "Observed", "Profiles", "Site", "boundary_layer", "profiles_of"]
