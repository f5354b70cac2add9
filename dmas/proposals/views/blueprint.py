"""The blueprint that the pages of matches are on, and how a step's page opens its match."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request

from dmas.core import transitions
from dmas.core.actors import Actor
from dmas.proposals import policy, queries, rules
from dmas.proposals.models import Proposal
from dmas.proposals.queries import MatchRow
from dmas.proposals.vocabulary import ProposalStatus
from dmas.web import access, pages

blueprint = Blueprint("proposals", __name__, template_folder="../templates")


def opened(reference: str, verb: str, may: Callable[[Actor, Proposal], bool]) -> MatchRow:
    """Return the match of a step's page, for whoever may take the step.

    A step that is no longer legal is refused when its page is opened; once sent, the service answers, so
    that a form sent twice is led to where the first one went.
    """
    actor = access.current_actor()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
    policy.require(may(actor, row.proposal), "This step is the other side's, or another role's.")
    if request.method != "POST":
        transitions.advance(rules.TRANSITIONS, verb, ProposalStatus(row.proposal.status), noun="match")
    return row
