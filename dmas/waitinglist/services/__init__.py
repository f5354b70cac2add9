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
from dmas.waitinglist.services.register import answer_choice, ask_for_choice
from dmas.waitinglist.services.thresholds import check_rule, propose_rule, sign_rule
from dmas.waitinglist.services.visits import JOB, end_visit, sign_in, touch

__all__ = [
    "JOB",
    "answer_choice",
    "apply_extract",
    "ask_for_choice",
    "check_extract",
    "check_rule",
    "code_of",
    "confirm_still_true",
    "end_visit",
    "invite",
    "propose_rule",
    "receive_extract",
    "replace_invitation",
    "send_lost_code",
    "sign_in",
    "sign_rule",
    "take_extract",
    "touch",
]
