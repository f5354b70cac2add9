"""What can be done with requests, trusts' and patients' own: each writes its event and never commits."""

from dmas.requests.services.deciding import (
    approve,
    close,
    expire_searches,
    return_to_provider,
    withdraw,
)
from dmas.requests.services.eligibility import (
    why_no_move,
    why_not_now,
)
from dmas.requests.services.ending import (
    HOME_DATE,
    answer_home_date,
    can_reverse,
    end,
    expire_transfers,
    reverse_stay,
    stay,
    withdraw_transfer,
)
from dmas.requests.services.helping import (
    check_caller,
)
from dmas.requests.services.journey import (
    CHANGEABLE,
    answer,
    answers_of,
    ask_for_other_clinician,
    change_answers,
    say_changed,
    start,
    submit,
    supply_information,
)
from dmas.requests.services.news import (
    on_extract_applied,
    on_transfer_confirmed,
    on_transfer_dated,
    on_transfer_returned,
)
from dmas.requests.services.posting import (
    post,
    resubmit,
)
from dmas.requests.services.review import (
    clear_change,
    close_clinically,
    review,
)
from dmas.requests.services.searching import (
    back_to_searching,
    choose_made,
    extend,
    log_call,
    rest,
    search_again,
    show_options,
)

__all__ = [
    "CHANGEABLE",
    "HOME_DATE",
    "answer",
    "answer_home_date",
    "answers_of",
    "approve",
    "ask_for_other_clinician",
    "back_to_searching",
    "can_reverse",
    "change_answers",
    "check_caller",
    "choose_made",
    "clear_change",
    "close",
    "close_clinically",
    "end",
    "expire_searches",
    "expire_transfers",
    "extend",
    "log_call",
    "on_extract_applied",
    "on_transfer_confirmed",
    "on_transfer_dated",
    "on_transfer_returned",
    "post",
    "rest",
    "resubmit",
    "return_to_provider",
    "reverse_stay",
    "review",
    "say_changed",
    "search_again",
    "show_options",
    "start",
    "stay",
    "submit",
    "supply_information",
    "why_no_move",
    "why_not_now",
    "withdraw",
    "withdraw_transfer",
]
