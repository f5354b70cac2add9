"""The embedded server against its floor: PostgreSQL's own programs, called by hand, on the same data."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dmas.core.embedded import server
from dmas.core.embedded.binaries import installed
from dmas.core.embedded.place import find_place

ROUNDS = 5


def best(action: Callable[[], None]) -> float:
    """Return the shortest of several rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Print the seconds of a first start, a later start with stop, and joining a running server."""
    folder = Path(tempfile.mkdtemp(prefix="dmas-bench-"))
    folder.chmod(0o755)
    try:
        began = time.perf_counter()
        with server(folder):
            first = time.perf_counter() - began
            joined = best(lambda: use(folder))
        again = best(lambda: use(folder))
        floor = best(lambda: by_hand(folder))
    finally:
        shutil.rmtree(folder)
    print(f"first start (initdb and start)   {first:6.2f} s")
    print(f"start and stop                   {again:6.2f} s   floor (pg_ctl start and stop) {floor:.2f} s")
    print(f"join and leave a running server  {joined:6.3f} s")


def use(folder: Path) -> None:
    """Come and go as a command does."""
    with server(folder):
        pass


def by_hand(folder: Path) -> None:
    """Start and stop the same cluster with pg_ctl."""
    place = find_place(folder)
    control = installed()[0].program("pg_ctl")
    where = f"--pgdata={place.data}"
    options = f"--options=-c listen_addresses= -c unix_socket_directories={place.data}"
    place.runner.run(
        [control, "start", "--silent", "--wait", where, f"--log={place.data}/by-hand.log", options]
    )
    place.runner.run([control, "stop", "--silent", "--wait", "--mode=fast", where])


if __name__ == "__main__":
    main()
