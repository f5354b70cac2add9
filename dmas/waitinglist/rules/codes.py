"""The code in a letter: made again from the invitation whenever it is printed, stored only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from dmas.waitinglist.vocabulary import LOCKED_FOR_MINUTES, VISIT_HOURS, VISIT_MINUTES

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs without 0, O, 1 and I
LENGTH, GROUP = 12, 4

LOCKED_FOR = timedelta(minutes=LOCKED_FOR_MINUTES)
IDLE_LIMIT = timedelta(minutes=VISIT_MINUTES)
LONGEST = timedelta(hours=VISIT_HOURS)
TOUCH_EVERY = timedelta(minutes=1)

REFUSED = (
    "The code or the date of birth is wrong, or the code cannot be used any more."
    " Check both, or ask for a new code."
)


def code_of(invitation_id: uuid.UUID, secret_key: str) -> str:
    """Return an invitation's code as it is printed, such as `ABCD-EFGH-JKLM`: 60 bits, keyed."""
    digest = hmac.new(secret_key.encode(), b"invitation:" + invitation_id.bytes, hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big")
    signs = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def plain(typed: str) -> str:
    """Return a code as typed, without spaces and hyphens and in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def fingerprint(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def code_hash(code: str) -> str:
    """Return what is stored of a code, however it was typed."""
    return fingerprint(plain(code))


def is_alive(
    *, ended_at: datetime | None, last_seen_at: datetime, expires_at: datetime, now: datetime
) -> bool:
    """Say whether a patient's sign-in still opens doors: not ended, not too long idle, not too old."""
    return ended_at is None and now < expires_at and now - last_seen_at < IDLE_LIMIT


def needs_touch(last_seen_at: datetime, now: datetime) -> bool:
    """Say whether the time of last use is old enough to be written again."""
    return now - last_seen_at >= TOUCH_EVERY
