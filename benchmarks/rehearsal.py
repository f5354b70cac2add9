"""A month of England's size from its file to the rehearsal's report: seconds and peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.nation import nation, summary, write_extract
from dmas.core.databases import scratch_database
from dmas.core.db import migrate
from dmas.core.embedded import database_server

COMMANDS = (("import", "rtt"), ("rehearse", "--uptake", "0.05"))


def main() -> None:
    """Print what `dmas import rtt` and `dmas rehearse` need for a whole month, in processes of their own."""
    month = nation()
    print(summary(month))
    with (
        tempfile.TemporaryDirectory() as folder,
        database_server(os.environ) as url,
        scratch_database(url, "dmas_bench_") as scratch,
    ):
        path = Path(folder) / "extract.csv"
        rows = write_extract(path, month)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB in the official layout")
        migrate(scratch)
        for command in COMMANDS:
            file = [str(path)] if command[0] == "import" else []
            _run([*command, *file], scratch)


def _run(arguments: list[str], url: str) -> None:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        [sys.executable, "-m", "dmas.cli", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    print((done.stdout + done.stderr).rstrip())
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
    seconds = time.perf_counter() - began
    print(
        f"dmas {' '.join(arguments[:2])}: {seconds:.1f} s, peak of the largest process so far {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
