"""The city's own structured plan: facts and short titles in ``plan.toml`` of its folders (结构化方案)."""

from lantian.loop.plan.adopting.adoption import Adopted, adopt_content
from lantian.loop.plan.adopting.plan_file import FILE
from lantian.loop.plan.adopting.plan_folders import StructuredPlan, load_structured
from lantian.loop.plan.adopting.structured_content import content_of_structured
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError
from lantian.terms.findings import Severity

__all__ = ["StructuredPlan", "adopt_structured", "load_structured"]


def adopt_structured(office: Office, *, by: str) -> Adopted:
    """Write the city's own structured plan into the ledger as a draft; the same one again changes nothing.

    Raises
    ------
    CallerError
        When the city has no plan file, or the file names bodies that the directory does not know.
    """
    plan = load_structured(office.city)
    if plan is None:
        raise CallerError(
            "{city} has no {file} in its folders. Adopt the plan's document, or write the file (docs/plan.md).",
            city=office.city.name_zh, file=FILE,
        )  # fmt: skip
    errors = [row for row in plan.findings if row.severity is Severity.ERROR]
    if errors:
        raise CallerError(
            "{path} is not adopted: {n} places are wrong, the first is {where}. Mend them; nothing was written.",
            path=plan.paths[-1], n=len(errors), where=errors[0].where,
        )  # fmt: skip
    return adopt_content(office, content_of_structured(plan.file, office.city, plan.digest), by=by)
