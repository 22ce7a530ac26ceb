"""The four families of error, by who must act."""


class LantianError(Exception):
    """Whatever goes wrong here; its text says what happened, why it matters and what to do next."""

    exit_code = 1


class CallerError(LantianError):
    """You asked wrongly: mend the question and ask again."""

    exit_code = 2


class PeerError(LantianError):
    """A device or a service sent nonsense: answer, count, keep the line."""


class RuleError(LantianError):
    """The law has no edition for that date, or two."""

    exit_code = 2


class HouseError(LantianError):
    """Our disk or our fault."""
