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
