"""How many tries, how long a lock, how long a sign-in lives, and what it still lacks."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from dmas.accounts.vocabulary import SignInStep, Standing
from dmas.core.actors import Role

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)

# Whole hospitals share one address, so far more may fail there than at one account.
MOST_FAILURES_OF_SOURCE = 100
SOURCE_WINDOW = timedelta(minutes=15)

IDLE_LIMIT = timedelta(minutes=30)
IDLE_LIMIT_NATIONAL = timedelta(minutes=15)
LONGEST = timedelta(hours=10)
TOUCH_EVERY = timedelta(minutes=1)
LINK_LASTS = timedelta(hours=24)

REFUSED = "The email address or password is wrong, or the account is locked. Check both, or wait 15 minutes."
WELCOME_PATH = "/welcome/"


def fingerprint(secret: str) -> str:
    """Return what is stored of a 256-bit secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def link_address(base_url: str, secret: str) -> str:
    """Return the address of a one-time link."""
    return f"{base_url.rstrip('/')}{WELCOME_PATH}{quote(secret, safe='')}"


def window_start(now: datetime) -> datetime:
    """Return when the window began in which a source's failures are counted together."""
    seconds = int(SOURCE_WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)


def idle_limit(role: Role | None) -> timedelta:
    """Return how long a sign-in may rest; short for who can do most, and until a role is chosen."""
    return IDLE_LIMIT_NATIONAL if role in (None, Role.NATIONAL_ADMINISTRATOR) else IDLE_LIMIT


def is_alive(
    *,
    ended_at: datetime | None,
    last_seen_at: datetime,
    expires_at: datetime,
    role: Role | None,
    now: datetime,
) -> bool:
    """Say whether a sign-in still opens doors: not ended, not too long idle, not too old."""
    return ended_at is None and now < expires_at and now - last_seen_at < idle_limit(role)


def needs_touch(last_seen_at: datetime, now: datetime) -> bool:
    """Say whether the time of last use is old enough to be written again."""
    return now - last_seen_at >= TOUCH_EVERY


def steps(*, second_factor: bool) -> tuple[SignInStep, ...]:
    """Return the steps of signing in under these settings, in order."""
    asked = (SignInStep.SECOND_FACTOR,) if second_factor else ()
    return (SignInStep.PASSWORD, *asked, SignInStep.MEMBERSHIP)


def next_step(
    *, second_factor: bool, second_factor_at: datetime | None, has_membership: bool
) -> SignInStep | None:
    """Return what a sign-in that has passed the password still lacks, or None when it is complete."""
    done = {
        SignInStep.PASSWORD: True,
        SignInStep.SECOND_FACTOR: second_factor_at is not None,
        SignInStep.MEMBERSHIP: has_membership,
    }
    return next((step for step in steps(second_factor=second_factor) if not done[step]), None)


def standing(
    *, disabled_at: datetime | None, locked_until: datetime | None, has_password: bool, now: datetime
) -> Standing:
    """Return how an account stands."""
    if disabled_at is not None:
        return Standing.DISABLED
    if locked_until is not None and now < locked_until:
        return Standing.LOCKED
    return Standing.ACTIVE if has_password else Standing.INVITED
