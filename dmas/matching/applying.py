"""A checked plan becomes held places, proposals, outcomes and audit events: all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Integer, Row, Text, Uuid, cast, column, func, or_, select, text, update
from sqlalchemy import values as table
from sqlalchemy.orm import Session

from dmas.core import audit, bulk
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.db import Base
from dmas.core.errors import Conflict
from dmas.core.references import new_reference
from dmas.matching import outbox, rules
from dmas.matching.loading import Loaded
from dmas.matching.models import MatchRun, Outcome
from dmas.offers.models import Offer
from dmas.offers.vocabulary import LIVE, OfferStatus
from dmas.proposals.models import PARTIES, Proposal
from dmas.proposals.rules import answer_due
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import RequestStatus, TransferStatus

BATCH = 5_000
# A person's transaction ends within a minute, whatever happens to them: the night waits rather than fails.
PATIENCE = "SET LOCAL lock_timeout = '90s'"
# A patient's request in one of these is looked for, or has options that a night may end.
IN_A_SEARCH = (TransferStatus.SEARCHING, TransferStatus.OPTIONS_OFFERED)


Values = dict[str, Any]


class PlanIsOld(Conflict):
    """An offer or a request changed between the plan and its application."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one application wrote; `options` are the further ones among the proposals, which hold nothing."""

    proposals: int
    places: int
    outcomes: int
    options: int


def lock_inputs(session: Session) -> frozenset[uuid.UUID]:
    """Keep every open request and offer as it is until the transaction ends; return the ids of all of them.

    Everything that changes places locks patients' requests, the requests that stand for them and trusts'
    own, then offers, each in the order of their ids.
    """
    session.execute(text(PATIENCE))
    held_still: set[uuid.UUID] = set()
    for chosen in (
        select(TransferRequest.id)
        .where(TransferRequest.status.in_(IN_A_SEARCH))
        .order_by(TransferRequest.id),
        select(CareRequest.id).where(CareRequest.status == RequestStatus.OPEN).order_by(CareRequest.id),
        select(Offer.id).where(or_(Offer.status.in_(LIVE), Offer.held > 0)).order_by(Offer.id),
    ):
        held_still.update(session.scalars(chosen.with_for_update(key_share=True)))
    return frozenset(held_still)


