"""A PostgreSQL of our own, started when needed and stopped by its last user.

The programs come from a wheel (or the system); the data lies in `var/`; only a socket in a private folder
leads in. Set DATABASE_URL and none of this is used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url

from dmas.core.databases import create_database
from dmas.core.embedded.cluster import PORT, SUPERUSER, running_socket, stop
from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.place import (
    DEFAULT_OPTIONS,
    SOCKET_PREFIX,
    Options,
    default_var,
    find_place,
    homes,
    socket_folder,
)
from dmas.core.embedded.process import NOBODY
from dmas.core.embedded.users import Registration, exclusive

__all__ = [
    "EmbeddedServerError",
    "Options",
    "database_server",
    "default_var",
    "destroy",
    "is_embedded",
    "normalised",
    "revive",
    "server",
]

DRIVER = "postgresql+psycopg"
DATABASE = "dmas"
LOCK = "postgres.lock"
USERS = "postgres.users"


@contextmanager
def server(var: Path | None = None, options: Options = DEFAULT_OPTIONS) -> Iterator[str]:
    """Yield the superuser's URL of the embedded server, adopting or starting it; the last user out stops it.

    Raises EmbeddedServerError, whose message names the way out, where no server can run.
    """
    var = _made(var or default_var(os.environ))
    registration = Registration(var / USERS)
    process = os.getpid()
    try:
        with exclusive(var / LOCK):
            cluster = find_place(var, options)
            try:
                socket = cluster.ensure_running()
                registration.enter()
            except BaseException:
                if registration.was_last():
                    stop(cluster.data, cluster.socket)
                raise
        try:
            yield _url(socket)
        finally:
            if os.getpid() == process:  # a forked child that unwinds is not the user who came in
                with exclusive(var / LOCK):
                    if registration.was_last():
                        stop(cluster.data, socket)
    finally:
        if os.getpid() == process:
            registration.close()


def revive(var: Path) -> bool:
    """Start the server again where it has ended by itself, as on a full disk; tell whether it had.

    Call it only between entering and leaving `server`. Raises EmbeddedServerError where it does not start.
    """
    if any(running_socket(home / "data") for home in homes(var)):
        return False
    with exclusive(var / LOCK):
        find_place(var).ensure_running()
    return True


@contextmanager
def database_server(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield DATABASE_URL where it is set, else the URL of database `dmas` on the embedded server."""
    named = environ.get("DATABASE_URL")
    if named:
        yield normalised(named)
        return
    with server(default_var(environ)) as url:
        create_database(url, DATABASE)
        yield make_url(url).set(database=DATABASE).render_as_string(hide_password=False)


def normalised(url: str) -> str:
    """Return a PostgreSQL URL in the one form used here: `postgresql+psycopg://…`."""
    scheme, separator, rest = url.strip().partition("://")
    if separator and scheme in ("postgres", "postgresql", DRIVER):
        return f"{DRIVER}://{rest}"
    raise EmbeddedServerError(
        "DATABASE_URL is not a PostgreSQL address: it begins postgresql://user@host/database."
    )


def is_embedded(url: str) -> bool:
    """Tell whether a URL leads to an embedded server: its host is one of our private socket folders."""
    host = make_url(url).query.get("host", "")
    return isinstance(host, str) and Path(host).is_absolute() and Path(host).name.startswith(SOCKET_PREFIX)


def destroy(var: Path | None = None) -> None:
    """Throw the data away, stopping a server that was left behind; refuse while somebody uses it."""
    var = _made(var or default_var(os.environ))
    registration = Registration(var / USERS)
    try:
        with exclusive(var / LOCK):
            if not registration.was_last():
                raise EmbeddedServerError(
                    "The embedded server is in use: end `make run` and every other dmas command."
                )
            for home in homes(var):
                for owner in (os.geteuid(), NOBODY):
                    stop(home / "data", socket_folder(home, owner))
                if home.exists():
                    shutil.rmtree(home)
    finally:
        registration.close()


def _made(var: Path) -> Path:
    var = var.resolve()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"{var} cannot be made ({error.strerror}): set DMAS_VAR to a folder of yours."
        ) from error
    if not os.access(var, os.W_OK):
        raise EmbeddedServerError(f"{var} cannot be written: set DMAS_VAR to a folder of yours.")
    return var


def _url(socket: Path) -> str:
    url = URL.create(DRIVER, SUPERUSER, database=SUPERUSER, query={"host": str(socket), "port": str(PORT)})
    return url.render_as_string(hide_password=False)
