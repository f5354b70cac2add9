"""The server's whole life: started, shared, killed, adopted, stopped, thrown away."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from dmas.core.embedded import (
    EmbeddedServerError,
    Options,
    database_server,
    destroy,
    is_embedded,
    normalised,
    revive,
    server,
)
from dmas.core.embedded.cluster import lock_file_pid, running_socket
from dmas.core.embedded.place import homes
from dmas.core.embedded.process import IN_NAMESPACE, NAMED, alive, leftovers


def ask(url: str, query: str, *values: object) -> object:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(query, values).fetchone()
        assert row is not None
        return row[0]


def execute(url: str, statement: str) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def postmaster(var: Path) -> int:
    pid = lock_file_pid(homes(var)[0] / "data" / "postmaster.pid")
    assert pid is not None
    return pid


def ways() -> list[object]:
    """Every way this machine can run a server: as who we are, and for root also without namespaces."""
    found = [pytest.param(Options(), id="default")]
    if os.geteuid() == 0:
        found.append(pytest.param(Options(user_namespaces=False), id="another-uid"))
    return found


@pytest.mark.parametrize("options", ways())
def test_a_server_starts_as_the_house_wants_it_and_stops(var: Path, options: Options) -> None:
    with server(var, options) as url:
        assert ask(url, "SELECT current_user") == "postgres"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C"
        assert ask(url, "SHOW timezone") == "UTC"
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "on"
        socket = Path(str(make_url(url).query["host"]))
        assert socket.stat().st_mode & 0o777 == 0o700
        pid = postmaster(var)
        assert os.getsid(pid) == pid  # out of reach of the terminal's Ctrl-C
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert not alive(pid)
    assert not socket.exists()


@pytest.mark.parametrize("options", ways())
def test_data_outlive_the_server(var: Path, options: Options) -> None:
    with server(var, options) as url:
        execute(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with server(var, options) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_no_folder_that_was_there_changes_its_mode(var: Path) -> None:
    outer = var / "project"
    outer.mkdir(mode=0o750)
    folders = [Path.home(), Path.home().parent, var, outer]
    before = [folder.stat().st_mode for folder in folders]
    with server(outer / "var"):
        pass
    assert [folder.stat().st_mode for folder in folders] == before


@pytest.mark.parametrize("name", ["with  spaces and 'quotes'", "n" * 150, "ünï-$HOME"])
def test_awkward_paths(var: Path, name: str) -> None:
    with server(var / name) as url:
        assert ask(url, "SELECT 1") == 1


def test_without_shared_memory_the_server_keeps_it_in_files(var: Path) -> None:
    with server(var, Options(shared_memory=var / "nowhere")) as url:
        assert ask(url, "SHOW dynamic_shared_memory_type") == "mmap"
        execute(url, "SET debug_parallel_query = on")


def test_two_users_share_one_server_and_the_last_one_out_stops_it(var: Path, user) -> None:
    other = user(var)
    with server(var) as mine:
        theirs = other.stdout.readline().strip()
        assert mine == theirs
        pid = postmaster(var)
        assert alive(pid)
    assert alive(pid), "the other one still uses it"
    other.communicate("")
    assert other.returncode == 0
    assert not alive(pid)


def test_the_one_who_started_it_may_leave_first(var: Path, user) -> None:
    other = None
    with server(var) as url:
        other = user(var)
        other.stdout.readline()
        pid = postmaster(var)
    assert ask(url, "SELECT 1") == 1
    other.communicate("")
    assert running_socket(homes(var)[0] / "data") is None
    assert not alive(pid)


def test_several_starters_at_once_get_one_server(var: Path, user) -> None:
    starters = [user(var) for _ in range(4)]
    urls = {starter.stdout.readline().strip() for starter in starters}
    assert len(urls) == 1
    assert ask(urls.pop(), "SELECT 1") == 1
    for starter in starters:
        starter.communicate("")
    assert running_socket(homes(var)[0] / "data") is None


def test_a_server_orphaned_by_a_kill_is_adopted_and_then_stopped(var: Path, user) -> None:
    killed = user(var)
    killed.stdout.readline()
    pid = postmaster(var)
    killed.kill()
    killed.wait()
    assert alive(pid)
    with server(var) as url:
        assert postmaster(var) == pid, "adopted, not started again"
        assert ask(url, "SELECT 1") == 1
    assert not alive(pid)


def test_a_killed_user_does_not_keep_the_server_from_stopping(var: Path, user) -> None:
    killed = user(var)
    killed.stdout.readline()
    with server(var):
        pid = postmaster(var)
        killed.kill()
        killed.wait()
    assert not alive(pid)


def test_a_server_that_does_not_answer_is_replaced(var: Path, user) -> None:
    killed = user(var)
    killed.stdout.readline()
    pid = postmaster(var)
    killed.kill()
    killed.wait()
    os.kill(pid, signal.SIGSTOP)
    with server(var) as url:
        assert postmaster(var) != pid
        assert ask(url, "SELECT 1") == 1
    assert not alive(pid)


def test_a_killed_postmaster_leaves_nothing_that_stops_the_next(var: Path, user) -> None:
    other = user(var)
    other.stdout.readline()
    data = homes(var)[0] / "data"
    os.kill(postmaster(var), signal.SIGKILL)
    other.kill()
    other.wait()
    with server(var) as url:
        assert ask(url, "SELECT 1") == 1
    assert leftovers(data) == []


def test_a_stale_lock_whose_number_another_program_has_is_recovered(var: Path, stranger: int) -> None:
    with server(var):
        pass
    lock = homes(var)[0] / "data" / "postmaster.pid"
    lock.write_text(f"{stranger}\n{lock.parent}\n0\n5432\n/tmp\n\n 1 2\nready\n")
    if (owner := lock.parent.stat().st_uid) != os.geteuid():
        os.chown(lock, owner, owner)
    with server(var) as url:
        assert ask(url, "SELECT 1") == 1
    assert alive(stranger)


@pytest.mark.parametrize("content", ["", "not a number\n", "999999999\n/nowhere\n"])
def test_a_broken_lock_file_is_recovered(var: Path, content: str) -> None:
    with server(var):
        pass
    lock = homes(var)[0] / "data" / "postmaster.pid"
    lock.write_text(content)
    with server(var) as url:
        assert ask(url, "SELECT 1") == 1


def test_an_initdb_that_was_killed_is_done_again(var: Path) -> None:
    half = homes(var)[0] / "data.partial"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with server(var) as url:
        assert ask(url, "SELECT 1") == 1
    assert not half.exists()


def test_an_error_inside_still_stops_the_server(var: Path) -> None:
    pid = 0

    def fail() -> None:
        nonlocal pid
        with server(var):
            pid = postmaster(var)
            raise LookupError("the work failed")

    with pytest.raises(LookupError):
        fail()
    assert not alive(pid)


def test_a_forked_child_that_unwinds_stops_nothing(var: Path) -> None:
    forked = -1
    with server(var) as url:
        forked = os.fork()
        if forked:
            assert os.waitpid(forked, 0)[1] == 0
            assert ask(url, "SELECT 1") == 1
    if forked == 0:
        os._exit(0)


def test_the_way_out_is_named_where_var_cannot_be_made(var: Path) -> None:
    (var / "file").write_text("in the way")
    with pytest.raises(EmbeddedServerError, match="DMAS_VAR"), server(var / "file" / "var"):
        pass


def test_a_server_that_has_ended_by_itself_is_started_again(var: Path) -> None:
    with server(var) as url:
        assert not revive(var)
        os.kill(postmaster(var), signal.SIGQUIT)
        until = time.monotonic() + 10
        while running_socket(homes(var)[0] / "data") and time.monotonic() < until:
            time.sleep(0.01)
        assert revive(var)
        assert ask(url, "SELECT 1") == 1, "under the address it had"
        second = postmaster(var)
    assert not alive(second)


def test_reset_throws_the_data_away_and_stops_an_orphan(var: Path, user) -> None:
    killed = user(var)
    execute(killed.stdout.readline().strip(), "CREATE TABLE gone ()")
    pid = postmaster(var)
    killed.kill()
    killed.wait()
    destroy(var)
    assert not alive(pid)
    assert not homes(var)[0].exists()
    with server(var) as url:
        assert ask(url, "SELECT to_regclass('gone')") is None


def test_reset_is_refused_while_somebody_uses_the_server(var: Path) -> None:
    with server(var) as url:
        with pytest.raises(EmbeddedServerError, match="in use"):
            destroy(var)
        assert ask(url, "SELECT 1") == 1


def test_a_server_whose_folder_was_deleted_is_ended_by_the_next_start(var: Path, user) -> None:
    killed = user(var)
    killed.stdout.readline()
    data = homes(var)[0] / "data"
    pid = postmaster(var)
    killed.kill()
    killed.wait()
    data.rename(var / "elsewhere")
    with server(var) as url:
        assert postmaster(var) != pid
        assert ask(url, "SELECT 1") == 1
    assert not alive(pid)


def test_a_database_is_made_on_the_embedded_server(var: Path) -> None:
    for _ in range(2):
        with database_server({"DMAS_VAR": str(var)}) as url:
            assert ask(url, "SELECT current_database()") == "dmas"
            assert ask(url, "SHOW server_encoding") == "UTF8"
            assert is_embedded(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_named_database_is_used_as_it_is(scheme: str) -> None:
    with database_server(
        {"DATABASE_URL": f"{scheme}://u:p%40ss@db.example:5433/exchange?sslmode=require"}
    ) as url:
        assert url == "postgresql+psycopg://u:p%40ss@db.example:5433/exchange?sslmode=require"
        assert not is_embedded(url)


@pytest.mark.parametrize("url", ["sqlite:///x.db", "localhost", "mysql://u@h/d"])
def test_another_kind_of_database_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(EmbeddedServerError, match="DATABASE_URL") as refusal:
        normalised(url)
    assert url not in str(refusal.value)


def test_root_is_never_who_the_server_thinks_it_is(var: Path) -> None:
    with server(var):
        status = Path(f"/proc/{postmaster(var)}/status").read_text()
        uid = int(status.split("Uid:")[1].split()[0])
        in_namespace = os.geteuid() == 0 and IN_NAMESPACE.can("true")
        mapped = Path(f"/proc/{postmaster(var)}/uid_map").read_text().split()
    assert uid != 0 or (in_namespace and int(mapped[0]) in NAMED)
