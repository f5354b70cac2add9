"""Starting programs as somebody else, and knowing processes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dmas.core.embedded import process
from dmas.core.embedded.process import PLAIN, Runner, alive, end, is_postmaster, leftovers, taken

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)


def test_settings_of_the_caller_do_not_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    said = PLAIN.run(["sh", "-c", "echo $PGPORT-$LC_ALL-$TZ-$PWD"]).stdout
    assert said == "-C-UTC-/\n"


def test_a_program_that_is_not_there_cannot_be_run() -> None:
    assert PLAIN.can("true")
    assert not PLAIN.can("false")
    assert not PLAIN.can("/no/such/program")
    assert not Runner(prefix=("/no/such/prefix",)).can("true")


def test_a_started_program_has_a_session_of_its_own_and_writes_to_the_log(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        pid = PLAIN.start(["sh", "-c", "echo out; echo err >&2; exec sleep 60"], log)
    assert os.getsid(pid) == pid
    until = time.monotonic() + 5
    while (tmp_path / "log").read_text() != "out\nerr\n" and time.monotonic() < until:
        time.sleep(0.01)
    assert (tmp_path / "log").read_text() == "out\nerr\n"
    assert alive(pid)
    assert end(pid, (signal.SIGTERM, 5.0))
    assert not taken(pid), "collected, so that no ended child stays"


def test_a_child_that_has_ended_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert taken(child.pid)
    assert not alive(child.pid)
    child.wait()
    assert not alive(child.pid)


def test_another_users_process_counts_as_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(process.os, "kill", refuse)
    assert taken(os.getpid())
    assert alive(os.getpid())


def test_a_deaf_process_is_killed_in_the_end() -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    assert not end(child.pid, (signal.SIGTERM, 0.1))
    assert end(child.pid, (signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0))
    assert end(child.pid, (signal.SIGTERM, 0.1)), "ended already"
    child.communicate()


def test_other_programs_are_not_taken_for_the_server(tmp_path: Path, stranger: int) -> None:
    assert not is_postmaster(stranger, tmp_path)
    assert not is_postmaster(2**22 + 1, tmp_path)
    assert leftovers(tmp_path) == []


def test_the_server_is_known_by_program_and_folder(tmp_path: Path) -> None:
    program = tmp_path / "postgres"
    program.symlink_to("/bin/sh")
    child = subprocess.Popen([program, "-c", "read x", "-D", str(tmp_path / "data")], stdin=subprocess.PIPE)
    try:
        assert is_postmaster(child.pid, tmp_path / "data")
        assert not is_postmaster(child.pid, tmp_path / "other")
    finally:
        child.communicate()


def test_the_name_that_is_borrowed_is_one_the_machine_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "has_name", lambda uid: uid == 1)
    assert process.namespace() == ("unshare", "--user", "--map-user=1", "--map-group=1")
    monkeypatch.setattr(process, "has_name", lambda _uid: False)
    assert process.namespace()[2] == f"--map-user={process.NOBODY}", "rather somebody than root"


def test_who_has_a_name() -> None:
    assert process.has_name(0)
    assert not process.has_name(4_000_000_001)
