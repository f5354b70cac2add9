"""Which Chromium the browser tests drive, and getting one: `python -m tests.browser.chromium`.

In this order: $DMAS_CHROMIUM, one on PATH, playwright's own, one by apt (as root), one by playwright.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def find() -> str | None:
    """Return the path of a Chromium that runs, or None."""
    named = os.environ.get("DMAS_CHROMIUM")
    if named:
        return named if runs(named) else None
    on_path = (shutil.which(name) for name in NAMES)
    for candidate in (*on_path, playwrights()):
        if candidate and runs(candidate):
            return candidate
    return None


def runs(path: str) -> bool:
    """Tell whether a browser starts here, by asking for its version."""
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights() -> str | None:
    """Return where playwright keeps its own Chromium, if it has one."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure() -> str:
    """Return a Chromium, installing one where there is none; end with the reason where that fails."""
    reasons: list[str] = []
    if os.environ.get("DMAS_CHROMIUM") and find() is None:
        sys.exit("DMAS_CHROMIUM is set but does not run: correct it, or unset it.")
    for way in (None, by_apt, by_playwright):
        if way is not None:
            reasons.append(f"{way.__name__.replace('_', ' ')}: {way()}")
            find.cache_clear()
        if found := find():
            return found
    sys.exit(
        "The browser tests need Chromium and none could be installed:\n  "
        + "\n  ".join(reasons)
        + "\nInstall one (Debian: apt install chromium), or set DMAS_CHROMIUM to its path."
    )


def by_apt() -> str:
    """Install Debian's Chromium; return what came of it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "needs root and apt-get"
    updated = attempt("apt-get", "update", "-qq")
    installed = attempt("apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium")
    return installed if installed == "done" else f"{installed}; {updated}"


def by_playwright() -> str:
    """Install playwright's Chromium; return what came of it."""
    return attempt(sys.executable, "-m", "playwright", "install", "chromium")


def attempt(*command: str) -> str:
    """Run a command and return "done" or the last line it said."""
    print("Getting Chromium:", " ".join(command), flush=True)
    environ: dict[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return last_line(command, environ)


def last_line(command: Sequence[str], environ: dict[str, str]) -> str:
    """Run a command; return "done", or why it failed in one line."""
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = (done.stderr or done.stdout).strip().splitlines()
    return "done" if done.returncode == 0 else lines[-1] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    ensure()
