"""The blueprint that the pages of hand-overs are on, and how a step's page opens its hand-over."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core import transitions
from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.transfers import policy, queries, rules
from dmas.transfers.models import Transfer
from dmas.transfers.queries import TransferRow
from dmas.transfers.vocabulary import TransferStatus
from dmas.web import access, pages

blueprint = Blueprint("transfers", __name__, template_folder="../templates")


def opened(reference: str, verb: str, may: Callable[[Actor, Transfer], bool]) -> TransferRow:
    """Return the hand-over of a step's page, for whoever may take the step.

    A step that is no longer legal is refused when its page is opened; once sent, the service answers, so
    that a form sent twice is led to where the first one went.
    """
    actor = access.current_actor()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
    policy.require(may(actor, row.transfer), "This step is the other side's, or another role's.")
    if request.method != "POST":
        table = rules.TRANSITIONS[Basis(row.transfer.basis)]
        if verb not in table:
            raise NotFound("This transfer has no such step.")
        transitions.advance(table, verb, TransferStatus(row.transfer.status), noun="transfer")
    return row
