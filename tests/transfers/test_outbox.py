"""Whom news of hand-overs goes to."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.transfers import services
from dmas.transfers.commands import ReturnTransfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.notifications import queued
from tests.factories.transfers import make_transfer


def test_each_side_hears_of_the_others_step(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now, status=TransferStatus.CONFIRMED)
        command = ReturnTransfer(
            reference=transfer.reference,
            version=transfer.version,
            reason="cannot_date",
            note="Ring Morgan Example first.",
        )
        services.return_to_home(session, command, actor=system, now=now)
        told = {row.template: row for row in queued(session) if row.template.startswith("transfer_")}
        assert {name: row.recipient_id for name, row in told.items()} == {
            "transfer_sent": transfer.receiver_code,
            "transfer_confirmed": transfer.home_code,
            "transfer_returned": transfer.home_code,
        }
        assert told["transfer_confirmed"].values == {"reference": transfer.reference}
        assert told["transfer_returned"].values == {
            "reference": transfer.reference,
            "due_on": str(transfer.due_on),
        }
        assert "due_on" in told["transfer_sent"].values
        assert not [row for row in queued(session) if "Example" in str(row.values) + row.dedup]
