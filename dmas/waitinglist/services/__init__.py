"""What can be done with waits: extracts, invitations, visits, the register of choice and dated rules."""

from dmas.waitinglist.rules.codes import code_of
from dmas.waitinglist.services.inviting import invite, replace_invitation, send_lost_code
from dmas.waitinglist.services.visits import JOB, end_visit, sign_in, touch

__all__ = [
    "JOB",
    "code_of",
    "end_visit",
    "invite",
    "replace_invitation",
    "send_lost_code",
    "sign_in",
    "touch",
]
