"""Changing a threshold: proposed with a date by one person, signed by another, in force on its day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import Conflict, InvalidInput
from dmas.waitinglist import policy, queries, rules
from dmas.waitinglist.commands import ProposeRule, SignRule
from dmas.waitinglist.models import DatedRule
from dmas.waitinglist.vocabulary import RULE_NOTICE_DAYS, RuleName

LONGEST_AHEAD = timedelta(days=730)


def propose_rule(session: Session, command: ProposeRule, *, actor: Actor, now: datetime) -> DatedRule:
    """Propose another value of a threshold from a day to come; it stands only when somebody else signs it.

    A proposal for the same day that nobody has signed is replaced.
    """
    policy.require(policy.may_propose(actor), "Only the national team can propose a rule.")
    name = check_rule(command, now=now)
    found = session.scalar(
        select(DatedRule).where(DatedRule.name == name.value, DatedRule.effective_on == command.effective_on)
    )
    if found is not None and found.signed_by is not None:
        raise Conflict("A value for that day has been signed already. Choose another day.")
    rule = found or DatedRule(name=name.value, effective_on=command.effective_on)
    rule.value = {"value": command.value}
    rule.reason = command.reason.strip()
    rule.proposed_by, rule.proposed_at = actor.id, now
    session.add(rule)
    details = {"rule": name.value, "value": command.value, "from": command.effective_on.isoformat()}
    audit.record(session, rule, "rule.proposed", actor=actor, now=now, details=details)
    return rule


def sign_rule(session: Session, command: SignRule, *, actor: Actor, now: datetime) -> DatedRule:
    """Sign a proposed value as a safety officer who did not propose it, before its day."""
    rule = queries.rule_for(session, command.rule_id)
    policy.require(
        policy.may_sign(actor, rule), "A rule is signed by a safety officer, and never by who proposed it."
    )
    check_version(rule, command.version)
    if rule.signed_by is not None:
        raise Conflict("This rule has been signed already.")
    if rule.effective_on <= london_date(now):
        raise Conflict(
            "Its day has come unsigned, so it never took effect. Propose it again for a later day."
        )
    rule.signed_by, rule.signed_at = actor.id, now
    audit.record(
        session,
        rule,
        "rule.signed",
        actor=actor,
        now=now,
        details={"rule": rule.name, "value": rule.value["value"], "from": rule.effective_on.isoformat()},
    )
    return rule


def check_rule(command: ProposeRule, *, now: datetime) -> RuleName:
    """Return the rule's name; raise InvalidInput where the proposal cannot be made."""
    try:
        name = RuleName(command.name)
    except ValueError:
        raise InvalidInput("Choose a rule from the list.", field="name") from None
    rules.check_value(name, command.value)
    today = london_date(now)
    if command.effective_on < today + timedelta(days=RULE_NOTICE_DAYS):
        raise InvalidInput(
            "Choose a day after today: no rule changes a day that has begun.", field="effective_on"
        )
    if command.effective_on > today + LONGEST_AHEAD:
        raise InvalidInput("Choose a day within two years.", field="effective_on")
    if not command.reason.strip():
        raise InvalidInput("Say why the rule changes.", field="reason")
    return name
