"""A transfer's data set, person and rows."""

from __future__ import annotations

from datetime import date, timedelta

from dmas.cases.presenters import transfers
from dmas.transfers.vocabulary import TransferStatus
from dmas.transfers.vocabulary.data_set import MANDATORY
from tests.cases.presenters.test_turns import FRIDAY, transfer


def test_what_is_missing_is_named_in_part() -> None:
    empty = transfers.completeness({})
    assert (empty.filled, empty.of, len(empty.missing)) == (0, 27, 27)
    assert empty.next_missing.endswith("and 19 more")
    assert empty.words == "0 of the 27 answers that are needed are there."
    nearly = transfers.completeness({one.key: "x" for one in MANDATORY[1:]})
    assert nearly.next_missing == "family name"
    whole = transfers.completeness({one.key: "x" for one in MANDATORY})
    assert whole.words == "All 27 answers that are needed are there."


def test_who_moves_is_shown_as_far_as_known() -> None:
    values = {
        "given_name": "Morgan",
        "family_name": "Example",
        "birth_date": "1960-05-04",
        "nhs_number": "9990000018",
        "phone_home": "01632 960001",
    }
    told = dict(transfers.person(values, transfer(TransferStatus.SENT, pathway_id="P1")))
    assert told == {
        "Name": "Morgan Example",
        "Date of birth": "4 May 1960",
        "NHS number": "999 000 0018",
        "Phone": "01632 960001",
        "Pathway": "P1",
    }
    assert transfers.person({}, transfer(TransferStatus.SENT, pathway_id="P1")) == [("Pathway", "P1")]


def test_transfers_are_listed_by_what_is_due() -> None:
    soon = transfer(TransferStatus.SENT, reference="TR-2222222", due_on=FRIDAY)
    later = transfer(TransferStatus.PREPARING, reference="TR-3333333", due_on=FRIDAY + timedelta(days=1))
    ended = transfer(
        TransferStatus.TREATED, reference="TR-4444444", due_on=None, first_date=date(2026, 11, 2)
    )
    rows = transfers.listed([ended, later, soon])
    assert [str(row[0]) for row in rows] == ["TR-2222222", "TR-3333333", "TR-4444444"]
    assert rows[2][2:] == ("–", "2 November 2026")
    assert transfers.counted([ended, later]) == "2 transfers, 1 treated"
    assert transfers.counted([]) == ""
