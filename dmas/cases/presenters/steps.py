"""The steps of a case as buttons: what each is called and where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dmas.core.actors import Actor
from dmas.proposals import presenters as matches
from dmas.proposals.models import Proposal
from dmas.transfers import presenters as transfers
from dmas.transfers.models import Transfer


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `posts` acts at once, `weight` is primary, secondary or quiet."""

    text: str
    href: str
    posts: bool = False
    weight: str = "secondary"


# verb: (words, address under the case's own, acts at once, quiet)
_Words = tuple[str, str, bool, bool]

OFFER: dict[str, _Words] = {
    "decide": ("Decide about this offer", "/approvals/offers/{reference}", False, False),
    "still_true": ("Still true", "/offers/{reference}/still-true", True, False),
    "still_true_now": ("Still true", "/offers/{reference}/still-true", True, False),
    "ask": ("Ask for these places", "/offers/{reference}/ask", False, False),
    "resume": ("Let it run again", "/offers/{reference}/resume", True, False),
    "amend": ("Change it", "/offers/{reference}/amend", False, False),
    "submit": ("Change it and send it again", "/offers/{reference}/amend", False, False),
    "copy": ("Copy to a new offer", "/offers/new?copy={reference}", False, True),
    "suspend": ("Pause", "/offers/{reference}/suspend", False, True),
    "close": ("Close: take nothing more", "/offers/{reference}/close", False, True),
    "withdraw": ("Withdraw", "/offers/{reference}/withdraw", False, True),
}
# What leads to the pages of tests instead, for an offer or a request of a test.
OF_TESTS = {
    "/offers/{reference}/amend": "/diagnostics/offers/{reference}/amend",
    "/offers/new?copy={reference}": "/diagnostics/offers/new?copy={reference}",
    "/requests/{reference}/amend": "/diagnostics/requests/{reference}/amend",
}
REQUEST: dict[str, _Words] = {
    "decide": ("Decide about this request", "/approvals/requests/{reference}", False, False),
    "amend": ("Change it", "/requests/{reference}/amend", False, False),
    "resubmit": ("Change it and send it again", "/requests/{reference}/amend", False, False),
    "find": ("Look for open capacity", "/find-capacity?service={service}", False, False),
    "withdraw": ("Withdraw", "/requests/{reference}/withdraw", False, True),
}

# Possible at any time, so never the thing to do next.
_NEVER_FIRST = frozenset({"amend", "still_true_now", "find"})


def steps(
    table: Mapping[str, _Words], verbs: Sequence[str], *, test: bool = False, **address: str
) -> list[Step]:
    """Return the steps of some verbs in their order; the first one that moves the case on is primary.

    What ends or pauses a case is quiet, unless somebody can do nothing else.
    """
    found: list[Step] = []
    for verb in verbs:
        text, href, posts, quiet = table[verb]
        href = OF_TESTS.get(href, href) if test else href
        first = not found and not quiet and verb not in _NEVER_FIRST
        weight = "primary" if first else "quiet" if quiet else "secondary"
        found.append(Step(text, href.format(**address), posts, weight))
    if found and all(one.weight == "quiet" for one in found):
        found[0] = replace(found[0], weight="secondary")
    return found


def of_match(proposal: Proposal, actor: Actor) -> list[Step]:
    """Return the steps of a match for the actor, the main one first."""
    return _in_order(matches.steps(proposal, actor))


def of_transfer(transfer: Transfer, actor: Actor) -> list[Step]:
    """Return the steps of a transfer for the actor, the main one first."""
    return _in_order(transfers.steps(transfer, actor))


def _in_order(found: Sequence[matches.Step | transfers.Step]) -> list[Step]:
    """Return one primary step, then the others, as the room that takes them names them."""
    ordered = sorted(found, key=lambda one: not one.main)
    weights = ["primary" if one.main and not number else "secondary" for number, one in enumerate(ordered)]
    return [Step(one.text, one.href, weight=weight) for one, weight in zip(ordered, weights, strict=True)]
