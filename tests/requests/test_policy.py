"""Who may do what with a request, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.requests import policy
from dmas.requests.models import CareRequest

REQUEST = CareRequest(
    provider_code="RAA", icb_code="QHL", region_code="Y60", posted_by="m", approval_due_on=date(2026, 11, 24)
)
DUE = date(2026, 11, 24)
AFTER = date(2026, 11, 25)
MANAGER = Actor("m", "M", Role.CAPACITY_MANAGER, "RAA", Reach.ORGANISATION)
ICB = Actor("i", "I", Role.ICB_COORDINATOR, "QHL", Reach.ICB)
REGION = Actor("r", "R", Role.REGIONAL_COORDINATOR, "Y60", Reach.REGION)


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (MANAGER, True),
        (Actor.system("demo"), True),
        (replace(MANAGER, reach=Reach.NOTHING), False),
        (replace(MANAGER, role=Role.INDEPENDENT_MANAGER), False),
        (replace(MANAGER, role=Role.BOOKING_CLERK), False),
        (ICB, False),
        (NOBODY, False),
    ],
)
def test_capacity_managers_post(actor: Actor, may: bool) -> None:
    assert policy.may_post(actor) is may


def test_only_the_own_trust_changes_a_request() -> None:
    assert policy.may_change(MANAGER, REQUEST)
    assert policy.may_change(Actor.system("demo"), REQUEST)
    assert not policy.may_change(replace(MANAGER, organisation="RBB"), REQUEST)
    assert not policy.may_change(ICB, REQUEST)


@pytest.mark.parametrize(
    ("actor", "day", "may"),
    [
        (ICB, DUE, True),
        (ICB, AFTER, True),
        (replace(ICB, organisation="QUA"), DUE, False),
        (replace(ICB, reach=Reach.ORGANISATION), DUE, False),
        (replace(ICB, id="m"), DUE, False),
        (REGION, DUE, False),
        (REGION, AFTER, True),
        (replace(REGION, organisation="Y61"), AFTER, False),
        (replace(REGION, reach=Reach.ICB), AFTER, False),
        (replace(REGION, id="m"), AFTER, False),
        (MANAGER, DUE, False),
        (Actor.system("demo"), DUE, True),
        (Actor("n", "N", Role.NATIONAL_ADMINISTRATOR, "X24", Reach.NATION), AFTER, False),
    ],
)
def test_the_icb_decides_then_the_region_too_and_nobody_their_own(actor: Actor, day: date, may: bool) -> None:
    assert policy.may_approve(actor, REQUEST, day) is may


def test_a_request_without_a_due_date_has_not_escalated() -> None:
    assert not policy.has_escalated(CareRequest(approval_due_on=None), AFTER)


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_requests(role: Role) -> None:
    reads = role not in (Role.INDEPENDENT_MANAGER, Role.HELPLINE_AGENT, Role.AUDITOR)
    assert policy.may_read(replace(MANAGER, role=role)) is reads
