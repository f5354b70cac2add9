"""The commands that the documents tell people to type, each with the documents it stands in."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").rglob("*.md")],
)
FENCED = re.compile(r"^```(?:sh|bash|shell|console)?\n(.*?)^```", re.M | re.S)
INDENTED = re.compile(r"(?:^|\n\n)((?: {4,}\S.*\n?)+)")
INLINE = re.compile(r"`([^`]+)`")
PROGRAMS = re.compile(r"(?:make|dmas|\.venv/bin/\S+|deploy/\w+)\s|make$")


def documented(documents: list[Path] = DOCUMENTS) -> dict[str, list[str]]:
    """Return every command of the documents, without its comment, with the names of those it stands in."""
    found: dict[str, list[str]] = {}
    for document in documents:
        for command in commands(document.read_text(encoding="utf-8")):
            found.setdefault(command, []).append(str(document.relative_to(PROJECT)))
    return found


def commands(text: str) -> list[str]:
    """List the commands in a document's text: in fences, in indented blocks, and within a sentence."""
    fenced = FENCED.findall(text)
    text = FENCED.sub("", text)
    blocks = [*fenced, *INDENTED.findall(text)]
    lines = [line for block in blocks for line in block.splitlines()]
    spans = [span for span in INLINE.findall(text) if PROGRAMS.match(span)]
    return [plain for line in [*lines, *spans] if (plain := _plain(line))]


def _plain(line: str) -> str:
    without_comment = re.sub(r"(^|\s+)#.*$", "", line)
    return " ".join(without_comment.split()).removeprefix(".venv/bin/")
