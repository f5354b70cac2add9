"""What can be done with an offer: each checks who acts, writes one audit event and never commits."""

from dmas.offers.services.capacity import give_back, hold, release, take
from dmas.offers.services.decisions import approve, return_to_provider
from dmas.offers.services.posting import amend, confirm_still_true, kind_of, post, terms_of
from dmas.offers.services.stopping import (
    close,
    expire_stale,
    remind_unconfirmed,
    resume,
    suspend,
    withdraw,
)

__all__ = [
    "amend",
    "approve",
    "close",
    "confirm_still_true",
    "expire_stale",
    "give_back",
    "hold",
    "kind_of",
    "post",
    "release",
    "remind_unconfirmed",
    "resume",
    "return_to_provider",
    "suspend",
    "take",
    "terms_of",
    "withdraw",
]
