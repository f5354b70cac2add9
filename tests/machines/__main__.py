"""`python -m tests.machines [ROW …]`: plays the rows of the matrix in turn and prints what was seen."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.machines.copies import Failed
from tests.machines.grounds import ground
from tests.machines.rows import ROWS


def main(names: list[str]) -> int:
    """Play the named rows, or all; return 1 where one failed."""
    if unknown := set(names) - set(ROWS):
        sys.exit(f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.")
    if os.geteuid() != 0:
        sys.exit("Only root can play other users, networks and disks: run it as root, on a machine to spare.")
    failed = 0
    for name in names or list(ROWS):
        began = time.monotonic()
        try:
            with ground() as here:
                seen = ROWS[name].play(here)
        except (Failed, subprocess.SubprocessError, OSError) as error:
            failed += 1
            seen = f"FAILED: {error}"
        print(f"| {name} | {ROWS[name].says} | {seen} | {time.monotonic() - began:.0f} s |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
