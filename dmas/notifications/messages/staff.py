"""Every message to staff: a constant subject, a plain text, and the page its link leads to."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from dmas.notifications.messages import wording
from dmas.notifications.messages.wording import Template, Words

WIDTH = 76
TEMPLATES: dict[str, Template] = {}

FOOTER = """
Open it here:
{link}

Sign in as you always do. This message holds no personal details, and dmas
never asks for your password by email. Nobody reads replies to this address."""

_OFFER, _REQUEST, _MATCH, _TRANSFER = (
    f"/{part}/{{reference}}" for part in ("offers", "requests", "matches", "transfers")
)


def add(name: str, path: str, subject: str, body: str) -> None:
    """Take up a template; raise ValueError for words that could carry what they may not."""
    if name in TEMPLATES:
        raise ValueError(f"{name}: there are two templates of this name")
    TEMPLATES[name] = wording.template(name, path, subject, body)


def write(known: Template, values: Mapping[str, Any], base_url: str) -> Words:
    """Return a message's subject and text, its link under the address people type to get here."""
    wording.check(known, values)
    shown = wording.shown(values)
    link = base_url + known.path.format(**shown)
    return Words(known.subject, f"{fill(known.body.format(**shown), WIDTH)}\n{FOOTER.format(link=link)}\n")


