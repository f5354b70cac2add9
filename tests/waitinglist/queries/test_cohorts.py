"""Cohorts by the database are those of the rules, pathway by pathway."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.providers.models import Organisation
from dmas.waitinglist import queries, rules
from dmas.waitinglist.models import DatedRule, Pathway
from dmas.waitinglist.queries import PathwayFilter
from dmas.waitinglist.vocabulary import Because, Cohort, PauseReason, RuleName
from tests.factories.proposals import staff_of
from tests.factories.providers import make_trust
from tests.factories.waitinglist import make_extract, make_invitation, make_pathway, make_patient

SYSTEM = Actor.system("tests")
NOBODYS = uuid.UUID(int=7)


@pytest.fixture
def trust(database: Database) -> Organisation:
    """A trust with a list."""
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session)


def any_wait(session: Session, chosen: random.Random, trust: Organisation, now: datetime) -> Pathway:
    """Make a wait of which each thing that decides is near its edge."""
    today = london_date(now)

    def near(*days: int) -> date | None:
        return chosen.choice([None, *(today + timedelta(days=day) for day in days)])

    born = chosen.choice([date(1966, 3, 14), today.replace(year=today.year - 18), today.replace(year=2009)])
    patient = make_patient(
        session,
        date_of_birth=born,
        practice_code=chosen.choice(["M85001", "M85001", "W95001", "V81999", None]),
        died_on=chosen.choice([None] * 9 + [today]),
    )
    values: dict[str, Any] = {
        "list_type": chosen.choice(["admitted", "non_admitted"]),
        "clock_start": today - timedelta(days=chosen.choice([252, 253, 280, 281, 500])),
        "rtt_status": chosen.choice(["20", "10", "20", "21", "30", None]),
        "admission_on": near(-1, 0, 56, 57),
        "outpatient_on": near(-1, 0, 56, 57),
        "last_attended_on": chosen.choice([None, None, today]),
        "referral_source": chosen.choice(["03", "05", None]),
        "referring_organisation": chosen.choice([None, "M85001", "RQ1", trust.code, f"{trust.code}01"]),
        "is_cancer": chosen.random() < 0.1,
        "priority_code": chosen.choice([None, "P4", "P3", "P2", "P5"]),
    }
    return make_pathway(session, now=now, trust=trust, patient=patient, **values)


@pytest.mark.parametrize("mid_pathway", [0, 1])
def test_the_database_and_the_rules_agree(
    database: Database, trust: Organisation, now: datetime, mid_pathway: int
) -> None:
    today, actor = london_date(now), staff_of(trust.code)
    with database.unit_of_work(SYSTEM) as session:
        chosen = random.Random(mid_pathway)
        made = [any_wait(session, chosen, trust, now) for _ in range(400)]
        if mid_pathway:
            rule(session, RuleName.MID_PATHWAY, 1, today, now)
        limits = queries.thresholds_on(session, today)
        facts = queries.facts(session, [one.id for one in made])
    with database.unit_of_work(actor) as session:
        rows, total = queries.listing(session, actor, PathwayFilter(), today=today, limit=1000)
        counts = queries.cohort_counts(session, actor, today=today)
    assert total == len(rows) == 400
    expected = {key: expect(found, limits, today) for key, found in facts.items()}
    assert {row.pathway.id: row.cohort for row in rows} == expected
    assert counts[Cohort.ELIGIBLE] == sum(1 for one in expected.values() if one is Cohort.ELIGIBLE) > 0
    assert counts[Cohort.ABOUT_TO_CROSS] > 0


def expect(facts: rules.PathwayFacts, limits: rules.Thresholds, today: date) -> Cohort | None:
    """Return the cohort by the rules."""
    if not rules.why_not(facts, limits, today):
        return Cohort.ELIGIBLE
    return Cohort.ABOUT_TO_CROSS if rules.is_about_to_cross(facts, limits, today) else None


def rule(session: Session, name: RuleName, value: int, on: date, now: datetime) -> None:
    """Put a signed value in force."""
    made = DatedRule(
        name=name.value,
        value={"value": value},
        effective_on=on,
        proposed_by="somebody",
        proposed_at=now,
        signed_by="somebody else",
        signed_at=now,
        reason="A test.",
    )
    session.add(made)
    audit.record(session, made, "rule.signed", actor=SYSTEM, now=now)


def test_280_days_is_not_eligible_and_281_is(database: Database, trust: Organisation, now: datetime) -> None:
    today = london_date(now)
    with database.unit_of_work(SYSTEM) as session:
        for days in (280, 281):
            make_pathway(session, now=now, trust=trust, clock_start=today - timedelta(days=days))
        assert len(queries.cohort_ids(session, trust.code, PathwayFilter(), today=today)) == 1


def test_a_threshold_of_a_later_day_takes_effect_on_that_day(
    database: Database, trust: Organisation, now: datetime
) -> None:
    today = london_date(now)
    with database.unit_of_work(SYSTEM) as session:
        make_pathway(session, now=now, trust=trust, weeks=30)
        rule(session, RuleName.WAIT_OVER_DAYS, 182, today + timedelta(days=3), now)
        before = queries.cohort_ids(session, trust.code, PathwayFilter(), today=today + timedelta(days=2))
        after = queries.cohort_ids(session, trust.code, PathwayFilter(), today=today + timedelta(days=3))
    assert (len(before), len(after)) == (0, 1)


def test_the_invited_are_invited_and_not_to_be_invited_again(
    database: Database, trust: Organisation, now: datetime
) -> None:
    today, actor = london_date(now), staff_of(trust.code)
    with database.unit_of_work(SYSTEM) as session:
        make_invitation(session, now=now, pathway=make_pathway(session, now=now, trust=trust))
        assert queries.cohort_ids(session, trust.code, PathwayFilter(), today=today) == []
    with database.unit_of_work(actor) as session:
        assert queries.cohort_counts(session, actor, today=today)[Cohort.INVITED] == 1


def test_nobody_is_invited_from_a_list_that_is_too_old_or_lost_them(
    database: Database, trust: Organisation, now: datetime
) -> None:
    today = london_date(now)
    with database.unit_of_work(SYSTEM) as session:
        old = {"told_on": today - timedelta(days=11)}
        waits = [
            make_pathway(session, now=now, trust=trust, **old),
            make_pathway(session, now=now, trust=trust, absent_weeks=2, **old),
        ]
        ids = [one.id for one in waits]
        assert queries.cohort_ids(session, trust.code, PathwayFilter(), today=today) == []
        assert set(queries.may_match(session, ids, today=today).values()) == {
            PauseReason.LIST_TOO_OLD,
            PauseReason.ABSENT_TWICE,
        }
        made = make_extract(session, now=now, trust=trust, week_ending=today - timedelta(days=11))
        made.still_true_on = today
        session.flush()
        assert queries.cohort_ids(session, trust.code, PathwayFilter(), today=today) == ids[:1]
        assert queries.may_match(session, ids, today=today) == {
            ids[0]: None,
            ids[1]: PauseReason.ABSENT_TWICE,
        }


def test_why_not_of_a_wait_nobody_has_is_that_it_ended(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        wait = make_pathway(session, now=now)
        today = london_date(now)
        assert queries.why_not(session, wait.id, today=today) == ()
        assert queries.why_not(session, NOBODYS, today=today) == (Because.ENDED,)
        assert queries.may_match(session, [NOBODYS], today=today) == {NOBODYS: PauseReason.ENDED}
        assert queries.facts(session, []) == {}


def test_a_list_is_filtered_found_and_sorted(database: Database, trust: Organisation, now: datetime) -> None:
    today, actor = london_date(now), staff_of(trust.code)
    with database.unit_of_work(SYSTEM) as session:
        person = make_patient(session, family_name="O'Brien")
        one = make_pathway(session, now=now, trust=trust, patient=person, service="100", weeks=60)
        make_pathway(session, now=now, trust=trust, list_type="non_admitted", priority_code="P3")
        make_pathway(session, now=now)
    with database.unit_of_work(actor) as session:

        def found(**values: Any) -> int:
            return queries.listing(session, actor, PathwayFilter(**values), today=today)[1]

        assert found() == 2
        assert found(service="100") == found(list_type="non_admitted") == found(priority="P3") == 1
        assert found(words="o'b") == found(words=person.nhs_number) == found(words=one.pathway_id) == 1
        assert found(words="%") == found(only_absent=True) == 0
        assert found(cohort="eligible") == 2
        first = queries.listing(session, actor, PathwayFilter(), today=today, sort="waited")[0][0]
        assert first.pathway.id == one.id
        assert queries.services_of(session, actor) == ["100", "110"]
