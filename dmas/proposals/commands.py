"""What someone wants done with a proposed match, as data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from dmas.proposals.vocabulary import AskedHow, Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Hold places of an offer for a line of a request and ask the receiver.

    The night gives `run_date`; by hand there is none, and a coded reason instead. `tenths` of a mile from
    the request to the offer's site; `tier` is the line's rank as the night saw it (None: as posted).
    The cut-off is the lowest rank this offer served: nobody ranked below it may be named.
    """

    offer_id: uuid.UUID
    line_id: uuid.UUID
    places: int
    tenths: int
    distance_approximate: bool = False
    tier: int | None = None
    cut_off_tier: int | None = None
    cut_off_since: date | None = None
    run_date: date | None = None
    by_hand_reason: str | None = None
    overtakes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalStep:
    """A step with a proposal as it was at `version`."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposal(ProposalStep):
    """The receiver takes all places or fewer; `subject_to` names what must be assessed first."""

    places: int
    subject_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineProposal(ProposalStep):
    """The receiver declines, with a coded reason."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForInformation(ProposalStep):
    """The receiver asks the home trust before it answers."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion(ProposalStep):
    """The home trust answers; the receiver's time starts again."""

    answer: str


class ChooseCapacity(ProposalStep):
    """The home trust takes the places the receiver accepted."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineCapacity(ProposalStep):
    """The home trust does not take the places, with a coded reason."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlaces(ProposalStep):
    """The home trust gives back places it does not need."""

    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePerson:
    """Name somebody for a held place. `travel_miles` None means not asked yet."""

    reference: str
    pathway_id: str
    nhs_number: str
    given_name: str
    family_name: str
    date_of_birth: date
    sex: str
    postcode: str
    phone: str
    clock_start: date
    priority_code: str
    asa: int | None = None
    bmi: float | None = None
    travel_miles: int | None = None
    communication_needs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStep:
    """A step with a named person as they were at `version`."""

    reference: str
    person_id: uuid.UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent(PersonStep):
    """Record what the person said: who asked them, how and when.

    `travel_ok`: they were asked about the distance, which is over their limit or not known, and agree.
    """

    said: Consent
    how: AskedHow
    asked_at: datetime
    asked_by: str
    travel_ok: bool = False


class ReleasePerson(PersonStep):
    """Take a person back who was named and not asked."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseOption:
    """The patient takes one of the options shown; `version` is their request's as they saw it."""

    reference: str
    proposal_reference: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOptions:
    """The patient takes none of the options and goes on looking; a reason is never needed."""

    reference: str
    version: int
    reason: str = "not_said"
