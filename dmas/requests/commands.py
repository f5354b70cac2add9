"""What someone wants done with a request for help, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dmas.catalogue.vocabulary.arrangements import Basis, CriticalCare, Pathway, Setting, Sex, Stage


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
