"""Pages of a workspace for who works on them: served on loopback, somebody is always logged in.

``python -m lantian.web.preview --workspace DIR --login admin`` refuses a workspace with real data.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from lantian.assembly import open_workspace
from lantian.ledger.accounts import open_session
from lantian.terms.errors import CallerError
from lantian.web.app import WebOptions, make_app
from lantian.web.doorkeeper import COOKIE


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="lantian.web.preview")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--login", default="admin")
    parser.add_argument("--port", type=int, default=8090)
    asked = parser.parse_args()
    house = open_workspace(asked.workspace)
    if not house.settings.simulated:
        raise CallerError("A preview shows simulated workspaces only. Use `lantian serve` for this one.")
    held = open_session(house.ledger, asked.login, address="127.0.0.1", agent="preview", at=datetime.now(UTC))
    app = make_app(house, WebOptions(port=asked.port))

    async def logged_in(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http" and not any(
            name == b"cookie" and COOKIE.encode() in value for name, value in scope["headers"]
        ):
            scope["headers"] = [*scope["headers"], (b"cookie", f"{COOKIE}={held.secret}".encode())]
        await app(scope, receive, send)

    uvicorn.run(logged_in, host="127.0.0.1", port=asked.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
