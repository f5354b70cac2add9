"""Who may look after whose accounts."""

from __future__ import annotations

import uuid

import pytest

from dmas.accounts import policy
from dmas.core.actors import NOBODY, Actor, Role

MANAGING = {
    Role.CAPACITY_MANAGER,
    Role.INDEPENDENT_MANAGER,
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
}


@pytest.mark.parametrize("role", list(Role))
def test_managing_roles_look_after_their_own(role: Role) -> None:
    actor = Actor(id="1", name="Robin", role=role, organisation="RXX")
    assert policy.may_manage(actor, "RXX") == (role in MANAGING)
    assert policy.may_manage(actor, "RYY") == (role is Role.NATIONAL_ADMINISTRATOR)
    assert policy.manages_everywhere(actor) == (role is Role.NATIONAL_ADMINISTRATOR)


def test_jobs_may_and_nobody_may_not() -> None:
    assert policy.may_manage(Actor.system("administrator"), "RXX")
    assert not policy.may_manage(NOBODY, "")


def test_oneself() -> None:
    me = uuid.uuid4()
    assert policy.is_self(Actor(id=str(me), name="Robin"), me)
    assert not policy.is_self(Actor(id=str(me), name="Robin"), uuid.uuid4())
