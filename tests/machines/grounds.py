"""What a row of the matrix stands on: a folder, users, servers and file systems, for its time only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from dmas.core.embedded.binaries import Binaries, installed
from dmas.core.embedded.process import AS_NOBODY, NOBODY
from tests.machines.copies import Copy, Failed, clone, free_port

USER = "dmas-try"
PASSWORD = "only-for-this-try"


@dataclass(slots=True)
class Shared:
    """One copy that is set up once, for rows in which setting up is not what is tried."""

    folder: Path
    copy: Copy | None = None

    def path(self) -> Path:
        """Return where it lies, set up."""
        if self.copy is None:
            self.copy = Copy(clone(self.folder / "dmas"))
            self.copy.make("setup")
        return self.copy.path


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder under /tmp that everybody may enter, and what is undone when the row is over."""

    folder: Path
    shared: Shared
    undo: ExitStack = field(default_factory=ExitStack)

    def fresh(self, name: str = "dmas", prefix: tuple[str, ...] = (), **environ: str) -> Copy:
        """Clone into a folder of that name and remove its database afterwards."""
        copy = Copy(clone(self.folder / name), prefix, environ)
        self.undo.callback(_forget, copy)
        return copy

    def set_up(self, prefix: tuple[str, ...] = (), var: str = "var", **environ: str) -> Copy:
        """Return the copy that is set up already, with a folder of this row for what it makes."""
        copy = Copy(self.shared.path(), prefix, {"DMAS_VAR": str(self.folder / var), **environ})
        self.undo.callback(_forget, copy)
        return copy

    def user(self, uid: int | None = None) -> tuple[tuple[str, ...], Path]:
        """Return the prefix of an ordinary user, who has a home here; with a uid, of one without a name."""
        home = self.folder / "home"
        home.mkdir(mode=0o700)
        if uid is None:
            subprocess.run(["useradd", "--no-create-home", "--home-dir", home, USER], check=True)
            self.undo.callback(subprocess.run, ["userdel", USER], check=True)
            uid = int(subprocess.run(["id", "-u", USER], capture_output=True, check=True).stdout)
        os.chown(home, uid, uid)
        return ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"), home

    def programs(self, *, without: set[str]) -> Path:
        """Return a folder with every program of this machine's PATH but some."""
        folder = self.folder / "programs"
        folder.mkdir()
        for each in os.environ["PATH"].split(os.pathsep):
            for program in sorted(Path(each).glob("*")):
                if program.name not in without and not (folder / program.name).is_symlink():
                    (folder / program.name).symlink_to(program)
        return folder

    def small_disk(self, path: Path, megabytes: int) -> None:
        """Put a file system of that size at a path."""
        path.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "none", path], check=True
        )
        self.undo.callback(subprocess.run, ["umount", "--lazy", path], check=True)

    def server(self, major: int) -> str:
        """Start a PostgreSQL of that version on a port and return the URL of a user who is no superuser."""
        binaries = next((each for each in installed() if each.major == major), None)
        if binaries is None:
            raise Failed(f"there is no PostgreSQL {major} on this machine")
        data, port = self.folder / f"postgres-{major}", free_port()
        data.mkdir(mode=0o700)
        os.chown(data, NOBODY, NOBODY)
        self._start(binaries, data, port)
        superuser = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        _await(superuser)
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE dmas LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE dmas OWNER dmas ENCODING 'UTF8' TEMPLATE template0")
        return f"postgresql://dmas:{PASSWORD}@127.0.0.1:{port}/dmas"

    def _start(self, binaries: Binaries, data: Path, port: int) -> None:
        made = AS_NOBODY.run(
            [
                binaries.program("initdb"),
                f"--pgdata={data}",
                "--username=postgres",
                "--auth=trust",
                "--locale=C",
            ]
        )
        if made.returncode != 0:
            raise Failed(f"initdb of PostgreSQL {binaries.major}: {made.stderr}")
        with (self.folder / f"postgres-{binaries.major}.log").open("wb") as log:
            command = [binaries.program("postgres"), "-D", str(data), "-p", str(port)]
            command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
            pid = AS_NOBODY.start(command, log)
        self.undo.callback(_stop, pid)


@contextmanager
def ground(shared: Shared) -> Iterator[Ground]:
    """Yield a place to stand on; nothing of it is left."""
    with folder() as place, ExitStack() as undo:
        yield Ground(place, shared, undo)


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a new folder that everybody may enter, and remove it with all there is in it."""
    place = Path(tempfile.mkdtemp(prefix="dmas-machines-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _forget(copy: Copy) -> None:
    """Let a copy throw its own database away: some of it may lie outside its folder."""
    if (copy.path / ".venv/bin/dmas").exists():
        environ = {name: value for name, value in copy.environ.items() if name != "DATABASE_URL"}
        Copy(copy.path, copy.prefix, environ).run(".venv/bin/dmas", "reset")


def _await(conninfo: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _stop(pid: int) -> None:
    os.kill(pid, 2)
    os.waitpid(pid, 0)
