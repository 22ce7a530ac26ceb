"""The law as dated, cited data files, and the loader that picks the edition by the date of the observation."""

from lantian.rules.choice import Choice
from lantian.rules.edition import Confidence, Edition
from lantian.rules.inventory_book_records import InventoryBookRule
from lantian.rules.quality_records import KeyUnitRule, QualityRule
from lantian.rules.records import (
    FACTS_OF_DATA,
    SUBJECTS,
    AdmissionCheck,
    AdmissionRule,
    AmbientLimits,
    AqiCategories,
    AqiRule,
    CompositeRule,
    DispatchRule,
    DustRule,
    EvaluationRule,
    FlagRule,
    LadderStep,
    LowValueRule,
    RankingRule,
    StateRule,
    TrendRule,
)
from lantian.rules.rule_set import RuleSet
from lantian.rules.rulebook import Rulebook
from lantian.rules.source_records import (
    EmissionLimits,
    MarkRule,
    ReferenceOxygen,
    SourceDataRule,
    TransmissionRule,
)
from lantian.rules.species_records import Species, SpeciesRule
from lantian.rules.weather_records import WeatherRule

__all__ = [
    "FACTS_OF_DATA",
    "SUBJECTS",
    "AdmissionCheck",
    "AdmissionRule",
    "AmbientLimits",
    "AqiCategories",
    "AqiRule",
    "Choice",
    "CompositeRule",
    "Confidence",
    "DispatchRule",
    "DustRule",
    "Edition",
    "EmissionLimits",
    "EvaluationRule",
    "FlagRule",
    "InventoryBookRule",
    "KeyUnitRule",
    "LadderStep",
    "LowValueRule",
    "MarkRule",
    "QualityRule",
    "RankingRule",
    "ReferenceOxygen",
    "RuleSet",
    "Rulebook",
    "SourceDataRule",
    "Species",
    "SpeciesRule",
    "StateRule",
    "TransmissionRule",
    "TrendRule",
    "WeatherRule",
]
