"""Who does something."""

from __future__ import annotations

from dmas.core.actors import NOBODY, ROLE_LABELS, Actor, Reach, Role


def test_a_job_reaches_the_nation_by_its_name() -> None:
    job = Actor.system("ask-now")
    assert (job.id, job.name, job.reach, job.role) == ("system:ask-now", "ask now", Reach.NATION, None)
    assert job.is_system


def test_nobody_reaches_nothing() -> None:
    assert (NOBODY.reach, NOBODY.role, NOBODY.organisation) == (Reach.NOTHING, None, None)
    assert not NOBODY.is_system


def test_every_role_is_named_once() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert len({role.label for role in Role}) == len(Role)
