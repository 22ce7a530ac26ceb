"""Words that stand for a plan's stored names: states, roles, kinds, steps, changes; and names of bodies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House

PLAN_STATES: Mapping[str, str] = {
    "draft": mark("draft"),
    "in_force": mark("in force"),
    "replaced": mark("replaced"),
}
ROLES: Mapping[str, str] = {
    "lead": mark("leads"),
    "cooperate": mark("cooperates"),
    "implement": mark("carries out"),
}
STEPS: Mapping[str, str] = {
    "remind": mark("Reminder"),
    "notice": mark("Circular"),
    "supervise": mark("Supervision"),
    "interview": mark("Interview"),
}
CLAIMS: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "difficult": mark("in difficulty"),
}
TASK_KINDS: Mapping[str, str] = {
    "deadline": mark("deadline"),
    "recurring": mark("recurring"),
    "indicator": mark("indicator"),
    "projects": mark("project list"),
    "money": mark("money"),
    "proposal": mark("proposal"),
}
RHYTHMS: Mapping[str, str] = {
    "day": mark("every day"),
    "week": mark("every week"),
    "month": mark("every month"),
    "quarter": mark("every quarter"),
    "half": mark("every half year"),
    "year": mark("every year"),
}
TARGET_KINDS: Mapping[str, str] = {"binding": mark("binding"), "aspirational": mark("aspirational")}
USES: Mapping[str, str] = {
    "chrome": mark("page furniture"),
    "fact": mark("facts"),
    "heading": mark("headings"),
    "goal": mark("goals"),
    "title": mark("titles"),
    "body": mark("sentences"),
    "tail": mark("tails"),
    "preamble": mark("frame text"),
    "space": mark("blanks"),
    "unread": mark("not understood"),
}
COUNTS: Mapping[str, str] = {
    "measures": mark("measures"),
    "duties": mark("duties"),
    "tasks": mark("tasks"),
    "goals": mark("goals"),
    "series": mark("indicators"),
}
CHANGES: Mapping[str, str] = {
    "measure_added": mark("measure added"),
    "measure_removed": mark("measure removed"),
    "measure_renamed": mark("measure renamed"),
    "measure_renumbered": mark("measure renumbered"),
    "duty_added": mark("duty added"),
    "duty_removed": mark("duty removed"),
    "role_changed": mark("role changed"),
    "deadline_added": mark("date added"),
    "deadline_removed": mark("date removed"),
    "deadline_earlier": mark("date earlier"),
    "deadline_later": mark("date later"),
    "deadline_changed": mark("date changed"),
    "indicator_added": mark("number added"),
    "indicator_removed": mark("number removed"),
    "indicator_changed": mark("number changed"),
    "target_added": mark("target added"),
    "target_removed": mark("target removed"),
    "target_changed": mark("target changed"),
}

EDITION_CHANGES: Mapping[str, str] = {
    "measure.added": mark("measure added"),
    "measure.removed": mark("measure removed"),
    "measure.renamed": mark("measure renamed"),
    "duty.added": mark("duty added"),
    "duty.removed": mark("duty removed"),
    "task.added": mark("task added"),
    "task.removed": mark("task removed"),
    "task.moved": mark("date moved"),
    "task.value": mark("number changed"),
    "goal.added": mark("target added"),
    "goal.removed": mark("target removed"),
}


def word_of(words: Mapping[str, str], name: str | None, language: Translation) -> str:
    """Return the word of a stored name in the reader's language; one that is not listed stays as it is.

    Examples
    --------
    >>> from lantian.desk.language import translation
    >>> word_of(PLAN_STATES, "in_force", translation("en")), word_of(STEPS, None, translation("en"))
    ('in force', '')
    """
    return "" if not name else language.gettext(words[name]) if name in words else name


def known_body(house: "House", name: str) -> str:
    """Return the id of the body that the city's directory calls so: a name, an alias, an id or a county code.

    A name that stands for several bodies, or for none, stays as it is.
    """
    from lantian.city.bodies import body_named

    wanted = name.strip()
    body = body_named(house.city, wanted) or next(
        (row for row in house.city.bodies if wanted and wanted in (row.id, row.county)), None
    )
    return wanted if body is None or body.members else body.id


def asked_body(house: "House", name: str | None) -> str | None:
    """Return the id of the body that was asked for, or None where none was.

    Raises
    ------
    CallerError
        The ledger holds no such body.
    """
    from lantian.loop.plan.queries import find_organisation

    if name is None:
        return None
    found = find_organisation(house.office(), known_body(house, name))
    if found is None:
        raise CallerError(
            "No body {name!r} in this plan. `lantian plan status` lists the bodies that have duties.", name=name
        )
    return found.id


def body_name(house: "House", organisation_id: str, language: Translation) -> str:
    """Return the short name of a body in the reader's language; an id that the directory lacks stays."""
    body = next((row for row in house.city.bodies if row.id == organisation_id), None)
    return organisation_id if body is None else body.name if language.is_chinese else body.name_en or body.name
