"""The web of a workspace as `lantian serve` runs it, in a process of its own, with its log in the workspace."""

import sys
from pathlib import Path

from lantian.serving.logs import set_up
from lantian.serving.web import listen, serve_web
from lantian.web.app import WebOptions


def main(folder: Path, port: int) -> None:
    """Serve until SIGTERM; the port is open before the first line is printed."""
    set_up(folder, "web")
    listening = listen("127.0.0.1", port)
    print(listening.getsockname()[1], flush=True)
    serve_web(folder, listening, WebOptions(port=port), behind_proxy=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
