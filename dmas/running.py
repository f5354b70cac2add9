"""Running the parts together: `dmas run` and its children, ended as one and within five seconds.

It stands beside the command line and knows the parts only as commands, and the demo by its people.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from dmas.core.embedded import EmbeddedServerError, database_server, default_var, is_embedded, revive
from dmas.core.errors import Misconfigured
from dmas.demo import personas

DMAS = (sys.executable, "-m", "dmas.cli")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 2.0
TEND_SECONDS = 2.0
READY = "/health/ready"
PERSONAS = "/demo"


def web_command(environ: Mapping[str, str]) -> list[str]:
    """Return gunicorn's command line: it listens on HOST and PORT, with WEB_CONCURRENCY processes."""
    return [
        *(sys.executable, "-m", "gunicorn", "dmas.app:create_app()", "--no-control-socket"),
        *("--bind", f"{_host(environ)}:{port(environ)}"),
        *("--worker-class", "gthread", "--threads", "4"),
        *("--workers", environ.get("WEB_CONCURRENCY") or "2"),
        *("--log-level", "warning"),
    ]


def scheduler_command() -> list[str]:
    """Return the command line of the process that runs the night at its hour."""
    return [sys.executable, "-m", "dmas.scheduler"]


def port(environ: Mapping[str, str]) -> int:
    """Return PORT, 8000 if it is not set."""
    named = environ.get("PORT") or "8000"
    if not (named.isascii() and named.isdigit() and 0 < int(named) < 65536):
        raise Misconfigured("PORT must be a whole number from 1 to 65535, such as 8000.")
    return int(named)


def run_everything(environ: Mapping[str, str], dmas: Sequence[str] = DMAS) -> int:
    """Start the database, migrate, load the demo, run the night that is due, then serve until told to end.

    Returns 0 when a signal ended it, 1 when a part ended by itself. The demo and its night are for the
    embedded server, or where DMAS_DEMO=1 asks for them; both do nothing when they were done before.
    """
    with interruptible():
        try:
            _require_free_port(environ)
            with database_server(environ) as url:
                place = _environment(environ, url)
                steps = ["migrate", "demo", "nightly"] if place.get("DMAS_DEMO") == "1" else ["migrate"]
                for name in steps:
                    _step(name, [*dmas, name], place)
                parts = {name: [*dmas, name] for name in ("web", "scheduler")}
                with announcing(place):
                    return supervise(parts, place, tend=tending(place))
        except KeyboardInterrupt:
            print("\nEnded. The data stay where they are: `make run` goes on with them.", flush=True)
            return 0


