"""Tests stand where the code they test stands, under the same name."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TESTS = PROJECT / "tests"
OF_THEIR_OWN = {
    "architecture",
    "authorisation",
    "benchmarks",
    "browser",
    "factories",
    "faults",
    "journeys",
    "machines",
    "migrations",
    "test_page_checks.py",
    "test_row_level_security.py",
}


def mirrored(test: Path) -> list[Path]:
    """List what a test file may be about: a module or a package of that name, or the package it stands in."""
    folder = PROJECT / "dmas" / test.parent.relative_to(TESTS)
    name = test.stem.removeprefix("test_")
    found = [folder / f"{name}.py", folder / name / "__init__.py"]
    return [*found, folder / "__init__.py"] if name == folder.name else found


def every_test_file() -> list[Path]:
    return sorted(
        path for path in TESTS.rglob("test_*.py") if path.relative_to(TESTS).parts[0] not in OF_THEIR_OWN
    )


@pytest.mark.parametrize("test", every_test_file(), ids=lambda path: str(path.relative_to(TESTS)))
def test_every_test_file_is_about_a_module_of_its_name(test: Path) -> None:
    assert any(path.exists() for path in mirrored(test)), f"{test.name} mirrors nothing in dmas/"


def test_there_is_an_init_at_every_level() -> None:
    folders = {path.parent for path in TESTS.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
