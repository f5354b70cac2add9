"""What can be done with accounts. Every service flushes and none commits."""

from dmas.accounts.services.attempts import (
    Attempt,
    accept_attempt,
    clean_email,
    count_attempt,
    count_own_attempt,
    settle_attempt,
    source_is_exhausted,
)
from dmas.accounts.services.links import change_password, make_link_for, set_password
from dmas.accounts.services.passwords import make_hash, matches
from dmas.accounts.services.people import (
    Invitation,
    change_role,
    disable,
    enable,
    end_membership,
    end_sign_ins,
    invite,
)
from dmas.accounts.services.sign_ins import (
    JOB,
    end_own_sign_in,
    end_sign_in,
    start_sign_in,
    switch_membership,
    touch,
)

__all__ = [
    "JOB",
    "Attempt",
    "Invitation",
    "accept_attempt",
    "change_password",
    "change_role",
    "clean_email",
    "count_attempt",
    "count_own_attempt",
    "disable",
    "enable",
    "end_membership",
    "end_own_sign_in",
    "end_sign_in",
    "end_sign_ins",
    "invite",
    "make_hash",
    "make_link_for",
    "matches",
    "set_password",
    "settle_attempt",
    "source_is_exhausted",
    "start_sign_in",
    "switch_membership",
    "touch",
]
