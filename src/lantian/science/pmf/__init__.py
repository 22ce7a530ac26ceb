"""Which factors make up the samples, how much of each, and how sure is that (正定矩阵因子分解, PMF)?

`prepare` turns measured samples into a data set, `base_runs` finds the factors from many random starts,
`bootstrap`, `displacement` and `bootstrap_displacement` tell their errors, `constrained` and `rotated` put in
what a person knows, `recommend_factors` says how many the samples support, `rolling` follows them in time, and
`suggest_names` says what they could be. ``docs/pmf.md`` shows all of it on one example.
"""

from lantian.science.pmf.constraints import Constrained, Constraint, Rotated, constrained, rotated
from lantian.science.pmf.data import (
    Choices,
    Dataset,
    Measured,
    from_limits,
    prepare,
    signal_to_noise,
    suggested,
)
from lantian.science.pmf.displacing import Displacement, displacement
from lantian.science.pmf.epa_files import EpaTable, contributions_text, profiles_text, read_tables
from lantian.science.pmf.fitting import Fit
from lantian.science.pmf.matching import assigned, correlations, shapes_alike
from lantian.science.pmf.naming import Likeness, Suggestion, likeness, suggest_names
from lantian.science.pmf.number import Candidate, Recommendation, recommend_factors
from lantian.science.pmf.patterns import (
    Pair,
    Pattern,
    WindPattern,
    by_hour,
    by_month,
    by_season,
    by_weekday,
    by_wind,
    g_space,
)
from lantian.science.pmf.resampling import (
    Bootstrap,
    BootstrapDisplacement,
    best_block,
    bootstrap,
    bootstrap_displacement,
)
from lantian.science.pmf.starting import BaseRuns, Run, Settings, base_runs
from lantian.science.pmf.windows import Rolling, rolling

__all__ = [
    "BaseRuns",
    "Bootstrap",
    "BootstrapDisplacement",
    "Candidate",
    "Choices",
    "Constrained",
    "Constraint",
    "Dataset",
    "Displacement",
    "EpaTable",
    "Fit",
    "Likeness",
    "Measured",
    "Pair",
    "Pattern",
    "Recommendation",
    "Rolling",
    "Rotated",
    "Run",
    "Settings",
    "Suggestion",
    "WindPattern",
    "assigned",
    "base_runs",
    "best_block",
    "bootstrap",
    "bootstrap_displacement",
    "by_hour",
    "by_month",
    "by_season",
    "by_weekday",
    "by_wind",
    "constrained",
    "contributions_text",
    "correlations",
    "displacement",
    "from_limits",
    "g_space",
    "likeness",
    "prepare",
    "profiles_text",
    "read_tables",
    "recommend_factors",
    "rolling",
    "rotated",
    "shapes_alike",
    "signal_to_noise",
    "suggest_names",
    "suggested",
]
