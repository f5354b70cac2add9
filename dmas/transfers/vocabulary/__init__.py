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
    BOOKED = "booked"
    DONE = "done"
    REPORTED = "reported"
    READ = "read"
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
    TransferStatus.BOOKED: "Test booked",
    TransferStatus.DONE: "Test done",
    TransferStatus.REPORTED: "Report sent",
    TransferStatus.READ: "Report read",
    TransferStatus.RETURNED: "Returned: home trust to re-register",
    TransferStatus.RE_REGISTERED: "Back on the home list, original clock",
    TransferStatus.CANCELLED: "Cancelled before it was sent",
}

# A live transfer: the person is on the way and cannot be named again.
LIVE = frozenset(
    {TransferStatus.PREPARING, TransferStatus.SENT, TransferStatus.CONFIRMED, TransferStatus.DATED}
)
# A test that moves alone and is not over; the pathway itself may move meanwhile.
TESTING = frozenset({TransferStatus.BOOKED, TransferStatus.DONE, TransferStatus.REPORTED})
# A transfer in one of these takes one place of its offer.
TAKES_PLACE = LIVE | TESTING | {TransferStatus.TREATED, TransferStatus.READ}

SEND_WORKING_DAYS = 2
CONFIRM_WORKING_DAYS = 3
RE_REGISTER_WORKING_DAYS = 2
BOOK_WORKING_DAYS = 2
READ_WORKING_DAYS = 5
LONGEST_NAME = 100
LONGEST_MESSAGE = 2000
LONGEST_PHONE = 35


class ImagesSent(StrEnum):
    """How images or traces of a test went to the trust that asked, or why none did."""

    SHARED_ARCHIVE = "shared_archive"
    IMAGE_EXCHANGE = "image_exchange"
    SECURE_MAIL = "secure_mail"
    DISC = "disc"
    NONE = "none"

    @property
    def label(self) -> str:
        """Return the way as people say it."""
        return {
            "shared_archive": "Shared image archive of the imaging network",
            "image_exchange": "Image exchange portal",
            "secure_mail": "Secure mail",
            "disc": "Encrypted disc by courier",
            "none": "This test leaves no images",
        }[self.value]