add(
    "offer_awaits_approval",
    "/approvals/offers/{reference}",
    "An offer awaits your approval",
    "Offer {reference} from a provider in your area needs your approval before it opens. Please decide by"
    " {due_on}. After that your region's coordinator may decide as well.",
)
add(
    "offer_opened",
    _OFFER,
    "A provider in your area has posted an offer",
    "Offer {reference} is open. It needs no approval: this is for your information.",
)
add(
    "offer_approved",
    _OFFER,
    "Your offer is approved",
    "Your ICB or region has approved offer {reference}. It is open and takes part in matching from tonight.",
)
add(
    "offer_returned",
    _OFFER,
    "Your offer has come back to you",
    "Your ICB or region has returned offer {reference}. Its page says why. Change it and send it again, or"
    " withdraw it.",
)
add(
    "offer_suspended",
    _OFFER,
    "Your offer is suspended",
    "Offer {reference} was suspended, and not by you. Its page says why and who can resume it. Nothing new is"
    " held or taken on it until then. People who have said yes keep their places.",
)
add(
    "offer_unconfirmed",
    _OFFER,
    "Is your offer still true?",
    "Nobody has confirmed offer {reference} for 14 days. If it still stands, please say so on its page. It"
    " ends by itself after 28 days without confirmation.",
)
add(
    "request_awaits_approval",
    "/approvals/requests/{reference}",
    "A request awaits your approval",
    "Request {reference} from a trust in your area needs your approval before the search begins. Please"
    " decide by {due_on}. After that your region's coordinator may decide as well.",
)
add(
    "request_approved",
    _REQUEST,
    "Your request is approved",
    "Request {reference} is approved. The search begins tonight.",
)
add(
    "request_returned",
    _REQUEST,
    "Your request has come back to you",
    "Your ICB or region has returned request {reference}. Its page says why. Change it and send it again, or"
    " withdraw it.",
)
add(
    "new_matches",
    "/matches",
    "New matches wait for your answer",
    "Last night found requests for your open offers. Matches: {matches}. Places held for them: {places}."
    " Please answer each in its time; the first is due on {due_on}. Places that nobody answers for go back.",
)
add(
    "match_waits",
    _MATCH,
    "A match waits for your answer",
    "Another provider asks for places of one of your offers: match {reference}, places: {places}. They are"
    " held until {due_on}. Please accept, decline or ask.",
)
add(
    "match_accepted",
    _MATCH,
    "A provider has accepted your match",
    "The receiving provider has accepted match {reference}. Places held for you: {places}. Please take or"
    " leave them by {due_on}.",
)
add(
    "match_declined",
    _MATCH,
    "A provider has declined a match",
    "The receiving provider has declined match {reference}. Its page says why. Your request stays in the"
    " search, and nobody loses their place on your list.",
)
add(
    "match_question",
    _MATCH,
    "A provider asks you something about a match",
    "The receiving provider needs to know more before it answers match {reference}. Please reply on its page"
    " by {due_on}. The places stay held until then.",
)
add(
    "match_question_answered",
    _MATCH,
    "Your question about a match is answered",
    "The home trust has replied to your question about match {reference}. Please answer the match by"
    " {due_on}.",
)
add(
    "capacity_taken",
    _MATCH,
    "Your places are taken up",
    "The home trust takes up your places of match {reference}. Places: {places}. It names people and asks"
    " each of them by {due_on}; you see who they are once they have said yes.",
)
add(
    "capacity_declined",
    _MATCH,
    "Your places are not taken up",
    "The home trust does not take up the places of match {reference}. They are free again on your offer.",
)
add(
    "option_chosen",
    _MATCH,
    "A patient has chosen your hospital",
    "A patient has chosen the place of match {reference}. It is taken, and the hand-over has begun: the home"
    " trust sends you their details next.",
)
add(
    "option_let_go",
    _MATCH,
    "A patient has not taken your place",
    "The place of match {reference} was shown to a patient, who did not take it. It is free again.",
)
add(
    "people_to_name",
    _MATCH,
    "People to name: the time is nearly over",
    "You took places of match {reference} and have not named people for all of them. Places without a person:"
    " {places}. They go back after {due_on}.",
)
add(
    "match_lapsed",
    _MATCH,
    "A match has lapsed",
    "Match {reference} was not answered in time and has lapsed. Its places are free again. Nobody loses their"
    " place on the home trust's list.",
)
add(
    "match_places_lapsed",
    _MATCH,
    "Held places have gone back",
    "Places of match {reference} had nobody named for them in time, or somebody who did not answer in time."
    " Those places are free again. Whoever has said yes keeps theirs.",
)
add(
    "match_ended",
    _MATCH,
    "A match has ended",
    "Match {reference} has ended because the offer or the request under it was suspended, withdrawn, changed"
    " or closed. Its places are free again. Whoever has said yes keeps theirs.",
)
add(
    "transfer_sent",
    _TRANSFER,
    "A hand-over has been sent to you",
    "The home trust has sent you hand-over {reference}. Please confirm by {due_on} that the person is on your"
    " list.",
)
add(
    "transfer_confirmed",
    _TRANSFER,
    "A hand-over is confirmed",
    "The receiving provider has confirmed hand-over {reference}.",
)
add(
    "transfer_returned",
    _TRANSFER,
    "A hand-over has come back to you",
    "The receiving provider has returned hand-over {reference}. Please put the person back on your list with"
    " the original clock by {due_on}.",
)
add(
    "test_reported",
    _TRANSFER,
    "A report has been sent to you",
    "The report of test {reference} has been sent. A clinician must read it by {due_on}, and say so.",
)
add(
    "test_critical",
    _TRANSFER,
    "A critical finding: act today",
    "A critical finding of test {reference} was told by telephone today. Please acknowledge it now, and make"
    " sure that somebody acts on it.",
)
add(
    "test_critical_acknowledged",
    _TRANSFER,
    "The critical finding has arrived",
    "The home trust has acknowledged the critical finding of test {reference} and acts on it.",
)
add(
    "password_changed",
    "/account",
    "Your password was changed",
    "The password of your dmas account was changed. If you did not do this, tell whoever looks after accounts"
    " in your organisation at once.",
)
add(
    "role_granted",
    "/account",
    "You have a new role",
    "You have a new role in dmas: {role}. You have it when you next sign in. If you did not expect this, tell"
    " whoever looks after accounts in your organisation.",
)
