"""What can go wrong between a program and the interface."""


class ApiError(Exception):
    """The interface refused; its words say what to do next.

    Parameters
    ----------
    status : int
        Status of HTTP.
    title, detail : str
        Words of the interface.
    code : str
        To quote to whoever looks after the system.
    """

    def __init__(self, status: int, title: str, detail: str, code: str) -> None:
        super().__init__(f"{status} {title}: {detail} [{code}]")
        self.status = status
        self.title = title
        self.detail = detail
        self.code = code


class Unreachable(Exception):  # noqa: N818 # a state, not an answer
    """Nobody answered, however often it was tried."""
