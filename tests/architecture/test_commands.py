"""What the documents tell people to type is typed here, or a list says where it is done instead."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas import cli
from dmas.core import clock, references
from dmas.core.actors import Actor
from dmas.core.db import Database
from tests.architecture.commands import PROJECT, commands, documented
from tests.factories.offers import make_offer
from tests.factories.publishers import (
    ONS_HEADER,
    dm01_row,
    hospital_row,
    ods_row,
    ons_row,
    rtt_row,
    with_totals,
    write_csv,
    write_dm01,
    write_hospitals,
    write_ods,
    write_rtt,
)
from tests.factories.requests import make_request
from tests.factories.staff import make_staff
from tests.matching.engine.invented import example, example_solution
from tests.waitinglist.lists import a_list, a_row

NIGHT = date(2026, 11, 21)
MORNING = datetime(2026, 11, 21, 9, tzinfo=UTC)

# Typed here, in this order, on a database of this test's own: later ones need what earlier ones did. Beside
# each, what its placeholders stand for.
TYPED = {
    "dmas migrate": "",
    "dmas import icbs FILE": "icbs.csv",
    "dmas import ods FILE": "etr.csv",
    "dmas import outcodes FILE": "outcodes.csv",
    "dmas import successions FILE": "successions.csv",
    "dmas import hospitals FILE": "Hospital.csv",
    "dmas import ratings FILE": "ratings.csv",
    "dmas import rtt FILE": "rtt.csv",
    "dmas import dm01 FILE": "dm01.csv",
    "dmas import waiting-list FILE --provider RXK": "list.csv",
    "dmas admin invite EMAIL --organisation CODE --role ROLE --name NAME": "ada@example.org RXK auditor Ada",
    "dmas admin reset-link EMAIL": "ada@example.org",
    "dmas admin disable EMAIL": "ada@example.org",
    "dmas nightly --dry-run": "",
    "dmas nightly": "",
    "dmas nightly --as-of DATE": "2026-11-22",
    "dmas replay 2026-11-21": "",
    "dmas what-if 2026-11-21 --radius 75 --add-offer offer.json --withdraw OF-2222222 --relax max_bmi=45": "",
    "dmas deliver": "",
    "dmas solve problem.json > solution.json": "",
    "dmas solve --workers 2": "",
    "dmas check problem.json solution.json": "",
    "dmas doctor": "",
}

# Not typed here, with where it is done instead. A list is no excuse: whoever adds to it says where to look.
MACHINES = "done by `make machines`"
ELSEWHERE = {
    "dmas run": "tests/test_running.py, " + MACHINES,
    "dmas web": "tests/test_running.py, " + MACHINES,
    "dmas scheduler": "tests/test_scheduler.py, " + MACHINES,
    "dmas reset": "tests/test_cli.py, " + MACHINES,
    "dmas demo": "tests/demo/test_cli.py, " + MACHINES,
    "python -m benchmarks": "tests/benchmarks",
    "python -m benchmarks.month": "by hand, on figures that are no part of the project",
    "deploy/backup": "tests/architecture/test_deploy.py, " + MACHINES,
    "PGDATABASE=restored deploy/restore FILE": "tests/architecture/test_deploy.py, " + MACHINES,
    "createuser": "the row two-nodes makes the same user in SQL",
    "createdb": MACHINES,
    "useradd": "needs root and a machine of one's own",
    "git clone": MACHINES,
    "make -C /opt/dmas server": MACHINES,
    "install -D": "tests/architecture/test_deploy.py looks at the file",
    "cp /opt/dmas/deploy/systemd/*": "tests/architecture/test_deploy.py looks at the units",
    "systemctl": "needs systemd as the first process; tests/architecture/test_deploy.py looks at the units",
    "dmas rehearse": "tests/demo/test_cli.py and tests/demo/rehearsal",
}


def begins(command: str, beginnings: Iterable[str]) -> bool:
    return any(command == each or command.startswith(f"{each} ") for each in beginnings)


def targets() -> set[str]:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert declared is not None
    return set(declared[1].split())


DOCUMENTED = documented()


@pytest.mark.parametrize("command", DOCUMENTED)
def test_every_command_is_typed_somewhere(command: str) -> None:
    where = f"`{command}` in {', '.join(DOCUMENTED[command])}"
    program, *words = shlex.split(command)
    if program == "make" and words[:1] != ["-C"]:
        named = {word for word in words if "=" not in word}
        assert named <= targets(), f"{where}: there is no such target"
    else:
        shortened = any(begins(typed, [command]) for typed in TYPED)
        assert shortened or begins(command, ELSEWHERE), f"{where}: type it in {__name__}, or say where"


def test_nothing_is_typed_that_no_document_says() -> None:
    assert [each for each in TYPED if each not in DOCUMENTED] == []


def test_commands_are_found_wherever_they_stand() -> None:
    text = (
        "# T\n\n```\nmake run  # all\n```\n\nSay `dmas\ndoctor`:\n\n    .venv/bin/dmas solve x > y\n\n"
        "1. x\n\n       useradd -r dmas\n"
    )
    assert commands(text) == ["make run", "dmas solve x > y", "useradd -r dmas", "dmas doctor"]


@pytest.fixture
def place(tmp_path: Path, database_url: URL, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each kind, and a database in which a request waits for the night."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECRET_KEY", "a-secret-of-the-tests-with-many-letters-0123456789")
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    write_csv(tmp_path / "icbs.csv", [ONS_HEADER, ons_row("QHL", "NHS Example ICB", "Y60", "Midlands")])
    write_ods(tmp_path / "etr.csv", [ods_row(), ods_row("RXK", "EXAMPLE HOSPITALS NHS TRUST")])
    write_csv(tmp_path / "outcodes.csv", [["postcode", "latitude", "longitude"], ["B15", 52.45, -1.93]])
    write_csv(tmp_path / "successions.csv", [["old_code", "new_code", "date"], ["RRK", "RXK", "2026-04-01"]])
    write_hospitals(tmp_path / "Hospital.csv", [hospital_row()])
    write_csv(tmp_path / "ratings.csv", [["site", "rating", "date"], ["RRK02", "Good", "2026-04-01"]])
    write_rtt(tmp_path / "rtt.csv", with_totals([rtt_row(bands={41: 1_200}), rtt_row("RXK", bands={1: 34})]))
    write_dm01(tmp_path / "dm01.csv", [dm01_row(bands={0: 12}), dm01_row(test="TOTAL", bands={0: 12})])
    (tmp_path / "list.csv").write_bytes(a_list([a_row("RXK")]))
    (tmp_path / "problem.json").write_text(json.dumps(example()), encoding="utf-8")
    (tmp_path / "offer.json").write_text(json.dumps({"offers": [], "sites": []}), encoding="utf-8")
    with database.unit_of_work(Actor.system("tests")) as session:
        with references.chosen_by(lambda alphabet: alphabet[alphabet.index("2")]):
            make_offer(session, now=MORNING)
        make_request(session, now=MORNING)
        make_staff(session, now=MORNING)
    return tmp_path


def argv(command: str, stands_for: str) -> list[str]:
    """Return the words of a documented command, with its placeholders filled and no output turned aside."""
    words = shlex.split(command.partition(" > ")[0])[1:]
    values = iter(stands_for.split())
    filled = [next(values) if re.fullmatch("[A-Z]{4,}", word) else word for word in words]
    return [*filled, "problem.json"] if words == ["solve", "--workers", "2"] else filled


def test_what_the_documents_say_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command, stands_for in TYPED.items():
        code = cli.main(argv(command, stands_for))
        said = capsys.readouterr()
        assert code == 0, f"`{command}` ends with {code}\n{said.out}\n{said.err}"
        if command.endswith("> solution.json"):
            (place / "solution.json").write_text(said.out, encoding="utf-8")
            assert json.loads(said.out) == example_solution()
        if "dmas import" in command:
            assert re.search(r"\bnew\b|providers", said.out), command