def apply(
    session: Session,
    run: MatchRun,
    loaded: Loaded,
    solution: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> Applied:
    """Hold the places, write the proposals with their events and news, and an outcome for every line."""
    _hold(session, loaded, solution["assignments"])
    plan = _plan(loaded, solution)
    proposals = _proposals(run.service_date, loaded, solution, plan, now=now)
    for values, reference in zip(proposals, _references(session, len(proposals)), strict=True):
        values["reference"] = reference
    _insert(session, Proposal, proposals)
    _insert(session, AuditEvent, _events(proposals, actor=actor, now=now))
    outcomes = _outcomes(run, loaded, solution)
    _insert(session, Outcome, outcomes)
    outbox.tell_receivers(session, run.service_date, proposals, actor=actor, now=now)
    return Applied(
        proposals=len(proposals),
        places=sum(values["held"] for values in proposals),
        outcomes=len(outcomes),
        options=sum(values["option"] > 1 for values in proposals),
    )


def _plan(loaded: Loaded, solution: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is proposed: every assignment, and the further options patients are given."""
    patients = {name for name, row in loaded.lines.items() if row.transfer_request_id is not None}
    first = [{**one, "option": 1} for one in solution["assignments"]]
    return first + rules.to_ask(loaded.problem, solution, patients)


def _hold(session: Session, loaded: Loaded, assignments: Sequence[Mapping[str, Any]]) -> None:
    """Raise `held` of every used offer by the guarded statement, all at once."""
    wanted: dict[uuid.UUID, int] = {}
    for assignment in assignments:
        offer = loaded.offers[assignment["offer"]]
        wanted[offer.id] = wanted.get(offer.id, 0) + assignment["places"]
    if not wanted:
        return
    plan = table(column("id", Uuid), column("places", Integer), name="plan").data(list(wanted.items()))
    held = session.execute(
        update(Offer)
        .where(
            Offer.id == plan.c.id,
            Offer.status == OfferStatus.OPEN,
            Offer.held + Offer.taken + plan.c.places <= Offer.places,
        )
        .values(held=Offer.held + plan.c.places)
        .returning(Offer.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(held) != len(wanted):
        raise PlanIsOld("Some places of tonight's plan are no longer free. The night plans again.")


def _references(session: Session, count: int) -> list[str]:
    """Draw references that no proposal has; a night draws so many that chance would meet one twice."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        fresh = [new_reference("PR") for _ in range(count - len(drawn))]
        known = Proposal.reference == func.any(cast(fresh, ARRAY(Text)))
        taken = set(session.scalars(select(Proposal.reference).where(known)))
        drawn |= {reference: None for reference in fresh if reference not in taken}
    return list(drawn)


def _proposals(
    service_date: date,
    loaded: Loaded,
    solution: Mapping[str, Any],
    plan: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> list[Values]:
    frozen = solution["certificate"]["frozen"]
    requests = {request["id"]: request for request in loaded.problem["requests"]}
    return [
        {
            **_sides(loaded.lines[one["request"]], loaded.offers[one["offer"]]),
            **_rank(requests[one["request"]], frozen.get(one["offer"])),
            **_held(one),
            "id": uuid.uuid4(),
            "version": 1,
            "tenths": one["tenths"],
            "run_date": service_date,
            "by_hand": False,
            "made_at": now,
            "due_on": answer_due(london_date(now), requests[one["request"]]["priority"]),
        }
        for one in plan
    ]


def _held(one: Mapping[str, Any]) -> Values:
    """Return how a place is proposed: held, or as a further option only asked for."""
    further = one["option"] > 1
    return {
        "status": (ProposalStatus.ASKED if further else ProposalStatus.PROPOSED).value,
        "option": one["option"],
        "places": one["places"],
        "held": 0 if further else one["places"],
    }


def _sides(line: Row[Any], offer: Row[Any]) -> Values:
    return {
        "pathway": line.pathway,
        "offer_id": offer.id,
        "request_id": line.request_id,
        "line_id": line.id,
        "transfer_request_id": line.transfer_request_id,
        "home_code": line.provider_code,
        "home_icb": line.icb_code,
        "home_region": line.region_code,
        "receiver_code": offer.provider_code,
        "receiver_icb": offer.icb_code,
        "receiver_region": offer.region_code,
        "distance_approximate": line.distance_approximate or offer.distance_approximate,
    }


def _rank(request: Mapping[str, Any], cut_off: Mapping[str, Any] | None) -> Values:
    return {
        "tier": request["priority"],
        "waiting_since": date.fromisoformat(request["waiting_since"]),
        "cut_off_tier": cut_off["priority"] if cut_off else None,
        "cut_off_since": date.fromisoformat(cut_off["waiting_since"]) if cut_off else None,
    }


def _events(proposals: Sequence[Values], *, actor: Actor, now: datetime) -> list[Values]:
    """Return the event of each proposal, as `audit.record` would write it."""
    made, asked = (
        audit.event_of(Proposal.__tablename__, action, actor=actor, now=now, version=1)
        for action in ("proposal.made_by_night", "proposal.asked_by_night")
    )
    return [
        {
            **(made if values["option"] == 1 else asked),
            "entity_id": values["id"],
            "reference": values["reference"],
            "parties": sorted({values[name] for name in PARTIES if values[name]}),
            "details": {"places": values["places"], "tenths": values["tenths"]},
        }
        for values in proposals
    ]


def _outcomes(run: MatchRun, loaded: Loaded, solution: Mapping[str, Any]) -> list[Values]:
    """One row for every line looked at: how many places it got and, where any are left, the reason."""
    served: dict[str, int] = {}
    for assignment in solution["assignments"]:
        served[assignment["request"]] = served.get(assignment["request"], 0) + assignment["places"]
    reasons = {left["request"]: left for left in solution["unmatched"]}
    ranks = {one["id"]: (one["priority"], one["waiting_since"]) for one in loaded.problem["requests"]}
    return [
        {
            "run_id": run.id,
            "line_id": row.id,
            "request_id": row.request_id,
            "service_date": run.service_date,
            "wanted": row.wanted,
            "served": served.get(name, 0),
            "code": reasons[name]["code"] if name in reasons else None,
            "details": _details(reasons.get(name, {}), ranks[name]),
        }
        for name, row in loaded.lines.items()
    ]


def _details(reason: Mapping[str, Any], rank: tuple[int, str]) -> Values:
    """Return what stands behind a reason; `tied` where the last place went to somebody of equal rank."""
    details = {key: value for key, value in reason.items() if key not in ("request", "code")}
    if cut_off := reason.get("cut_off"):
        details["tied"] = (cut_off["priority"], cut_off["waiting_since"]) == rank
    return details


def _insert(session: Session, model: type[Base], rows: Sequence[Values]) -> None:
    for start in range(0, len(rows), BATCH):
        bulk.insert_rows(session, Base.metadata.tables[model.__tablename__], rows[start : start + BATCH])
