"""Rows to a problem: what the night sees of offers and requests, column by column, and what it never sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Setting, Sex, Stage
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import loading
from dmas.matching.engine.problem import parse
from dmas.offers import services as offers
from dmas.offers.commands import ApproveOffer, CloseOffer, SuspendOffer
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import DeclineProposal
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.vocabulary import LocationSource
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, say
from tests.factories.providers import make_icb, make_site, make_trust
from tests.factories.requests import line, make_request

AS_OF = date(2026, 11, 21)


@pytest.fixture
def session(database: Database, system: Actor) -> Iterator[Session]:
    """A transaction of a job."""
    with database.unit_of_work(system) as session:
        yield session


def offered(session: Session, offer: Offer, as_of: date = AS_OF) -> dict[str, Any] | None:
    """Return an offer as the engine sees it, or None where it does not."""
    session.flush()
    found = loading.load(session, as_of).problem["offers"]
    return next((one for one in found if one["id"] == offer.reference), None)


def asked(session: Session, care_request: CareRequest, number: int = 1, as_of: date = AS_OF) -> Any:
    """Return a line as the engine sees it, or None where it does not."""
    session.flush()
    found = loading.load(session, as_of).problem["requests"]
    return next((one for one in found if one["id"] == f"{care_request.reference}/{number}"), None)


def test_an_offer_column_by_column(session: Session, now: datetime) -> None:
    site = make_site(session, latitude=52.5, longitude=-1.9)
    offer = make_offer(
        session,
        now=now,
        site=site,
        places=5,
        max_asa=3,
        no_asa_limit=False,
        max_bmi=40.0,
        no_bmi_limit=False,
        max_age=80,
        sex="F",
        limit_reason="clinical_evidence",
        tokens=("step_free",),
    )
    seen = offered(session, offer)
    assert seen is not None
    provides = seen.pop("provides")
    assert seen == {
        "id": offer.reference,
        "site": site.code,
        "service": "110",
        "setting": "inpatient",
        "from": "2026-11-28",
        "to": "2027-01-23",
        "places": 5,
        "limits": {"min_age": 18, "max_age": 80, "max_asa": 3, "max_bmi": 40.0, "sex": "F"},
        "accepts_from": {"regions": None, "icbs": None},
    }
    assert {"step_free", "standard_notice", "stage:decision_to_admit", f"icb:{offer.icb_code}"} <= set(
        provides
    )
    assert provides == sorted(provides)
    assert loading.load(session, AS_OF).problem["sites"] == [
        {
            "id": site.code,
            "provider": offer.provider_code,
            "region": offer.region_code,
            "lat": 52.5,
            "lon": -1.9,
        }
    ]


def test_a_line_column_by_column(session: Session, now: datetime) -> None:
    trust = make_trust(session, latitude=52.4, longitude=-1.8)
    care_request = make_request(
        session,
        now=now,
        trust=trust,
        travel_miles=50,
        needed_by=AS_OF + timedelta(days=60),
        tokens=("step_free",),
        opened_on=AS_OF,
        sex=Sex.FEMALE,
    )
    seen = asked(session, care_request)
    needs = seen.pop("needs")
    assert seen == {
        "id": f"{care_request.reference}/1",
        "provider": trust.code,
        "icb": trust.icb_code,
        "region": trust.region_code,
        "lat": 52.4,
        "lon": -1.8,
        "service": "110",
        "setting": "inpatient",
        "places": 2,
        "priority": 4,
        "waiting_since": "2026-01-31",  # the shortest wait of its band, 42 weeks
        "needed_by": "2027-01-20",
        "travel": {"miles": 50},
        "patient": {"age": 75, "asa": 2, "bmi": 34.0, "sex": "F"},
        "declined": [],
    }
    assert {"opcs:hip_replacement", "standard_notice", "stage:decision_to_admit", "step_free"} <= set(needs)
    assert needs == sorted(needs)


def test_the_whole_is_a_problem_the_engine_reads(session: Session, now: datetime) -> None:
    make_offer(session, now=now)
    make_request(session, now=now, travel_miles=None, worst_asa=None, worst_bmi=None)
    problem = loading.load(session, AS_OF).problem
    assert parse(problem).as_of == AS_OF.toordinal()
    assert problem["requests"][0]["travel"] == {"national": True}
    assert problem["requests"][0]["patient"]["asa"] is None


@pytest.mark.parametrize(
    ("days", "ring"), [(0, "icb"), (6, "icb"), (7, "region"), (20, "region"), (21, None), (55, None)]
)
def test_the_ring_follows_the_days_searched(
    session: Session, now: datetime, days: int, ring: str | None
) -> None:
    care_request = make_request(session, now=now, opened_on=AS_OF - timedelta(days=days))
    needs = asked(session, care_request)["needs"]
    rings = {"icb": [f"icb:{care_request.icb_code}"], "region": [f"region:{care_request.region_code}"]}
    assert [need for need in needs if need.startswith(("icb:", "region:"))] == rings.get(ring or "", [])


@pytest.mark.parametrize(("days", "there"), [(42, True), (41, False)])
def test_standard_notice_needs_six_weeks_to_the_last_day(
    session: Session, now: datetime, days: int, there: bool
) -> None:
    offer = make_offer(session, now=now, window_to=AS_OF + timedelta(days=days))
    seen = offered(session, offer)
    assert seen is not None
    assert ("standard_notice" in seen["provides"]) is there


def test_places_on_short_notice_never_give_standard_notice(session: Session, now: datetime) -> None:
    seen = offered(session, make_offer(session, now=now, notice="short"))
    assert seen is not None
    assert "standard_notice" not in seen["provides"]


def test_any_procedure_gives_every_group_of_its_own_less_those_left_out(
    session: Session, now: datetime
) -> None:
    offer = make_offer(session, now=now, any_procedure=True, excluded_groups=("hip_replacement",))
    seen = offered(session, offer)
    assert seen is not None
    assert "opcs:knee_replacement" in seen["provides"]
    assert "opcs:hip_replacement" not in seen["provides"]


def test_a_family_shares_a_market_and_its_members_are_told_apart_by_tokens(
    session: Session, now: datetime
) -> None:
    spinal = make_offer(session, now=now, service="108")
    care_request = make_request(session, now=now)  # 110, hip replacement
    seen, line_seen = offered(session, spinal), asked(session, care_request)
    assert seen is not None
    assert seen["service"] == line_seen["service"] == "110"
    assert not set(line_seen["needs"]) <= set(seen["provides"])


@pytest.mark.parametrize(("weeks", "tier"), [(51, 4), (52, 4), (53, 3)])
def test_whoever_waits_over_364_days_is_lifted_to_tier_3(
    session: Session, now: datetime, weeks: int, tier: int
) -> None:
    care_request = make_request(session, now=now, weeks_from=weeks, weeks_to=weeks + 2)
    assert asked(session, care_request)["priority"] == tier


def test_the_lift_comes_on_its_day_though_the_line_was_posted_before(session: Session, now: datetime) -> None:
    care_request = make_request(session, now=now, weeks_from=52, weeks_to=53)
    assert care_request.lines[0].tier == 4
    assert asked(session, care_request, as_of=AS_OF + timedelta(days=1))["priority"] == 3


def test_p3_is_tier_3_from_the_first_day(session: Session, now: datetime) -> None:
    assert asked(session, make_request(session, now=now, priority_code="P3"))["priority"] == 3


def test_a_wait_that_has_not_begun_takes_no_part(session: Session, now: datetime) -> None:
    care_request = make_request(session, now=now)
    since = care_request.lines[0].waiting_since
    assert asked(session, care_request, as_of=since)["waiting_since"] == since.isoformat()
    assert asked(session, care_request, as_of=since - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("minimum", "left_out"), [(49, False), (50, False), (51, True), (75, True), (76, False)]
)
def test_an_offer_whose_minimum_age_lies_inside_the_band_is_left_out(
    session: Session, now: datetime, minimum: int, left_out: bool
) -> None:
    offer = make_offer(session, now=now, min_age=minimum)
    care_request = make_request(session, now=now, age_from=50, age_to=75)
    assert asked(session, care_request)["declined"] == ([offer.reference] if left_out else [])


def test_an_age_elsewhere_leaves_nothing_out(session: Session, now: datetime) -> None:
    make_offer(session, now=now, min_age=60, setting=Setting.DAY_CASE)
    assert asked(session, make_request(session, now=now))["declined"] == []


def test_declined_and_live_pairs_are_left_out_and_ended_ones_are_not(session: Session, now: datetime) -> None:
    system = Actor.system("tests")
    offer, care_request = make_offer(session, now=now, places=9), make_request(session, now=now, places=9)
    live = make_proposal(session, now=now, offer=offer, care_request=care_request)
    assert asked(session, care_request)["declined"] == [offer.reference]
    refusal = DeclineProposal(reference=live.reference, version=live.version, reason="case_mix")
    proposals.decline(session, refusal, actor=system, now=now)
    assert asked(session, care_request)["declined"] == [offer.reference]
    other = make_offer(session, now=now)
    ended = make_proposal(session, now=now - timedelta(days=9), offer=other, care_request=care_request)
    proposals.lapse_due(session, actor=system, now=now)
    assert ended.status == ProposalStatus.LAPSED
    assert asked(session, care_request)["declined"] == [offer.reference]


def test_places_held_or_moving_are_not_looked_for_again(session: Session, now: datetime) -> None:
    care_request = make_request(session, now=now, places=5)
    offer = make_offer(session, now=now, places=5)
    chosen = make_proposal(
        session, now=now, offer=offer, care_request=care_request, places=3, status=ProposalStatus.CHOSEN
    )
    assert asked(session, care_request)["places"] == 2
    say(session, make_person(session, now=now, proposal=chosen), now=now)
    assert (offer.held, offer.taken) == (2, 1)
    assert asked(session, care_request)["places"] == 2
    seen = offered(session, offer)
    assert seen is not None
    assert seen["places"] == 2


def test_a_line_with_every_place_held_is_not_looked_at(session: Session, now: datetime) -> None:
    care_request = make_request(session, now=now, lines=(line(places=1), line(places=2)))
    make_proposal(session, now=now, care_request=care_request, offer=make_offer(session, now=now))
    assert asked(session, care_request, 1) is None
    assert asked(session, care_request, 2)["places"] == 2


def test_requests_that_are_not_open_are_not_looked_at(session: Session, now: datetime) -> None:
    waiting = make_request(session, now=now, status=RequestStatus.AWAITING_ICB)
    assert asked(session, waiting) is None


def test_insourced_teams_are_never_in_the_night(session: Session, now: datetime) -> None:
    offer = make_offer(session, now=now, basis=Basis.INSOURCED, contract_basis=ContractBasis.INSOURCING)
    approver = Actor.system("approval")
    offers.approve(session, ApproveOffer(reference=offer.reference), actor=approver, now=now)
    assert offer.status == "open"
    assert offered(session, offer) is None


def test_an_offer_whose_last_day_has_passed_is_never_in_the_night(session: Session, now: datetime) -> None:
    offer = make_offer(session, now=now, window_to=AS_OF + timedelta(days=20))
    assert offered(session, offer, AS_OF + timedelta(days=20)) is not None
    assert offered(session, offer, AS_OF + timedelta(days=21)) is None


def test_full_closed_or_paused_offers_are_never_in_the_night(
    session: Session, system: Actor, now: datetime
) -> None:
    full, closed, paused = (make_offer(session, now=now) for _ in range(3))
    make_proposal(session, now=now, offer=full, places=2)
    offers.close(session, CloseOffer(reference=closed.reference), actor=system, now=now)
    pause = SuspendOffer(reference=paused.reference, reason="limits_under_review")
    offers.suspend(session, pause, actor=system, now=now)
    assert [offered(session, offer) for offer in (full, closed, paused)] == [None, None, None]


def test_a_site_without_a_place_stands_at_its_provider_and_says_so(session: Session, now: datetime) -> None:
    trust = make_trust(session, latitude=53.0, longitude=-1.5)
    site = make_site(session, trust, latitude=None, longitude=None, location_source=None)
    offer = make_offer(session, now=now, site=site)
    loaded = loading.load(session, AS_OF)
    assert (loaded.problem["sites"][0]["lat"], loaded.problem["sites"][0]["lon"]) == (53.0, -1.5)
    assert loaded.offers[offer.reference].distance_approximate is True


@pytest.mark.parametrize(
    ("source", "approximate"), [(LocationSource.OUTCODE, True), (LocationSource.GIVEN, False)]
)
def test_a_site_placed_by_its_district_is_approximate(
    session: Session, now: datetime, source: LocationSource, approximate: bool
) -> None:
    offer = make_offer(session, now=now, site=make_site(session, location_source=source))
    assert loading.load(session, AS_OF).offers[offer.reference].distance_approximate is approximate


def test_an_offer_nobody_can_place_is_not_in_the_night(session: Session, now: datetime) -> None:
    nowhere = {"latitude": None, "longitude": None, "location_source": None}
    site = make_site(session, make_trust(session, **nowhere), **nowhere)
    assert offered(session, make_offer(session, now=now, site=site)) is None


def test_a_first_appointment_needs_the_treatment_that_follows(session: Session, now: datetime) -> None:
    care_request = make_request(
        session,
        now=now,
        setting=Setting.OUTPATIENT,
        stage=Stage.FIRST_OUTPATIENT,
        procedure_group=None,
        worst_asa=None,
        worst_bmi=None,
    )
    needs = asked(session, care_request)["needs"]
    assert {"treatment_follows", "stage:first_outpatient", "function:110"} <= set(needs)
    assert not [need for need in needs if need.startswith("opcs:")]


def test_one_offer_is_loaded_with_the_lines_of_its_market_alone(session: Session, now: datetime) -> None:
    offer, _ = make_offer(session, now=now), make_offer(session, now=now)
    same = make_request(session, now=now)
    make_request(session, now=now, service="130", procedure_group="cataract", setting=Setting.DAY_CASE)
    loaded = loading.load(session, AS_OF, only=offer)
    assert list(loaded.offers) == [offer.reference]
    assert list(loaded.lines) == [f"{same.reference}/1"]


def test_equal_digests_mean_equal_inputs(session: Session, now: datetime) -> None:
    make_offer(session, now=now)
    care_request = make_request(session, now=now)
    first, again = loading.load(session, AS_OF), loading.load(session, AS_OF)
    assert first.digest == again.digest
    assert first.found == again.found
    assert first.found.ids == {care_request.id, *(row.id for row in first.offers.values())}
    make_offer(session, now=now)
    assert loading.load(session, AS_OF).digest != first.digest


def test_however_much_there_is_the_number_of_queries_is_the_same(
    database: Database, system: Actor, now: datetime
) -> None:
    counted = []
    for size in (1, 8):
        with database.unit_of_work(system) as session:
            icb = make_icb(session)
            for _ in range(size):
                make_offer(session, now=now, site=make_site(session, make_trust(session, icb)))
                make_request(session, now=now, lines=(line(), line()))
                make_proposal(session, now=now)
            session.flush()
            with _counting(database) as queries:
                loading.load(session, AS_OF)
            counted.append(len(queries))
    assert counted == [3, 3]


@contextmanager
def _counting(database: Database) -> Iterator[list[str]]:
    queries: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        queries.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_the_night_and_the_proposals_agree_on_what_is_still_to_find(session: Session, now: datetime) -> None:
    care_request = make_request(session, now=now, places=7)
    make_proposal(session, now=now, care_request=care_request, offer=make_offer(session, now=now), places=2)
    found = session.query(Proposal).count()
    assert found == 1
    assert asked(session, care_request)["places"] == 5
