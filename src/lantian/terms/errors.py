"""The four families of error, by who must act."""


class LantianError(Exception):
    """Whatever goes wrong here; its text says what happened, why it matters and what to do next.

    Parameters
    ----------
    message : str
        English message id; with ``{named}`` places where values are given, so that a door can say it in the
        reader's language.
    **values : object
        What stands in those places.

    Examples
    --------
    >>> str(CallerError("{name!r} is no station. Use a code.", name="A"))
    "'A' is no station. Use a code."
    """

    exit_code = 1

    def __init__(self, message: str, /, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message.format(**values) if values else message)


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
