"""What someone wants done with a request for help, as data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Basis, CriticalCare, Pathway, Setting, Sex, Stage
from dmas.requests.vocabulary import ReviewOutcome, TransferStep


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLineSpec:
    """So many people alike, with the worst clinical values among them; a None is a value not known.

    `weeks_from` is the shortest wait in the line, `sex` is given only where all are of that sex.
    `waiting_since` is the clock start of that shortest wait where the day is known.
    """

    places: int
    priority_code: str
    weeks_from: int
    weeks_to: int
    age_from: int
    age_to: int
    procedure_group: str | None = None
    worst_asa: int | None = None
    worst_bmi: float | None = None
    sex: Sex | None = None
    waiting_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetails:
    """Everything a trust says about a call for help.

    `cancer` is the trust's answer whether anyone is on a cancer pathway. `priority_date` is given with P2
    only, and then stands in for `needed_by`. `tokens` are the hard needs chosen, `travel_miles` None is
    anywhere in England. A test has no stage.
    """

    service: str
    setting: Setting
    stage: Stage | None
    basis: Basis
    lines: tuple[RequestLineSpec, ...]
    reason: str
    clinical_lead: str
    cancer: bool = False
    site_code: str | None = None
    travel_miles: int | None = None
    needed_by: date | None = None
    priority_date: date | None = None
    ready_at_short_notice: bool = False
    critical_care: CriticalCare = CriticalCare.NONE
    tokens: tuple[str, ...] = ()
    insourcing_acceptable: bool = False
    transport_offered: bool = False
    notes: str = ""
    pathway: Pathway = field(default=Pathway.ELECTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest(RequestDetails):
    """Call for help in the name of a trust; None is the trust of whoever posts."""

    provider_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitRequest(RequestDetails):
    """Send a request again, changed, before its ICB has approved it."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStep:
    """A step with a request as it was at `version`; None where a job takes it whatever the version."""

    reference: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonedStep(RequestStep):
    """A step that needs a coded reason, and a note where the reason is another one."""

    reason: str
    note: str = field(default="")


class ApproveRequest(RequestStep):
    """Let a request's search begin."""

    __slots__ = ()


class ReturnRequest(ReasonedStep):
    """Give a request back to its trust."""

    __slots__ = ()


class WithdrawRequest(ReasonedStep):
    """Take a request back."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTransfer:
    """Begin a patient's own request about one wait, or go on with the one there is."""

    pathway_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAct:
    """A step with a patient's request as it was at `version`; None where nobody had it open."""

    reference: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStep(TransferAct):
    """The answer to one question, as plain values; `rules.checked_answer` says which."""

    step: TransferStep
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTransfer(TransferAct):
    """Send a request whose every question is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTransfer(TransferAct):
    """Take a request back; no reason is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayChanged(TransferAct):
    """Tell the home trust that something about one's health has changed."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyInformation(TransferAct):
    """Answer a clinician's question."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForOtherClinician(TransferAct):
    """Ask that somebody else looks at a request found not suitable."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay(TransferAct):
    """Stay at the home hospital: no decline, and no reason is needed."""

    reason: str = "not_said"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseStay(TransferAct):
    """Look at the options again after choosing to stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHomeDate(TransferAct):
    """Say whether a date at the home hospital is taken, or the search goes on."""

    takes_it: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAgain(TransferAct):
    """Wake a request that rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSearch(TransferAct):
    """Give a search more days than its 56, with why and that the patient agrees."""

    days: int
    why: str
    patient_agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCall(TransferAct):
    """Write down the call that comes before options lapse."""

    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTransfer(TransferAct):
    """A clinician's decision.

    Suitable: what to match, every value from `service` on. Not suitable: `reason`, a code of
    `ReasonFor.REVIEW`. More information: `question`. An ASA or BMI of None is not known.
    """

    outcome: ReviewOutcome
    reason: str | None = None
    question: str = ""
    service: str | None = None
    stage: Stage | None = None
    setting: Setting | None = None
    procedure_group: str | None = None
    priority_code: str | None = None
    asa: int | None = None
    asa_on: date | None = None
    bmi: float | None = None
    bmi_on: date | None = None
    critical_care: CriticalCare = CriticalCare.NONE
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearChange(TransferAct):
    """Say, as a clinician, that the search may go on after something has changed."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCaller:
    """Somebody on the phone: the code of their letter or their NHS number, and their date of birth."""

    date_of_birth: date = field(repr=False)
    code: str = field(default="", repr=False)
    nhs_number: str = field(default="", repr=False)
