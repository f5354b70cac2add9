"""What can be done with a proposed match: each checks who acts, writes its audit events, never commits."""

from dmas.proposals.services.answers import accept, answer_question, ask, decline
from dmas.proposals.services.choices import (
    choose_option,
    decline_options,
    lapse_choices,
    remind_to_choose,
)
from dmas.proposals.services.decisions import choose, decline_capacity, release_places
from dmas.proposals.services.endings import lapse_due, remind_to_name
from dmas.proposals.services.making import propose
from dmas.proposals.services.news import (
    close_if_fulfilled,
    on_limits_tightened,
    on_offer_suspended,
    on_offer_withdrawn,
    on_request_closed,
    on_request_withdrawn,
    on_transfer_cancelled,
)
from dmas.proposals.services.options import show, show_gathered
from dmas.proposals.services.people import (
    look_at_people,
    name_person,
    record_consent,
    release_person,
)

__all__ = [
    "accept",
    "answer_question",
    "ask",
    "choose",
    "choose_option",
    "close_if_fulfilled",
    "decline",
    "decline_capacity",
    "decline_options",
    "lapse_choices",
    "lapse_due",
    "look_at_people",
    "name_person",
    "on_limits_tightened",
    "on_offer_suspended",
    "on_offer_withdrawn",
    "on_request_closed",
    "on_request_withdrawn",
    "on_transfer_cancelled",
    "propose",
    "record_consent",
    "release_person",
    "release_places",
    "remind_to_choose",
    "remind_to_name",
    "show",
    "show_gathered",
]
