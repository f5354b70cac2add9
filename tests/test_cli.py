"""The `dmas` command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from dmas import cli, invariants, running
from dmas.core.db import OWNER, Database
from dmas.core.embedded import destroy, server
from dmas.core.errors import Misconfigured
from dmas.core.invariants import Invariant


def named(monkeypatch: pytest.MonkeyPatch, url: URL) -> None:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_every_room_has_distinct_commands_with_a_handler_and_a_help_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions = [action for action in cli.parser()._actions if action.dest == "command"]
    commands = actions[0].choices
    assert isinstance(commands, dict)
    assert {"run", "web", "scheduler", "migrate", "doctor", "reset"} <= set(commands)
    assert len(actions[0]._choices_actions) == len(commands), "each has a line in --help"


def test_the_installed_command_is_this_one() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("dmas"), "--help"], capture_output=True, text=True, check=True
    )
    assert "An open exchange" in done.stdout


def test_a_refusal_is_one_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    assert cli.main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("dmas: DATABASE_URL is not a PostgreSQL address")
    assert said.count("\n") == 1


def test_a_database_that_is_not_there_is_one_line_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:opensesame@127.0.0.1:1/x")
    assert cli.main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("dmas: The database cannot be reached: ")
    assert said.count("\n") == 1
    assert "opensesame" not in said


def test_ctrl_c_ends_a_command_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    def add_commands(subparsers: object) -> None:
        subparsers.add_parser("long").set_defaults(handler=interrupted)  # type: ignore[attr-defined]

    monkeypatch.setattr(cli, "ROOMS", (SimpleNamespace(add_commands=add_commands),))
    assert cli.main(["long"]) == 130


def test_migrating_brings_an_empty_database_to_the_newest_form(
    monkeypatch: pytest.MonkeyPatch, empty_database: URL
) -> None:
    named(monkeypatch, empty_database)
    assert cli.main(["migrate"]) == 0
    assert cli.main(["migrate"]) == 0, "twice changes nothing"
    assert cli.main(["doctor"]) == 0


@pytest.fixture
def empty_database(server_url: URL) -> Iterator[URL]:
    from_server = server_url.render_as_string(hide_password=False)
    with cli.scratch_database(from_server) as url:
        yield server_url.set(database=url.partition("?")[0].rpartition("/")[2])


def test_models_and_migrations_agree(
    monkeypatch: pytest.MonkeyPatch, server_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    named(monkeypatch, server_url)
    assert cli.main(["migrate", "--check"]) == 0
    assert "agree" in capsys.readouterr().out


def test_drift_is_said(database_url: URL, capsys: pytest.CaptureFixture[str]) -> None:
    owner = Database(database_url, role=OWNER)
    with owner.engine.begin() as connection:
        connection.execute(text("CREATE TABLE nobody_declared (id int)"))
    owner.dispose()
    assert cli.check_drift(database_url.render_as_string(hide_password=False)) == 1
    assert "nobody_declared" in capsys.readouterr().err


def test_the_doctor_names_the_rule_and_its_rows(
    monkeypatch: pytest.MonkeyPatch, database_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    named(monkeypatch, database_url)
    broken = Invariant("never-seven", "Nothing is seven.", "SELECT n, 'row' FROM generate_series(7, 7) AS n")
    monkeypatch.setattr(invariants, "ALL", (broken,))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "never-seven: Nothing is seven. Broken by 1:" in said
    assert "  7, row" in said
    assert "1 rules looked at, 1 broken." in said


def test_reset_empties_var_and_keeps_the_tools(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DMAS_VAR", str(tmp_path))
    with server(tmp_path):
        pass
    (tmp_path / "secret-key").write_text("x")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("x")
    (tmp_path / "tools" / "node").mkdir(parents=True)
    assert cli.main(["reset"]) == 0
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["postgres.lock", "postgres.users", "tools"]
    assert "make run" in capsys.readouterr().out
    destroy(tmp_path)


def test_reset_leaves_a_named_database_and_var_alone(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("x")
    with pytest.raises(Misconfigured, match="DATABASE_URL is set"):
        cli.throw_away({"DATABASE_URL": "postgresql://somewhere/else", "DMAS_VAR": str(tmp_path)})
    assert (tmp_path / "secret-key").exists()


@pytest.mark.parametrize(
    ("command", "expected"),
    [("run", "everything"), ("web", "gunicorn"), ("scheduler", "dmas.scheduler")],
)
def test_the_running_commands_start_what_they_say(
    monkeypatch: pytest.MonkeyPatch, command: str, expected: str
) -> None:
    started: list[object] = []

    def record(*arguments: object) -> int:
        started.extend(arguments)
        return 7

    monkeypatch.setattr(running, "serve", record)
    monkeypatch.setattr(running, "run_everything", lambda environ: record("everything", environ))
    assert cli.main([command]) == 7
    assert expected in str(started[0])
    assert started[1] is os.environ
