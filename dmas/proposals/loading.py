"""What a patient is shown, read together: their options and how long people usually wait at each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.catalogue.vocabulary.treatment_functions import published_code
from dmas.core.db import acting_for_all
from dmas.core.errors import NotFound
from dmas.proposals import queries
from dmas.proposals.queries import OptionRow
from dmas.proposals.vocabulary import ProposalStatus
from dmas.published import queries as published
from dmas.published.vocabulary import Part
from dmas.requests.models import CareRequest, TransferRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """The options before a patient; `usual` are median weeks by provider or site, of the month `period`."""

    options: Sequence[OptionRow]
    usual: Mapping[str, int] = field(default_factory=dict)
    period: date | None = None


def shown(session: Session, transfer: TransferRequest) -> Shown:
    """Return the options before a patient, for a caller who has scoped the request."""
    if transfer.care_request_id is None:
        return Shown([])
    with acting_for_all(session, "patient-choice"):
        options = queries.options(session, transfer.id, ProposalStatus.OFFERED)
        asked = session.get_one(CareRequest, transfer.care_request_id)
        codes = {transfer.home_code}
        codes |= {code for row in options for code in (row.provider.code, row.site.code)}
        period, usual = published.usual_waits(
            session, codes, published_code(asked.service), _part(asked.setting)
        )
    return Shown(options, usual, period)


def option_reference(session: Session, transfer: TransferRequest, option_id: uuid.UUID) -> str:
    """Return the reference of one of a patient's options, gone or not; raise NotFound for anything else."""
    with acting_for_all(session, "patient-choice"):
        every = queries.options(session, transfer.id, *ProposalStatus)
    found = next((row.proposal.reference for row in every if row.proposal.id == option_id), None)
    if found is None:
        raise NotFound("There is no such option, or it is somebody else's.")
    return found


def _part(setting: str) -> Part:
    return Part.NON_ADMITTED if setting == Setting.OUTPATIENT else Part.ADMITTED
