"""Asking by hand between nights: the same checks as the night's, the same guarded hold, openly marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.treatment_functions import family
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import Conflict, InvalidInput, NotAllowed
from dmas.matching import loading
from dmas.matching.commands import AskNow
from dmas.matching.engine import solve
from dmas.matching.loading import Loaded
from dmas.offers import queries as offers
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import Propose
from dmas.proposals.models import Proposal
from dmas.requests import policy, queries
from dmas.requests.models import CareRequest

PLENTY = 100_000

FAILED_RULES = {
    "service_and_setting": "The offer is for another service or setting, or has no place free.",
    "other_provider": "The offer is your own organisation's.",
    "not_declined": "This offer was already proposed to this line, or one side declined it.",
    "window": "The offer's dates do not meet the date you need the care by.",
    "limits": "The line's age, ASA, BMI or sex is outside the offer's limits.",
    "needs": "The offer does not provide everything the line needs, or the search has not widened to it yet.",
    "accepts_from": "The offer does not accept people from your area.",
    "travel": "The offer's site is farther than the request says people would travel.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands before one offer: could it go there, how far, and past whom."""

    feasible: bool
    failed_rule: str | None
    tenths: int | None
    overtakes: int
    tier: int


def standing(loaded: Loaded, line: str) -> Standing:
    """Judge one line against the one offer of a loaded problem, among all open lines.

    `overtakes` counts the places that better-ranked lines could use at that offer.
    """
    everyone = {**loaded.problem, "offers": [{**o, "places": PLENTY} for o in loaded.problem["offers"]]}
    requests = {request["id"]: request for request in everyone["requests"]}
    solution = solve.solve(everyone)
    served = {a["request"]: a for a in solution["assignments"]}
    rank = _rank(requests[line])
    return Standing(
        feasible=line in served,
        failed_rule=None if line in served else _first_failure(solution, line),
        tenths=served[line]["tenths"] if line in served else None,
        overtakes=sum(a["places"] for name, a in served.items() if _rank(requests[name]) < rank),
        tier=requests[line]["priority"],
    )


def ask_now(session: Session, command: AskNow, *, actor: Actor, now: datetime) -> Proposal:
    """Propose places of an open offer for a line by hand; everybody it overtakes is counted and shown."""
    care_request = queries.get(session, actor, command.request_reference)
    if not policy.may_change(actor, care_request):
        raise NotAllowed("Only the home trust's capacity manager may ask for places.")
    offer = offers.get(session, actor, command.offer_reference)
    loaded = loading.load(session, london_date(now), only_offer=offer.id)
    name = f"{care_request.reference}/{command.line_number}"
    row = loaded.lines.get(name)
    if row is None:
        raise Conflict("Nothing is left to find for that line of the request.")
    if not loaded.offers:
        raise Conflict(
            "This offer is not open for asking: no place is free, or it is agreed outside the exchange."
        )
    if command.places > row.wanted:
        raise InvalidInput(f"Only {row.wanted} places are still to be found for this line.", field="places")
    stands = standing(loaded, name)
    if not stands.feasible or stands.tenths is None:
        raise Conflict(FAILED_RULES[stands.failed_rule or "needs"])
    return proposals.propose(
        session,
        Propose(
            offer_id=offer.id,
            line_id=row.id,
            places=command.places,
            tenths=stands.tenths,
            distance_approximate=row.distance_approximate,
            tier=stands.tier,
            by_hand_reason=command.reason,
            overtakes=stands.overtakes,
        ),
        actor=actor,
        now=now,
    )


def lines_that_could_ask(session: Session, actor: Actor, offer: Offer, as_of: date) -> list[tuple[str, str]]:
    """Return (line's id, words) for the actor's own open lines of the offer's service and setting."""
    rows = session.execute(
        loading.open_lines().where(
            CareRequest.provider_code == actor.organisation,
            CareRequest.service.in_(_same_market(offer)),
            CareRequest.setting == offer.setting,
        )
    )
    return [
        (
            loading.line_id(row),
            f"{row.reference}, line {row.number}: {row.wanted} to find,"
            f" waiting {(as_of - row.waiting_since).days // 7} weeks",
        )
        for row in rows
    ]


def _same_market(offer: Offer) -> list[str]:
    if offer.pathway == Pathway.DIAGNOSTIC:
        return [offer.service]
    return [function.code for function in family(offer.service)]


def _rank(request: Mapping[str, Any]) -> tuple[int, str]:
    return request["priority"], request["waiting_since"]


def _first_failure(solution: Mapping[str, Any], line: str) -> str | None:
    left = next(entry for entry in solution["unmatched"] if entry["request"] == line)
    return next((rule for rule, offers_left in left.get("funnel", {}).items() if offers_left == 0), None)
