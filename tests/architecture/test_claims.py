"""Claims of the documents that are no commands: files, settings, messages, machines it was tried on."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.commands import DOCUMENTS, INLINE, PROJECT
from tests.machines.rows import ROWS

OPERATIONS = PROJECT / "docs" / "operations.md"
OURS = re.compile(r"(?:dmas|tests|deploy|docs|migrations|benchmarks|\.ci)/[\w./-]*\w")


def spans(document: Path) -> list[str]:
    """List what stands in backticks in a document, outside its fences."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.S)
    return INLINE.findall(text)


def section(document: Path, heading: str) -> str:
    found = re.search(
        rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", document.read_text(encoding="utf-8"), re.M | re.S
    )
    assert found, f"{document.name} has no section “{heading}”"
    return found[1]


def first_cells(text: str) -> list[str]:
    """List the first cell of each row of a section's table, without its head."""
    return re.findall(r"^\| (.*?) \|", text, re.M)[1:]


@cache
def source() -> str:
    """Return the words of the program and of set-up, strings that go over several lines put together."""
    files = [PROJECT / "Makefile", *(PROJECT / "dmas").rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(files))
    return re.sub(r"\"\s*f?\"", "", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = [path for span in spans(document) if (path := OURS.fullmatch(span.rstrip("/")))]
    missing = [path[0] for path in named if not (PROJECT / path[0]).exists() and "static" not in path[0]]
    assert missing == []


def test_every_setting_is_described_once() -> None:
    described = [
        name
        for cell in first_cells((PROJECT / "docs" / "settings.md").read_text(encoding="utf-8"))
        for name in re.findall(r"`([A-Z_]+)`", cell)
    ]
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert sorted(described) == sorted(set(re.findall(r"^#([A-Z_]+)=", example, re.M)) - {"DMAS_CHROMIUM"})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_setting_that_is_named_is_one(document: Path) -> None:
    known = (PROJECT / ".env.example").read_text(encoding="utf-8")
    named = {name for span in spans(document) for name in re.findall(r"DMAS_[A-Z_]+", span)}
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("cell", first_cells(section(OPERATIONS, "When something is wrong")))
def test_every_message_that_is_explained_is_said(cell: str) -> None:
    if cell == "exit status 78":
        assert "EXIT_MISCONFIGURED = 78" in source()
        return
    said = cell.strip("`")
    parts = [re.escape(part) for part in re.split(r"…|8000|127\.0\.0\.1", said) if part.strip()]
    assert re.search(r".{0,40}?".join(parts), source()), f"nothing in the program says “{said}”"


def test_every_kind_of_machine_is_listed_with_what_was_seen() -> None:
    listed = [cell.strip("`") for cell in first_cells(section(OPERATIONS, "Where it has been tried"))]
    assert sorted(listed) == sorted(ROWS)
