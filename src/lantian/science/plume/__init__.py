"""What do sources bring to the air at receptors, hour by hour (大气扩散模型)?

=================  ========================================================================================
module             question
=================  ========================================================================================
``records``        what sends, what receives, what may happen on the way, what comes out?
``model``          concentrations hour by hour, and the source-receptor matrix
``parts``          into how many points is an area or a line cut for a receptor near it?
``kernel``         the compiled sum
``spread``         its pieces: widths, rise, filling of the layer
``calibration``    which factors on the groups fit what was observed?
``aermod``         the same sources, receptors and weather as inputs of AERMOD
=================  ========================================================================================

Constants come with the rule of subject ``plume``; ``docs/dispersion.md`` says where it holds and where it fails.
Ozone and building downwash are not claimed.
"""

from lantian.science.plume.model import hourly, transfer, transfer_hourly
from lantian.science.plume.records import (
    Groups,
    Kind,
    Options,
    Outside,
    Periods,
    Receptors,
    Sources,
    Transfer,
)

__all__ = [
    "Groups",
    "Kind",
    "Options",
    "Outside",
    "Periods",
    "Receptors",
    "Sources",
    "Transfer",
    "hourly",
    "transfer",
    "transfer_hourly",
]
