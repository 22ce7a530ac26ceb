"""What a plan promised for the city's own air: `plan` judges its goals, papers of `evaluate` print them."""

from datetime import date

from lantian.loop.evaluate.papers.looking import Target
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import find_plan
from lantian.loop.plan.targets.goals import judge_goals

_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "=", "~": "≈"}


def city_targets(office: Office, day: date) -> tuple[Target, ...]:
    """Return the targets of the plan in force for the whole city and the year of a day; none without a plan.

    Parameters
    ----------
    office : Office
        Whose ledger.
    day : date
        Legal day up to which the goals are judged.
    """
    if find_plan(office) is None:
        return ()
    found: dict[str, Target] = {}
    for goal in judge_goals(office, today=day):
        if goal.subject == office.city.adcode and goal.year == day.year and goal.target is not None:
            sign = _SIGNS.get(goal.comparator or "", "")
            words = f"{sign} {goal.target.normalize():f} {goal.unit}".strip()
            found.setdefault(goal.metric, Target(goal.metric, words, goal.year))
    return tuple(found.values())
