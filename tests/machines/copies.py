"""A fresh clone of the project at any path, used as a newcomer would: by `make`, and by opening a page."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VISITOR = Path(__file__).with_name("visitor.py")
LONGEST_SETUP = 1200.0
LONGEST_START = 600.0


class Failed(AssertionError):
    """A machine on which something does not work; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A clone with the way its commands are run: a prefix (another user, another network) and settings."""

    path: Path
    prefix: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *command: str, seconds: float = LONGEST_SETUP) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone to its end and return what it said, both streams as one."""
        return subprocess.run(
            [*self.prefix, *command],
            cwd=self.path,
            env={**newcomers_environ(), **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )

    def make(self, *targets: str, seconds: float = LONGEST_SETUP) -> str:
        """Run `make`; return what it said, or raise Failed with the end of it."""
        done = self.run("make", *targets, seconds=seconds)
        if done.returncode != 0:
            raise Failed(f"make {' '.join(targets)}: exit {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def refused(self, *command: str, saying: str) -> str:
        """Run a command that must fail with one clear line; return that line."""
        done = self.run(*command, seconds=LONGEST_START)
        lines = [line for line in done.stdout.splitlines() if re.search(saying, line)]
        if done.returncode == 0 or not lines or "Traceback" in done.stdout:
            raise Failed(
                f"{' '.join(command)}: exit {done.returncode}, not “{saying}”\n{done.stdout[-3000:]}"
            )
        return lines[-1]

    @contextmanager
    def running(self, port: int | None = None, *, alone: bool = True) -> Iterator[Running]:
        """Run `make run`, wait until it is ready, and end it as Ctrl-C does; nothing of it may be left.

        Where it runs not `alone`, others of the same copy are still up, and are not looked for.
        """
        number = port or free_port()
        log = Path(f"{self.path}.log")
        with log.open("ab") as said:
            process = subprocess.Popen(
                [*self.prefix, "make", "run", f"PORT={number}"],
                cwd=self.path,
                env={**newcomers_environ(), **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        running = Running(self, process, number, log)
        try:
            running.await_ready()
            yield running
        finally:
            running.end()
        if process.returncode not in (0, 2, 130, -signal.SIGINT):  # make itself says 2 when interrupted
            raise Failed(f"make run ended with {process.returncode}\n{running.said()[-3000:]}")
        left = leftovers(self.path)
        if alone and left:
            raise Failed(f"left running after Ctrl-C: {left}")


@dataclass(slots=True)
class Running:
    """`make run` of a copy, up and answering."""

    copy: Copy
    process: subprocess.Popen[bytes]
    port: int
    log: Path
    seconds: float = 0.0

    def await_ready(self) -> None:
        """Wait for the line that says it is ready."""
        began = time.monotonic()
        ready = f"dmas is ready: http://localhost:{self.port}/"
        while ready not in self.said():
            if self.process.poll() is not None or time.monotonic() - began > LONGEST_START:
                raise Failed(f"make run was never ready\n{self.said()[-3000:]}")
            time.sleep(0.2)
        self.seconds = time.monotonic() - began

    def visit(self, persona: str = "home-manager") -> str:
        """Sign in as somebody of the demo from the same machine and return the first page's heading."""
        entered = (
            ["nsenter", "--target", str(self.process.pid), "--net"] if "--net" in self.copy.prefix else []
        )
        done = subprocess.run(
            [*entered, "python3", str(VISITOR), str(self.port), persona],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"the page did not open: {done.stderr[-2000:]}\n{self.said()[-1500:]}")
        return done.stdout.strip()

    def end(self) -> None:
        """Press Ctrl-C: every process of the terminal's group hears it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise Failed("Ctrl-C did not end it within a minute") from None

    def said(self) -> str:
        """Return all that was printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def clone(path: Path) -> Path:
    """Clone what is committed in this checkout to a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", PROJECT, path], check=True)
    return path


def newcomers_environ() -> dict[str, str]:
    """Return this machine's environment without what belongs to this checkout or to whoever calls `make`."""
    ours = (
        "DMAS_",
        "DATABASE_URL",
        "MAKE",
        "MFLAGS",
        "PYTEST",
        "COVERAGE",
        "COV_",
        "VIRTUAL_ENV",
        "PORT",
        "PG",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONWARNINGS": "", "LC_ALL": "C.UTF-8"}


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def leftovers(path: Path) -> list[str]:
    """List the command lines of processes that still run from a folder."""
    sought = os.fsencode(path) + b"/"
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if sought in words:
            found.append(words.replace(b"\0", b" ").decode(errors="replace")[:200])
    return found
