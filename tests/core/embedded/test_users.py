"""Counting users by locks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dmas.core.embedded.errors import EmbeddedServerError
from dmas.core.embedded.users import Registration, exclusive


def test_only_the_last_user_is_told_so(tmp_path: Path) -> None:
    first, second = Registration(tmp_path / "users"), Registration(tmp_path / "users")
    first.enter()
    second.enter()
    assert not first.was_last()
    first.close()
    assert second.was_last()
    second.close()


def test_a_user_who_left_holds_nothing_back(tmp_path: Path) -> None:
    first = Registration(tmp_path / "users")
    first.enter()
    assert first.was_last()
    first.close()
    second = Registration(tmp_path / "users")
    second.enter()
    second.close()


def test_a_lock_that_is_never_given_back_is_named(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "lock"),
        pytest.raises(EmbeddedServerError, match="lock"),
        exclusive(tmp_path / "lock", patience=0.05),
    ):
        pass
    with exclusive(tmp_path / "lock", patience=0.05):
        pass
