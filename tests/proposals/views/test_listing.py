"""The list of matches in the browser."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.proposals.vocabulary import ProposalStatus
from tests.browsing import Browsing
from tests.factories.proposals import make_person, make_proposal, sides_of, staff_of


def test_both_sides_see_a_match_and_nobody_who_is_in_it(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, status=ProposalStatus.CHOSEN)
        person = make_person(session, now=now, proposal=proposal)
        make_proposal(session, now=now)
    sides = sides_of(proposal)
    for actor, word in ((sides.at_receiver(), "Receiving"), (sides.at_home(), "Sending")):
        page = browsing.sign_in(actor).get("/matches")
        assert "1 match" in page.text
        assert word in page.text
        assert proposal.reference in page.text
        assert "Hip replacement, P4, 42 to 44 weeks" in page.text
        assert person.family_name not in page.text
    nation = Actor(id="n", name="N", role=Role.SAFETY_OFFICER, organisation="X24", reach=Reach.NATION)
    assert "2 matches" in browsing.sign_in(nation).get("/matches").text
    browsing.sign_in(staff_of(proposal.home_code, Role.AUDITOR)).get("/matches", status=403)
    assert "no matches yet" in browsing.sign_in(staff_of("RZZ9")).get("/matches").text


def test_filters_narrow_the_list_and_its_file(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposed = make_proposal(session, now=now)
        chosen = make_proposal(session, now=now, status=ProposalStatus.CHOSEN)
    nation = Actor(id="n", name="N", role=Role.SAFETY_OFFICER, organisation="X24", reach=Reach.NATION)
    browsing.sign_in(nation)
    for query, found in (
        ("status=chosen", {chosen}),
        ("status=every", {chosen, proposed}),
        ("turn=receiver", {proposed}),
        ("turn=home", {chosen}),
        ("service=110", {chosen, proposed}),
        ("service=101", set()),
        (f"reference={proposed.reference}", {proposed}),
        ("side=home", set()),
        ("sort=-miles", {chosen, proposed}),
        ("sort=nonsense", {chosen, proposed}),
    ):
        text = browsing.get(f"/matches?{query}&format=csv").html
        assert {one for one in (chosen, proposed) if one.reference in text} == found, query
