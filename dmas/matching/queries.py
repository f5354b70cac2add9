"""Runs and their outcomes, as the acting person may see them."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.matching.models import MatchRun, MatchRunFile, Outcome
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest, RequestLine


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which outcomes an actor may read: those of the requests they may read."""
    return Outcome.request_id.in_(select(CareRequest.id).where(requests.visible_to(actor)))


def runs(session: Session, *, limit: int, offset: int) -> tuple[Sequence[MatchRun], int]:
    """Return a page of nights, newest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(MatchRun)) or 0
    page = session.scalars(
        select(MatchRun).order_by(MatchRun.service_date.desc()).limit(limit).offset(offset)
    ).all()
    return page, total


def run_of(session: Session, service_date: date) -> MatchRun:
    """Return the night of a date, or raise NotFound."""
    run = session.scalar(select(MatchRun).where(MatchRun.service_date == service_date))
    if run is None:
        raise NotFound("No night was run for that date.")
    return run


def kept_files(session: Session, run: MatchRun) -> tuple[bytes, bytes]:
    """Return the problem and the solution of a run as they were solved and checked; raise NotFound.

    Only the nation and the exchange's own jobs may read them.
    """
    kept = session.get(MatchRunFile, run.id)
    if kept is None:
        raise NotFound("No plan was kept for that night.")
    return zlib.decompress(kept.problem), zlib.decompress(kept.solution)


def night_before(session: Session, service_date: date) -> MatchRun | None:
    """Return the last applied night before a date."""
    return session.scalar(
        select(MatchRun)
        .where(MatchRun.service_date < service_date, MatchRun.status == "applied")
        .order_by(MatchRun.service_date.desc())
        .limit(1)
    )


def latest(session: Session) -> MatchRun | None:
    """Return the last applied night."""
    return session.scalar(
        select(MatchRun).where(MatchRun.status == "applied").order_by(MatchRun.service_date.desc()).limit(1)
    )


def by_service(session: Session, actor: Actor, run_id: uuid.UUID) -> Sequence[Row[str, int, int]]:
    """Return (service, wanted, served) of a night's outcomes the actor may read, most wanted first."""
    wanted, served = func.sum(Outcome.wanted), func.sum(Outcome.served)
    return session.execute(
        select(CareRequest.service, wanted.label("wanted"), served.label("served"))
        .join(CareRequest, CareRequest.id == Outcome.request_id)
        .where(Outcome.run_id == run_id, visible_to(actor))
        .group_by(CareRequest.service)
        .order_by(wanted.desc(), CareRequest.service)
    ).all()


def by_region(session: Session, actor: Actor, run_id: uuid.UUID) -> Sequence[Row[str, int, int]]:
    """Return (region code, wanted, served) of a night's outcomes the actor may read."""
    return session.execute(
        select(
            CareRequest.region_code,
            func.sum(Outcome.wanted).label("wanted"),
            func.sum(Outcome.served).label("served"),
        )
        .join(CareRequest, CareRequest.id == Outcome.request_id)
        .where(Outcome.run_id == run_id, visible_to(actor))
        .group_by(CareRequest.region_code)
        .order_by(CareRequest.region_code)
    ).all()


def outcomes_of(session: Session, actor: Actor, request_id: uuid.UUID) -> Sequence[Row[Any]]:
    """Return the last night's outcome of each line of a request, by line number."""
    newest = select(func.max(Outcome.service_date)).where(Outcome.request_id == request_id).scalar_subquery()
    return session.execute(
        select(
            CareRequest.reference,
            RequestLine.number,
            Outcome.service_date,
            Outcome.wanted,
            Outcome.served,
            Outcome.code,
            Outcome.details,
        )
        .join(RequestLine, RequestLine.id == Outcome.line_id)
        .join(CareRequest, CareRequest.id == Outcome.request_id)
        .where(Outcome.request_id == request_id, Outcome.service_date == newest, visible_to(actor))
        .order_by(RequestLine.number)
    ).all()
