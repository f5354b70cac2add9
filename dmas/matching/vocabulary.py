"""The states of a night's run and the reasons it leaves."""

from __future__ import annotations

from enum import StrEnum


class RunStatus(StrEnum):
    """How far a night has come."""

    CLAIMED = "claimed"
    PLANNED = "planned"
    CHECKED = "checked"
    APPLIED = "applied"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return {
            "claimed": "Under way",
            "planned": "Planned, not yet checked",
            "checked": "Checked, not yet applied",
            "applied": "Applied",
            "refused": "Refused by the check: nothing applied",
            "failed": "Failed: nothing applied",
        }[self.value]


RULES_VERSION = "2026-11"

# A patient's search: their own ICB from day 0 to this day, then as far as they said.
PATIENT_RING_DAYS = 7
# An ASA grade or BMI older than this counts as not known.
MEASURE_DAYS = 180
# Options of one patient, the first included: usually, and where everybody alike has found a place.
USUAL_OPTIONS = 3
OPTIONS_WHERE_SLACK = 5


class LeftOut(StrEnum):
    """Why a patient's request that searches took no part in a night, beside what the waiting list says."""

    CHANGED = "changed"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """Return the reason in words for staff."""
        return {
            "changed": "Something has changed in the patient's health: a clinician looks first",
            "urgent": "The priority is too urgent, or postponed, for a patient's own request",
        }[self.value]
