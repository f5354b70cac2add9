"""News that goes up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dmas.core import events
from dmas.core.actors import Actor


@dataclass(frozen=True)
class Rang:
    """A bell rang."""

    bell: str


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = dict(events._installed)
    yield
    events.install(before)


def test_listeners_hear_at_once_in_order_all_they_are_told(now: datetime, system: Actor) -> None:
    session, heard = Session(), list[Any]()

    def first(session: Session, event: Rang, *, actor: Actor, now: datetime) -> None:
        heard.append(("first", session, event, actor, now))

    def second(session: Session, event: Rang, *, actor: Actor, now: datetime) -> None:
        heard.append(("second", session, event, actor, now))

    events.install({Rang: [first, second]})
    events.publish(session, Rang("noon"), actor=system, now=now)
    told = (session, Rang("noon"), system, now)
    assert heard == [("first", *told), ("second", *told)]


def test_nobody_need_listen_but_the_event_must_be_listed(now: datetime, system: Actor) -> None:
    events.install({Rang: ()})
    events.publish(Session(), Rang("noon"), actor=system, now=now)
    events.install({})
    with pytest.raises(LookupError, match=r"Rang is not in the list of events \(dmas/wiring.py\)"):
        events.publish(Session(), Rang("noon"), actor=system, now=now)


def test_a_listener_may_refuse_and_later_ones_do_not_hear(now: datetime, system: Actor) -> None:
    heard: list[str] = []

    def refuse(session: Session, event: Rang, *, actor: Actor, now: datetime) -> None:
        raise ValueError("not now")

    def hear(session: Session, event: Rang, *, actor: Actor, now: datetime) -> None:
        heard.append(event.bell)

    events.install({Rang: (refuse, hear)})
    with pytest.raises(ValueError, match="not now"):
        events.publish(Session(), Rang("noon"), actor=system, now=now)
    assert heard == []
