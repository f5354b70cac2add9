"""Finding PostgreSQL's programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dmas.core.embedded import binaries
from dmas.core.embedded.binaries import Binaries, choose, inspect, installed, system_folders, wheel_folders
from dmas.core.embedded.errors import EmbeddedServerError

NEW = Binaries(Path("/new/bin"), (18, 4), from_wheel=True)
OLD = Binaries(Path("/old/bin"), (15, 18), from_wheel=False)


def fake(folder: Path, answer: str) -> Path:
    """Make an installation whose `postgres --version` answers as told."""
    folder.mkdir(parents=True)
    (folder / "initdb").touch()
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    return folder


def test_the_wheel_comes_first_and_newest_first() -> None:
    found = installed()
    versions = [each.version for each in found if each.from_wheel]
    assert found[0].from_wheel
    assert versions == sorted(versions, reverse=True)
    assert Path(found[0].program("postgres")).is_file()


def test_version_and_place_are_read(tmp_path: Path) -> None:
    folder = fake(tmp_path / "bin", "echo 'postgres (PostgreSQL) 17.6 (Debian 17.6-1)'")
    found = inspect(folder, from_wheel=False)
    assert found == Binaries(folder, (17, 6), from_wheel=False)
    assert found is not None
    assert found.major == 17


@pytest.mark.parametrize(
    "answer",
    [
        "echo 'postgres (PostgreSQL) 14.2'",
        "exit 1",
        "echo hello",
        "echo 'postgres (PostgreSQL) 18.1'; exit 3",
    ],
)
def test_what_is_too_old_or_does_not_run_is_passed_over(tmp_path: Path, answer: str) -> None:
    assert inspect(fake(tmp_path / "bin", answer), from_wheel=False) is None


def test_a_beta_has_no_minor_version(tmp_path: Path) -> None:
    found = inspect(fake(tmp_path / "bin", "echo 'postgres (PostgreSQL) 19beta1'"), from_wheel=False)
    assert found is not None
    assert found.version == (19, 0)


def test_an_empty_folder_and_a_program_that_cannot_start(tmp_path: Path) -> None:
    assert inspect(tmp_path, from_wheel=False) is None
    folder = fake(tmp_path / "bin", "")
    (folder / "postgres").chmod(0o644)
    assert inspect(folder, from_wheel=False) is None


def test_pg_config_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_config"
    program.write_text("#!/bin/sh\necho /somewhere/bin\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert Path("/somewhere/bin") in system_folders()


def test_without_the_wheel_there_are_only_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda _name: None)
    assert wheel_folders() == []
    assert not any(each.from_wheel for each in installed())


def test_the_best_is_chosen_and_data_need_their_own_version() -> None:
    assert choose([NEW, OLD], None) is NEW
    assert choose([NEW, OLD], 15) is OLD


def test_no_usable_installation_names_the_ways_out() -> None:
    with pytest.raises(EmbeddedServerError, match=r"make setup.*postgresql.*DATABASE_URL"):
        choose([], None)


def test_data_of_a_version_that_is_gone_say_so() -> None:
    with pytest.raises(EmbeddedServerError, match=r"PostgreSQL 16.*make reset"):
        choose([NEW, OLD], 16)
