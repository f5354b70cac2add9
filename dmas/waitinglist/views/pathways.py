"""One wait: the person, what the list says, whether they can be invited, and their invitation."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from dmas.core import audit
from dmas.waitinglist import policy, presenters, queries, rules, services
from dmas.waitinglist.commands import InvitePathway, ReplaceInvitation
from dmas.waitinglist.forms import ActForm, FindForm
from dmas.waitinglist.queries import PathwayFilter
from dmas.waitinglist.views.blueprint import blueprint
from dmas.waitinglist.views.coming_in import secret_key
from dmas.web import access, pages


@blueprint.get("/waiting-list/<uuid:pathway_id>")
@access.staff(*policy.READERS)
def pathway(pathway_id: uuid.UUID) -> ResponseReturnValue:
    """Show one wait of one's own list; that it was looked at is written down."""
    return _show(pathway_id, ActForm())


@blueprint.post("/waiting-list/<uuid:pathway_id>/invite")
@access.staff(*policy.INVITERS)
def invite_one(pathway_id: uuid.UUID) -> ResponseReturnValue:
    """Invite one person."""
    actor, form = access.current_actor(), ActForm()
    done = pages.act(
        form,
        lambda step: services.invite(
            step.session, InvitePathway(pathway_id), secret_key=secret_key(), actor=actor, now=step.now
        ),
        outcome=presenters.pathway_path(pathway_id),
        notice="The person is invited. The message is on its way.",
    )
    return done or _show(pathway_id, form)


@blueprint.post("/waiting-list/<uuid:pathway_id>/replace")
@access.staff(*policy.INVITERS)
def replace(pathway_id: uuid.UUID) -> ResponseReturnValue:
    """Send a new code; the old one is worthless from now on."""
    actor, form = access.current_actor(), ActForm()
    done = pages.act(
        form,
        lambda step: services.replace_invitation(
            step.session, ReplaceInvitation(pathway_id), secret_key=secret_key(), actor=actor, now=step.now
        ),
        outcome=presenters.pathway_path(pathway_id),
        notice="A new code is on its way. The old one opens nothing any more.",
    )
    return done or _show(pathway_id, form)


@blueprint.route("/waiting-list/find", methods=["GET", "POST"])
@access.staff(*policy.READERS)
def find() -> ResponseReturnValue:
    """Find people of one's own list by name, NHS number or pathway; nothing typed stands in the address."""
    actor, form, rows = access.current_actor(), FindForm(), None
    if form.validate_on_submit():
        with pages.transaction() as session:
            wanted = PathwayFilter(words=form.words.data)
            rows, _ = queries.listing(session, actor, wanted, today=pages.today(), sort="name")
            people = {row.patient.id: row.patient for row in rows}.values()
            audit.record_views(session, people, "patient.listed", actor=actor, now=pages.now())
    return pages.render("waitinglist/find.html", form, rows=rows, words=presenters, today=pages.today())


def _show(pathway_id: uuid.UUID, form: ActForm) -> ResponseReturnValue:
    actor, today, now = access.current_actor(), pages.today(), pages.now()
    with pages.transaction() as session:
        found = queries.pathway_for(session, actor, pathway_id)
        audit.record_view(session, found.patient, "patient.viewed", actor=actor, now=now)
        limits = queries.thresholds_on(session, today)
        facts = queries.facts(session, [found.id])[found.id]
        invitation = queries.invitation_for(session, found.id)
    reasons = rules.why_not(facts, limits, today)
    return pages.render(
        "waitinglist/pathway.html",
        form,
        pathway=found,
        person_rows=presenters.person_rows(found.patient, today),
        wait_rows=presenters.wait_rows(found, today),
        invitation_rows=presenters.invitation_rows(invitation, now) if invitation else None,
        reasons=reasons,
        near=rules.is_about_to_cross(facts, limits, today),
        paused=presenters.paused(rules.pause(facts, limits, today)),
        may_invite=policy.may_invite(actor, found.provider_code),
        asks_already=facts.asks_already,
    )
