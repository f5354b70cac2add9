"""One PostgreSQL cluster: its folders, how it is made, started, adopted, stopped and thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from dmas.core.embedded.binaries import Binaries
from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.process import Runner, alive, end, is_postmaster, leftovers, taken

SUPERUSER = "postgres"
PORT = 5432  # names the socket file only: there is no network port
START_SECONDS = 90.0
MB = 1_000_000
ROOM = 250 * MB

# Each signal with the seconds it is given. SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
Signals = tuple[tuple[signal.Signals, float], ...]
GENTLY: Signals = ((SIGINT, 3.0), (SIGQUIT, 2.0), (SIGKILL, 2.0))
AT_ONCE: Signals = ((SIGQUIT, 1.0), (SIGKILL, 2.0))

LONGEST_SOCKET_PATH = 106

# An error's detail and the statement behind it can hold a patient's data, so neither is logged.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder with the programs, the way of running them and the socket folder that go with it."""

    data: Path
    socket: Path
    binaries: Binaries
    runner: Runner
    shared_memory: Path

    @property
    def log(self) -> Path:
        return self.data.with_name("server.log")

    def ensure_running(self) -> Path:
        """Adopt a healthy server, or start one, and return its socket folder. Hold the exclusive lock."""
        running = running_socket(self.data)
        if running is not None and answers(running, self.data):
            return running
        stop(self.data, self.socket, AT_ONCE)  # a server that does not answer would not end gently either
        if not self.data.exists():
            self._create()
        require_private(self.data, self.runner.owner)
        clear_stale_lock(self.data)
        self._make_socket_folder()
        self._start()
        return self.socket

    def _create(self) -> None:
        """Make the data folder beside its final name, so that a killed initdb leaves nothing half made."""
        require_room(self.data.parent)
        partial = self.data.with_name("data.partial")
        if partial.exists():
            shutil.rmtree(partial)
        make_private(partial, self.runner.owner)
        done = self.runner.run(
            [
                self.binaries.program("initdb"),
                f"--pgdata={partial}",
                f"--username={SUPERUSER}",
                "--encoding=UTF8",
                "--locale=C",
                "--auth-local=trust",
                "--auth-host=reject",
                "--no-instructions",
            ]
        )
        if done.returncode != 0:
            raise EmbeddedServerError(
                f"PostgreSQL could not be set up in {self.data}: {_last_lines(done.stderr)}."
            )
        partial.rename(self.data)

    def _start(self) -> None:
        posix = self.runner.can("test", "-w", str(self.shared_memory))
        settings = SETTINGS | {
            "unix_socket_directories": f'"{self.socket}"',
            # Without /dev/shm the server keeps its dynamic shared memory in files of its data folder.
            "dynamic_shared_memory_type": "posix" if posix else "mmap",
        }
        command = [self.binaries.program("postgres"), "-D", str(self.data), "-p", str(PORT)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            pid = self.runner.start(command, log)
        try:
            self._await(pid)
        except BaseException:
            end(pid, *AT_ONCE)
            raise

    def _await(self, pid: int) -> None:
        until = time.monotonic() + START_SECONDS
        while ping(self.socket) != Ping.OK:
            if not alive(pid) or time.monotonic() > until:
                said = self.log.read_text(encoding="utf-8", errors="replace")
                fatal = "\n".join(line for line in said.splitlines() if "FATAL" in line or "PANIC" in line)
                reason = _last_lines(fatal or said)
                raise EmbeddedServerError(f"PostgreSQL did not start in {self.data}: {reason}.")
            time.sleep(0.02)

    def _make_socket_folder(self) -> None:
        if len(os.fsencode(self.socket / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            raise EmbeddedServerError(
                f"The socket folder {self.socket} has too long a name: set TMPDIR to a short one."
            )
        if not os.path.lexists(self.socket):
            make_private(self.socket, self.runner.owner)
        require_private(self.socket, self.runner.owner)
        for entry in self.socket.iterdir():
            entry.unlink()


def ping(socket: Path) -> Ping:
    """Ask whether a server accepts connections on a socket, without signing in."""
    conninfo = make_conninfo(host=str(socket), port=PORT, user=SUPERUSER, dbname=SUPERUSER, connect_timeout=3)
    return Ping(PGconn.ping(os.fsencode(conninfo)))


def answers(socket: Path, data: Path) -> bool:
    """Tell whether the running server is healthy, giving one that is still recovering the time it needs."""
    until = time.monotonic() + START_SECONDS
    while (reply := ping(socket)) == Ping.REJECT and running_socket(data) and time.monotonic() < until:
        time.sleep(0.05)
    return reply == Ping.OK


def lock_file_pid(path: Path) -> int | None:
    """Read the pid from the first line of one of the server's lock files, if it is there and whole."""
    try:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        return int(first)
    except (OSError, ValueError, IndexError):
        return None


def running_socket(data: Path) -> Path | None:
    """Return the socket folder of the live server of this data folder, as it wrote it down itself."""
    lock = data / "postmaster.pid"
    pid = lock_file_pid(lock)
    if pid is None or not is_postmaster(pid, data):
        return None
    lines = lock.read_text(encoding="utf-8").splitlines()
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def stop(data: Path, socket: Path, signals: Signals = GENTLY) -> None:
    """End every server process of this data folder and remove its socket folder."""
    for lock in (data / "postmaster.pid", socket / f".s.PGSQL.{PORT}.lock"):
        pid = lock_file_pid(lock)
        if pid is not None and is_postmaster(pid, data):
            end(pid, *signals)
    for pid in leftovers(data):
        end(pid, (SIGKILL, 2.0))
    shutil.rmtree(socket, ignore_errors=True)


def require_room(folder: Path) -> None:
    """Refuse a disk on which not even an empty database and the demo would fit."""
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise EmbeddedServerError(
            f"There are {free // MB} MB free where {folder} lies, and a new database needs {ROOM // MB}."
            " Make room, or set DMAS_VAR to a folder on another disk."
        )


def clear_stale_lock(data: Path) -> None:
    """Remove a lock file that the server would take for a live one: its pid is another program's by now.

    Or it is that of a killed server which nobody has collected. Every other kind the server sees to itself.
    """
    lock = data / "postmaster.pid"
    pid = lock_file_pid(lock)
    if pid is None or (taken(pid) and not is_postmaster(pid, data)):
        lock.unlink(missing_ok=True)


def make_private(folder: Path, owner: int) -> None:
    """Make a new folder that only `owner` may enter."""
    folder.mkdir(mode=0o700)
    if owner != os.geteuid():
        os.chown(folder, owner, owner)
    require_private(folder, owner)


def require_private(folder: Path, owner: int) -> None:
    """Refuse a folder that others may enter, that belongs to somebody else, or that is a link."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
        raise EmbeddedServerError(
            f"{folder} belongs to uid {status.st_uid}, but the server would run as uid {owner}."
            " Run as that user, or remove the folder (`make reset` removes the data)."
        )
    if status.st_mode & 0o077:
        raise EmbeddedServerError(
            f"{folder} can be opened by other users (mode {stat.S_IMODE(status.st_mode):o})."
            " If its file system has no Unix permissions, set DMAS_VAR to a folder on one that has;"
            " otherwise make the folder private (mode 700)."
        )


def _last_lines(text: str, count: int = 3) -> str:
    return (
        " / ".join(line.strip() for line in text.strip().splitlines()[-count:]).rstrip(".")
        or "it said nothing"
    )
