"""How long a sign-in lives, what it still lacks, and how an account stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from dmas.accounts.rules import sign_ins
from dmas.accounts.vocabulary import SignInStep, Standing
from dmas.core.actors import Role

NOW = datetime(2026, 11, 21, 18, 7, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def alive(
    *, role: Role | None = Role.BOOKING_CLERK, idle: timedelta, left: timedelta, ended: bool = False
) -> bool:
    return sign_ins.is_alive(
        ended_at=NOW if ended else None, last_seen_at=NOW - idle, expires_at=NOW + left, role=role, now=NOW
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NATIONAL_ADMINISTRATOR])
def test_half_an_hour_idle_ends_a_sign_in(role: Role) -> None:
    assert alive(role=role, idle=timedelta(minutes=30) - SECOND, left=SECOND)
    assert not alive(role=role, idle=timedelta(minutes=30), left=SECOND)


@pytest.mark.parametrize("role", [Role.NATIONAL_ADMINISTRATOR, None])
def test_a_quarter_of_an_hour_for_who_can_do_most_or_has_not_chosen(role: Role | None) -> None:
    assert alive(role=role, idle=timedelta(minutes=15) - SECOND, left=SECOND)
    assert not alive(role=role, idle=timedelta(minutes=15), left=SECOND)


def test_age_and_ending_end_it_too() -> None:
    assert not alive(idle=timedelta(), left=timedelta())
    assert not alive(idle=timedelta(), left=timedelta(hours=1), ended=True)


def test_use_is_written_once_a_minute() -> None:
    assert not sign_ins.needs_touch(NOW - timedelta(seconds=59), NOW)
    assert sign_ins.needs_touch(NOW - timedelta(seconds=60), NOW)


def test_steps_are_data() -> None:
    password, second, membership = SignInStep.PASSWORD, SignInStep.SECOND_FACTOR, SignInStep.MEMBERSHIP
    assert sign_ins.steps(second_factor=False) == (password, membership)
    assert sign_ins.steps(second_factor=True) == (password, second, membership)


@pytest.mark.parametrize(
    ("asked", "given", "chosen", "lacks"),
    [
        (False, False, True, None),
        (False, False, False, SignInStep.MEMBERSHIP),
        (True, False, True, SignInStep.SECOND_FACTOR),
        (True, False, False, SignInStep.SECOND_FACTOR),
        (True, True, False, SignInStep.MEMBERSHIP),
        (True, True, True, None),
    ],
)
def test_what_a_sign_in_still_lacks(asked: bool, given: bool, chosen: bool, lacks: SignInStep | None) -> None:
    found = sign_ins.next_step(
        second_factor=asked, second_factor_at=NOW if given else None, has_membership=chosen
    )
    assert found == lacks


@pytest.mark.parametrize(
    ("disabled", "locked_for", "has_password", "expected"),
    [
        (False, None, True, Standing.ACTIVE),
        (False, 0, True, Standing.ACTIVE),
        (False, 1, True, Standing.LOCKED),
        (False, None, False, Standing.INVITED),
        (True, 1, True, Standing.DISABLED),
    ],
)
def test_standing(disabled: bool, locked_for: int | None, has_password: bool, expected: Standing) -> None:
    found = sign_ins.standing(
        disabled_at=NOW if disabled else None,
        locked_until=None if locked_for is None else NOW + timedelta(seconds=locked_for),
        has_password=has_password,
        now=NOW,
    )
    assert found is expected
    assert found.label


def test_windows_are_quarters_of_an_hour() -> None:
    assert sign_ins.window_start(NOW) == datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    assert sign_ins.window_start(datetime(2026, 11, 21, 18, 15, tzinfo=UTC)) == datetime(
        2026, 11, 21, 18, 15, tzinfo=UTC
    )


def test_only_a_fingerprint_is_stored() -> None:
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of "abc"
    assert sign_ins.fingerprint("abc") == known
    assert re.fullmatch("[0-9a-f]{64}", sign_ins.fingerprint("\udcff"))


def test_the_address_of_a_link() -> None:
    assert sign_ins.link_address("https://dmas.example/", "a_b-1") == "https://dmas.example/welcome/a_b-1"
    assert sign_ins.link_address("https://dmas.example", "a/b") == "https://dmas.example/welcome/a%2Fb"
