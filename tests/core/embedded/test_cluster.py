"""What stops a cluster, and the message for it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from dmas.core.embedded import cluster, server
from dmas.core.embedded.binaries import Binaries, installed
from dmas.core.embedded.cluster import (
    Cluster,
    clear_stale_lock,
    lock_file_pid,
    make_private,
    require_private,
    running_socket,
)
from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.place import find_place, homes
from dmas.core.embedded.process import PLAIN


def test_data_that_others_may_open_are_refused_with_both_ways_out(var: Path) -> None:
    with server(var):
        pass
    data = homes(var)[0] / "data"
    data.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match=r"mode 755.*DMAS_VAR.*DATABASE_URL"), server(var):
        pass
    assert data.stat().st_mode & 0o777 == 0o755, "not ours to change"


def test_a_file_system_without_permissions_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", lambda self, mode: os.mkdir(self, 0o777))
    before = os.umask(0)
    try:
        with pytest.raises(EmbeddedServerError, match=r"no Unix permissions.*DMAS_VAR"):
            make_private(tmp_path / "data", os.geteuid())
    finally:
        os.umask(before)


def test_a_folder_of_somebody_else_or_a_link_is_refused(tmp_path: Path) -> None:
    make_private(tmp_path / "mine", os.geteuid())
    with pytest.raises(EmbeddedServerError, match="belongs to uid"):
        require_private(tmp_path / "mine", os.geteuid() + 1)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(EmbeddedServerError, match="belongs to uid"):
        require_private(tmp_path / "link", os.geteuid())


def broken(var: Path, program: str, script: str) -> Cluster:
    """Return a cluster one of whose programs does as told; the others are real."""
    folder = var / "bin"
    folder.mkdir()
    for real in installed()[0].folder.iterdir():
        (folder / real.name).symlink_to(real)
    (folder / program).unlink()
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    with_real = find_place(var)
    return replace(
        with_real, binaries=Binaries(folder, with_real.binaries.version, from_wheel=False), runner=PLAIN
    )


def test_a_disk_without_room_is_named_before_anything_is_made(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=12_345_678))
    with pytest.raises(EmbeddedServerError, match=r"12 MB free.*needs 250.*DMAS_VAR"), server(var):
        pass
    assert not list(homes(var)[0].glob("data*"))


def test_an_initdb_that_fails_is_quoted(var: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"could not be set up.*No space left on device"):
        broken(var, "initdb", "echo 'initdb: error: No space left on device.' >&2; exit 1").ensure_running()


def test_a_server_that_does_not_start_is_quoted(var: Path) -> None:
    cluster_ = broken(var, "postgres", "echo 'FATAL:  out of memory' >&2; echo 'LOG:  ended' >&2; exit 1")
    make_private(cluster_.data, cluster_.runner.owner)
    with pytest.raises(EmbeddedServerError, match=r"did not start.*data: FATAL:  out of memory\. Or"):
        cluster_.ensure_running()


def test_too_long_a_socket_path_is_named_before_the_server_trips_over_it(var: Path) -> None:
    deep = replace(find_place(var), socket=var / ("s" * 90))
    with pytest.raises(EmbeddedServerError, match="TMPDIR"):
        deep.ensure_running()


def test_a_socket_folder_that_somebody_else_made_is_refused(var: Path) -> None:
    place = find_place(var)
    place.socket.mkdir(mode=0o777)
    place.socket.chmod(0o777)
    os.chown(place.socket, place.runner.owner, place.runner.owner)
    try:
        with pytest.raises(EmbeddedServerError, match="mode 777"):
            cluster.require_private(place.socket, place.runner.owner)
    finally:
        place.socket.rmdir()


def test_lock_files_are_read_with_care(tmp_path: Path, stranger: int) -> None:
    lock = tmp_path / "postmaster.pid"
    assert lock_file_pid(lock) is None
    lock.write_text("12x\n")
    assert lock_file_pid(lock) is None
    lock.write_text(f"{stranger}\n")
    assert lock_file_pid(lock) == stranger
    assert running_socket(tmp_path) is None
    clear_stale_lock(tmp_path)
    assert not lock.exists()


def test_the_lock_of_a_number_nobody_has_is_left_to_the_server(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text("4194305\n")
    clear_stale_lock(tmp_path)
    assert lock.exists()
