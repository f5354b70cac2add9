"""The states of a hand-over."""

from __future__ import annotations

from enum import StrEnum


class TransferStatus(StrEnum):
    """How far an agreed move has come."""

    PREPARING = "preparing"
    SENT = "sent"
    CONFIRMED = "confirmed"
    DATED = "dated"
    TREATED = "treated"
    RETURNED = "returned"
    RE_REGISTERED = "re_registered"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    TransferStatus.PREPARING: "Preparing the hand-over",
    TransferStatus.SENT: "Sent to the receiver",
    TransferStatus.CONFIRMED: "Confirmed by the receiver",
    TransferStatus.DATED: "Date given",
    TransferStatus.TREATED: "Treated",
    TransferStatus.RETURNED: "Returned: home trust to re-register",
    TransferStatus.RE_REGISTERED: "Back on the home list, original clock",
    TransferStatus.CANCELLED: "Cancelled before it was sent",
}

# A live transfer: the person is on the way and cannot be named again.
LIVE = frozenset(
    {TransferStatus.PREPARING, TransferStatus.SENT, TransferStatus.CONFIRMED, TransferStatus.DATED}
)
# A transfer in one of these takes one place of its offer.
TAKES_PLACE = LIVE | {TransferStatus.TREATED}

SEND_WORKING_DAYS = 2
CONFIRM_WORKING_DAYS = 3
RE_REGISTER_WORKING_DAYS = 2
