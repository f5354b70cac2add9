"""The dated rules: what is in force, what a proposal would change, and a second signature."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.waitinglist import policy, presenters, queries, services
from dmas.waitinglist.commands import SignRule
from dmas.waitinglist.forms import ActForm, RuleForm
from dmas.waitinglist.models import DatedRule
from dmas.waitinglist.queries import Effect
from dmas.waitinglist.views.blueprint import blueprint
from dmas.waitinglist.vocabulary import RuleName
from dmas.web import access, pages

_PREVIEW = "preview"


@blueprint.route("/admin/rules", methods=["GET", "POST"])
@access.staff(*policy.RULE_MAKERS)
def dated_rules() -> ResponseReturnValue:
    """Show the rules; preview the effect of another value, or propose it for somebody else to sign."""
    actor, form, effect = access.current_actor(), RuleForm(), None
    if form.validate_on_submit():
        if form.step.data == _PREVIEW:
            effect = _preview(form)
        else:
            with pages.refusals(form), pages.once(form) as step:
                services.propose_rule(step.session, form.command(), actor=actor, now=step.now)
                step.outcome = url_for("waitinglist.dated_rules")
                step.notice = "The rule is proposed. A safety officer who is not you must sign it."
            if not form.failed:
                return pages.go(step)
    return _show(form, effect)


@blueprint.post("/admin/rules/<uuid:rule_id>/sign")
@access.staff(*policy.RULE_MAKERS)
def sign_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Sign a proposal of somebody else."""
    actor, form = access.current_actor(), ActForm()
    done = pages.act(
        form,
        lambda step: services.sign_rule(
            step.session, SignRule(rule_id, form.version.data or 0), actor=actor, now=step.now
        ),
        outcome=url_for("waitinglist.dated_rules"),
        notice="The rule is signed. It takes effect on its day.",
    )
    return done or _show(RuleForm(formdata=None), None, refused=form)


def _preview(form: RuleForm) -> Effect | None:
    command, effect = form.command(), None
    with pages.refusals(form), pages.transaction() as session:
        name = services.check_rule(command, now=pages.now())
        effect = queries.effect_of(session, name, command.value, command.effective_on)
    return None if form.failed else effect


def _show(form: RuleForm, effect: Effect | None, refused: ActForm | None = None) -> ResponseReturnValue:
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        limits = queries.thresholds_on(session, today)
        listed = queries.dated_rules(session)
        told = {(one.entity_id, one.action): one.actor_name for one in audit.history(session, listed)}
    status = refused.status if refused is not None and refused.failed else None
    return pages.render(
        "waitinglist/rules.html",
        refused if refused is not None else form,
        status=status,
        ask=form,
        in_force=presenters.rule_rows(limits),
        listed=[_row(rule, told, actor, today) for rule in listed],
        effect=presenters.effect_rows(effect) if effect else None,
        words=presenters,
        today=today,
    )


def _row(
    rule: DatedRule, told: dict[tuple[uuid.UUID, str], str], actor: Actor, today: date
) -> dict[str, Any]:
    """Return what is shown of a dated value, with a button where this person may sign it."""
    name = RuleName(rule.name)
    open_now = rule.signed_by is None and rule.effective_on > today
    return {
        "rule": rule,
        "label": name.label,
        "value": presenters.value(name, int(rule.value["value"])),
        "state": presenters.dated(rule, today),
        "proposed": told.get((rule.id, "rule.proposed"), ""),
        "signed": told.get((rule.id, "rule.signed"), ""),
        "form": ActForm(formdata=None, version=rule.version)
        if open_now and policy.may_sign(actor, rule)
        else None,
    }
