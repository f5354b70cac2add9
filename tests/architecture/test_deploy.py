"""What lies in `deploy/` fits the program: commands and settings exist, scripts do what they say."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from dmas import cli
from dmas.core.embedded.binaries import installed
from dmas.settings import Settings
from tests import databases

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def unit(path: Path) -> ConfigParser:
    """Read a unit; of a name that stands there twice the last one counts, which is enough here."""
    read = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment]
    read.read(path, encoding="utf-8")
    return read


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda p: p.name)
def test_a_unit_starts_what_exists(path: Path) -> None:
    service = unit(path)["Service"]
    program, *words = service["ExecStart"].split()
    inside = Path(program).relative_to("/opt/dmas")
    if inside == Path(".venv/bin/dmas"):
        assert cli.parser().parse_args(words).handler
        assert service["EnvironmentFile"] == "/etc/dmas/dmas.env"
    else:
        assert os.access(PROJECT / inside, os.X_OK)
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["User"] in ("dmas", "postgres")


def test_every_timer_has_its_service_and_the_backup_is_before_the_night() -> None:
    for path in UNITS:
        if path.suffix == ".timer":
            assert path.with_suffix(".service").exists()
            assert "Europe/London" in unit(path)["Timer"]["OnCalendar"], "the night is at London's 02:30"
    backups = re.findall(r"\*-\*-\* (\d\d:\d\d)", (DEPLOY / "systemd/dmas-backup.timer").read_text())
    assert "01:00" < min(backups) < "02:30"


def example() -> dict[str, str]:
    lines = (DEPLOY / "dmas.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_settings_are_fit_for_production_but_for_the_secret(tmp_path: Path) -> None:
    place = {**example(), "DMAS_VAR": str(tmp_path)}
    assert place["SECRET_KEY"] == "", "nobody runs with a secret that everybody can read"
    settings = Settings.from_environ({**place, "SECRET_KEY": "a-secret-of-the-tests-0123456789-abcdefg"})
    assert settings.production
    assert settings.proxies == 1
    known = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert [name for name in place if f"{name}=" not in known] == []


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_lets_a_weekly_list_through_and_knows_the_same_name(name: str) -> None:
    text_ = (DEPLOY / name).read_text(encoding="utf-8")
    assert "dmas.example" in text_
    assert re.search(r"64 ?MB?", text_, re.I)
    if name == "nginx.conf":  # set, never passed on; Caddy does so by itself
        for header in ("For $remote_addr", "Proto $scheme", "Host $host"):
            assert f"proxy_set_header X-Forwarded-{header};" in text_


@pytest.fixture
def libpq(database_url: URL) -> dict[str, str]:
    """What PostgreSQL's programs read: where the test's database is, and programs that can read its dump."""
    with_dump = [each for each in installed() if (each.folder / "pg_dump").exists()]
    newest = max(with_dump, key=lambda each: each.version)
    place = {
        "PATH": f"{newest.folder}:{os.environ['PATH']}",
        "PGHOST": database_url.host or str(database_url.query.get("host", "")),
        "PGPORT": str(database_url.port or database_url.query.get("port", 5432)),
        "PGUSER": database_url.username or "",
        "PGPASSWORD": str(database_url.password or ""),
        "PGDATABASE": database_url.database or "",
    }
    return {**os.environ, **place}


@pytest.fixture
def empty(server_url: URL) -> Iterator[URL]:
    """A database with nothing in it."""
    with databases.fresh(server_url) as url:
        yield url


def script(name: str, argument: Path, place: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DEPLOY / name, argument], env=place, capture_output=True, text=True, check=False, cwd="/"
    )


def test_what_was_backed_up_comes_back_and_old_files_go(
    tmp_path: Path, libpq: dict[str, str], empty: URL, database_url: URL
) -> None:
    folder = tmp_path / "backups of dmas"
    folder.mkdir()
    for name, days in (("dmas-20200101T000000Z.dump", 36), ("dmas-20200201T000000Z.dump", 34), ("else", 99)):
        (folder / name).touch()
        aged = (folder / name).stat().st_mtime - days * 86_400 - 3_600
        os.utime(folder / name, (aged, aged))
    done = script("backup", folder, libpq)
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == "dmas-20200201T000000Z.dump"
    assert kept[2:] == ["else"]
    file = folder / kept[1]
    assert file.stat().st_mode & 0o077 == 0
    there = {**libpq, "PGDATABASE": empty.database or ""}
    restored = script("restore", file, there)
    assert restored.returncode == 0, restored.stderr
    assert tables(empty) == tables(database_url)
    again = script("restore", file, there)
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_a_backup_that_fails_leaves_nothing_and_removes_nothing(
    tmp_path: Path, libpq: dict[str, str]
) -> None:
    old = tmp_path / "dmas-20200101T000000Z.dump"
    old.touch()
    os.utime(old, (0, 0))
    done = script("backup", tmp_path, {**libpq, "PGDATABASE": "dmas_test_that_is_not_there"})
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == [old]


def tables(url: URL) -> list[tuple[str, str]]:
    """List a database's tables with their owners, and its triggers and policies."""
    asked = (
        "SELECT c.relname::text, pg_get_userbyid(c.relowner)::text FROM pg_class c"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " UNION SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        " UNION SELECT policyname, tablename FROM pg_policies ORDER BY 1, 2"
    )
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [(str(a), str(b)) for a, b in connection.execute(text(asked))]
    engine.dispose()
    assert len(rows) > 50
    return rows
