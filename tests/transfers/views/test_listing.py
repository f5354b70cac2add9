"""The list of hand-overs in the browser."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.transfers.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.factories.proposals import staff_of
from tests.factories.transfers import make_transfer


def test_both_sides_see_a_transfer_and_nobody_who_moves(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
    for code, word in ((transfer.receiver_code, "Receiving"), (transfer.home_code, "Sending")):
        page = browsing.sign_in(staff_of(code, Role.BOOKING_CLERK)).get("/transfers")
        assert "1 transfer" in page.text
        assert word in page.text
        assert transfer.data_set["family_name"] not in page.text
    assert "no transfers yet" in browsing.sign_in(staff_of("RZZ9")).get("/transfers").text
    browsing.sign_in(staff_of(transfer.home_code, Role.HELPLINE_AGENT)).get("/transfers", status=403)


def test_filters_narrow_the_list_and_its_file(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        preparing = make_transfer(session, now=now)
        treated = make_transfer(session, now=now, status=TransferStatus.TREATED)
    nation = Actor(id="n", name="N", role=Role.SAFETY_OFFICER, organisation="X24", reach=Reach.NATION)
    browsing.sign_in(nation)
    for query, found in (
        ("", {preparing}),
        ("status=every", {preparing, treated}),
        ("status=treated", {treated}),
        ("status=every&service=110", {preparing, treated}),
        ("status=every&service=101", set()),
        ("basis=subcontracted", set()),
        ("side=receiver", set()),
        (f"reference={preparing.reference}&sort=-status", {preparing}),
    ):
        text = browsing.get(f"/transfers?{query}&format=csv").html
        assert {one for one in (preparing, treated) if one.reference in text} == found, query
