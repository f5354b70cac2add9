"""Whose request a page is about: one's own under /transfer, a caller's under /on-behalf/REFERENCE."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Role
from dmas.core.db import acting_for_all
from dmas.core.errors import NotFound
from dmas.requests import loading, queries
from dmas.requests.loading import Journey
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, pages

blueprint = Blueprint("journey", __name__, template_folder="../templates")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one journey's pages are, and what they are about."""

    base: str
    on_behalf: bool
    found: Journey

    def path(self, name: str) -> str:
        """Return the address of one of the journey's pages."""
        return f"{self.base}/{name}"

    def about(self, transfer: TransferRequest) -> Place:
        """Return the same place for a request that has just begun."""
        return replace(self, base=f"/on-behalf/{transfer.reference}") if self.on_behalf else self

    @property
    def transfer(self) -> TransferRequest:
        """Return the newest request; raise NotFound where nothing has been asked yet."""
        if self.found.transfer is None:
            raise NotFound("Nothing has been asked yet. Start at the beginning.")
        return self.found.transfer

    @property
    def version(self) -> int | None:
        """Return the version of the request that a form is opened at, None before there is one."""
        return self.found.open_transfer.version if self.found.open_transfer else None

    @property
    def tracked(self) -> str:
        """Return where the request can be followed: once care has moved, where the new hospital is named."""
        moved = self.found.transfer is not None and self.found.transfer.status == TransferStatus.TRANSFERRED
        return self.path("track" if moved else "sent")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose journey a page opens: one's own, or the caller's with a reference."""

    reference: str | None = None

    def open(self, session: Session) -> Place:
        """Read the journey; on behalf only after the identity was checked, and on record."""
        actor = access.current_actor()
        if self.reference is None:
            return Place("/transfer", False, loading.journey(session, actor, uuid.UUID(current_user.about)))
        transfer = queries.transfer(session, actor, self.reference)
        queries.require_identity(session, actor, transfer, pages.now())
        with acting_for_all(session, "helpline"):
            found = loading.journey_of(session, transfer)
        audit.record_view(
            session, transfer, "transfer_request.viewed_on_behalf", actor=actor, now=pages.now()
        )
        return Place(f"/on-behalf/{transfer.reference}", True, found)


def read(whose: Whose) -> Place:
    """Read a journey in a transaction of its own."""
    with pages.transaction() as session:
        return whose.open(session)


View = Callable[..., ResponseReturnValue]


def both(rule: str, *methods: str, on: Blueprint = blueprint) -> Callable[[View], View]:
    """Put a page at two addresses: the patient's own, and the helpline's on their behalf."""

    def decorate(view: View) -> View:
        @access.patient
        def own(**values: Any) -> ResponseReturnValue:
            return view(Whose(), **values)

        @access.staff(Role.HELPLINE_AGENT)
        def on_behalf(reference: str, **values: Any) -> ResponseReturnValue:
            return view(Whose(reference), **values)

        name, listed = view.__name__, list(methods or ("GET",))
        on.add_url_rule(f"/transfer{rule}", name, own, methods=listed)
        on.add_url_rule(f"/on-behalf/<reference>{rule}", f"{name}_on_behalf", on_behalf, methods=listed)
        return view

    return decorate
