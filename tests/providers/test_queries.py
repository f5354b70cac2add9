"""Reading organisations, sites and the board of a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.providers import queries
from dmas.providers.services import load_england
from tests.factories.providers import make_icb, make_independent, make_site, make_trust

DAY = date(2026, 11, 21)


@pytest.fixture
def session(database: Database, system: Actor) -> Iterator[Session]:
    with database.unit_of_work(system) as session:
        yield session


def test_a_provider_is_a_trust_or_independent(session: Session) -> None:
    trust, independent = make_trust(session), make_independent(session)
    assert queries.provider(session, trust.code) is trust
    assert queries.provider(session, independent.code) is independent
    assert queries.organisation(session, str(trust.icb_code)).kind == "icb"
    for code in ("NOBODY", str(trust.icb_code)):
        with pytest.raises(NotFound, match="no provider"):
            queries.provider(session, code)
    with pytest.raises(NotFound, match="no organisation"):
        queries.organisation(session, "NOBODY")


def test_open_providers_are_open_on_the_day(session: Session) -> None:
    always = make_trust(session, name="B", opened_on=None)
    ends = make_trust(session, name="A", closed_on=DAY)
    make_trust(session, closed_on=date(2026, 11, 20))
    make_trust(session, opened_on=date(2026, 11, 22))
    assert queries.open_providers(session, on=DAY) == [ends, always]


def test_sites_are_their_providers(session: Session) -> None:
    provider = make_trust(session)
    second, first = make_site(session, provider, name="B"), make_site(session, provider, name="A")
    closed = make_site(session, provider, name="C", closed_on=date(2020, 1, 1))
    make_site(session)
    assert queries.sites_of(session, provider.code) == [first, second, closed]
    assert queries.sites_of(session, provider.code, on=DAY) == [first, second]
    assert queries.site(session, first.code) is first
    with pytest.raises(NotFound, match="no site"):
        queries.site(session, "NOBODY")


def test_names_and_regions(session: Session, system: Actor, now: datetime) -> None:
    load_england(session, actor=system, now=now)
    assert queries.names(session, ["QJK", "Y60", "NOBODY"]) == {
        "QJK": "NHS Devon Integrated Care Board",
        "Y60": "Midlands",
    }
    assert [region.name for region in queries.regions(session)][:2] == ["East of England", "London"]


def test_boards_of_a_day(session: Session, system: Actor, now: datetime) -> None:
    load_england(session, actor=system, now=now)
    assert len(queries.icbs(session, on=DAY)) == 36
    assert len(queries.icbs(session, on=date(2026, 3, 31))) == 42
    assert len(queries.icbs(session, on=DAY, region_code="Y60")) == 11


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("QHL", DAY, "QHL"),
        ("QUE", date(2026, 3, 31), "QUE"),
        ("QUE", date(2026, 4, 1), "S1Y5D"),
        ("QNQ", date(2026, 3, 31), "QNQ"),
        ("QNQ", DAY, None),
        ("S1Y5D", date(2026, 3, 31), None),
        ("NOBODY", DAY, None),
        ("Y60", DAY, None),
    ],
)
def test_the_board_of_a_day_follows_mergers_and_never_guesses_a_split(
    session: Session, system: Actor, now: datetime, code: str, day: date, expected: str | None
) -> None:
    load_england(session, actor=system, now=now)
    found = queries.icb_on(session, code, day)
    assert (found.code if found else None) == expected


def test_a_board_without_an_heir_stands_for_nobody(session: Session) -> None:
    board = make_icb(session, closed_on=date(2026, 3, 31))
    assert queries.icb_on(session, board.code, DAY) is None
