"""How care may be arranged: pathway, basis, stage, setting, and the few closed lists beside them."""

from __future__ import annotations

from enum import StrEnum


class Pathway(StrEnum):
    """Which of the two pathways a record is on."""

    ELECTIVE = "elective"
    DIAGNOSTIC = "diagnostic"


class Basis(StrEnum):
    """What moves, who reports it and when it ends."""

    WHOLE_PATHWAY = "whole_pathway"
    SUBCONTRACTED = "subcontracted"
    TEST_ONLY = "test_only"
    INSOURCED = "insourced"

    @property
    def label(self) -> str:
        """Return the arrangement as people say it."""
        return BASIS_LABELS[self]


BASIS_LABELS = {
    Basis.WHOLE_PATHWAY: "Whole pathway",
    Basis.SUBCONTRACTED: "Subcontracted episode",
    Basis.TEST_ONLY: "Test only",
    Basis.INSOURCED: "Insourced team",
}


class Stage(StrEnum):
    """Where on the pathway the person joins."""

    FIRST_OUTPATIENT = "first_outpatient"
    DECISION_TO_ADMIT = "decision_to_admit"

    @property
    def label(self) -> str:
        """Return the stage as people say it."""
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.FIRST_OUTPATIENT: "First outpatient appointment",
    Stage.DECISION_TO_ADMIT: "Decision to admit made",
}


class Setting(StrEnum):
    """Where the care is given; matching is by exact setting."""

    OUTPATIENT = "outpatient"
    DAY_CASE = "day_case"
    INPATIENT = "inpatient"
    DIAGNOSTIC = "diagnostic"

    @property
    def label(self) -> str:
        """Return the setting as people say it."""
        return SETTING_LABELS[self]


SETTING_LABELS = {
    Setting.OUTPATIENT: "Outpatient",
    Setting.DAY_CASE: "Day case",
    Setting.INPATIENT: "Inpatient",
    Setting.DIAGNOSTIC: "Diagnostic test",
}


class Care(StrEnum):
    """What care is given or asked for, as one question: the stage a person joins at and the setting."""

    FIRST_APPOINTMENT = "first_appointment"
    OUTPATIENT_PROCEDURE = "outpatient_procedure"
    DAY_CASE = "day_case"
    INPATIENT = "inpatient"

    @property
    def label(self) -> str:
        """Return the care as people say it."""
        return _CARE[self][2]

    @property
    def stage(self) -> Stage:
        """Return the stage a person joins at."""
        return _CARE[self][0]

    @property
    def setting(self) -> Setting:
        """Return where the care is given."""
        return _CARE[self][1]

    @classmethod
    def of(cls, stage: str | None, setting: str) -> Care | None:
        """Return the care of a stage and a setting, or None where the two do not go together."""
        return next((care for care in cls if (care.stage, care.setting) == (stage, setting)), None)


_CARE = {
    Care.FIRST_APPOINTMENT: (Stage.FIRST_OUTPATIENT, Setting.OUTPATIENT, "First outpatient appointment"),
    Care.OUTPATIENT_PROCEDURE: (Stage.DECISION_TO_ADMIT, Setting.OUTPATIENT, "Outpatient procedure"),
    Care.DAY_CASE: (Stage.DECISION_TO_ADMIT, Setting.DAY_CASE, "Day case surgery"),
    Care.INPATIENT: (Stage.DECISION_TO_ADMIT, Setting.INPATIENT, "Inpatient surgery"),
}


class Sex(StrEnum):
    """The two values a clinical limit may name."""

    FEMALE = "F"
    MALE = "M"


class CriticalCare(StrEnum):
    """The highest level of critical care on the site."""

    NONE = "none"
    LEVEL_2 = "2"
    LEVEL_3 = "3"


class Notice(StrEnum):
    """How much notice an offer's dates leave a patient."""

    STANDARD = "standard"
    SHORT = "short"


class ContractBasis(StrEnum):
    """Under which contract a provider gives the care."""

    NHS_PROVIDER = "nhs_provider"
    STANDARD_CONTRACT = "standard_contract"
    NEW_CONTRACT = "new_contract"
    SUBCONTRACT = "subcontract"
    INSOURCING = "insourcing"

    @property
    def label(self) -> str:
        """Return the contract basis as people say it."""
        return CONTRACT_LABELS[self]

    @property
    def needs_approval(self) -> bool:
        """Say whether an offer on this basis waits for its ICB before it opens."""
        return self in {ContractBasis.NEW_CONTRACT, ContractBasis.SUBCONTRACT, ContractBasis.INSOURCING}


CONTRACT_LABELS = {
    ContractBasis.NHS_PROVIDER: "NHS provider's own capacity (mutual aid)",
    ContractBasis.STANDARD_CONTRACT: "Existing NHS Standard Contract (patient choice)",
    ContractBasis.NEW_CONTRACT: "New contract",
    ContractBasis.SUBCONTRACT: "Subcontract of a trust",
    ContractBasis.INSOURCING: "Insourcing contract",
}
