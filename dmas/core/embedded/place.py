"""Which folders, programs and identity the embedded server gets on this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dmas.core.embedded.binaries import Binaries, choose, installed
from dmas.core.embedded.cluster import Cluster
from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.process import AS_NOBODY, IN_NAMESPACE, PLAIN, Runner, has_name

PROJECT = Path(__file__).resolve().parents[3]
SOCKET_PREFIX = "dmas-pg-"


@dataclass(frozen=True, slots=True)
class Options:
    """What a machine may lack; the defaults use all there is."""

    user_namespaces: bool = True
    shared_memory: Path = Path("/dev/shm")  # noqa: S108  (looked at, never written by us)
    candidates: tuple[Binaries, ...] | None = None


DEFAULT_OPTIONS = Options()


def default_var(environ: Mapping[str, str]) -> Path:
    """Return the folder of all that is made while running: DMAS_VAR, else `var` in the project's root."""
    named = environ.get("DMAS_VAR")
    if named:
        return Path(named).resolve()
    return (PROJECT if (PROJECT / "setup.cfg").exists() else Path.cwd()) / "var"


def homes(var: Path) -> tuple[Path, Path]:
    """Return where the cluster of this `var` may live: in it, or where another uid can reach it."""
    return var / "postgres", Path("/var/tmp") / f"dmas-{_key(var)}"  # noqa: S108  (made and checked by us)


def socket_folder(home: Path, owner: int) -> Path:
    """Return the short-named folder of the socket: a path over 107 bytes stops PostgreSQL."""
    short = Path("/tmp")  # noqa: S108  (the folder in it is private and checked)
    base = short if os.access(short, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"{SOCKET_PREFIX}{owner}-{_key(home)}"


def find_place(var: Path, options: Options = DEFAULT_OPTIONS) -> Cluster:
    """Choose folders, programs and identity, making what they need. Hold the exclusive lock."""
    candidates = installed() if options.candidates is None else list(options.candidates)
    inside, outside = homes(var)
    inside.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        binaries = choose(candidates, _data_major(inside))
        return _cluster(inside, binaries, _ordinary(os.geteuid(), binaries, inside, options), options)
    if options.user_namespaces:
        binaries = choose(candidates, _data_major(inside))
        if _usable(IN_NAMESPACE, binaries, inside):
            return _cluster(inside, binaries, IN_NAMESPACE, options)
    if not AS_NOBODY.can("true"):
        raise EmbeddedServerError(
            "PostgreSQL will not run as root, and this machine allows neither user namespaces nor"
            " another uid. Run as an ordinary user."
        )
    reachable = AS_NOBODY.can("test", "-x", str(inside)) and not (outside / "data").exists()
    home = inside if reachable else _make_outside(outside)
    binaries = _readable(choose(candidates, _data_major(home)), home)
    return _cluster(home, binaries, AS_NOBODY, options)


def _ordinary(uid: int, binaries: Binaries, home: Path, options: Options) -> Runner:
    """Return how an ordinary user runs the server; one without a name borrows one in a namespace."""
    if has_name(uid):
        return PLAIN
    if options.user_namespaces and _usable(IN_NAMESPACE, binaries, home):
        return IN_NAMESPACE
    raise EmbeddedServerError(
        f"PostgreSQL will not run as uid {uid}, which has no name on this machine, and this machine allows"
        " no user namespaces. Run as a user who stands in /etc/passwd."
    )


def _cluster(home: Path, binaries: Binaries, runner: Runner, options: Options) -> Cluster:
    return Cluster(home / "data", socket_folder(home, runner.owner), binaries, runner, options.shared_memory)


def _usable(runner: Runner, binaries: Binaries, home: Path) -> bool:
    return runner.can(binaries.program("postgres"), "--version") and runner.can("test", "-w", str(home))


def _make_outside(home: Path) -> Path:
    home.mkdir(mode=0o755, exist_ok=True)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise EmbeddedServerError(
            f"{home} was not made by this program: remove it, or set DMAS_VAR to another folder."
        )
    return home


def _readable(binaries: Binaries, home: Path) -> Binaries:
    """Return programs that another uid may run: the installation itself, else a copy of it under `home`.

    The wheel's programs find their libraries by a relative path into the sibling `.libs` folder, so both are
    copied and keep their relative places.
    """
    if AS_NOBODY.can(binaries.program("postgres"), "--version"):
        return binaries
    install, package = binaries.folder.parent, binaries.folder.parents[1]
    copy = home / "programs-{}.{}".format(*binaries.version)
    if not copy.exists():
        partial = home / "programs.partial"
        shutil.rmtree(partial, ignore_errors=True)
        _copy(install, partial / package.name / install.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            _copy(libraries, partial / libraries.name)
        _open_to_all(partial)
        partial.rename(copy)
    copied = Binaries(copy / package.name / install.name / "bin", binaries.version, binaries.from_wheel)
    if not AS_NOBODY.can(copied.program("postgres"), "--version"):
        raise EmbeddedServerError(
            "PostgreSQL's programs cannot be run by another user than root. Run as one."
        )
    return copied


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)


def _open_to_all(folder: Path) -> None:
    """Let everybody read a copy we have just made; nothing that was there before is touched."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _data_major(home: Path) -> int | None:
    """Return the major version that made the data, or None where there is none yet."""
    try:
        return int((home / "data" / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def _key(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
