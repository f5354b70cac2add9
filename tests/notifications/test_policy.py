"""Who looks after the outbox."""

from __future__ import annotations

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed
from dmas.notifications import policy


def test_jobs_and_national_administrators_look_after_it() -> None:
    may = {role for role in Role if policy.may_look_after(Actor("1", "Robin Example", role))}
    assert may == {Role.NATIONAL_ADMINISTRATOR}
    assert policy.may_look_after(Actor.system("delivery"))


def test_a_refusal_says_why() -> None:
    policy.require(True, "")
    with pytest.raises(NotAllowed, match="not you"):
        policy.require(False, "not you")
