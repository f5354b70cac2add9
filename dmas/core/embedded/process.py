"""Running PostgreSQL's programs as somebody who is not root, and knowing their processes again."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

NOBODY = 65534
NAMED = (1000, 1, NOBODY)  # who is in the list of users nearly everywhere


class Detached(subprocess.Popen[bytes]):
    """A child that is meant to go on running: forgetting it is no mistake, so there is no warning."""

    def __del__(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Runner:
    """How a program is started: with a prefix (a user namespace), as another uid, or plainly.

    PostgreSQL refuses to run as root. In a namespace root looks like an ordinary user and still owns its
    files; where namespaces are refused, root can still start a process as uid 65534.
    """

    prefix: tuple[str, ...] = ()
    drop_to: int | None = None

    @property
    def owner(self) -> int:
        """The uid that owns what the program makes, as seen from here."""
        return os.geteuid() if self.drop_to is None else self.drop_to

    def run(self, command: Sequence[str], *, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return its outcome with its output."""
        return subprocess.run(  # noqa: S603
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **self._place(),
        )

    def can(self, *command: str) -> bool:
        """Tell whether a program runs this way and succeeds."""
        try:
            return self.run(command, timeout=20).returncode == 0
        except (OSError, ValueError, subprocess.SubprocessError):
            return False

    def start(self, command: Sequence[str], log: IO[bytes]) -> int:
        """Start a program that may outlive us and return its pid.

        It gets a session of its own, so that the terminal's Ctrl-C does not reach it.
        """
        child = Detached(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **self._place(),
        )
        return child.pid

    def _place(self) -> dict[str, Any]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        place: dict[str, Any] = {"cwd": "/", "env": {**kept, "LC_ALL": "C", "TZ": "UTC"}}
        if self.drop_to is not None:
            place |= {"user": self.drop_to, "group": self.drop_to, "extra_groups": []}
        return place


def has_name(uid: int) -> bool:
    """Tell whether a uid stands in the machine's list of users: without a name initdb refuses to work."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def namespace() -> tuple[str, ...]:
    """Return the prefix that makes a program look like an ordinary user of this machine who has a name."""
    uid = next(filter(has_name, NAMED), NOBODY)
    return ("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}")


PLAIN = Runner()
IN_NAMESPACE = Runner(prefix=namespace())
AS_NOBODY = Runner(drop_to=NOBODY)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended does not, and is collected here if it was our child."""
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return False
    except ChildProcessError:
        pass
    if not taken(pid):
        return False
    try:
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except OSError:
        return not Path("/proc/self").exists()
    return state != "Z"


def taken(pid: int) -> bool:
    """Tell whether a number stands for a process, even one that has ended and waits to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


def is_postmaster(pid: int, data: Path) -> bool:
    """Tell whether a pid is the server of this data folder, not another process that was given its number."""
    if not alive(pid):
        return False
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603, S607
        return b"postgres" in listed.stdout and os.fsencode(data) in listed.stdout
    return any(word.endswith(b"postgres") for word in words) and os.fsencode(data) in words


def leftovers(data: Path) -> list[int]:
    """List server processes that still stand in this data folder, say after their parent was killed."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            inside = (entry / "cwd").readlink() == data
            name = (entry / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue
        if inside and name == "postgres":
            found.append(int(entry.name))
    return found


def end(pid: int, *signals: tuple[signal.Signals, float]) -> bool:
    """Send each signal in turn, waiting the given seconds after it, until the process has ended."""
    for number, seconds in signals:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not alive(pid):
                return True
            time.sleep(0.01)
    return not alive(pid)
