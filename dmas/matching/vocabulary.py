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
