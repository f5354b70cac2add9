"""Asking by hand between nights, by the night's checks and its guarded hold; and looking back at a night."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict, InvalidInput, NotAllowed
from dmas.core.geography import tenths_between
from dmas.matching import loading
from dmas.matching import queries as nights
from dmas.matching.commands import AskNow
from dmas.matching.engine import solve
from dmas.matching.engine.nearly import Nearly, smallest_changes
from dmas.matching.loading import Loaded
from dmas.matching.models import MatchRun
from dmas.offers import queries as offers
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import Propose
from dmas.proposals.models import Proposal
from dmas.requests import policy, queries
from dmas.transfers import queries as transfers

JOB = "asking-by-hand"
LOOKING_BACK = "looking-back"

FAILED_RULES = {
    "service_and_setting": "The offer is for another service or setting, or has no place free.",
    "other_provider": "The offer is your own organisation's.",
    "not_declined": "This offer is already proposed to this line, or one side declined it.",
    "window": "The offer's dates do not meet the date you need the care by.",
    "limits": "The line's age, ASA, BMI or sex is outside the offer's limits, or not known.",
    "needs": "The offer does not provide everything the line needs, or the search has not widened to it yet.",
    "accepts_from": "The offer does not accept people from your area.",
    "travel": "The offer's site is farther than the request says people would travel.",
}
TOO_YOUNG = (
    "Some people of this line are younger than the offer takes. Ask for the others in a line of their own."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands before one offer: why it could not go there, how far it is, and past whom.

    `refusal` is None where it could go. `overtakes` counts the places that better-ranked lines could use.
    """

    line: Row[Any]
    refusal: str | None
    tenths: int
    distance_approximate: bool
    tier: int
    overtakes: int


def standings(session: Session, offer: Offer, as_of: date) -> dict[str, Standing] | None:
    """Judge every open line of an offer's market against it, by the line's id; None where it takes nobody.

    The lines of all England count, whoever asks, so that nobody is overtaken unseen.
    """
    with acting_for_all(session, JOB):
        loaded = loading.load(session, as_of, only=offer)
    return judge(loaded) if loaded.offers else None


def kept_night(session: Session, run: MatchRun) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the problem and the solution of a night; raise NotFound where none was kept.

    Read as the exchange, whoever asks: show sums of them only, and a line's facts to its own trust.
    """
    with acting_for_all(session, LOOKING_BACK):
        problem, solution = nights.kept_files(session, run)
    return json.loads(problem), json.loads(solution)


def nearly(session: Session, outcome: Row[Any]) -> list[Nearly]:
    """Return the smallest changes that would have found a line more places, by solving its night again."""
    problem, _ = kept_night(session, nights.run_of(session, outcome.service_date))
    name = loading.line_id(outcome)
    if all(one["id"] != name for one in problem["requests"]):
        return []
    return smallest_changes(problem, name)


def judge(loaded: Loaded) -> dict[str, Standing]:
    """Judge the lines of a problem that has one offer: the engine says who could go, rank says past whom."""
    (offer,) = loaded.offers.values()
    requests = loaded.problem["requests"]
    left = {entry["request"]: entry for entry in solve.solve(loaded.problem)["unmatched"]}
    refusals = {name: _refusal(left.get(name), line, offer) for name, line in loaded.lines.items()}
    overtaken = _overtaken(requests, {name for name, refusal in refusals.items() if refusal is None})
    return {
        one["id"]: Standing(
            line=(line := loaded.lines[one["id"]]),
            refusal=refusals[one["id"]],
            tenths=tenths_between(line.latitude, line.longitude, offer.latitude, offer.longitude),
            distance_approximate=line.distance_approximate or offer.distance_approximate,
            tier=one["priority"],
            overtakes=overtaken[_rank(one)],
        )
        for one in requests
    }


def ask_now(session: Session, command: AskNow, *, actor: Actor, now: datetime) -> Proposal:
    """Propose places of an open offer for a line by hand; everybody it overtakes is counted and shown."""
    care_request = queries.get(session, actor, command.request_reference)
    if not policy.may_change(actor, care_request):
        raise NotAllowed("Only the home trust's capacity manager may ask for places.")
    offer = offers.get(session, actor, command.offer_reference)
    transfers.lock_market(session, requests=[care_request.id], offers=[offer.id])
    standing = _standing(session, offer, f"{care_request.reference}/{command.line_number}", london_date(now))
    if command.places > standing.line.wanted:
        raise InvalidInput(
            f"Only {standing.line.wanted} places are still to be found for this line.", field="places"
        )
    return proposals.propose(
        session,
        Propose(
            offer_id=offer.id,
            line_id=standing.line.id,
            places=command.places,
            tenths=standing.tenths,
            distance_approximate=standing.distance_approximate,
            tier=standing.tier,
            by_hand_reason=command.reason,
            overtakes=standing.overtakes,
        ),
        actor=actor,
        now=now,
    )


def own_standings(session: Session, actor: Actor, offer: Offer, as_of: date) -> dict[str, Standing]:
    """Return how the open lines of the actor's own trust stand before an offer, by the line's id.

    What patients ask for themselves is never asked for by hand.
    """
    return {
        name: standing
        for name, standing in (standings(session, offer, as_of) or {}).items()
        if standing.line.provider_code == actor.organisation and not loading.is_patient(standing.line)
    }


def _standing(session: Session, offer: Offer, line: str, as_of: date) -> Standing:
    found = standings(session, offer, as_of)
    if found is None:
        raise Conflict(
            "This offer is not open for asking: no place is free, or it is agreed outside the exchange."
        )
    if line not in found:
        raise Conflict(
            "Nothing is left to find for that line of the request, or it is for another service or setting."
        )
    if found[line].refusal is not None:
        raise Conflict(found[line].refusal or "")
    return found[line]


def _refusal(left: Mapping[str, Any] | None, line: Row[Any], offer: Row[Any]) -> str | None:
    """Say in words why a line cannot go to the offer; a line that only lost to others could."""
    if left is None or left["code"] == "outranked":
        return None
    if loading.crosses(line, offer.min_age):
        return TOO_YOUNG
    return FAILED_RULES[next(rule for rule, offers_left in left["funnel"].items() if offers_left == 0)]


def _overtaken(requests: Sequence[Mapping[str, Any]], able: set[str]) -> dict[tuple[int, str], int]:
    """Return, for each rank, the places wanted by those of better rank who could go."""
    better, found = 0, {}
    for rank, equals in groupby(sorted(requests, key=_rank), key=_rank):
        found[rank] = better
        better += sum(one["places"] for one in equals if one["id"] in able)
    return found


def _rank(request: Mapping[str, Any]) -> tuple[int, str]:
    return request["priority"], request["waiting_since"]
