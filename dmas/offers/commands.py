"""What someone wants done with an offer, as data."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Notice, Pathway, Setting, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """Everything about an offer that may be amended: dates, places, limits, procedures and particulars.

    `no_asa_limit` and `no_bmi_limit` say on purpose that there is no limit; a blank limit says nothing.
    """

    window_from: date
    window_to: date
    places: int
    additionality: str
    notice: str = Notice.STANDARD
    lists: int | None = None
    any_procedure: bool = True
    procedure_groups: tuple[str, ...] = ()
    excluded_groups: tuple[str, ...] = ()
    gives_treatment: bool | None = None
    follow_on_weeks: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    max_asa: int | None = None
    no_asa_limit: bool = False
    max_bmi: float | None = None
    no_bmi_limit: bool = False
    critical_care: str | None = None
    sex: str | None = None
    limit_reason: str | None = None
    accepts_regions: tuple[str, ...] = ()
    accepts_icbs: tuple[str, ...] = ()
    accepts_reason: str | None = None
    tokens: tuple[str, ...] = ()
    pre_assessment_by: str | None = None
    follow_up_by: str | None = None
    consultant: str = ""
    notes: str = ""


TERM_NAMES = tuple(item.name for item in fields(OfferTerms))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferKind:
    """What an offer is; it never changes: another kind is another offer."""

    service: str
    setting: str
    stage: str | None
    basis: str = Basis.WHOLE_PATHWAY
    contract_basis: str = ContractBasis.NHS_PROVIDER
    pathway: str = Pathway.ELECTIVE

    @property
    def is_first_appointment(self) -> bool:
        """Say whether people join at their first outpatient appointment."""
        return self.stage == Stage.FIRST_OUTPATIENT

    @property
    def is_admitted(self) -> bool:
        """Say whether people are admitted, for a day or longer."""
        return self.setting in (Setting.DAY_CASE, Setting.INPATIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffer:
    """Put capacity on the exchange at a site of one's own; `copied_from` is a reference."""

    site_code: str
    kind: OfferKind
    terms: OfferTerms
    copied_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOffer:
    """Change the terms of an offer as it was at `version`."""

    reference: str
    version: int
    terms: OfferTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferStep:
    """A step with an offer as it was at `version`; None where a job takes it whatever the version."""

    reference: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonedStep(OfferStep):
    """A step that needs a coded reason, and a note where the reason is another one."""

    reason: str
    note: str = field(default="")


class WithdrawOffer(ReasonedStep):
    """Take an offer back; held places are released."""

    __slots__ = ()


class SuspendOffer(ReasonedStep):
    """Pause an offer: nothing new is matched or taken until it is resumed."""

    __slots__ = ()


class ReturnOffer(ReasonedStep):
    """Send an offer that awaits approval back to its provider."""

    __slots__ = ()


class ResumeOffer(OfferStep):
    """Let a paused offer run again."""

    __slots__ = ()


class CloseOffer(OfferStep):
    """Take nothing more on an offer; what is held or taken goes on."""

    __slots__ = ()


class ApproveOffer(OfferStep):
    """Open an offer that awaits its ICB."""

    __slots__ = ()


class ConfirmOffer(OfferStep):
    """Say that an offer is still true."""

    __slots__ = ()
