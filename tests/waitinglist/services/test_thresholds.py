"""A threshold changes by two people and a day to come."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.waitinglist import queries, services
from dmas.waitinglist.commands import ProposeRule, SignRule
from dmas.waitinglist.models import DatedRule
from dmas.waitinglist.vocabulary import RuleName
from tests.factories.proposals import staff_of
from tests.factories.providers import make_trust
from tests.factories.waitinglist import make_pathway


def national(name: str, role: Role) -> Actor:
    """Return somebody of the national team."""
    return Actor(id=name, name=name, role=role, organisation="X24", reach=Reach.NATION)


ADMIN = national("Ada", Role.NATIONAL_ADMINISTRATOR)
OFFICER = national("Sam", Role.SAFETY_OFFICER)
OTHER = national("Sid", Role.SAFETY_OFFICER)


def propose(
    database: Database, now: datetime, *, actor: Actor = ADMIN, days: int = 5, value: int = 182
) -> DatedRule:
    """Propose that people over 26 weeks may ask."""
    command = ProposeRule(
        "wait_over_days", value, london_date(now) + timedelta(days=days), "The second cohort."
    )
    with database.unit_of_work(actor) as session:
        return services.propose_rule(session, command, actor=actor, now=now)


def sign(database: Database, rule: DatedRule, now: datetime, *, actor: Actor, version: int = 1) -> None:
    """Sign it."""
    with database.unit_of_work(actor) as session:
        services.sign_rule(session, SignRule(rule.id, version), actor=actor, now=now)


def test_a_rule_stands_from_its_day_once_somebody_else_signed_it(database: Database, now: datetime) -> None:
    rule, today = propose(database, now), london_date(now)

    def limit(days: int) -> int:
        with database.unit_of_work(ADMIN) as session:
            return queries.thresholds_on(session, today + timedelta(days=days)).wait_over_days

    assert limit(5) == 280
    sign(database, rule, now, actor=OFFICER)
    assert (limit(4), limit(5)) == (280, 182)


def test_nobody_signs_their_own_and_only_safety_officers_sign(database: Database, now: datetime) -> None:
    own = propose(database, now, actor=OFFICER)
    with pytest.raises(NotAllowed):
        sign(database, own, now, actor=OFFICER)
    with pytest.raises(NotAllowed):
        sign(database, own, now, actor=ADMIN)
    with pytest.raises(StaleEdit):
        sign(database, own, now, actor=OTHER, version=2)
    sign(database, own, now, actor=OTHER)
    with pytest.raises(Conflict, match="already"):
        sign(database, own, now, actor=OTHER, version=2)
    with pytest.raises(Conflict, match="signed already"):
        propose(database, now)


def test_a_proposal_whose_day_has_come_is_never_in_force(database: Database, now: datetime) -> None:
    rule = propose(database, now)
    with pytest.raises(Conflict, match="never took effect"):
        sign(database, rule, now + timedelta(days=5), actor=OFFICER)


def test_an_unsigned_proposal_may_be_put_right(database: Database, now: datetime) -> None:
    first, second = propose(database, now), propose(database, now, value=200)
    assert first.id == second.id
    assert (second.version, second.value) == (2, {"value": 200})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "colour"}, "name"),
        ({"value": -1}, "value"),
        ({"value": 1001}, "value"),
        ({"days": 0}, "effective_on"),
        ({"days": 800}, "effective_on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_proposed(
    database: Database, now: datetime, changed: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {
        "name": "wait_over_days",
        "value": 182,
        "days": 5,
        "reason": "Why.",
    } | changed
    day = london_date(now) + timedelta(days=int(str(values["days"])))
    command = ProposeRule(str(values["name"]), int(str(values["value"])), day, str(values["reason"]))
    with database.unit_of_work(ADMIN) as session, pytest.raises(InvalidInput) as refused:
        services.propose_rule(session, command, actor=ADMIN, now=now)
    assert refused.value.field == field


def test_a_trust_proposes_nothing_and_a_missing_rule_is_not_there(database: Database, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        propose(database, now, actor=staff_of("R0001"))
    with database.unit_of_work(OFFICER) as session, pytest.raises(NotFound):
        services.sign_rule(session, SignRule(uuid.UUID(int=7), 1), actor=OFFICER, now=now)


def test_the_effect_is_counted_over_england(database: Database, now: datetime) -> None:
    with database.unit_of_work(Actor.system("tests")) as session:
        for weeks in (20, 27, 50):
            make_pathway(session, now=now, trust=make_trust(session), weeks=weeks)
    with database.unit_of_work(ADMIN) as session:
        effect = queries.effect_of(session, RuleName.WAIT_OVER_DAYS, 182, london_date(now))
    assert (effect.before.eligible, effect.after.eligible) == (1, 2)
    assert (effect.before.providers, effect.after.providers) == (1, 2)
    assert effect.before.over_choice == effect.after.over_choice == 3
    assert effect.before.paused == 0
