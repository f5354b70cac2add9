"""What the import contracts of setup.cfg cannot say."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).resolve().parents[2]
ENGINE = "dmas.matching.engine"
ENGINE_MAY_IMPORT = {"numpy", "ortools", "dmas.core.geography"}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("dmas", include_external_packages=True)


def imported_by(module: str) -> set[str]:
    """List what a module imports, without the standard library."""
    direct = graph().find_modules_directly_imported_by(module)
    return {name for name in direct if name.partition(".")[0] not in sys.stdlib_module_names}


def engine_modules() -> list[str]:
    return sorted(name for name in graph().modules if name == ENGINE or name.startswith(f"{ENGINE}."))


@pytest.mark.parametrize("module", engine_modules())
def test_the_engine_is_a_sealed_box(module: str) -> None:
    allowed = ENGINE_MAY_IMPORT | set(engine_modules())
    assert imported_by(module) <= allowed


def test_the_independent_check_shares_nothing_with_what_it_checks() -> None:
    own = {name for name in engine_modules() if name.startswith(f"{ENGINE}.certify")}
    assert len(own) > 1
    for module in own:
        assert imported_by(module) <= own | {"numpy"}


def test_loading_the_pairs_rooms_does_not_load_diagnostics() -> None:
    code = (
        "import sys, dmas.offers.services, dmas.requests.services, dmas.matching.nightly;"
        "print([name for name in sys.modules if name.startswith('dmas.diagnostics')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--config", "setup.cfg", "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_is_called_utils() -> None:
    unwanted = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [name for name in graph().modules if unwanted & set(name.split("."))] == []
