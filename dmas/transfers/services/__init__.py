"""What can be done with a hand-over: each checks who acts, writes one audit event and never commits."""

from dmas.transfers.services.moving import (
    cancel,
    complete_data_set,
    confirm,
    download,
    give_date,
    look_at_person,
    open_transfer,
    re_register,
    record_treated,
    return_to_home,
    say,
    send,
)
from dmas.transfers.services.news import on_choice_taken_back
from dmas.transfers.services.testing import (
    acknowledge_critical,
    name_reader,
    read_report,
    record_done,
    send_report,
    tell_critical,
)

__all__ = [
    "acknowledge_critical",
    "cancel",
    "complete_data_set",
    "confirm",
    "download",
    "give_date",
    "look_at_person",
    "name_reader",
    "on_choice_taken_back",
    "open_transfer",
    "re_register",
    "read_report",
    "record_done",
    "record_treated",
    "return_to_home",
    "say",
    "send",
    "send_report",
    "tell_critical",
]
