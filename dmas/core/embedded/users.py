"""Who uses the embedded server: locks that the kernel gives back even when their holder is killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dmas.core.embedded.errors import EmbeddedServerError

PATIENCE = 90.0


@contextmanager
def exclusive(path: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the one lock under which the server is started, adopted, stopped or thrown away."""
    descriptor = _open(path)
    try:
        until = time.monotonic() + patience
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > until:
                raise EmbeddedServerError(
                    f"Another command has been starting or stopping the embedded server for {patience:.0f}"
                    f" seconds (it holds {path}). End it and try again."
                )
            time.sleep(0.02)
        yield
    finally:
        _give_back(descriptor)


class Registration:
    """A place among the server's users, held as a shared lock for as long as the process wants it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = _open(path)

    def enter(self) -> None:
        """Become a user; call it only under the exclusive lock."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def was_last(self) -> bool:
        """Tell whether nobody else uses the server; call it only under the exclusive lock, when leaving."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        return _try(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Give the place back."""
        _give_back(self._descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give_back(descriptor: int) -> None:
    """Unlock before closing: a forked child would otherwise keep the lock alive through its copy."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
