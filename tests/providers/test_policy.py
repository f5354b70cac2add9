"""Reference data is written by jobs and the national administrator."""

from __future__ import annotations

import pytest

from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.errors import NotAllowed
from dmas.providers.policy import may_change_reference_data, require_change_of_reference_data


@pytest.mark.parametrize("role", list(Role))
def test_only_the_national_administrator_may_change_it(role: Role) -> None:
    person = Actor(id="1", name="Robin", role=role, reach=Reach.NATION)
    assert may_change_reference_data(person) is (role is Role.NATIONAL_ADMINISTRATOR)


def test_a_job_may_and_nobody_may_not() -> None:
    require_change_of_reference_data(Actor.system("import"))
    with pytest.raises(NotAllowed, match="national administrator"):
        require_change_of_reference_data(NOBODY)
