"""Who may ask to move, who is about to be able to, and what pauses a pathway: decisions on values."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from dmas.waitinglist.rules.thresholds import Thresholds
from dmas.waitinglist.vocabulary import (
    FROM_A_CONSULTANT,
    MOVING,
    NO_PRACTICE,
    POSTPONED,
    RUNNING,
    TOO_URGENT,
    Because,
    ListType,
    PauseReason,
)

ENGLISH_PRACTICE = r"^[A-HJ-NPY][0-9]{5}$"
ANOTHER_HOSPITAL = r"^R[A-Z0-9]{2}([A-Z0-9]{2})?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayFacts:
    """What is known of one wait that decides about it. `patient_icb` is where the person belongs,
    `told_on` the week of the last list of the provider.
    """

    pathway_id: uuid.UUID
    patient_id: uuid.UUID
    provider_code: str
    service: str
    list_type: str
    clock_start: date
    date_of_birth: date
    told_on: date
    rtt_status: str | None = None
    decision_to_admit_on: date | None = None
    admission_on: date | None = None
    outpatient_on: date | None = None
    last_attended_on: date | None = None
    referral_source: str | None = None
    referring_organisation: str | None = None
    is_cancer: bool = False
    priority_code: str | None = None
    practice_code: str | None = None
    patient_icb: str | None = None
    died_on: date | None = None
    ended_on: date | None = None
    absent_weeks: int = 0
    still_true_on: date | None = None
    asks_already: bool = False

    def days_waited(self, today: date) -> int:
        """Return the days waited on the original clock."""
        return (today - self.clock_start).days


def why_not(facts: PathwayFacts, limits: Thresholds, today: date) -> tuple[Because, ...]:
    """Return every reason why this person cannot ask to move today; empty means that they can."""
    found = {
        Because.DIED: facts.died_on is not None,
        Because.ENDED: facts.ended_on is not None,
        Because.CLOCK_NOT_RUNNING: facts.rtt_status not in (*RUNNING, MOVING),
        Because.ALREADY_MOVING: facts.asks_already or facts.rtt_status == MOVING,
        Because.TOO_URGENT: facts.priority_code in TOO_URGENT,
        Because.POSTPONED: facts.priority_code in POSTPONED,
        Because.CANCER: facts.is_cancer,
        Because.CHILD: age_on(facts.date_of_birth, today) < limits.adult_from_age,
        Because.NOT_ENGLISH: not is_english(facts.practice_code),
        Because.TERTIARY: is_tertiary(facts),
        Because.NOT_40_WEEKS: facts.days_waited(today) <= limits.wait_over_days,
        Because.HAS_DATE: has_date_soon(facts, limits, today),
        Because.SEEN: _is_seen(facts) and not limits.mid_pathway,
    }
    return tuple(because for because, holds in found.items() if holds)


def is_about_to_cross(facts: PathwayFacts, limits: Thresholds, today: date) -> bool:
    """Say whether only the wait is missing, and no more than some weeks of it."""
    near = facts.days_waited(today) + limits.about_to_cross_days > limits.wait_over_days
    return near and why_not(facts, limits, today) == (Because.NOT_40_WEEKS,)


def may_ask_for_choice(facts: PathwayFacts, limits: Thresholds, today: date) -> bool:
    """Say whether the wait is long enough, and of a kind, to ask the ICB for a choice of provider."""
    gone = facts.died_on is not None or facts.ended_on is not None
    return (
        not gone
        and facts.rtt_status in (*RUNNING, MOVING)
        and facts.days_waited(today) > limits.choice_over_days
    )


def pause(facts: PathwayFacts, limits: Thresholds, today: date) -> PauseReason | None:
    """Return why no new match or message is made, or None; pausing never ends anything."""
    if facts.died_on is not None:
        return PauseReason.DIED
    if facts.ended_on is not None:
        return PauseReason.ENDED
    if facts.absent_weeks >= limits.absences_that_pause:
        return PauseReason.ABSENT_TWICE
    if is_stale(facts.told_on, facts.still_true_on, limits, today):
        return PauseReason.LIST_TOO_OLD
    return None


def is_stale(told_on: date, still_true_on: date | None, limits: Thresholds, today: date) -> bool:
    """Say whether a list is too old to act on: neither sent nor confirmed within the days allowed."""
    latest = max(told_on, still_true_on or told_on)
    return today - latest > timedelta(days=limits.stale_days)


def has_date_soon(facts: PathwayFacts, limits: Thresholds, today: date) -> bool:
    """Say whether an admission or, on the other list, an appointment lies within the days that count."""
    on = facts.admission_on if facts.list_type == ListType.ADMITTED else facts.outpatient_on
    return on is not None and today <= on <= today + timedelta(days=limits.no_date_within_days)


def is_english(practice_code: str | None) -> bool:
    """Say whether a general practice code is one of England's."""
    if practice_code is None or practice_code in NO_PRACTICE:
        return False
    return re.fullmatch(ENGLISH_PRACTICE, practice_code) is not None


def is_tertiary(facts: PathwayFacts) -> bool:
    """Say whether another hospital sent the person in: by its code, or by the referral's source."""
    sender = facts.referring_organisation
    if sender is not None and sender.startswith(facts.provider_code):
        return False
    if facts.referral_source == FROM_A_CONSULTANT:
        return True
    return sender is not None and re.fullmatch(ANOTHER_HOSPITAL, sender) is not None


def age_on(born: date, today: date) -> int:
    """Return somebody's age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _is_seen(facts: PathwayFacts) -> bool:
    return facts.list_type == ListType.NON_ADMITTED and facts.last_attended_on is not None
