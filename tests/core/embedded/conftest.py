"""Folders for clusters, and other processes that use one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dmas.core.embedded import destroy

WAIT = """
import sys, time
from pathlib import Path
from dmas.core.embedded import server

with server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder for one cluster, where every uid can reach it; whatever is left in it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="dmas-test-"))
    folder.chmod(0o755)
    yield folder
    for place in {folder, *(lock.parent for lock in folder.rglob("postgres.lock"))}:
        destroy(place)
    shutil.rmtree(folder)


@pytest.fixture
def user() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start other processes that use a cluster until their standard input closes."""
    started: list[subprocess.Popen[str]] = []

    def start(var: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", WAIT, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def stranger() -> Iterator[int]:
    """The pid of a process that has nothing to do with PostgreSQL."""
    process = subprocess.Popen(["sleep", "60"])
    yield process.pid
    process.kill()
    process.wait()
