"""What the pages of this room share: their tabs."""

from lantian.terms.words import mark
from lantian.web.permissions import May
from lantian.web.visiting import Visit

_TABS = (
    (mark("Law"), "/system/rules", May.READ_RULES),
    (mark("People"), "/system/people", May.MANAGE_USERS),
    (mark("Runs"), "/system/jobs", May.READ_SYSTEM),
    (mark("Decisions"), "/system/audit", May.READ_AUDIT),
    (mark("Lake"), "/system/lake", May.READ_SYSTEM),
    (mark("Settings"), "/system/settings", May.READ_SYSTEM),
)


def tabs_of(visit: Visit) -> list[tuple[str, str, bool]]:
    """List the pages of this room that a visitor may enter, as the tabs want them."""
    path = visit.request.url.path
    return [
        (visit.say(words), address, path.startswith(address)) for words, address, may in _TABS if visit.may(may)
    ]
