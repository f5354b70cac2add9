"""Steps as buttons."""

from __future__ import annotations

from dmas.cases.presenters import steps
from dmas.proposals.vocabulary import ProposalStatus
from dmas.transfers.vocabulary import TransferStatus
from tests.cases.presenters.test_turns import match, transfer
from tests.factories.proposals import staff_of

REFERENCE = "OF-7K3M9QT"


def shown(verbs: list[str]) -> list[tuple[str, str]]:
    return [(one.text, one.weight) for one in steps.steps(steps.OFFER, verbs, reference=REFERENCE)]


def test_only_what_moves_the_case_on_is_primary() -> None:
    assert shown(["still_true", "amend", "withdraw"]) == [
        ("Still true", "primary"),
        ("Change it", "secondary"),
        ("Withdraw", "quiet"),
    ]
    assert shown(["amend", "still_true_now"]) == [("Change it", "secondary"), ("Still true", "secondary")]


def test_what_is_all_somebody_can_do_is_a_button() -> None:
    assert shown(["suspend"]) == [("Pause", "secondary")]


def test_a_step_leads_to_the_room_that_takes_it() -> None:
    (resume,) = steps.steps(steps.OFFER, ["resume"], reference=REFERENCE)
    assert (resume.href, resume.posts) == (f"/offers/{REFERENCE}/resume", True)
    (find,) = steps.steps(steps.REQUEST, ["find"], reference="RQ-7K3M9QT", service="110")
    assert find.href == "/find-capacity?service=110"


def test_a_match_and_a_transfer_have_one_primary_step() -> None:
    receiver = staff_of("R2")
    asked = steps.of_match(match(ProposalStatus.PROPOSED), receiver)
    assert [(one.text, one.weight) for one in asked] == [
        ("Accept", "primary"),
        ("Ask for information", "secondary"),
        ("Decline", "secondary"),
    ]
    sent = steps.of_transfer(transfer(TransferStatus.CONFIRMED, reference="TR-7K3M9QT"), receiver)
    assert [one.weight for one in sent].count("primary") == 1
    assert steps.of_match(match(ProposalStatus.SETTLED), receiver) == []
