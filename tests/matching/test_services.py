"""Asking by hand: judged as the night judges, everybody counted, held by the same guarded statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import idempotency
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.core.errors import (
    AlreadyDone,
    Conflict,
    InvalidInput,
    NoLongerAvailable,
    NotAllowed,
    NotFound,
)
from dmas.core.invariants import breaches
from dmas.invariants import ALL
from dmas.matching import nightly, services
from dmas.matching.commands import AskNow
from dmas.matching.loading import rows
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import DeclineProposal
from dmas.proposals.models import Proposal
from dmas.requests.models import CareRequest
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, staff_of
from tests.factories.providers import make_icb, make_site, make_trust
from tests.factories.requests import line, make_request

TODAY = date(2026, 11, 21)
BEFORE = TODAY - timedelta(days=30)  # every search has reached the nation


@dataclass(frozen=True, slots=True)
class Scene:
    """A trust that asks, its manager, and an offer of four places elsewhere."""

    manager: Actor
    care_request: CareRequest
    offer: Offer

    def ask(self, **values: Any) -> AskNow:
        """Return a command that asks for two places of the offer for the first line."""
        defaults: dict[str, Any] = {
            "offer_reference": self.offer.reference,
            "request_reference": self.care_request.reference,
            "line_number": 1,
            "places": 2,
            "reason": "short_notice",
        }
        return AskNow(**defaults | values)


@pytest.fixture
def scene(database: Database, system: Actor, now: datetime) -> Scene:
    """One request of three places at tier 4, and an offer of four about ten miles away."""
    with database.unit_of_work(system) as session:
        return make_scene(session, now)


def make_scene(session: Session, now: datetime, **values: Any) -> Scene:
    """Make a scene; `values` are of the request."""
    icb = make_icb(session)
    trust = make_trust(session, icb, latitude=52.40, longitude=-1.90)
    site = make_site(session, make_trust(session, icb), latitude=52.55, longitude=-1.90)
    care_request = make_request(session, now=now, trust=trust, **{"places": 3, "opened_on": BEFORE} | values)
    return Scene(staff_of(trust.code), care_request, make_offer(session, now=now, site=site, places=4))


def ask(
    database: Database, scene: Scene, now: datetime, actor: Actor | None = None, **values: Any
) -> Proposal:
    """Ask in a transaction of its own, as the home manager unless somebody else is given."""
    actor = actor or scene.manager
    with database.unit_of_work(actor) as session:
        return services.ask_now(session, scene.ask(**values), actor=actor, now=now)


def test_the_places_are_held_and_marked_by_hand(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    made = ask(database, scene, now)
    assert (made.status, made.places, made.held, made.by_hand) == ("proposed", 2, 2, True)
    assert (made.by_hand_by, made.by_hand_reason) == (scene.manager.id, "short_notice")
    assert (made.tier, made.overtakes, made.run_date, made.cut_off_tier) == (4, 0, None, None)
    assert made.tenths == 104
    assert made.due_on == date(2026, 11, 25)
    with database.unit_of_work(system) as session:
        assert session.get_one(Offer, scene.offer.id).held == 2
        assert breaches(session, ALL) == []


def test_people_of_other_trusts_who_rank_better_are_counted(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        longer = (line(places=5, weeks_from=60, weeks_to=62), line(places=2, weeks_from=41, weeks_to=43))
        make_request(session, now=now, opened_on=BEFORE, lines=longer)
        make_request(session, now=now, opened_on=BEFORE, weeks_from=60, weeks_to=62, worst_asa=None, places=1)
        urgent = make_request(session, now=now, opened_on=BEFORE, places=7, priority_code="P3")
        own = urgent.provider_code
    assert ask(database, scene, now).overtakes == 5 + 1 + 7
    with database.unit_of_work(scene.manager) as session:
        mine = services.own_standings(session, scene.manager, scene.offer, TODAY)
    assert {standing.line.provider_code for standing in mine.values()} == {scene.manager.organisation}
    assert own != scene.manager.organisation


def test_only_those_who_could_go_there_are_overtaken(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        far = make_trust(session, latitude=50.3, longitude=-5.0)
        make_request(
            session, now=now, trust=far, opened_on=BEFORE, weeks_from=60, weeks_to=62, travel_miles=25
        )
    assert ask(database, scene, now).overtakes == 0


def test_equals_are_not_overtaken(database: Database, system: Actor, scene: Scene, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        make_request(session, now=now, opened_on=BEFORE)
    assert ask(database, scene, now).overtakes == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"travel_miles": 5}, "farther"),
        ({"worst_bmi": 45.0, "offer_bmi": 40.0}, "outside the offer's limits"),
        ({"worst_bmi": None, "offer_bmi": 40.0}, "or not known"),
        ({"needed_by": TODAY + timedelta(days=3)}, "dates do not meet"),
        ({"tokens": ("hoist",)}, "does not provide everything"),
        ({"age_from": 18, "age_to": 40, "min_age": 30}, "younger than the offer takes"),
    ],
)
def test_what_the_night_would_refuse_is_refused_in_words(
    database: Database, system: Actor, now: datetime, changed: dict[str, Any], said: str
) -> None:
    values = dict(changed)
    limits = {"max_bmi": values.pop("offer_bmi", None), "min_age": values.pop("min_age", 18)}
    with database.unit_of_work(system) as session:
        scene = make_scene(session, now, **values)
        site = make_site(session, latitude=52.55, longitude=-1.90)
        limited = make_offer(
            session, now=now, site=site, places=4, no_bmi_limit=limits["max_bmi"] is None, **limits
        )
    with pytest.raises(Conflict, match=said):
        ask(database, scene, now, offer_reference=limited.reference)


def test_a_ring_not_yet_reached_is_refused(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        scene = make_scene(session, now, opened_on=TODAY)
        elsewhere = make_offer(session, now=now)
    with pytest.raises(Conflict, match="not widened to it yet"):
        ask(database, scene, now, offer_reference=elsewhere.reference)


def test_a_declined_or_live_pair_is_refused(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    made = ask(database, scene, now, places=1)
    with pytest.raises(Conflict, match="already proposed to this line"):
        ask(database, scene, now, places=1)
    with database.unit_of_work(system) as session:
        command = DeclineProposal(reference=made.reference, version=made.version, reason="case_mix")
        proposals.decline(session, command, actor=system, now=now)
    with pytest.raises(Conflict, match="one side declined it"):
        ask(database, scene, now)


def test_no_more_than_is_still_to_be_found(database: Database, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Only 3 places") as refused:
        ask(database, scene, now, places=4)
    assert refused.value.field == "places"


@pytest.mark.parametrize("places", [0, -1])
def test_at_least_one_place(database: Database, scene: Scene, now: datetime, places: int) -> None:
    with pytest.raises(InvalidInput):
        ask(database, scene, now, places=places)


def test_more_than_the_offer_has_free(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        scene = make_scene(session, now, places=9)
    with pytest.raises(NoLongerAvailable):
        ask(database, scene, now, places=5)


def test_a_full_offer_is_not_open_for_asking(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        full = session.get_one(Offer, scene.offer.id)
        make_proposal(session, now=now, offer=full, places=4)
    with pytest.raises(Conflict, match="not open for asking"):
        ask(database, scene, now)


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_line_that_is_not_there_is_refused(
    database: Database, scene: Scene, now: datetime, number: int
) -> None:
    with pytest.raises(Conflict, match="Nothing is left to find"):
        ask(database, scene, now, line_number=number)


def test_an_unknown_reason_is_refused(database: Database, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Choose a reason"):
        ask(database, scene, now, reason="because")


def test_ones_own_offer_is_refused(database: Database, system: Actor, scene: Scene, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        trust = scene.manager.organisation
        site = make_site(session, session.get_one(type(make_trust(session)), trust))
        own = make_offer(session, now=now, site=site)
    with pytest.raises(Conflict, match="your own organisation's"):
        ask(database, scene, now, offer_reference=own.reference)


def test_another_trusts_request_is_not_there(database: Database, scene: Scene, now: datetime) -> None:
    with pytest.raises(NotFound):
        ask(database, scene, now, actor=staff_of("RZZ99"))


def test_only_a_capacity_manager_asks(database: Database, scene: Scene, now: datetime) -> None:
    clerk = staff_of(scene.care_request.provider_code, Role.BOOKING_CLERK)
    with pytest.raises(NotAllowed):
        ask(database, scene, now, actor=clerk)


def test_a_form_sent_twice_asks_once(database: Database, system: Actor, scene: Scene, now: datetime) -> None:
    def send() -> None:
        with database.unit_of_work(scene.manager) as session:
            idempotency.claim(session, "sent-twice", actor=scene.manager, now=now)
            services.ask_now(session, scene.ask(places=1), actor=scene.manager, now=now)
            idempotency.settle(session, "sent-twice", "/matches/PR-1", actor=scene.manager)

    send()
    with pytest.raises(AlreadyDone):
        send()
    with database.unit_of_work(system) as session:
        assert len(session.scalars(select(Proposal)).all()) == 1


def test_by_hand_and_by_night_agree_on_the_distance(
    database: Database, system: Actor, night_database: Database, scene: Scene, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        standing = services.standings(session, session.get_one(Offer, scene.offer.id), TODAY)
    assert standing is not None
    nightly.run_night(night_database, service_date=TODAY, now=now, owner="test")
    with database.unit_of_work(system) as session:
        by_night = session.scalars(select(Proposal.tenths)).one()
    assert [one.tenths for one in standing.values()] == [by_night]


def test_after_judging_the_person_sees_no_more_than_before(
    database: Database, system: Actor, scene: Scene, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        make_request(session, now=now)
    with database.unit_of_work(scene.manager) as session:
        services.standings(session, session.get_one(Offer, scene.offer.id), TODAY)
        seen = session.scalars(select(CareRequest.provider_code)).all()
        lines = session.execute(rows.open_lines()).all()
    assert set(seen) == {scene.manager.organisation} == {row.provider_code for row in lines}
