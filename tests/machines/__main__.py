"""`python -m tests.machines [ROW …]`: plays the rows of the matrix in turn and prints what was seen."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.machines.copies import Failed
from tests.machines.grounds import Shared, folder, ground
from tests.machines.rows import ROWS


def main(names: list[str]) -> int:
    """Play the named rows, or all; return 1 where one failed."""
    if unknown := set(names) - set(ROWS):
        sys.exit(f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.")
    if os.geteuid() != 0:
        sys.exit("Only root can play other users, networks and disks: run it as root, on a machine to spare.")
    with folder() as place:
        shared = Shared(place)
        played = [play(name, shared) for name in names or list(ROWS)]
    return 0 if all(played) else 1


def play(name: str, shared: Shared) -> bool:
    """Play one row, print it as a line of the table, and tell whether it went well."""
    began = time.monotonic()
    try:
        with ground(shared) as here:
            seen, well = ROWS[name].play(here), True
    except (Failed, subprocess.SubprocessError, OSError) as error:
        seen, well = f"FAILED: {error}", False
    print(f"| {name} | {ROWS[name].says} | {seen} | {time.monotonic() - began:.0f} s |", flush=True)
    return well


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