def serve(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one part with a database: in place of this process where one is named, else as its child."""
    if environ.get("DATABASE_URL"):
        sys.stdout.flush()
        os.execvpe(command[0], list(command), dict(environ))  # noqa: S606
    with interruptible():
        try:
            with database_server(environ) as url:
                place = _environment(environ, url)
                return supervise({"it": command}, place, tend=tending(place))
        except KeyboardInterrupt:
            return 0


def supervise(
    commands: Mapping[str, Sequence[str]],
    environ: Mapping[str, str],
    *,
    tend: Callable[[], None] = lambda: None,
) -> int:
    """Run commands side by side until one of them ends by itself, then end the others and return 1.

    Meanwhile `tend` is called every two seconds.
    """
    with _children() as children:
        for command in commands.values():
            _start(children, command, environ)
        tended = time.monotonic()
        while True:
            for name, child in zip(commands, children, strict=True):
                if child.poll() is not None:
                    code = child.returncode
                    print(f"{name} ended by itself (exit code {code}): stopping.", file=sys.stderr)
                    return 1
            if time.monotonic() - tended > TEND_SECONDS:
                tend()
                tended = time.monotonic()
            time.sleep(0.05)


def tending(environ: Mapping[str, str]) -> Callable[[], None]:
    """Return what keeps the embedded server up; it ends by itself when its disk is full, or is killed."""
    if not is_embedded(environ["DATABASE_URL"]):
        return lambda: None
    told = ""

    def tend() -> None:
        nonlocal told
        try:
            if revive(Path(environ["DMAS_VAR"])):
                print("The database had ended by itself and is up again.", file=sys.stderr, flush=True)
                told = ""
        except EmbeddedServerError as error:
            if not told:
                told = f"The database has ended by itself and is tried again until it starts: {error}"
                print(told, file=sys.stderr, flush=True)

    return tend


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first signal to end into KeyboardInterrupt and ignore later ones: cleaning up comes first."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if _moment.held:
            _moment.signalled = True
        else:
            _interrupt()

    before = {each: signal.getsignal(each) for each in ENDING}
    for each in ENDING:
        if not (each == signal.SIGHUP and before[each] == signal.SIG_IGN):  # as nohup asks
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Moment:
    """Whether a signal must wait at this moment, and whether one does."""

    held = False
    signalled = False


_moment = _Moment()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a signal wait: a child that is started but not yet written down would be left behind."""
    outer, _moment.held = _moment.held, True
    try:
        yield
    finally:
        _moment.held = outer
        if _moment.signalled and not outer:
            _moment.signalled = False
            _interrupt()


def _interrupt() -> None:
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _environment(environ: Mapping[str, str], url: str) -> dict[str, str]:
    """Return what the parts are started with: one database, one folder, and the demo where it belongs."""
    place = {**environ, "DATABASE_URL": url, "DMAS_VAR": str(default_var(environ))}
    place.setdefault("DMAS_BASE_URL", f"http://localhost:{port(environ)}")
    if is_embedded(url):
        place.setdefault("DMAS_DEMO", "1")
    return place


@contextmanager
def _children() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Hold the children that are started inside, and end them all at the end."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        yield children
    finally:
        with _uninterrupted():
            _end(children)


def _start(
    children: list[subprocess.Popen[bytes]], command: Sequence[str], environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: the terminal's Ctrl-C is ours to pass on, once."""
    with _uninterrupted():
        child = subprocess.Popen(  # noqa: S603
            command, env=dict(environ), stdin=subprocess.DEVNULL, start_new_session=True
        )
        children.append(child)
    return child


def _step(name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
    with _children() as children:
        code = _start(children, command, environ).wait()
    if code != 0:
        raise Misconfigured(f"`dmas {name}` failed (exit code {code}): see above.")


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child's whole session to end, give it two seconds, then kill what is left of it."""
    for child in children:
        _signal(child, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while any(child.poll() is None for child in children) and time.monotonic() < until:
        time.sleep(0.02)
    for child in children:
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):  # all of it has ended; macOS says it the second way
        return


def _require_free_port(environ: Mapping[str, str]) -> None:
    host, number = _host(environ), port(environ)
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            raise Misconfigured(
                f"Port {number} on {host} cannot be used ({error.strerror}): end what uses it,"
                f" or choose another, for instance `make run PORT={number + 1}`."
            ) from error


@contextmanager
def announcing(environ: Mapping[str, str]) -> Iterator[None]:
    """Print the addresses as soon as the pages answer, without holding anything up."""
    over = threading.Event()
    thread = threading.Thread(target=_announce, args=(environ, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _announce(environ: Mapping[str, str], over: threading.Event) -> None:
    base = environ["DMAS_BASE_URL"]
    while not _answers(environ):
        if over.wait(0.2):
            return
    print(f"\ndmas is ready: {base}/")
    if environ.get("DMAS_DEMO") == "1":
        print(f"Sign in with one click as anybody of the demo: {base}{PERSONAS}")
        for persona in personas.PERSONAS:
            print(f"  {persona.name}, {persona.role.label.lower()}")
    print("Ctrl-C ends everything and keeps the data; `make reset` starts over.\n", flush=True)


def _answers(environ: Mapping[str, str]) -> bool:
    """Ask the pages whether they are ready, under the name people will use."""
    connection = HTTPConnection(_host(environ), port(environ), timeout=5)
    try:
        connection.request("GET", READY, headers={"Host": urlsplit(environ["DMAS_BASE_URL"]).netloc})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _host(environ: Mapping[str, str]) -> str:
    return environ.get("HOST") or "127.0.0.1"
