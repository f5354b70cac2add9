"""What a patient is shown, read together: their options and how long people usually wait at each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from dmas.core.db import acting_for_all
from dmas.core.errors import NotFound
from dmas.proposals import queries
from dmas.proposals.queries import OptionRow
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.queries import Rating, ratings
from dmas.published import queries as published
from dmas.published.queries import Wanted
from dmas.published.rules import UsualWait
from dmas.requests.models import CareRequest, TransferRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """The options before a patient, usual waits by proposal and at home, and ratings by site."""

    options: Sequence[OptionRow]
    usual: Mapping[uuid.UUID, UsualWait] = field(default_factory=dict)
    at_home: UsualWait | None = None
    ratings: Mapping[str, Rating] = field(default_factory=dict)


def shown(session: Session, transfer: TransferRequest) -> Shown:
    """Return the options before a patient, for a caller who has scoped the request."""
    if transfer.care_request_id is None:
        return Shown([])
    with acting_for_all(session, "patient-choice"):
        options = queries.options(session, transfer.id, ProposalStatus.OFFERED)
        asked = session.get_one(CareRequest, transfer.care_request_id)
        home = Wanted.of(asked.service, asked.setting, transfer.home_code)
        there = {row.proposal.id: _wanted(row) for row in options}
        usual = published.usual_waits(session, {home, *there.values()})
        rated = ratings(session, {row.site.code for row in options})
    waits = {one: usual[wanted] for one, wanted in there.items() if wanted in usual}
    return Shown(options, waits, usual.get(home), rated)


def option_reference(session: Session, transfer: TransferRequest, option_id: uuid.UUID) -> str:
    """Return the reference of one of a patient's options, gone or not; raise NotFound for anything else."""
    with acting_for_all(session, "patient-choice"):
        every = queries.options(session, transfer.id, *ProposalStatus)
    found = next((row.proposal.reference for row in every if row.proposal.id == option_id), None)
    if found is None:
        raise NotFound("There is no such option, or it is somebody else's.")
    return found


def _wanted(row: OptionRow) -> Wanted:
    return Wanted.of(row.offer.service, row.offer.setting, row.site.code, row.provider.code)
