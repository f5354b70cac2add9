"""Reading waits, invitations, extracts and thresholds, always within what the actor may see."""

from dmas.waitinglist.queries.cohorts import (
    PathwayFilter,
    PathwayRow,
    cohort_counts,
    cohort_ids,
    listing,
    rows_of,
    services_of,
)
from dmas.waitinglist.queries.effects import Counted, Effect, effect_of
from dmas.waitinglist.queries.extracts import Freshness, extract_for, extracts, freshness
from dmas.waitinglist.queries.people import (
    address_of_patient,
    find_person,
    invitation_for,
    pathway_for,
    pathways_of,
    patient_for,
)
from dmas.waitinglist.queries.register import ChoiceRow, choice_listing, choice_request, choices_to_answer
from dmas.waitinglist.queries.thresholds import dated_rules, rule_for, thresholds_on
from dmas.waitinglist.queries.waits import facts, may_match, why_not

__all__ = [
    "ChoiceRow",
    "Counted",
    "Effect",
    "Freshness",
    "PathwayFilter",
    "PathwayRow",
    "address_of_patient",
    "choice_listing",
    "choice_request",
    "choices_to_answer",
    "cohort_counts",
    "cohort_ids",
    "dated_rules",
    "effect_of",
    "extract_for",
    "extracts",
    "facts",
    "find_person",
    "freshness",
    "invitation_for",
    "listing",
    "may_match",
    "pathway_for",
    "pathways_of",
    "patient_for",
    "rows_of",
    "rule_for",
    "services_of",
    "thresholds_on",
    "why_not",
]
