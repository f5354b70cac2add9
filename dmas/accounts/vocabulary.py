"""The words of accounts: what a link is for, the steps of signing in, and how a person's account stands."""

from __future__ import annotations

from enum import StrEnum

SERVICE_NAME = "dmas"


class LinkPurpose(StrEnum):
    """Why a one-time link was made."""

    INVITATION = "invitation"
    RESET = "reset"


class SignInStep(StrEnum):
    """What somebody who signs in is asked for, in this order."""

    PASSWORD = "password"  # noqa: S105 the name of a step, not a secret
    SECOND_FACTOR = "second_factor"
    MEMBERSHIP = "membership"


class Standing(StrEnum):
    """How a person's account stands."""

    ACTIVE = "active"
    INVITED = "invited"
    LOCKED = "locked"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """Return the standing as people say it."""
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.ACTIVE: "Active",
    Standing.INVITED: "Invited",
    Standing.LOCKED: "Locked",
    Standing.DISABLED: "Disabled",
}
