"""A checked plan becomes held places, proposals, outcomes and audit events: all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Uuid, column, insert, select, update, values
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.errors import Conflict
from dmas.core.references import new_reference
from dmas.matching.loading import Loaded
from dmas.matching.models import MatchRun, Outcome
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals.models import Proposal
from dmas.proposals.rules import answer_due
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus

BATCH = 5_000


class PlanIsOld(Conflict):
    """An offer or a request changed between the plan and its application."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one application wrote."""

    proposals: int
    places: int
    outcomes: int


def lock_inputs(session: Session) -> None:
    """Keep every open request and offer as it is until the transaction ends, locked in the common order."""
    session.execute(
        select(CareRequest.id)
        .where(CareRequest.status == RequestStatus.OPEN)
        .order_by(CareRequest.id)
        .with_for_update(key_share=True)
    ).all()
    session.execute(
        select(Offer.id)
        .where(Offer.status == OfferStatus.OPEN)
        .order_by(Offer.id)
        .with_for_update(key_share=True)
    ).all()


def apply(
    session: Session,
    run: MatchRun,
    loaded: Loaded,
    solution: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> Applied:
    """Hold the places, write the proposals with their audit events, and an outcome for every line."""
    _hold(session, loaded, solution["assignments"])
    proposals = _proposals(run.service_date, loaded, solution, now=now)
    _insert(session, Proposal, [proposal.row for proposal in proposals])
    _insert(session, AuditEvent, [_event(proposal, actor=actor, now=now) for proposal in proposals])
    outcomes = _outcomes(run, loaded, solution)
    _insert(session, Outcome, outcomes)
    return Applied(
        proposals=len(proposals),
        places=sum(proposal.row["places"] for proposal in proposals),
        outcomes=len(outcomes),
    )


def _hold(session: Session, loaded: Loaded, assignments: Sequence[Mapping[str, Any]]) -> None:
    """Raise `held` of every used offer by the guarded statement, all at once."""
    wanted: dict[uuid.UUID, int] = {}
    for assignment in assignments:
        offer = loaded.offers[assignment["offer"]]
        wanted[offer.id] = wanted.get(offer.id, 0) + assignment["places"]
    if not wanted:
        return
    plan = values(column("id", Uuid), column("places", Integer), name="plan").data(list(wanted.items()))
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


@dataclass(frozen=True, slots=True)
class _Proposed:
    """A proposal's columns, in the shape an audit event is written from."""

    row: dict[str, Any]
    parties: list[str]


def _proposals(
    service_date: date, loaded: Loaded, solution: Mapping[str, Any], *, now: datetime
) -> list[_Proposed]:
    frozen = solution["certificate"]["frozen"]
    requests = {request["id"]: request for request in loaded.problem["requests"]}
    return [
        _proposal(service_date, loaded, requests[a["request"]], a, frozen.get(a["offer"]), now=now)
        for a in solution["assignments"]
    ]


def _proposal(
    service_date: date,
    loaded: Loaded,
    request: Mapping[str, Any],
    assignment: Mapping[str, Any],
    cut_off: Mapping[str, Any] | None,
    *,
    now: datetime,
) -> _Proposed:
    line, offer = loaded.lines[assignment["request"]], loaded.offers[assignment["offer"]]
    row = {
        "id": uuid.uuid4(),
        "version": 1,
        "reference": new_reference("PR"),
        "pathway": line.pathway,
        "status": ProposalStatus.PROPOSED.value,
        "offer_id": offer.id,
        "request_id": line.request_id,
        "line_id": line.id,
        "home_code": line.provider_code,
        "home_icb": line.icb_code,
        "home_region": line.region_code,
        "receiver_code": offer.provider_code,
        "receiver_icb": offer.icb_code,
        "receiver_region": offer.region_code,
        "places": assignment["places"],
        "held": assignment["places"],
        "tenths": assignment["tenths"],
        "distance_approximate": line.distance_approximate,
        "tier": request["priority"],
        "waiting_since": date.fromisoformat(request["waiting_since"]),
        "cut_off_tier": cut_off["priority"] if cut_off else None,
        "cut_off_since": date.fromisoformat(cut_off["waiting_since"]) if cut_off else None,
        "run_date": service_date,
        "by_hand": False,
        "made_at": now,
        "due_on": answer_due(london_date(now), request["priority"]),
    }
    parties = [row[key] for key in ("home_code", "home_icb", "home_region")]
    parties += [row[key] for key in ("receiver_code", "receiver_icb", "receiver_region")]
    return _Proposed(row=row, parties=sorted({code for code in parties if code}))


def _event(proposed: _Proposed, *, actor: Actor, now: datetime) -> dict[str, Any]:
    row = proposed.row
    return {
        "at": now,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "role": None,
        "organisation_code": None,
        "action": "proposal.made_by_night",
        "entity_type": Proposal.__tablename__,
        "entity_id": row["id"],
        "entity_version": 1,
        "reference": row["reference"],
        "parties": proposed.parties,
        "reason": None,
        "details": {"places": row["places"], "tenths": row["tenths"]},
        "request_id": audit.request_id.get(),
    }


def _outcomes(run: MatchRun, loaded: Loaded, solution: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for every line looked at: how many places it got and, where any are left, the reason."""
    served: dict[str, int] = {}
    for assignment in solution["assignments"]:
        served[assignment["request"]] = served.get(assignment["request"], 0) + assignment["places"]
    reasons = {left["request"]: left for left in solution["unmatched"]}
    return [
        {
            "run_id": run.id,
            "line_id": row.id,
            "request_id": row.request_id,
            "service_date": run.service_date,
            "wanted": row.wanted,
            "served": served.get(name, 0),
            "code": reasons[name]["code"] if name in reasons else None,
            "details": {
                key: value for key, value in reasons.get(name, {}).items() if key not in ("request", "code")
            },
        }
        for name, row in loaded.lines.items()
    ]


def _insert(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        session.execute(insert(model), rows[start : start + BATCH])
