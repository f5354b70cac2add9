"""Runs a command as root where nobody may make a user namespace, as in many containers.

`python walled.py COMMAND …`: a namespace with everybody in it under their own number, in which the number of
further namespaces is set to none before the command begins.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
EVERYBODY = "0 0 65536\n"
LIMIT = Path("/proc/sys/user/max_user_namespaces")


def main(command: list[str]) -> None:
    """Become the command, inside."""
    inside_reads, outside_writes = os.pipe()
    outside_reads, inside_writes = os.pipe()
    this = os.getpid()
    if os.fork() == 0:  # the helper stays outside, for only from there may everybody be mapped
        os.read(outside_reads, 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{this}/{name}").write_text(EVERYBODY)
        os.write(outside_writes, b"!")
        os._exit(0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        sys.exit(f"There are no user namespaces here to begin with: {os.strerror(ctypes.get_errno())}.")
    os.write(inside_writes, b"!")
    os.read(inside_reads, 1)
    os.wait()
    LIMIT.write_text("0\n")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
