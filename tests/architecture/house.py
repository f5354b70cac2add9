"""Draws docs/images/house.svg from the import contract: the rooms that exist, highest first.

`python -m tests.architecture.house` writes the picture; a test compares it with the contract.
"""

from __future__ import annotations

import re
from configparser import ConfigParser
from html import escape
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PICTURE = PROJECT / "docs" / "images" / "house.svg"

WIDTH, ROW, GAP, LEFT = 880, 44, 8, 20

SAYS = {
    "cli": "the dmas command",
    "running": "everything together on one machine",
    "app": "the web application, put together",
    "scheduler": "02:30 London",
    "wiring": "who hears which event",
    "models": "every room's tables",
    "invariants": "what must always hold",
    "demo": "invented England, rehearsal",
    "home": "each role's first page",
    "cases": "one page for each case",
    "matching": "the night and its engine",
    "proposals": "answers, holds, options, people",
    "transfers": "hand-over and coming back",
    "offers": "capacity to give",
    "requests": "calls for help, patients' own",
    "diagnostics": "tests, and a clock of their own",
    "waitinglist": "who waits, who may ask, codes",
    "uploads": "files checked, reviewed, applied",
    "accounts": "staff and sign-ins",
    "published": "NHS England's figures",
    "providers": "trusts, sites, ICBs, regions",
    "catalogue": "services, procedures, tokens",
    "web": "the thin skin: access, forms, lists",
    "notifications": "outbox, delivery, letters",
    "settings": "the environment, read once",
    "core": "database, audit, time, errors",
}


def layers() -> list[list[str]]:
    """Return the contract's layers, each as the names of the rooms that exist, highest first."""
    config = ConfigParser(interpolation=None)
    config.read(PROJECT / "setup.cfg", encoding="utf-8")
    lines = config["importlinter:contract:rooms"]["layers"].split("\n")
    named = [re.findall(r"[a-z]+", line) for line in lines if line.strip()]
    rooms = [[name for name in names if _exists(name)] for names in named]
    return [names for names in rooms if names]


def draw() -> str:
    """Return the picture as SVG text."""
    rows = layers()
    height = len(rows) * (ROW + GAP) + 2 * LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" role="img"'
        ' aria-label="The rooms of dmas, highest first; a room may use what lies below it"'
        ' font-family="system-ui, sans-serif" font-size="15">',
        f'<rect width="{WIDTH}" height="{height}" fill="#f0f4f5"/>',
    ]
    for index, names in enumerate(rows):
        parts += _row(names, LEFT + index * (ROW + GAP))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(names: list[str], top: int) -> list[str]:
    width = (WIDTH - 2 * LEFT - GAP * (len(names) - 1)) / len(names)
    drawn = []
    for number, name in enumerate(names):
        left = LEFT + number * (width + GAP)
        says = escape(SAYS.get(name, ""))
        drawn += [
            f'<rect x="{left:.0f}" y="{top}" width="{width:.0f}" height="{ROW}" rx="4"'
            ' fill="#ffffff" stroke="#4c6272"/>',
            f'<text x="{left + 12:.0f}" y="{top + 19}" font-weight="600" fill="#212b32">{name}</text>',
            f'<text x="{left + 12:.0f}" y="{top + 36}" font-size="12" fill="#4c6272">{says}</text>',
        ]
    return drawn


def _exists(name: str) -> bool:
    return (PROJECT / "dmas" / name).is_dir() or (PROJECT / "dmas" / f"{name}.py").is_file()


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(), encoding="utf-8")
