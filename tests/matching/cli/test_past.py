"""`dmas replay` and `dmas what-if`: what they say of a night that is kept, and that they write nothing."""

import json
import zlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import nightly
from dmas.matching.models import MatchRunFile
from tests.factories.requests import make_request
from tests.matching.conftest import Market
from tests.matching.test_cli import _run

ON = "2026-11-21"


@pytest.fixture(autouse=True)
def night(
    database_url: URL,
    database: Database,
    night_database: Database,
    market: Market,
    system: Actor,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A night over the market and one more request, which has waited longer but for 30 places."""
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    with database.unit_of_work(system) as session:
        make_request(session, now=now, opened_on=date(2026, 10, 25), places=30)
    nightly.run_night(night_database, service_date=date(2026, 11, 21), now=now, owner="test")


def _kept(database: Database, system: Actor) -> dict[str, Any]:
    with database.unit_of_work(system) as session:
        kept = session.query(MatchRunFile).one()
        problem: dict[str, Any] = json.loads(zlib.decompress(kept.problem))
        return problem


def _rows(database: Database, system: Actor) -> list[Any]:
    tables = ("offer", "proposal", "outcome", "match_run", "match_run_file", "audit_event", "care_request")
    with database.unit_of_work(system) as session:
        return [session.scalar(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {one} t"))
                for one in tables]  # fmt: skip


def test_a_night_solved_again_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("replay", ON) == 0
    said = capsys.readouterr().out
    assert said.endswith("The same bytes.\n")
    shown = [line.split()[1] for line in said.splitlines()[1:4]]
    assert shown[1] == shown[2] != shown[0]


def test_other_bytes_are_told(
    night_database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    with night_database.unit_of_work(system) as session:
        session.query(MatchRunFile).one().solution = zlib.compress(b"{}")
    assert _run("replay", ON) == 1
    assert capsys.readouterr().out.endswith("Not the same bytes.\n")


def test_a_night_that_was_not_run_or_kept_is_refused(
    night_database: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    nightly.claim(night_database, date(2026, 11, 22), owner="test", now=now + timedelta(days=1))
    for command in ("replay", "what-if"):
        assert _run(command, "2026-11-20") == 2
        assert capsys.readouterr().err == "No night was run for that date.\n"
        assert _run(command, "2026-11-22") == 2
        assert capsys.readouterr().err == "No plan was kept for that night.\n"


def test_what_if_sets_before_beside_after_and_writes_nothing(
    database: Database, system: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, before = _kept(database, system), _rows(database, system)
    near = problem["offers"][0]
    path = tmp_path / "offer.json"
    path.write_text(json.dumps(near | {"id": "NEW", "places": 3}), encoding="utf-8")
    gone = problem["offers"][1]["id"]
    assert _run("what-if", ON, "--add-offer", path, "--withdraw", gone, "--radius", "75",
                "--relax", "max_bmi=45", "--relax", "sex=any") == 0  # fmt: skip
    said = capsys.readouterr().out
    after = 9 - problem["offers"][1]["places"] + 3
    assert f"9 > {after}" in said.splitlines()[1]
    assert '"proved": [1, 2, 3, 4]' in said
    assert "no longer found" in said
    assert _rows(database, system) == before


def test_nothing_changed_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("what-if", ON) == 0
    assert capsys.readouterr().out == ""


def test_one_more_list_and_what_lapses(
    database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("what-if", ON, "--worth", "4", "--wasted", "365") == 0
    said = capsys.readouterr().out
    assert "4 more places found" in said
    assert "free" not in said


def test_free_places_are_listed_with_what_would_fill_them(
    night_database: Database, database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _kept(database, system)
    problem["requests"] = problem["requests"][:1]
    problem["requests"][0] |= {"places": 1, "travel": {"miles": 1}}
    empty = {"assignments": [], "certificate": {"frozen": {}, "prices": {}}}
    with night_database.unit_of_work(system) as session:
        kept = session.query(MatchRunFile).one()
        kept.problem = zlib.compress(json.dumps(problem).encode())
        kept.solution = zlib.compress(json.dumps(empty).encode())
    assert _run("what-if", ON, "--wasted", "365") == 0
    said = capsys.readouterr().out
    assert "free: radius=" in said


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--radius", "0"], "radius: not from 1 to 1000"),
        (["--withdraw", "OF-2222222"], "withdraw: there is no offer OF-2222222"),
        (["--relax", "weight=3"], "relax: 'weight' is not one of min_age, max_age, max_asa, max_bmi, sex"),
        (["--add-offer", "{}"], "add_offer.offers[0].accepts_from: missing"),
        (["--add-offer", "{"], "add_offer: not JSON: "),
        (["--add-offer", '{"offers": [], "colour": 1}'], "add_offer.colour: unknown key"),
    ],
)
def test_a_bad_lever_is_refused_by_its_path(
    arguments: list[str], error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments[0] == "--add-offer":
        path = tmp_path / "offer.json"
        path.write_text(arguments[1], encoding="utf-8")
        arguments = ["--add-offer", str(path)]
    assert _run("what-if", ON, *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(error)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = tmp_path / "gone.json"
    assert _run("what-if", ON, "--add-offer", gone) == 2
    assert capsys.readouterr().err == f"{gone}: No such file or directory\n"
