"""The people of an organisation, for who looks after their accounts."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.accounts import policy, presenters, queries, services
from dmas.accounts.forms import ActForm, InviteForm, RoleForm, StopForm
from dmas.accounts.models import Membership, Staff
from dmas.accounts.rules import roles, sign_ins
from dmas.accounts.views import browser
from dmas.accounts.views.blueprint import blueprint
from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed, NotFound
from dmas.providers.models import Organisation
from dmas.providers.vocabulary import OrganisationKind
from dmas.web import access, pages

looks_after_accounts = access.staff(*sorted(roles.MANAGERS))


@blueprint.get("/staff")
@looks_after_accounts
def index() -> ResponseReturnValue:
    """List the people of an organisation: one's own, or any for a national administrator."""
    actor, listing = access.current_actor(), presenters.PEOPLE.listing()
    with pages.transaction() as session:
        where = _chosen_organisation(session, actor)
        found, total = queries.people(
            session,
            actor,
            where.code,
            words=listing.value("words"),
            role=listing.value("role"),
            order=listing.order,
            **listing.bounds,
        )
        everywhere = queries.organisations(session) if policy.manages_everywhere(actor) else []
    listing = listing.filled(presenters.rows(found, now=pages.now()), total)
    return pages.show_list(listing, "accounts/people.html", file="people", where=where, everywhere=everywhere)


@blueprint.route("/staff/invite", methods=["GET", "POST"])
@looks_after_accounts
def invite() -> ResponseReturnValue:
    """Invite somebody: a new account with its link, or a further role for somebody who has one."""
    actor = access.current_actor()
    with pages.transaction() as session:
        own = queries.organisation(session, actor.organisation or "")
    form = _invite_form(actor, own)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            command = form.command(None if policy.manages_everywhere(actor) else own.code)
            invitation = services.invite(step.session, command, actor=actor, now=step.now)
            step.outcome = url_for("accounts.person", staff_id=invitation.membership.staff_id)
            step.notice = "They have this role when they next sign in."
            name = command.name
        if not form.failed and invitation.secret is None:
            return pages.go(step)
        if not form.failed:
            return _show_link(name, invitation.secret or "", step.outcome)
    return pages.render("accounts/invite.html", form, where=own)


