"""Choosing folders, programs and identity."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dmas.core.embedded import Options, destroy, place, server
from dmas.core.embedded.binaries import Binaries, installed
from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.place import PROJECT, default_var, find_place, homes, socket_folder
from dmas.core.embedded.process import AS_NOBODY, IN_NAMESPACE, NOBODY, PLAIN, Runner

AS_ROOT = os.geteuid() == 0


def test_var_is_the_projects_unless_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_var({}) == PROJECT / "var"
    assert default_var({"DMAS_VAR": str(tmp_path / "other")}) == tmp_path / "other"
    monkeypatch.setattr(place, "PROJECT", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert default_var({}) == tmp_path / "var"


def test_the_socket_folder_is_short_and_differs_by_place_and_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {socket_folder(Path(f"/{place_}") / ("x" * 300), uid) for place_ in "ab" for uid in (0, 1000)}
    assert len(names) == 4
    assert all(len(str(name)) < 50 for name in names)
    monkeypatch.setattr(place.os, "access", lambda *_: False)
    monkeypatch.setattr(place.tempfile, "gettempdir", lambda: "/elsewhere")
    assert socket_folder(Path("/a"), 0).parent == Path("/elsewhere")


def test_an_ordinary_user_runs_the_server_plainly(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(place, "has_name", lambda _uid: True)
    found = find_place(var)
    assert found.runner == PLAIN
    assert found.data == var / "postgres" / "data"


def test_a_user_without_a_name_borrows_one_or_is_told(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.os, "geteuid", lambda: 4321)
    monkeypatch.setattr(place, "has_name", lambda _uid: False)
    monkeypatch.setattr(place, "IN_NAMESPACE", Runner(prefix=("env",)))
    assert find_place(var).runner == Runner(prefix=("env",))
    with pytest.raises(EmbeddedServerError, match=r"uid 4321.*no name.*/etc/passwd.*DATABASE_URL"):
        find_place(var, Options(user_namespaces=False))


def test_no_programs_at_all_is_a_clear_error(var: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="DATABASE_URL"), server(var, Options(candidates=())):
        pass


def test_where_root_may_neither_map_nor_drop_it_is_told_so(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.os, "geteuid", lambda: 0)
    nobody = Runner(prefix=("/no/such/program",))
    monkeypatch.setattr(place, "IN_NAMESPACE", nobody)
    monkeypatch.setattr(place, "AS_NOBODY", nobody)
    with pytest.raises(EmbeddedServerError, match=r"will not run as root.*ordinary user"):
        find_place(var)


def test_root_takes_a_namespace_where_there_are_namespaces(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.os, "geteuid", lambda: 0)
    monkeypatch.setattr(place, "IN_NAMESPACE", PLAIN)
    assert find_place(var).runner == PLAIN


def test_a_folder_outside_that_we_did_not_make_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(EmbeddedServerError, match="was not made by this program"):
        place._make_outside(tmp_path / "open")


@pytest.fixture
def walled(var: Path) -> Path:
    """A folder like root's home: mode 700, so that no other uid gets in."""
    folder = var / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def hidden_programs(walled: Path) -> Binaries:
    """The wheel's programs and libraries as they lie in an environment under a walled folder."""
    found = installed()[0]
    package = found.folder.parents[1]
    install = walled / package.name / found.folder.parent.name
    shutil.copytree(found.folder.parent, install, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), walled / f"{package.name}.libs")
    return Binaries(install / "bin", found.version, from_wheel=True)


if AS_ROOT:

    def test_root_drops_to_nobody_with_copies_and_reachable_data(
        walled: Path, hidden_programs: Binaries
    ) -> None:
        var = walled / "var"
        options = Options(user_namespaces=False, candidates=(hidden_programs,))
        inside, outside = homes(var)
        try:
            with server(var, options):
                data = outside / "data"
                assert (data.stat().st_uid, data.stat().st_mode & 0o777) == (NOBODY, 0o700)
                assert not (inside / "data").exists()
                copies = list(outside.glob("programs-*/*/*/bin/postgres"))
                assert len(copies) == 1
                assert AS_NOBODY.can(str(copies[0]), "--version")
            with server(var, options):
                assert list(outside.glob("programs-*/*/*/bin/postgres")) == copies
            assert walled.stat().st_mode & 0o777 == 0o700
        finally:
            destroy(var)
        assert not outside.exists()

    def test_programs_that_not_even_a_copy_makes_runnable_are_named(walled: Path) -> None:
        install = walled / "package" / "install" / "bin"
        install.mkdir(parents=True)
        (install / "postgres").write_text("#!/bin/sh\nexit 1\n")
        (install / "postgres").chmod(0o755)
        home = walled.parent / "cluster"
        home.mkdir()
        with pytest.raises(EmbeddedServerError, match="another user than root"):
            place._readable(Binaries(install, (18, 4), from_wheel=False), home)

    def test_data_of_another_uid_are_named(var: Path) -> None:
        with server(var, Options(user_namespaces=False)):
            pass
        if IN_NAMESPACE.can("true"):
            with pytest.raises(EmbeddedServerError, match="belongs to uid 65534"), server(var):
                pass
