"""Array annotations that say the unit; a test compares them with the brackets of the docstrings."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MicrogramsPerM3 = Annotated[FloatArray, "ug m-3"]
Concentration = Annotated[FloatArray, "ug m-3, CO mg m-3"]
IndexArray = Annotated[NDArray[np.int16], "1"]
