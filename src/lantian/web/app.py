"""The application of one workspace: doorkeeper, pages, API, our own files."""

import logging
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import lantian
from lantian.assembly import House
from lantian.web.doorkeeper import Doorkeeper, DoorLimits
from lantian.web.faults import put_faults
from lantian.web.keeping import Keeper
from lantian.web.rooms import ROUTERS

_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web of a workspace is served."""

    host: str = "127.0.0.1"
    port: int = 8080
    limits: DoorLimits = field(default_factory=DoorLimits)


def make_app(house: House, options: WebOptions | None = None) -> FastAPI:
    """Build the application; it closes the workspace when it ends."""
    chosen = options or WebOptions()
    _log_quietly()
    keeper = Keeper(house)
    app = FastAPI(
        title="Lantian 蓝天",
        version=lantian.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.keeper = keeper
    app.state.options = chosen
    put_faults(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", _Static(directory=Path(str(files("lantian.web"))) / "static"), name="static")
    app.add_middleware(Doorkeeper, keeper=keeper, limits=chosen.limits)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    return app


def _log_quietly() -> None:
    """Log warnings in plain lines where nobody has set logs up: a traceback must not show what variables hold."""
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                structlog.processors.KeyValueRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )


class _Static(StaticFiles):
    """Our own files; one that is asked for with the mark of its content may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b""):
            answer.headers["Cache-Control"] = _FOR_EVER
        return answer
