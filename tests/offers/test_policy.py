"""Who may do what with an offer."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.actors import NOBODY, Actor, Role
from dmas.core.errors import NotAllowed
from dmas.offers import policy
from dmas.offers.models import Offer
from dmas.offers.vocabulary import Side

TODAY = date(2026, 11, 21)


def somebody(role: Role, organisation: str) -> Actor:
    return Actor(id=role.value, name=role.label, role=role, organisation=organisation)


def offer(**values: object) -> Offer:
    defaults = {"provider_code": "RAA", "icb_code": "QAA", "region_code": "Y60", "posted_by": "poster"}
    return Offer(**defaults | values)


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_steps(role: Role) -> None:
    manager = role in (Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
    here = somebody(role, "RAA")
    assert policy.may_post(here) == manager
    assert policy.may_change(here, offer()) == manager
    assert not policy.may_change(somebody(role, "RBB"), offer())


def test_the_auditor_and_the_helpline_read_no_offers() -> None:
    assert set(Role) - set(policy.READERS) == {Role.AUDITOR, Role.HELPLINE_AGENT}


@pytest.mark.parametrize(
    ("actor", "side"),
    [
        (somebody(Role.CAPACITY_MANAGER, "RAA"), Side.PROVIDER),
        (somebody(Role.CAPACITY_MANAGER, "RBB"), None),
        (somebody(Role.BOOKING_CLERK, "RAA"), None),
        (somebody(Role.ICB_COORDINATOR, "QAA"), Side.ICB),
        (somebody(Role.ICB_COORDINATOR, "QBB"), None),
        (somebody(Role.REGIONAL_COORDINATOR, "Y60"), None),
        (somebody(Role.NATIONAL_ADMINISTRATOR, "X24"), Side.NATION),
        (somebody(Role.SAFETY_OFFICER, "X24"), Side.NATION),
        (Actor.system("nightly"), Side.SYSTEM),
        (NOBODY, None),
    ],
)
def test_sides(actor: Actor, side: Side | None) -> None:
    assert policy.side_of(actor, offer()) is side
    for paused_by in Side:
        by_rule = paused_by is Side.SYSTEM and side in (Side.PROVIDER, Side.ICB)
        expected = side is paused_by or by_rule
        assert policy.may_resume(actor, offer(suspended_side=paused_by)) == expected


def test_decisions() -> None:
    icb, region = somebody(Role.ICB_COORDINATOR, "QAA"), somebody(Role.REGIONAL_COORDINATOR, "Y60")
    due, late = offer(approval_due_on=TODAY), offer(approval_due_on=date(2026, 11, 20))
    assert policy.may_decide(icb, due, TODAY)
    assert not policy.may_decide(somebody(Role.ICB_COORDINATOR, "QBB"), due, TODAY)
    assert not policy.may_decide(region, due, TODAY)
    assert policy.may_decide(region, late, TODAY)
    assert policy.may_decide(region, offer(icb_code=None, approval_due_on=TODAY), TODAY)
    assert not policy.may_decide(somebody(Role.REGIONAL_COORDINATOR, "Y61"), late, TODAY)
    assert not policy.may_decide(icb, offer(posted_by=icb.id, approval_due_on=TODAY), TODAY)
    assert not policy.may_decide(somebody(Role.CAPACITY_MANAGER, "RAA"), late, TODAY)


def test_a_refusal_says_why() -> None:
    policy.require(True, "never said")
    with pytest.raises(NotAllowed, match="Ask your manager"):
        policy.require(False, "Ask your manager.")
