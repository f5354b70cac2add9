"""Codes: made again from the invitation, forgiving of how they are typed, stored as a hash."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from dmas.waitinglist.rules import codes

KEY = "a-secret-of-the-tests-with-many-letters-0123456789"
NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def test_a_code_is_the_same_each_time_and_another_for_each_invitation_and_key() -> None:
    one, other = uuid.UUID(int=1), uuid.UUID(int=2)
    assert codes.code_of(one, KEY) == codes.code_of(one, KEY)
    assert len({codes.code_of(one, KEY), codes.code_of(other, KEY), codes.code_of(one, KEY[::-1])}) == 3


def test_a_code_is_three_groups_of_four_without_signs_that_look_alike() -> None:
    for number in range(200):
        code = codes.code_of(uuid.UUID(int=number), KEY)
        assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code)


@pytest.mark.parametrize(
    "typed", ["abcd-efgh-jklm", " ABCD EFGH JKLM ", "ABCDEFGHJKLM", "abcd\u2013efgh.jklm"]
)
def test_however_it_is_typed_the_hash_is_the_same(typed: str) -> None:
    assert codes.code_hash(typed) == codes.code_hash("ABCD-EFGH-JKLM")


def test_nothing_of_a_code_stands_in_its_hash() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", codes.code_hash("ABCD-EFGH-JKLM"))


def test_a_visit_lives_half_an_hour_idle_and_ten_hours_at_most() -> None:
    def alive(*, idle: int, ended: datetime | None = None, left: int = 60) -> bool:
        return codes.is_alive(
            ended_at=ended,
            last_seen_at=NOW - timedelta(minutes=idle),
            expires_at=NOW + timedelta(minutes=left),
            now=NOW,
        )

    assert alive(idle=29)
    assert not alive(idle=30)
    assert not alive(idle=1, left=0)
    assert not alive(idle=1, ended=NOW)


def test_use_is_written_once_a_minute() -> None:
    assert codes.needs_touch(NOW - timedelta(minutes=1), NOW)
    assert not codes.needs_touch(NOW - timedelta(seconds=59), NOW)
