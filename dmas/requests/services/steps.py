"""What every step of a trust's request begins with: whose it is, and where it leads."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import check_version
from dmas.core.errors import NotAllowed
from dmas.core.transitions import advance
from dmas.requests import policy, queries, rules
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus


def next_status(verb: str, status: str) -> str:
    """Return the state a verb leads to; raise IllegalTransition where there is no such step."""
    return advance(rules.TRANSITIONS, verb, RequestStatus(status), noun="request").value


def own(session: Session, reference: str, version: int | None, actor: Actor) -> CareRequest:
    """Return a request to its own manager, as they last saw it; raise NotAllowed or StaleEdit."""
    care_request = queries.get(session, actor, reference)
    if not policy.may_change(actor, care_request):
        raise NotAllowed("Only the trust's own capacity manager can change this request.")
    if version is not None:
        check_version(care_request, version)
    return care_request