@blueprint.get("/staff/<uuid:staff_id>")
@looks_after_accounts
def person(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Show one person's account and what can be done with it."""
    actor, moment = access.current_actor(), pages.now()
    with pages.transaction() as session:
        staff = queries.get(session, actor, staff_id)
        desks = [
            desk
            for desk in queries.desks(session, staff.id)
            if policy.may_manage(actor, desk.membership.organisation_code)
        ]
        found = queries.live_sign_ins(session, staff.id, moment)
        elsewhere = queries.works_elsewhere(session, staff.id, actor.organisation)
    return pages.render(
        "accounts/person.html",
        staff=staff,
        desks=desks,
        sign_ins=presenters.shown_sign_ins(found, desks, secret="", now=moment),
        standing=presenters.standing(staff, now=moment),
        whole_account=policy.manages_everywhere(actor) or not elsewhere,
        is_self=policy.is_self(actor, staff.id),
        act=ActForm(version=staff.version),
    )


@blueprint.route("/staff/<uuid:staff_id>/role", methods=["GET", "POST"])
@looks_after_accounts
def role(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Change somebody's role at an organisation."""
    actor = access.current_actor()
    with pages.transaction() as session:
        staff, held, where, last = _held(session, actor, staff_id)
    _refuse_self(actor, staff)
    form = RoleForm(version=held.version)
    form.role.choices = _roles_of(where, but=Role(held.role))
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            command = form.command(staff_id, held.id)
            services.change_role(step.session, command, actor=actor, now=step.now)
            step.outcome = url_for("accounts.person", staff_id=staff_id)
            step.notice = "The role is changed. They sign in again to use it."
        if not form.failed:
            return pages.go(step)
    role_now = Role(held.role).label
    return pages.render("accounts/role.html", form, staff=staff, role_now=role_now, where=where, last=last)


@blueprint.route("/staff/<uuid:staff_id>/remove", methods=["GET", "POST"])
@looks_after_accounts
def remove(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody's role at an organisation away."""
    actor = access.current_actor()
    with pages.transaction() as session:
        staff, held, where, last = _held(session, actor, staff_id)
    _refuse_self(actor, staff)
    form = StopForm(version=held.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            command = form.end_membership(staff_id, held.id)
            services.end_membership(step.session, command, actor=actor, now=step.now)
            step.outcome, step.notice = url_for("accounts.index"), "The role is taken away."
        if not form.failed:
            return pages.go(step)
    role_now = Role(held.role).label
    return pages.render("accounts/remove.html", form, staff=staff, role_now=role_now, where=where, last=last)


@blueprint.route("/staff/<uuid:staff_id>/disable", methods=["GET", "POST"])
@looks_after_accounts
def disable(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Stop somebody from signing in at all."""
    actor = access.current_actor()
    with pages.transaction() as session:
        staff = queries.get(session, actor, staff_id)
        last = _is_last_anywhere(session, staff)
    _refuse_self(actor, staff)
    form = StopForm(version=staff.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.disable(step.session, form.disable(staff_id), actor=actor, now=step.now)
            step.outcome = url_for("accounts.person", staff_id=staff_id)
            step.notice = "The account is disabled and signed out everywhere."
        if not form.failed:
            return pages.go(step)
    return pages.render("accounts/disable.html", form, staff=staff, last=last)


@blueprint.post("/staff/<uuid:staff_id>/enable")
@looks_after_accounts
def enable(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody sign in again."""
    form = ActForm()
    with pages.once(form) as step:
        services.enable(step.session, form.enable(staff_id), actor=access.current_actor(), now=step.now)
        step.outcome = url_for("accounts.person", staff_id=staff_id)
        step.notice = "The account is enabled."
    return pages.go(step)


@blueprint.post("/staff/<uuid:staff_id>/end-sign-ins")
@looks_after_accounts
def end_sign_ins(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    with pages.once(ActForm()) as step:
        services.end_sign_ins(step.session, staff_id, actor=access.current_actor(), now=step.now)
        step.outcome = url_for("accounts.person", staff_id=staff_id)
        step.notice = "They are signed out."
    return pages.go(step)


@blueprint.post("/staff/<uuid:staff_id>/reset-link")
@looks_after_accounts
def reset_link(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Make a one-time link for somebody who has no password or forgot it, and show it this once."""
    with pages.once(ActForm()) as step:
        staff, secret = services.make_link_for(
            step.session, staff_id, actor=access.current_actor(), now=step.now
        )
        step.outcome = url_for("accounts.person", staff_id=staff_id)
    return _show_link(staff.name, secret, step.outcome)


def _chosen_organisation(session: Session, actor: Actor) -> Organisation:
    """Return the organisation the address asks for, else one's own; another's is not there."""
    code = request.args.get("organisation") or actor.organisation or ""
    if not policy.may_manage(actor, code):
        raise NotFound("There is no such organisation here.")
    return queries.organisation(session, code)


def _held(
    session: Session, actor: Actor, staff_id: uuid.UUID
) -> tuple[Staff, Membership, Organisation, bool]:
    """Return the person, the membership the address names, its organisation, and whether it is the last."""
    staff = queries.get(session, actor, staff_id)
    held = queries.membership(session, actor, staff_id, _named_membership())
    where = queries.organisation(session, held.organisation_code)
    return staff, held, where, _is_last(session, held)


def _refuse_self(actor: Actor, staff: Staff) -> None:
    if policy.is_self(actor, staff.id):
        raise NotAllowed("Nobody changes their own role or account here.")


def _named_membership() -> uuid.UUID | None:
    named = request.args.get("membership")
    try:
        return uuid.UUID(named) if named else None
    except ValueError:
        raise NotFound("There is no such role.") from None


def _is_last(session: Session, held: Membership) -> bool:
    return Role(held.role) in roles.MANAGERS and not queries.other_managers(session, held)


def _is_last_anywhere(session: Session, staff: Staff) -> bool:
    return any(_is_last(session, desk.membership) for desk in queries.desks(session, staff.id))


def _roles_of(where: Organisation, *, but: Role | None = None) -> list[tuple[str, str]]:
    fitting = roles.roles_for(OrganisationKind(where.kind))
    return [(one.value, one.label) for one in fitting if one is not but]


def _invite_form(actor: Actor, own: Organisation) -> InviteForm:
    form = InviteForm()
    if policy.manages_everywhere(actor):
        form.role.choices = Role
    else:
        del form.organisation
        form.role.choices = _roles_of(own)
    return form


def _show_link(name: str, secret: str, back: str) -> ResponseReturnValue:
    address = sign_ins.link_address(browser.installation().base_url, secret)
    return pages.render("accounts/link.html", name=name, address=address, back=back)
