"""What can be done with waits: extracts, invitations, visits, the register of choice and dated rules."""

from dmas.waitinglist.rules.codes import code_of
from dmas.waitinglist.services.extracts import (
    apply_extract,
    check_extract,
    confirm_still_true,
    receive_extract,
    take_extract,
)
from dmas.waitinglist.services.inviting import invite, replace_invitation, send_lost_code
from dmas.waitinglist.services.visits import JOB, end_visit, sign_in, touch

__all__ = [
    "JOB",
    "apply_extract",
    "check_extract",
    "code_of",
    "confirm_still_true",
    "end_visit",
    "invite",
    "receive_extract",
    "replace_invitation",
    "send_lost_code",
    "sign_in",
    "take_extract",
    "touch",
]
