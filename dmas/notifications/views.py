"""The outbox as a national administrator sees it: what waits, what failed, and sending it again."""

from __future__ import annotations

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.notifications import presenters, queries, services
from dmas.notifications.forms import ResendForm
from dmas.notifications.vocabulary import MessageState
from dmas.web import access, pages

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/admin/outbox")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def outbox() -> ResponseReturnValue:
    """List the messages, newest first, and how the outbox stands."""
    actor, listing, now = access.current_actor(), presenters.OUTBOX.listing(), pages.now()
    state = listing.value("state")
    with pages.transaction() as session:
        standing = queries.standing(session, actor, now)
        rows, total = queries.page(
            session,
            actor,
            state=MessageState(state) if state else None,
            template=listing.value("template"),
            limit=listing.limit,
            offset=listing.offset,
        )
    listing = listing.filled(rows, total)
    if listing.wants_csv:
        return listing.csv("messages")
    return pages.render(
        "notifications/outbox.html", listing=listing, figures=presenters.figures(standing, now)
    )


@blueprint.get("/admin/outbox/<uuid:message_id>")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def message(message_id: uuid.UUID) -> ResponseReturnValue:
    """Show one message and, where it was given up, a button that sends it again."""
    with pages.transaction() as session:
        found = queries.get(session, access.current_actor(), message_id)
    return pages.render(
        "notifications/message.html",
        message_id=found.id,
        subject=presenters.subject(found),
        facts=presenters.facts(found),
        resend=ResendForm() if queries.state_of(found) is MessageState.DEAD else None,
    )


@blueprint.post("/admin/outbox/<uuid:message_id>/resend")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def resend(message_id: uuid.UUID) -> ResponseReturnValue:
    """Let a message that was given up be tried again."""
    with pages.once(ResendForm()) as step:
        services.resend(step.session, message_id, actor=access.current_actor(), now=step.now)
        step.outcome = url_for("notifications.message", message_id=message_id)
        step.notice = "The message goes with the next delivery, within a minute."
    return pages.go(step)
