"""Rules that tests of emission arithmetic judge by."""

from datetime import date

import pytest

from lantian.rules import Choice, MarkRule, Rulebook, SourceDataRule, TransmissionRule

DAY = date(2026, 11, 1)


@pytest.fixture(scope="session")
def rule(rulebook: Rulebook) -> SourceDataRule:
    return rulebook.edition(SourceDataRule, "source_data", DAY)


@pytest.fixture(scope="session")
def power(rulebook: Rulebook) -> MarkRule:
    return rulebook.edition(MarkRule, "marks", DAY, Choice(variants={"marks": "thermal_power"}))


@pytest.fixture(scope="session")
def waste(rulebook: Rulebook) -> MarkRule:
    return rulebook.edition(MarkRule, "marks", DAY, Choice(variants={"marks": "waste_incineration"}))


@pytest.fixture(scope="session")
def transmission(rulebook: Rulebook) -> TransmissionRule:
    return rulebook.edition(TransmissionRule, "transmission", DAY)
