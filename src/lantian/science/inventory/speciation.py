"""What a source's VOC are made of, by groups that react alike (VOCs成分分配)."""

from collections.abc import Iterable, Mapping

from lantian.rules.inventory_records import VOC_GROUPS, VocProfile
from lantian.science.inventory.estimating import Estimate
from lantian.science.inventory.rules import InventoryRules


def groups_of(amount: float, profile: VocProfile) -> dict[str, float]:
    """Part an amount of VOC into reactivity groups.

    Parameters
    ----------
    amount : float
        Mass of all compounds. [t]
    profile : VocProfile
        Shares of the groups. [1]

    Returns
    -------
    dict
        Group → mass, in the order of the rule; they add up to the amount. [t]
    """
    return {group: amount * float(share) for group, share in profile.shares.items()}


def profile_of(category: str, rules: InventoryRules) -> VocProfile | None:
    """Return the VOC profile of a category; None where the classification names none.

    A row of a whole source has the beginning of a code only; then the profile of that level holds.
    """
    row = rules.categories.get(category.rstrip("."))
    return None if row is None or row.voc is None else rules.voc_profiles[row.voc]


def speciated(rows: Iterable[Estimate], rules: InventoryRules) -> tuple[dict[str, float], float]:
    """Part the VOC of an inventory into reactivity groups.

    Parameters
    ----------
    rows : iterable of Estimate
        The inventory; rows of other pollutants are passed over.
    rules : InventoryRules
        Profiles and which category has which.

    Returns
    -------
    groups : dict
        Group → mass. [t]
    unknown : float
        Mass of VOC whose category has no profile; groups and this add up to all VOC. [t]
    """
    found: Mapping[str, float] = dict.fromkeys(VOC_GROUPS, 0.0)
    groups, unknown = dict(found), 0.0
    for row in rows:
        if row.pollutant != "voc":
            continue
        profile = profile_of(row.category, rules)
        if profile is None:
            unknown += row.amount
            continue
        for group, mass in groups_of(row.amount, profile).items():
            groups[group] += mass
    return groups, unknown
