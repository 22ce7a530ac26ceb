"""How a run may end before its time: somebody wants it to, or the house stops."""

from lantian.terms.errors import CallerError


class CancelledRunError(CallerError):
    """Somebody asked that this run end; what was complete is kept."""

    def __init__(self, run_id: str, by: str) -> None:
        super().__init__(
            "Run {id} was stopped by {by}; what was complete is kept. Ask for it again to go on.", id=run_id, by=by
        )


class HouseStopsError(CallerError):
    """The worker ends; the run is taken up again by the next one."""

    def __init__(self) -> None:
        super().__init__("The worker stops. The run is taken up again when the next one starts.")
