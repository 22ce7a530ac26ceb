"""The law as dated, cited data files, and the loader that picks the edition by the date of the observation."""

from lantian.rules.choice import Choice
from lantian.rules.records import (
    FACTS_OF_DATA,
    SUBJECTS,
    AmbientLimits,
    AqiCategories,
    AqiRule,
    CompositeRule,
    Confidence,
    DustRule,
    Edition,
    EvaluationRule,
    FlagRule,
    LowValueRule,
    RankingRule,
    StateRule,
    TrendRule,
)
from lantian.rules.rule_set import RuleSet
from lantian.rules.rulebook import Rulebook

__all__ = [
    "FACTS_OF_DATA",
    "SUBJECTS",
    "AmbientLimits",
    "AqiCategories",
    "AqiRule",
    "Choice",
    "CompositeRule",
    "Confidence",
    "DustRule",
    "Edition",
    "EvaluationRule",
    "FlagRule",
    "LowValueRule",
    "RankingRule",
    "RuleSet",
    "Rulebook",
    "StateRule",
    "TrendRule",
]
