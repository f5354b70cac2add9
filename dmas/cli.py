"""The `dmas` command: one parser, to which every room adds its own commands."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec

# Rooms with a command line of their own, in the order their commands are listed by `dmas --help`.
ROOMS = ("dmas.matching.cli",)


def parser() -> argparse.ArgumentParser:
    """Build the parser with the commands of every room."""
    top = argparse.ArgumentParser(prog="dmas", description="An open exchange for mutual aid in the NHS.")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for room in ROOMS:
        if find_spec(room.rpartition(".")[0]) and find_spec(room):
            importlib.import_module(room).add_commands(subparsers)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    return int(arguments.run(arguments) or 0)


if __name__ == "__main__":
    sys.exit(main())
